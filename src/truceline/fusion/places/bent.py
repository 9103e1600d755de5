"""A posterior that is no ellipse, as points: one bearing, bearings that cross at a small angle, two arrivals.

The likelihood is summed over points in polar coordinates around one of the observers, which move to where the mass is.
"""

import math

import numpy as np
from numba import njit

from truceline.fusion.association.reach import far_m
from truceline.fusion.places.twin import log_twins
from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, ARRIVAL, F64, FIX, I64, SECTOR, Records
from truceline.physics.weigh import ALL_ROUND_RAD, LOG_FULL, NOTHING, log_moment, log_place, origin_s

# How much of the likelihood counts in each round: first a flat one, so that no arm is lost.
POWERS = np.array([0.125, 1.0, 1.0, 1.0])
STEPS = np.array([0.8, 0.4, 0.2, 0.1])  # how far points step from where they were, in spacings of the first ones
ENOUGH = 0.2  # share of the points that should carry weight before it is enough
TURN = 37  # prime to the number of points: which step goes with which point
LIGHT = 1e-6  # points of a smaller share make no others
BENT = 0.15  # an error ellipse longer than this share of the distance to the nearest observer is no ellipse
WIDE = 3.8  # deviations that the first points span


@inner
def at_point(rows: Records, arcs: F64, rings: F64, members: I64, x_m: float, y_m: float, when: F64) -> float:
    """Log density of `members` having all come from a point, at whatever time; `when` gets its mean and variance."""
    place, weight, first, second, logs, instants = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    anchor = rows[members[0]].time_s
    for i in members:
        place += log_place(rows, i, arcs, rings, x_m, y_m)
        if rows[i].half_window_s <= 0.0:
            instants += 1
    if place <= 0.5 * NOTHING:
        return NOTHING
    place += log_twins(rows, members, x_m, y_m)
    for i in members:
        half = rows[i].half_window_s
        if half > 0.0 and instants > 0:
            continue
        at, variance = origin_s(rows, i, x_m, y_m)
        variance += half * half / 3.0
        at -= anchor
        weight += 1.0 / variance
        first += at / variance
        second += at * at / variance
        logs += math.log(variance) + LOG_FULL
    mean = first / weight
    when[0], when[1] = anchor + mean, 1.0 / weight
    log_p = place - 0.5 * (second - first * mean) - 0.5 * logs + 0.5 * (LOG_FULL - math.log(weight))
    if instants > 0:
        for i in members:
            if rows[i].half_window_s > 0.0:
                at, variance = origin_s(rows, i, x_m, y_m)
                log_p += log_moment(rows, i, when[0] - at, variance + when[1])
    return log_p


@inner
def _centre(rows: Records, members: I64) -> int:
    """Whose polar coordinates to use: the sharpest bearing, else the narrowest sector, else the nearest arrival."""
    best, least = members[0], np.inf
    for i in members:
        row = rows[i]
        if row.family == FIX or row.family == AREA:
            continue
        open_rad = math.pi if row.family == ARRIVAL else min(math.pi, row.angle_sigma_rad + row.half_arc_rad)
        size = open_rad * far_m(rows, i)
        if size < least:
            best, least = i, size
    return int(best)


@njit(cache=True, nogil=True)
def _look(
    rows: Records, arcs: F64, rings: F64, members: I64, c: int, r_m: F64, theta: F64, xy: F64, when: F64, log_p: F64
) -> float:
    """Weigh points in polar coordinates around the observer of row `c`, per metre and radian; the best of them."""
    best = NOTHING
    for k in range(len(r_m)):
        xy[k, 0], xy[k, 1] = rows[c].x_m + r_m[k] * math.sin(theta[k]), rows[c].y_m + r_m[k] * math.cos(theta[k])
        log_p[k], when[k] = NOTHING, 0.0  # a point that nothing can come from has no time, and must not lend it one
        if r_m[k] > 0.0:
            log_p[k] = at_point(rows, arcs, rings, members, xy[k, 0], xy[k, 1], when[k]) + math.log(r_m[k])
        best = max(best, log_p[k])
    return best


@njit(cache=True, nogil=True)
def _share(log_p: F64, log_q: F64, power: float, weights: F64) -> None:
    """Write weights, summing to one, proportional to exp(power x log_p - log_q)."""
    top = -np.inf
    for k in range(len(log_p)):
        top = max(top, power * log_p[k] - log_q[k])
    for k in range(len(log_p)):
        weights[k] = math.exp(power * log_p[k] - log_q[k] - top)
    weights /= weights.sum()


@njit(cache=True, nogil=True)
def _move(weights: F64, unit: F64, r_m: F64, theta: F64, step_r: float, step_t: float, log_q: F64) -> None:
    """Replace points by others around them, each as often as it weighs; `log_q` is the log density of the new ones."""
    n = len(weights)
    new_r, new_t = np.empty(n), np.empty(n)
    at, sofar = 0, weights[0]
    for k in range(n):
        while sofar < (k + 0.5) / n and at < n - 1:
            at += 1
            sofar += weights[at]
        j = (k * TURN) % n
        new_r[k], new_t[k] = r_m[at] + step_r * unit[j, 0], theta[at] + step_t * unit[j, 1]
    for k in range(n):
        q = 1e-300
        for m in range(n):
            if weights[m] > LIGHT:
                a, b = (new_r[k] - r_m[m]) / step_r, (new_t[k] - theta[m]) / step_t
                if a * a + b * b < 40.0:
                    q += weights[m] * math.exp(-0.5 * (a * a + b * b))
        log_q[k] = math.log(q)
    r_m[:], theta[:] = new_r, new_t


@njit(cache=True, nogil=True)
def polar_cloud(
    rows: Records, arcs: F64, rings: F64, members: I64, u: F64, v: F64, unit: F64, xy: F64, weights: F64, when: F64
) -> bool:
    """Points `xy` (n, 2) with `weights` (n,), and mean and variance of the time at each (`when`, (n, 2)).

    Evenly spread points (`u`, `v` (n,) of the unit square) are weighed and replaced two to four times by points around
    the likely ones (`unit` (n, 2), standard normal): tempered importance sampling, without chance. False where the
    members exclude each other.

    Source
    ------
    Cappe, Guillin, Marin and Robert 2004, "Population Monte Carlo", J. Comp. Graph. Stat. 13, 907-929.
    """
    c, n = _centre(rows, members), len(u)
    row = rows[c]
    open_rad = math.pi
    if row.family != ARRIVAL and row.half_arc_rad < ALL_ROUND_RAD:
        open_rad = min(math.pi, row.half_arc_rad + WIDE * row.angle_sigma_rad)
    low = max(0.0, row.range_min_m - WIDE * row.sigma_min_m)
    wide_r = far_m(rows, c) - low
    r_m, theta = low + u * wide_r, row.bearing_rad + (2.0 * v - 1.0) * open_rad
    log_p, log_q = np.empty(n), np.zeros(n)
    best = _look(rows, arcs, rings, members, c, r_m, theta, xy, when, log_p)
    for s in range(len(POWERS)):
        if best <= 0.5 * NOTHING:
            return False
        _share(log_p, log_q, POWERS[s], weights)
        step_r, step_t = STEPS[s] * wide_r / math.sqrt(n), STEPS[s] * 2.0 * open_rad / math.sqrt(n)
        _move(weights, unit, r_m, theta, step_r, step_t, log_q)
        best = _look(rows, arcs, rings, members, c, r_m, theta, xy, when, log_p)
        if best > 0.5 * NOTHING and POWERS[s] == 1.0:
            _share(log_p, log_q, 1.0, weights)
            if 1.0 / np.sum(weights * weights) > ENOUGH * n:
                return True
    return best > 0.5 * NOTHING


@inner
def is_bent(rows: Records, members: I64, state: F64, cov: F64) -> bool:
    """Whether the posterior is too wide, beside the distances of its observers, to be called an ellipse.

    Sectors are too blunt to bend what a bearing or an arrival says: they count only where there is nothing sharper.
    """
    sharp, blunt = np.inf, np.inf
    for i in members:
        row = rows[i]
        if row.family == FIX or row.family == AREA:
            continue
        away = math.hypot(state[0] - row.x_m, state[1] - row.y_m)
        if row.family == SECTOR:
            blunt = min(blunt, away)
        else:
            sharp = min(sharp, away)
    nearest = sharp if sharp < np.inf else blunt
    half = 0.5 * (cov[0] + cov[3])
    major = half + math.sqrt(0.25 * (cov[0] - cov[3]) ** 2 + cov[1] ** 2)
    return bool(major > (BENT * nearest) ** 2)


@njit(cache=True, nogil=True)
def moments(xy: F64, weights: F64, when: F64, state: F64, cov: F64) -> None:
    """Mean (3,) and covariance (6,) of place and time over a cloud."""
    state[:] = 0.0
    anchor = when[0, 0]
    for k in range(len(weights)):
        state[0] += weights[k] * xy[k, 0]
        state[1] += weights[k] * xy[k, 1]
        state[2] += weights[k] * (when[k, 0] - anchor)
    cov[:] = 0.0
    for k in range(len(weights)):
        dx, dy, dt = xy[k, 0] - state[0], xy[k, 1] - state[1], when[k, 0] - anchor - state[2]
        cov[0] += weights[k] * dx * dx
        cov[1] += weights[k] * dx * dy
        cov[2] += weights[k] * dx * dt
        cov[3] += weights[k] * dy * dy
        cov[4] += weights[k] * dy * dt
        cov[5] += weights[k] * (dt * dt + when[k, 1])
    state[2] += anchor
