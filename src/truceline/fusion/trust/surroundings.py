"""How much confirmed fire there is around a place, over all time and just then, whoever watched it."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.trust.noticing import CONFIRMED, RINGS, ring_of
from truceline.fusion.trust.witnesses import Witnesses, posts_near
from truceline.geo.arrays import F64, I64, Mask

CELL_M = 2_500.0  # three by three of these are looked at together
AROUND_M, AROUND_S = 5_000.0, 1_200.0  # how far and how long fire draws fire (assumed)
CROWD = 16  # events around one that are counted, at most
MOST_CELLS = 4  # an event, at most


class Intensity(NamedTuple):
    """`share` (ny, nx): the rate of events in each cell and those around it, beside the mean one; `confirmed` likewise
    how many confirmed ones that rests on, `due` how many a mean cell would have had; `corner` (3,): cell_m, x0_m, y0_m.
    """

    share: F64
    confirmed: F64
    due: F64
    corner: F64


def intensity(who: Witnesses, x_m: F64, y_m: F64, confirmed: Mask, share: F64) -> Intensity:
    """The rate of events by place: how many are confirmed, for how often something there would have been.

    `share` (groups, RINGS + 1) is what each class of sensors notices. A cell where nobody could confirm anything has
    the mean rate: it says nothing.
    """
    cell, x0, y0 = CELL_M, float(x_m.min()), float(y_m.min())
    while ((x_m.max() - x0) / cell + 3) * ((y_m.max() - y0) / cell + 3) > MOST_CELLS * len(x_m) + 4096:
        cell *= 1.5
    corner = np.array([cell, x0 - cell, y0 - cell])
    nx, ny = int((x_m.max() - x0) // cell) + 3, int((y_m.max() - y0) // cell) + 3
    count, may = np.zeros((ny, nx)), np.zeros((ny, nx))
    _fill(who, x_m, y_m, confirmed, share, corner, count, may)
    mean = count.sum() / max(may.sum(), 1e-9)
    nine, due = _nine(count), _nine(may) * mean
    return Intensity((nine + 1.0) / (due + 1.0), nine, due, corner)


def _nine(cells: F64) -> F64:
    """The sum over each cell and the eight around it."""
    padded = np.pad(cells, 1)
    ny, nx = cells.shape
    return np.asarray(sum(padded[dy : dy + ny, dx : dx + nx] for dy in range(3) for dx in range(3)))


@njit(cache=True, nogil=True)
def _fill(who: Witnesses, x_m: F64, y_m: F64, confirmed: Mask, share: F64, corner: F64, count: F64, may: F64) -> None:
    """Write how many events of each cell are confirmed, and how likely an event in its middle would be."""
    posts = np.empty(512, dtype=np.int64)
    asked = np.zeros(count.shape, dtype=np.bool_)
    for e in range(len(x_m)):
        ix, iy = int((x_m[e] - corner[1]) / corner[0]), int((y_m[e] - corner[2]) / corner[0])
        count[iy, ix] += confirmed[e]
        if asked[iy, ix]:
            continue
        asked[iy, ix] = True
        x, y = corner[1] + (ix + 0.5) * corner[0], corner[2] + (iy + 0.5) * corner[0]
        due = 0.0
        for n in range(posts_near(who, x, y, 0.0, posts)):
            s = posts[n]
            due += share[who.group[s], ring_of(math.hypot(who.x_m[s] - x, who.y_m[s] - y))]
        for s in who.feeds:
            due += share[who.group[s], RINGS]
        may[iy, ix] = 1.0 - math.exp(-due) * (1.0 + due + 0.5 * due * due)


@njit(cache=True, nogil=True)
def share_at(field: Intensity, x_m: float, y_m: float, less: float) -> float:
    """The rate at a point beside the mean one, `less` of the confirmed events not counted."""
    ix = min(field.share.shape[1] - 1, max(0, int((x_m - field.corner[1]) / field.corner[0])))
    iy = min(field.share.shape[0] - 1, max(0, int((y_m - field.corner[2]) / field.corner[0])))
    if less == 0.0:
        return float(field.share[iy, ix])
    return float((max(0.0, field.confirmed[iy, ix] - less) + 1.0) / (field.due[iy, ix] + 1.0))


@njit(cache=True, nogil=True)
def shares_at(field: Intensity, xy: F64, out: F64) -> None:
    """The rate at points (k, p, 2), to `out` (k, p)."""
    for k in range(xy.shape[0]):
        for p in range(xy.shape[1]):
            out[k, p] = share_at(field, xy[k, p, 0], xy[k, p, 1], 0.0)


@njit(cache=True, nogil=True)
def own_shares(field: Intensity, x_m: F64, y_m: F64, confirmed: Mask, out: F64) -> None:
    """The rate at each event, itself not counted."""
    for e in range(len(x_m)):
        out[e] = share_at(field, x_m[e], y_m[e], 1.0 if confirmed[e] else 0.0)


def crowd(x_m: F64, y_m: F64, time_s: F64, confirmed: Mask) -> I64:
    """(k,) how many other confirmed events lie within AROUND_M and AROUND_S of each, at most CROWD.

    Events are in order of time.
    """
    cell, x0, y0 = AROUND_M, float(x_m.min()), float(y_m.min())
    while ((x_m.max() - x0) / cell + 1) * ((y_m.max() - y0) / cell + 1) > MOST_CELLS * len(x_m) + 4096:
        cell *= 1.5
    nx, ny = int((x_m.max() - x0) // cell) + 1, int((y_m.max() - y0) // cell) + 1
    which = np.flatnonzero(confirmed)
    home = ((y_m[which] - y0) // cell).astype(np.int64) * nx + ((x_m[which] - x0) // cell).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(home, minlength=nx * ny))])
    order = which[np.argsort(home, kind="stable")]
    out = np.zeros(len(x_m), dtype=np.int64)
    _crowd(x_m, y_m, time_s, start, order, np.array([cell, x0, y0]), nx, ny, out)
    return out


@njit(cache=True, nogil=True)
def _crowd(x_m: F64, y_m: F64, time_s: F64, start: I64, order: I64, corner: F64, nx: int, ny: int, out: I64) -> None:
    for e in range(len(x_m)):
        ix, iy = int((x_m[e] - corner[1]) // corner[0]), int((y_m[e] - corner[2]) // corner[0])
        found = 0
        for jy in range(max(0, iy - 1), min(ny, iy + 2)):
            for c in range(jy * nx + max(0, ix - 1), jy * nx + min(nx, ix + 2)):
                low, high = start[c], start[c + 1]
                while low < high:
                    middle = (low + high) >> 1
                    if time_s[order[middle]] < time_s[e] - AROUND_S:
                        low = middle + 1
                    else:
                        high = middle
                for n in range(low, start[c + 1]):
                    k = order[n]
                    if time_s[k] > time_s[e] + AROUND_S or found >= CROWD:
                        break
                    if k != e and abs(x_m[k] - x_m[e]) <= AROUND_M and abs(y_m[k] - y_m[e]) <= AROUND_M:
                        found += 1
        out[e] = found


def is_confirmed(first: I64) -> Mask:
    """(k,) which events have so many members that they hardly came together by chance."""
    return np.asarray(np.diff(first) >= CONFIRMED)
