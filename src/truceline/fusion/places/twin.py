"""Why few noticed it: had something been beside a post, its neighbour would have noticed it as well.

That events which few report lie farther from those who do than the chance to notice says is no evidence of who was
silent: it is that being reported by few, wherever posts stand in groups, is likelier far away.
"""

import math

from numba import njit

from truceline.geo.kernel import inner
from truceline.physics.columns import I64, Records

TWIN = 0.95  # chance that another like it notices what is beside it; found on worlds mix and arr, seed 8001


@inner
def log_twin(rows: Records, i: int, r_m: float) -> float:
    """Log of the chance that a twin of row `i`'s sensor does not notice something `r_m` away; 0 of a stated band."""
    scale = rows[i].scale_m
    if not (0.0 < scale < math.inf):
        return 0.0
    return math.log1p(-TWIN * math.exp(-(r_m * r_m) / (scale * scale)))


@inner
def log_twins(rows: Records, members: I64, x_m: float, y_m: float) -> float:
    """The same of all `members`, for something at a point."""
    total = 0.0
    for i in members:
        if 0.0 < rows[i].scale_m < math.inf:
            total += log_twin(rows, i, math.hypot(x_m - rows[i].x_m, y_m - rows[i].y_m))
    return total


@njit(cache=True, nogil=True)
def scales_at(share: float) -> float:
    """Distance, in scales, within which `share` lies of what falls off from a post and its twin did not notice."""
    # with y = exp(-(r / scale)^2): (1 - y) - TWIN / 2 (1 - y^2) = share (1 - TWIN / 2)
    c = 1.0 - 0.5 * TWIN - share * (1.0 - 0.5 * TWIN)
    return math.sqrt(-math.log(2.0 * c / (1.0 + math.sqrt(max(1.0 - 2.0 * TWIN * c, 0.0)))))


def _moments() -> tuple[float, float]:
    rest = 1.0 - 0.5 * TWIN
    mean = 0.5 * math.sqrt(math.pi) * (1.0 - 0.5 * TWIN * math.sqrt(0.5)) / rest
    return mean, (1.0 - 0.25 * TWIN) / rest


MEAN_SCALES, MEAN_SQUARE_SCALES = _moments()  # of that distance and its square
