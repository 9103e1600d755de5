"""The cards of a trace: one a record that the id is chained to, in columns from observations to answers."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from truceline.domain import decided
from truceline.domain.advice import Advice
from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.incident import Engagement, Incident
from truceline.domain.indication import Element, Indication
from truceline.domain.report import ReportedObservation
from truceline.judgement.advice_words import STATES, who_holds
from truceline.judgement.explain import indication_words
from truceline.judgement.words import amount, between, counted, percent, plain, span, weapons
from truceline.reports.decisions import names_of
from truceline.reports.explained.boxes import Card, Column
from truceline.reports.explained.chain import Chain, Node

ELEMENTS_OF = 3  # of more indications than this, the elements would bury the chain
SHOWN = 14  # cards of one column; what more there is, one last card counts
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Observations", ("observation",)),
    ("Incidents", ("incident",)),
    ("Subjects", ("engagement", "holding", "obstruction")),
    ("Undertakings", ("undertaking",)),
    ("Elements of the clause", ("element",)),
    ("Indications", ("indication",)),
    ("Findings", ("finding",)),
    ("Rulings", ("ruling",)),
    ("Said and released", ("statement", "contact", "release")),
    ("Advice", ("advice",)),
    ("Answers", ("reply",)),
)


def columns_of(chain: Chain, id: str) -> list[Column]:
    """The columns of the trace of `id`, those without a card left out."""
    nodes = [*chain.walk(id, up=False), chain.nodes[id], *chain.walk(id, up=True)]
    drawn = {node.id for node in nodes}
    cards: dict[str, list[Card]] = {}
    with_elements = sum(node.kind == "indication" for node in nodes) <= ELEMENTS_OF
    for node in nodes:
        cards.setdefault(node.kind, []).append(_card(chain, node, drawn, with_elements))
        if isinstance(node.record, Indication) and with_elements:
            cards.setdefault("element", []).extend(_elements(node.record))
    columns = []
    for title, kinds in COLUMNS:
        every = [card for kind in kinds for card in cards.get(kind, ())]
        if every:
            columns.append(Column(title=title, cards=_few(every, keep=id)))
    return columns


def _few(cards: Sequence[Card], keep: str) -> tuple[Card, ...]:
    """At most SHOWN cards, `keep` among them; a last one counts the others."""
    if len(cards) <= SHOWN:
        return tuple(cards)
    first = sorted(cards, key=lambda card: card.id != keep)[: SHOWN - 1]
    rest = Card(id="", heading=f"and {len(cards) - len(first)} more", text="in the text and the data", leads_to={})
    return (*first, rest)


def _elements(indication: Indication) -> list[Card]:
    return [
        Card(
            id=_element_id(indication, element),
            heading=element.name,
            text=f"{between(element.p_low, element.p_high)}: {element.because}",
            leads_to={indication.id: None},
        )
        for element in indication.assessment.elements
    ]


def _element_id(indication: Indication, element: Element) -> str:
    return f"{indication.id} {element.name}"


def _card(chain: Chain, node: Node, drawn: set[str], with_elements: bool) -> Card:
    heading, text = _words(chain, node)
    return Card(id=node.id, heading=heading, text=text, leads_to=_leads_to(chain, node, drawn, with_elements))


def _leads_to(chain: Chain, node: Node, drawn: set[str], with_elements: bool) -> Mapping[str, float | None]:
    """What rests on a record; a subject leads to its indications by way of their elements, where these are drawn."""
    leads: dict[str, float | None] = {}
    for id in chain.up.get(node.id, ()):
        above = chain.nodes[id].record
        if id not in drawn:
            continue
        if with_elements and isinstance(above, Indication) and above.assessment.elements:
            leads |= {_element_id(above, element): None for element in above.assessment.elements}
        else:
            share = chain.shares.get((node.id, id))
            leads[id] = share.p_member if share is not None else None
    return leads


def _words(chain: Chain, node: Node) -> tuple[str, str]:
    """Heading and text of a card."""
    arrangement = chain.ready.held.arrangement
    local, record = ZoneInfo(arrangement.timezone), node.record
    match record:
        case ReportedObservation():
            kind = f", {weapons(record.weapon, record.text)}" if record.weapon else ""
            phase = f", {plain(record.phase)}" if record.phase else ""
            said = f"{counted(record.count, record.phenomenon)}{kind}{phase}; {record.sensor}; {record.when_text}"
            return node.id, said
        case Engagement():
            rounds = amount(record.count_low, record.count_high)
            return node.id, f"exchange of fire, {rounds} distinct signatures, {span(record.when, local)}"
        case Incident():
            return node.id, f"{plain(record.phenomenon)}, {span(record.when, local)}; {percent(record.p_exists)}"
        case Holding():
            kind = weapons(record.weapon) if record.weapon else plain(record.phenomenon)
            return node.id, f"holding: {amount(record.count_low, record.count_high)} of {kind}, {record.area}"
        case Obstruction():
            return node.id, f"monitors hindered: {plain(record.kind)}, {span(record.when, local)}"
        case Undertaking():
            return node.id, f"what clause {record.clause} asks, {span(record.when, local)}"
        case Indication():
            title = next((c.title for c in arrangement.clauses if c.id == record.clause), record.clause)
            return node.id, indication_words(record, title)
        case Advice():
            holds = who_holds(record.standing, names_of(arrangement)).partition(" [")[0]
            return node.id, f"{record.title}: {STATES[record.state]}. Level {record.level}: {holds}"
        case decided.Held():
            return node.id, _decision(record, names_of(arrangement))


def _decision(held: decided.Held, names: Mapping[str, str]) -> str:
    record = held.record
    state = "refused" if held.refused else "in force" if held.in_force else "awaiting a second person"
    by = f"{record.by}; {state}"
    match record:
        case decided.Finding():
            party = f", {names.get(record.party, record.party)}" if record.party else ""
            return f"finding: {plain(record.verdict)}{party}; {by}"
        case decided.Ruling():
            party = f", {names.get(record.party, record.party)}" if record.party else ""
            return f"ruling of {names.get(record.body, record.body)}: {plain(record.verdict)}{party}; {by}"
        case decided.Statement():
            return f"statement of {names.get(record.party, record.party)}, never evidence; {by}"
        case decided.Contact():
            return f"contact over the hotline: {record.outcome}; {by}"
        case decided.Reply():
            return f"{names.get(record.body, record.body)}: {plain(record.verdict)}; {by}"
        case decided.Release():
            return f"released to {plain(record.to)}; {by}"
