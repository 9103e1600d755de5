"""Each kind of record as indented lines: what it is, in the words that reports use."""

from zoneinfo import ZoneInfo

from truceline.domain import decided
from truceline.domain.advice import Advice
from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.incident import Engagement, Link, Subject
from truceline.domain.indication import Element, Indication
from truceline.domain.report import ReportedObservation
from truceline.judgement.advice_words import advice_words
from truceline.judgement.decision_words import decision_words
from truceline.judgement.explain import (
    engagement_words,
    incident_words,
    indication_words,
    link_words,
    observation_words,
)
from truceline.judgement.holding_words import other_words
from truceline.judgement.origin_words import NOT_SIDE, origin_words
from truceline.judgement.words import (
    area_90,
    between,
    chainage,
    chance,
    moment_of,
    offset,
    percent,
    plain,
    sentence,
    side,
)
from truceline.reports.daily import Ready
from truceline.reports.decisions import names_of, told_decisions
from truceline.reports.explained.chain import Chain, Node, Supported
from truceline.reports.others import origins_of

Lines = list[tuple[int, str]]  # indent, text


def record_lines(chain: Chain, node: Node) -> Lines:
    """What `node` is, head line first."""
    record = node.record
    match record:
        case ReportedObservation():
            return _observation(chain, record)
        case Indication():
            return indication_lines(chain.ready, record)
        case Advice():
            return _advice(chain, record)
        case decided.Held():
            return _decision(chain, record)
        case _:
            return _subject(chain, record)


def _subject(chain: Chain, subject: Supported) -> Lines:
    ready = chain.ready
    kind = chain.nodes[subject.id].kind.capitalize()
    lines: Lines = [(0, f"{kind} {subject.id}, version {subject.version}")]
    if isinstance(subject, Holding | Obstruction | Undertaking):
        lines += [(1, w) for w in _other(ready, subject)]
    else:
        lines += [(1, w) for w in _fire(ready, subject)]
        lines += _where(ready, subject)
    lines.append((1, "Each observation's share:"))
    lines += [(2, share_words(chain, s.observation, subject.id)) for s in subject.support]
    lines += _origin(ready, subject.id)
    for indication in ready.held.derived.indications:
        if indication.subject == subject.id:
            lines += [(indent + 1, text) for indent, text in indication_lines(ready, indication, with_origin=False)]
    return lines


def _fire(ready: Ready, subject: Subject) -> tuple[str, ...]:
    local = ZoneInfo(ready.held.arrangement.timezone)
    if isinstance(subject, Engagement):
        return engagement_words(subject, ready.observed, ready.held.derived.links, local)
    return incident_words(subject, ready.observed, local)


def _other(ready: Ready, subject: Holding | Obstruction | Undertaking) -> tuple[str, ...]:
    arrangement = ready.held.arrangement
    names = {zone.id: zone.name for zone in arrangement.zones} | names_of(arrangement)
    places = [(p.name, p.lon_deg, p.lat_deg) for p in arrangement.landmarks]
    return other_words(subject, names, places, ZoneInfo(arrangement.timezone))


def _where(ready: Ready, subject: Subject) -> Lines:
    line = ready.held.arrangement.lines[0]
    left, right = (ready.held.arrangement.party(p).side for p in (line.left, line.right))
    lines: Lines = [(1, f"That it happened: {chance(subject.p_exists)}.")]
    if subject.along is not None:
        said = side(subject.p_side_left, left, right)
        lines.append((1, f"Place: {chainage(subject.along)}, {offset(subject.along, left, right)}."))
        lines.append((1, f"Side of the line ({line.name} of {subject.along.line_since}): {said}."))
    lines.append((1, f"90 % area: {area_90(subject.where)}."))
    return lines


def share_words(chain: Chain, observation: str, subject: str) -> str:
    """An observation's share in a subject, in words and nats."""
    share = chain.shares.get((observation, subject))
    if share is None:
        return f"{observation}: part of what it rests on"
    moved = f"place and time moved that by {share.llr_nats:+.1f} nats"
    return f"{observation}: belongs with {percent(share.p_member)}; {moved}"


def _origin(ready: Ready, subject: str) -> Lines:
    """Whose it was, as the record says now; where nobody examined it, that and the reminder."""
    origin = origins_of(ready.held.derived, (subject,)).get(subject)
    if origin is None:
        return [(1, f"{NOT_SIDE}; who fired was not examined here.")]
    first, *rest = origin_words(origin, names_of(ready.held.arrangement))
    return [(1, first), *((2, line) for line in rest)]


def indication_lines(ready: Ready, indication: Indication, *, with_origin: bool = True) -> Lines:
    """An indication with its elements, and whose it was where its clause asks that."""
    titles = {c.id: c.title for c in ready.held.arrangement.clauses}
    said = indication_words(indication, titles.get(indication.clause, indication.clause))
    lines: Lines = [(0, f"Indication {indication.id} on {indication.subject}: {said}")]
    if indication.supersedes:
        lines.append((1, f"Supersedes {indication.supersedes}."))
    for element in indication.assessment.elements:
        lines += _element(element, 1)
    if with_origin and indication.origin is not None:
        lines += _origin(ready, indication.subject)
    lines.append((1, "An indication is computed. People verify and find; the agreed body rules."))
    return lines


def _element(element: Element, indent: int) -> Lines:
    bounds = between(element.p_low, element.p_high)
    lines: Lines = [(indent, f"{element.name}: {bounds} - {element.because} [{element.reference}]")]
    for child in element.children:
        lines += _element(child, indent + 1)
    return lines


def _advice(chain: Chain, advice: Advice) -> Lines:
    arrangement = chain.ready.held.arrangement
    local = ZoneInfo(arrangement.timezone)
    words = advice_words(advice, names_of(arrangement), local)
    as_of = f"As of {moment_of(advice.at, local)}."
    return [(0, f"Advice {advice.id}, rung {advice.rung}"), *((1, w) for w in (*words, as_of))]


def _decision(chain: Chain, held: decided.Held) -> Lines:
    arrangement = chain.ready.held.arrangement
    (told,) = told_decisions((held,), chain.ready.held.decisions, names_of(arrangement))
    first, *rest = decision_words(told, ZoneInfo(arrangement.timezone))
    return [(0, first), (1, f"Ledger entry {held.entry}."), *((1, w) for w in rest)]


def _observation(chain: Chain, one: ReportedObservation) -> Lines:
    lines: Lines = [
        (0, f"Observation {observation_words(one)}"),
        (1, f"Perceived: {plain(one.means)}; graded {one.grade}; ledger {one.entry} (entry/row)."),
    ]
    if one.text:
        lines.append((1, f"As received: {one.text}"))
    subjects = [id for id in chain.up.get(one.id, ()) if (one.id, id) in chain.shares]
    for id in subjects:
        lines.append((1, f"Belongs to {id}: {chance(chain.shares[one.id, id].p_member)}."))
    if not subjects:
        lines.append((1, "Belongs to nothing that is told: it names no place or time that could be fused."))
    for link in _links_of(chain.ready, one.id):
        other = link.b if link.a == one.id else link.a
        can = "can be" if link.verdict == "can_be_same_fire" else "cannot be"
        p = f" ({chance(link.p_same_fire)})" if link.verdict == "can_be_same_fire" else ""
        lines.append((1, f"{can.capitalize()} the same fire as {other}{p}:"))
        lines += [(2, words) for words in link_words(link, chain.ready.observed)]
    return lines


def _links_of(ready: Ready, id: str) -> list[Link]:
    return [k for k in ready.held.derived.links if id in (k.a, k.b)]


def headline(chain: Chain, node: Node) -> str:
    """A record in one line."""
    first = record_lines(chain, node)[0][1]
    if isinstance(node.record, Advice):
        return f"{first}: {advice_words(node.record, {}, ZoneInfo(chain.ready.held.arrangement.timezone))[0]}"
    if isinstance(node.record, decided.Held):
        state = "refused" if node.record.refused else "in force" if node.record.in_force else "awaiting a second person"
        return f"{first.rstrip('.')}; {state}."
    if isinstance(node.record, ReportedObservation | Indication):
        return sentence(first)
    said = record_lines(chain, node)[1][1]  # a subject: its id, then what it is
    return f"{first.partition(',')[0]}: {said}"
