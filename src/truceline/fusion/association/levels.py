"""Which observations are worked on together: levels by how well a row says when, and absolute blocks of time."""

import math
from dataclasses import dataclass

import numpy as np

from truceline.fusion.association.reach import EARLIEST, LATEST
from truceline.physics.columns import F64, I64

HOUR, DAY = 3600.0, 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Observations whose interval of origin is at most `widest_s` long, in blocks of `block_s`.

    What lies up to `margin_s` beyond a block competes for its observations. The rate of events around an observation is
    counted in cells of `cell_m` and `cell_s`.
    """

    widest_s: float
    block_s: float
    margin_s: float
    cell_m: float
    cell_s: float


# A late row has its block worked again, so blocks of what comes thick and fast are short. The margin need not hold the
# rows of an event on the border, which reach into the block themselves: only what else these may be of.
LEVELS = (
    Level(widest_s=20 * 60.0, block_s=0.25 * HOUR, margin_s=120.0, cell_m=10e3, cell_s=450.0),
    Level(widest_s=1.5 * DAY, block_s=4 * DAY, margin_s=12 * HOUR, cell_m=20e3, cell_s=DAY),
    Level(widest_s=60 * DAY, block_s=240 * DAY, margin_s=30 * DAY, cell_m=50e3, cell_s=10 * DAY),
    Level(widest_s=math.inf, block_s=math.inf, margin_s=0.0, cell_m=100e3, cell_s=100 * DAY),
)


def levels_of(circles: F64) -> I64:
    """(n,) the level of each row, a place in `LEVELS`."""
    width = circles[:, LATEST] - circles[:, EARLIEST]
    return np.searchsorted([level.widest_s for level in LEVELS], width)


def blocks_at(level: Level, epoch_s: float, time_s: F64) -> I64:
    """(n,) the number of the block that holds each time (seconds since the epoch); blocks count from 1970."""
    if math.isinf(level.block_s):
        return np.zeros(len(time_s), dtype=np.int64)
    return np.floor((epoch_s + time_s) / level.block_s).astype(np.int64)


def span_of(level: Level, epoch_s: float, number: int) -> tuple[float, float]:
    """Start and end of a block, seconds since the epoch."""
    if math.isinf(level.block_s):
        return -math.inf, math.inf
    return number * level.block_s - epoch_s, (number + 1) * level.block_s - epoch_s


def blocks_within(level: Level, epoch_s: float, first_s: F64, last_s: F64) -> I64:
    """The numbers of all blocks that some interval has an instant in, in ascending order."""
    low, high = blocks_at(level, epoch_s, first_s), blocks_at(level, epoch_s, last_s)
    longest = int((high - low).max(initial=0))
    return np.unique(np.concatenate([np.minimum(low + step, high) for step in range(longest + 1)]))
