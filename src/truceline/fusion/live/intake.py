"""What is taken in of a small batch: nothing twice, nothing too late, nothing that repeats another."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Prior, Regions
from truceline.domain.ids import observation_id
from truceline.domain.observation import RECORD_KINDS
from truceline.domain.ports import SensorModel
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.fusion.intake.chosen import OBSERVATION
from truceline.fusion.intake.draft import SECOND_US
from truceline.fusion.intake.fields import column, stated, texts, whole, words
from truceline.geo.arrays import I64
from truceline.geo.frame import Frame

REASONS = ("no_id", "again", "late")  # without an id of its own; its id is here already; received after the horizon


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that was not taken in: its place in the table, its id and why, one of `REASONS`."""

    place: int
    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taken:
    """Of a table: single observations to weigh, ids that have turned out to repeat others, and what was refused."""

    batch: Batch
    repeats: tuple[str, ...]
    refused: tuple[Refused, ...]


class Intake:
    """What has come so far: ids, sources, what rows say they derive from, and the rows themselves as they came."""

    def __init__(
        self, *, frame: Frame, models: Mapping[str, SensorModel], regions: Regions, prior: Prior, horizon_s: float
    ) -> None:
        self.frame, self.models, self.regions, self.prior = frame, models, regions, prior
        self.horizon_us = horizon_s * SECOND_US
        self.tables: list[pa.Table] = []
        self._newest_us: int | None = None
        self._ids: set[str] = set()
        self._sources: set[str] = set()
        self._origins: dict[str, tuple[str, tuple[str, ...]]] = {}  # of rows that name some: their source, and which
        self._named_by: dict[str, list[str]] = {}
        self._repeats: set[str] = set()

    def may_repeat(self, id: str) -> bool:
        """Whether a row says what it derives from."""
        return id in self._origins

    def take(self, table: pa.Table) -> Taken:
        """Take in the observations of a table; what is none is not looked at."""
        at = _observations(table)
        if len(at) < table.num_rows:
            table = table.take(pa.array(at))
        own, sources = texts(table, "id").to_pylist(), texts(table, "source").to_pylist()
        ids: list[str] = [observation_id(source, id) for source, id in zip(sources, own, strict=True)]
        reasons = self._reasons(table, ids, own)
        refused = [Refused(place=int(at[k]), id=ids[k], reason=why) for k, why in enumerate(reasons) if why]
        if refused:
            kept = [k for k, why in enumerate(reasons) if not why]
            table = table.take(pa.array(kept, pa.int64()))
            ids, sources = [ids[k] for k in kept], [sources[k] for k in kept]
        repeats = self._find_repeats(table, ids, sources)
        self.tables.append(table)
        if not repeats.isdisjoint(ids):
            table = table.filter(pa.array([id not in repeats for id in ids]))
        batch, _, _ = make_batch(table, frame=self.frame, models=self.models, regions=self.regions, prior=self.prior)
        return Taken(batch=batch, repeats=tuple(sorted(repeats - set(ids))), refused=tuple(refused))

    def _reasons(self, table: pa.Table, ids: list[str], own: list[str]) -> list[str]:
        """Why each row is refused, "" for those that are not; the ids of these are known from now on."""
        reasons = []
        for id, named, after in zip(ids, own, self._late(table), strict=True):
            reason = "no_id" if not named else "again" if id in self._ids else "late" if after else ""
            if not reason:
                self._ids.add(id)
            reasons.append(reason)
        return reasons

    def _late(self, table: pa.Table) -> list[bool]:
        """Which rows were received later after what they tell of than the horizon allows.

        A row that does not say when it was received came with the newest that does.
        """
        if math.isinf(self.horizon_us):
            return [False] * table.num_rows
        received = whole(table, "received_at", -1)
        told = stated(table, "received_at")
        if told.any():
            self._newest_us = max(self._newest_us or 0, int(received[told].max()))
        if self._newest_us is None:
            return [False] * table.num_rows
        received[~told] = self._newest_us
        ended = np.where(stated(table, "time"), whole(table, "time"), whole(table, "time_end"))
        timed = stated(table, "time") | stated(table, "time_end")
        late: list[bool] = (timed & (received - ended > self.horizon_us)).tolist()
        return late

    def _find_repeats(self, table: pa.Table, ids: list[str], sources: list[str]) -> set[str]:
        """Ids, old and new, that are now known to repeat another row or source (see `domain.repeat`)."""
        new = set(sources) - self._sources
        self._sources |= new
        asked = {own for source in new for own in self._named_by.get(source, ())}
        origins = column(table, "derived_from")
        if origins is not None:
            for id, source, names in zip(ids, sources, origins.to_pylist(), strict=True):
                if names:
                    self._origins[id] = (source, tuple(names))
                    asked.add(id)
                    for name in names:
                        self._named_by.setdefault(name, []).append(id)
        if self._named_by:
            asked |= {own for id in ids for own in self._named_by.get(id, ())}
        found = {id for id in asked if id not in self._repeats and self._is_repeat(id)}
        self._repeats |= found
        return found

    def _is_repeat(self, own: str) -> bool:
        source, origins = self._origins[own]
        for origin in origins:
            mutual = own < origin and own in self._origins.get(origin, ("", ()))[1]
            if (origin in self._sources and origin != source) or (origin in self._ids and origin != own and not mutual):
                return True
        return False


def _observations(table: pa.Table) -> I64:
    """Which rows are observations."""
    given = column(table, "record_kind")
    if given is None or set(given.to_pylist()) <= {None, "", OBSERVATION}:
        return np.arange(table.num_rows)
    kinds = words(table, "record_kind", RECORD_KINDS, nothing=OBSERVATION)
    return np.flatnonzero(kinds == RECORD_KINDS.index(OBSERVATION))
