"""How far each class of weapon reaches, and which class a phenomenon can be of: what a party could have fired."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from truceline.domain.weapons import WEAPONS
from truceline.geo.arrays import F64
from truceline.judgement.evidence import P_MISNAMED

TEXTBOOK = "assumed: usual reach of the class, from general knowledge; no source checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a class of weapon fires, kilometres, and where the figure comes from."""

    km: float
    reference: str
    grade: str = "assumed"


REACH: dict[str, Reach] = {
    weapon: Reach(km=km, reference=TEXTBOOK)
    for weapon, km in (
        ("small arms", 1.5),
        ("heavy machine gun", 2.5),
        ("automatic grenade launcher", 2.0),
        ("rocket-propelled grenade", 0.7),
        ("recoilless gun", 4.0),
        ("anti-tank guided missile", 5.0),
        ("anti-aircraft cannon", 3.0),
        ("infantry fighting vehicle cannon", 4.0),
        ("mortar", 7.0),
        ("tank", 8.0),
        ("artillery", 25.0),
        ("multiple launch rocket system", 40.0),
        ("tactical missile", 120.0),
    )
}
REACH_M: F64 = np.array([1e3 * REACH[weapon].km for weapon in WEAPONS])
NEAREST_SHARE = 0.1  # assumed: fire over less than this share of the reach is rare
SOFT_SHARE = 0.15  # assumed: models of one class differ by so much, one standard deviation
RAY_POINTS = 6

# Phenomena that only some classes cause (assumed); every other one can be of any.
RAPID = ("small arms", "heavy machine gun", "anti-aircraft cannon", "infantry fighting vehicle cannon")
_CLASSES: dict[str, tuple[str, ...]] = {"shot": RAPID, "burst": RAPID, "tracer": RAPID}
# What is not heard as an explosion.
_BLAST = tuple(weapon for weapon in WEAPONS if weapon not in ("small arms", "heavy machine gun"))
_CLASSES |= {"explosion": _BLAST, "airburst": _BLAST}


def classes_of(phenomenon: str) -> tuple[str, ...]:
    """The classes of weapon that a phenomenon can be of."""
    return _CLASSES.get(phenomenon, WEAPONS)


def p_class(phenomenon: str) -> F64:
    """(classes,) how far a phenomenon that was named allows each class: wholly, or only if it was misnamed."""
    return np.maximum(among(classes_of(phenomenon)), P_MISNAMED)


def stated_classes(weapon: str) -> frozenset[str]:
    """The classes that a stated weapon names ("artillery+mortar" names two); none where it names none of the table."""
    return frozenset(weapon.split("+")) & set(WEAPONS)


def among(classes: Collection[str]) -> F64:
    """(classes,) 1 for each class of the taxonomy that is among `classes`, else 0."""
    return np.array([float(weapon in classes) for weapon in WEAPONS])


def reaches(distance_m: F64) -> F64:
    """(..., classes) probability that a weapon of each class reaches so far (metres)."""
    return np.asarray(ndtr((REACH_M - distance_m[..., None]) / (SOFT_SHARE * REACH_M)))


@lru_cache(maxsize=256)
def ray_points(classes: frozenset[str]) -> tuple[float, ...]:
    """Distances (m) that stand for how far weapons of these classes are fired, each alike probable: every class
    alike, and any distance from a tenth of its reach to the whole."""
    reach = np.array([1e3 * REACH[weapon].km for weapon in sorted(classes or WEAPONS)])
    steps = NEAREST_SHARE + (1.0 - NEAREST_SHARE) * (np.arange(100) + 0.5) / 100.0
    at = (np.arange(RAY_POINTS) + 0.5) / RAY_POINTS
    return tuple(np.quantile(np.outer(reach, steps), at).tolist())
