"""Level two: aggregated reports and incidents that belong to one exchange of fire, with their place and time.

Reports whose times do not meet, after clock error and travel time, found separate engagements: that one continued the
other is never inferred.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from truceline.domain.arrangement import Prior
from truceline.fusion.exchanges.agglomerate import Group, agglomerate
from truceline.fusion.exchanges.evidence import EDGES, Evidence, Part, State
from truceline.fusion.exchanges.evidence import report_part as report_part
from truceline.fusion.places.posterior import Cloud, blur, pool
from truceline.geo.arrays import F64, I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One engagement: its parts, how probably each belongs, and where its signatures fell, as a cloud.

    `clouds` are where each part fell given the others, `cloud` is all of them together.
    """

    parts: tuple[Part, ...]
    p_member: tuple[float, ...]
    llr_nats: tuple[float, ...]
    clouds: tuple[Cloud, ...]
    cloud: Cloud
    window_s: tuple[float, float]


def find_exchanges(parts: Sequence[Part], prior: Prior) -> tuple[list[Exchange], Evidence]:
    """Group parts into exchanges, each with membership probabilities and the cloud of its signatures."""
    evidence = Evidence(parts, prior)
    near = neighbours(parts)
    groups = agglomerate(len(parts), near, evidence.gain, evidence.grow)
    home = {i: group for group in groups for i in group}
    return [_exchange(group, evidence, near, home) for group in groups], evidence


def neighbours(parts: Sequence[Part]) -> list[frozenset[int]]:
    """Parts whose windows, each widened by as many of its own clock errors as still meet, and boxes meet."""
    n = len(parts)
    window = np.array([(p.window_s[0] - EDGES * p.sigma_s, p.window_s[1] + EDGES * p.sigma_s) for p in parts])
    box = np.array([p.box for p in parts]).reshape(n, 4)
    only_event = np.array([p.item is None for p in parts], dtype=np.bool_)
    a, b = pairs_that_meet(window.reshape(n, 2), box, only_event)
    found: list[list[int]] = [[] for _ in parts]
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        found[i].append(j)
        found[j].append(i)
    return [frozenset(one) for one in found]


def pairs_that_meet(window: F64, box: F64, only_event: np.ndarray) -> tuple[I64, I64]:
    """Pairs i < j of windows (n, 2) and boxes (n, 4; x0, y0, x1, y1) that meet, but for two that are only events."""
    if not len(window):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    order = np.lexsort((np.arange(len(window)), window[:, 0]))
    room = 16 * len(window)
    while True:
        a, b = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        found = _sweep(order, window, box, only_event, a, b)
        if found <= room:
            return a[:found], b[:found]
        room = found


@njit(cache=True, nogil=True)
def _sweep(order: I64, window: F64, box: F64, only_event: np.ndarray, a: I64, b: I64) -> int:
    """Write pairs as far as room goes; how many there are."""
    open_ = np.empty(len(order), dtype=np.int64)
    n_open, found = 0, 0
    for j in order:
        kept = 0
        for k in range(n_open):
            i = open_[k]
            if window[i, 1] < window[j, 0]:
                continue
            open_[kept] = i
            kept += 1
            if only_event[i] and only_event[j]:
                continue
            if (box[i, 0] < box[j, 2] and box[i, 2] > box[j, 0]) and (box[i, 1] < box[j, 3] and box[i, 3] > box[j, 1]):
                if found < len(a):
                    a[found], b[found] = min(i, j), max(i, j)
                found += 1
        open_[kept] = j
        n_open = kept + 1
    return found


def _exchange(group: Group, evidence: Evidence, near: Sequence[frozenset[int]], home: Mapping[int, Group]) -> Exchange:
    gains, p_member, clouds = [], [], []
    others = evidence.leave_one_out(group) if len(group) > 1 else [None]
    for i, rest in zip(group, others, strict=True):
        own = evidence.gain_of(rest, evidence.state((i,))) if rest is not None else 0.0
        rivals = sorted({home[j] for j in near[i]} - {group})
        log_weights = np.array([own, *([0.0] if rest else []), *(evidence.gain(r, (i,)) for r in rivals)])
        top = float(log_weights.max())
        weights = np.exp(log_weights - top)
        gains.append(float(own) if math.isfinite(own) else 0.0)
        p_member.append(float(weights[0] / weights.sum()))
        clouds.append(_given(evidence, i, rest))
    return Exchange(
        parts=tuple(evidence.parts[i] for i in group),
        p_member=tuple(p_member),
        llr_nats=tuple(gains),
        clouds=tuple(clouds),
        cloud=pool(clouds),
        window_s=evidence.state(group).window_s,
    )


def _given(evidence: Evidence, i: int, rest: State | None) -> Cloud:
    """Where part `i` fell, given the other parts of its exchange."""
    cloud = evidence.parts[i].cloud
    middle = evidence.middle(rest) if rest is not None else None
    if middle is None:
        return cloud
    weights = cloud.weights * blur(
        Cloud(xy=middle["xy"], weights=middle["weights"]), float(middle["width_m"]), cloud.xy
    )
    total = float(weights.sum())
    return Cloud(xy=cloud.xy, weights=weights / total) if total > 0 else cloud
