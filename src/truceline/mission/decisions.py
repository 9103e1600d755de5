"""Decisions: what people found, ruled, said and decided, checked before any of it enters the ledger."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from truceline.domain.decided import Confirmation, Contact, Decided, Finding, Release, Reply, Ruling, Statement
from truceline.domain.ids import derived_id
from truceline.errors import MissionError, UsageError
from truceline.mission.checks import Desk, check, decision
from truceline.mission.folder import Mission
from truceline.mission.intake import charter_files
from truceline.mission.publish import derive
from truceline.mission_file import MISSION, Person
from truceline.strict_yaml import suggestion
from truceline.views.fold import State, same_person

PREFIX: Mapping[type[Any], str] = MappingProxyType(
    {Finding: "F", Ruling: "R", Statement: "S", Contact: "C", Reply: "P", Release: "L"}
)
NEEDS: Mapping[type[Any], str] = MappingProxyType(  # the right that entering a record asks for
    {Finding: "find", Ruling: "rule", Reply: "rule", Release: "rule", Statement: "speak", Contact: "speak"}
)

UNNAMED = ("id", "indication", "began", "ended")


def enter(mission: Mission, record: Decided) -> int:
    """Check `record` and append it to the ledger, its id given by its content; the index of its entry.

    It counts for nothing until `confirm` by somebody else.

    Raises
    ------
    UnknownIdError
        if what it is about is not there.
    UsageError
        if a word of it is none of those that may stand there.
    MissionError
        if its author may not enter it, or the arrangement or what is in force does not allow it.
    """
    with mission.at_work():
        now = mission.clock()
        if record.at.tzinfo is None or record.at > now:
            raise UsageError(f"A decision is not recorded for a time to come: {record.at.isoformat()}.")
        state = _state(mission, record.by, NEEDS[type(record)])
        _not_before(state, now)
        desk = Desk(state=state, ready=derive(mission, state)[0], now=now)
        whole = _named(check(desk, _tidy(record)))
        if earlier := state.decision(whole.id):
            raise MissionError(f"This is recorded already: {whole.id}, ledger entry {earlier.entry}. Nothing was done.")
        return mission.ledger.append([whole]).start


def confirm(mission: Mission, id: str, by: str, accepts: bool, reasons: str) -> int:
    """Confirm the decision called `id`, or refuse it (`accepts` False); the index of the entry.

    Raises
    ------
    UnknownIdError
        if no decision is called so.
    MissionError
        if `by` may not, is its author, or it was confirmed or refused before.
    """
    with mission.at_work():
        now = mission.clock()
        state = _state(mission, by, "confirm")
        held = decision(state, id)
        if same_person(held.record.by, by):
            raise MissionError(f"{by} recorded {id}: a second person has to look at it. Ask {_others(mission, by)}.")
        if held.confirmed_by is not None:
            done = "refused" if held.refused else "confirmed"
            raise MissionError(f"{id} was {done} by {held.confirmed_by} before. That stands; nothing was done.")
        _not_before(state, now)
        if held.record.at > now:
            raise UsageError(f"{id} was recorded for {held.record.at:%Y-%m-%d %H:%M} UTC, after the clock of --at.")
        if not accepts and not reasons.strip():
            raise UsageError("Who refuses says why: give --reasons.")
        record = Confirmation(what=id, accepts=accepts, reasons=_one_line(reasons), by=by, at=now)
        return mission.ledger.append([record]).start


def _not_before(state: State, now: datetime) -> None:
    """Raises UsageError for a time before the newest batch came in: who decides now knew of it."""
    newest = max(
        [one.received_at for _, one in state.submissions] + [charter.adopted_at for _, charter in state.charters]
    )
    if now < newest:
        raise UsageError(
            f"The ledger took in a batch on {newest:%Y-%m-%d %H:%M:%S} UTC; nothing is decided before that. "
            "Leave --at out, or give a later one."
        )


def _state(mission: Mission, by: str, right: str) -> State:
    """The state, once `by` is known to have `right` under the settings that the ledger has adopted."""
    people = mission.bundle.mission.people
    if not people:
        raise MissionError(
            f"{MISSION} lists nobody who may record anything. Add, for instance:\n"
            "people:\n  - {name: First Person, may: [find, speak]}\n  - {name: Second Person, may: [rule, confirm]}"
        )
    person = _person(people, by)
    if right not in person.may:
        able = [p.name for p in people if right in p.may]
        raise MissionError(f"{by} may not {right} by {MISSION}. Those who may: {', '.join(able) or 'nobody; add one'}.")
    state = mission.state()
    if state.charter is None or charter_files(mission, state.charter) != mission.files:
        raise MissionError(
            f"The ledger has not adopted the settings that are in {mission.folder} now. Run `truceline run --once "
            f"{mission.folder}` first: then it says for all to see who may record what."
        )
    return state


def _person(people: tuple[Person, ...], by: str) -> Person:
    found = next((person for person in people if person.name == by), None)
    if found is None:
        raise MissionError(f"{MISSION} lists no '{by}' under people. {suggestion(by, [p.name for p in people])}")
    return found


def _others(mission: Mission, by: str) -> str:
    able = [p.name for p in mission.bundle.mission.people if "confirm" in p.may and not same_person(p.name, by)]
    return " or ".join(able) or f"somebody whom {MISSION} lets confirm; it lists nobody else"


def _tidy(record: Decided) -> Decided:
    """`record` with its texts on one line each, as they are compared and named."""
    values: dict[str, Any] = {f.name: getattr(record, f.name) for f in fields(record)}
    texts: dict[str, Any] = {name: _one_line(text) for name, text in values.items() if isinstance(text, str)}
    return replace(record, **texts)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _named(record: Decided) -> Decided:
    """`record` under the id that its content gives it.

    A finding goes by its subject and clause: its indication's id and times move with the last digit of a computation.
    """
    said = repr([(f.name, getattr(record, f.name)) for f in fields(record) if f.name not in UNNAMED])
    return replace(record, id=derived_id(PREFIX[type(record)], said))
