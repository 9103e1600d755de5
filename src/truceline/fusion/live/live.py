"""Incidents as they become known: observations are added in any order, and what that changes is handed back.

Nothing in here knows a clock or a thread. What has been added and settled is, to the bit, what `associate` finds among
the same observations in one go: the levels, blocks, densities and settlement are the same code.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Line, Prior, Regions
from truceline.domain.fused import Fused
from truceline.domain.ports import SensorModel
from truceline.fusion.associate import least_rate
from truceline.fusion.association.effort import EFFORTS
from truceline.fusion.association.found import Found, no_events
from truceline.fusion.association.levels import levels_of
from truceline.fusion.fuse import fuse
from truceline.fusion.intake.batch import Batch
from truceline.fusion.intake.draft import SECOND_US
from truceline.fusion.intake.plane import frame_for
from truceline.fusion.live.blocks import NONE
from truceline.fusion.live.changes import Change, tell
from truceline.fusion.live.events import PlaceOf
from truceline.fusion.live.intake import Intake, Refused
from truceline.fusion.live.rows import NEVER, Rows, edges_us, rebase
from truceline.fusion.live.settling import settle_again
from truceline.fusion.live.stage import AT_ONCE, Stage
from truceline.fusion.live.standing import stand
from truceline.fusion.live.telling import renew
from truceline.fusion.live.told import Told
from truceline.fusion.places.clouds import locate
from truceline.geo.frame import Frame
from truceline.physics.columns import I64, Reports

DAY_S = 86_400.0
NAMELESS = 1 << 40  # numbers from here on are of rows that name no sensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one call changed: versions of incidents, and rows that were not taken in.

    `worked` counts the rows of the blocks that were worked again; `waiting` the blocks that still have to be: until
    `settle`, or until their turn comes, what lies in them is as it was before.
    """

    incidents: tuple[Change, ...]
    refused: tuple[Refused, ...]
    worked: int
    waiting: int


class Live:
    """Observations so far and the incidents that they make.

    Parameters
    ----------
    frame : the plane; it must not move, so it is given (`fit_frame` of the line, see `frame_for`)
    models, regions, prior : as `fuse` takes them
    horizon_s : a row received later than this after what it tells of is refused
    effort : as `associate` takes it
    """

    def __init__(
        self,
        *,
        frame: Frame,
        models: Mapping[str, SensorModel],
        regions: Regions,
        prior: Prior,
        horizon_s: float = math.inf,
        effort: str = "fast",
    ) -> None:
        self.effort = effort
        self.epoch_s = math.inf
        self._intake = Intake(frame=frame, models=models, regions=regions, prior=prior, horizon_s=horizon_s)
        self._rows = Rows()
        self._told = Told(frame)
        self._stages: list[Stage] = []
        self._number_of: dict[str, int] = {}  # of rows that may turn out to repeat another
        self._sensors: dict[str, int] = {}
        self._removed = NONE
        self._credit = 0.0  # rows that may still be worked; less than none where a large block was

    def add(self, table: pa.Table, *, most_rows: int | None = None) -> Changes:
        """Take in rows of the interchange table and work what they touch.

        With `most_rows`, so many rows of blocks are worked a batch, on average: a block of more is paid for by the
        next batches. Blocks of the most new rows go first, and those that have waited longest; the others have their
        turn when more is added, or with `settle`.
        """
        taken = self._intake.take(table)
        new = self._admit(taken.batch)
        if len(new):
            self._insert(new)
        self._withdraw(taken.repeats)
        return self._work(most_rows, taken.refused)

    def settle(self) -> Changes:
        """Work everything that still waits."""
        return self._work(None, ())

    def found(self) -> Found:
        """All events, as `associate` finds them among the rows in the order of `make_batch`; waiting blocks are left.

        Costs as much as there are rows: for a table of all, not for every batch.
        """
        numbers = self._rows.in_order(np.flatnonzero(self._rows.active.values))
        if not len(numbers):
            return no_events()
        place_of = PlaceOf(numbers)
        claims = stand(self._stages[-1].chain, numbers).claims(self._rows, place_of, len(numbers))
        for stage in self._stages:
            for block in stage.blocks.values():
                at = place_of(block.worked)
                claims.rivals[at] = np.maximum(claims.rivals[at], block.rivals)
        table = self._rows.table(numbers)
        return locate(Reports(table.rows, table.arcs, table.rings), claims)

    def fused(self, coverage: pa.Table | None, line: Line | None, threads: int = 1) -> Fused:
        """All tables as `fuse` makes them of all rows that were taken in, engagements and silence included.

        Raises
        ------
        ValueError
            if the plane is not the one that `fuse` would work in.
        """
        read = self._intake
        rows = pa.concat_tables(read.tables, promote_options="default")
        if frame_for(rows, line, read.regions) != read.frame:
            raise ValueError("the plane that this was begun with is not the one of the line: begin anew with that one")
        return fuse(
            rows,
            coverage,
            models=read.models,
            line=line,
            regions=read.regions,
            prior=read.prior,
            threads=threads,
            effort=self.effort,
            found=self.found(),
        )

    def _admit(self, batch: Batch) -> I64:
        """Number new rows, their times counting from the first day that any row tells of."""
        if not len(batch.rows):
            return NONE
        rows = batch.rows.copy()
        if batch.epoch_s < self.epoch_s:
            self._begin(batch.epoch_s)
        rebase(rows, batch.epoch_s - self.epoch_s)
        names = np.array([self._sensors.setdefault(name, len(self._sensors)) for name in batch.sensors], dtype=np.int64)
        named = rows["sensor"] < len(names)
        rows["sensor"][named] = names[rows["sensor"][named]]
        rows["sensor"][~named] = NAMELESS + self._rows.pages.n + np.flatnonzero(~named)
        ids = batch.ids_of(np.arange(len(rows)))
        new = self._rows.extend(Reports(rows, batch.arcs, batch.rings), ids, batch.entry, batch.row)
        self._number_of.update((id, int(n)) for id, n in zip(ids, new, strict=True) if self._intake.may_repeat(id))
        self._told.grow(self._rows.pages.n)
        return new

    def _begin(self, epoch_s: float) -> None:
        """Let times count from an earlier day: everything is read and worked anew, as it rarely happens."""
        if self._stages:
            self._rows.rebase(self.epoch_s - epoch_s)
        self.epoch_s = epoch_s
        self._rebuild()

    def _rebuild(self) -> None:
        """Forget all that was found, not what was told, and have every block worked at the next opportunity."""
        active = np.flatnonzero(self._rows.active.values)
        levels = levels_of(self._rows.pages.circles_of(active))
        self._rows.level.values[active] = levels
        self._stages = []
        for number in sorted({0, *levels.tolist()}):
            below = self._stages[-1] if self._stages else None
            self._stages.append(Stage(self._rows, number, below, self.epoch_s, least_rate(self._intake.prior)))
        self._into_stages(active)
        for stage in self._stages:
            for block in stage.blocks.values():
                block.waits = AT_ONCE

    def _insert(self, new: I64) -> None:
        """Put rows where they belong; the first row of a coarser level has everything worked anew."""
        levels = levels_of(self._rows.pages.circles_of(new))
        self._rows.level.values[new] = levels
        if set(levels.tolist()) - {stage.number for stage in self._stages}:
            self._rebuild()
        else:
            self._into_stages(new)

    def _into_stages(self, new: I64) -> None:
        changed = NONE
        for stage in self._stages:
            mine = new[self._rows.level.values[new] <= stage.number]
            changed = np.concatenate([changed, mine, stage.insert(mine)])
            stage.touch(np.unique(changed))
        for stage in self._stages:
            stage.events.grow(self._rows.pages.n)

    def _withdraw(self, ids: Sequence[str]) -> None:
        """Leave out rows that have turned out to repeat others."""
        gone = np.array(sorted(self._number_of[id] for id in ids if id in self._number_of), dtype=np.int64)
        if not len(gone):
            return
        self._rows.active.values[gone] = False
        finest = bool((self._rows.level.values[gone] == 0).all())
        changed = [stage.remove(gone) for stage in self._stages] if finest else []
        for stage in self._stages:
            stage.touch(np.unique(np.concatenate([NONE, *changed])))
        on_first_day = edges_us(self._rows.table(gone).rows)[0].min() < DAY_S * SECOND_US
        if not finest or (on_first_day and self._first_day() != self.epoch_s):
            self._begin(self._first_day())
        self._removed = gone

    def _first_day(self) -> float:
        """What times would count from if all rows were read at once."""
        active = np.flatnonzero(self._rows.active.values)
        if not len(active):
            return self.epoch_s
        start_us, _ = edges_us(self._rows.table(active).rows)
        return self.epoch_s + int(start_us.min()) // (DAY_S * SECOND_US) * DAY_S

    def _work(self, most_rows: int | None, refused: Sequence[Refused]) -> Changes:
        removed, self._removed = self._removed, NONE
        worked, carried, fresh = 0, removed, [NONE]
        self._credit = math.inf if most_rows is None else min(self._credit, 0) + most_rows
        for stage in self._stages:
            if stage.below is not None:
                stage.touch(carried)
            seeds = [carried]
            for number, block in stage.turns():
                block.waits += 1
                if self._credit <= 0 and block.waits < AT_ONCE:
                    continue
                seeds.append(stage.work(number, EFFORTS[self.effort]))
                worked += len(block.worked)
                self._credit -= len(block.worked)
                fresh.append(self._not_told(block.worked, stage.number))
            seeds_here = np.unique(np.concatenate(seeds))
            carried = settle_again(stage, seeds_here) if len(seeds_here) else NONE
        told = self._tell(np.unique(np.concatenate([carried, *fresh])), removed) if self._stages else []
        waiting = sum(len(stage.waiting) for stage in self._stages)
        return Changes(incidents=tuple(told), refused=tuple(refused), worked=worked, waiting=waiting)

    def _not_told(self, rows: I64, level: int) -> I64:
        """Those of `rows` that are of this level and belong to no incident that was told."""
        new: I64 = rows[(self._rows.incident.values[rows] == NEVER) & (self._rows.level.values[rows] == level)]
        return new

    def _tell(self, concerned: I64, removed: I64) -> list[Change]:
        """What has become of the incidents that hold one of these rows."""
        concerned = concerned[self._rows.active.values[concerned]]
        standing = stand(self._stages[-1].chain, concerned)
        return tell(self._told, self._rows, renew(self._told, self._rows, standing, concerned), self.epoch_s, removed)
