"""Lints of two clauses held against each other: one forbids or caps what the other lets pass, in one place and time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.lint_clauses import NEEDS_ZONE, latest_terms
from truceline.arrangement_file.located import place_of, stands
from truceline.arrangement_file.overlap import together
from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.domain.weapons import WEAPONS
from truceline.strict_yaml import Severity, Value

FAR_MM = 1e6  # no calibre is larger: stands for "from this on"


def contradicting_clauses(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Two clauses of one family that apply together say different things of the same act."""
    for one, other in combinations([clause for clause in said.clauses if _has_its_zones(clause, root)], 2):
        if one.kind != other.kind or one.kind not in _SAY or not together(said, one, other):
            continue
        for words, severity in _SAY[one.kind](one, other):
            text = (
                f"clauses '{one.id}' ({one.reference}) and '{other.id}' ({other.reference}) contradict: {words}. "
                "Correct one, or end one before the other begins."
            )
            yield Fault(place_of(root, "clauses", other.id), text, severity, other.id, other.reference)


def _has_its_zones(clause: ClauseText, root: Value) -> bool:
    """Whether its zones are as written: without one that is missing or unknown it would seem to apply everywhere."""
    written = stands(root, "clauses", clause.id, "zones")
    return bool(clause.zones) if written else clause.kind not in NEEDS_ZONE


Found = Iterator[tuple[str, Severity]]


def _acts(one: ClauseText, other: ClauseText) -> tuple[str, ...]:
    """The acts that both are about."""
    theirs = {act for since in other.acts.history for act in since.value}
    return tuple(dict.fromkeys(act for since in one.acts.history for act in since.value if act and act in theirs))


def _flights(one: ClauseText, other: ClauseText) -> Found:
    exempt = [bool(latest_terms(clause).get("notified_exempt")) for clause in (one, other)]
    if _acts(one, other) and exempt[0] != exempt[1]:
        open_one, strict = (one, other) if exempt[0] else (other, one)
        yield f"'{open_one.id}' lets announced flights pass, '{strict.id}' does not", "error"


def _presence(one: ClauseText, other: ClauseText) -> Found:
    first, second = latest_terms(one), latest_terms(other)
    for clause, terms, against, theirs in ((one, first, other, second), (other, second, one, first)):
        acts = _acts(one, other)
        passed = [a for a in acts if a in terms.get("permitted", ()) and a not in theirs.get("permitted", ())]
        if passed:
            yield f"'{clause.id}' permits {', '.join(passed)}, '{against.id}' does not", "error"
    caps = [terms.get("max_count", 0) for terms in (first, second)]
    both = [act for act in _acts(one, other) if not any(act in t.get("permitted", ()) for t in (first, second))]
    if both and caps[0] != caps[1]:
        yield f"'{one.id}' allows {caps[0]} of {', '.join(both)}, '{other.id}' allows {caps[1]}", "error"


def _fire(one: ClauseText, other: ClauseText) -> Found:
    answers = ["return_fire_within_min" in latest_terms(clause) for clause in (one, other)]
    if _acts(one, other) and answers[0] != answers[1]:
        open_one, strict = (one, other) if answers[0] else (other, one)
        # a later text often narrows an earlier one without ending it: worth reading, not worth refusing
        yield f"'{open_one.id}' excepts ordered return fire, '{strict.id}' does not", "warning"


def _quiet(one: ClauseText, other: ClauseText) -> Found:
    days = [latest_terms(clause).get("days") for clause in (one, other)]
    if _acts(one, other) and None not in days and days[0] != days[1]:
        yield f"'{one.id}' asks for {days[0]} days of quiet, '{other.id}' for {days[1]}", "error"


_SAY = {"no_fire": _fire, "overflight": _flights, "presence": _presence, "quiet_period": _quiet}


@dataclass(frozen=True, slots=True)
class _Limit:
    """One row of an exclusion clause: what it is about, how far from which lines it holds, how many it allows."""

    clause: ClauseText
    row: int
    name: str
    weapons: frozenset[str]
    calibre_mm: tuple[float, float]
    models: frozenset[str]
    phenomenon: str
    m: tuple[float, float]
    lines: Mapping[str, str]
    cap: int

    def covers(self, other: "_Limit") -> bool:
        """Whether all that `other` is about, this one is about too."""
        return self.same_things(other, whole=True) and self.m[0] <= other.m[0] and other.m[1] <= self.m[1]

    def same_things(self, other: "_Limit", *, whole: bool = False) -> bool:
        """Whether it is about the same weapons; with `whole`, about those of `other` and maybe more."""
        if whole:
            wide = self.weapons >= other.weapons and (not self.models or self.models >= other.models != frozenset())
            return wide and self.calibre_mm[0] <= other.calibre_mm[0] and other.calibre_mm[1] <= self.calibre_mm[1]
        return (self.weapons, self.models, self.calibre_mm) == (other.weapons, other.models, other.calibre_mm)


def contradicting_limits(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Two limits from one reference line allow different counts of the same things.

    A smaller count nearer to the line, inside a wider limit, is a step and no contradiction; a larger one can never be
    reached.
    """
    limits = [limit for clause in said.clauses if clause.kind == "exclusion" for limit in _limits(clause)]
    for one, other in combinations(limits, 2):
        if one.cap == other.cap or one.phenomenon != other.phenomenon or not _one_line(one, other):
            continue
        if one.clause is not other.clause and not together(said, one.clause, other.clause):
            continue
        if words := _clash(one, other):
            text = f"limits {_called(one)} and {_called(other)} contradict: {words}. Correct one of the two."
            last = len(other.clause.terms.history) - 1 if other.clause.terms is not None else 0
            at = place_of(root, "clauses", other.clause.id, "terms", last, "value", "limits", other.row)
            yield Fault(at, text, "error", other.clause.id, other.clause.reference)


def _clash(one: _Limit, other: _Limit) -> str:
    if one.same_things(other) and max(one.m[0], other.m[0]) < min(one.m[1], other.m[1]):
        inner = one if other.covers(one) else other if one.covers(other) else None
        if inner is None or one.m == other.m:
            return f"one allows {one.cap} where the other allows {other.cap}"
    for wide, narrow in ((one, other), (other, one)):
        if wide.covers(narrow) and narrow.cap > wide.cap:
            return f"'{narrow.name}' allows {narrow.cap}, but '{wide.name}' allows {wide.cap} of all of them and more"
    return ""


def _one_line(one: _Limit, other: _Limit) -> bool:
    return any(line and other.lines.get(party) == line for party, line in one.lines.items())


def _called(limit: _Limit) -> str:
    return f"'{limit.name}' of clause '{limit.clause.id}' ({limit.clause.reference})"


def _limits(clause: ClauseText) -> Iterator[_Limit]:
    terms = latest_terms(clause)
    rows: tuple[Mapping[str, Any], ...] = terms.get("limits", ())
    for n, row in enumerate(rows):
        if not isinstance(row.get("to_m"), float) or not row["to_m"] > row.get("from_m", 0.0):
            continue
        yield _Limit(
            clause=clause,
            row=n,
            name=row.get("name", ""),
            weapons=frozenset(row.get("weapons", ()) or WEAPONS),
            calibre_mm=(row.get("calibre_from_mm", 0.0), row.get("calibre_below_mm", FAR_MM)),
            models=frozenset(row.get("models", ())),
            phenomenon=row.get("phenomenon") or "weapon",
            m=(row.get("from_m", 0.0), row["to_m"]),
            lines=terms.get("reference_lines", {}),
            cap=row.get("max_count", 0),
        )
