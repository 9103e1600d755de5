"""Level one: single observations that are the same physical event, by likelihood ratio; no clustering by radius."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.agglomerate import Gain, Group, agglomerate
from truceline.fusion.items import FloatArray, Item
from truceline.fusion.kinds import compatible
from truceline.fusion.posterior import Bounds, Cloud, Grid, integrate, intersect
from truceline.fusion.windows import origin_moments
from truceline.physics.places import shape_bounds, shape_density

TINY = 1e-300  # densities below this are zero for every purpose; keeps their logarithm finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One physical event: its members, where (cloud) and when (seconds), and each member's part in it."""

    members: tuple[Item, ...]
    p_member: tuple[float, ...]
    llr_nats: tuple[float, ...]
    cloud: Cloud
    time_s: float
    time_sigma_s: float


def find_events(singles: Sequence[Item], prior: Prior) -> list[Event]:
    """Group single observations into events.

    The gain of taking two groups as one is the log of [joint evidence / (rate of events x separate evidences)],
    all integrals over place and time of origin. One sensor reports an event once, so observations of one sensor
    never share an event.
    """
    bounds = [shape_bounds(item.shape) for item in singles]
    log_rate = float(np.log(prior.incident_rate_per_km2_h / 1e6 / 3600.0))
    known: dict[Group, float] = {(i,): 0.0 for i in range(len(singles))}

    def evidence(group: Group) -> float:
        if group not in known:
            solved = _solve([singles[i] for i in group], [bounds[i] for i in group])
            known[group] = solved[0] if solved else -np.inf
        return known[group]

    def gain(a: Group, b: Group) -> float:
        sensors = {singles[i].sensor for i in a} & {singles[i].sensor for i in b}
        if sensors or not all(compatible(singles[i].phenomenon, singles[j].phenomenon) for i in a for j in b):
            return -np.inf
        return evidence(tuple(sorted(a + b))) - evidence(a) - evidence(b) - log_rate

    groups = agglomerate(len(singles), _neighbours(singles, bounds), gain)
    return [_event(group, singles, bounds, gain) for group in groups]


def _neighbours(singles: Sequence[Item], bounds: Sequence[Bounds]) -> list[frozenset[int]]:
    """Items whose origin windows, each widened by two of its own clock errors, and boxes meet."""
    found: list[set[int]] = [set() for _ in singles]
    windows = [(i.origin_s[0] - 2 * i.sigma_s, i.origin_s[1] + 2 * i.sigma_s) for i in singles]
    open_: list[int] = []
    for j in sorted(range(len(singles)), key=lambda n: (windows[n], n)):
        open_ = [i for i in open_ if windows[i][1] >= windows[j][0]]
        for i in open_:
            if intersect(bounds[i], bounds[j]) is not None:
                found[i].add(j)
                found[j].add(i)
        open_.append(j)
    return [frozenset(near) for near in found]


def _solve(items: Sequence[Item], boxes: Sequence[Bounds]) -> tuple[float, Cloud] | None:
    """Log evidence and posterior cloud of one common origin; None where the places exclude each other."""
    box: Bounds | None = boxes[0]
    for other in boxes[1:]:
        box = intersect(box, other) if box is not None else None
    if box is None:
        return None

    def log_density(grid: Grid) -> FloatArray:
        xy = grid.xy
        log_p = origin_moments(items, xy)[0]
        for item in items:
            log_p = log_p + np.log(np.maximum(shape_density(item.shape, xy), TINY))
        return log_p

    solved = integrate(log_density, box)
    return (solved.log_evidence, solved.cloud) if solved else None


def _event(group: Group, singles: Sequence[Item], bounds: Sequence[Bounds], gain: Gain) -> Event:
    members = tuple(singles[i] for i in group)
    if len(group) == 1:
        cloud = Cloud(xy=members[0].nodes, weights=members[0].weights)
        llr: tuple[float, ...] = (0.0,)
    else:
        solved = _solve(members, [bounds[i] for i in group])
        if solved is None:  # agglomerate merges only where the joint evidence is finite
            raise AssertionError("a group without a common place was accepted")
        cloud = solved[1]
        llr = tuple(gain(tuple(j for j in group if j != i), (i,)) for i in group)
    _, mean, var = origin_moments(members, cloud.xy)
    time_s = float(cloud.weights @ mean)
    variance = float(cloud.weights @ (var + (mean - time_s) ** 2))
    alone = len(group) == 1
    return Event(
        members=members,
        p_member=tuple(1.0 if alone else float(1.0 / (1.0 + np.exp(-g))) for g in llr),
        llr_nats=llr,
        cloud=cloud,
        time_s=time_s,
        time_sigma_s=float(np.sqrt(variance)),
    )
