"""Level two: aggregated reports and incidents that belong to one exchange of fire, with their place and time.

An exchange has a centre; the signatures of it scatter around that centre. Reports whose times do not meet, after
clock error and travel time, found separate engagements: that one continued the other is never inferred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.exchanges.agglomerate import Group, agglomerate
from truceline.fusion.exchanges.windows import log_shared, overlap_s
from truceline.fusion.intake.items import FloatArray, Item
from truceline.fusion.places.posterior import Bounds, Cloud, Grid, blur, blur_grid, integrate, intersect, pool, widen

SPREADS = 4.0  # a centre lies within this many spreads of every signature
EDGES = 3.0  # windows farther apart than this many clock errors do not meet
TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What an engagement is made of: one aggregated report (`item`), or one incident (`event`, its number).

    `first_id` is the id of the report, or of the first observation of the incident: it only makes an order.
    """

    item: Item | None
    event: int | None
    first_id: str
    told: str  # group that the source reported it in, "" if none
    cloud: Cloud
    box: Bounds
    window_s: tuple[float, float]
    sigma_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One engagement: its parts, how probably each belongs, and where its signatures fell, as a cloud."""

    parts: tuple[Part, ...]
    p_member: tuple[float, ...]
    llr_nats: tuple[float, ...]
    cloud: Cloud
    window_s: tuple[float, float]


def report_part(item: Item, spread_m: float) -> Part:
    """The part that one aggregated report is."""
    cloud = Cloud(xy=item.nodes, weights=item.weights)
    return Part(
        item=item,
        event=None,
        first_id=item.id,
        told=item.told,
        cloud=cloud,
        box=box_of(cloud, spread_m),
        window_s=item.origin_s,
        sigma_s=item.sigma_s,
    )


def box_of(cloud: Cloud, spread_m: float) -> Bounds:
    """Where the centre of an exchange can be of which `cloud` is a signature."""
    low, high = cloud.xy.min(axis=0), cloud.xy.max(axis=0)
    return widen((float(low[0]), float(low[1]), float(high[0]), float(high[1])), SPREADS * spread_m)


class Evidence:
    """Evidence for parts sharing one exchange; remembers what it has computed within one run."""

    def __init__(self, parts: Sequence[Part], prior: Prior) -> None:
        self.parts = parts
        self.spread_m = prior.exchange_spread_m
        self.log_odds_told = float(np.log(prior.p_told_together / (1.0 - prior.p_told_together)))
        self.log_rate = float(np.log(prior.exchange_rate_per_km2_h / 1e6 / 3600.0))
        self._centre: dict[Group, tuple[float, Cloud] | None] = {}

    def centre(self, group: Group) -> tuple[float, Cloud] | None:
        """Log evidence of a common centre and its posterior; None where the places exclude each other."""
        if group not in self._centre:
            self._centre[group] = self._solve(group)
        return self._centre[group]

    def _solve(self, group: Group) -> tuple[float, Cloud] | None:
        box: Bounds | None = self.parts[group[0]].box
        for i in group[1:]:
            box = intersect(box, self.parts[i].box) if box is not None else None
        if box is None:
            return None

        def log_density(grid: Grid) -> FloatArray:
            blurred = [blur_grid(self.parts[i].cloud, self.spread_m, grid) for i in group]
            return np.asarray(sum(np.log(np.maximum(b, TINY)) for b in blurred))

        solved = integrate(log_density, box)
        return (solved.log_evidence, solved.cloud) if solved else None

    def window(self, group: Group) -> tuple[float, float]:
        """The span of time that the reports of `group` allow, seconds."""
        return min(self.parts[i].window_s[0] for i in group), max(self.parts[i].window_s[1] for i in group)

    def sigma_s(self, a: Group, b: Group) -> float:
        """Clock error with which the edges of two groups are compared."""
        return float(np.hypot(max(self.parts[i].sigma_s for i in a), max(self.parts[i].sigma_s for i in b)))

    def gain(self, a: Group, b: Group) -> float:
        """Log odds of one exchange against two, nats; -inf where time or place excludes it.

        Two incidents are not grouped by themselves: only a report that spans time says that fire went on.
        """
        if not any(self.parts[i].event is None for i in a + b):
            return -np.inf
        sigma = self.sigma_s(a, b)
        if overlap_s(self.window(a), self.window(b)) < -EDGES * sigma:
            return -np.inf
        joint, one, other = self.centre(tuple(sorted(a + b))), self.centre(a), self.centre(b)
        if joint is None or one is None or other is None:
            return -np.inf
        place = joint[0] - one[0] - other[0]
        time = log_shared(self.window(a), self.window(b), sigma)
        return place + time - self.log_rate + self._told_together(a, b)

    def _told_together(self, a: Group, b: Group) -> float:
        """Prior log odds for rows that their source reported together."""
        shared = {self.parts[i].told for i in a} & {self.parts[i].told for i in b}
        return self.log_odds_told if shared - {""} else 0.0


def find_exchanges(parts: Sequence[Part], prior: Prior) -> tuple[list[Exchange], Evidence]:
    """Group parts into exchanges, each with membership probabilities and the cloud of its signatures."""
    evidence = Evidence(parts, prior)
    near = _neighbours(parts)
    groups = agglomerate(len(parts), near, evidence.gain)
    home = {i: group for group in groups for i in group}
    return [_exchange(group, evidence, near, home) for group in groups], evidence


def _neighbours(parts: Sequence[Part]) -> list[frozenset[int]]:
    """Parts whose windows, each widened by as many of its own clock errors as still meet, and boxes meet."""
    windows = [(p.window_s[0] - EDGES * p.sigma_s, p.window_s[1] + EDGES * p.sigma_s) for p in parts]
    found: list[set[int]] = [set() for _ in parts]
    open_: list[int] = []
    for j in sorted(range(len(parts)), key=lambda n: (windows[n], n)):
        open_ = [i for i in open_ if windows[i][1] >= windows[j][0]]
        for i in open_:
            if intersect(parts[i].box, parts[j].box) is not None:
                found[i].add(j)
                found[j].add(i)
        open_.append(j)
    return [frozenset(n) for n in found]


def _exchange(group: Group, evidence: Evidence, near: Sequence[frozenset[int]], home: Mapping[int, Group]) -> Exchange:
    gains, p_member, clouds = [], [], []
    for i in group:
        rest = tuple(j for j in group if j != i)
        own = evidence.gain(rest, (i,)) if rest else 0.0
        rivals = sorted({home[j] for j in near[i]} - {group})
        log_weights = np.array([own, *([0.0] if rest else []), *(evidence.gain(r, (i,)) for r in rivals)])
        weights = np.exp(log_weights - log_weights.max())
        gains.append(float(own))
        p_member.append(float(weights[0] / weights.sum()))
        clouds.append(_given(evidence, i, rest))
    return Exchange(
        parts=tuple(evidence.parts[i] for i in group),
        p_member=tuple(p_member),
        llr_nats=tuple(gains),
        cloud=pool(clouds),
        window_s=evidence.window(group),
    )


def _given(evidence: Evidence, i: int, rest: Group) -> Cloud:
    """Where part `i` fell, given the other parts of its exchange."""
    cloud = evidence.parts[i].cloud
    centre = evidence.centre(rest) if rest else None
    if centre is None:
        return cloud
    kept = centre[1].weights > 1e-5 * centre[1].weights.max()
    thin = Cloud(xy=centre[1].xy[kept], weights=centre[1].weights[kept])
    weights = cloud.weights * blur(thin, evidence.spread_m, cloud.xy)
    total = float(weights.sum())
    return Cloud(xy=cloud.xy, weights=weights / total) if total > 0 else cloud
