"""A report beyond the mission: without origin, parties, positions and people, save what a release names."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from truceline.domain.advice import Advice
from truceline.domain.arrangement import Arrangement
from truceline.domain.holding import Holding, Obstruction
from truceline.domain.indication import Element, Indication
from truceline.domain.report import DailyReport, ToldDecision, Watch

NOT_TOLD = "not told in this edition: it names a party"
Names = Callable[[str], bool]  # whether a text names a party


def namer(arrangement: Arrangement) -> Names:
    """What says whether a text names a party of `arrangement`, by its name or id; too often rather than too seldom."""
    names = [word for party in arrangement.parties for word in (party.id, party.name)]
    words = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE)
    return lambda text: bool(names) and words.search(text) is not None


def outside(report: DailyReport, arrangement: Arrangement, places: set[str]) -> DailyReport:
    """`report` for readers beyond the mission. `places` are the sectors and zones that may be told by name.

    Clauses that bind one party alone are not told of at all. What a party said, and who spoke, recorded, confirmed or
    was reached, is left out; findings and rulings in force are told without a party, and with it where a release in
    force names this audience.
    """
    names = namer(arrangement)
    parties = {party.id for party in arrangement.parties}
    closed, answering = _one_sided(arrangement), _one_sided_rungs(arrangement)
    told = [_decision(one, report) for one in report.decisions]
    return replace(
        report,
        names=tuple((id, name) for id, name in report.names if id not in parties),
        origins=(),
        told=(),
        told_origins=(),
        indications=tuple(_indication(i, names) for i in report.indications if i.clause not in closed),
        holdings=tuple(_holding(h, places) for h in report.holdings),
        obstructions=tuple(_obstruction(o, places) for o in report.obstructions),
        undertakings=tuple(replace(u, party=None) for u in report.undertakings if u.clause not in closed),
        decisions=tuple(one for one in told if one is not None),
        advice=tuple(_advice(a, names) for a in report.advice if a.rung not in answering),
        watched=tuple(_watch(w, names) for w in report.watched),
        observations=tuple(replace(o, text=_clean(o.text, names)) for o in report.observations),
        sentences=tuple((id, _lines(lines, names)) for id, lines in report.sentences),
        undetermined=_lines(report.undetermined, names),
    )


def _clean(text: str, names: Names) -> str:
    return NOT_TOLD if names(text) else text


def _lines(lines: Iterable[str], names: Names) -> tuple[str, ...]:
    return tuple(line for line in lines if not names(line))


def _elements(found: Iterable[Element], names: Names) -> tuple[Element, ...]:
    """Elements that name no party: one that does is left out with its figure, which would say whose it was."""
    return tuple(
        replace(one, children=_elements(one.children, names))
        for one in found
        if not names(one.name) and not names(one.because)
    )


def _one_sided(arrangement: Arrangement) -> set[str]:
    """Clauses that bind some parties and not others: that one is indicated says whose act it was."""
    every = {party.id for party in arrangement.parties}
    return {clause.id for clause in arrangement.clauses if clause.binds and set(clause.binds) != every}


def _one_sided_rungs(arrangement: Arrangement) -> set[str]:
    """Rungs that count the breaches of some parties alone: that one is reached says whose they were."""
    every = {party.id for party in arrangement.parties}
    rungs = arrangement.ladder.rungs if arrangement.ladder is not None else ()
    return {rung.id for rung in rungs if rung.parties and set(rung.parties) != every}


def _indication(one: Indication, names: Names) -> Indication:
    elements = _elements(one.assessment.elements, names)
    return replace(one, origin=None, attributed=None, assessment=replace(one.assessment, elements=elements))


def _holding(one: Holding, places: set[str]) -> Holding:
    area = one.area if one.area in places else ""
    return replace(one, where=None, area=area, site="", declared=None, held_by=None)


def _obstruction(one: Obstruction, places: set[str]) -> Obstruction:
    return replace(one, where=None, area=one.area if one.area in places else "", imposed_by="")


def _advice(one: Advice, names: Names) -> Advice:
    return replace(one, party=None, tests=_elements(one.tests, names))


def _watch(one: Watch, names: Names) -> Watch:
    return replace(one, imposed_by="", reason=_clean(one.reason, names))


def _decision(one: ToldDecision, report: DailyReport) -> ToldDecision | None:
    """A finding or ruling in force: in full where released to this audience, else without party, reasons, dissent."""
    if one.kind not in ("finding", "ruling") or one.state != "in_force":
        return None
    people: dict[str, Any] = {"by": "", "confirmed_by": ""}
    if report.audience in one.released_to:
        return replace(one, **people, released_to=(report.audience,))
    return replace(one, **people, party="", reasons="", dissent="", released_to=())
