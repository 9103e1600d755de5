"""No fire: a weapon was fired where and while the clause forbids it. Whose fire it was is another question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from truceline.clauses.elements import assessment, happened, in_force, prohibited, where
from truceline.clauses.origins import binds_some, bound_by
from truceline.clauses.return_fire import no_return_fire
from truceline.domain.arrangement import ClauseText
from truceline.domain.ids import ClauseId
from truceline.domain.indication import Assessment
from truceline.domain.ports import AnySubject, ClauseContext
from truceline.domain.terms import Term

TERMS: Mapping[str, Term] = {
    "return_fire_within_min": Term(
        kind="number", meaning="return fire is excepted this long after the fire that it answers, minutes", high=1e6
    ),
    "return_fire_within_km": Term(
        kind="number", meaning="and this near to it, km; how near is left open if absent", high=1e5
    ),
    "order_notified": Term(kind="flag", meaning="the exception asks that the order to return fire was announced"),
    "coordination_tried": Term(kind="flag", meaning="the exception asks that the coordination mechanism was tried"),
}


@dataclass(frozen=True, slots=True)
class NoFire:
    """The family, filled with one clause's text. It names its acts itself: what counts as fire differs."""

    about: ClassVar[tuple[str, ...]] = ("incident", "engagement")
    terms: ClassVar[Mapping[str, Term]] = TERMS
    asks_origin: ClassVar[bool] = True

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """Elements: it happened; it was a prohibited act; it fell where the clause applies; the clause was in force;
        where the clause says so, that it was fire of a party it binds, and that it was not ordered return fire."""
        act = prohibited(self.text, subject, context)
        elements = [
            happened(subject),
            act,
            where(self.text, subject, context),
            in_force(self.text, subject.when),
        ]
        if binds_some(self.text, context):
            elements.append(bound_by(self.text, subject.id, context))
        if "return_fire_within_min" in self.text.terms_at(context.day) and act.p_high > 0.0:
            elements.append(no_return_fire(self.text, subject, context))
        return assessment(self.id, elements)
