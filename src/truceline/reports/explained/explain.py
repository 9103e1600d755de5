"""What an id is, what it rests on down to each observation, and what rests on it up to the advice: text and data."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from truceline.domain import decided
from truceline.errors import UnknownIdError
from truceline.reports.daily import Ready
from truceline.reports.exercise import exercise_label
from truceline.reports.explained.chain import Chain, Node, make_chain
from truceline.reports.explained.lines import Lines, headline, record_lines, share_words

SHOWN = 12  # so many of one kind beside each other are written out as text; the data hold all
TELL_SHARES = ("engagement", "incident", "holding", "obstruction", "undertaking")  # their own lines say what is below
LEAVES = ("observation",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """`lines` are (indent, text) for people; `data` is the record for machines, with all that lies either way."""

    id: str
    kind: str
    lines: tuple[tuple[int, str], ...]
    data: dict[str, Any]
    chain: Chain


def explain(ready: Ready, id: str, now: datetime) -> Explained:
    """Explain any id, with advice as of `now`. Raises UnknownIdError, saying what ids there are."""
    chain = make_chain(ready, now)
    node = chain.nodes.get(id)
    if node is None:
        raise UnknownIdError(
            f"Nothing here is called '{id}'. Engagements begin with E-, incidents with I-, holdings with H-, "
            "obstructions with O-, undertakings with U-, indications with N-; decisions have the ids under which they "
            "were recorded, advice those of the report; an observation is <source>:<id>, for instance "
            f"{next(iter(ready.observed), 'smm:26')}."
        )
    label = exercise_label(ready.held.mission, ready.held.arrangement.title)
    lines: Lines = [(0, label)] if label else []
    lines += record_lines(chain, node)
    if node.kind not in (*TELL_SHARES, *LEAVES):
        lines += _tree(chain, node, up=False)
    lines += _tree(chain, node, up=True)
    data = {
        "id": node.id,
        "kind": node.kind,
        "as_of": now,
        "exercise": label,
        "record": record_of(node),
        "down": _data(chain, id, up=False),
        "up": _data(chain, id, up=True),
    }
    return Explained(id=id, kind=node.kind, lines=tuple(lines), data=data, chain=chain)


def record_of(node: Node) -> dict[str, Any]:
    """A record as data; a decision with its place in the ledger and who confirmed it."""
    if isinstance(node.record, decided.Held):
        held = asdict(node.record)
        record: dict[str, Any] = held.pop("record")
        return record | held | {"in_force": node.record.in_force}
    return asdict(node.record)


def _data(chain: Chain, id: str, *, up: bool) -> list[dict[str, Any]]:
    """All that lies one way; `of` are the ids that a record was reached from, `shares` its part in those above it."""
    nodes = chain.walk(id, up=up)
    reached = {id, *(node.id for node in nodes)}
    back = chain.down if up else chain.up
    data = []
    for node in nodes:
        of = [one for one in back.get(node.id, ()) if one in reached]
        shares = [asdict(s) | {"subject": one} for one in of if (s := chain.shares.get((node.id, one))) is not None]
        data.append({"id": node.id, "kind": node.kind, "of": of, "shares": shares, "record": record_of(node)})
    return data


def _tree(chain: Chain, node: Node, *, up: bool) -> Lines:
    """What lies one way, each record once, one line each; deeper is indented."""
    title = "What rests on it:" if up else "What it rests on:"
    below = _branch(chain, node.id, 2, {node.id}, up=up)
    if below:
        return [(1, title), *below]
    return [(1, "Nothing rests on it so far.")] if up else []


def _branch(chain: Chain, id: str, indent: int, seen: set[str], *, up: bool) -> Lines:
    edges = chain.up if up else chain.down
    fresh = [one for one in edges.get(id, ()) if one not in seen]
    seen.update(fresh)
    lines: Lines = []
    for one in fresh[:SHOWN]:
        node = chain.nodes[one]
        share = not up and node.kind == "observation"
        lines.append((indent, share_words(chain, one, id) if share else headline(chain, node)))
        lines += _branch(chain, one, indent + 1, seen, up=up)
    return [*lines, *_more(fresh[SHOWN:], indent)]


def _more(rest: Iterable[str], indent: int) -> Lines:
    count = len(list(rest))
    return [(indent, f"and {count} more; --json lists them all")] if count else []
