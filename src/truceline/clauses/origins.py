"""Whose fire it was, as far as a clause has to ask: bounds from what attribution left undetermined."""

from collections.abc import Collection

from truceline.clauses.elements import OPEN, Bounds, bounded
from truceline.domain.arrangement import ClauseText
from truceline.domain.ids import PartyId
from truceline.domain.indication import Element
from truceline.domain.origin import UNDETERMINED
from truceline.domain.ports import ClauseContext


def p_of(subject: str, parties: Collection[PartyId], context: ClauseContext) -> Bounds:
    """That one of `parties` fired: at least what is determined, at most that and all that is not."""
    origin = context.origins.get(subject)
    if origin is None:
        everybody = bool(context.parties) and set(context.parties) <= set(parties)
        return (1.0, 1.0, 1.0) if everybody else OPEN
    masses = dict(origin.p_party)
    low = sum(mass for party, mass in masses.items() if party in parties)
    others = sum(mass for party, mass in masses.items() if party not in parties and party != UNDETERMINED)
    high = max(low, 1.0 - others)
    plain = sum(p for party, p in origin.p_fired if party in parties)
    return _ordered(low, plain, high)


def party_name(party: PartyId, context: ClauseContext) -> str:
    """What people call a party."""
    return context.party_names.get(party, party)


def binds_some(text: ClauseText, context: ClauseContext) -> bool:
    """Whether the clause binds some parties and not others."""
    return bool(text.binds) and set(text.binds) != set(context.parties)


def bound_by(text: ClauseText, subject: str, context: ClauseContext) -> Element:
    """That it was the act of a party that the clause binds, where it does not bind all."""
    bounds = p_of(subject, text.binds, context)
    names = ", ".join(party_name(party, context) for party in text.binds)
    asked = "as far as its origin is determined" if subject in context.origins else "whose act it was is not known"
    return bounded("a party that the clause binds", bounds, f"binds {names}; {asked}", text.reference)


def _ordered(low: float, plain: float, high: float) -> Bounds:
    low, high = min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)
    return low, min(max(plain, low), high), high
