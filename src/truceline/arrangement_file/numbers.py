"""Numbers and rules of an arrangement: standards, what is assumed, hours of the day, weapons, what is withheld."""

import math
from collections.abc import Mapping
from itertools import pairwise

from truceline.arrangement_file.known import Known, texts
from truceline.domain.arrangement import STANDARDS, OriginPrior, Prior, Standards
from truceline.domain.ids import PartyId
from truceline.domain.observation import RELIABILITIES
from truceline.domain.report import WITHHOLDABLE
from truceline.domain.weapons import WEAPONS
from truceline.strict_yaml import Value, suggestion

_PRIOR = {
    "exchange_rate_per_km2_h": (1e-9, 1e3),
    "exchange_spread_m": (1.0, 1e5),
    "incident_rate_per_km2_h": (1e-9, 1e3),
    "watch_sigma_s": (0.001, 86400.0),
    "p_shared": (0.0, 1.0),
    "p_told_together": (0.001, 0.999),
}
_ORIGIN = {
    "p_self_inflicted": (0.0, 1.0),
    "p_outgoing": (0.0, 1.0),
    "p_infiltrated": (0.0, 1.0),
    "p_answer": (0.0, 1.0),
    "answer_within_s": (0.0, 1e6),
    "p_weapon_wrong": (0.0, 1.0),
    "bearing_sigma_deg": (0.1, 180.0),
}


def standards(value: Value) -> Standards:
    """The probability that each standard of proof asks for, the weakest lowest."""
    got = value.fields(STANDARDS)
    levels = {name: got[name].number(0, 1) for name in STANDARDS}
    for weaker, stronger in pairwise(STANDARDS):
        if levels[stronger] <= levels[weaker]:
            got[stronger].complain(
                f"{stronger}: {levels[stronger]:g} does not ask for more than {weaker} ({levels[weaker]:g}). "
                "Put the weakest standard lowest."
            )
    return Standards(**levels)


def day_parts(value: Value) -> Mapping[str, tuple[int, int]]:
    """Words for a part of the day -> minutes after midnight, local time."""
    return {" ".join(name.casefold().split()): hours.span() for name, hours, _ in value.pairs()}


def prior(value: Value) -> Prior:
    """What fusion assumes before it has seen anything."""
    got = value.fields((*_PRIOR, "p_real"))
    grades = got["p_real"].fields(RELIABILITIES)
    p_real = {grade: grades[grade].number(0, 1) for grade in RELIABILITIES}
    return Prior(p_real=p_real, **{name: got[name].number(*bounds) for name, bounds in _PRIOR.items()})


def origin(value: Value) -> OriginPrior:
    """What attribution assumes before it has seen anything; what is left out keeps the software's own value."""
    got = value.fields((), optional=tuple(_ORIGIN))
    said = {name: got[name].number(*bounds) for name, bounds in _ORIGIN.items() if got[name].present}
    return OriginPrior(**{name: number for name, number in said.items() if not math.isnan(number)})


def fielded(value: Value, known: Known) -> Mapping[PartyId, tuple[str, ...]]:
    """Which weapon classes each party has."""
    found: dict[PartyId, tuple[str, ...]] = {}
    for party, weapons, line in value.pairs():
        if party not in known.parties:
            value.problems.add(
                value.file, line, f"fielded: no party called '{party}'. {suggestion(party, known.parties)}"
            )
        found[PartyId(party)] = texts(weapons, WEAPONS)
    return found


def release(value: Value, known: Known) -> Mapping[str, tuple[str, ...]]:
    """Audience -> what is withheld from it."""
    audiences = ("public", *known.parties)
    withheld: dict[str, tuple[str, ...]] = {}
    for audience, items, line in value.pairs():
        if audience not in audiences:
            problem = f"release: nobody called '{audience}'. {suggestion(audience, audiences)}"
            value.problems.add(value.file, line, problem)
        withheld[audience] = tuple(one.text(WITHHOLDABLE) for one in items.items())
    return withheld
