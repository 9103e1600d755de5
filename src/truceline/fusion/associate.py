"""Single observations to events: absolute blocks of time with a halo, each worked on its own, and what crosses borders.

Most observations say within minutes when something happened; those that only give hours or days wait for a coarser
level with longer blocks, where they meet the events already found.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.association.blocks import run_block, touching
from truceline.fusion.association.borders import settle_borders
from truceline.fusion.association.claims import Claims, no_claims
from truceline.fusion.association.effort import EFFORTS, Effort
from truceline.fusion.association.found import Found
from truceline.fusion.association.levels import HOUR, LEVELS, Level, blocks_within, levels_of, span_of
from truceline.fusion.association.rates import LOG_ALONE, log_rates
from truceline.fusion.association.reach import EARLIEST, LATEST, circles_of
from truceline.fusion.association.scene import Table
from truceline.fusion.kinds import log_kind
from truceline.fusion.places.clouds import locate
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64, Reports


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """A span of time and the rows that may belong to it: `inside`, of which `own` are of the level at work."""

    start_s: float
    end_s: float
    inside: I64
    own: Mask


def least_rate(prior: Prior) -> float:
    """The least rate of events to assume, per m2 and s."""
    return prior.incident_rate_per_km2_h / 1e6 / HOUR


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
    level_of = levels_of(circles)
    rate = np.full(len(circles), math.log(least_rate(prior)))
    claims = no_claims(len(circles))
    for number, level in enumerate(LEVELS):
        own = level_of == number
        if not own.any():
            continue
        sofar = np.flatnonzero(level_of <= number)
        rate[own] = log_rates(circles[sofar], level, least_rate(prior))[own[sofar]]
        table = Table(reports.rows, reports.arcs_rad, reports.rings_m, rate + LOG_ALONE, rate, log_kind(), circles)
        found = run_blocks(table, blocks_of(circles, sofar, own, level, epoch_s), claims, threads, EFFORTS[effort])
        claims = settle_borders(table, found, claims)
    return locate(reports, claims, threads)


def run_blocks(table: Table, blocks: Sequence[Block], before: Claims, threads: int, effort: Effort) -> list[Claims]:
    """What each block finds, in the order of the blocks; kernels let go of the interpreter, so threads run at once."""

    def work(block: Block) -> Claims:
        return run_block(table, block.inside, block.own, before, block.start_s, block.end_s, effort)

    if threads <= 1:
        return [work(block) for block in blocks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, blocks))


def blocks_of(circles: F64, sofar: I64, own: Mask, level: Level, epoch_s: float) -> list[Block]:
    """Blocks that hold an observation of this level: theirs, and those of finer levels that touch one of them."""
    rows = sofar[np.argsort(circles[sofar, EARLIEST], kind="stable")]
    earliest, latest = circles[rows, EARLIEST], circles[rows, LATEST]
    widest = float((latest - earliest).max())
    blocks = []
    for number in blocks_within(level, epoch_s, earliest[own[rows]], latest[own[rows]]).tolist():
        start, end = span_of(level, epoch_s, number)
        low = int(np.searchsorted(earliest, start - level.margin_s - widest))
        high = int(np.searchsorted(earliest, end + level.margin_s, side="right"))
        near = rows[low:high][latest[low:high] >= start - level.margin_s]
        inside = np.sort(near if own[near].all() else near[touching(circles[near], own[near])])
        blocks.append(Block(start_s=start, end_s=end, inside=inside, own=own[inside]))
    return blocks
