"""A window that slides over time: which rows are in memory, which blocks can be worked, and what is settled for good.

The rows come by the time that they state, which is at most `LATE_S` after their earliest origin. Blocks are worked as
soon as all rows that can have a say in them are there. What they claim stands once no row of it, nor of what it
shares rows with, reaches into a block that is still to be worked: then nothing else can decide its fate.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.fusion.associate import blocks_of, least_rate, run_blocks
from truceline.fusion.association.borders import all_claims, settle
from truceline.fusion.association.claims import Claims, no_claims
from truceline.fusion.association.effort import EFFORTS
from truceline.fusion.association.found import Found
from truceline.fusion.association.levels import HOUR, LEVELS, levels_of, span_of
from truceline.fusion.association.rates import LOG_ALONE, log_rates
from truceline.fusion.association.reach import EARLIEST, LATEST, circles_of
from truceline.fusion.association.scene import Table
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.fusion.kinds import log_kind
from truceline.fusion.places.clouds import locate
from truceline.fusion.streamed.given import Given, NotInPiecesError
from truceline.geo.arrays import F64, I64, Mask

LEVEL = LEVELS[0]
LATE_S = HOUR
# How far from a block rows lie that have a say in it: its own, those that compete for them, and those that share a
# cell with one of these, which tells how dense events are there.
REACH_S = LEVEL.margin_s + 2.0 * LEVEL.widest_s + LEVEL.cell_s
FIRST, LAST = -(1 << 60), 1 << 60  # before and after all blocks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """What is kept for the next piece: the rows `table` (n,), of which `done` have been told of already.

    `rivals` (n,) are the odds of events that each is not in, `claims` what has been claimed and is not settled, naming
    rows of `table`. All blocks before `block` have been worked; whatever is earlier than `sure_s` (since the epoch) has
    come.
    """

    table: pa.Table
    done: Mask
    rivals: F64
    claims: Claims
    block: int
    sure_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Events that are settled for good, of the rows of `batch`; `left_out` are ids of rows that fusion leaves out."""

    batch: Batch
    found: Found
    left_out: list[str]


def nothing_held(like: pa.Table) -> Held:
    """The state before the first piece; `like` has the columns of the rows to come."""
    return Held(
        table=like.slice(0, 0),
        done=np.zeros(0, dtype=np.bool_),
        rivals=np.zeros(0),
        claims=no_claims(0),
        block=FIRST,
        sure_s=-math.inf,
    )


def advance(given: Given, held: Held, more: pa.Table, until_s: float) -> tuple[Piece, Held]:
    """Take in `more` rows: all that state a time before `until_s` (since 1970 UTC) and have not come yet.

    Raises NotInPiecesError where they hold what is not of one moment.
    """
    table = pa.concat_tables([held.table, more]).combine_chunks()
    batch, circles, left_out = _taken(given, held, table)
    sure_s = until_s - given.epoch_s - LATE_S
    done, rivals, before = _carried(held, batch, table.num_rows)
    block = LAST if math.isinf(sure_s) else math.floor((given.epoch_s + sure_s - REACH_S) / LEVEL.block_s)
    block = max(held.block, block)
    scene = _scene(given, batch, circles)
    claims = _work(given, scene, before, rivals, held.block, block)
    start_s = math.inf if block == LAST else span_of(LEVEL, given.epoch_s, block)[0]
    waits = circles[:, LATEST] >= start_s - LEVEL.margin_s
    open_ = _still_open(claims, waits)
    told = np.flatnonzero(~done & ~waits)
    piece = Piece(
        batch=_part(batch, told), found=_settled(scene, claims, ~open_, told, rivals, batch), left_out=left_out
    )
    done[told] = True
    kept = np.flatnonzero(~done | (circles[:, EARLIEST] >= start_s - REACH_S))
    local = _places(kept, len(done))
    waiting = some_claims(claims, np.flatnonzero(open_))
    return piece, Held(
        table=table.take(pa.array(batch.table_row[kept])),
        done=done[kept],
        rivals=rivals[kept],
        claims=waiting._replace(member=local[waiting.member]),
        block=block,
        sure_s=sure_s,
    )


def _taken(given: Given, held: Held, table: pa.Table) -> tuple[Batch, F64, list[str]]:
    """The rows of the window ready to be weighed, and their circles."""
    origins = table.column("derived_from") if "derived_from" in table.column_names else None
    if origins is not None and pc.any(pc.greater(pc.list_value_length(origins), 0)).as_py():
        raise NotInPiecesError("rows that say what they are derived from")
    batch, reports, left_out = make_batch(
        table,
        frame=given.ground.frame,
        models=given.models,
        regions=given.regions,
        prior=given.prior,
        epoch_s=given.epoch_s,
    )
    if reports:
        raise NotInPiecesError("counts over an interval")
    circles = circles_of(batch.rows) if len(batch.rows) else np.empty((0, 5))
    if levels_of(circles).any():
        raise NotInPiecesError(f"times known less well than to {LEVEL.widest_s / 60.0:.0f} minutes")
    new = batch.table_row >= held.table.num_rows
    begin_s = batch.rows["time_s"] - batch.rows["half_window_s"]
    if (circles[new, EARLIEST] < held.sure_s).any() or (begin_s < 0.0).any():
        raise NotInPiecesError(f"times of origin more than {LATE_S / HOUR:.0f} h before the time stated")
    return batch, circles, left_out


def _carried(held: Held, batch: Batch, n_rows: int) -> tuple[Mask, F64, Claims]:
    """What is known of the rows that were held, at their places in the batch."""
    place = _places(batch.table_row, n_rows)
    kept = place[: held.table.num_rows]
    done, rivals = np.zeros(len(batch.rows), dtype=np.bool_), np.zeros(len(batch.rows))
    done[kept], rivals[kept] = held.done, held.rivals
    return done, rivals, held.claims._replace(member=place[held.claims.member])


def _places(rows: I64, n: int) -> I64:
    """(n,) the place of each number in `rows`, -1 where it is not there."""
    place = np.full(n, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return place


def _scene(given: Given, batch: Batch, circles: F64) -> Table:
    rate = log_rates(circles, LEVEL, least_rate(given.prior)) if len(circles) else np.empty(0)
    return Table(batch.rows, batch.arcs, batch.rings, rate + LOG_ALONE, rate, log_kind(), circles)


def _work(given: Given, scene: Table, before: Claims, rivals: F64, first: int, end: int) -> Claims:
    """What was claimed before and what the blocks from `first` to before `end` claim; `rivals` are raised in place."""
    n = len(scene.rows)
    if not n or first == end:
        return before
    rows = np.arange(n)
    low_s = -math.inf if first == FIRST else span_of(LEVEL, given.epoch_s, first)[0]
    end_s = math.inf if end == LAST else span_of(LEVEL, given.epoch_s, end)[0]
    blocks = blocks_of(scene.circles, rows, np.ones(n, dtype=np.bool_), LEVEL, given.epoch_s)
    todo = [block for block in blocks if low_s <= block.start_s < end_s]
    found = run_blocks(scene, todo, no_claims(n), given.threads, EFFORTS[given.effort])
    for part in found:
        rivals[part.inside] = np.maximum(rivals[part.inside], part.rivals)
    return all_claims([before, *found], before.inside, before.rivals)


def _still_open(claims: Claims, waits: Mask) -> Mask:
    """Which claims hold a row that `waits`, or share rows with one that does; their rows are made to wait too."""
    open_ = np.zeros(len(claims.score), dtype=np.bool_)
    if not len(open_):
        return open_
    while True:
        now: Mask = np.logical_or.reduceat(waits[claims.member], claims.first[:-1])
        if (now == open_).all():
            return open_
        open_ = now
        waits[claims.member[np.repeat(open_, np.diff(claims.first))]] = True


def some_claims(claims: Claims, which: I64) -> Claims:
    """Some of the claims, in the order of `which`, which ascends."""
    chosen = np.zeros(len(claims.score), dtype=np.bool_)
    chosen[which] = True
    size = np.diff(claims.first)
    at = np.repeat(chosen, size)
    return Claims(
        np.concatenate([[0], np.cumsum(size[which])]).astype(np.int64),
        claims.member[at],
        claims.own_nats[at],
        claims.state[which],
        claims.cov[which],
        claims.score[which],
        claims.inside,
        claims.rivals,
    )


def _part(batch: Batch, rows: I64) -> Batch:
    """Some rows of a batch, in its order."""
    whole = batch.rows.view(f"V{batch.rows.itemsize}")  # numpy copies records field by field, bytes at once
    return replace(
        batch,
        rows=whole[rows].view(batch.rows.dtype),
        place=batch.place[rows],
        source=batch.source[rows],
        entry=batch.entry[rows],
        row=batch.row[rows],
        p_real=batch.p_real[rows],
        tlp=batch.tlp[rows],
        table_row=batch.table_row[rows],
    )


def _settled(scene: Table, claims: Claims, closed: Mask, told: I64, rivals: F64, batch: Batch) -> Found:
    """Where and when the events among the rows `told` were, those that claims hold and those that are alone."""
    every = some_claims(claims, np.flatnonzero(closed))
    stand = settle(scene, every, 0).claims if len(every.score) else every
    local = _places(told, len(scene.rows))
    mine = stand._replace(member=local[stand.member], inside=np.arange(len(told)), rivals=rivals[told])
    return locate(_part(batch, told).reports, mine)
