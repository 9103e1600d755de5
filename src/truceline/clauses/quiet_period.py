"""Quiet period: so many days without fire before something may begin, and what starts the count anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from truceline.clauses.counting import members, share, undertaking
from truceline.clauses.elements import (
    NEVER,
    OPEN,
    SURE,
    Bounds,
    acts_at,
    all_of,
    any_of,
    assessment,
    bounded,
    certain,
    during,
    in_force,
    in_zone,
    kinds_of,
    likeliest,
    local_day,
    of_another,
    ruled,
    terms_reference,
)
from truceline.clauses.nearby import between
from truceline.clauses.origins import binds_some, p_of
from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText
from truceline.domain.holding import Undertaking
from truceline.domain.ids import ClauseId, ZoneId
from truceline.domain.incident import Engagement, Incident
from truceline.domain.indication import Assessment, Element
from truceline.domain.ports import AnySubject, ClauseContext, Watched
from truceline.domain.terms import Term, Terms

TERMS: Mapping[str, Term] = {
    "days": Term(kind="whole", meaning="days of quiet asked for", required=True, low=1, high=3660),
    "reset_lasting_h": Term(kind="number", meaning="only a breach longer than this resets, hours; any if absent"),
    "reset_next_day": Term(kind="flag", meaning="a breach that is repeated the next day resets too"),
}

BEGINNING = "beginning"  # what founds the first attempt; every other is founded by the day of a breach


@dataclass(frozen=True, slots=True, kw_only=True)
class _Breach:
    """Fire that may break the quiet: that it resets the count, and from when on that would begin anew, by day."""

    subject: AnySubject
    resets: Bounds
    anew: Mapping[date, datetime]


@dataclass(frozen=True, slots=True)
class QuietPeriod:
    """The family, filled with one clause's text. What is indicated is that an attempt was broken."""

    about: ClassVar[tuple[str, ...]] = ("undertaking",)
    terms: ClassVar[Mapping[str, Term]] = TERMS
    asks_origin: ClassVar[bool] = False

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """Elements: the quiet was broken before it was complete; the clause was in force."""
        if (nothing := of_another(self.text, subject)) is not None:
            return nothing
        if not isinstance(subject, Undertaking):
            broken = certain("the quiet was broken", 0.0, "asked of whole attempts only", self.text.reference)
        else:
            broken = self._broken(subject, context)
        return assessment(self.id, [broken, in_force(self.text, subject.when)])

    def undertakings(self, span: Interval, context: ClauseContext, watched: Watched) -> tuple[Undertaking, ...]:
        """In each zone, an attempt from the beginning, and one after every day on which the count may have begun anew.

        Each runs until its days are complete, whatever happens in it: whether something reset it is for `assess` to
        say. So attempts overlap where a breach is doubtful, and the doubt decides nothing about which are listed.
        """
        asked = ruled(self.text, span)
        if asked is None:
            return ()
        days = timedelta(days=int(self.text.terms_at(local_day(asked.start, context))["days"]))
        found = []
        for zone in self.text.zones or (None,):
            breaches = self._breaches(between(context.subjects, asked.start, asked.end), zone, asked, context)
            fire = tuple(sorted((b.subject for b in breaches), key=lambda s: (s.when.start, s.id)))
            starts = {BEGINNING: asked.start}
            for one in breaches:
                for day, moment in one.anew.items():
                    if moment < asked.end:
                        starts[day.isoformat()] = max(starts.get(day.isoformat(), asked.start), moment)
            for founding, start in starts.items():
                when = Interval(start=start, end=min(start + days, asked.end))
                inside = [s for s in between(fire, start, when.end) if _falls_in(s.when, when, founding)]
                part = share(watched, zone, when)
                found.append(undertaking(self.id, (zone or "", founding), when, inside, share_watched=part, zone=zone))
        return tuple(found)

    def _broken(self, asked: Undertaking, context: ClauseContext) -> Element:
        """At least what was seen to reset it, at most that and everything that nobody was there to see."""
        reference, terms = terms_reference(self.text, context.day), self.text.terms_at(context.day)
        breaches = self._breaches(members(asked, context), asked.zone, asked.when, context)
        low, p, high = any_of([b.resets for b in breaches])
        children = [
            bounded(b.subject.id, b.resets, _why(b, terms), reference) for b in likeliest(breaches, lambda b: b.resets)
        ]
        unseen = 1.0 if asked.share_watched is None else 1.0 - asked.share_watched
        days = asked.when.seconds / 86400
        seen = (
            "how much of it was watched is unknown, so that silence says nothing"
            if asked.share_watched is None
            else f"{100 * asked.share_watched:.0f} % of it was watched"
        )
        many = "1 breach" if len(breaches) == 1 else f"{len(breaches)} breaches"
        because = f"{many} known in {days:.3g} of the {int(terms['days'])} days asked for; {seen}"
        return bounded("the quiet was broken", (low, p, min(1.0, high + unseen)), because, reference, tuple(children))

    def _breaches(
        self, subjects: Iterable[AnySubject], zone: ZoneId | None, span: Interval, context: ClauseContext
    ) -> list[_Breach]:
        """Fire among `subjects` that may lie in the zone and span, with the chance that each resets the count."""
        by_day: dict[date, list[tuple[AnySubject, Bounds]]] = {}
        for subject in subjects:
            if not isinstance(subject, Incident | Engagement) or getattr(subject, "engagement", None) is not None:
                continue  # an incident inside an engagement counts with it
            day = local_day(subject.when.start, context)
            acts, _ = acts_at(self.text, day, ())
            if any(kind in acts for kind in kinds_of(subject)):
                place = in_zone(subject, zone, context)[0] if zone else SURE
                whose = p_of(subject.id, self.text.binds, context) if binds_some(self.text, context) else SURE
                inside = during(subject.when, span.start, span.end)
                counts = all_of([(subject.p_exists,) * 3, place, inside, whose])
                if counts[2] > 0.0:
                    by_day.setdefault(day, []).append((subject, counts))
        terms = self.text.terms_at(context.day)
        found = []
        for day, breaches in by_day.items():
            after = day + timedelta(days=1)
            repeated = by_day.get(after, [])
            again, last = any_of([counts for _, counts in repeated]), [one.when.end for one, _ in repeated]
            for subject, counts in breaches:
                alone, anew = _alone(subject, terms), {}
                if alone[2] > 0.0:
                    anew[day] = subject.when.end
                if terms.get("reset_next_day") and last:
                    alone, anew[after] = any_of([alone, again]), max(last)  # upset by what repeats it, so from then on
                found.append(_Breach(subject=subject, resets=all_of([counts, alone]), anew=anew))
        return found


def _falls_in(when: Interval, attempt: Interval, founding: str) -> bool:
    """Whether some of `when` lies in an attempt; the breach after which it began ends there and is not in it."""
    after = when.end > attempt.start or (founding == BEGINNING and when.end == attempt.start)
    return after and when.start < attempt.end


def _alone(subject: AnySubject, terms: Terms) -> Bounds:
    """That a breach resets the count by itself, given that it was one; without a rule every breach does."""
    if "reset_lasting_h" not in terms:
        return NEVER if terms.get("reset_next_day") else SURE
    # A window says when it can have been, not how long it was: a long one may have held a short breach.
    hours = subject.when.seconds / 3600
    return OPEN if isinstance(subject, Engagement) and hours > float(terms["reset_lasting_h"]) else NEVER


def _why(breach: _Breach, terms: Terms) -> str:
    when, words = breach.subject.when, []
    if "reset_lasting_h" in terms:
        longer = f"{float(terms['reset_lasting_h']):g} h"
        can = when.seconds / 3600 > float(terms["reset_lasting_h"]) and isinstance(breach.subject, Engagement)
        words.append(f"may have lasted longer than {longer}" if can else f"did not last longer than {longer}")
    if terms.get("reset_next_day"):
        words.append("whether it was repeated the next day is weighed")
    rule = "; ".join(words) or "any breach resets the count"
    return f"{when.start:%Y-%m-%d %H:%M} to {when.end:%Y-%m-%d %H:%M %Z}; {rule}"
