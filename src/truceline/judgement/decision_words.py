"""What people found, ruled, said and answered, in words: always with who and when, and whether it is in force."""

from collections.abc import Mapping
from datetime import tzinfo

from truceline.domain.report import ToldDecision
from truceline.judgement.words import listed, moment_of, plain, sentence, standard

KINDS = {
    "finding": "finding",
    "ruling": "ruling",
    "statement": "statement",
    "contact": "contact over the hotline",
    "reply": "answer to an advice",
    "release": "release",
}
AUDIENCES: Mapping[str, str] = {"public": "the public"}


def decision_words(told: ToldDecision, local: tzinfo) -> tuple[str, ...]:
    """A decision in sentences: what it says, of whom, by whom and when, and how far it stands."""
    said = [_head(told)]
    if told.party and told.kind in ("finding", "ruling"):
        said.append(f"party named: {told.party}")
    if told.reasons:
        said.append(f"{'in its words' if told.kind == 'statement' else 'reasons'}: {told.reasons}")
    if told.dissent:
        said.append(f"dissent: {told.dissent}")
    by = f" by {told.by}" if told.by else ""
    said.append(f"recorded{by}, {moment_of(told.at, local)}")
    said += [_standing(told, local), *_released(told)]
    return tuple(sentence(s) for s in said if s)


def _head(told: ToldDecision) -> str:
    about = f" on {told.about}" if told.about else ""
    head = f"{KINDS[told.kind]} {told.id}{about}"
    verdict = plain(told.verdict)
    if told.kind == "ruling":
        present = f", {told.present} present" if told.present is not None else ""
        return f"{head}, {told.body}{present}: {verdict}{_standard(told)}"
    if told.kind == "finding":
        return f"{head}: {verdict}{_standard(told)}"
    if told.kind == "statement":
        return f"{head} of {told.party}; recorded, never evidence"
    if told.kind == "contact":
        return f"{head}; reached: {told.party or 'no party'}; {told.verdict}"
    if told.kind == "reply":
        return f"{head}, {told.body}: {verdict}"
    return f"{head} to {audience_words(told.verdict)}"


def _standard(told: ToldDecision) -> str:
    return f", to the standard of {standard(told.standard)}" if told.standard else ""


def _standing(told: ToldDecision, local: tzinfo) -> str:
    if told.state == "awaiting":
        return "awaiting a second person; until one confirms it, it counts for nothing"
    who = f" by {told.confirmed_by}" if told.confirmed_by else ""
    when = f", {moment_of(told.confirmed_at, local)}" if told.confirmed_at is not None else ""
    if told.state == "refused":
        return f"refused{who}{when}; it counts for nothing"
    return f"confirmed{who}{when}; in force"


def _released(told: ToldDecision) -> list[str]:
    return [f"released to {listed([audience_words(a) for a in told.released_to])}"] if told.released_to else []


def audience_words(audience: str) -> str:
    """An audience as people call it."""
    return AUDIENCES.get(audience, plain(audience))
