"""Where hypotheses start: pairs of rows that a common origin explains, and triples of arrivals; the likeliest first."""

import math
from typing import NamedTuple

import numpy as np

from truceline.fusion.association.fit import STEPS, evidence, is_sharp
from truceline.fusion.association.grow import ROUGH, grow, prior_nats
from truceline.fusion.association.reach import EARLIEST, LATEST, RADIUS, X, Y, gather
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Work, best_kind
from truceline.fusion.association.starts import arrival_starts, pair_starts
from truceline.geo.arrays import Mask
from truceline.geo.kernel import inner, outer
from truceline.physics.columns import ARRIVAL, F64, I64
from truceline.physics.weigh import NOTHING

BETTER = 3.0
PARTNERS = 5  # pairs that one row starts hypotheses from, at most: the likeliest
CROWD = 192  # rows around one that are tried as its partners, at most: the nearest
# Phases: pairs of sharp rows and triples of arrivals, then pairs with a soft row, and of arrivals alone.
SHARP, SOFT = 0, 1


class Pool(NamedTuple):
    """Hypotheses, `size` (1,) of them: `state` (h, 3), `cov` (h, 6), `score` (h,), `n_members` (h,), `members` (h,
    MOST_MEMBERS).

    `head` (n,), `item`, `link` are, for each row, the list of hypotheses that hold it, `top` (n,) the best of their
    scores.
    """

    state: F64
    cov: F64
    score: F64
    n_members: I64
    members: I64
    size: I64
    head: I64
    item: I64
    link: I64
    top: F64


class Pairs(NamedTuple):
    """Pairs to start from: `rows` (p, 2), `state` (p, 3), `cov` (p, 6), `score` (p,), `size` (1,) of them."""

    rows: I64
    state: F64
    cov: F64
    score: F64
    size: I64


@outer
def make_pool(n: int) -> Pool:
    """An empty pool for `n` rows."""
    room = 3 * n + 64
    link = np.empty(8 * room + 1, dtype=np.int64)
    link[-1] = 0  # the last one counts
    return Pool(
        np.empty((room, 3)),
        np.empty((room, 6)),
        np.empty(room),
        np.empty(room, dtype=np.int64),
        np.empty((room, MOST_MEMBERS), dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.full(n, -1, dtype=np.int64),
        np.empty(8 * room, dtype=np.int64),
        link,
        np.zeros(n),
    )


@inner
def together(pool: Pool, i: int, j: int) -> bool:
    """Whether some hypothesis holds both rows."""
    at = pool.head[i]
    while at >= 0:
        h = pool.item[at]
        for m in range(pool.n_members[h]):
            if pool.members[h, m] == j:
                return True
        at = pool.link[at]
    return False


@inner
def holds(members: I64, seeds: I64) -> bool:
    """Whether one of the seeds is among the members: else the hypothesis has gone to others, which start their own."""
    for i in members:
        for j in seeds:
            if i == j:
                return True
    return False


@inner
def known(pool: Pool, work: Work, value: float, n: int) -> bool:
    """Whether the pool has a hypothesis of as many members, one of them this one's first, and the same score."""
    at = pool.head[work.members[0]]
    while at >= 0:
        h = pool.item[at]
        if pool.n_members[h] == n and abs(pool.score[h] - value) < 1e-9:
            return True
        at = pool.link[at]
    return False


@inner
def keep(pool: Pool, work: Work, value: float, n: int) -> None:
    """Add the hypothesis in `work` to the pool, as long as there is room."""
    h, last = pool.size[0], len(pool.link) - 1
    if h == len(pool.score) or pool.link[last] + n > len(pool.item):
        return
    pool.size[0] += 1
    for k in range(3):
        pool.state[h, k] = work.state[k]
    for k in range(6):
        pool.cov[h, k] = work.cov[k]
    pool.score[h], pool.n_members[h] = value, n
    for m in range(n):
        i, at = work.members[m], pool.link[last]
        pool.members[h, m] = i
        pool.item[at], pool.link[at], pool.head[i] = h, pool.head[i], at
        pool.link[last] += 1
        pool.top[i] = max(pool.top[i], value)


@inner
def try_start(scene: Scene, pool: Pool, free: Mask, seeds: I64, work: Work) -> bool:
    """Grow a hypothesis from `seeds` and their common origin in `work`; keep it if it is likelier than chance."""
    value, size = grow(scene, free, best_kind(scene, seeds)[0], work)
    if size >= 2 and value > 0.0 and holds(work.members[:size], seeds) and not known(pool, work, value, size):
        keep(pool, work, value, size)
        return True
    return False


@outer  # seldom called
def _nearest(scene: Scene, i: int, around: I64) -> int:
    """Move the CROWD rows that come nearest to row `i`, for how vague both are, to the front of `around`; how many."""
    circles = scene.near.circles
    own, off = circles[i], np.empty(len(around))
    for n in range(len(around)):
        c = circles[around[n]]
        away = math.hypot(c[X] - own[X], c[Y] - own[Y]) / (c[RADIUS] + own[RADIUS])
        later = c[EARLIEST] + c[LATEST] - own[EARLIEST] - own[LATEST]
        off[n] = away + abs(later) / (c[LATEST] - c[EARLIEST] + own[LATEST] - own[EARLIEST])
    bar = np.partition(off, CROWD)[CROWD]
    equals = CROWD - np.sum(off < bar)
    kept = 0
    for n in range(len(around)):
        if off[n] == bar:
            equals -= 1
        if off[n] < bar or (off[n] == bar and equals >= 0):
            around[kept] = around[n]
            kept += 1
    return kept


@inner
def _copy(found: Pairs, source: int, at: int) -> None:
    found.score[at] = found.score[source]
    found.rows[at, 0], found.rows[at, 1] = found.rows[source, 0], found.rows[source, 1]
    for k in range(3):
        found.state[at, k] = found.state[source, k]
    for k in range(6):
        found.cov[at, k] = found.cov[source, k]


@inner
def _insert(found: Pairs, value: float, work: Work) -> None:
    """Put a pair in its place among those found, which are in order of their score; the least may fall out."""
    last, most = found.size[0], len(found.score)
    if last == most and value <= found.score[last - 1]:
        return
    at = min(last, most - 1)
    while at > 0 and found.score[at - 1] < value:
        _copy(found, at - 1, at)
        at -= 1
    found.score[at] = value
    found.rows[at, 0], found.rows[at, 1] = work.seeds[0], work.seeds[1]
    for k in range(3):
        found.state[at, k] = work.state[k]
    for k in range(6):
        found.cov[at, k] = work.cov[k]
    found.size[0] = min(last + 1, most)


@inner
def _asks(scene: Scene, starting: Mask, i: int, j: int, phase: int) -> bool:
    """Whether row `i` looks at the pair that it is with `j`, in this phase."""
    sharp_j = is_sharp(scene.rows, j)
    if scene.rows[i].family == ARRIVAL and scene.rows[j].family == ARRIVAL:
        return phase == SOFT
    return sharp_j if phase == SHARP else not (sharp_j and starting[j])


@inner
def pairs_of(
    scene: Scene, pool: Pool, free: Mask, starting: Mask, i: int, phase: int, work: Work, found: Pairs
) -> None:
    """Write to `found` the likeliest partners of row `i` that no hypothesis holds together with it, and where."""
    rows, circles = scene.rows, scene.near.circles
    middle = 0.5 * (circles[i, EARLIEST] + circles[i, LATEST])
    half = 0.5 * (circles[i, LATEST] - circles[i, EARLIEST])
    n_near = gather(scene.near, circles[i, X], circles[i, Y], middle, circles[i, RADIUS], half, work.wide)
    if n_near > CROWD:
        n_near = _nearest(scene, i, work.wide[:n_near])
    found.size[0] = 0
    seeds = work.seeds[:2]
    for c in range(n_near):
        j = work.wide[c]
        if phase == SOFT and pool.head[j] >= 0:
            continue
        if not free[j] or rows[j].sensor == rows[i].sensor or not _asks(scene, starting, i, j, phase):
            continue
        n_starts = pair_starts(rows, i, j, work.pair, work.starts)
        if n_starts == 0 or together(pool, i, j):
            continue
        seeds[0], seeds[1] = i, j
        prior = prior_nats(scene, seeds)
        for s in range(n_starts):
            for k in range(3):
                work.state[k] = work.starts[s, k]
            value = prior + evidence(rows, scene.arcs, seeds, work.state, work.cov, work.fit, 1, np.inf)
            if value > 0.0:
                _insert(found, value, work)


@inner
def _start(scene: Scene, pool: Pool, free: Mask, work: Work, found: Pairs, k: int) -> None:
    """Start a hypothesis from pair `k`, unless some hypothesis has both rows or each has a better one."""
    i, j = found.rows[k, 0], found.rows[k, 1]
    least = found.score[k] + BETTER
    if (pool.top[i] > least and pool.top[j] > least) or together(pool, i, j):
        return
    for d in range(3):
        work.state[d] = found.state[k, d]
    for d in range(6):
        work.cov[d] = found.cov[k, d]
    try_start(scene, pool, free, found.rows[k], work)


@inner
def _start_in_turn(
    scene: Scene, pool: Pool, free: Mask, starting: Mask, phase: int, enough: float, work: Work, found: Pairs
) -> None:
    """Row by row, each from its likeliest pairs; whoever has a hypothesis worth `enough` looks for no other."""
    for i in range(len(scene.rows)):
        asks = pool.head[i] < 0 if phase == SOFT else is_sharp(scene.rows, i) and pool.top[i] < enough
        if starting[i] and free[i] and asks:
            pairs_of(scene, pool, free, starting, i, phase, work, found)
            for k in range(found.size[0]):
                if pool.top[i] < enough:
                    _start(scene, pool, free, work, found, k)


@outer
def propose_pairs(scene: Scene, pool: Pool, free: Mask, starting: Mask, phase: int, enough: float, work: Work) -> None:
    """Start hypotheses from pairs."""
    found = Pairs(
        np.empty((PARTNERS, 2), dtype=np.int64),
        np.empty((PARTNERS, 3)),
        np.empty((PARTNERS, 6)),
        np.empty(PARTNERS),
        np.zeros(1, dtype=np.int64),
    )
    _start_in_turn(scene, pool, free, starting, phase, enough, work, found)


@inner
def _stations(scene: Scene, free: Mask, i: int, around: I64, far_m: F64, out: I64) -> int:
    """Write to `out` the arrivals at the nearest stations that may be of what arrival `i` was the first to notice."""
    rows = scene.rows
    for k in range(len(far_m)):
        far_m[k] = np.inf
    found = 0
    for j in around:
        if not free[j] or rows[j].family != ARRIVAL or rows[j].speed_m_s != rows[i].speed_m_s:
            continue
        if rows[j].sensor == rows[i].sensor or rows[j].half_window_s > 0.0:
            continue
        later = rows[j].time_s - rows[i].time_s
        dx, dy = rows[j].x_m - rows[i].x_m, rows[j].y_m - rows[i].y_m
        apart = math.sqrt(dx * dx + dy * dy)
        slack = 3.0 * (rows[j].time_sigma_s + rows[j].speed_sigma_share * apart / rows[j].speed_m_s)
        if later < 0.0 or later > apart / rows[j].speed_m_s + slack or apart >= far_m[-1]:
            continue
        at = min(found, len(out) - 1)
        while at > 0 and far_m[at - 1] > apart:
            far_m[at], out[at] = far_m[at - 1], out[at - 1]
            at -= 1
        far_m[at], out[at] = apart, j
        found = min(found + 1, len(out))
    return found


@inner
def triples_of(scene: Scene, pool: Pool, free: Mask, i: int, work: Work) -> None:
    """Start hypotheses from arrival `i`, taken as the first, with two later ones at the nearest stations."""
    rows, circles, near, seeds = scene.rows, scene.near.circles, work.stations, work.seeds
    middle = 0.5 * (circles[i, EARLIEST] + circles[i, LATEST])
    half = 0.5 * (circles[i, LATEST] - circles[i, EARLIEST])
    n_near = gather(scene.near, circles[i, X], circles[i, Y], middle, circles[i, RADIUS], half, work.wide)
    found = _stations(scene, free, i, work.wide[:n_near], work.far_m, near)
    seeds[0] = i
    for b in range(1, found):
        for a in range(b):
            if rows[near[a]].sensor == rows[near[b]].sensor or (
                together(pool, i, near[a]) and together(pool, i, near[b])
            ):
                continue
            seeds[1], seeds[2] = near[a], near[b]
            for s in range(arrival_starts(rows, i, near[a], near[b], work.three)):
                for k in range(3):
                    work.state[k] = work.three[s, k]
                value = evidence(rows, scene.arcs, seeds, work.state, work.cov, work.fit, STEPS, ROUGH)
                if value > 0.5 * NOTHING and value + prior_nats(scene, seeds) > 0.0:
                    try_start(scene, pool, free, seeds, work)


@inner
def propose_triples(scene: Scene, pool: Pool, free: Mask, starting: Mask, work: Work) -> None:
    """Start hypotheses from triples of arrivals, for those that no hypothesis holds yet."""
    for i in range(len(scene.rows)):
        if starting[i] and free[i] and pool.head[i] < 0 and scene.rows[i].family == ARRIVAL:
            triples_of(scene, pool, free, i, work)


@outer
def propose(scene: Scene, free: Mask, starting: Mask, work: Work, enough: float) -> Pool:
    """Hypotheses that hold a row of `starting` (n,): from sharp pairs, triples of arrivals, then what is soft."""
    pool = make_pool(len(scene.rows))
    propose_pairs(scene, pool, free, starting, SHARP, enough, work)
    propose_triples(scene, pool, free, starting, work)
    propose_pairs(scene, pool, free, starting, SOFT, enough, work)
    return pool
