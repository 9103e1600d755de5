"""The daily report compiled from state: pure, and cut down to what its reader may see (`release`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from truceline.clock import reporting_period
from truceline.domain.arrangement import STANDARDS
from truceline.domain.ids import ObservationId
from truceline.domain.incident import Engagement, Incident, Link, Subject, Support
from truceline.domain.report import (
    Audience,
    CarryOver,
    DailyReport,
    RejectedInput,
    ReportedObservation,
    SectorCount,
)
from truceline.fusion.places.along import Ground, make_ground
from truceline.geo.frame import fit_frame
from truceline.judgement.explain import engagement_words, incident_words, link_words, open_questions
from truceline.pipeline import Derived
from truceline.reports.along_line import drawn_line, watch, watch_rows
from truceline.reports.assumptions import assumptions
from truceline.reports.beyond import with_beyond
from truceline.reports.counts import carry_over, sector_counts, watched_share
from truceline.reports.held import Held
from truceline.reports.observed import day_of_row, is_observation, reported, restrictions, row_id
from truceline.reports.others import day_of_other, every_other, origins_of
from truceline.reports.release import MISSION, leaves_mission, may_see, released
from truceline.reports.told import in_words

__all__ = ["Held", "Ready", "Stamp", "compile_report", "make_ready", "report_days"]

SCHEMA = "daily_report/2"
REJECTED_SHOWN = 50  # rows of one file written out; all are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What ties a report to the ledger and to the code that made it."""

    inputs: int
    checkpoint: str
    derived: str
    code_version: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What every day's report needs, worked out once: each observation's day, subject and words."""

    held: Held
    ground: Ground
    rows: tuple[dict[str, Any], ...]
    days: Mapping[str, date]
    home: Mapping[str, tuple[Subject, Support]]
    observed: Mapping[str, ReportedObservation]
    compared: tuple[CarryOver, ...]
    means: frozenset[str]  # by which anything was perceived
    closed: frozenset[str]  # rows that their own handling or their subject's keeps inside the mission


def make_ready(held: Held) -> Ready:
    """Prepare for reports of any day."""
    arrangement, line = held.arrangement, held.arrangement.lines[0]
    home: dict[str, tuple[Subject, Support]] = {}
    for incident in held.derived.incidents:
        home |= {s.observation: (incident, s) for s in incident.support}
    for engagement in held.derived.engagements:  # an incident inside an engagement is told under it
        home |= {s.observation: (engagement, s) for s in engagement.support}
    every = held.observations.to_pylist()
    rows = tuple(r for r in every if is_observation(r))
    closed = {id for id, (subject, _) in home.items() if not leaves_mission(subject.tlp)}
    subject_ids: dict[str, tuple[str, Support]] = {
        s.observation: (one.id, s) for one in held.derived.holdings for s in one.support
    }
    subject_ids |= {id: (s.id, support) for id, (s, support) in home.items()}
    return Ready(
        held=held,
        ground=make_ground(fit_frame(line.versions.history[0].value.vertices_deg), line, arrangement.regions),
        rows=rows,
        days={row_id(r): day_of_row(r, arrangement) for r in rows},
        home=home,
        observed=reported(held.observations, subject_ids, arrangement.timezone),
        compared=carry_over(held.published_counts),
        means=frozenset(r["means"] or "reported" for r in rows),
        closed=frozenset(closed | {row_id(r) for r in every if not leaves_mission(r["tlp"])}),
    )


def report_days(ready: Ready) -> tuple[date, ...]:
    """Every reporting day that something was observed in, monitors were hindered in, or an undertaking ended in."""
    arrangement = ready.held.arrangement
    hindered = [r for r in ready.held.observations.to_pylist() if r["record_kind"] == "restriction"]
    others = {day_of_other(one, arrangement) for one in every_other(ready.held.derived)}
    return tuple(sorted({*ready.days.values(), *(day_of_row(r, arrangement) for r in hindered), *others}))


def compile_report(ready: Ready, day: date, audience: Audience, stamp: Stamp) -> DailyReport:
    """The report of one reporting day for one audience.

    A subject is reported on the day in which the last of its observations ended.
    """
    arrangement = ready.held.arrangement
    whole = with_beyond(_compile(ready, day, audience, stamp), ready.held, day)
    zones = tuple((z.id, z.name) for z in arrangement.zones)
    return in_words(released(whole, arrangement, day), zones)


def _compile(ready: Ready, day: date, audience: Audience, stamp: Stamp) -> DailyReport:
    held, arrangement = ready.held, ready.held.arrangement
    period = reporting_period(day, arrangement.timezone, arrangement.cut_off(day))
    every = _subjects_of(held.derived, ready.days, day)
    subjects = [s for s in every if may_see(audience, s.tlp)]
    ids = {s.id for s in subjects}
    members = {s.observation for subject in subjects for s in subject.support}
    engagements = tuple(s for s in subjects if isinstance(s, Engagement))
    links = tuple(k for k in held.derived.links if k.a in members and k.b in members)
    watches = [r for r in watch_rows(held.coverage, period) if may_see(audience, r["tlp"])]
    hindered = restrictions(held.observations, arrangement, day)
    told = tuple(r for r in hindered if _open(ready, audience, r.id))
    return DailyReport(
        schema=SCHEMA,
        mission=held.mission,
        arrangement=arrangement.id,
        arrangement_version=arrangement.version,
        title=arrangement.title,
        day=day.isoformat(),
        period=period,
        timezone=arrangement.timezone,
        audience=audience,
        line=drawn_line(arrangement, ready.ground, day),
        places=tuple((p.name, p.lon_deg, p.lat_deg) for p in arrangement.landmarks),
        clauses=tuple((c.id, c.title, c.reference) for c in arrangement.clauses),
        standards=tuple((name, getattr(arrangement.standards.at(day).value, name)) for name in STANDARDS),
        counts=_counts(ready, day, every, watched_share(watches, arrangement.sectors, period)),
        engagements=engagements,
        incidents=_incidents_of(held.derived, subjects),
        links=tuple(replace(k, because=link_words(k, ready.observed)) for k in links),
        indications=(),
        sentences=tuple((s.id, _words(s, ready)) for s in subjects),
        undetermined=_open_points(ready, engagements, links, ids, audience) if subjects else (),
        observations=_shown(ready, day, members, audience),
        restrictions=told,
        watched=tuple(watch(r, arrangement, ready.ground, day) for r in watches),
        rejected=_rejected(held.rejected),
        carry_over=tuple(c for c in ready.compared if not c.agrees),
        carry_over_agree=sum(c.agrees for c in ready.compared),
        carry_over_total=len(ready.compared),
        assumed=assumptions(arrangement, held.models, day, ready.means, attributed=_has_fire(held.derived)),
        withheld=(),
        held_back=_count(held.derived, every) - _count(held.derived, subjects) + len(hindered) - len(told),
        inputs=stamp.inputs,
        checkpoint=stamp.checkpoint,
        derived=stamp.derived,
        code_version=stamp.code_version,
        issued_at=stamp.issued_at,
    )


def _has_fire(derived: Derived) -> bool:
    """Whether the mission holds fire at all: whose it is was asked of every one, and advice may rest on older ones."""
    return bool(derived.engagements or derived.incidents)


def _counts(
    ready: Ready, day: date, subjects: Sequence[Subject], watched: Mapping[str, float | None]
) -> tuple[SectorCount, ...]:
    return sector_counts(
        ready.held.arrangement.sectors,
        _rows_of(ready, day),
        _rows_of(ready, day - timedelta(days=1)),
        {id: subject for id, (subject, _) in ready.home.items()},
        subjects,
        watched,
    )


def _shown(ready: Ready, day: date, members: set[ObservationId], audience: Audience) -> tuple[ReportedObservation, ...]:
    """Observations of the day, and those of other days that its subjects rest on."""
    shown = [one for id, one in ready.observed.items() if id in members or ready.days[id] == day]
    told = [one for one in shown if _open(ready, audience, one.id)]
    return tuple(sorted(told, key=lambda o: (o.when.start, o.id)))


def _open(ready: Ready, audience: Audience, row: str) -> bool:
    return audience == MISSION or row not in ready.closed


def _rows_of(ready: Ready, day: date) -> list[dict[str, Any]]:
    return [r for r in ready.rows if ready.days[row_id(r)] == day]


def _subjects_of(derived: Derived, days: Mapping[str, date], day: date) -> list[Subject]:
    every: list[Subject] = [*derived.engagements, *(i for i in derived.incidents if i.engagement is None)]
    return [s for s in every if max(days[m.observation] for m in s.support) == day]


def _incidents_of(derived: Derived, subjects: Sequence[Subject]) -> tuple[Incident, ...]:
    """Incidents among `subjects` and those inside its engagements, whose handling is at least as strict as theirs."""
    ids = {s.id for s in subjects}
    return tuple(i for i in derived.incidents if i.id in ids or i.engagement in ids)


def _count(derived: Derived, subjects: Sequence[Subject]) -> int:
    return sum(isinstance(s, Engagement) for s in subjects) + len(_incidents_of(derived, subjects))


def _words(subject: Subject, ready: Ready) -> tuple[str, ...]:
    local = ZoneInfo(ready.held.arrangement.timezone)
    if isinstance(subject, Engagement):
        return engagement_words(subject, ready.observed, ready.held.derived.links, local)
    return incident_words(subject, ready.observed, local)


def _open_points(
    ready: Ready, engagements: Sequence[Engagement], links: Sequence[Link], ids: Collection[str], audience: Audience
) -> tuple[str, ...]:
    """What stays open; of who fired, only the mission is told."""
    local = ZoneInfo(ready.held.arrangement.timezone)
    whose = origins_of(ready.held.derived, ids) if audience == MISSION else None
    return open_questions(engagements, ready.observed, links, local, whose)


def _rejected(table: pa.Table) -> tuple[RejectedInput, ...]:
    files: dict[tuple[str, str], list[tuple[int, str, str, str]]] = {}
    for row in table.to_pylist():
        at = (row["file"], row["batch_source"])
        files.setdefault(at, []).append((row["row"], row["field"], row["reason"], row["value"]))
    return tuple(
        RejectedInput(file=file, source=source, n_rejected=len(rows), rows=tuple(rows[:REJECTED_SHOWN]))
        for (file, source), rows in files.items()
    )
