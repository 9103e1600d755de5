"""Hypotheses of events: from a start they gather what they explain, are fitted, and get a score."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.fit import descend, evidence, is_sharp
from truceline.fusion.reach import EARLIEST, LATEST, RADIUS, Near, X, Y, gather
from truceline.fusion.starts import MOST_STARTS, arrival_starts, pair_starts
from truceline.physics.columns import AREA, ARRIVAL, BEARING, F64, FIX, I64, Records
from truceline.physics.weigh import NOTHING, log_predictive

MOST_MEMBERS = 32
MOST_NEAR = 4096  # rows looked at around one place, at most
BETTER = 6.0  # nats: a pair whose rows both have hypotheses so much better starts none
PARTNERS = 5  # pairs that one row starts hypotheses from, at most: the likeliest
STATIONS = 8  # arrivals that one arrival is tried with, at most: the nearest stations
MISS = 5.0  # deviations by which a row may miss before it is not even weighed
PAD = 3.5  # standard deviations of a hypothesis that its surroundings reach
TIGHT_M2, TIGHT_S2 = 300.0**2, 1.0  # a start known so well recruits as it will when it is fitted
SHARP, SOFT = 0, 1  # phases: pairs of sharp rows and triples of arrivals, then pairs with a soft one


class Scene(NamedTuple):
    """Everything that hypotheses are made from and weighed by.

    `kappa` (n,): log density, per m2 and s, of rows like this one that are alone; `log_rate` (n,): log rate of events
    around it, per m2 and s; `log_kind` (kinds, kinds): log ratio of a stated kind given the true one to how often it is stated.
    """

    rows: Records
    arcs: F64
    rings: F64
    near: Near
    kappa: F64
    log_rate: F64
    log_kind: F64


class Pool(NamedTuple):
    """Hypotheses: `state` (h, 3), `score` (h,), `count` (h,), `members` (h, MOST_MEMBERS); `size` (1,) of them.

    `head` (n,), `item`, `link` are, for each row, the list of hypotheses that hold it, `top` (n,) the best score of those.
    """

    state: F64
    score: F64
    count: I64
    members: I64
    size: I64
    head: I64
    item: I64
    link: I64
    top: F64


class Pairs(NamedTuple):
    """Pairs to start from: `rows` (p, 2), `state` (p, 3), `score` (p,), `size` (1,) of them."""

    rows: I64
    state: F64
    score: F64
    size: I64


class Work(NamedTuple):
    """Scratch arrays, made once for a block."""

    near: I64
    wide: I64
    members: I64
    llr: F64
    cov: F64
    state: F64
    fit: F64
    starts: F64
    pair: F64


@njit(cache=True, nogil=True)
def make_work() -> Work:
    """Scratch for one block."""
    return Work(
        np.empty(MOST_NEAR, dtype=np.int64),
        np.empty(MOST_NEAR, dtype=np.int64),
        np.empty(MOST_MEMBERS, dtype=np.int64),
        np.empty(MOST_MEMBERS),
        np.zeros(6),
        np.zeros(3),
        np.zeros(18),
        np.zeros((MOST_STARTS, 3)),
        np.zeros(10),
    )


@njit(cache=True, nogil=True)
def make_pool(n: int) -> Pool:
    """An empty pool for `n` rows."""
    room = 3 * n + 64
    return Pool(
        np.empty((room, 3)),
        np.empty(room),
        np.zeros(room, dtype=np.int64),
        np.empty((room, MOST_MEMBERS), dtype=np.int32).astype(np.int64),
        np.zeros(1, dtype=np.int64),
        np.full(n, -1, dtype=np.int64),
        np.empty(8 * room, dtype=np.int64),
        np.zeros(8 * room + 1, dtype=np.int64),  # the last one counts
        np.zeros(n),
    )


@njit(cache=True, nogil=True)
def best_kind(scene: Scene, members: I64) -> tuple[int, float]:
    """The kind, of those stated, that explains what `members` state best, and its log ratio."""
    kind, best = -1, -math.inf
    for i in members:
        tried = scene.rows[i].kind
        total = 0.0
        for j in members:
            total += scene.log_kind[tried, scene.rows[j].kind]
        if total > best or (total == best and tried < kind):
            kind, best = tried, total
    return kind, best


@njit(cache=True, nogil=True)
def llr(scene: Scene, j: int, kind: int, state: F64, cov: F64) -> float:
    """Log ratio of row `j` being of an event at `state` +- `cov` to its being alone, nats."""
    kinds = scene.log_kind[kind, scene.rows[j].kind]
    return log_predictive(scene.rows, j, scene.arcs, scene.rings, state, cov) - scene.kappa[j] + kinds


@njit(cache=True, nogil=True)
def plausible(rows: Records, j: int, state: F64, cov: F64) -> bool:
    """Whether row `j` is worth weighing: its time and direction miss an event at `state` +- `cov` by few deviations."""
    row = rows[j]
    variance, late, direction = row.time_sigma_s * row.time_sigma_s + cov[5], state[2] - row.time_s, False
    if row.family != FIX and row.family != AREA:
        dx, dy = state[0] - row.x_m, state[1] - row.y_m
        r_m = math.sqrt(dx * dx + dy * dy)
        spread = cov[0] + cov[3]
        if row.speed_m_s > 0.0:
            delay = r_m / row.speed_m_s
            stretch = row.speed_sigma_share * delay
            late += delay
            variance += stretch * stretch + (spread + row.position_sigma_m**2) / (row.speed_m_s * row.speed_m_s)
            variance += 2.0 * math.sqrt(spread * cov[5]) / row.speed_m_s
        if row.family == BEARING and row.angle_sigma_rad < 0.2:
            across = abs(dx * math.cos(row.bearing_rad) - dy * math.sin(row.bearing_rad))
            direction = across > MISS * (row.angle_sigma_rad * r_m + row.position_sigma_m + math.sqrt(spread))
    return not direction and abs(late) - row.half_window_s <= MISS * math.sqrt(variance)


@njit(cache=True, nogil=True)
def recruit(scene: Scene, free: np.ndarray, state: F64, cov: F64, kind: int, work: Work) -> int:
    """Write to `work.members` the free rows that an event explains better than chance, the best one a sensor."""
    pad_m, pad_s = PAD * math.sqrt(cov[0] + cov[3]), PAD * math.sqrt(cov[5])
    n_near = gather(scene.near, state[0], state[1], state[2], pad_m, pad_s, work.near)
    members, ratios = work.members, work.llr
    n = 0
    for c in range(n_near):
        j = work.near[c]
        if not free[j] or not plausible(scene.rows, j, state, cov):
            continue
        ratio = llr(scene, j, kind, state, cov)
        if ratio <= 0.0:
            continue
        at = n
        for m in range(n):
            if scene.rows[members[m]].sensor == scene.rows[j].sensor:
                at = m
                break
        if at < n:
            if ratio > ratios[at]:
                members[at], ratios[at] = j, ratio
        elif n < MOST_MEMBERS:
            members[n], ratios[n] = j, ratio
            n += 1
    return n


@njit(cache=True, nogil=True)
def score(scene: Scene, members: I64, state: F64, cov: F64, fit: F64) -> float:
    """Log odds of `members` being one event against each alone; moves `state`, `cov` to their common origin."""
    if len(members) < 2:
        return 0.0
    total = evidence(scene.rows, scene.arcs, scene.rings, members, state, cov, fit)
    if total <= 0.5 * NOTHING:
        return NOTHING
    rate = 0.0
    for i in members:
        total -= scene.kappa[i]
        rate += scene.log_rate[i]
    return total + rate / len(members) + best_kind(scene, members)[1]


@njit(cache=True, nogil=True)
def grow(scene: Scene, free: np.ndarray, kind: int, work: Work) -> tuple[float, int]:
    """From `work.state` +- `work.cov` to a scored set of rows in `work.members`: recruit, fit, recruit again, score.

    A start that is known well enough to tell its members needs to recruit only once.
    """
    tight = work.cov[0] + work.cov[3] < TIGHT_M2 and work.cov[5] < TIGHT_S2
    n = recruit(scene, free, work.state, work.cov, kind, work)
    if n < 2:
        return NOTHING, 0
    if tight:
        return score(scene, work.members[:n], work.state, work.cov, work.fit), n
    if descend(scene.rows, work.members[:n], work.state, work.cov, work.fit) == NOTHING:
        return NOTHING, 0
    kind = best_kind(scene, work.members[:n])[0]
    n = recruit(scene, free, work.state, work.cov, kind, work)
    return score(scene, work.members[:n], work.state, work.cov, work.fit), n


@njit(cache=True, nogil=True)
def together(pool: Pool, i: int, j: int) -> bool:
    """Whether some hypothesis holds both rows."""
    at = pool.head[i]
    while at >= 0:
        h = pool.item[at]
        for m in range(pool.count[h]):
            if pool.members[h, m] == j:
                return True
        at = pool.link[at]
    return False


@njit(cache=True, nogil=True)
def keep(pool: Pool, work: Work, value: float, n: int) -> None:
    """Add the hypothesis in `work` to the pool, as long as there is room."""
    h, last = pool.size[0], len(pool.link) - 1
    if h == len(pool.score) or pool.link[last] + n > len(pool.item):
        return
    pool.size[0] += 1
    pool.state[h] = work.state
    pool.score[h], pool.count[h] = value, n
    for m in range(n):
        i, at = work.members[m], pool.link[last]
        pool.members[h, m] = i
        pool.item[at], pool.link[at], pool.head[i] = h, pool.head[i], at
        pool.link[last] += 1
        pool.top[i] = max(pool.top[i], value)


@njit(cache=True, nogil=True)
def try_start(scene: Scene, pool: Pool, free: np.ndarray, seeds: I64, start: F64, work: Work) -> bool:
    """Grow a hypothesis from `seeds` at `start`; keep it if it is likelier than chance."""
    work.state[:] = start
    if descend(scene.rows, seeds, work.state, work.cov, work.fit) == NOTHING:
        return False
    value, size = grow(scene, free, best_kind(scene, seeds)[0], work)
    if size >= 2 and value > 0.0:
        keep(pool, work, value, size)
        return True
    return False


@njit(cache=True, nogil=True)
def pairs_of(scene: Scene, pool: Pool, free: np.ndarray, i: int, phase: int, work: Work, found: Pairs) -> None:
    """Add to `found` the likeliest partners of row `i` that no hypothesis holds together with it, and where."""
    rows, circle = scene.rows, scene.near.circles[i]
    middle, half = 0.5 * (circle[EARLIEST] + circle[LATEST]), 0.5 * (circle[LATEST] - circle[EARLIEST])
    n_near = gather(scene.near, circle[X], circle[Y], middle, circle[RADIUS], half, work.wide)
    sharp, first = is_sharp(rows, i), found.size[0]
    most = min(first + PARTNERS, len(found.score))
    seeds = np.empty(2, dtype=np.int64)
    state, cov = np.zeros(3), np.zeros(6)
    for c in range(n_near):
        j = work.wide[c]
        if not free[j] or rows[j].sensor == rows[i].sensor:
            continue
        sharp_j = is_sharp(rows, j)
        if phase == SHARP:
            if not sharp_j or j <= i:
                continue
        elif sharp_j or (not sharp and j <= i):
            continue
        n_starts = pair_starts(rows, i, j, work.pair, work.starts)
        if n_starts == 0 or together(pool, i, j):
            continue
        seeds[0], seeds[1] = i, j
        for s in range(n_starts):
            state[:] = work.starts[s]
            value = score(scene, seeds, state, cov, work.fit)
            last = found.size[0]
            if value <= 0.0 or (last == most and (last == first or value <= found.score[last - 1])):
                continue
            at = min(last, most - 1)
            while at > first and found.score[at - 1] < value:
                found.score[at], found.rows[at], found.state[at] = (
                    found.score[at - 1],
                    found.rows[at - 1],
                    found.state[at - 1],
                )
                at -= 1
            found.score[at], found.rows[at, 0], found.rows[at, 1], found.state[at] = value, i, j, state
            found.size[0] = min(last + 1, most)


@njit(cache=True, nogil=True)
def propose_pairs(scene: Scene, pool: Pool, free: np.ndarray, starting: np.ndarray, phase: int, work: Work) -> None:
    """Start hypotheses from pairs, the likeliest first, unless some hypothesis has both or each has a better one."""
    n = len(scene.rows)
    room = PARTNERS * n
    found = Pairs(np.empty((room, 2), dtype=np.int64), np.empty((room, 3)), np.empty(room), np.zeros(1, dtype=np.int64))
    for i in range(n):
        if starting[i] and free[i] and (pool.head[i] < 0 if phase == SOFT else is_sharp(scene.rows, i)):
            pairs_of(scene, pool, free, i, phase, work, found)
    size = found.size[0]
    for k in np.argsort(-found.score[:size], kind="mergesort"):
        i, j = found.rows[k]
        least = found.score[k] + BETTER
        if (pool.top[i] > least and pool.top[j] > least) or together(pool, i, j):
            continue
        try_start(scene, pool, free, found.rows[k], found.state[k], work)


@njit(cache=True, nogil=True)
def propose_triples(scene: Scene, pool: Pool, free: np.ndarray, i: int, work: Work) -> None:
    """Start hypotheses from arrival `i`, taken as the first, with two later ones at the nearest stations."""
    rows, circle = scene.rows, scene.near.circles[i]
    middle, half = 0.5 * (circle[EARLIEST] + circle[LATEST]), 0.5 * (circle[LATEST] - circle[EARLIEST])
    n_near = gather(scene.near, circle[X], circle[Y], middle, circle[RADIUS], half, work.wide)
    near = np.empty(STATIONS, dtype=np.int64)
    far = np.full(STATIONS, np.inf)
    found = 0
    for c in range(n_near):
        j = work.wide[c]
        if not free[j] or j == i or rows[j].family != ARRIVAL or rows[j].speed_m_s != rows[i].speed_m_s:
            continue
        if rows[j].sensor == rows[i].sensor or rows[j].half_window_s > 0.0:
            continue
        later = rows[j].time_s - rows[i].time_s
        apart = math.hypot(rows[j].x_m - rows[i].x_m, rows[j].y_m - rows[i].y_m)
        slack = 3.0 * (rows[j].time_sigma_s + rows[j].speed_sigma_share * apart / rows[j].speed_m_s)
        if later < 0.0 or later > apart / rows[j].speed_m_s + slack:
            continue
        if found == STATIONS and apart >= far[found - 1]:
            continue
        at = min(found, STATIONS - 1)
        while at > 0 and far[at - 1] > apart:
            far[at], near[at] = far[at - 1], near[at - 1]
            at -= 1
        far[at], near[at] = apart, j
        found = min(found + 1, STATIONS)
    seeds = np.empty(3, dtype=np.int64)
    starts = np.empty((2, 3))
    seeds[0] = i
    for b in range(1, found):
        for a in range(b):
            if rows[near[a]].sensor == rows[near[b]].sensor or (
                together(pool, i, near[a]) and together(pool, i, near[b])
            ):
                continue
            seeds[1], seeds[2] = near[a], near[b]
            for s in range(arrival_starts(rows, i, near[a], near[b], starts)):
                try_start(scene, pool, free, seeds, starts[s], work)


@njit(cache=True, nogil=True)
def propose(scene: Scene, free: np.ndarray, starting: np.ndarray, pool: Pool, work: Work) -> None:
    """Fill the pool with hypotheses that hold a row of `starting` (n,) bool; sharp ones first."""
    for phase in range(SHARP, SOFT + 1):
        propose_pairs(scene, pool, free, starting, phase, work)
        for i in range(len(scene.rows)):
            waits = phase == SHARP and starting[i] and free[i] and pool.head[i] < 0
            if waits and scene.rows[i].family == ARRIVAL:
                propose_triples(scene, pool, free, i, work)
