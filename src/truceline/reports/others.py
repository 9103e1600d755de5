"""What a day's report tells besides fire: holdings, obstructions, undertakings, and who holds each level."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from truceline.clock import reporting_day
from truceline.domain.arrangement import Arrangement
from truceline.domain.holding import Holding, Obstruction, Other, Undertaking
from truceline.domain.level import standing
from truceline.domain.origin import Origin
from truceline.domain.report import ToldLevel
from truceline.pipeline import Derived

INSTANT = timedelta(microseconds=1)  # a span excludes its end: what ends at midnight ended on the day before


def every_other(derived: Derived) -> tuple[Other, ...]:
    """All subjects that are not fire, in order of their beginning."""
    others: list[Other] = [*derived.holdings, *derived.obstructions, *derived.undertakings]
    return tuple(sorted(others, key=lambda one: (one.when.start, one.id)))


def day_of_other(one: Other, arrangement: Arrangement) -> date:
    """The day in whose report it is told: the reporting day in which it ended; an undertaking, by its local date.

    What a clause asks day by day ends at midnight, and belongs to the report that is named by that day.
    """
    local = ZoneInfo(arrangement.timezone)
    if isinstance(one, Undertaking):
        last = one.when.end if one.when.end == one.when.start else one.when.end - INSTANT
        return last.astimezone(local).date()
    cut_off = arrangement.cut_off(one.when.end.astimezone(local).date())
    return reporting_day(one.when.end, arrangement.timezone, cut_off)


def of_day(derived: Derived, arrangement: Arrangement, day: date) -> list[Other]:
    """The subjects besides fire that the report of `day` tells."""
    return [one for one in every_other(derived) if day_of_other(one, arrangement) == day]


def only_holdings(others: Iterable[Other]) -> tuple[Holding, ...]:
    """The holdings among `others`."""
    return tuple(one for one in others if isinstance(one, Holding))


def only_obstructions(others: Iterable[Other]) -> tuple[Obstruction, ...]:
    """The obstructions among `others`."""
    return tuple(one for one in others if isinstance(one, Obstruction))


def only_undertakings(others: Iterable[Other]) -> tuple[Undertaking, ...]:
    """The undertakings among `others`."""
    return tuple(one for one in others if isinstance(one, Undertaking))


def origins_of(derived: Derived, ids: Collection[str]) -> dict[str, Origin]:
    """Origin by subject among `ids`: as held against the standards where an indication did so, else as computed."""
    held = {i.subject: i.origin for i in derived.indications if i.origin is not None}
    return {id: origin for id, origin in {**derived.origins, **held}.items() if id in ids}


def levels_at(arrangement: Arrangement, moment: datetime) -> tuple[ToldLevel, ...]:
    """Who holds each level on the local day of `moment`, lowest level first."""
    day = moment.astimezone(ZoneInfo(arrangement.timezone)).date()
    return tuple(
        ToldLevel(number=level.number, name=level.name, place=level.place, standing=standing(level, day))
        for level in sorted(arrangement.levels, key=lambda level: level.number)
    )
