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
from truceline.fusion.exchanges.evidence import (
    EDGES,
    LENIENT_ENDS,
    LENIENT_EXCHANGES,
    NARROW,
    WIDE,
    Evidence,
    Part,
    State,
    alone,
    as_end,
    middle_of,
    widths_of,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Parts in ends, ends in exchanges, and the evidence that grouped either."""

    ends: list[Group]
    exchanges: list[Group]
    of_parts: Evidence
    of_ends: Evidence


def find_exchanges(parts: Sequence[Part], prior: Prior) -> tuple[list[Exchange], Evidence]:
    """Group parts into exchanges, each with membership probabilities and the cloud of its signatures."""
    near = neighbours(parts)
    grouped = _grouped(parts, near, prior)
    home = {i: n for n, end in enumerate(grouped.ends) for i in end}
    found = [_exchange(group, grouped, parts, near, home) for group in grouped.exchanges]
    return sorted(found, key=lambda e: (e.parts[0].window_s, e.parts[0].first_id)), grouped.of_parts


def _grouped(parts: Sequence[Part], near: Sequence[frozenset[int]], prior: Prior) -> Grouped:
    """What is told of one place first, then the places of one exchange."""
    narrow, wide = widths_of(NARROW, prior), widths_of(WIDE, prior)
    of_parts = Evidence([alone(part, narrow) for part in parts], narrow, prior, LENIENT_ENDS)
    ends = of_parts.standing(agglomerate(len(parts), near, of_parts.gain, of_parts.grow))
    of_ends = Evidence([as_end(of_parts.state(end), narrow, wide) for end in ends], wide, prior, LENIENT_EXCHANGES)
    home = {i: n for n, end in enumerate(ends) for i in end}
    beside = [frozenset(home[j] for i in end for j in near[i]) - {n} for n, end in enumerate(ends)]
    exchanges = of_ends.standing(agglomerate(len(ends), beside, of_ends.gain, of_ends.grow))
    return Grouped(ends=ends, exchanges=exchanges, of_parts=of_parts, of_ends=of_ends)


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


def _exchange(
    group: Group, grouped: Grouped, parts: Sequence[Part], near: Sequence[frozenset[int]], home: Mapping[int, int]
) -> Exchange:
    told: list[tuple[int, float, float, Cloud]] = []
    for n, others in zip(group, _others(group, grouped.of_ends), strict=True):
        end = grouped.ends[n]
        joined = grouped.of_ends.gain_of(others, grouped.of_ends.state((n,))) if others else -math.inf
        for i, rest in zip(end, _others(end, grouped.of_parts), strict=True):
            own = grouped.of_parts.gain_of(rest, grouped.of_parts.state((i,))) if rest else joined
            rivals = {home[j] for j in near[i]} - set(group)
            p = _p_member(i, max(own, joined), [grouped.ends[k] for k in sorted(rivals)], grouped.of_parts)
            told.append((i, p, own if math.isfinite(own) else 0.0, _given(parts[i], rest, grouped.of_parts)))
    told.sort(key=lambda one: one[0])
    windows = [parts[one[0]].window_s for one in told]
    clouds = [one[3] for one in told]
    return Exchange(
        parts=tuple(parts[one[0]] for one in told),
        p_member=tuple(one[1] for one in told),
        llr_nats=tuple(one[2] for one in told),
        clouds=tuple(clouds),
        cloud=pool(clouds),
        window_s=(min(w[0] for w in windows), max(w[1] for w in windows)),
    )


def _others(group: Group, evidence: Evidence) -> Sequence[State | None]:
    """For each member of a group what is known of the others, None for one that is alone."""
    return evidence.leave_one_out(group) if len(group) > 1 else [None]


def _p_member(i: int, own: float, rivals: Sequence[Group], evidence: Evidence) -> float:
    """How probably a part belongs where it is: against being an exchange of its own, and against its rivals."""
    company = math.isfinite(own)
    log_weights = np.array(
        [own if company else 0.0, *([0.0] if company else []), *(evidence.gain(r, (i,)) for r in rivals)]
    )
    weights = np.exp(log_weights - float(log_weights.max()))
    return float(weights[0] / weights.sum())


def _given(part: Part, rest: State | None, evidence: Evidence) -> Cloud:
    """Where a part fell, given what is told of the same end of its exchange."""
    if rest is None or not any(rest.places):
        return part.cloud
    xy, points = middle_of(rest, evidence.widths)
    width = min(w for (w, _), r in zip(evidence.widths.place, rest.places, strict=True) if r)
    weights = part.cloud.weights * blur(Cloud(xy=xy, weights=points), width, part.cloud.xy)
    total = float(weights.sum())
    return Cloud(xy=part.cloud.xy, weights=weights / total) if total > 0 else part.cloud
