"""Evidence for reports and incidents sharing one exchange of fire: of unknown size in place and in time.

An exchange has a middle, in place and in time; its signatures scatter around it. How widely is not known beforehand,
so the evidence is the mean over a few widths.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.exchanges.agglomerate import Group
from truceline.fusion.exchanges.lattice import Raster, mass, place_raster, product, shared, window_raster
from truceline.fusion.exchanges.windows import overlap_s
from truceline.fusion.intake.items import Item
from truceline.fusion.places.posterior import Bounds, Cloud, widen

# Widths, as shares of the prior's `exchange_spread_m` and in seconds, and how likely each is: assumed. Firing and
# impact lie kilometres apart, so an exchange with both is several times as wide as the scatter of one of them.
PLACE_WIDTHS = ((0.7, 0.4), (1.6, 0.4), (3.5, 0.2))
TIME_WIDTHS_S = ((240.0, 0.3), (900.0, 0.4), (3_600.0, 0.3))
BOX_SPREADS = 4.0  # a centre lies within this many of the prior's spreads of every signature
EDGES = 3.0  # windows farther apart than this many clock errors do not meet
LOG_APART = math.log(0.15)  # one sensor that tells of one kind twice, and not together, mostly means two exchanges


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """What is known of one group of parts: densities of its middle in place and time for every width (None: nowhere),
    the log evidence of one exchange, the hull of its windows, its largest clock error, and who told of it."""

    places: tuple[Raster | None, ...]
    times: tuple[Raster | None, ...]
    log_z: float
    window_s: tuple[float, float]
    sigma_s: float
    aggregated: bool
    told: frozenset[str]
    tellings: frozenset[tuple[str, str, str, str]]


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
    return widen((float(low[0]), float(low[1]), float(high[0]), float(high[1])), BOX_SPREADS * spread_m)


class Evidence:
    """Evidence for parts sharing one exchange; remembers what it has computed within one run."""

    def __init__(self, parts: Sequence[Part], prior: Prior) -> None:
        self.parts = parts
        self.widths_m = [share * prior.exchange_spread_m for share, _ in PLACE_WIDTHS]
        self.log_odds_told = math.log(prior.p_told_together / (1.0 - prior.p_told_together))
        self.log_rate = math.log(prior.exchange_rate_per_km2_h / 1e6 / 3600.0)
        self._states: dict[Group, State] = {}

    def state(self, group: Group) -> State:
        """What is known of a group; of one that was not grown from smaller ones it is computed from its parts."""
        if group not in self._states:
            one = (
                self._alone(group[0])
                if len(group) == 1
                else self.merged(self.state(group[:-1]), self.state(group[-1:]))
            )
            self._states[group] = one
        return self._states[group]

    def grow(self, a: Group, b: Group) -> None:
        """Remember the union of two groups, and forget them: they are no more."""
        union = tuple(sorted(a + b))
        self._states[union] = self.merged(self.state(a), self.state(b))
        for gone in (a, b):
            if len(gone) > 1:
                del self._states[gone]

    def _alone(self, i: int) -> State:
        part = self.parts[i]
        item = part.item
        places = tuple(place_raster(part.cloud.xy, part.cloud.weights, width) for width in self.widths_m)
        # an instant has got a window as wide as its error already
        sigma = part.sigma_s if item is not None and item.start_s != item.end_s else 0.0
        times = tuple(window_raster(*part.window_s, sigma, width) for width, _ in TIME_WIDTHS_S)
        telling = (item.sensor, item.phenomenon, item.phase, item.told) if item is not None else None
        return State(
            places=places,
            times=times,
            log_z=self._log_z([mass(r) for r in places], [mass(r) for r in times]),
            window_s=part.window_s,
            sigma_s=part.sigma_s,
            aggregated=item is not None,
            told=frozenset({part.told} - {""}),
            tellings=frozenset({telling} if telling is not None else ()),
        )

    def _log_z(self, log_places: Sequence[float], log_times: Sequence[float]) -> float:
        """Log of the mean over all widths, of sums over their lattices."""
        place = [
            x + 2.0 * math.log(w) + math.log(p)
            for x, w, (_, p) in zip(log_places, self.widths_m, PLACE_WIDTHS, strict=True)
        ]
        time = [x + math.log(w) + math.log(p) for x, (w, p) in zip(log_times, TIME_WIDTHS_S, strict=True)]
        return _log_sum(place) + _log_sum(time)

    def merged(self, a: State, b: State) -> State:
        """The union of two groups."""
        places = tuple(product(x, y) if x and y else None for x, y in zip(a.places, b.places, strict=True))
        times = tuple(product(x, y) if x and y else None for x, y in zip(a.times, b.times, strict=True))
        return State(
            places=places,
            times=times,
            log_z=self._log_z(
                [mass(r) if r else -math.inf for r in places], [mass(r) if r else -math.inf for r in times]
            ),
            window_s=(min(a.window_s[0], b.window_s[0]), max(a.window_s[1], b.window_s[1])),
            sigma_s=max(a.sigma_s, b.sigma_s),
            aggregated=a.aggregated or b.aggregated,
            told=a.told | b.told,
            tellings=a.tellings | b.tellings,
        )

    def gain(self, a: Group, b: Group) -> float:
        """Log odds of one exchange against two, nats; -inf where time or place excludes it."""
        return self.gain_of(self.state(a), self.state(b))

    def gain_of(self, a: State, b: State) -> float:
        """Log odds of one exchange against two, nats.

        Two incidents are not grouped by themselves: only a report that spans time says that fire went on.
        """
        if not (a.aggregated or b.aggregated):
            return -math.inf
        if overlap_s(a.window_s, b.window_s) < -EDGES * math.hypot(a.sigma_s, b.sigma_s):
            return -math.inf
        log_times = [shared(x, y) if x and y else -math.inf for x, y in zip(a.times, b.times, strict=True)]
        if max(log_times) == -math.inf:
            return -math.inf
        log_places = [shared(x, y) if x and y else -math.inf for x, y in zip(a.places, b.places, strict=True)]
        if max(log_places) == -math.inf:
            return -math.inf
        joint = self._log_z(log_places, log_times)
        return joint - a.log_z - b.log_z - self.log_rate + self._told(a, b)

    def _told(self, a: State, b: State) -> float:
        """Prior log odds for rows that their source reported together, and against those that it told apart."""
        if a.told & b.told:
            return self.log_odds_told
        mine = {telling[:3] for telling in a.tellings}
        return LOG_APART * len(mine & {telling[:3] for telling in b.tellings})

    def leave_one_out(self, group: Group) -> list[State]:
        """For each part of a group of two or more what is known of the others."""
        states = [self.state((i,)) for i in group]
        before, after = [states[0]], [states[-1]]
        for state in states[1:-1]:
            before.append(self.merged(before[-1], state))
        for state in states[-2:0:-1]:
            after.append(self.merged(after[-1], state))
        after.reverse()
        middle = [self.merged(x, y) for x, y in zip(before[:-1], after[1:], strict=True)]
        return [after[0], *middle, before[-1]]

    def middle(self, state: State) -> Mapping[str, np.ndarray] | None:
        """Where the middle lies: points (n, 2) and weights, of the likeliest width, and that width (m)."""
        found = [
            (mass(r) + 2.0 * math.log(w) + math.log(p), r, w)
            for r, w, (_, p) in zip(state.places, self.widths_m, PLACE_WIDTHS, strict=True)
            if r
        ]
        if not found:
            return None
        _, raster, width = max(found, key=lambda one: one[0])
        if raster.values is None:
            return None
        i, j = np.nonzero(raster.values > 1e-4)
        weights = raster.values[i, j]
        xy = width * np.column_stack([raster.x0 + i, raster.y0 + j]).astype(np.float64)
        return {"xy": xy, "weights": weights / weights.sum(), "width_m": np.array(width)}


def _log_sum(logs: Sequence[float]) -> float:
    top = max(logs)
    return top + math.log(sum(math.exp(x - top) for x in logs)) if top > -math.inf else -math.inf
