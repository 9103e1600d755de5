"""Single observations to events: absolute blocks of time with a halo, each worked on its own, and what crosses borders.

Most observations say within minutes when something happened; those that only give hours or days wait for a coarser
level with longer blocks, where they meet the events already found.
"""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.association.blocks import log_rates, run_block, touching
from truceline.fusion.association.borders import settle_borders
from truceline.fusion.association.claims import Claims, no_claims
from truceline.fusion.association.effort import EFFORTS, Effort
from truceline.fusion.association.found import Found
from truceline.fusion.association.reach import EARLIEST, LATEST, circles_of
from truceline.fusion.association.scene import Table
from truceline.fusion.kinds import log_kind
from truceline.fusion.places.clouds import locate
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64, Reports

P_ALONE = 0.25  # share of reports that are of nothing, or of what nobody else noticed (assumed)
REPORTS_PER_EVENT = 4.0  # turns the density of reports into one of events (assumed; hardly matters)


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """A span of time and the rows that may belong to it: `inside`, of which `own` are of the level at work."""

    start_s: float
    end_s: float
    inside: I64
    own: Mask


HOUR, DAY = 3600.0, 86400.0
LEVELS = (
    Level(widest_s=20 * 60.0, block_s=HOUR, margin_s=180.0, cell_m=10e3, cell_s=600.0),
    Level(widest_s=1.5 * DAY, block_s=4 * DAY, margin_s=12 * HOUR, cell_m=20e3, cell_s=DAY),
    Level(widest_s=60 * DAY, block_s=240 * DAY, margin_s=30 * DAY, cell_m=50e3, cell_s=10 * DAY),
    Level(widest_s=math.inf, block_s=math.inf, margin_s=0.0, cell_m=100e3, cell_s=100 * DAY),
)


def associate(reports: Reports, *, epoch_s: float, prior: Prior, threads: int = 1, effort: str = "thorough") -> Found:
    """Which observations are the same physical event, where and when.

    Parameters
    ----------
    reports : rows in an order that depends on them alone; their times count from `epoch_s` (seconds since 1970)
    prior : the least rate of events to assume
    threads : blocks worked on at a time; the result is the same for any number
    effort : a key of `EFFORTS`: how long the local search goes on

    Returns
    -------
    Found, with every row in exactly one event
    """
    circles = circles_of(reports.rows)
    width = circles[:, LATEST] - circles[:, EARLIEST]
    level_of = np.searchsorted([level.widest_s for level in LEVELS], width)
    least = prior.incident_rate_per_km2_h / 1e6 / HOUR
    rate = np.full(len(width), math.log(least))
    claims = no_claims(len(width))
    for number, level in enumerate(LEVELS):
        own = level_of == number
        if not own.any():
            continue
        sofar = np.flatnonzero(level_of <= number)
        counted = log_rates(circles[sofar], level.cell_m, level.cell_s, least, REPORTS_PER_EVENT)
        rate[own] = counted[own[sofar]]
        table = Table(
            reports.rows, reports.arcs_rad, reports.rings_m, rate + math.log(P_ALONE), rate, log_kind(), circles
        )
        found = _run(table, _blocks(circles, sofar, own, level, epoch_s), claims, threads, EFFORTS[effort])
        claims = settle_borders(table, found, claims)
    return locate(reports, claims)


def _run(table: Table, blocks: Sequence[Block], before: Claims, threads: int, effort: Effort) -> list[Claims]:
    """What each block finds, in the order of the blocks; kernels let go of the interpreter, so threads run at once."""

    def work(block: Block) -> Claims:
        return run_block(table, block.inside, block.own, before, block.start_s, block.end_s, effort)

    if threads <= 1:
        return [work(block) for block in blocks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, blocks))


def _blocks(circles: F64, sofar: I64, own: Mask, level: Level, epoch_s: float) -> list[Block]:
    """Blocks that hold an observation of this level: theirs, and those of finer levels that touch one of them."""
    rows = sofar[np.argsort(circles[sofar, EARLIEST], kind="stable")]
    earliest, latest = circles[rows, EARLIEST], circles[rows, LATEST]
    widest = float((latest - earliest).max())
    blocks = []
    for start, end in _spans(earliest[own[rows]], latest[own[rows]], level.block_s, epoch_s):
        low = int(np.searchsorted(earliest, start - level.margin_s - widest))
        high = int(np.searchsorted(earliest, end + level.margin_s, side="right"))
        near = rows[low:high][latest[low:high] >= start - level.margin_s]
        if own[near].any():
            inside = np.sort(near if own[near].all() else near[touching(circles[near], own[near])])
            blocks.append(Block(start_s=start, end_s=end, inside=inside, own=own[inside]))
    return blocks


def _spans(first_s: F64, last_s: F64, block_s: float, epoch_s: float) -> Iterator[tuple[float, float]]:
    """Blocks of absolute time, in seconds since the epoch, that intervals start or end in (they are shorter)."""
    if math.isinf(block_s):
        yield -math.inf, math.inf
        return
    for number in np.unique(np.floor((epoch_s + np.concatenate([first_s, last_s])) / block_s)).tolist():
        yield number * block_s - epoch_s, (number + 1) * block_s - epoch_s
