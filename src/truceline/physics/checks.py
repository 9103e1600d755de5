"""What the families refuse: numbers that are missing, infinite or out of range, named by their field."""

import math

FARTHEST_M = 2.1e7  # a little more than half-way round the Earth


def require(field: str, value: float, *, low: float = -math.inf, high: float = math.inf) -> float:
    """Return `value` if it is a finite number between `low` and `high`.

    Raises
    ------
    ValueError
        naming `field`, if it is not.
    """
    if not math.isfinite(value):
        raise ValueError(f"{field} is {value}: give a finite number")
    if not low <= value <= high:
        raise ValueError(f"{field} is {value}: it has to lie between {low:g} and {high:g}")
    return float(value)
