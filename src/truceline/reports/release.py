"""What a report's reader may see: handling of the inputs, the arrangement's release rules, names that tell nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from truceline.domain.advice import Advice
from truceline.domain.arrangement import Arrangement, LineSector, Zone
from truceline.domain.ids import EngagementId, IncidentId
from truceline.domain.incident import Incident
from truceline.domain.indication import Element, Indication
from truceline.domain.report import WITHHOLDABLE, Audience, DailyReport, Restriction
from truceline.reports.outside import outside

MISSION = "mission"  # the audience that everything else is cut down from
OWN_ID = r"\b[A-Z]-[0-9a-f]{8}\b"  # as the mission names what it derives and records
UNLABELLED = "(not in this edition)"
OPEN = frozenset({"green", "clear"})  # handling that may leave the mission


def leaves_mission(tlp: str | None) -> bool:
    """Whether what is marked `tlp` may leave the mission. No mark: the arrangement's release rules alone decide."""
    return (tlp or "green") in OPEN


def may_see(audience: Audience, tlp: str | None) -> bool:
    """Whether what is marked `tlp` may be told to `audience`, as far as its mark goes."""
    return audience == MISSION or leaves_mission(tlp)


def withheld_from(audience: Audience, arrangement: Arrangement, day: date) -> tuple[str, ...]:
    """What the release rules of `day` keep from `audience`; everything, if they do not name it."""
    rules = arrangement.release.at(day).value
    return rules.get(audience, () if audience == MISSION else WITHHOLDABLE)


def released(report: DailyReport, arrangement: Arrangement, day: date) -> DailyReport:
    """`report` as its audience may see it; subjects that their handling keeps from it are left out before."""
    shown = withhold(report, withheld_from(report.audience, arrangement, day))
    if report.audience == MISSION:
        return shown
    areas: list[LineSector | Zone] = [*arrangement.sectors, *arrangement.zones]
    places = {name for area in areas for name in (area.id, area.name)}
    shown = replace(shown, restrictions=tuple(_outline(r, places) for r in shown.restrictions))
    return relabelled(outside(shown, arrangement, places))


def withhold(report: DailyReport, names: Sequence[str]) -> DailyReport:
    """`report` without what `names` withhold; each withheld part is empty, and named in `withheld`.

    Raises KeyError for a name that no part of the report answers to: a release rule must never be a dead letter.
    """
    cut: dict[str, dict[str, Any]] = {
        "advice": {"advice": (), "levels": ()},
        "decisions": {"decisions": tuple(d for d in report.decisions if report.audience in d.released_to)},
        "observations": {
            "observations": (),
            "sentences": (),
            "links": (),
            "undetermined": (),
            "engagements": tuple(replace(e, support=()) for e in report.engagements),
            "incidents": tuple(replace(i, support=()) for i in report.incidents),
            "holdings": tuple(replace(h, support=()) for h in report.holdings),
            "obstructions": tuple(replace(o, support=()) for o in report.obstructions),
            "undertakings": tuple(replace(u, support=()) for u in report.undertakings),
        },
        "sensor_positions": {"observations": tuple(replace(o, sensor_deg=None) for o in report.observations)},
        "coverage": {"watched": (), "counts": tuple(replace(c, watched=None) for c in report.counts)},
        "restrictions": {"restrictions": (), **_without_obstructions(report)},
        "rejected": {"rejected": ()},
    }
    parts: dict[str, Any] = {}
    for name in sorted(names, reverse=True):  # "sensor_positions" before "observations", whatever the file's order
        parts |= cut[name]
    if {"observations", "restrictions"} <= set(names):
        parts["obstructions"] = ()
    report = replace(report, **parts)
    return replace(report, withheld=tuple(sorted(names)))


def _without_obstructions(report: DailyReport) -> dict[str, Any]:
    """An obstruction is a restriction that clauses are asked about: neither it nor what is said of it is left."""
    gone = {one.id for one in report.obstructions}
    return {"obstructions": (), "indications": tuple(i for i in report.indications if i.subject not in gone)}


def _outline(restriction: Restriction, places: set[str]) -> Restriction:
    """That monitors were hindered, not who and not at which post."""
    where = restriction.where if restriction.where in places else ""
    return replace(restriction, id="", where=where, imposed_by="", text="")


def relabelled(report: DailyReport) -> DailyReport:
    """`report` with running labels: the mission's own ids are hashes of observation ids, which can be guessed at."""
    labels = _labels(report)
    told = _teller(labels)
    new: dict[str, Any] = {
        "engagements": tuple(replace(e, id=EngagementId(labels[e.id])) for e in report.engagements),
        "incidents": tuple(_incident(i, labels) for i in report.incidents),
        "holdings": tuple(replace(h, id=labels[h.id]) for h in report.holdings),
        "obstructions": tuple(replace(o, id=labels[o.id]) for o in report.obstructions),
        "undertakings": tuple(replace(u, id=labels[u.id], subjects=_known(u.subjects, labels))
                              for u in report.undertakings),
        "indications": tuple(_indication(i, labels, told) for i in report.indications),
        "decisions": tuple(replace(d, id=labels[d.id], about=labels.get(d.about, "")) for d in report.decisions),
        "advice": tuple(_advice(a, labels, told) for a in report.advice),
        "sentences": tuple((labels[id], tuple(map(told, lines))) for id, lines in report.sentences),
        "undetermined": tuple(map(told, report.undetermined)),
        "observations": tuple(replace(o, subject=labels.get(o.subject or "")) for o in report.observations),
    }  # fmt: skip
    return replace(report, **new)


def _labels(report: DailyReport) -> dict[str, str]:
    """A label for every id of `report`, by its letter and place; one thing has one id, so none is labelled twice."""
    labels: dict[str, str] = {}
    runs: tuple[tuple[str, Sequence[Any]], ...] = (
        ("E", report.engagements),
        ("I", report.incidents),
        ("H", report.holdings),
        ("O", report.obstructions),
        ("U", report.undertakings),
        ("N", report.indications),
        ("F", [d for d in report.decisions if d.kind == "finding"]),
        ("R", [d for d in report.decisions if d.kind == "ruling"]),
        ("A", report.advice),
    )
    for letter, run in runs:
        labels |= {one.id: f"{letter}-{n}" for n, one in enumerate(run, 1)}
    others = [d for d in report.decisions if d.id not in labels]
    return labels | {one.id: f"D-{n}" for n, one in enumerate(others, 1)}


def _known(ids: Sequence[str], labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels[id] for id in ids if id in labels)


def _advice(advice: Advice, labels: Mapping[str, str], told: Callable[[str], str]) -> Advice:
    return replace(
        advice,
        id=labels[advice.id],
        subjects=_known(advice.subjects, labels),
        rests_on=_known(advice.rests_on, labels),
        tests=tuple(_element(one, told) for one in advice.tests),
    )


def _teller(labels: Mapping[str, str]) -> Callable[[str], str]:
    """What writes the new labels wherever a text names an old one; an id without a label is not told at all."""
    others = [re.escape(id) for id in labels if not re.fullmatch(OWN_ID, id)]  # one pattern for all ids of our own
    old = re.compile("|".join([*others, OWN_ID]))
    return lambda text: old.sub(lambda found: labels.get(found.group(), UNLABELLED), text)


def _incident(incident: Incident, labels: Mapping[str, str]) -> Incident:
    inside = labels.get(incident.engagement or "")
    return replace(incident, id=IncidentId(labels[incident.id]), engagement=EngagementId(inside) if inside else None)


def _indication(indication: Indication, labels: Mapping[str, str], told: Callable[[str], str]) -> Indication:
    assessment = indication.assessment
    new: dict[str, Any] = {
        "id": labels[indication.id],
        "subject": labels[indication.subject],
        "supersedes": labels.get(indication.supersedes or ""),
        "assessment": replace(assessment, elements=tuple(_element(e, told) for e in assessment.elements)),
    }
    return replace(indication, **new)


def _element(one: Element, told: Callable[[str], str]) -> Element:
    return replace(one, because=told(one.because), children=tuple(_element(child, told) for child in one.children))
