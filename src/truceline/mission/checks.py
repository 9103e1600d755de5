"""What every kind of decision has to meet before it may enter the ledger."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from truceline.domain.arrangement import STANDARDS, Arrangement
from truceline.domain.decided import (
    ADVICE_REPLIES,
    FINDING_VERDICTS,
    RULING_VERDICTS,
    Contact,
    Decided,
    Finding,
    Held,
    Release,
    Reply,
    Ruling,
    Statement,
)
from truceline.domain.level import Body
from truceline.errors import MissionError, UnknownIdError, UsageError
from truceline.judgement.ladder import Known
from truceline.mission.advise import known_of, received_at, subjects_of
from truceline.mission_file import AUDIENCES
from truceline.reports.daily import Ready
from truceline.strict_yaml import suggestion
from truceline.views.fold import State

D = TypeVar("D", bound=Decided)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a record is checked against: the mission as the ledger has it, and as of when."""

    state: State
    ready: Ready
    now: datetime

    @property
    def arrangement(self) -> Arrangement:
        """The arrangement of the charter in force."""
        return self.ready.held.arrangement


def check(desk: Desk, record: Decided) -> Decided:
    """`record` as it may enter, with what the program adds to it. Raises UnknownIdError, UsageError, MissionError."""
    match record:
        case Finding():
            return _finding(desk, record)
        case Ruling():
            return _ruling(desk, record)
        case Statement():
            return _statement(desk, record)
        case Contact():
            return _contact(desk, record)
        case Reply():
            return _reply(desk, record)
        case Release():
            return _release(desk, record)


def decision(state: State, id: str) -> Held:
    """The decision called `id`. Raises UnknownIdError."""
    held = state.decision(id)
    if held is None:
        raise UnknownIdError(f"Nothing recorded is called '{id}'. `truceline record list` shows what there is.")
    return held


def _finding(desk: Desk, record: Finding) -> Finding:
    _one_of(record.verdict, FINDING_VERDICTS, "verdict")
    about = _indicated(desk, record.indication)
    if record.at < about.when.start:
        raise UsageError(f"{about.indication.subject} began after {record.at:%Y-%m-%d %H:%M} UTC, the time of --at.")
    _party(desk, record.party)
    _standard(record.standard, needed=record.verdict == "substantiated")
    if record.party and record.verdict != "substantiated":
        raise UsageError(f"A finding that is {record.verdict} names no party. Leave --party out.")
    _needed(record.reasons, "--reasons", "what was verified, how, and what was seen")
    one = about.indication
    return replace(
        record,
        indication=one.id,
        subject=one.subject,
        clause=one.clause,
        began=about.when.start,
        ended=about.when.end,
    )


def _indicated(desk: Desk, id: str) -> Known:
    """The indication called `id`, or the one about the subject called so."""
    every = known_of(desk.ready.held.derived, received_at(desk.ready.held.observations))
    found = [one for one in every if id in (one.indication.id, one.indication.subject)]
    if len(found) > 1:
        listed = ", ".join(f"{one.indication.id} (clause {one.indication.clause})" for one in found)
        raise UsageError(f"{id} stands under several clauses. Say which indication is meant: {listed}.")
    if not found:
        raise UnknownIdError(
            f"Nothing indicated now is called '{id}'. A late report may have superseded it: give the id of the "
            "engagement, incident or holding instead."
        )
    return found[0]


def _ruling(desk: Desk, record: Ruling) -> Ruling:
    _one_of(record.verdict, RULING_VERDICTS, "verdict")
    finding = _in_force(desk, record.finding, Finding, record.at)
    body = _body(desk, record.body)
    ruling = [one.id for one in desk.arrangement.bodies if one.rules]
    if ruling and body.id not in ruling:
        raise MissionError(f"{body.name} does not rule on breaches by this arrangement: {', '.join(ruling)} does.")
    _quorum(body, record.present)
    _party(desk, record.party)
    _standard(record.standard, needed=record.verdict == "violation")
    if record.verdict == "violation":
        if finding.verdict != "substantiated":
            raise MissionError(f"{finding.id} is {finding.verdict}: a violation needs a finding that is substantiated.")
        if STANDARDS.index(record.standard) > STANDARDS.index(finding.standard):
            raise MissionError(
                f"{finding.id} was found to the standard {finding.standard}; a ruling cannot be surer of it than that. "
                "Record another finding first, or rule to a lower standard."
            )
    elif record.party:
        raise UsageError(f"A ruling that says {record.verdict} names no party. Leave --party out.")
    if record.party not in ("", finding.party):
        raise MissionError(f"{finding.id} names {finding.party or 'no party'}. Record a finding that names the party.")
    _needed(record.reasons, "--reasons", "the body's reasons")
    return record


def _statement(desk: Desk, record: Statement) -> Statement:
    _needed(record.party, "--party", "whose statement it is")
    _party(desk, record.party)
    _known(desk, record.on)
    _needed(record.text, "--text", "what the party says")
    return record


def _contact(desk: Desk, record: Contact) -> Contact:
    if not record.parties or len(set(record.parties)) < len(record.parties):
        raise UsageError("Say which parties were reached, each once: --party, as often as needed.")
    for party in record.parties:
        _party(desk, party)
    if record.on:
        _known(desk, record.on)
    _needed(record.outcome, "--outcome", "what came of the call")
    return record


def _reply(desk: Desk, record: Reply) -> Reply:
    _one_of(record.verdict, ADVICE_REPLIES, "verdict")
    advised = desk.ready.held.advice_at(desk.now)
    advice = next((one for one in advised if one.id == record.advice), None)
    if advice is None:
        raise UnknownIdError(f"There is no advice called '{record.advice}' now. `truceline advice` lists them.")
    if advice.state == "not_reached":
        raise MissionError(f"{advice.id}: the rung '{advice.title}' is not reached. There is nothing to reply to.")
    body = _body(desk, record.body)
    if body.id != advice.authorised_by:
        raise MissionError(f"{advice.id} is for {advice.authorised_by} to answer, not for {body.id}.")
    _needed(record.reasons, "--reasons", "the body's reasons")
    return record


def _release(desk: Desk, record: Release) -> Release:
    held = decision(desk.state, record.what)
    if not isinstance(held.record, Finding | Ruling):
        raise UsageError(f"{record.what} is no finding and no ruling: only these are released.")
    _in_force(desk, record.what, type(held.record), record.at)
    _one_of(record.to, AUDIENCES, "audience")
    return record


def _one_of(word: str, known: tuple[str, ...], what: str) -> None:
    if word not in known:
        raise UsageError(f"'{word}' is no {what} here. {suggestion(word, known)}")


def _needed(text: str, option: str, what: str) -> None:
    if not text:
        raise UsageError(f"Say {what}: {option}.")


def _party(desk: Desk, party: str) -> None:
    known = [p.id for p in desk.arrangement.parties]
    if party and party not in known:
        raise UsageError(f"'{party}' is no party of the arrangement. {suggestion(party, known)}")


def _standard(standard: str, *, needed: bool) -> None:
    if standard or needed:
        _one_of(standard, STANDARDS, "standard of proof")


def _body(desk: Desk, id: str) -> Body:
    bodies = desk.arrangement.bodies
    found = next((body for body in bodies if body.id == id), None)
    if found is None:
        raise UsageError(f"'{id}' is no body of the arrangement. {suggestion(id, [b.id for b in bodies])}")
    return found


def _quorum(body: Body, present: int) -> None:
    if body.quorum is not None and present < body.quorum:
        raise MissionError(
            f"{body.name} decides with {body.quorum} present; {present} were. Without a quorum there is no ruling."
        )
    if present < 1 or (body.members and present > len(body.members)):
        most = f" to {len(body.members)}" if body.members else ""
        raise UsageError(f"--present: {body.name} can have from 1{most} present, not {present}.")


def _in_force(desk: Desk, id: str, kind: type[D], at: datetime) -> D:
    held = decision(desk.state, id)
    if not isinstance(held.record, kind):
        raise UsageError(f"{id} is a {type(held.record).__name__.casefold()}, not a {kind.__name__.casefold()}.")
    if not held.in_force:
        why = "was refused" if held.refused else "awaits a second person (truceline record confirm)"
        raise MissionError(f"{id} is not in force: it {why}.")
    if held.confirmed_at is None or held.confirmed_at > at:
        raise UsageError(f"{id} was confirmed after {at:%Y-%m-%d %H:%M} UTC: nothing can follow from it before that.")
    return held.record


def _known(desk: Desk, id: str) -> None:
    """That something derived, indicated or decided is called `id`."""
    derived = desk.ready.held.derived
    if id in subjects_of(derived) or any(one.id == id for one in derived.indications) or desk.state.decision(id):
        return
    raise UnknownIdError(f"Nothing here is called '{id}'. Ids are in the report and in `truceline explain`.")
