"""What people tell of exchanges of fire: counts over an interval, in compass sectors and a distance band."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.physics.notice import p_noticed
from truceline.simulation.engagements import STRIKE_ARM, Exchanged, Rounds
from truceline.simulation.telling import Telling
from truceline.simulation.violence import DAY_S, F64, I64
from truceline.simulation.worlds import Watch, World

HOUR_S = 3_600.0
POINTS = 16
STEP_RAD = 2.0 * np.pi / POINTS
MOST_POINTS = 3
LEAST_SHARE = 0.1  # of the signatures: a compass point with fewer is not named
CLOCK_S = 300.0  # clock times are rounded to this
CLOCK_SIGMA_S = 105.4  # the error of a rounded clock time, as the reading of OSCE rows has it
ROUND_OFF = 0.1  # an "about" is off by this share, one standard deviation, before it is rounded
ABOUT = 0.15  # and allows this share either way, as the reading of OSCE rows has it
OUTGOING, IMPACT = range(2)
PHASES = ("outgoing", "impact")
Bools = NDArray[np.bool_]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signatures:
    """(n,) each: what can be perceived of one exchange; `arm` is that of its round."""

    kind: I64
    phase: I64
    arm: I64
    xy: F64
    time_s: F64
    way_rad: F64

    def of(self, which: Bools) -> "Signatures":
        """Some of them."""
        names = ("kind", "phase", "arm", "xy", "time_s", "way_rad")
        return Signatures(**{name: getattr(self, name)[which] for name in names})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Post:
    """Who tells: a unit of a watch, where it stands (metres), and how bearings are turned there (degrees)."""

    watch: Watch
    unit: int
    xy: F64
    turn_deg: float
    scale_m: F64


def signatures(telling: Telling, kinds: tuple[str, ...], rounds: Rounds, which: I64) -> Signatures:
    """The signatures of some rounds: a blast where each was fired and where it fell, of small arms only a burst."""
    arm = rounds.arm[which]
    names = np.array([kinds.index(one.kind) for one in telling.arms] + [kinds.index("explosion")])
    kind = names[np.where(arm == STRIKE_ARM, len(telling.arms), arm)]
    falls = kind == kinds.index("explosion")
    heard = arm != STRIKE_ARM  # nobody here hears what is fired a hundred kilometres off
    step = rounds.to_xy[which] - rounds.from_xy[which]
    way = np.arctan2(step[:, 0], step[:, 1])
    return Signatures(
        kind=np.concatenate([kind[heard], kind[falls]]),
        phase=np.concatenate([np.full(heard.sum(), OUTGOING), np.full(falls.sum(), IMPACT)]),
        arm=np.concatenate([arm[heard], arm[falls]]),
        xy=np.concatenate([rounds.from_xy[which][heard], rounds.to_xy[which][falls]]),
        time_s=np.concatenate([rounds.fired_s[which][heard], rounds.fell_s[which][falls]]),
        way_rad=np.concatenate([way[heard], way[falls]]),
    )


def told_rows(world: World, telling: Telling, posts: list[Post], made: Exchanged, rng: Generator) -> list[Row]:
    """The rows of all posts, each with `event`, `watch`, `unit` and `kind` beside the columns of the interchange."""
    kinds = tuple(kind for kind, _ in world.violence.kinds)
    at = np.array([post.xy for post in posts]).reshape(-1, 2)
    scale_m = np.array([post.scale_m for post in posts]).reshape(len(posts), len(kinds))
    attention = rng.beta(*telling.attention, size=len(posts))
    order = np.argsort(made.rounds.exchange, kind="stable")
    number, first = np.unique(made.rounds.exchange[order], return_index=True)
    rows: list[Row] = []
    for event, which in zip(number.tolist(), np.split(order, first[1:]), strict=True):
        found = signatures(telling, kinds, made.rounds, which)
        if not len(found.kind):
            continue
        r_m = np.hypot(at[:, None, 0] - found.xy[None, :, 0], at[:, None, 1] - found.xy[None, :, 1])
        near = np.flatnonzero(r_m.min(axis=1) < 3.0 * scale_m.max(axis=1))
        keen = np.minimum(1.0, attention[near] * rng.beta(*telling.attention, size=len(near)) / 0.7)
        p = keen[:, None] * p_noticed(r_m[near], scale_m[near][:, found.kind])
        noticed = rng.random(p.shape) < p * np.array([posts[k].watch.p_beside for k in near.tolist()])[:, None]
        for n, k in enumerate(near.tolist()):
            if noticed[n].any():
                rows += _of_post(telling, kinds, posts[k], event, found.of(noticed[n]), rng)
    return rows


def _of_post(
    telling: Telling, kinds: tuple[str, ...], post: Post, event: int, seen: Signatures, rng: Generator
) -> list[Row]:
    """The rows of one post on one exchange: a kind each, its explosions by phase where it can tell."""
    seen = _by_eye(telling, kinds, seen, rng) if post.watch.means == "camera" else seen
    tells = rng.random() < telling.phase_share
    wrong = tells and rng.random() < telling.wrong_phase_share
    rows: list[Row] = []
    for kind in np.unique(seen.kind).tolist():
        of_kind = seen.of(seen.kind == kind)
        phased = tells and kinds[kind] == "explosion"
        for phase in (OUTGOING, IMPACT) if phased else (None,):
            group = of_kind if phase is None else of_kind.of(of_kind.phase == phase)
            if len(group.kind):
                said = phase if phase is None or not wrong else 1 - phase
                rows.append(row_of(telling, kinds, post, event, group, said, rng))
    when = _when(telling, seen.time_s + _delays(post, seen), len(seen.kind) == 1, rng)
    told = f"{post.watch.source}-{post.unit}-{event}" if len(rows) > 1 else None
    return [row | {"group_id": told} | (when if row["count_high"] != 1 else _single(when)) for row in rows]


def _by_eye(telling: Telling, kinds: tuple[str, ...], seen: Signatures, rng: Generator) -> Signatures:
    """What a camera shows: flashes of some firing, of bursts the projectiles in flight."""
    burst, fired = kinds.index("burst"), seen.phase == OUTGOING
    share = np.where(seen.kind == burst, telling.projectile_share, np.where(fired, telling.flash_share, 1.0))
    kept = rng.random(len(share)) < share
    kept[int(rng.integers(len(kept)))] = True
    left = seen.of(kept)
    kind = np.where(left.kind == burst, kinds.index("projectile"), left.kind)
    return Signatures(kind=kind, phase=left.phase, arm=left.arm, xy=left.xy, time_s=left.time_s, way_rad=left.way_rad)


def row_of(
    telling: Telling,
    kinds: tuple[str, ...],
    post: Post,
    event: int,
    seen: Signatures,
    phase: int | None,
    rng: Generator,
) -> Row:
    """What a post says of signatures of one kind: how many, where, and what it may say besides; not when."""
    kind = int(seen.kind[0])
    low, high, words = stated_count(telling, kinds[kind], len(seen.kind), rng)
    arms = np.unique(seen.arm)
    row: Row = {
        "event": event,
        "kind": kind,
        "post": post,
        "xy": seen.xy.mean(axis=0),
        "time_s": float(seen.time_s.min()),
        "phenomenon": kinds[kind],
        "count_low": low,
        "count_high": high,
        "count_stated": words,
        "count_unit": "signatures",
        **_where(post, seen, rng),
    }
    if kinds[kind] == "explosion":
        row["phase"] = "undetermined" if phase is None else PHASES[phase]
    if len(arms) == 1 and arms[0] != STRIKE_ARM and rng.random() < telling.weapon_share:
        row["weapon"] = telling.arms[int(arms[0])].weapon
    if kinds[kind] == "projectile" and rng.random() < telling.way_share:
        row["flight_bearing_deg"] = _way(seen.way_rad, post, rng)
    return row


def stated_count(telling: Telling, kind: str, n: int, rng: Generator) -> tuple[int, int, str]:
    """The lowest and highest count that the words allow, and the words."""
    rough = telling.about_share if kind == "explosion" else 1.5 * telling.about_share
    if n <= telling.exact_most or rng.random() >= rough:
        return n, n, str(n)
    unit = 5 if n < 100 else 50
    said = max(unit, unit * round(n * (1.0 + ROUND_OFF * rng.standard_normal()) / unit))
    return int(said * (1.0 - ABOUT)), int(np.ceil(said * (1.0 + ABOUT))), f"about {said}"


def _delays(post: Post, seen: Signatures) -> F64:
    speed = post.watch.speed_m_s
    away: F64 = np.hypot(*(seen.xy - post.xy).T)
    return away / speed if speed > 0.0 else np.zeros(len(away))


def _where(post: Post, seen: Signatures, rng: Generator) -> Row:
    """The compass points that hold a fair share of the signatures, at most three, and the band of their distances."""
    step = seen.xy - post.xy
    bearing = np.arctan2(step[:, 0], step[:, 1]) - np.radians(post.turn_deg)
    off = np.radians(post.watch.bearing_sigma_deg) * rng.standard_normal(len(bearing))
    point = np.mod(np.rint((bearing + off) / STEP_RAD), POINTS).astype(np.int64)
    held = np.bincount(point, minlength=POINTS)
    named = [
        int(p) for p in np.argsort(-held, kind="stable")[:MOST_POINTS] if held[p] >= max(1, LEAST_SHARE * len(point))
    ]
    off_share = np.exp(post.watch.range_sigma_share * rng.standard_normal())
    near, far = np.quantile(np.hypot(*step.T), [0.05, 0.95]) * off_share
    near_km, far_km = np.floor(near / 1e3), np.ceil(far / 1e3)
    return {
        "sectors": [{"from_deg": a, "to_deg": b} for a, b in _arcs(sorted(named))],
        "range_min_m": 1e3 * near_km,
        "range_max_m": 1e3 * max(far_km, near_km + 1.0),
    }


def _arcs(points: list[int]) -> list[tuple[float, float]]:
    """Compass points (ascending) as arcs in degrees, neighbours joined."""
    width = 360.0 / POINTS
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][-1] + 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == POINTS - 1:
        runs[0] = runs.pop() + runs[0]
    return [((run[0] - 0.5) * width % 360.0, (run[-1] + 0.5) * width % 360.0) for run in runs]


def _way(way_rad: F64, post: Post, rng: Generator) -> float:
    """The main direction of flight, a compass word."""
    main = way_rad[int(rng.integers(len(way_rad)))] - np.radians(post.turn_deg)
    return float(np.mod(np.rint(main / STEP_RAD * 0.5), POINTS // 2) * 2 * 360.0 / POINTS)


def _when(telling: Telling, perceived_s: F64, single: bool, rng: Generator) -> Row:
    """The interval that a report names for what it perceived: clock times, whole hours, or a part of the day."""
    first, last = float(perceived_s.min()), float(perceived_s.max())
    u = rng.random()
    if u < telling.clock_share:
        start, end = CLOCK_S * np.floor(first / CLOCK_S), CLOCK_S * np.ceil(last / CLOCK_S)
        return {"start_s": start, "end_s": max(end, start + CLOCK_S), "time_sigma_s": CLOCK_SIGMA_S}
    if u < telling.clock_share + telling.hour_share:
        return {"start_s": HOUR_S * np.floor(first / HOUR_S), "end_s": HOUR_S * (np.floor(last / HOUR_S) + 1.0)}
    fits = [span for span in _parts_of_day(telling, first) if span[0] <= first and last <= span[1]]
    if not fits:
        day = DAY_S * np.floor(first / DAY_S)
        return {"start_s": day, "end_s": DAY_S * (np.floor(last / DAY_S) + 1.0)}
    start, end = fits[int(rng.integers(len(fits)))]
    return {"start_s": start, "end_s": end}


def _parts_of_day(telling: Telling, at_s: float) -> list[tuple[float, float]]:
    day = np.floor(at_s / DAY_S)
    return [
        ((day + back) * DAY_S + a * HOUR_S, (day + back) * DAY_S + b * HOUR_S)
        for back in (-1.0, 0.0)
        for a, b in telling.day_parts_h
    ]


def _single(when: Mapping[str, Any]) -> Row:
    """One signature lies somewhere within the interval."""
    return {**when, "time_kind": "unknown_within"}
