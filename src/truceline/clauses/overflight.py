"""Overflight: something flew where and while the clause forbids it. Whose it was is another question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

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
    bounds_of,
    during,
    happened,
    in_force,
    in_zone,
    local_day,
    not_so,
    prohibited,
    terms_reference,
    where,
)
from truceline.clauses.origins import binds_some, bound_by
from truceline.domain.arrangement import ClauseText
from truceline.domain.ids import ClauseId, ZoneId
from truceline.domain.indication import Assessment, Element
from truceline.domain.ports import AnySubject, ClauseContext, Notice
from truceline.domain.terms import Term

USUAL = ("aircraft", "uav")  # where the clause does not name what may not fly
UNNAMED = ("", "other")  # what an announcement says that does not say what it announces

TERMS: Mapping[str, Term] = {
    "notified_exempt": Term(kind="flag", meaning="flights that were announced are excepted"),
}


@dataclass(frozen=True, slots=True)
class Overflight:
    """The family, filled with one clause's text."""

    about: ClassVar[tuple[str, ...]] = ("incident",)
    terms: ClassVar[Mapping[str, Term]] = TERMS
    asks_origin: ClassVar[bool] = False

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """Elements: it happened; it was a flight that the clause names; inside its zones; while in force; where the
        clause does not bind all, of a party it binds; and, where it says so, that the flight was not announced."""
        elements = [
            happened(subject),
            prohibited(self.text, subject, context, USUAL),
            where(self.text, subject, context),
            in_force(self.text, subject.when),
        ]
        if binds_some(self.text, context):
            elements.append(bound_by(self.text, subject.id, context))
        if self.text.terms_at(context.day).get("notified_exempt"):
            elements.append(self._not_announced(subject, context))
        return assessment(self.id, elements)

    def _not_announced(self, subject: AnySubject, context: ClauseContext) -> Element:
        reference = terms_reference(self.text, context.day)
        acts, _ = acts_at(self.text, context.day, USUAL)
        children = []
        for notice in context.notices:
            kind = SURE if notice.phenomenon in acts else OPEN if notice.phenomenon in UNNAMED else NEVER
            bounds = all_of([kind, _time(subject, notice, context), self._place(subject, notice, context)])
            if bounds[2] > 0.0:
                words = f"announced for {notice.when.start:%Y-%m-%d %H:%M} to {notice.when.end:%Y-%m-%d %H:%M %Z}"
                children.append(bounded(notice.id, bounds, words, reference))
        announced = any_of([bounds_of(child) for child in children])
        because = "an announcement may cover it" if children else "no announcement covers it"
        return bounded("not announced, so not excepted", not_so(announced), because, reference, tuple(children))

    def _place(self, subject: AnySubject, notice: Notice, context: ClauseContext) -> Bounds:
        """That the announcement is about the part of the clause's ground in which it flew."""
        if not self.text.zones:
            return SURE
        if notice.area in context.zone_names or notice.area in context.zone_names.values():
            ids = [zone for zone, name in context.zone_names.items() if notice.area in (zone, name)]
            return any_of([in_zone(subject, ZoneId(zone), context)[0] for zone in ids])
        if notice.where is None or context.terrain is None:
            return OPEN
        parts = []
        for zone in self.text.zones:
            p = context.terrain.p_in_zone(notice.where, zone)
            parts.append(all_of([(p, p, p), in_zone(subject, zone, context)[0]]))
        return any_of(parts)


def _time(subject: AnySubject, notice: Notice, context: ClauseContext) -> Bounds:
    """That it flew while announced; an announcement without an end may have meant any hour of its day."""
    if notice.when.seconds > 0.0:
        return during(subject.when, notice.when.start, notice.when.end)
    days = {local_day(subject.when.start, context), local_day(subject.when.end, context)}
    return OPEN if local_day(notice.when.start, context) in days else NEVER
