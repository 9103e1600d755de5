"""What goes unmonitored: clauses that none of those who are deployed today can watch."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.domain.level import Monitor, standing


def unmonitored(arrangement: Arrangement, now: datetime) -> tuple[str, ...]:
    """Ids of the clauses in force at `now` all of whose monitors stand on levels that nobody is deployed on.

    A monitor that no level brings is there. Empty where the arrangement says nothing of monitors: then it is unknown.
    """
    today = now.astimezone(ZoneInfo(arrangement.timezone)).date()
    held = {level.number for level in arrangement.levels if standing(level, today).kind == "held"}
    there = [m for m in arrangement.monitors if m.level is None or m.level in held]
    in_force = [c for c in arrangement.clauses if c.since <= now and (c.until is None or now < c.until)]
    if not arrangement.monitors:
        return ()
    return tuple(clause.id for clause in in_force if not any(watches(m, clause, today) for m in there))


def watches(monitor: Monitor, clause: ClauseText, day: date) -> bool:
    """Whether `monitor` can notice an act that `clause` prohibits, somewhere it applies.

    A clause that names no acts (its family knows them) is taken as noticeable by whoever watches there.
    """
    acts = clause.acts.at(day).value
    return _share(monitor.zones, clause.zones) and _share(acts, monitor.phenomena)


def _share(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two lists have something in common; an empty one stands for everything."""
    a, b = set(some), set(others)
    return not a or not b or bool(a & b)
