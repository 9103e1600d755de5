"""The factors of an origin as records: what each piece of evidence was, what it rests on, how far it moved the odds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from truceline.domain.arrangement import OriginPrior
from truceline.domain.origin import Factor
from truceline.judgement.control import Control
from truceline.judgement.evidence import P_PHASE, PHASE_REFERENCE, PHASES, Stated
from truceline.judgement.reach import REACH, TEXTBOOK, stated_classes
from truceline.judgement.strands import Strand
from truceline.judgement.words import listed, percent, plain

PLACE, PHENOMENON, PHASE, WEAPON, DIRECTION, BOTH_FIRED, ANSWER = range(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the factors of one map have in common; `names` are those of the left and the right."""

    control: Control
    names: tuple[str, str]
    reference: str
    prior: OriginPrior


def factors_of(
    about: Told,
    strands: Sequence[Strand],
    nats: Sequence[float],
    held: float,
    partners: tuple[str, ...],
) -> tuple[Factor, ...]:
    """The factors of one subject in the order in which they were added; what nobody stated is left out."""
    rows = [row for strand in strands for row in strand.rows]
    found = [_place(about, nats[PLACE], held), _phenomenon(about, strands, nats[PHENOMENON])]
    found += _phase(about, rows, nats[PHASE])
    found += _weapon(about, rows, nats[WEAPON])
    found += _direction(about, rows, nats[DIRECTION])
    if nats[BOTH_FIRED] or len(strands) > 1:
        found.append(_both(about, nats[BOTH_FIRED]))
    if partners:
        found.append(_answer(about, nats[ANSWER], partners))
    return tuple(found)


def _factor(about: Told, name: str, because: str, reference: str, nats: float, rests_on: Sequence[str] = ()) -> Factor:
    left, right = about.control.left, about.control.right
    return Factor(
        name=name,
        because=because,
        reference=reference,
        ratio=((left, round(min(1.0, math.exp(nats)), 4)), (right, round(min(1.0, math.exp(-nats)), 4))),
        moved_nats=nats,
        observations=tuple(rests_on),
    )


def _place(about: Told, nats: float, held: float) -> Factor:
    left, right = about.names
    because = (
        f"ground held by {left} with {percent(held)}, by {right} with {percent(1.0 - held)}; a weapon there is the "
        f"holder's, a round that fell there the other's but for {percent(about.prior.p_self_inflicted)} self-inflicted"
    )
    return _factor(about, "place", because, f"{about.control.map.reference}; {about.reference}", nats)


def _phenomenon(about: Told, strands: Sequence[Strand], nats: float) -> Factor:
    said = []
    for name in dict.fromkeys(strand.phenomenon or "fire" for strand in strands):
        phases = P_PHASE.get(name)
        likely = max(range(len(PHASES)), key=lambda k: phases[k]) if phases else 0
        said.append(
            f"{plain(name)} is {plain(PHASES[likely])} with {percent(phases[likely])}"
            if phases
            else f"{plain(name)} leaves the phase open"
        )
    return _factor(about, "phenomenon", listed(said), "assumed, the same for every party", nats)


def _phase(about: Told, rows: Sequence[Stated], nats: float) -> Iterator[Factor]:
    told = [row.evidence for row in rows if row.evidence.phase in PHASES]
    if told:
        said = [f"{plain(one.phase)} by {one.means or 'means not stated'}" for one in told]
        because = f"stated: {listed(list(dict.fromkeys(said)))}"
        yield _factor(about, "phase", because, PHASE_REFERENCE, nats, [one.id for one in told])


def _weapon(about: Told, rows: Sequence[Stated], nats: float) -> Iterator[Factor]:
    told = [row.evidence for row in rows if stated_classes(row.evidence.weapon)]
    if told:
        classes = sorted({name for one in told for name in stated_classes(one.weapon)})
        said = listed([f"{name} reaches {REACH[name].km:g} km" for name in classes])
        because = f"stated: {said}; against the distance to the other's ground, and what each party fields"
        yield _factor(about, "weapon", because, TEXTBOOK, nats, [one.id for one in told])
    elif nats:
        because = "few weapons that cause this reach the other's ground from there"
        yield _factor(about, "weapon", because, TEXTBOOK, nats)


def _direction(about: Told, rows: Sequence[Stated], nats: float) -> Iterator[Factor]:
    told = [row.evidence for row in rows if row.evidence.flight_bearing_deg is not None]
    if told:
        said = [f"{one.flight_bearing_deg or 0.0:.0f}" for one in told]
        because = (
            f"flying towards {listed(said)} degrees, give or take {about.prior.bearing_sigma_deg:g}; the ground behind "
            "and ahead as this map has it, beside that in all other directions"
        )
        yield _factor(about, "direction", because, about.control.map.reference, nats, [one.id for one in told])


def _both(about: Told, nats: float) -> Factor:
    because = "an exchange: both parties may have fired in it, the likelier the less that what was stated agrees"
    return _factor(about, "both_fired", because, "assumed, the same for every party", nats)


def _answer(about: Told, nats: float, partners: tuple[str, ...]) -> Factor:
    because = (
        f"fire on the other side of the line within {about.prior.answer_within_s / 60.0:g} minutes "
        f"({listed(list(partners))}): of one phase it may be an exchange, of two the "
        "two ends of the same fire"
    )
    return _factor(about, "answering_fire", because, about.reference, nats)
