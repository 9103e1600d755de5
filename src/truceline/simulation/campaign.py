"""A campaign: the sensors of a world stand along its line and report what they notice of its violence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from truceline.geo.line import LineAxis, locate
from truceline.physics.notice import FARTHEST_SCALES, draw_distance, draw_noticed
from truceline.simulation.engagements import Exchanged
from truceline.simulation.rows import CLUTTER, Sightings, event_table, observation_table, truth_table
from truceline.simulation.shots import Shots, draw_shots
from truceline.simulation.statements import truth_columns, with_statements
from truceline.simulation.telling import Telling
from truceline.simulation.told_tables import told_campaign, truth_of
from truceline.simulation.violence import DAY_S, F64, I64, Events, Ground, beside, draw_events, draw_ground, draw_places
from truceline.simulation.worlds import Watch, World

AROUND_HOT_M = 5e3  # posts at a hot spot stand this far up and down the line from it (one standard deviation)
CHUNK = 20_000  # events at a time
START = datetime(2025, 1, 1, tzinfo=UTC)
BLIND_DAYS = 1.0  # after so long without a report there will be none
SPARE = 1.05  # how much longer a world is made to last than should be enough


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """A world and what was reported of it.

    `observations` is an interchange table, by time; `events` has event_id, time, lon_deg, lat_deg, phenomenon and
    n_observations (0 for what nobody reported), in a world with fire also firer, phase and weapon, in one that is told
    of those of `told_tables.truth_of`; `truth` has
    observation_id (as membership tables have it) and event_id, null for clutter. `posts` are the posts of each watch,
    in its order.
    """

    world: World
    seed: int
    start: datetime
    days: float
    ground: Ground
    posts: tuple["Posts", ...]
    happened: Events
    seen: Sightings
    observations: pa.Table
    events: pa.Table
    truth: pa.Table
    shots: Shots | None = None
    exchanged: Exchanged | None = None

    @property
    def line_deg(self) -> tuple[tuple[float, float], ...]:
        """The line as (longitude, latitude)."""
        return self.ground.line_deg


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posts:
    """Where the units of a watch stand (n, 2) and where they say they do, metres in the plane; none of a feed."""

    true_xy: F64
    stated_xy: F64


def simulate(
    world: World,
    *,
    seed: int,
    n_observations: int | None = None,
    days: float | None = None,
    start: datetime = START,
    line_deg: tuple[tuple[float, float], ...] | None = None,
) -> Simulated:
    """Simulate a world: the first `n_observations` reports of it, or all that happened within `days` of `start`.

    The same seed gives the same land, hot spots and posts however long the world lasts. With `line_deg` everything
    lies along that line (longitude, latitude) instead of a drawn one. `start` is a whole second.

    Raises
    ------
    ValueError
        if not exactly one of `n_observations` and `days` is given, it is not above zero, or nobody notices anything.
    """
    if (n_observations is None) == (days is None):
        raise ValueError("give either n_observations or days")
    if (n_observations or days or 0) <= 0:
        raise ValueError("give a number above zero")
    layout = np.random.default_rng([seed, 0])
    ground = draw_ground(world.land, world.violence, layout, line_deg)
    posts = tuple(_place(watch, ground, layout) for watch in world.watches)
    if days is not None:
        return _campaign(world, ground, posts, start, days, seed, None)
    n = n_observations or 0
    lasts = SPARE * n * (1.0 - world.clutter_share) / (world.reports_per_event * world.violence.events_per_day)
    while True:
        made = _campaign(world, ground, posts, start, lasts, seed, n)
        if made.observations.num_rows == n:
            return made
        if not made.observations.num_rows and lasts > BLIND_DAYS:
            raise ValueError(f"nobody in world {world.name} notices anything")
        lasts *= SPARE * n / max(made.observations.num_rows, 0.3 * n)


def _campaign(
    world: World,
    ground: Ground,
    posts: tuple[Posts, ...],
    start: datetime,
    days: float,
    seed: int,
    most: int | None,
) -> Simulated:
    if world.telling is not None:
        return _told(world, world.telling, ground, posts, start, days, seed, most)
    rng = np.random.default_rng([seed, 1])
    happened = draw_events(world.violence, ground, days, rng)
    parts = [
        _sightings(number, watch, where, world, ground, happened, days, rng)
        for number, (watch, where) in enumerate(zip(world.watches, posts, strict=True))
    ]
    stated = [where.stated_xy for where in posts]
    observations, seen = observation_table(world, ground.frame, start, stated, parts, rng, most)
    last_s = float(seen.time_s.max(initial=0.0)) if most is not None else days * DAY_S
    events, shots = event_table(world, ground.frame, start, happened, seen, last_s), None
    if world.fire is not None:  # drawn from a stream of its own: what was noticed stays what it was
        own = np.random.default_rng([seed, 2])
        kinds = tuple(kind for kind, _ in world.violence.kinds)
        shots = draw_shots(world.fire, kinds, ground, happened, own)
        observations = with_statements(observations, world, world.fire, ground, seen, shots, own)
        events = truth_columns(events, shots)
    return Simulated(
        world=world,
        seed=seed,
        start=start,
        days=last_s / DAY_S,
        ground=ground,
        posts=posts,
        happened=happened,
        seen=seen,
        observations=observations,
        events=events,
        truth=truth_table(observations, seen),
        shots=shots,
    )


def _told(
    world: World,
    telling: Telling,
    ground: Ground,
    posts: tuple[Posts, ...],
    start: datetime,
    days: float,
    seed: int,
    most: int | None,
) -> Simulated:
    """A campaign that people tell of: exchanges of fire, counted over intervals."""
    stands = [(where.true_xy, where.stated_xy) for where in posts]
    made, observations, seen = told_campaign(world, telling, ground, stands, start, days, seed, most)
    last_s = float(seen.time_s.max(initial=0.0)) if most is not None else days * DAY_S
    return Simulated(
        world=world,
        seed=seed,
        start=start,
        days=last_s / DAY_S,
        ground=ground,
        posts=posts,
        happened=made.events,
        seen=seen,
        observations=observations,
        events=truth_of(world, ground.frame, start, made, seen, last_s),
        truth=truth_table(observations, seen),
        exchanged=made,
    )


def _place(watch: Watch, ground: Ground, rng: Generator) -> Posts:
    """Posts along the line, on either side of it."""
    if watch.is_feed:
        return Posts(true_xy=np.empty((0, 2)), stated_xy=np.empty((0, 2)))
    n, line = watch.units, ground.line
    hot = _chainage(line, ground.hot_xy)[rng.choice(len(ground.hot_weight), size=n, p=ground.hot_weight)]
    hot += AROUND_HOT_M * rng.standard_normal(n)
    chainage = np.where(rng.random(n) < watch.at_hot_share, hot, line.length_m * rng.random(n))
    offset = (watch.near_m + (watch.far_m - watch.near_m) * rng.random(n)) * np.where(rng.random(n) < 0.5, -1.0, 1.0)
    stated = beside(line, np.clip(chainage, 0.0, line.length_m), offset)
    return Posts(true_xy=stated + watch.position_sigma_m * rng.standard_normal((n, 2)), stated_xy=stated)


def _chainage(line: LineAxis, xy_m: F64) -> F64:
    chainage, _ = locate(line, *np.ascontiguousarray(xy_m.T))
    return chainage


def _sightings(
    number: int,
    watch: Watch,
    posts: Posts,
    world: World,
    ground: Ground,
    happened: Events,
    days: float,
    rng: Generator,
) -> Sightings:
    """What the units of one watch notice, and what they only think that they do."""
    xy = np.column_stack([happened.x_m, happened.y_m])
    scale_m = np.array([watch.scale_of(kind) for kind, _ in world.violence.kinds])
    event, unit = _noticed(watch, posts, xy, scale_m[happened.kind], rng)
    n_false = int(rng.poisson(len(event) * world.clutter_share / (1.0 - world.clutter_share)))
    false_unit = rng.choice(unit, size=n_false) if len(unit) else np.empty(0, dtype=np.int64)
    n_false = len(false_unit)
    false_places = _false_places(watch, posts, false_unit, ground, rng)
    time_s = np.concatenate([happened.time_s[event], days * DAY_S * rng.random(n_false)])
    shares = np.array([share for _, share in world.violence.kinds])
    told = _misnamed(happened.kind[event], len(shares), world.wrong_kind_share, rng)
    false_kind = rng.choice(len(shares), size=n_false, p=shares / shares.sum())
    at = np.concatenate([xy[event], false_places(scale_m[false_kind])])
    unit = np.concatenate([unit, false_unit])
    return Sightings(
        watch=np.full(len(unit), number),
        unit=unit,
        event=np.concatenate([event, np.full(n_false, CLUTTER)]),
        kind=np.concatenate([told, false_kind]),
        x_m=at[:, 0],
        y_m=at[:, 1],
        time_s=time_s,
        from_xy=posts.true_xy[unit] if not watch.is_feed else at,
    )


def _noticed(watch: Watch, posts: Posts, xy: F64, scale_m: F64, rng: Generator) -> tuple[I64, I64]:
    """(event, unit) of everything that a watch notices; `scale_m` is that for each event's kind."""
    if watch.is_feed:
        event = np.flatnonzero(rng.random(len(xy)) < watch.p_beside)
        return event, np.zeros(len(event), dtype=np.int64)
    found = [np.empty((2, 0), dtype=np.int64)]
    for first, near in _near(posts.true_xy, xy, FARTHEST_SCALES * watch.scale_m):
        kept = draw_noticed(near["v"], rng, scale_m[first + near["i"]], watch.p_beside)
        found.append(np.stack([first + near["i"][kept], near["j"][kept]]))
    event, unit = np.concatenate(found, axis=1)
    return event, unit


def _near(posts_xy: F64, xy: F64, reach_m: float) -> Iterator[tuple[int, NDArray[np.void]]]:
    """Pairs of an event and a post within reach, some events at a time: the first of them, and (i, j, distance v)."""
    tree = cKDTree(posts_xy)
    for first in range(0, len(xy), CHUNK):
        pairs = cKDTree(xy[first : first + CHUNK]).sparse_distance_matrix(tree, reach_m, output_type="ndarray")
        yield first, pairs[np.lexsort((pairs["j"], pairs["i"]))]


def _false_places(watch: Watch, posts: Posts, unit: I64, ground: Ground, rng: Generator) -> Callable[[F64], F64]:
    """Where false reports point, given the scale (m) for the kind each tells of: anywhere that the post could notice
    such a thing, for a feed where violence could begin."""
    if watch.is_feed:
        places = draw_places(ground, len(unit), rng)
        return lambda _: places
    scales, theta = draw_distance(rng, 1.0, len(unit)), 2.0 * np.pi * rng.random(len(unit))
    away = scales[:, None] * np.column_stack([np.sin(theta), np.cos(theta)])
    return lambda scale_m: np.asarray(posts.true_xy[unit] + scale_m[:, None] * away)


def _misnamed(kind: I64, n_kinds: int, share: float, rng: Generator) -> I64:
    """Kinds as told: `share` of them are another one."""
    wrong = (rng.random(len(kind)) < share) & (n_kinds > 1)
    other = rng.integers(1, max(n_kinds, 2), size=len(kind))
    return np.where(wrong, (kind + other) % n_kinds, kind)
