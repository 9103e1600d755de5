"""Advice: what the software says about a rung. It times and explains; people decide and sign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from truceline.domain.ids import BodyId, PartyId, RungId
from truceline.domain.indication import Element
from truceline.domain.level import Standing

AdviceState = Literal["not_reached", "running", "expired", "no_deadline", "answered", "reset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One rung against one series of breaches, at one moment.

    `party` is whose breaches they are, None where the rung does not ask; `rests_on` the indications, findings or
    rulings; `tests` each condition of the trigger with its reason (p is 1 or 0); `standing` who holds the level that
    moment, None where the arrangement has no such level; `reply` what the authorising body did, "" for nothing yet.
    """

    id: str
    rung: RungId
    title: str
    state: AdviceState
    party: PartyId | None
    subjects: tuple[str, ...]
    rests_on: tuple[str, ...]
    tests: tuple[Element, ...]
    zero_at: datetime | None
    due_at: datetime | None
    at: datetime
    level: int
    level_name: str
    standing: Standing | None
    action: str
    authorised_by: BodyId
    on_deadlock: str
    reply: str
    unmonitored: tuple[str, ...]  # clauses that nobody deployed can watch, as of then
    reference: str
    grade: str
