"""Lints of single clauses: no zone where one is needed, nothing forbidden, never complete, nobody to see a breach."""

from collections.abc import Iterator
from datetime import date

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.located import place_of, stands
from truceline.arrangement_file.overlap import meet
from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.domain.ids import ZoneId
from truceline.domain.level import Monitor, standing
from truceline.domain.terms import NO_TERMS, Terms
from truceline.strict_yaml import Value

NEEDS_ZONE = ("presence",)  # everywhere, nothing may be: no text means that
SECONDS_A_DAY = 86400.0


def clause_without_zone(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A clause of a family about zones names none."""
    for clause in said.clauses:
        if clause.kind in NEEDS_ZONE and not stands(root, "clauses", clause.id, "zones"):
            text = f"clause '{clause.id}' names no zone, and a clause of kind {clause.kind} needs one. Add 'zones'."
            yield Fault(place_of(root, "clauses", clause.id), text, "error", clause.id, clause.reference)


def clause_that_forbids_nothing(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Everything that a presence clause is about is permitted by its own terms."""
    for clause in said.clauses:
        permitted = latest_terms(clause).get("permitted", ())
        acts = clause.acts.history[-1].value if clause.acts.history else ()
        if clause.kind == "presence" and acts and set(acts) <= set(permitted):
            text = f"clause '{clause.id}' permits everything that it is about: {', '.join(acts)}. Shorten 'permitted'."
            yield Fault(place_of(root, "clauses", clause.id, "terms"), text, "error", clause.id, clause.reference)


def quiet_that_cannot_be_complete(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A quiet period is asked to be longer than its clause lasts."""
    for clause in said.clauses:
        days = latest_terms(clause).get("days")
        if clause.kind != "quiet_period" or days is None or clause.until is None:
            continue
        lasts = (clause.until - clause.since).total_seconds() / SECONDS_A_DAY
        if 0.0 < lasts < days:
            text = (
                f"clause '{clause.id}' asks for {days} days of quiet but lasts {lasts:.4g} days: they can never be "
                "complete. Correct 'days' or 'until'."
            )
            yield Fault(place_of(root, "clauses", clause.id, "terms"), text, "error", clause.id, clause.reference)


def clause_that_nobody_can_monitor(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Monitors are pledged, and none of them can notice a breach of this clause, or not in all of its zones.

    A warning: what was agreed may really go unwatched. An arrangement that lists no monitors says nothing about it.
    """
    if not stands(root, "monitors"):
        return
    for clause in said.clauses:
        phenomena = asked(clause)
        if not phenomena and clause.kind != "access":
            continue
        for zone in clause.zones or (None,):
            if not any(_sees(said, one, clause, zone, phenomena) for one in said.monitors):
                where = f" in zone '{zone}'" if zone is not None else ""
                what = f" ({', '.join(phenomena)})" if phenomena else ""
                text = (
                    f"no pledged monitor can notice a breach of clause '{clause.id}'{where}{what}. "
                    "Pledge one under 'monitors', or take it that the clause goes unwatched."
                )
                yield Fault(place_of(root, "clauses", clause.id), text, "warning", clause.id, clause.reference)


def clause_that_nobody_there_can_monitor(said: Arrangement, root: Value) -> Iterator[Fault]:
    """The only monitors of a clause come with levels that are empty or on paper as of their last entry."""
    kinds = {one.number: standing(one, date.max).kind for one in said.levels if one.holders.history}
    for clause in said.clauses:
        phenomena = asked(clause)
        able = [
            one
            for one in said.monitors
            if (phenomena or clause.kind == "access")
            and any(_sees(said, one, clause, zone, phenomena) for zone in clause.zones or (None,))
        ]
        if able and all(one.level is not None and kinds.get(one.level, "held") != "held" for one in able):
            come = ", ".join(f"'{one.id}' with level {one.level} ({_words(kinds[one.level or 0])})" for one in able)
            text = (
                f"clause '{clause.id}' is watched by nobody who is there: {come}. "
                "Until a level is held the clause goes unwatched."
            )
            yield Fault(place_of(root, "clauses", clause.id), text, "warning", clause.id, clause.reference)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def asked(clause: ClauseText) -> tuple[str, ...]:
    """The phenomena that would show a breach, at any time that the clause is in force."""
    if clause.kind == "exclusion":
        limits = latest_terms(clause).get("limits", ())
        return tuple(dict.fromkeys(limit.get("phenomenon") or "weapon" for limit in limits))
    permitted = latest_terms(clause).get("permitted", ())
    acts = (act for since in clause.acts.history for act in since.value if act)
    return tuple(dict.fromkeys(act for act in acts if act not in permitted))


def latest_terms(clause: ClauseText) -> Terms:
    """The terms as last stated; none where the clause states none, or they could not be read."""
    return clause.terms.history[-1].value if clause.terms is not None and clause.terms.history else NO_TERMS


def _sees(said: Arrangement, monitor: Monitor, clause: ClauseText, zone: ZoneId | None, what: tuple[str, ...]) -> bool:
    if what and not set(what) & set(monitor.phenomena):
        return False
    return zone is None or meet(said, monitor.zones, (zone,))
