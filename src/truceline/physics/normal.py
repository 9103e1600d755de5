"""Shares of the standard normal distribution, from a table where that is as good."""

import math

import numpy as np
from scipy.special import ndtr

from truceline.geo.kernel import inner

ROOT_HALF = math.sqrt(0.5)
SHARPEST = 6.0  # a Gaussian edge farther away than this many deviations is no edge
PER_UNIT = 64  # entries of the table for one standard deviation
REACH = 4.5  # beyond, tails are small and their share of themselves counts: they are computed
_AT = np.arange(-REACH, REACH + 2.0 / PER_UNIT, 1.0 / PER_UNIT)
# Value and slope (per entry) side by side, for cubic interpolation: 2e-10 off at most (tests/physics/test_normal.py).
TABLE = np.column_stack([ndtr(_AT), np.exp(-0.5 * _AT * _AT) / math.sqrt(2.0 * math.pi) / PER_UNIT])


@inner
def below(z: float) -> float:
    """Share of a standard normal below `z`."""
    if not -REACH < z < REACH:
        return 0.5 * math.erfc(-z * ROOT_HALF)
    at = (z + REACH) * PER_UNIT
    k = int(at)
    u = at - k
    a, da, b, db = TABLE[k, 0], TABLE[k, 1], TABLE[k + 1, 0], TABLE[k + 1, 1]
    rise = b - a
    return float(a + u * (da + u * (3.0 * rise - 2.0 * da - db + u * (da + db - 2.0 * rise))))


@inner
def share_between(low: float, high: float) -> float:
    """Share of a standard normal between `low` and `high`, as two tails of one sign where both are far out."""
    if low < -SHARPEST and high > -1.0:
        return below(high)
    if low > 0.0:
        return below(-low) - below(-high)
    return below(high) - below(low)
