"""The worlds that can be simulated, as plain data: the land, its violence, and who observes it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from truceline.simulation.fire import Fire
from truceline.simulation.telling import Telling

ANYWHERE_M = math.inf  # the scale of a feed, which sees everywhere alike
SOUND_M_S = 337.3  # as in the sensor models: dry air at 10 C


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """A strip along an axis with a wiggling line in the middle.

    `wiggles` are (amplitude, wavelength) in metres of waves across the axis, their phases by chance; the heading of
    the axis swings by `bend_rad` to each side over its length, as one sine.
    """

    length_m: float = 1e6
    half_width_m: float = 20e3
    wiggles_m: tuple[tuple[float, float], ...] = ((3e3, 90e3), (1.5e3, 31e3), (0.6e3, 11e3))
    bend_rad: float = 0.0
    centre_lon_deg: float = 36.5
    centre_lat_deg: float = 49.0
    azimuth_deg: float = 72.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Violence:
    """A self-exciting process: immigrants on hot spots or anywhere, each event with children of its own.

    `answer_share` of the children are mirrored across the line; `kinds` are (phenomenon, share), drawn anew for
    every event. Hot spots lie about `hot_offset_m` (one standard deviation) off the line, have unequal weights
    (gamma distributed with shape `hot_evenness`) and are Gaussian with `hot_spread_m`; immigrants elsewhere are
    uniform over the strip.
    """

    events_per_day: float = 6_000.0
    branching: float = 0.8
    mean_delay_s: float = 480.0
    spread_m: float = 800.0
    answer_share: float = 0.25
    hot_share: float = 0.7
    n_hot_spots: int = 40
    hot_offset_m: float = 3e3
    hot_spread_m: float = 8e3
    hot_evenness: float = 4.0
    kinds: tuple[tuple[str, float], ...] = (("explosion", 0.6), ("burst", 0.3), ("shot", 0.1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One class of sensors: `units` of them, alike, observing by one family of `physics`.

    `p_beside` and `scale_m` say who notices (`physics.notice`), `scales_m` gives kinds a smaller scale of their own; a
    feed has one unit, no place and an infinite scale.
    Posts stand `near_m` to `far_m` off the line on either side, `at_hot_share` of them around a hot spot. What a
    family does not use is 0. `clock_step_s` is to what times are rounded; `position_sigma_m` is the error of a
    post's stated position, the same in all it says.
    """

    source: str
    means: str
    family: str
    p_beside: float
    time_sigma_s: float
    units: int = 1
    scale_m: float = ANYWHERE_M
    scales_m: tuple[tuple[str, float], ...] = ()
    clock_step_s: float = 0.0
    bearing_sigma_deg: float = 0.0
    range_sigma_share: float = 0.0
    band_edges_m: tuple[float, ...] = ()
    fix_sigma_m: float = 0.0
    speed_m_s: float = 0.0
    speed_sigma_share: float = 0.0
    position_sigma_m: float = 10.0
    near_m: float = 1e3
    far_m: float = 8e3
    at_hot_share: float = 0.0
    latency_s: float = 0.0
    reliability: str = "B"

    @property
    def is_feed(self) -> bool:
        """Whether it sees everywhere alike and has no place of its own."""
        return math.isinf(self.scale_m)

    def scale_of(self, kind: str) -> float:
        """The scale with which it notices a kind, metres."""
        return dict(self.scales_m).get(kind, self.scale_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that defines a simulated world but its seed and how long it lasts.

    `clutter_share` of all observations speak of nothing that happened; `wrong_kind_share` of those that do name
    another kind. With `fire` every event has a firer, and rows state phase, direction and weapon. With `telling` every
    event is an exchange of fire, and most rows count it over an interval.
    `reports_per_event` is what it comes to: observations of events that anybody reported, a guide to
    how long a world has to last for a number of observations.
    """

    name: str
    title: str
    stated: str
    chosen: str
    watches: tuple[Watch, ...]
    reports_per_event: float
    land: Land = Land()
    violence: Violence = Violence()
    clutter_share: float = 0.13
    wrong_kind_share: float = 0.04
    fire: Fire | None = None
    telling: Telling | None = None


_SMALL_ARMS_M = (("burst", 2.5e3), ("shot", 1.5e3))  # scales by which ears notice them, as in the sensor model

PATROLS = Watch(
    source="patrol",
    means="heard",
    family="sector",
    units=450,
    p_beside=0.47,
    scale_m=7.5e3,
    time_sigma_s=12.0,
    clock_step_s=10.0,
    bearing_sigma_deg=8.0,
    range_sigma_share=0.25,
    band_edges_m=(0.0, 1e3, 3e3, 5e3, 8e3, 12e3, 20e3),
    speed_m_s=SOUND_M_S,
    speed_sigma_share=0.025,
    latency_s=600.0,
    reliability="C",
)
CAMERAS = Watch(
    source="camera",
    means="camera",
    family="bearing",
    units=350,
    p_beside=0.97,
    scale_m=4.5e3,
    time_sigma_s=1.0,
    bearing_sigma_deg=0.7,
    position_sigma_m=5.0,
)
ARRAYS = Watch(
    source="array",
    means="acoustic",
    family="bearing",
    units=130,
    p_beside=0.9,
    scale_m=7.5e3,
    time_sigma_s=0.15,
    bearing_sigma_deg=2.0,
    speed_m_s=SOUND_M_S,
    speed_sigma_share=0.025,
    position_sigma_m=5.0,
)
STATIONS = Watch(
    source="station",
    means="acoustic",
    family="arrival",
    units=220,
    p_beside=0.8,
    scale_m=7.5e3,
    time_sigma_s=0.15,
    speed_m_s=SOUND_M_S,
    speed_sigma_share=0.025,
    position_sigma_m=5.0,
)
UAV = Watch(source="uav", means="uav", family="fix", p_beside=0.39, time_sigma_s=5.0, fix_sigma_m=100.0)
SATELLITE = Watch(
    source="satellite",
    means="imagery",
    family="fix",
    p_beside=0.27,
    time_sigma_s=120.0,
    fix_sigma_m=400.0,
    latency_s=1800.0,
)

MIX = World(
    name="mix",
    title="Every kind of sensor along the line, 6,000 events a day",
    stated=(
        "1000 x 40 km; branching, delay, spread, answers, hot share, 40 hot spots, kinds; units of each class; errors "
        "of directions, clocks, sound speed and fixes; 13 % clutter, 4 % wrong kinds; 4.8 reports an event"
    ),
    chosen=(
        "p_beside (so that reports an event, ceiling and floor come out), scales as in the sensor models whatever the "
        "kind, posts spread evenly 1-8 km off the line, shares of the two feeds, offset, spread and weights of hot "
        "spots, the line's waves, distance bands and their error, errors of positions, latencies, where clutter points"
    ),
    watches=(PATROLS, CAMERAS, ARRAYS, STATIONS, UAV, SATELLITE),
    reports_per_event=4.8,
)
MIXD = replace(
    MIX,
    name="mixd",
    title="The same in a surge, 48,000 events a day",
    violence=Violence(events_per_day=48_000.0),
    reports_per_event=4.7,
)
_POINT_FEEDS = ((80.0, 3.0), (100.0, 20.0), (150.0, 30.0), (240.0, 38.0), (400.0, 45.0), (600.0, 45.0))
PTS = World(
    name="pts",
    title="Six feeds of points, 6,000 events a day",
    stated="six feeds, errors of 80 to 600 m and 3 to 45 s, 3.0 reports an event",
    chosen="the errors in between, that each feed sees the same share, the land and where clutter points as in mix",
    watches=tuple(
        Watch(source=f"feed{n}", means="uav", family="fix", p_beside=0.493, time_sigma_s=s, fix_sigma_m=m)
        for n, (m, s) in enumerate(_POINT_FEEDS, start=1)
    ),
    reports_per_event=3.0,
)
ARR = World(
    name="arr",
    title="Stations that only time an arrival, 6,000 events a day",
    stated="1,300 stations, sound speed off by 1 % on each path, 6.2 reports an event",
    chosen="a clock of 0.15 s as in mix, p_beside and scale, stations up to 10 km off the line, half at hot spots",
    watches=(
        replace(
            STATIONS,
            units=1300,
            speed_sigma_share=0.01,
            p_beside=0.95,
            scale_m=5e3,
            near_m=0.0,
            far_m=10e3,
            at_hot_share=0.5,
        ),
    ),
    reports_per_event=6.2,
)


def scaled(world: World, length_m: float) -> World:
    """The world along a line of another length, with as many posts, events and hot spots a kilometre (at least 1)."""
    by = length_m / world.land.length_m
    violence = world.violence
    return replace(
        world,
        land=replace(world.land, length_m=length_m),
        violence=replace(
            violence,
            events_per_day=by * violence.events_per_day,
            n_hot_spots=max(1, round(by * violence.n_hot_spots)),
        ),
        watches=tuple(w if w.is_feed else replace(w, units=max(1, round(by * w.units))) for w in world.watches),
    )


def at_tempo(world: World, tempo: float) -> World:
    """The world with `tempo` times as much violence; at 1 the world itself."""
    if tempo == 1.0:
        return world
    violence = world.violence
    return replace(world, violence=replace(violence, events_per_day=tempo * violence.events_per_day))


def _coarser(watch: Watch, by: float) -> Watch:
    return replace(
        watch,
        time_sigma_s=by * watch.time_sigma_s,
        bearing_sigma_deg=by * watch.bearing_sigma_deg,
        range_sigma_share=by * watch.range_sigma_share,
        fix_sigma_m=by * watch.fix_sigma_m,
        speed_sigma_share=by * watch.speed_sigma_share,
    )


_VARIED = "all but what the title says as in mix"
COARSE = replace(
    MIX,
    name="coarse",
    title="As mix, every error 1.6 times as large",
    stated=_VARIED,
    chosen="1.6",
    watches=tuple(_coarser(watch, 1.6) for watch in MIX.watches),
)
SPARSE = replace(
    MIX,
    name="sparse",
    title="As mix, half of the posts and a third of the cameras",
    stated=_VARIED,
    chosen="how many are left",
    watches=tuple(
        replace(watch, units=max(1, watch.units // (3 if watch.means == "camera" else 2))) for watch in MIX.watches
    ),
    reports_per_event=2.8,
)
FAST = replace(
    MIX,
    name="fast",
    title="As mix, 20,000 events a day that answer each other within four minutes",
    stated=_VARIED,
    chosen="tempo",
    violence=Violence(events_per_day=20_000.0, mean_delay_s=240.0),
    reports_per_event=4.6,
)
BENT = replace(
    scaled(MIX, 6e5),
    name="bent",
    title="As mix, along 600 km of a line that turns by 70 degrees to either side",
    stated=_VARIED,
    chosen="the line; as many posts and events a km as in mix",
    land=Land(length_m=6e5, bend_rad=1.2),
    reports_per_event=4.7,
)
EXERCISE = World(
    name="exercise",
    title="A monitoring mission on a quiet line, its sensors as the shipped models have them",
    stated="errors, sound and how far each kind is noticed: the sensor models",
    chosen="units, tempo (published totals of bad weeks are 260 to 1,100 a day on 420 km), the shares of the two feeds",
    watches=(
        replace(
            PATROLS, units=120, p_beside=0.9, bearing_sigma_deg=12.0, range_sigma_share=0.45, scales_m=_SMALL_ARMS_M
        ),
        replace(CAMERAS, units=60),
        replace(ARRAYS, units=24),
        replace(STATIONS, units=48),
        replace(UAV, p_beside=0.1),
        replace(SATELLITE, p_beside=0.03),
    ),
    violence=Violence(events_per_day=1_000.0),
    reports_per_event=1.75,
    fire=Fire(),
)
ORIGIN = replace(
    scaled(MIX, 3e5),
    name="origin",
    title="Sparse fire along 300 km of line, of which it is known who fired",
    stated="how often fire is self-inflicted, infiltrated, answered, misnamed: as attribution assumes it",
    chosen=(
        "500 events a day, of the excited ones 40 % answers, kinds, how often each means states phase, direction and "
        "weapon; all else as in mix"
    ),
    violence=Violence(
        events_per_day=500.0,
        n_hot_spots=12,
        answer_share=0.4,
        kinds=(("explosion", 0.65), ("burst", 0.15), ("muzzle_flash", 0.08), ("projectile", 0.12)),
    ),
    reports_per_event=4.8,
    fire=Fire(),
)
_TELL = ("town", "press", "civil_defence")  # who tells of strikes far behind the line
REPORTS = World(
    name="reports",
    title="Exchanges of fire along 300 km of line as people report them: counts over hours, sectors, open phases",
    stated="lengths of intervals, counts, shares with a phase and about: 58 rows of the OSCE SMM, 2015 to 2020",
    chosen="60 exchanges a day, their lengths, rounds and places, who attends, strikes and their tracks (`Telling`)",
    land=Land(length_m=3e5),
    violence=Violence(
        events_per_day=60.0,
        n_hot_spots=12,
        kinds=(("explosion", 0.6), ("burst", 0.3), ("projectile", 0.05), ("uav", 0.05)),
    ),
    watches=(
        replace(
            PATROLS, units=60, p_beside=0.9, bearing_sigma_deg=12.0, range_sigma_share=0.35, scales_m=_SMALL_ARMS_M
        ),
        replace(CAMERAS, units=45, family="sector", bearing_sigma_deg=3.0, range_sigma_share=0.3, at_hot_share=0.5),
        replace(ARRAYS, units=24, p_beside=0.03),
        replace(UAV, p_beside=0.012),
        replace(UAV, source="radar", means="radar", p_beside=0.02, time_sigma_s=2.0, fix_sigma_m=150.0),
        *(replace(UAV, source=n, means="reported", p_beside=0.6, fix_sigma_m=1_500.0, reliability="D") for n in _TELL),
    ),
    reports_per_event=9.0,
    clutter_share=0.05,
    wrong_kind_share=0.0,
    telling=Telling(),
)


WORLDS: Mapping[str, World] = MappingProxyType(
    {w.name: w for w in (MIX, MIXD, PTS, ARR, COARSE, SPARSE, FAST, BENT, EXERCISE, ORIGIN, REPORTS)}
)
