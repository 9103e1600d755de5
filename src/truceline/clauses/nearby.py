"""What else happened around a time and a place: looked up by bisection, never by scanning."""

import math
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtr

from truceline.clock import Interval
from truceline.domain.place import Fix
from truceline.domain.ports import AnySubject
from truceline.geo.arrays import F64

EARTH_RADIUS_M = 6_371_008.8  # mean radius of WGS 84 (IUGG)
REACH_SIGMAS = 6.0  # beyond so many standard deviations nothing is left of a place
LEAST_SIGMA_M = 0.01  # no place is known better; keeps the integral from dividing by zero
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)


class _Held:
    """A tuple of subjects, known by its identity: hashing 100,000 records would cost more than the search."""

    __slots__ = ("subjects",)

    def __init__(self, subjects: tuple[AnySubject, ...]) -> None:
        self.subjects = subjects

    def __hash__(self) -> int:
        return id(self.subjects)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Held) and other.subjects is self.subjects


@lru_cache(maxsize=4)
def _times(held: _Held) -> tuple[F64, F64, F64]:
    """Beginning, end and latest end so far of every subject, seconds since 1970."""
    start = np.array([s.when.start.timestamp() for s in held.subjects], dtype=np.float64)
    end = np.array([s.when.end.timestamp() for s in held.subjects], dtype=np.float64)
    return start, end, np.maximum.accumulate(end)


def between(subjects: tuple[AnySubject, ...], start: datetime, end: datetime) -> Iterator[AnySubject]:
    """Subjects whose time touches `start` to `end`, in order of their beginning, which `subjects` has to be in."""
    if not subjects:
        return
    begins, ends, latest = _times(_Held(subjects))
    first = int(np.searchsorted(latest, start.timestamp(), side="left"))
    last = int(np.searchsorted(begins, end.timestamp(), side="right"))
    if first < last:
        for n in np.flatnonzero(ends[first:last] >= start.timestamp()).tolist():
            yield subjects[first + n]


def offset_m(a: Fix, b: Fix) -> tuple[float, float]:
    """How far `b` lies east and north of `a`, metres, on a sphere: good to 0.5 % over some hundred kilometres."""
    lon = (b.lon_deg - a.lon_deg + 180.0) % 360.0 - 180.0
    scale = math.cos(math.radians(0.5 * (a.lat_deg + b.lat_deg)))
    return math.radians(lon) * scale * EARTH_RADIUS_M, math.radians(b.lat_deg - a.lat_deg) * EARTH_RADIUS_M


def p_near(a: Fix, b: Fix, within_m: float) -> float:
    """Probability that two uncertain places lie within `within_m` metres of each other."""
    east, north = offset_m(a, b)
    ee, nn, en = a.var_e_m2 + b.var_e_m2, a.var_n_m2 + b.var_n_m2, a.cov_en_m2 + b.cov_en_m2
    angle = 0.5 * math.atan2(2.0 * en, ee - nn)
    cos, sin = math.cos(angle), math.sin(angle)
    spread, middle = math.hypot(0.5 * (ee - nn), en), 0.5 * (ee + nn)
    major, minor = (max(math.sqrt(max(v, 0.0)), LEAST_SIGMA_M) for v in (middle + spread, middle - spread))
    along, across = east * cos + north * sin, north * cos - east * sin
    away, reach = math.hypot(along, across), REACH_SIGMAS * major
    if away + reach <= within_m or away - reach >= within_m:
        return float(away < within_m)
    low, high = max(-within_m, along - reach), min(within_m, along + reach)
    x = 0.5 * (low + high) + 0.5 * (high - low) * _NODES
    half = np.sqrt(np.maximum(within_m * within_m - x * x, 0.0))
    density = np.exp(-0.5 * ((x - along) / major) ** 2) / (major * math.sqrt(2.0 * math.pi))
    across_p = ndtr((half - across) / minor) - ndtr((-half - across) / minor)
    p = 0.5 * (high - low) * float(np.sum(_WEIGHTS * density * across_p))
    return round(min(max(p, 0.0), 1.0), 6)


def p_later_by(first: Interval, second: Interval, at_most_s: float) -> tuple[float, float, float]:
    """That `second` came after `first` and no more than `at_most_s` later: bounds, and the plain figure for times
    that may be any within the two windows."""
    soonest = (second.start - first.end).total_seconds()
    latest = (second.end - first.start).total_seconds()
    if latest < 0.0 or soonest > at_most_s:
        return 0.0, 0.0, 0.0
    if soonest >= 0.0 and latest <= at_most_s:
        return 1.0, 1.0, 1.0
    wide_a, wide_b = max(first.seconds, 1.0), max(second.seconds, 1.0)

    def up_to(t_s: float) -> float:
        """Probability that the difference of two even spreads is at most `t_s`."""
        corners = (soonest, soonest + wide_a, soonest + wide_b, soonest + wide_a + wide_b)
        g = [0.5 * max(0.0, t_s - c) ** 2 for c in corners]
        return float(g[0] - g[1] - g[2] + g[3]) / (wide_a * wide_b)

    return 0.0, min(max(up_to(at_most_s) - up_to(0.0), 0.0), 1.0), 1.0
