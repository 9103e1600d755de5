"""More than so many at one time: counts as intervals, since one battery may be seen twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from truceline.clauses.elements import Bounds, bounded, likeliest, local_day, strictest
from truceline.clauses.nearby import between
from truceline.clock import Interval, utc
from truceline.domain.holding import Holding, Undertaking
from truceline.domain.ids import ClauseId, PartyId, ZoneId, derived_id
from truceline.domain.incident import Incident
from truceline.domain.indication import Element
from truceline.domain.ports import AnySubject, ClauseContext, Watched

Counted = Holding | Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One subject that may count towards a cap: how likely it does (existence, kind and place), and how many it is."""

    subject: Counted
    bounds: Bounds

    @property
    def at_least(self) -> int:
        """The smallest count that it allows; one event is one."""
        return self.subject.count_low if isinstance(self.subject, Holding) else 1

    @property
    def at_most(self) -> int | None:
        """The largest count that it allows, None without an upper bound."""
        return self.subject.count_high if isinstance(self.subject, Holding) else 1


def more_than(cap: int, sightings: Sequence[Sighting], name: str, reference: str) -> Element:
    """That there were more than `cap`.

    Two sightings may be of the same ones or of others. So at least: the likeliest single sighting that alone exceeds
    the cap. At most: all of them were different; the expected sum over cap + 1 then bounds the chance (Markov), and
    a sighting without an upper bound may exceed any cap.
    """
    low = max((s.bounds[0] for s in sightings if s.at_least > cap), default=0.0)
    alone = max((s.bounds[1] for s in sightings if s.at_least > cap), default=0.0)
    unlimited = sum(s.bounds[2] for s in sightings if s.at_most is None)
    counted = sum(s.bounds[2] * s.at_most for s in sightings if s.at_most is not None)
    most = sum(s.at_most for s in sightings if s.at_most is not None)
    high = unlimited + (counted / (cap + 1) if unlimited > 0.0 or most > cap else 0.0)
    high = min(1.0, max(high, low, alone))
    p = max(alone, 0.5 * (low + high))
    children = [
        bounded(s.subject.id, s.bounds, f"{_count(s)}, {s.subject.when.start:%Y-%m-%d %H:%M %Z}", reference)
        for s in likeliest(sightings, lambda s: s.bounds)
    ]
    largest = max((s.at_least for s in sightings), default=0)
    total = f"{most}" if all(s.at_most is not None for s in sightings) else "any number"
    many = "1 sighting" if len(sightings) == 1 else f"{len(sightings)} sightings"
    because = f"{cap} allowed; {many}, from {largest} (all the same ones) to {total} (none the same)"
    return bounded(name, (low, p, high), because, reference, tuple(children))


def _count(sighting: Sighting) -> str:
    if sighting.at_most is None:
        return f"at least {sighting.at_least}"
    return (
        f"{sighting.at_least}" if sighting.at_most == sighting.at_least else f"{sighting.at_least}-{sighting.at_most}"
    )


def by_day(span: Interval, context: ClauseContext) -> dict[date, list[Counted]]:
    """Holdings and incidents of each local day of `span`, by the day in which each began."""
    found: dict[date, list[Counted]] = {}
    for subject in between(context.subjects, span.start, span.end):
        if isinstance(subject, Counted) and span.start <= subject.when.start < span.end:
            found.setdefault(local_day(subject.when.start, context), []).append(subject)
    return found


def day_of(day: date, span: Interval, context: ClauseContext) -> Interval:
    """The part of the local day `day` that lies in `span`."""
    zone = ZoneInfo(context.timezone)
    start = utc(datetime.combine(day, time(), tzinfo=zone))
    end = utc(datetime.combine(day + timedelta(days=1), time(), tzinfo=zone))
    return Interval(start=max(start, span.start), end=max(min(end, span.end), span.start, start))


def undertaking(
    clause: ClauseId,
    founding: tuple[str, ...],
    when: Interval,
    subjects: Sequence[AnySubject],
    *,
    share_watched: float | None,
    party: PartyId | None = None,
    zone: ZoneId | None = None,
) -> Undertaking:
    """What `clause` asked over `when`. Named by what founds it, so that a late arrival makes a version, not a name."""
    support = {s.observation: s for one in subjects for s in one.support}
    return Undertaking(
        id=undertaking_id(clause, founding),
        version=1 + sum(one.version for one in subjects),
        clause=clause,
        party=party,
        zone=zone,
        when=when,
        subjects=tuple(one.id for one in subjects),
        share_watched=share_watched,
        p_exists=1.0,
        support=tuple(support[id] for id in sorted(support)),
        tlp=strictest(subjects),
    )


def undertaking_id(clause: ClauseId, founding: tuple[str, ...]) -> str:
    """The id of the undertaking of `clause` that `founding` founds."""
    return derived_id("U", clause, *founding)


def members(asked: Undertaking, context: ClauseContext) -> list[AnySubject]:
    """The subjects of an undertaking, looked up by its time."""
    ids = set(asked.subjects)
    return [s for s in between(context.subjects, asked.when.start, asked.when.end) if s.id in ids]


def share(watched: Watched, zone: ZoneId | None, when: Interval) -> float | None:
    """How much of `when` was watched; None where nothing is known."""
    return watched(zone, when) if when.seconds > 0.0 else None
