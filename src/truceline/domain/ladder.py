"""What falls due after what, by when, and who authorises it: rungs, their triggers and clocks, as data."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from truceline.domain.ids import BodyId, ClauseId, PartyId, RungId

RestsOn = Literal["indication", "finding", "ruling"]
Zero = Literal["event", "registered", "ruling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """When breaches are an extended attack: all of at least so many, over so long, along so much of the line."""

    at_least: int
    lasting: timedelta
    along_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """When a rung is reached by a series of breaches.

    `clauses` are the ones that count (none: all); `at_least` so many, and where `window` is given within so long;
    `after` a rung that must have been reached before; `continuing` asks for a breach later than so long after the
    first of the series; `extended` for an extended attack.
    """

    clauses: tuple[ClauseId, ...]
    at_least: int
    window: timedelta | None
    after: RungId | None
    continuing: timedelta | None
    extended: Extended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step. It rests on indications, findings or rulings of at least `standard`; with `by_party` only on those
    that name one party, each party's apart; of the `parties` named, or of all where none is.

    `zero` says which of the three times starts its clock; `within` None means that the text sets no deadline.
    """

    id: RungId
    title: str
    trigger: Trigger
    rests_on: RestsOn
    standard: str
    by_party: bool
    zero: Zero
    within: timedelta | None
    level: int
    action: str
    authorised_by: BodyId
    on_deadlock: str
    reference: str
    grade: str
    parties: tuple[PartyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rungs in their order. A series of breaches ends after `reset_after` of quiet (None: never)."""

    rungs: tuple[Rung, ...]
    reset_after: timedelta | None
    reference: str
    grade: str
