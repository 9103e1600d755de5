"""Who could have noticed: posts that stay where they are, and feeds that see everywhere, as learned from their rows."""

from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.intake.batch import Batch
from truceline.geo.arrays import F64, I64
from truceline.physics.columns import AREA, FAMILIES, FIX, Records

STAYS_M = 100.0  # a sensor whose rows stand farther apart moves: where it was when it was silent is not known
MOST_FEEDS = 32  # that are asked about every event: those with the most rows
REACH_M = 16e3  # from which the silence of a post may say something
GAPS = 2.0  # mean intervals between its rows that a sensor is taken to have watched before the first, after the last
MOST_CELLS = 4  # a post, at most


class Witnesses(NamedTuple):
    """Sensors (s,) by their number in the batch, and what they may have noticed.

    `role` (s,) is POST, FEED or UNPLACED, `x_m`, `y_m` where a post stands, `first_s`, `last_s` between which it
    reported; `group` (s,) is the class of its source and family, `group_of` (n,) that of each row, `n_groups` (1,).
    `shape` (3,) is cell_m, x0_m, y0_m of the grid of posts, `size` (2,) its cells, `start` and `order` the posts by
    cell; `feeds` are the feeds.
    """

    role: I64
    x_m: F64
    y_m: F64
    first_s: F64
    last_s: F64
    group: I64
    group_of: I64
    n_groups: int
    shape: F64
    size: I64
    start: I64
    order: I64
    feeds: I64


UNPLACED, POST, FEED = range(3)


def witnesses(batch: Batch, told_elsewhere: frozenset[str] = frozenset()) -> Witnesses:
    """The sensors of a batch as witnesses of what others report, but for those (or their sources) `told_elsewhere`."""
    rows, n = batch.rows, len(batch.sensors)
    code = batch.source * len(FAMILIES) + rows["family"]
    _, group_of = np.unique(code, return_inverse=True)
    named = np.flatnonzero(rows["sensor"] < n)
    sensor, family = rows["sensor"][named], rows["family"][named]
    count, low, high = np.bincount(sensor, minlength=n), np.full((3, n), np.inf), np.full((3, n), -np.inf)
    _extremes(rows, low, high)
    first, last = low[2], high[2]
    gap = np.full(n, np.inf)
    several = count > 1
    gap[several] = GAPS * (last[several] - first[several]) / (count[several] - 1)
    first, last = np.where(several, first, 0.0) - gap, np.where(several, last, 0.0) + gap
    group, families = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    group[sensor], families[sensor] = group_of[named], family
    stays = (high[:2] - low[:2] < STAYS_M).all(axis=0)
    place = (families != FIX) & (families != AREA)
    role = np.where(place & stays, POST, np.where(families == FIX, FEED, UNPLACED))
    told = [s in told_elsewhere or s.partition("/")[0] in told_elsewhere for s in batch.sensors]
    role[(count == 0) | np.array(told, dtype=np.bool_)] = UNPLACED
    feeds = np.flatnonzero(role == FEED)
    feeds = np.sort(feeds[np.argsort(-count[feeds], kind="stable")[:MOST_FEEDS]])
    x, y = np.where(role == POST, low[0], 0.0), np.where(role == POST, low[1], 0.0)
    posts = np.flatnonzero(role == POST)
    grid = _grid(x[posts], y[posts], posts)
    return Witnesses(role, x, y, first, last, group, group_of, int(group_of.max(initial=-1)) + 1, *grid, feeds)


@njit(cache=True, nogil=True)
def _extremes(rows: Records, low: F64, high: F64) -> None:
    """The least and the largest x, y and time that each sensor states, to `low` and `high` (3, s)."""
    for i in range(len(rows)):
        s = rows[i].sensor
        if s < low.shape[1]:
            low[0, s], high[0, s] = min(low[0, s], rows[i].x_m), max(high[0, s], rows[i].x_m)
            low[1, s], high[1, s] = min(low[1, s], rows[i].y_m), max(high[1, s], rows[i].y_m)
            low[2, s], high[2, s] = min(low[2, s], rows[i].time_s), max(high[2, s], rows[i].time_s)


def _grid(x_m: F64, y_m: F64, posts: I64) -> tuple[F64, I64, I64, I64]:
    """Cell size and corner, numbers of cells, and the posts by cell."""
    if len(posts) == 0:
        return np.array([REACH_M, 0.0, 0.0]), np.zeros(2, dtype=np.int64), np.zeros(1, dtype=np.int64), posts
    cell, x0, y0 = 0.5 * REACH_M, x_m.min(), y_m.min()
    while ((x_m.max() - x0) // cell + 1) * ((y_m.max() - y0) // cell + 1) > MOST_CELLS * len(posts) + 64:
        cell *= 1.5
    ix, iy = ((x_m - x0) // cell).astype(np.int64), ((y_m - y0) // cell).astype(np.int64)
    size = np.array([ix.max() + 1, iy.max() + 1])
    home = iy * size[0] + ix
    start = np.concatenate([[0], np.cumsum(np.bincount(home, minlength=size[0] * size[1]))])
    return np.array([cell, x0, y0]), size, start, posts[np.argsort(home, kind="stable")]


@njit(cache=True, nogil=True)
def posts_near(who: Witnesses, x_m: float, y_m: float, wide_m: float, out: I64) -> int:
    """Write the posts that may notice something within `wide_m` of a point to `out`; how many, at most len(out)."""
    found = 0
    if who.size[0] == 0:
        return 0
    cell, reach = who.shape[0], REACH_M + wide_m
    x, y = x_m - who.shape[1], y_m - who.shape[2]
    ix0, ix1 = max(0, int((x - reach) // cell)), min(who.size[0] - 1, int((x + reach) // cell))
    iy0, iy1 = max(0, int((y - reach) // cell)), min(who.size[1] - 1, int((y + reach) // cell))
    for iy in range(iy0, iy1 + 1):
        for c in range(iy * who.size[0] + ix0, iy * who.size[0] + ix1 + 1):
            for n in range(who.start[c], who.start[c + 1]):
                s = who.order[n]
                dx, dy = who.x_m[s] - x_m, who.y_m[s] - y_m
                if dx * dx + dy * dy < reach * reach and found < len(out):
                    out[found] = s
                    found += 1
    return found
