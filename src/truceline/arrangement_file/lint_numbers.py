"""Lints of numbers that are each possible alone: a limit about nothing, an assumption that turns attribution round."""

from collections.abc import Iterator

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.located import place_of
from truceline.domain.arrangement import Arrangement
from truceline.strict_yaml import Value

EVEN = 0.5  # from here on the exception is assumed to be the rule
EXCEPTIONS = {
    "p_self_inflicted": "a round that fell on a party's ground would speak for that party having fired it",
    "p_infiltrated": "fire from ground that a party holds would speak against that party having fired it",
    "p_weapon_wrong": "a stated weapon would speak against that weapon",
}


def limit_that_holds_of_nothing(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A limit of an exclusion clause begins at a calibre no smaller than the one it ends below: it matches nothing."""
    for clause in said.clauses:
        stated = clause.terms.history if clause.kind == "exclusion" and clause.terms is not None else ()
        for n, since in enumerate(stated):
            for row, limit in enumerate(since.value.get("limits", ())):
                least, below = limit.get("calibre_from_mm"), limit.get("calibre_below_mm")
                if least is None or below is None or not least >= below:
                    continue
                text = (
                    f"limit '{limit.get('name', '')}' of clause '{clause.id}' is about nothing: no calibre is from "
                    f"{least:g} mm on (calibre_from_mm) and below {below:g} mm (calibre_below_mm). "
                    "Correct one of the two."
                )
                at = place_of(root, "clauses", clause.id, "terms", n, "value", "limits", row)
                yield Fault(at, text, "error", clause.id, clause.reference)


def assumption_that_inverts_attribution(said: Arrangement, root: Value) -> Iterator[Fault]:
    """The exception is assumed at least as often as the rule: evidence against a party would speak for it."""
    for n, since in enumerate(said.origin.history if said.origin is not None else ()):
        for name, turned in EXCEPTIONS.items():
            number = getattr(since.value, name)
            if number >= EVEN:
                what = f"at {EVEN:g} it would say nothing, and above it {turned}"
                text = f"{name}: {number:g} turns attribution round: {what}. Give less than {EVEN:g}."
                yield Fault(place_of(root, "origin", n, "value", name), text, "error", "", since.reference)
