"""Which phenomena can be seen of one and the same shot, and what a stated one says about the true one."""

import numpy as np
from numpy.typing import NDArray

from truceline.domain.observation import PHENOMENA

BLASTS = frozenset({"explosion", "airburst"})
SMALL_ARMS = frozenset({"shot", "burst"})
# A round in flight or leaving its weapon may be the other half of a blast or of a burst.
FLIGHTS = frozenset({"projectile", "tracer", "muzzle_flash"})
FIRE = BLASTS | SMALL_ARMS | FLIGHTS
# What an exchange is made of: fire, and the flares that go with it.
EXCHANGED = FIRE | {"flare"}
# What stays where it is and is no event, however many: judged as a holding, never fused.
STAYING = frozenset({"weapon", "troops"})

# Harm is no event of its own: people hurt, things broken, and remains in the ground are what fire leaves behind.
HARM = frozenset({"damage", "casualty"})
_FAMILIES = (BLASTS | FLIGHTS | HARM | {"fire", "mine_uxo"}, SMALL_ARMS | FLIGHTS | HARM)

# Shares of what is stated where there is fire, and of statements that name the wrong kind of fire: assumed, no figure
# found. Kinds that only some means can perceive say nothing more by being stated, so theirs is 1.
P_STATED = {"explosion": 0.6, "burst": 0.3, "shot": 0.15}
P_WRONG = 0.04
EXCLUDED_NATS = -40.0  # fire is not a vehicle, however well the places agree


def compatible(a: str, b: str) -> bool:
    """Whether the phenomena `a` and `b` can be of one physical event."""
    return a == b or any(a in family and b in family for family in _FAMILIES)


def log_kind() -> NDArray[np.float64]:
    """(kinds, kinds) log ratio of stating one phenomenon given the true one to how often it is stated at all, nats.

    Rows are what is true, columns what is stated, both in the order of `PHENOMENA`.
    """
    table = np.full((len(PHENOMENA), len(PHENOMENA)), EXCLUDED_NATS)
    for t, true in enumerate(PHENOMENA):
        for s, stated in enumerate(PHENOMENA):
            if true == stated:
                table[t, s] = np.log((1.0 - P_WRONG) / P_STATED.get(stated, 1.0 - P_WRONG))
            elif compatible(true, stated):
                table[t, s] = 0.0
            elif true in FIRE and stated in FIRE:
                table[t, s] = np.log(0.5 * P_WRONG / P_STATED.get(stated, 1.0))
    return table


def same_weapon(a: str, b: str) -> bool:
    """Whether two stated weapons can be one; what is not stated excludes nothing."""
    if not a or not b or "undetermined" in (a, b):
        return True
    return not set(a.casefold().split("+")).isdisjoint(b.casefold().split("+"))
