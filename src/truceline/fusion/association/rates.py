"""How dense events are around a row: what its cell of place and time holds, told to the nearest power of two."""

import math

import numpy as np
from numba import njit

from truceline.fusion.association.levels import Level
from truceline.fusion.association.reach import EARLIEST, LATEST, RADIUS, X, Y
from truceline.physics.columns import F64, I64

P_ALONE = 0.25  # share of reports that are of nothing, or of what nobody else noticed (assumed)
LOG_ALONE = math.log(P_ALONE)
REPORTS_PER_EVENT = 4.0  # turns the density of reports into one of events (assumed; hardly matters)
MIXER = 1_000_003  # of the parts of a cell's key


@njit(cache=True, nogil=True)
def _cells(circles: F64, cell_m: float, cell_s: float, key: I64, doublings: I64) -> None:
    for i in range(len(circles)):
        c = circles[i]
        side, n = cell_m, 0
        while side < 0.5 * c[RADIUS]:
            side *= 2.0
            n += 1
        k = np.int64(math.floor(0.5 * (c[EARLIEST] + c[LATEST]) / cell_s))
        k = k * MIXER + np.int64(math.floor(c[Y] / side))
        k = k * MIXER + np.int64(math.floor(c[X] / side))
        key[i], doublings[i] = k * MIXER + n, n


def cells_of(circles: F64, level: Level) -> tuple[I64, I64]:
    """(n,) keys of the cell of place and time of each row, and how often its side is doubled.

    Rows of a longer reach notice rarer events: their cells are as much larger.
    """
    key, doublings = np.empty(len(circles), dtype=np.int64), np.empty(len(circles), dtype=np.int64)
    _cells(circles, level.cell_m, level.cell_s, key, doublings)
    return key, doublings


@njit(cache=True, nogil=True)
def _rates(count: I64, doublings: I64, cell_m: float, cell_s: float, least: float, out: F64) -> None:
    """Of counts to the nearest power of two: nothing hangs on more, and one row more seldom changes it."""
    for i in range(len(out)):
        side = cell_m * 2.0 ** doublings[i]
        rounded = 2.0 ** np.rint(math.log2(count[i]))
        dense = rounded / (REPORTS_PER_EVENT * side * side * cell_s)
        out[i] = math.log(max(least * (cell_m / side) ** 2, dense))


def log_rates(circles: F64, level: Level, least: float) -> F64:
    """(n,) log of the rate of events, per m2 and s, around each of all rows there are."""
    key, doublings = cells_of(circles, level)
    _, cell, count = np.unique(key, return_inverse=True, return_counts=True)
    return rates(count[cell], doublings, level, least)


def rates(count: I64, doublings: I64, level: Level, least: float) -> F64:
    """(n,) the same where it is known already how many rows the cells hold."""
    out = np.empty(len(count))
    _rates(count, doublings, level.cell_m, level.cell_s, least, out)
    return out
