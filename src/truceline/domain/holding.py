"""Subjects besides fire: weapons or troops at a place, what a clause asks over a period, monitors hindered."""

from dataclasses import dataclass

from truceline.clock import Interval
from truceline.domain.ids import ClauseId, ObservationId, PartyId, ZoneId
from truceline.domain.incident import Support
from truceline.domain.place import Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Weapons, vehicles or troops at a place and time, as seen, counted or declared: one row of a source.

    `where` is None where the row names no position. `imposed` is nobody's: which party's they are follows from the
    control maps, or from `held_by` where the source says whose ground it is.
    """

    id: str
    version: int
    when: Interval
    where: Fix | None
    area: str
    phenomenon: str
    weapon: str
    weapon_model: str
    calibre_mm: float | None
    count_low: int
    count_high: int | None
    declared: int | None
    site: str
    held_by: PartyId | None
    p_exists: float
    support: tuple[Support, ...]
    tlp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstruction:
    """Monitors hindered: a restriction as a subject that clauses are asked about."""

    id: str
    version: int
    when: Interval
    where: Fix | None
    area: str
    kind: str
    imposed_by: str
    p_exists: float
    support: tuple[Support, ...]
    tlp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """What one clause asks in one zone (and of one party, where it binds one) over one period.

    `subjects` are the ids of what happened in it; `share_watched` how much of the period was watched, None if unknown.
    """

    id: str
    version: int
    clause: ClauseId
    party: PartyId | None
    zone: ZoneId | None
    when: Interval
    subjects: tuple[str, ...]
    share_watched: float | None
    p_exists: float
    support: tuple[Support, ...]
    tlp: str


Other = Holding | Obstruction | Undertaking


def observations_of(subject: Other) -> tuple[ObservationId, ...]:
    """The rows that it rests on."""
    return tuple(s.observation for s in subject.support)
