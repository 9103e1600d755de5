"""A report put into words last, from what its reader may see: no sentence can tell what was taken out before it."""

from dataclasses import replace

from truceline.domain.holding import Other
from truceline.domain.report import DailyReport, Sentences, ToldLevel
from truceline.judgement.advice_words import advice_words, level_words
from truceline.judgement.decision_words import decision_words
from truceline.judgement.holding_words import other_words
from truceline.judgement.origin_words import origin_words
from truceline.judgement.words import zone


def in_words(report: DailyReport, zone_names: tuple[tuple[str, str], ...]) -> DailyReport:
    """`report` with sentences for every holding, obstruction, undertaking, decision, advice, level and origin."""
    names, local = dict(report.names), zone(report.timezone)
    ground = {**dict(zone_names), **names}
    others: list[Other] = [*report.holdings, *report.obstructions, *report.undertakings]
    told: Sentences = (
        *((one.id, other_words(one, ground, report.places, local)) for one in others),
        *((one.id, decision_words(one, local)) for one in report.decisions),
        *((one.id, advice_words(one, names, local)) for one in report.advice),
        *((f"level {one.number}", _level(one, names)) for one in report.levels),
    )
    origins = tuple((one.subject, origin_words(one, names)) for one in report.origins)
    return replace(report, told=told, told_origins=origins)


def _level(one: ToldLevel, names: dict[str, str]) -> tuple[str, ...]:
    return level_words(one.number, one.name, one.place, one.standing, names)
