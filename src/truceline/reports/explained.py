"""One id explained downwards: what it is, what it rests on, and each observation's share, as text and as data."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from truceline.domain.incident import Engagement, Link, Subject
from truceline.domain.indication import Element, Indication
from truceline.errors import UnknownIdError
from truceline.judgement.explain import (
    engagement_words,
    incident_words,
    indication_words,
    link_words,
    observation_words,
)
from truceline.judgement.words import area_90, between, chainage, chance, offset, percent, plain, side
from truceline.reports.daily import Ready

Lines = list[tuple[int, str]]  # indent, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """`lines` are (indent, text) for people; `data` is the record for machines."""

    id: str
    kind: str
    lines: tuple[tuple[int, str], ...]
    data: dict[str, Any]


def explain(ready: Ready, id: str) -> Explained:
    """Explain an engagement, incident, indication or observation. Raises UnknownIdError, saying what ids there are."""
    derived = ready.held.derived
    tables: tuple[tuple[str, Any, Callable[[Ready, Any], Lines]], ...] = (
        ("engagement", derived.engagements, _subject),
        ("incident", derived.incidents, _subject),
        ("indication", derived.indications, _indication),
        ("observation", ready.observed.values(), _observation),
    )
    for kind, records, tell in tables:
        for record in records:
            if record.id == id:
                return Explained(id=id, kind=kind, lines=tuple(tell(ready, record)), data=asdict(record))
    raise UnknownIdError(
        f"Nothing here is called '{id}'. Engagements begin with E-, incidents with I-, indications with N-; an "
        f"observation is <source>:<id>, for instance {next(iter(ready.observed), 'smm:26')}."
    )


def _subject(ready: Ready, subject: Subject) -> Lines:
    local = ZoneInfo(ready.held.arrangement.timezone)
    if isinstance(subject, Engagement):
        kind, words = "Engagement", engagement_words(subject, ready.observed, ready.held.derived.links, local)
    else:
        kind, words = "Incident", incident_words(subject, ready.observed, local)
    lines: Lines = [(0, f"{kind} {subject.id}, version {subject.version}"), *((1, w) for w in words)]
    lines += _where(ready, subject)
    lines.append((1, "Each observation's share:"))
    lines += [
        (2, f"{s.observation}: belongs with {percent(s.p_member)}; place and time moved that by {s.llr_nats:+.1f} nats")
        for s in subject.support
    ]
    for indication in ready.held.derived.indications:
        if indication.subject == subject.id:
            lines += [(indent + 1, text) for indent, text in _indication(ready, indication)]
    lines.append((1, "Whose fire it was is not examined here: where something fell is not who fired it."))
    return lines


def _where(ready: Ready, subject: Subject) -> Lines:
    line = ready.held.arrangement.lines[0]
    left, right = (ready.held.arrangement.party(p).side for p in (line.left, line.right))
    lines: Lines = [(1, f"That it happened: {chance(subject.p_exists)}.")]
    if subject.along is not None:
        lines.append((1, f"Place: {chainage(subject.along)}, {offset(subject.along, left, right)}."))
        lines.append(
            (
                1,
                f"Side of the line ({line.name} of {subject.along.line_since}): "
                f"{side(subject.p_side_left, left, right)}.",
            )
        )
    lines.append((1, f"90 % area: {area_90(subject.where)}."))
    return lines


def _indication(ready: Ready, indication: Indication) -> Lines:
    title = next(c.title for c in ready.held.arrangement.clauses if c.id == indication.clause)
    lines: Lines = [(0, f"Indication {indication.id} on {indication.subject}: {indication_words(indication, title)}")]
    if indication.supersedes:
        lines.append((1, f"Supersedes {indication.supersedes}."))
    for element in indication.assessment.elements:
        lines += _element(element, 1)
    lines.append((1, "An indication is computed. People verify and find; the agreed body rules."))
    return lines


def _element(element: Element, indent: int) -> Lines:
    bounds = between(element.p_low, element.p_high)
    lines: Lines = [(indent, f"{element.name}: {bounds} - {element.because} [{element.reference}]")]
    for child in element.children:
        lines += _element(child, indent + 1)
    return lines


def _observation(ready: Ready, one: Any) -> Lines:
    lines: Lines = [
        (0, f"Observation {observation_words(one)}"),
        (1, f"Perceived: {plain(one.means)}; graded {one.grade}; ledger {one.entry} (entry/row)."),
    ]
    if one.text:
        lines.append((1, f"As received: {one.text}"))
    if one.subject:
        lines.append((1, f"Belongs to {one.subject}: {chance(one.p_member)}."))
    else:
        lines.append((1, "Belongs to no incident or engagement: it names no place or time that could be fused."))
    for link in _links_of(ready, one.id):
        other = link.b if link.a == one.id else link.a
        can = "can be" if link.verdict == "can_be_same_fire" else "cannot be"
        p = f" ({chance(link.p_same_fire)})" if link.verdict == "can_be_same_fire" else ""
        lines.append((1, f"{can.capitalize()} the same fire as {other}{p}:"))
        lines += [(2, words) for words in link_words(link, ready.observed)]
    return lines


def _links_of(ready: Ready, id: str) -> list[Link]:
    return [k for k in ready.held.derived.links if id in (k.a, k.b)]
