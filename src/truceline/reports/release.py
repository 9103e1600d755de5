"""What a report's reader may see: handling of the inputs, the arrangement's release rules, names that tell nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from truceline.domain.arrangement import Arrangement, LineSector, Zone
from truceline.domain.ids import EngagementId, IncidentId
from truceline.domain.incident import Incident
from truceline.domain.indication import Element, Indication
from truceline.domain.report import WITHHOLDABLE, Audience, DailyReport, Restriction

MISSION = "mission"  # the audience that everything else is cut down from
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
    return relabelled(replace(shown, restrictions=tuple(_outline(r, places) for r in shown.restrictions)))


def withhold(report: DailyReport, names: Sequence[str]) -> DailyReport:
    """`report` without what `names` withhold; each withheld part is empty, and named in `withheld`.

    Raises KeyError for a name that no part of the report answers to: a release rule must never be a dead letter.
    """
    cut: dict[str, dict[str, Any]] = {
        "observations": {
            "observations": (),
            "sentences": (),
            "links": (),
            "undetermined": (),
            "engagements": tuple(replace(e, support=()) for e in report.engagements),
            "incidents": tuple(replace(i, support=()) for i in report.incidents),
        },
        "sensor_positions": {"observations": tuple(replace(o, sensor_deg=None) for o in report.observations)},
        "coverage": {"watched": (), "counts": tuple(replace(c, watched=None) for c in report.counts)},
        "restrictions": {"restrictions": ()},
        "rejected": {"rejected": ()},
    }
    for name in sorted(names, reverse=True):  # "sensor_positions" before "observations", whatever the file's order
        report = replace(report, **cut[name])
    return replace(report, withheld=tuple(sorted(names)))


def _outline(restriction: Restriction, places: set[str]) -> Restriction:
    """That monitors were hindered, not who and not at which post."""
    where = restriction.where if restriction.where in places else ""
    return replace(restriction, id="", where=where, imposed_by="", text="")


def relabelled(report: DailyReport) -> DailyReport:
    """`report` with running labels: the mission's own ids are hashes of observation ids, which can be guessed at."""
    labels: dict[str, str] = {e.id: f"E-{n}" for n, e in enumerate(report.engagements, 1)}
    labels |= {i.id: f"I-{n}" for n, i in enumerate(report.incidents, 1)}
    labels |= {i.id: f"N-{n}" for n, i in enumerate(report.indications, 1)}
    told = _teller(labels)
    new: dict[str, Any] = {
        "engagements": tuple(replace(e, id=EngagementId(labels[e.id])) for e in report.engagements),
        "incidents": tuple(_incident(i, labels) for i in report.incidents),
        "indications": tuple(_indication(i, labels, told) for i in report.indications),
        "sentences": tuple((labels[id], tuple(map(told, lines))) for id, lines in report.sentences),
        "undetermined": tuple(map(told, report.undetermined)),
        "observations": tuple(replace(o, subject=labels.get(o.subject or "")) for o in report.observations),
    }
    return replace(report, **new)


def _teller(labels: Mapping[str, str]) -> Callable[[str], str]:
    """What writes the new labels wherever a text names an old one."""
    if not labels:
        return str
    old = re.compile("|".join(map(re.escape, labels)))
    return lambda text: old.sub(lambda found: labels[found.group()], text)


def _incident(incident: Incident, labels: Mapping[str, str]) -> Incident:
    inside = labels.get(incident.engagement or "")
    return replace(incident, id=IncidentId(labels[incident.id]), engagement=EngagementId(inside) if inside else None)


def _indication(indication: Indication, labels: Mapping[str, str], told: Callable[[str], str]) -> Indication:
    def element(one: Element) -> Element:
        return replace(one, because=told(one.because), children=tuple(map(element, one.children)))

    assessment = indication.assessment
    new: dict[str, Any] = {
        "id": labels[indication.id],
        "subject": labels[indication.subject],
        "supersedes": labels.get(indication.supersedes or ""),
        "assessment": replace(assessment, elements=tuple(map(element, assessment.elements))),
    }
    return replace(indication, **new)
