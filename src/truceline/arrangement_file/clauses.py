"""Clauses of an arrangement file: where and when each applies, whom it binds, and what its family asks to be stated."""

from collections.abc import Callable, Mapping
from typing import Any

from truceline import menu
from truceline.arrangement_file.known import Known, dated, local_day, named, party_ids, texts, zone_ids
from truceline.domain.arrangement import ClauseText
from truceline.domain.dated import Dated, Since
from truceline.domain.ids import ClauseId
from truceline.domain.observation import PHENOMENA
from truceline.domain.terms import Term, TermKind, Terms
from truceline.domain.weapons import WEAPONS
from truceline.strict_yaml import Value, flag, suggestion, whole

OWN_ACTS: Mapping[str, tuple[str, ...]] = {
    "access": (),  # asks about restrictions
    "exclusion": (),  # its limits say what
    "overflight": ("aircraft", "uav"),
    "presence": ("troops", "vehicle", "weapon", "works"),
}
_REQUIRED = ("id", "kind", "title", "text", "reference", "since")


def clause(value: Value, known: Known) -> ClauseText:
    """One clause."""
    got = value.fields(_REQUIRED, optional=("acts", "binds", "terms", "until", "zones"))
    kind, reference, since = got["kind"].text(menu.names("clause")), got["reference"].text(), got["since"].instant()
    until = got["until"].instant() if got["until"].present else None
    if until is not None and until <= since:
        got["until"].complain("until: the clause ends before it begins. Correct one of the two.")
    day = local_day(since, known.timezone)
    if got["acts"].present or kind not in OWN_ACTS:
        if kind and not got["acts"].present:
            value.complain(f"{value.name}: key 'acts' is missing. Add it.")
        acts = dated(got["acts"], lambda v: tuple(one.text(PHENOMENA) for one in v.items("act")), known, since=day)
    else:
        acts = Dated(history=(Since(day=day, value=OWN_ACTS[kind], reference=reference, grade="stated"),))
    binds = party_ids(got["binds"], known)
    asked = _asked(kind)
    terms = dated(got["terms"], lambda v: _terms(v, asked, binds, known), known, since=day)
    if not got["terms"].present and (missing := [name for name, term in asked.items() if term.required]):
        value.complain(f"{value.name}: a clause of kind {kind} needs 'terms' with {', '.join(missing)}. Add them.")
    return ClauseText(
        id=ClauseId(got["id"].text()),
        kind=kind,
        title=got["title"].text(),
        text=got["text"].text(),
        reference=reference,
        since=since,
        until=until,
        zones=zone_ids(got["zones"], known),
        acts=acts,
        binds=binds,
        terms=terms if got["terms"].present else None,
    )


def _asked(kind: str) -> Mapping[str, Term]:
    """The terms that the family `kind` knows."""
    asked: Mapping[str, Term] = getattr(menu.choose("clause", kind), "terms", {}) if kind else {}
    return asked


def _terms(value: Value, asked: Mapping[str, Term], binds: tuple[str, ...], known: Known) -> Terms:
    """The terms stated in `value`; those left out are absent."""
    required = tuple(name for name, term in asked.items() if term.required)
    got = value.fields(required, optional=tuple(name for name in asked if name not in required))
    return {name: _term(got[name], term, binds, known) for name, term in asked.items() if got[name].present}


def _term(value: Value, term: Term, binds: tuple[str, ...], known: Known) -> Any:
    """One term as its kind is read."""
    if term.kind == "zone":
        return named(value, known.zones, "zone", "zones")
    if term.kind == "line_by_party":
        return _line_by_party(value, binds or known.parties, known)
    if term.kind == "rows":
        return tuple(_terms(row, term.columns, binds, known) for row in value.items("row"))
    return _READ[term.kind](value, term)


_READ: Mapping[TermKind, Callable[[Value, Term], Any]] = {
    "number": lambda value, term: value.number(term.low, term.high),
    "whole": lambda value, term: whole(value, int(term.low), int(term.high)),
    "flag": lambda value, term: flag(value),
    "text": lambda value, term: value.text(),
    "choice": lambda value, term: value.text(term.choices),
    "texts": lambda value, term: texts(value, term.choices),
    "weapons": lambda value, term: texts(value, WEAPONS),
}


def _line_by_party(value: Value, bound: tuple[str, ...], known: Known) -> Mapping[str, str]:
    """A line of the arrangement for every party that the clause binds."""
    lines = tuple(str(line.id) for line in known.lines if line.id)
    found: dict[str, str] = {}
    for party, line, at in value.pairs():
        if party not in known.parties:
            value.problems.add(
                value.file, at, f"{value.name}: no party called '{party}'. {suggestion(party, known.parties)}"
            )
        elif party not in bound:
            value.problems.add(
                value.file, at, f"{value.name}: the clause does not bind '{party}'. Delete this, or add it to 'binds'."
            )
        found[party] = line.text(lines)
    for party in bound:
        if party not in found and value.present:
            value.complain(f"{value.name}: no line for '{party}'. Name one: {', '.join(lines) or 'there is none'}.")
    return found
