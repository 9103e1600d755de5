"""Decisions as a report tells them: with names instead of ids, who and when, and to whom they were released."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from truceline.clock import Interval
from truceline.domain import decided
from truceline.domain.arrangement import Arrangement
from truceline.domain.indication import Indication
from truceline.domain.report import DecisionState, ToldDecision
from truceline.judgement.words import listed

Names = Mapping[str, str]


def names_of(arrangement: Arrangement) -> dict[str, str]:
    """Names of parties, actors and bodies by their id. Parties last: of one id, the party's name is meant."""
    names: dict[str, str] = {actor.id: actor.name for actor in arrangement.actors}
    names |= {body.id: body.name for body in arrangement.bodies}
    return names | {party.id: party.name for party in arrangement.parties}


def about(record: decided.Decided) -> str:
    """The id of what a decision is about."""
    match record:
        case decided.Finding():
            return record.indication
        case decided.Ruling():
            return record.finding
        case decided.Statement() | decided.Contact():
            return record.on
        case decided.Reply():
            return record.advice
        case decided.Release():
            return record.what


def topics(record: decided.Decided) -> tuple[str, ...]:
    """Ids by which a decision is found: what it is about, and the subject of a finding, which keeps its name."""
    subject = record.subject if isinstance(record, decided.Finding) else ""
    return tuple(id for id in (about(record), subject) if id)


def concerning(decisions: Sequence[decided.Held], ids: Iterable[str], period: Interval) -> list[decided.Held]:
    """What was recorded in `period`, and whatever concerns `ids` or another decision that does; in ledger order."""
    known = set(ids)
    found: dict[int, decided.Held] = {}
    grew = True
    while grew:  # a ruling may stand before its finding only in a broken ledger, but nothing here relies on it
        fresh = [
            held
            for held in decisions
            if held.entry not in found
            and (not known.isdisjoint(topics(held.record)) or period.start < held.record.at <= period.end)
        ]
        found |= {held.entry: held for held in fresh}
        known |= {held.record.id for held in fresh}
        grew = bool(fresh)
    return [found[entry] for entry in sorted(found)]


def told_decisions(
    decisions: Sequence[decided.Held], every: Sequence[decided.Held], names: Names
) -> tuple[ToldDecision, ...]:
    """`decisions` as they are told; `every` decision there is says what was released to whom."""
    released: dict[str, list[str]] = {}
    for held in every:
        if isinstance(held.record, decided.Release) and held.in_force:
            released.setdefault(held.record.what, []).append(held.record.to)
    return tuple(_told(held, tuple(sorted(set(released.get(held.record.id, ())))), names) for held in decisions)


def _told(held: decided.Held, released_to: tuple[str, ...], names: Names) -> ToldDecision:
    record = held.record
    state: DecisionState = "refused" if held.refused else "in_force" if held.in_force else "awaiting"
    said: dict[str, Any] = {
        "kind": "finding", "verdict": "", "party": "", "standard": "", "body": "", "present": None, "reasons": "",
        "dissent": "",
    }  # fmt: skip
    return ToldDecision(
        id=record.id,
        about=about(record),
        by=record.by,
        at=record.at,
        state=state,
        confirmed_by=held.confirmed_by or "",
        confirmed_at=held.confirmed_at,
        released_to=released_to,
        **said | _parts(record, names),
    )


def _parts(record: decided.Decided, names: Names) -> dict[str, Any]:
    """What one kind of decision says besides who, when and about what."""
    match record:
        case decided.Finding():
            return {
                "kind": "finding",
                "verdict": record.verdict,
                "party": names.get(record.party, record.party),
                "standard": record.standard,
                "reasons": record.reasons,
            }
        case decided.Ruling():
            return {
                "kind": "ruling",
                "verdict": record.verdict,
                "party": names.get(record.party, record.party),
                "standard": record.standard,
                "body": names.get(record.body, record.body),
                "present": record.present,
                "reasons": record.reasons,
                "dissent": record.dissent,
            }
        case decided.Statement():
            return {"kind": "statement", "party": names.get(record.party, record.party), "reasons": record.text}
        case decided.Contact():
            reached = listed([names.get(party, party) for party in record.parties])
            return {"kind": "contact", "party": reached, "verdict": record.outcome}
        case decided.Reply():
            body = names.get(record.body, record.body)
            return {"kind": "reply", "verdict": record.verdict, "body": body, "reasons": record.reasons}
        case decided.Release():
            return {"kind": "release", "verdict": record.to}


def decidable(indications: Iterable[Indication]) -> set[str]:
    """Ids under which decisions may speak of `indications`: of each also the one that it took the place of."""
    return {id for one in indications for id in (one.id, one.supersedes) if id}
