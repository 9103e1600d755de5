"""Access: monitors were hindered where and while the clause grants them free movement or an undisturbed instrument."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from truceline.clauses.elements import OPEN, assessment, bounded, certain, happened, in_force, terms_reference, where
from truceline.clauses.origins import binds_some, party_name
from truceline.domain.arrangement import ClauseText
from truceline.domain.holding import Obstruction
from truceline.domain.ids import ClauseId, PartyId
from truceline.domain.indication import Assessment, Element
from truceline.domain.observation import RESTRICTION_KINDS
from truceline.domain.ports import AnySubject, ClauseContext
from truceline.domain.terms import Term

TERMS: Mapping[str, Term] = {
    "kinds": Term(kind="texts", meaning="kinds of restriction it is about; all if absent", choices=RESTRICTION_KINDS),
}


@dataclass(frozen=True, slots=True)
class Access:
    """The family, filled with one clause's text."""

    about: ClassVar[tuple[str, ...]] = ("obstruction",)
    terms: ClassVar[Mapping[str, Term]] = TERMS
    asks_origin: ClassVar[bool] = False

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """Elements: it happened; it is of a kind that the clause names; where and while the clause applies; and, where
        the clause does not bind all, imposed by somebody whom it binds."""
        elements = [
            happened(subject),
            self._kind(subject, context),
            where(self.text, subject, context),
            in_force(self.text, subject.when),
        ]
        if binds_some(self.text, context):
            elements.append(self._imposed_by(subject, context))
        return assessment(self.id, elements)

    def _kind(self, subject: AnySubject, context: ClauseContext) -> Element:
        name, reference = "a restriction of a named kind", terms_reference(self.text, context.day)
        if not isinstance(subject, Obstruction):
            return certain(name, 0.0, "nobody was hindered", reference)
        kinds = tuple(self.text.terms_at(context.day).get("kinds", ())) or RESTRICTION_KINDS
        if not subject.kind:
            if set(kinds) == set(RESTRICTION_KINDS):
                return certain(name, 1.0, "its kind is not stated; the clause names every kind", reference)
            return bounded(name, OPEN, "its kind is not stated, and the clause does not name every kind", reference)
        named = subject.kind in kinds
        because = f"{subject.kind}: {'among' if named else 'not among'} the kinds that the clause names"
        return certain(name, float(named), because, reference)

    def _imposed_by(self, subject: AnySubject, context: ClauseContext) -> Element:
        name, reference = "imposed by a party that the clause binds", self.text.reference
        by = subject.imposed_by if isinstance(subject, Obstruction) else ""
        if by not in context.parties:
            return bounded(name, OPEN, "by whom is not stated", reference)
        bound = by in self.text.binds
        binds = "binds" if bound else "does not bind"
        because = f"its source names {party_name(PartyId(by), context)}, whom the clause {binds}"
        return certain(name, float(bound), because, reference)
