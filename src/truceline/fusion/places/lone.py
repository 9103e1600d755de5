"""Where a single report says that something was, as points drawn straight from what it states: no search is needed."""

import math

import numpy as np
from numba import njit
from scipy.special import ndtri

from truceline.fusion.places.twin import log_twin, scales_at
from truceline.geo.arrays import Mask
from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, BEARING, F64, FIX, I64, SECTOR, Records, Reports
from truceline.physics.lattice import lattice
from truceline.physics.weigh import ALL_ROUND_RAD, FULL_RAD, NEAREST_M, NOTHING, in_ring, log_direction, log_distance

REACH = 3.8  # deviations beyond an edge that are looked at
FALL = 3.2  # so many scales of a falling distance window (1 in 30,000 lies beyond)
N_POINTS = 89  # that a place is told by: a side of a line then comes out within 0.01, one standard deviation
N_KNOTS = 49  # at which a window is looked at: enough for its edges, which are soft


@njit(cache=True, nogil=True)
def _share_within(knots: F64, density: F64, mass: F64) -> None:
    """Write to `mass` (k,) the share of a density at `knots` (k,) up to each of them; zeros where there is none."""
    mass[0] = 0.0
    for k in range(1, len(knots)):
        mass[k] = mass[k - 1] + 0.5 * (density[k] + density[k - 1]) * (knots[k] - knots[k - 1])
    if mass[-1] > 0.0:
        mass /= mass[-1]


@inner
def _at_share(knots: F64, mass: F64, share: float) -> float:
    """The place up to which `share` of the mass lies."""
    k = min(max(int(np.searchsorted(mass, share)), 1), len(knots) - 1)
    step = mass[k] - mass[k - 1]
    part = (share - mass[k - 1]) / step if step > 0.0 else 0.5
    return float(knots[k - 1] + part * (knots[k] - knots[k - 1]))


@njit(cache=True, nogil=True)
def _distances(rows: Records, i: int, u: F64, fall: F64, knots: F64, density: F64, mass: F64, r_m: F64) -> bool:
    """Distances (n,) within which the shares `u` (n,) of the window lie; False where it has no mass."""
    row = rows[i]
    falling = row.scale_m < math.inf
    if falling and row.range_min_m <= 0.0:
        for k in range(len(u)):
            r_m[k] = row.scale_m * fall[k]
        return True
    low = max(0.0, row.range_min_m - REACH * row.sigma_min_m)
    high = math.sqrt(low * low + (FALL * row.scale_m) ** 2) if falling else row.range_max_m + REACH * row.sigma_max_m
    for k in range(len(knots)):
        knots[k] = low + (high - low) * k / (len(knots) - 1)
        log_w = log_distance(rows, i, knots[k], 0.0)
        density[k] = 0.0
        if log_w > NOTHING:
            density[k] = knots[k] * math.exp(log_w + row.log_mass + log_twin(rows, i, knots[k]))
    _share_within(knots, density, mass)
    for k in range(len(u)):
        r_m[k] = _at_share(knots, mass, u[k])
    return bool(mass[-1] > 0.0)


@inner
def _sigma_rad(rows: Records, i: int, r_m: float) -> float:
    """Error of a direction seen from `r_m` away: the observer's own, and what the error of its place makes of it."""
    blur = rows[i].position_sigma_m / max(r_m, NEAREST_M)
    return min(math.sqrt(rows[i].angle_sigma_rad ** 2 + blur * blur), math.pi)


@njit(cache=True, nogil=True)
def _spread_polar(
    rows: Records, i: int, arcs: F64, u: F64, v: F64, z: F64, fall: F64, work: F64, r_m: F64, xy: F64
) -> bool:
    """Points around an observer, each as likely as any other: `u` tells the distance, `v` the direction.

    `z` are the normal quantiles of `v`, `fall` are distances in scales; `work` (3, knots) and `r_m` (n,) are scratch.
    False where the row excludes every place.
    """
    row = rows[i]
    if not _distances(rows, i, u, fall, work[0], work[1], work[2], r_m):
        return False
    directed = row.family == SECTOR and row.half_arc_rad < ALL_ROUND_RAD
    if directed:
        sigma = _sigma_rad(rows, i, np.median(r_m))
        half = min(row.half_arc_rad + REACH * sigma, math.pi)
        for k in range(work.shape[1]):
            work[0, k] = row.bearing_rad - half + 2.0 * half * k / (work.shape[1] - 1)
            work[1, k] = math.exp(log_direction(rows, i, arcs, work[0, k], sigma))
        _share_within(work[0], work[1], work[2])
    for k in range(len(u)):
        if directed:
            theta = _at_share(work[0], work[2], v[k])
        elif row.family == BEARING:
            theta = row.bearing_rad + _sigma_rad(rows, i, r_m[k]) * z[k]
        else:
            theta = FULL_RAD * v[k]
        xy[k, 0], xy[k, 1] = row.x_m + r_m[k] * math.sin(theta), row.y_m + r_m[k] * math.cos(theta)
    return True


@njit(cache=True, nogil=True)
def _spread_area(rows: Records, i: int, rings: F64, u: F64, v: F64, xy: F64, weights: F64) -> float:
    """Points over the box around a ring, those inside it with weight 1; how many these are."""
    first, count = rows[i].ring_first, rows[i].ring_count
    x0, y0, x1, y1 = np.inf, np.inf, -np.inf, -np.inf
    for k in range(first, first + count):
        x0, x1 = min(x0, rings[k, 0]), max(x1, rings[k, 0])
        y0, y1 = min(y0, rings[k, 1]), max(y1, rings[k, 1])
    total = 0.0
    for k in range(len(u)):
        xy[k, 0], xy[k, 1] = x0 + u[k] * (x1 - x0), y0 + v[k] * (y1 - y0)
        weights[k] = 1.0 if in_ring(rings, first, count, xy[k, 0], xy[k, 1]) else 0.0
        total += weights[k]
    return total


@njit(cache=True, nogil=True)
def _spread(
    rows: Records, arcs: F64, rings: F64, which: I64, u: F64, v: F64, z: F64, xy: F64, weights: F64, told: Mask
) -> None:
    fall, work, r_m = np.array([scales_at(share) for share in u]), np.empty((3, N_KNOTS)), np.empty(len(u))
    for n in range(len(which)):
        i = which[n]
        if rows[i].family == FIX:
            continue
        if rows[i].family == AREA:
            total = _spread_area(rows, i, rings, u, v, xy[n], weights[n])
            if total > 0.0:
                weights[n] /= total
                told[n] = True
        elif _spread_polar(rows, i, arcs, u, v, z, fall, work, r_m, xy[n]):
            weights[n] = 1.0 / len(u)
            told[n] = True


def spread(reports: Reports, which: I64, n_points: int = N_POINTS) -> tuple[F64, F64, Mask]:
    """Where what the rows `which` (k,) each report alone may be.

    Returns
    -------
    points (k, n_points, 2) in metres, their weights (k, n_points), each row summing to one, and for which rows (k,)
    these were told: not for a fix, which an ellipse tells, nor for an area too thin for any point to fall into
    """
    u, v = lattice(n_points)
    xy, weights = np.zeros((len(which), n_points, 2)), np.zeros((len(which), n_points))
    told = np.zeros(len(which), dtype=np.bool_)
    _spread(*reports, which, u, v, ndtri(v), xy, weights, told)
    return xy, weights, told
