"""Presence: troops, weapons, vehicles or works where the clause wants none, or no more than so many at one time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from truceline.clauses.counting import Sighting, by_day, day_of, members, more_than, share, undertaking
from truceline.clauses.elements import (
    NEVER,
    SURE,
    Bounds,
    acts_at,
    all_of,
    assessment,
    certain,
    happened,
    in_force,
    in_zone,
    kinds_of,
    of_another,
    prohibited,
    ruled,
    terms_reference,
    where,
)
from truceline.clauses.origins import binds_some, bound_by, p_of
from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText
from truceline.domain.holding import Holding, Undertaking
from truceline.domain.ids import ClauseId, ZoneId
from truceline.domain.incident import Incident
from truceline.domain.indication import Assessment
from truceline.domain.observation import PHENOMENA
from truceline.domain.ports import AnySubject, ClauseContext, Watched
from truceline.domain.terms import Term

USUAL = ("troops", "vehicle", "weapon", "works")  # where the clause does not name what it keeps out
AS_INCIDENT = ("vehicle", "works")  # single ones are events; weapons and troops always are holdings

TERMS: Mapping[str, Term] = {
    "permitted": Term(kind="texts", meaning="phenomena that may be there all the same", choices=PHENOMENA),
    "max_count": Term(kind="whole", meaning="how many of all that is named may be there at one time; 0 if none"),
}


@dataclass(frozen=True, slots=True)
class Presence:
    """The family, filled with one clause's text.

    Without a count every sighting is asked by itself; with one, each zone and local day together.
    """

    about: ClassVar[tuple[str, ...]] = ("holding", "incident", "undertaking")
    terms: ClassVar[Mapping[str, Term]] = TERMS
    asks_origin: ClassVar[bool] = False

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """Elements: it was there; it is of a kind that is kept out; inside a zone of the clause; while in force."""
        if isinstance(subject, Undertaking):
            return of_another(self.text, subject) or self._counted(subject, context)
        act = prohibited(self.text, subject, context, USUAL, self._permitted(context))
        if self._cap(context) > 0:
            act = certain(act.name, 0.0, "a number is allowed; see the count of the day", act.reference)
        elsewhere = isinstance(subject, Incident) and subject.phenomenon not in AS_INCIDENT
        if elsewhere:
            act = certain(act.name, 0.0, "sightings of it are asked about one by one, as holdings", act.reference)
        elements = [
            happened(subject, "it was there"),
            act,
            where(self.text, subject, context),
            in_force(self.text, subject.when),
        ]
        if binds_some(self.text, context):
            elements.append(bound_by(self.text, subject.id, context))
        return assessment(self.id, elements)

    def undertakings(self, span: Interval, context: ClauseContext, watched: Watched) -> tuple[Undertaking, ...]:
        """One for every zone and local day on which something that the clause counts was seen there."""
        asked = ruled(self.text, span)
        if asked is None or not self._counts_ever():
            return ()
        found = []
        for day, seen in by_day(asked, context).items():
            when, that_day = day_of(day, asked, context), replace(context, day=day)
            for zone in self.text.zones or (None,) if self._cap(that_day) else ():
                here = [one for one in seen if self._counts(one, zone, that_day)[2] > 0.0]
                if here:
                    founding, part = (zone or "", day.isoformat()), share(watched, zone, when)
                    found.append(undertaking(self.id, founding, when, here, share_watched=part, zone=zone))
        return tuple(found)

    def _counted(self, asked: Undertaking, context: ClauseContext) -> Assessment:
        sightings = [
            Sighting(subject=one, bounds=self._counts(one, asked.zone, context))
            for one in members(asked, context)
            if isinstance(one, Holding | Incident)
        ]
        place = context.zone_names.get(asked.zone, asked.zone) if asked.zone else "the whole area"
        counted = more_than(self._cap(context), sightings, f"too many at one time in {place}", self._reference(context))
        return assessment(self.id, [counted, in_force(self.text, asked.when)])

    def _counts(self, subject: Holding | Incident, zone: ZoneId | None, context: ClauseContext) -> Bounds:
        """That a sighting counts: it was there, is of a kind that is counted, and lies in the zone."""
        acts, _ = acts_at(self.text, context.day, USUAL)
        named = [k for k in kinds_of(subject) if k in acts and k not in self._permitted(context)]
        if not named or (isinstance(subject, Incident) and subject.phenomenon not in AS_INCIDENT):
            return NEVER
        place = in_zone(subject, zone, context)[0] if zone else SURE
        whose = p_of(subject.id, self.text.binds, context) if binds_some(self.text, context) else SURE
        return all_of([(subject.p_exists,) * 3, place, whose])

    def _counts_ever(self) -> bool:
        history = self.text.terms.history if self.text.terms is not None else ()
        return any(version.value.get("max_count", 0) > 0 for version in history)

    def _permitted(self, context: ClauseContext) -> tuple[str, ...]:
        return tuple(self.text.terms_at(context.day).get("permitted", ()))

    def _cap(self, context: ClauseContext) -> int:
        return int(self.text.terms_at(context.day).get("max_count", 0))

    def _reference(self, context: ClauseContext) -> str:
        return terms_reference(self.text, context.day)
