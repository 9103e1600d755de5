"""A day's report beyond fire: holdings, obstructions, undertakings, origin, decisions, advice and levels."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from truceline.clock import Interval
from truceline.domain import decided
from truceline.domain.advice import Advice
from truceline.domain.holding import Other
from truceline.domain.incident import Subject
from truceline.domain.report import Audience, DailyReport
from truceline.pipeline import Derived
from truceline.reports.decisions import concerning, decidable, names_of, told_decisions
from truceline.reports.exercise import exercise_label
from truceline.reports.held import Held
from truceline.reports.others import (
    every_other,
    levels_at,
    of_day,
    only_holdings,
    only_obstructions,
    only_undertakings,
    origins_of,
)
from truceline.reports.release import MISSION, may_see

ALWAYS_TOLD = ("running", "expired", "no_deadline", "not_reached")  # whatever day its series is of; the others are over


def with_beyond(report: DailyReport, held: Held, day: date) -> DailyReport:
    """`report`, which tells the fire of `day`, with everything else that the day's report tells its audience."""
    audience, arrangement = report.audience, held.arrangement
    every = of_day(held.derived, arrangement, day)
    others = [one for one in every if may_see(audience, one.tlp)]
    ids: set[str] = {*(e.id for e in report.engagements), *(i.id for i in report.incidents)}
    ids |= {one.id for one in others}
    indications = tuple(i for i in held.derived.indications if i.subject in ids)
    advice = _advice(held, report, ids)
    hidden = _hidden(held.derived, audience)
    shown = tuple(a for a in advice if hidden.isdisjoint(a.subjects))
    names = names_of(arrangement)
    decisions = _decisions(held, report, ids | decidable(indications) | {a.id for a in shown})
    return replace(
        report,
        exercise=exercise_label(held.mission, arrangement.title),
        names=tuple(sorted(names.items())),
        holdings=only_holdings(others),
        obstructions=only_obstructions(others),
        undertakings=only_undertakings(others),
        indications=tuple(replace(i, origin=None) for i in indications),  # told once, among the origins
        origins=tuple(origins_of(held.derived, ids).values()) if audience == MISSION else (),
        decisions=told_decisions(decisions, held.decisions, names),
        advice=shown,
        levels=levels_at(arrangement, report.period.end),
        held_back=report.held_back + _held_back(every, others) + len(advice) - len(shown),
    )


def _held_back(every: Collection[Other], shown: Collection[Other]) -> int:
    """Holdings and undertakings not shown; an obstruction is held back as the restriction that it is already."""
    counted = [len(only_holdings(some)) + len(only_undertakings(some)) for some in (every, shown)]
    return counted[0] - counted[1]


def _advice(held: Held, report: DailyReport, ids: Collection[str]) -> tuple[Advice, ...]:
    """Advice at the end of the period; of what is answered or over, what began, fell due or is about the day."""
    return tuple(a for a in held.advice_at(report.period.end) if _of_the_day(a, report.period, ids))


def _of_the_day(advice: Advice, period: Interval, ids: Collection[str]) -> bool:
    moments = [at for at in (advice.zero_at, advice.due_at) if at is not None]
    began_or_fell_due = any(period.start < at <= period.end for at in moments)
    return advice.state in ALWAYS_TOLD or began_or_fell_due or any(id in ids for id in advice.subjects)


def _hidden(derived: Derived, audience: Audience) -> set[str]:
    """Subjects that may not be told to `audience`: what is hidden must not show in what follows from it."""
    subjects: list[Subject | Other] = [*every_other(derived), *derived.incidents, *derived.engagements]
    return {one.id for one in subjects if not may_see(audience, one.tlp)}


def _decisions(held: Held, report: DailyReport, ids: Collection[str]) -> list[decided.Held]:
    """What was decided in the period or about what the report tells; beyond the mission, nothing about the rest."""
    every = concerning(held.decisions, ids, report.period)
    if report.audience == MISSION:
        return every
    never = Interval(start=report.period.end, end=report.period.end)
    seen = {one.entry for one in concerning(held.decisions, ids, never)}
    to = report.audience
    released = {
        one.record.what for one in held.decisions
        if isinstance(one.record, decided.Release) and one.in_force and one.record.to == to
    }  # fmt: skip
    return [one for one in every if one.entry in seen or one.record.id in released]
