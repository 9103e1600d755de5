"""One level of observations, live: its blocks, the density of events around its rows, and the events that stand."""

from array import array

import numpy as np

from truceline.fusion.association.blocks import run_block, touching
from truceline.fusion.association.claims import no_claims
from truceline.fusion.association.effort import Effort
from truceline.fusion.association.levels import LEVELS, blocks_within, span_of
from truceline.fusion.association.rates import cells_of, rates
from truceline.fusion.association.reach import EARLIEST, LATEST
from truceline.fusion.live.blocks import NONE, Block
from truceline.fusion.live.events import ALONE, BELOW, Events, PlaceOf
from truceline.fusion.live.rows import Rows
from truceline.fusion.live.standing import stand
from truceline.physics.columns import F64, I64

AT_ONCE = 1 << 40  # a block that waits so long is worked whatever it costs


class Stage:
    """Level `number` of all `rows`, above the stage `below` (None for the finest); times count from `epoch_s`."""

    def __init__(self, rows: Rows, number: int, below: "Stage | None", epoch_s: float, least: float) -> None:
        self.rows, self.number, self.below, self.epoch_s, self.least = rows, number, below, epoch_s, least
        self.level = LEVELS[number]
        self.blocks: dict[int, Block] = {}
        self.waiting: set[int] = set()
        self.events = Events(BELOW if below else ALONE)
        self.own = NONE  # rows of this very level, where there is a finer one
        self._counts: dict[int, int] = {}
        self._cells: dict[int, array[int]] = {}

    def insert(self, numbers: I64) -> I64:
        """Take in rows of this level or a finer one; the rows around which events are now denser or thinner."""
        circles = self.rows.pages.circles_of(numbers)
        own = self.rows.level.values[numbers] == self.number
        self.events.grow(self.rows.pages.n)
        if self.below is None:
            for number, which in self._overlapping(circles):
                self.blocks.setdefault(number, Block()).new.append(numbers[which])
        else:
            self.own = np.concatenate([self.own, numbers[own]])
        for number in blocks_within(self.level, self.epoch_s, circles[own, EARLIEST], circles[own, LATEST]).tolist():
            self.blocks.setdefault(number, Block()).opened = True
        if self.below is not None:
            self._gather(numbers, circles)
        return self._count(numbers, circles, 1)

    def remove(self, numbers: I64) -> I64:
        """Forget rows of the finest level; the rows around which events are now thinner."""
        circles = self.rows.pages.circles_of(numbers)
        for number, block in self.blocks_of(circles):
            block.remove(numbers)
            if self.below is None:
                c = self.rows.pages.circles_of(block.everybody())
                block.opened = number in blocks_within(self.level, self.epoch_s, c[:, EARLIEST], c[:, LATEST])
            block.waits = AT_ONCE
            self.waiting.add(number)
        return self._count(numbers, circles, -1)

    def touch(self, numbers: I64) -> None:
        """Something about these rows has changed: the blocks that they are in have to be worked again."""
        for number, block in self.blocks_of(self.rows.pages.circles_of(numbers)):
            if number in self.waiting or not block.opened:
                continue
            if self.below is None or np.isin(numbers, block.everybody()).any():
                self.waiting.add(number)

    def blocks_of(self, circles: F64) -> list[tuple[int, Block]]:
        """The blocks within whose margin rows with these circles lie, with their numbers."""
        return [(n, self.blocks[n]) for n, _ in self._overlapping(circles) if n in self.blocks]

    def turns(self) -> list[tuple[int, Block]]:
        """The blocks to be worked again, with their numbers: those of most new rows that have waited longest first."""
        waiting = [(n, self.blocks[n]) for n in self.waiting]
        return sorted(waiting, key=lambda one: (-(one[1].n_new + 1) * (one[1].waits + 1), -one[0]))

    @property
    def chain(self) -> tuple[Events, ...]:
        """The events of this level and of all finer ones, whose word counts where this one has none."""
        return (self.events, *(self.below.chain if self.below else ()))

    def between(self, start_s: float, end_s: float) -> I64:
        """All rows of this level and finer ones that may have their origin in a span of time."""
        if self.below is not None:
            rows = np.concatenate([self.below.between(start_s, end_s), self.own])
        else:
            reach = self.level.block_s
            spans = ((span_of(self.level, self.epoch_s, n), block) for n, block in self.blocks.items())
            near = [b.everybody() for (a, e), b in spans if a - reach <= end_s and e + reach >= start_s]
            rows = np.unique(np.concatenate([NONE, *near]))
        c = self.rows.pages.circles_of(rows)
        return rows[(c[:, LATEST] >= start_s) & (c[:, EARLIEST] <= end_s)]

    def work(self, number: int, effort: Effort) -> I64:
        """Work a block again; the rows of what is claimed otherwise than before."""
        block = self.blocks[number]
        self.waiting.discard(number)
        if not block.opened:
            return block.found(block.everybody(), no_claims(len(block.everybody())))
        inside = self.rows.merged(block.rows, np.concatenate([NONE, *block.new]))
        own = self.rows.level.values[inside] == self.number
        start, end = span_of(self.level, self.epoch_s, number)
        if self.below is None:
            every, before = inside, no_claims(len(inside))
        else:
            standing = stand(self.below.chain, inside)
            every = self.rows.in_order(np.union1d(inside, standing.rows))
            before = standing.claims(self.rows, PlaceOf(every), len(every))
        at = np.arange(len(inside)) if self.below is None else PlaceOf(every)(inside)
        claims = run_block(self.rows.table(every), at, own, before, start, end, effort)
        return block.found(inside, claims._replace(member=every[claims.member], inside=NONE))

    def _overlapping(self, circles: F64) -> list[tuple[int, I64]]:
        """Numbers of blocks, and which of the rows lie within the margin of each."""
        margin = self.level.margin_s
        order = np.argsort(circles[:, EARLIEST], kind="stable")
        earliest, latest = circles[order, EARLIEST], circles[order, LATEST]
        widest = float((latest - earliest).max(initial=0.0))
        found = []
        for number in blocks_within(self.level, self.epoch_s, earliest - margin, latest + margin).tolist():
            start, end = span_of(self.level, self.epoch_s, number)
            low = int(np.searchsorted(earliest, start - margin - widest))
            high = int(np.searchsorted(earliest, end + margin, side="right"))
            near = order[low:high][latest[low:high] >= start - margin]
            if len(near):
                found.append((number, near))
        return found

    def _gather(self, numbers: I64, circles: F64) -> None:
        """Let the blocks of a coarser level hold their own rows and those of finer ones that touch one of them."""
        for number, which in self._overlapping(circles):
            block = self.blocks.get(number)
            if block is None or not block.opened:
                continue
            start, end = (edge + sign * self.level.margin_s for edge, sign in zip(
                span_of(self.level, self.epoch_s, number), (-1.0, 1.0), strict=True))  # fmt: skip
            if (self.rows.level.values[numbers[which]] == self.number).any():
                near = self.between(start, end)
            else:
                own = self.own[self._meets(self.own, start, end)]
                near = np.concatenate([own, numbers[which][self.rows.active.values[numbers[which]]]])
            mine = self.rows.level.values[near] == self.number
            kept = near[touching(self.rows.pages.circles_of(near), mine)] if not mine.all() else near
            fresh = np.setdiff1d(kept, block.everybody())
            if len(fresh):
                block.new.append(fresh)
                self.waiting.add(number)

    def _meets(self, rows: I64, start_s: float, end_s: float) -> I64:
        c = self.rows.pages.circles_of(rows)
        return np.flatnonzero((c[:, LATEST] >= start_s) & (c[:, EARLIEST] <= end_s))

    def _count(self, numbers: I64, circles: F64, sign: int) -> I64:
        """Count rows in their cells; the rows of this level whose rate changed."""
        key, doublings = cells_of(circles, self.level)
        own = self.rows.level.values[numbers] == self.number
        cells: dict[int, int] = {}
        for n, k, d, mine in zip(numbers.tolist(), key.tolist(), doublings.tolist(), own.tolist(), strict=True):
            self._counts[k] = self._counts.get(k, 0) + sign
            cells[k] = d
            if mine and sign > 0:
                self._cells.setdefault(k, array("q")).append(n)
            elif mine:
                self._cells[k].remove(n)
        asked = [(k, d) for k, d in cells.items() if self._cells.get(k)]
        count = np.array([self._counts[k] for k, _ in asked], dtype=np.int64)
        values = rates(count, np.array([d for _, d in asked], dtype=np.int64), self.level, self.least)
        rate, found = self.rows.rate.values, [NONE]
        for (k, _), value in zip(asked, values.tolist(), strict=True):
            rows = np.array(self._cells[k], dtype=np.int64)
            rows = rows[rate[rows] != value]
            rate[rows] = value
            found.append(rows)
        return np.concatenate(found)
