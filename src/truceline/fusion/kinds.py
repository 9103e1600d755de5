"""Which phenomena can be seen of one and the same shot, and how counts of them add up."""

BLASTS = frozenset({"explosion", "airburst"})
SMALL_ARMS = frozenset({"shot", "burst"})
# A round in flight or leaving its weapon may be the other half of a blast or of a burst.
FLIGHTS = frozenset({"projectile", "tracer", "muzzle_flash"})
FIRE = BLASTS | SMALL_ARMS | FLIGHTS
# What an exchange is made of: fire, and the flares that go with it.
EXCHANGED = FIRE | {"flare"}

_FAMILIES = (BLASTS | FLIGHTS | {"fire", "damage"}, SMALL_ARMS | FLIGHTS)


def compatible(a: str, b: str) -> bool:
    """Whether the phenomena `a` and `b` can be of one physical event."""
    return a == b or any(a in family and b in family for family in _FAMILIES)


def same_weapon(a: str, b: str) -> bool:
    """Whether two stated weapons can be one; what is not stated excludes nothing."""
    if not a or not b or "undetermined" in (a, b):
        return True
    return not set(a.casefold().split("+")).isdisjoint(b.casefold().split("+"))
