"""Evidence for reports and incidents sharing one exchange of fire: of unknown size in place and in time.

An exchange has a middle, in place and in time; its signatures scatter around it. How widely is not known beforehand,
so the evidence is the mean over a few widths.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.exchanges.agglomerate import Group
from truceline.fusion.exchanges.lattice import Raster, mass, place_raster, product, shared, window_raster
from truceline.fusion.exchanges.windows import overlap_s
from truceline.fusion.intake.items import Item
from truceline.fusion.places.posterior import Bounds, Cloud, widen
from truceline.geo.arrays import F64

# Widths of places (as shares of the prior's `exchange_spread_m`) and of times (s), and how likely each is: assumed.
# What is told of one end of an exchange scatters little; its ends, where it was fired and where it fell, on either
# side, lie kilometres apart, and not each row tells of the same hour.
NARROW = (((0.8, 0.4), (1.6, 0.4), (3.0, 0.2)), ((600.0, 0.3), (1_800.0, 0.4), (5_400.0, 0.3)))
WIDE = (((1.5, 0.3), (3.5, 0.5), (7.0, 0.2)), ((600.0, 0.4), (3_600.0, 0.6)))
EITHER = (((0.8, 0.3), (1.6, 0.4), (4.0, 0.3)), ((600.0, 0.3), (1_800.0, 0.4), (5_400.0, 0.3)))  # one end or two
# The search is greedy. Two rows that each say "tonight, within a few kilometres" never pay by themselves, ten of them
# do: pairs are let together as if there were fewer exchanges than there are, and in the end a group stands if all of it
# pays. Tuned on simulated worlds.
LENIENT_ENDS, LENIENT_EXCHANGES = 0.1, 0.05
BOX_SPREADS = 4.0  # a centre lies within this many of the prior's spreads of every signature
EDGES = 3.0  # windows farther apart than this many clock errors do not meet
LIGHTEST = 1e-4  # of the peak: points with less weight tell nothing of a middle
EVEN_STEP = 8  # of the points of an even density one in so many, along either axis, stands for the others
LOG_APART = math.log(0.4)  # one sensor that tells of one kind twice, and not together, mostly means two exchanges


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
    tellings: frozenset[tuple[str, str, str]]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """How widely what belongs together scatters: (metres, how likely), (seconds, how likely)."""

    place: tuple[tuple[float, float], ...]
    time: tuple[tuple[float, float], ...]

    def log_z(self, log_places: Sequence[float], log_times: Sequence[float]) -> float:
        """Log of the mean over all widths, of sums over their lattices."""
        place = [x + 2.0 * math.log(w) + math.log(p) for x, (w, p) in zip(log_places, self.place, strict=True)]
        time = [x + math.log(w) + math.log(p) for x, (w, p) in zip(log_times, self.time, strict=True)]
        return _log_sum(place) + _log_sum(time)


def widths_of(given: tuple[tuple[tuple[float, float], ...], ...], prior: Prior) -> Widths:
    """NARROW or WIDE for the spread that a mission assumes."""
    return Widths(place=tuple((share * prior.exchange_spread_m, p) for share, p in given[0]), time=given[1])


def alone(part: Part, widths: Widths) -> State:
    """What is known of a part by itself."""
    item = part.item
    places = tuple(place_raster(part.cloud.xy, part.cloud.weights, width) for width, _ in widths.place)
    # an instant has got a window as wide as its error already
    sigma = part.sigma_s if item is not None and item.start_s != item.end_s else 0.0
    times = tuple(window_raster(*part.window_s, sigma, width) for width, _ in widths.time)
    telling = (item.sensor, item.phenomenon, item.phase) if item is not None else None
    return State(
        places=places,
        times=times,
        log_z=widths.log_z([mass(r) for r in places], [mass(r) for r in times]),
        window_s=part.window_s,
        sigma_s=part.sigma_s,
        aggregated=item is not None,
        told=frozenset({part.told} - {""}),
        tellings=frozenset({telling} if telling is not None else ()),
    )


def as_end(state: State, narrow: Widths, wide: Widths) -> State:
    """A group as one end of an exchange: its middle, known as well as its reports tell it, scatters with the ends."""
    xy, weights = middle_of(state, narrow)
    start_s, end_s = _even_window(state, narrow)
    places = tuple(place_raster(xy, weights, width) for width, _ in wide.place)
    times = tuple(window_raster(start_s, end_s, 0.0, width) for width, _ in wide.time)
    log_z = wide.log_z([mass(r) for r in places], [mass(r) for r in times])
    return replace(state, places=places, times=times, log_z=log_z)


def middle_of(state: State, widths: Widths) -> tuple[F64, F64]:
    """Where the middle of a group lies: points (n, 2) and their weights, of all widths together."""
    points, weights = [], []
    found = [
        (r, w, mass(r) + 2.0 * math.log(w) + math.log(p))
        for r, (w, p) in zip(state.places, widths.place, strict=True)
        if r
    ]
    top = max(log for _, _, log in found)
    for raster, width, log in found:
        share = math.exp(log - top)
        values = raster.values if raster.values is not None else _even_values(raster)
        if share < LIGHTEST:
            continue
        step = 1 if raster.values is not None else EVEN_STEP
        i, j = np.nonzero(values > LIGHTEST)
        points.append(width * np.column_stack([raster.x0 + step * i, raster.y0 + step * j]))
        weights.append(share * values[i, j] / values[i, j].sum())
    every = np.concatenate(weights)
    return np.concatenate(points).astype(np.float64), every / every.sum()


def _even_values(raster: Raster) -> F64:
    """Some points of an even density, which stand for all."""
    return np.ones((1 + (raster.nx - 1) // EVEN_STEP, 1 + (raster.ny - 1) // EVEN_STEP))


def _even_window(state: State, widths: Widths) -> tuple[float, float]:
    """The even window with the mean and the variance that the time of a group's middle has (s)."""
    logs, means, squares = [], [], []
    for raster, (width, p) in zip(state.times, widths.time, strict=True):
        if raster is None:
            continue
        at = width * np.arange(raster.x0, raster.x0 + raster.nx)
        share = (
            raster.values[:, 0] / raster.values.sum()
            if raster.values is not None
            else np.full(raster.nx, 1.0 / raster.nx)
        )
        mean = float(share @ at)
        logs.append(mass(raster) + math.log(width) + math.log(p))
        means.append(mean)
        squares.append(float(share @ (at - mean) ** 2) - (width**2 if len(state.told | state.tellings) <= 1 else 0.0))
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    mean = float(weights @ means)
    variance = float(weights @ (np.maximum(squares, 1.0) + (np.array(means) - mean) ** 2))
    half = math.sqrt(3.0 * variance)
    return mean - half, mean + half


class Evidence:
    """Evidence for things sharing one exchange, or one end of it; remembers what it has computed within one run."""

    def __init__(self, singles: Sequence[State], widths: Widths, prior: Prior, rate_share: float = 1.0) -> None:
        self.widths = widths
        self.log_odds_told = math.log(prior.p_told_together / (1.0 - prior.p_told_together))
        self.log_true_rate = math.log(prior.exchange_rate_per_km2_h / 1e6 / 3600.0)
        self.log_rate = self.log_true_rate + math.log(rate_share)
        self._states: dict[Group, State] = {(i,): state for i, state in enumerate(singles)}

    def state(self, group: Group) -> State:
        """What is known of a group that was grown."""
        return self._states[group]

    def grow(self, a: Group, b: Group) -> None:
        """Remember the union of two groups, and forget them unless they are single: they are no more."""
        union = tuple(sorted(a + b))
        self._states[union] = self.merged(self.state(a), self.state(b))
        for gone in (a, b):
            if len(gone) > 1:
                del self._states[gone]

    def merged(self, a: State, b: State) -> State:
        """The union of two groups."""
        places = tuple(product(x, y) if x and y else None for x, y in zip(a.places, b.places, strict=True))
        times = tuple(product(x, y) if x and y else None for x, y in zip(a.times, b.times, strict=True))
        return State(
            places=places,
            times=times,
            log_z=self.widths.log_z(
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
        joint = self.widths.log_z(log_places, log_times)
        return joint - a.log_z - b.log_z - self.log_rate + self._told(a, b)

    def _told(self, a: State, b: State) -> float:
        """Prior log odds for rows that their source reported together, and against those that it told apart."""
        if a.told & b.told:
            return self.log_odds_told
        return LOG_APART * len(a.tellings & b.tellings)

    def standing(self, groups: Sequence[Group]) -> list[Group]:
        """The groups whose members are likelier together than each by itself; the others as their members."""
        stand = [(group,) if self._total(group) > 0.0 else tuple((i,) for i in group) for group in groups]
        return sorted(group for some in stand for group in some)

    def _total(self, group: Group) -> float:
        """Log odds of one group against all of its members by themselves, nats."""
        if len(group) == 1:
            return math.inf
        singles = [self.state((i,)) for i in group]
        total = self.state(group).log_z - (len(group) - 1) * self.log_true_rate
        told: frozenset[str] = frozenset()
        for state in singles:
            total += (self.log_odds_told if told & state.told else 0.0) - state.log_z
            told |= state.told
        return total

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


def _log_sum(logs: Sequence[float]) -> float:
    top = max(logs)
    return top + math.log(sum(math.exp(x - top) for x in logs)) if top > -math.inf else -math.inf
