"""Where a single report says that something was, as points drawn straight from what it states: no search is needed."""

import math

import numpy as np
from numba import njit
from scipy.special import ndtri

from truceline.geo.arrays import Mask
from truceline.physics.columns import AREA, BEARING, F64, FIX, I64, SECTOR, Records, Reports
from truceline.physics.lattice import lattice
from truceline.physics.weigh import ALL_ROUND_RAD, FULL_RAD, NEAREST_M, NOTHING, in_ring, log_direction, log_distance

REACH = 3.8  # deviations beyond an edge that points are drawn to


@njit(cache=True, nogil=True)
def _spread_polar(rows: Records, i: int, arcs: F64, u: F64, v: F64, z: F64, fall: F64, xy: F64, weights: F64) -> float:
    """Points around an observer; the sum of their weights.

    Their density is that of the window without its soft edges and of a bearing's error; weights say the rest. `z` are
    the normal quantiles of `v`, `fall` is -log(1 - u).
    """
    row = rows[i]
    falling = row.scale_m < math.inf
    directed = row.family == SECTOR and row.half_arc_rad < ALL_ROUND_RAD
    plain = falling and row.range_min_m <= 0.0 and not directed
    low = max(0.0, row.range_min_m - REACH * row.sigma_min_m) ** 2
    high = (row.range_max_m + REACH * row.sigma_max_m) ** 2
    total = 0.0
    for k in range(len(u)):
        square = low + row.scale_m * row.scale_m * fall[k] if falling else low + u[k] * (high - low)
        r_m = max(math.sqrt(square), NEAREST_M)
        blur = row.position_sigma_m / r_m
        sigma = min(math.sqrt(row.angle_sigma_rad * row.angle_sigma_rad + blur * blur), math.pi)
        theta = FULL_RAD * v[k]
        if row.family == BEARING:
            theta = row.bearing_rad + sigma * z[k]
        elif directed:
            half = min(row.half_arc_rad + REACH * sigma, math.pi)
            theta = row.bearing_rad + (2.0 * v[k] - 1.0) * half
        weights[k] = 1.0
        if not plain:
            log_w = log_distance(rows, i, r_m, 0.0) + row.log_mass
            if falling and log_w > NOTHING:
                log_w += square / (row.scale_m * row.scale_m)
            if directed:
                log_w += log_direction(rows, i, arcs, theta, sigma) + math.log(half)
            weights[k] = math.exp(log_w)
        total += weights[k]
        xy[k, 0], xy[k, 1] = row.x_m + r_m * math.sin(theta), row.y_m + r_m * math.cos(theta)
    return total


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
    fall = -np.log1p(-u)
    for n in range(len(which)):
        i = which[n]
        if rows[i].family == FIX:
            continue
        if rows[i].family == AREA:
            total = _spread_area(rows, i, rings, u, v, xy[n], weights[n])
        else:
            total = _spread_polar(rows, i, arcs, u, v, z, fall, xy[n], weights[n])
        if total > 0.0:
            weights[n] /= total
            told[n] = True


def spread(reports: Reports, which: I64, n_points: int) -> tuple[F64, F64, Mask]:
    """Where what the rows `which` (k,) each report alone may be.

    Returns
    -------
    points (k, n_points, 2) in metres, their weights (k, n_points), each row summing to one, and for which rows (k,)
    these were told: not for a fix, which an ellipse tells, nor for an area too thin for any point to fall into
    """
    u, v = lattice(n_points)
    xy, weights = np.empty((len(which), n_points, 2)), np.zeros((len(which), n_points))
    told = np.zeros(len(which), dtype=np.bool_)
    _spread(*reports, which, u, v, ndtri(v), xy, weights, told)
    return xy, weights, told
