"""Exchanges of fire as they happen: who opens and who answers, and every round with both of its ends."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator

from truceline.geo.line import locate
from truceline.simulation.telling import Arm, Telling
from truceline.simulation.violence import DAY_S, F64, I64, NOBODY, Events, Ground, beside, draw_places

LEFT, RIGHT = range(2)
SIGNS = np.array([1.0, -1.0])  # of the offset from the line
MOST_ROUNDS = 1_500
STRIKE_ROUNDS = 5
STRIKE_ARM = -1
ALONG_M = 500.0  # positions of one side lie this far up and down the line from the exchange (one standard deviation)
SHORTEST_S, LONGEST_S = 60.0, 8 * 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rounds:
    """(n,) each, in order of the exchange: which exchange, side of the firer, arm (STRIKE_ARM of a strike), both ends
    (n, 2) in metres, and the seconds at which it was fired and fell."""

    exchange: I64
    side: I64
    arm: I64
    from_xy: F64
    to_xy: F64
    fired_s: F64
    fell_s: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tracks:
    """(n,) each: fixes of moving things, and the event that each thing is."""

    event: I64
    xy: F64
    time_s: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchanged:
    """All that happens in a world that is told of: an event is an exchange, a strike or a thing that flies past."""

    events: Events
    rounds: Rounds
    tracks: Tracks


def draw_exchanges(
    telling: Telling, kinds: tuple[str, ...], ground: Ground, days: float, a_day: float, rng: Generator
) -> Exchanged:
    """The exchanges, strikes and tracks of some days, in order of time."""
    n = int(rng.poisson(a_day * days))
    start_s = np.sort(rng.random(n) * days * DAY_S)
    chainage = locate(ground.line, *np.ascontiguousarray(draw_places(ground, n, rng).T))[0]
    strike = rng.random(n) < telling.strike_share
    parts: list[Rounds] = []
    tracks: list[tuple[float, F64, F64]] = []
    for k in range(n):
        if strike[k]:
            rounds, track = _strike(telling, k, ground, float(chainage[k]), float(start_s[k]), rng)
            tracks += [track] if track else []
        else:
            rounds = _exchange(telling, k, ground, float(chainage[k]), float(start_s[k]), rng)
        parts.append(rounds)
    rounds = Rounds(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rounds)})
    return _in_order(telling, kinds, rounds, tracks, n)


def _exchange(
    telling: Telling, number: int, ground: Ground, chainage_m: float, start_s: float, rng: Generator
) -> Rounds:
    """The rounds of one exchange: one side opens at its start, the other may answer."""
    present = [arm for arm in range(len(telling.arms)) if rng.random() < telling.arms[arm].share]
    present = present or [int(rng.integers(len(telling.arms)))]
    lasts = float(
        np.clip(telling.lasts_s[0] * np.exp(telling.lasts_s[1] * rng.standard_normal()), SHORTEST_S, LONGEST_S)
    )
    opener = int(rng.integers(2))
    parts = []
    for side, begins in _sides(telling, opener, lasts, rng):
        opens = present[int(rng.integers(len(present)))]
        for arm in present:
            late = begins if arm == opens else begins + (lasts - begins) * 0.5 * rng.random()
            parts.append(_fire(telling, number, arm, side, ground, chainage_m, (start_s + late, start_s + lasts), rng))
    return Rounds(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rounds)})


def _sides(telling: Telling, opener: int, lasts_s: float, rng: Generator) -> list[tuple[int, float]]:
    """The sides that fire and how long after the start each begins."""
    sides = [(opener, 0.0)]
    if rng.random() < telling.p_answered:
        sides.append((1 - opener, min(telling.answer_delay_s * rng.standard_exponential(), 0.8 * lasts_s)))
    return sides


def _fire(
    telling: Telling,
    number: int,
    which: int,
    side: int,
    ground: Ground,
    chainage_m: float,
    window_s: tuple[float, float],
    rng: Generator,
) -> Rounds:
    """What one side fires with one arm, the first round at the start of its window."""
    arm = telling.arms[which]
    n = int(np.clip(round(arm.median_rounds * np.exp(arm.sigma_rounds * rng.standard_normal())), 1, MOST_ROUNDS))
    at = np.clip(chainage_m + ALONG_M * rng.standard_normal(2), 0.0, ground.line.length_m)
    off = SIGNS[[side, 1 - side]] * [_even(arm.offset_m, rng), _even(arm.deep_m, rng)]
    ends = beside(ground.line, at, off)
    scatter = telling.scatter_m * np.stack([0.3 * rng.standard_normal((n, 2)), rng.standard_normal((n, 2))])
    fired_s = np.sort(window_s[0] + (window_s[1] - window_s[0]) * rng.random(n))
    fired_s[0] = window_s[0]
    return _rounds(number, side, which, ends[0] + scatter[0], ends[1] + scatter[1], fired_s, arm)


def _rounds(number: int, side: int, which: int, from_xy: F64, to_xy: F64, fired_s: F64, arm: Arm) -> Rounds:
    n = len(fired_s)
    return Rounds(
        exchange=np.full(n, number),
        side=np.full(n, side),
        arm=np.full(n, which),
        from_xy=from_xy,
        to_xy=to_xy,
        fired_s=fired_s,
        fell_s=fired_s + np.hypot(*(to_xy - from_xy).T) / arm.speed_m_s,
    )


def _strike(
    telling: Telling, number: int, ground: Ground, chainage_m: float, start_s: float, rng: Generator
) -> tuple[Rounds, tuple[float, F64, F64] | None]:
    """A strike far behind the line, and the UAV's flight to it (start, place and time of each fix) if it was one."""
    side, n = int(rng.integers(2)), int(rng.integers(1, STRIKE_ROUNDS + 1))
    off = SIGNS[[side, 1 - side]] * [_even(telling.strike_deep_m, rng), _even(telling.strike_deep_m, rng)]
    ends = beside(ground.line, np.full(2, chainage_m), off)
    to_xy = ends[1] + 2.0 * telling.scatter_m * rng.standard_normal((n, 2))
    away_m = np.hypot(*(to_xy - ends[0]).T)
    flown = rng.random() < 0.5
    speed = telling.uav_speed_m_s if flown else 800.0
    fell_s = np.sort(start_s + 300.0 * rng.random(n))
    rounds = Rounds(
        exchange=np.full(n, number),
        side=np.full(n, side),
        arm=np.full(n, STRIKE_ARM),
        from_xy=np.repeat(ends[:1], n, axis=0),
        to_xy=to_xy,
        fired_s=fell_s - away_m / speed,
        fell_s=fell_s,
    )
    if not flown:
        return rounds, None
    back_s = np.arange(telling.track_step_s, min(away_m[0] / speed, 8 * telling.track_step_s), telling.track_step_s)[
        ::-1
    ]
    share = 1.0 - back_s * speed / away_m[0]
    xy = ends[0] + share[:, None] * (to_xy[0] - ends[0])
    return rounds, (float(fell_s[0]), xy, fell_s[0] - back_s)


def _in_order(
    telling: Telling, kinds: tuple[str, ...], rounds: Rounds, tracks: list[tuple[float, F64, F64]], n: int
) -> Exchanged:
    """Exchanges and tracks as events by the time of their first round or fix."""
    tracks = [track for track in tracks if len(track[2])]
    first = np.unique(rounds.exchange, return_index=True)[1]
    began = np.minimum.reduceat(rounds.fell_s, first)
    kind = np.array([_kind_of(telling, kinds, arm) for arm in rounds.arm[first].tolist()])
    time_s = np.concatenate([began, [t[2][0] for t in tracks]])
    xy = np.concatenate([rounds.to_xy[first], *[t[1][:1] for t in tracks]])
    kind = np.concatenate([kind, np.full(len(tracks), kinds.index("uav"))]).astype(np.int64)
    order = np.argsort(time_s, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    events = Events(
        x_m=np.ascontiguousarray(xy[order, 0]),
        y_m=np.ascontiguousarray(xy[order, 1]),
        time_s=time_s[order],
        kind=kind[order],
        parent=np.full(len(order), NOBODY),
        is_answer=np.zeros(len(order), dtype=np.bool_),
    )
    renumbered = {f.name: getattr(rounds, f.name) for f in fields(Rounds)} | {"exchange": rank[rounds.exchange]}
    flown = Tracks(
        event=np.concatenate(
            [np.empty(0, dtype=np.int64), *[np.full(len(t[2]), rank[n + k]) for k, t in enumerate(tracks)]]
        ),
        xy=np.concatenate([np.empty((0, 2)), *[t[1] for t in tracks]]),
        time_s=np.concatenate([np.empty(0), *[t[2] for t in tracks]]),
    )
    return Exchanged(events=events, rounds=Rounds(**renumbered), tracks=flown)


def _kind_of(telling: Telling, kinds: tuple[str, ...], arm: int) -> int:
    return kinds.index("explosion" if arm == STRIKE_ARM else telling.arms[arm].kind)


def _even(span: tuple[float, float], rng: Generator) -> float:
    return span[0] + (span[1] - span[0]) * float(rng.random())
