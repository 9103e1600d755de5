"""Small scenes of several events seen by a mixed network, for tests of association against exhaustive search."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from tests.physics.records import Case, reports

from truceline.fusion.association.levels import LEVELS
from truceline.fusion.association.rates import P_ALONE, REPORTS_PER_EVENT
from truceline.fusion.association.reach import EARLIEST, LATEST, RADIUS, X, Y, build_near, circles_of
from truceline.fusion.association.refine import tried
from truceline.fusion.association.scene import Scene
from truceline.fusion.kinds import log_kind
from truceline.physics import arrival, bearing, fix, sector
from truceline.physics.columns import ARRIVAL, BEARING, FIX, SECTOR, Reports

SPEED = 337.3
LEAST = 0.002 / 1e6 / 3600.0  # events per m2 and s, as the prior has them by default
POSTS = ((-4000.0, -1500.0), (3500.0, -2500.0), (-500.0, 4500.0), (5000.0, 3500.0))


@dataclass(frozen=True, kw_only=True)
class Small:
    """Rows in order, the event of each (-1 for clutter), and the events' places and times (k, 3)."""

    reports: Reports
    event: np.ndarray
    truth: np.ndarray


def draw_small(seed: int, *, events: int = 2, clutter: int = 1, apart_s: float = 20.0) -> Small:
    """Events within a few kilometres and a minute, each noticed by two to four of a dozen sensors."""
    rng = np.random.default_rng(seed)
    truth = np.column_stack([rng.uniform(-2500, 2500, (events, 2)), rng.uniform(0.0, apart_s, events)])
    found: list[tuple[Case, int, int]] = []
    for k, event in enumerate(truth):
        sensors = rng.choice(12, size=rng.integers(2, 5), replace=False).tolist()
        found += [(_seen(sensor, event, rng), k, sensor) for sensor in sensors]
    for _ in range(clutter):
        nothing = np.array([*rng.uniform(-4000, 4000, 2), rng.uniform(0.0, apart_s)])
        sensor = int(rng.integers(12))
        found.append((_seen(sensor, nothing, rng), -1, sensor))
    made = reports(*(case for case, _, _ in found))
    made.rows["sensor"] = [sensor for _, _, sensor in found]
    # some order that depends on the rows alone
    order = np.lexsort((made.rows["sensor"], made.rows["time_s"]))
    ordered = Reports(made.rows[order], made.arcs_rad, made.rings_m)
    return Small(reports=ordered, event=np.array([event for _, event, _ in found])[order], truth=truth)


def _seen(sensor: int, event: np.ndarray, rng: np.random.Generator) -> Case:
    """What sensor 0-11 says: three cameras, three arrays, three stations, two posts, one UAV feed."""
    x_m, y_m = np.array(POSTS[sensor % 4]) + np.array([150.0, -90.0]) * (sensor // 4)
    r_m, theta = math.hypot(event[0] - x_m, event[1] - y_m), math.degrees(math.atan2(event[0] - x_m, event[1] - y_m))
    sound = {"speed_m_s": SPEED, "speed_sigma_share": 0.01}
    heard_s = event[2] + r_m / SPEED * (1.0 + 0.01 * rng.standard_normal())
    falls = {"range_min_m": 0.0, "range_max_m": math.inf, "range_sigma_share": 0.2}
    if sensor < 3:
        shape = bearing.build(x_m, y_m, 5.0, theta + 0.7 * rng.standard_normal(), 0.7, **falls, scale_m=4500.0)
        return Case(family=BEARING, shape=shape, time_s=event[2] + rng.standard_normal(), sigma_s=1.0)
    if sensor < 6:
        shape = bearing.build(x_m, y_m, 5.0, theta + 2.0 * rng.standard_normal(), 2.0, **falls, scale_m=7500.0)
        return Case(family=BEARING, shape=shape, time_s=heard_s + 0.15 * rng.standard_normal(), sigma_s=0.15, **sound)
    if sensor < 9:
        shape = arrival.build(x_m, y_m, 5.0, **falls, scale_m=7500.0)
        return Case(family=ARRIVAL, shape=shape, time_s=heard_s + 0.15 * rng.standard_normal(), sigma_s=0.15, **sound)
    if sensor < 11:
        start = math.floor((theta + 8.0 * rng.standard_normal()) / 22.5) * 22.5
        arcs = ((start, start + 22.5),)
        shape = sector.build(x_m, y_m, 50.0, arcs, sector_sigma_deg=8.0, **falls, scale_m=7500.0)
        return Case(family=SECTOR, shape=shape, time_s=heard_s + 6.0 * rng.standard_normal(), sigma_s=6.0, **sound)
    off = 100.0 * rng.standard_normal(2)
    shape = fix.build(event[0] + off[0], event[1] + off[1], 1e4, 1e4, 0.0)
    return Case(family=FIX, shape=shape, time_s=event[2] + 5.0 * rng.standard_normal(), sigma_s=5.0)


def scene_of(seen: Reports) -> Scene:
    """The rows with what they are weighed against, in plain NumPy."""
    circles = circles_of(seen.rows)
    rate = np.log(rates(circles))
    return Scene(
        seen.rows, seen.arcs_rad, seen.rings_m, build_near(circles), rate + math.log(P_ALONE), rate, log_kind()
    )


def rates(circles: np.ndarray) -> np.ndarray:
    """Events per m2 and s around each row: rows in its cell of place and time, over reports an event.

    Rows are counted to the nearest power of two. Those of a longer reach than half a cell are counted in cells doubled
    until they are at least half as large as that.
    """
    level = LEVELS[0]
    middle = 0.5 * (circles[:, EARLIEST] + circles[:, LATEST])
    side = np.full(len(circles), level.cell_m)
    while (side < 0.5 * circles[:, RADIUS]).any():
        side[side < 0.5 * circles[:, RADIUS]] *= 2.0
    keys = np.column_stack([side, np.floor(circles[:, [X, Y]] / side[:, None]), np.floor(middle / level.cell_s)])
    _, which, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    dense = 2.0 ** np.round(np.log2(count[which.ravel()])) / (REPORTS_PER_EVENT * side**2 * level.cell_s)
    return np.asarray(np.maximum(LEAST * (level.cell_m / side) ** 2, dense))


def worth(scene: Scene, members: Sequence[int], starts: Iterable[np.ndarray]) -> float:
    """The best log odds of `members` being one event against each alone, from several starts; 0 for one row."""
    if len(members) < 2:
        return 0.0
    if len(set(scene.rows["sensor"][list(members)].tolist())) < len(members):
        return -math.inf
    rows, best = np.array(members, dtype=np.int64), -math.inf
    for start in starts:
        state, cov, fit = np.zeros(3), np.zeros(6), np.zeros(18)
        middle = np.asarray(start, dtype=np.float64)
        for _ in range(5):
            value = tried(scene, rows, middle, state, cov, fit)
            middle = state.copy()
        best = max(best, value)
    return best


def best_partition(scene: Scene, starts: Sequence[np.ndarray]) -> tuple[float, list[tuple[int, ...]], dict]:
    """The likeliest way to share out all rows among events, by trying every one; its worth, its events, all worths."""
    n = len(scene.rows)
    value = {}
    for size in range(1, n + 1):
        for members in itertools.combinations(range(n), size):
            one = worth(scene, members, starts)
            if size == 1 or one > 0.0:
                value[members] = one
    best: dict[int, tuple[float, list[tuple[int, ...]]]] = {0: (0.0, [])}
    for mask in range(1, 1 << n):
        lowest = (mask & -mask).bit_length() - 1
        tried_here = []
        for members, one in value.items():
            bits = sum(1 << m for m in members)
            if members[0] == lowest and bits & mask == bits:
                rest, events = best[mask ^ bits]
                tried_here.append((rest + one, [members, *events]))
        best[mask] = max(tried_here, key=lambda t: t[0])
    total, events = best[(1 << n) - 1]
    return total, sorted(events), value
