"""Which limits of an exclusion clause a sighting falls under; what is not stated stays open, and says so."""

import re
from collections.abc import Sequence
from itertools import product

from truceline.clauses.elements import NEVER, OPEN, SURE, Bounds
from truceline.domain.holding import Holding
from truceline.domain.terms import Terms
from truceline.domain.weapons import WEAPONS


def falls_under(holding: Holding, limit: Terms) -> tuple[Bounds, str]:
    """Whether `limit` is about what was seen, and why."""
    verdicts = {_matches(limit, holding.phenomenon, *one) for one in _may_be(holding, [limit])}
    words = describe(holding)
    if verdicts == {True}:
        return SURE, f"{words}: what the limit is about"
    if verdicts == {False}:
        return NEVER, f"{words}: not what the limit is about"
    return OPEN, f"{words}: {_missing(holding, limit)} not stated, so that the limit may be about it or not"


def alternatives(holding: Holding, limits: Sequence[Terms]) -> list[tuple[int, ...]]:
    """Which limits (by number) are about it, for everything that it may be; each distinct answer once."""
    found = {
        tuple(n for n, limit in enumerate(limits) if _matches(limit, holding.phenomenon, *one))
        for one in _may_be(holding, limits)
    }
    return sorted(found)


def describe(holding: Holding) -> str:
    """What was seen, in words."""
    parts = [holding.weapon_model, holding.weapon, f"{holding.calibre_mm:g} mm" if holding.calibre_mm else ""]
    return ", ".join(p for p in parts if p) or holding.phenomenon.replace("_", " ")


def _may_be(holding: Holding, limits: Sequence[Terms]) -> list[tuple[str, float, str]]:
    """Every (class, calibre, model) that the statement allows, as finely as `limits` tell them apart.

    A source that names several classes, or one outside the taxonomy, leaves open which it was.
    """
    named = [w for w in holding.weapon.casefold().split("+") if w in WEAPONS]
    classes = named if named and len(named) == len(holding.weapon.split("+")) else list(WEAPONS)
    if holding.phenomenon != "weapon" and not holding.weapon:
        classes = [""]  # troops, and vehicles that nobody called a weapon
    edges = {float(limit[key]) for limit in limits for key in ("calibre_from_mm", "calibre_below_mm") if key in limit}
    calibres = [holding.calibre_mm] if holding.calibre_mm is not None else [0.0, *sorted(edges)]
    known = sorted({model for limit in limits for model in limit.get("models", ())})
    models = [holding.weapon_model] if holding.weapon_model else ["", *known]
    return list(product(classes, calibres, models))


def _matches(limit: Terms, phenomenon: str, weapon: str, calibre_mm: float, model: str) -> bool:
    about = limit.get("phenomenon")
    if about is not None and phenomenon != about:
        return False
    if about in ("troops", "vehicle") and not (limit.get("weapons") or limit.get("models")):
        return True
    if about is None and not weapon:
        return False
    if limit.get("weapons") and weapon not in limit["weapons"]:
        return False
    if limit.get("models") and not any(_names(model, one) for one in limit["models"]):
        return False
    return bool(float(limit.get("calibre_from_mm", 0.0)) <= calibre_mm < float(limit.get("calibre_below_mm", "inf")))


def _names(stated: str, model: str) -> bool:
    """Whether the words of a source name `model`: as whole words, so that 2S1 is not 2S19."""
    return re.search(rf"(?<!\w){re.escape(model.casefold())}(?!\w)", stated.casefold()) is not None


def _missing(holding: Holding, limit: Terms) -> str:
    """What would settle whether `limit` is about it, and is not stated."""
    by_calibre = "calibre_from_mm" in limit or "calibre_below_mm" in limit
    lacking = ["its class"] if limit.get("weapons") and holding.weapon not in WEAPONS else []
    lacking += ["its calibre"] if by_calibre and holding.calibre_mm is None else []
    lacking += ["its model"] if limit.get("models") and not holding.weapon_model else []
    words = " and ".join([", ".join(lacking[:-1]), lacking[-1]] if len(lacking) > 1 else lacking)
    return f"{words} {'are' if len(lacking) > 1 else 'is'}"
