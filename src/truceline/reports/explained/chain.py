"""The chain from observations to advice: every record with an id, what it rests on, and what rests on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from truceline.domain import decided
from truceline.domain.advice import Advice
from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.incident import Engagement, Incident, Support
from truceline.domain.indication import Indication
from truceline.domain.report import ReportedObservation
from truceline.pipeline import Derived
from truceline.reports.daily import Ready
from truceline.reports.decisions import about
from truceline.reports.observed import is_observation, row_id, told_row

Supported = Engagement | Incident | Holding | Obstruction | Undertaking
Record = ReportedObservation | Supported | Indication | Advice | decided.Held
KINDS: Mapping[type, str] = {
    ReportedObservation: "observation",
    Engagement: "engagement",
    Incident: "incident",
    Holding: "holding",
    Obstruction: "obstruction",
    Undertaking: "undertaking",
    Indication: "indication",
    Advice: "advice",
    decided.Finding: "finding",
    decided.Ruling: "ruling",
    decided.Statement: "statement",
    decided.Contact: "contact",
    decided.Reply: "reply",
    decided.Release: "release",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A record with its id and kind."""

    id: str
    kind: str
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All records by id; `up` and `down` the ids next to each; `shares` the support of (observation, subject)."""

    ready: Ready
    now: datetime
    nodes: Mapping[str, Node]
    up: Mapping[str, tuple[str, ...]]
    down: Mapping[str, tuple[str, ...]]
    shares: Mapping[tuple[str, str], Support]

    def walk(self, id: str, *, up: bool) -> list[Node]:
        """All that rests on `id`, or all that it rests on: each once, nearest first, without `id` itself."""
        edges = self.up if up else self.down
        seen, found, ahead = {id}, [], [id]
        while ahead:
            nearer = [next_id for one in ahead for next_id in edges.get(one, ())]
            ahead = [one for one in dict.fromkeys(nearer) if one not in seen]
            seen.update(ahead)
            found += [self.nodes[one] for one in ahead]
        return found


def make_chain(ready: Ready, now: datetime) -> Chain:
    """The chain of all that `ready` holds, with the advice as of `now`."""
    nodes = {node.id: node for node in _nodes(ready, now)}
    shares: dict[tuple[str, str], Support] = {
        (s.observation, one.id): s for one in _supported(ready.held.derived) for s in one.support
    }
    edges = [(low, high) for low, high in _edges(nodes, ready.held.derived) if low in nodes and high in nodes]
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for low, high in dict.fromkeys(edges):
        up.setdefault(low, []).append(high)
        down.setdefault(high, []).append(low)
    return Chain(
        ready=ready,
        now=now,
        nodes=nodes,
        up={id: tuple(ids) for id, ids in up.items()},
        down={id: tuple(ids) for id, ids in down.items()},
        shares=shares,
    )


def _supported(derived: Derived) -> Iterator[Supported]:
    yield from derived.engagements
    yield from derived.incidents
    yield from derived.holdings
    yield from derived.obstructions
    yield from derived.undertakings


def _nodes(ready: Ready, now: datetime) -> Iterator[Node]:
    held = ready.held
    computed: list[ReportedObservation | Supported | Indication | Advice] = [
        *_observations(ready),
        *_supported(held.derived),
        *held.derived.indications,
        *held.advice_at(now),
    ]
    yield from (Node(id=one.id, kind=KINDS[type(one)], record=one) for one in computed)
    yield from (Node(id=h.record.id, kind=KINDS[type(h.record)], record=h) for h in held.decisions)


def _observations(ready: Ready) -> Iterator[ReportedObservation]:
    """Every row: those that were perceived as listed in reports, the others (claims, declared states) alike."""
    yield from ready.observed.values()
    home: dict[str, tuple[str, Support]] = {
        s.observation: (one.id, s) for one in _supported(ready.held.derived) for s in one.support
    }
    for row in ready.held.observations.to_pylist():
        if not is_observation(row):
            yield told_row(row, home.get(row_id(row)), ready.held.arrangement.timezone)


def _edges(nodes: Mapping[str, Node], derived: Derived) -> Iterator[tuple[str, str]]:
    """(what is rested on, what rests on it); ids that are nowhere are dropped by the caller."""
    newest: dict[tuple[str, str], str] = {(i.subject, i.clause): i.id for i in derived.indications}
    follows: dict[str, str] = {i.supersedes: i.id for i in derived.indications if i.supersedes}
    for node in nodes.values():
        for low in _rests_on(node.record):
            yield (low if low in nodes else follows.get(low, "")), node.id
        if isinstance(node.record, decided.Held) and isinstance(node.record.record, decided.Finding):
            finding = node.record.record
            if finding.indication not in nodes:  # superseded since: what stands in its place now
                yield newest.get((finding.subject, finding.clause), ""), node.id
        if isinstance(node.record, Incident) and node.record.engagement is not None:
            yield node.id, node.record.engagement


def _rests_on(record: Record) -> Iterable[str]:
    """The ids that a record rests on directly."""
    match record:
        case Undertaking():
            return [*(s.observation for s in record.support), *record.subjects]
        case Engagement() | Incident() | Holding() | Obstruction():
            return [s.observation for s in record.support]
        case Indication():
            return [record.subject]
        case Advice():
            return record.rests_on or record.subjects
        case decided.Held():
            return [about(record.record)]
        case _:
            return []
