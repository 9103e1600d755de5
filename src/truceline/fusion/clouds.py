"""Where and when each event was: a Gaussian where the fit is nearly linear, else points that follow the likelihood.

One bearing, one sector, or bearings that cross at a small angle leave a banana, not an ellipse. There the posterior is
summed over points in polar coordinates around one of the observers, which zoom to where the mass is.
"""

import math
from collections.abc import Sequence

import numpy as np
from numba import njit

from truceline.fusion.blocks import Claims
from truceline.fusion.found import Found
from truceline.fusion.reach import far_m
from truceline.geo.arrays import Mask
from truceline.physics.columns import AREA, ARRIVAL, BEARING, F64, FIX, I64, Records, Reports
from truceline.physics.lattice import lattice, normal_points
from truceline.physics.weigh import ALL_ROUND_RAD, LOG_FULL, NOTHING, log_moment, log_place, origin_s

N_POINTS = 128  # of a cloud
N_MOMENTS = 55  # enough for a mean and an ellipse
ZOOMS = 4
DEPTH_NATS = 12.0  # what lies this far below the best point may be left out of the next zoom
BENT = 0.15  # an error ellipse longer than this share of the distance to the nearest observer is no ellipse
WIDE = 3.8  # deviations that the first zoom spans


@njit(cache=True, nogil=True)
def at_point(rows: Records, arcs: F64, rings: F64, members: I64, x_m: float, y_m: float, when: F64) -> float:
    """Log density of all `members` having come from a point, at whatever time; writes its mean and variance to `when`."""
    place, weight, first, second, logs, instants = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    anchor = rows[members[0]].time_s
    for i in members:
        place += log_place(rows, i, arcs, rings, x_m, y_m)
        if rows[i].half_window_s <= 0.0:
            instants += 1
    if place <= 0.5 * NOTHING:
        return NOTHING
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


@njit(cache=True, nogil=True)
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
    return best


@njit(cache=True, nogil=True)
def polar_cloud(
    rows: Records, arcs: F64, rings: F64, members: I64, u: F64, v: F64, xy: F64, weights: F64, when: F64
) -> bool:
    """Points `xy` (n, 2) with `weights` (n,), and mean and variance of the time at each (`when`, (n, 2)).

    `u`, `v` (n,) are evenly spread over the unit square. False where the members exclude each other.
    """
    c, n = _centre(rows, members), len(u)
    row = rows[c]
    pivot = row.bearing_rad
    open_rad = math.pi
    if row.family != ARRIVAL and row.half_arc_rad < ALL_ROUND_RAD:
        open_rad = min(math.pi, row.half_arc_rad + WIDE * row.angle_sigma_rad)
    low_t, high_t = pivot - open_rad, pivot + open_rad
    low_r = max(0.0, row.range_min_m - WIDE * row.sigma_min_m)
    high_r = far_m(rows, c)
    r_m, theta, log_p = np.empty(n), np.empty(n), np.empty(n)
    best = NOTHING
    for zoom in range(ZOOMS):
        best = NOTHING
        for k in range(n):
            r_m[k] = low_r + u[k] * (high_r - low_r)
            theta[k] = low_t + v[k] * (high_t - low_t)
            xy[k, 0], xy[k, 1] = row.x_m + r_m[k] * math.sin(theta[k]), row.y_m + r_m[k] * math.cos(theta[k])
            log_p[k] = at_point(rows, arcs, rings, members, xy[k, 0], xy[k, 1], when[k]) + math.log(r_m[k] + 1e-9)
            best = max(best, log_p[k])
        if best <= 0.5 * NOTHING or zoom == ZOOMS - 1:
            break
        step_r, step_t = 2.0 * (high_r - low_r) / math.sqrt(n), 2.0 * (high_t - low_t) / math.sqrt(n)
        near_r, far_r, near_t, far_t = np.inf, -np.inf, np.inf, -np.inf
        for k in range(n):
            if log_p[k] > best - DEPTH_NATS:
                near_r, far_r = min(near_r, r_m[k]), max(far_r, r_m[k])
                near_t, far_t = min(near_t, theta[k]), max(far_t, theta[k])
        tighter = (max(low_r, near_r - step_r), min(high_r, far_r + step_r))
        turned = (max(low_t, near_t - step_t), min(high_t, far_t + step_t))
        if (tighter[1] - tighter[0]) * (turned[1] - turned[0]) > 0.7 * (high_r - low_r) * (high_t - low_t):
            break
        low_r, high_r, low_t, high_t = tighter[0], tighter[1], turned[0], turned[1]
    if best <= 0.5 * NOTHING:
        return False
    total = 0.0
    for k in range(n):
        weights[k] = math.exp(log_p[k] - best)
        total += weights[k]
    weights /= total
    return True


@njit(cache=True, nogil=True)
def is_bent(rows: Records, members: I64, state: F64, cov: F64) -> bool:
    """Whether the posterior is too wide, beside the distances of its observers, to be called an ellipse."""
    nearest = np.inf
    for i in members:
        row = rows[i]
        if row.family != FIX and row.family != AREA:
            nearest = min(nearest, math.hypot(state[0] - row.x_m, state[1] - row.y_m))
    half = 0.5 * (cov[0] + cov[3])
    major = half + math.sqrt(0.25 * (cov[0] - cov[3]) ** 2 + cov[1] ** 2)
    return major > (BENT * nearest) ** 2


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


@njit(cache=True, nogil=True)
def _place_alone(rows: Records, i: int, state: F64, cov: F64) -> bool:
    """Mean and covariance of one row in closed form, where it has one: a fix, an area, an arrival, a narrow ray."""
    row = rows[i]
    state[0], state[1], state[2] = row.x_m, row.y_m, row.time_s
    cov[:] = 0.0
    cov[5] = row.time_sigma_s**2 + row.half_window_s**2 / 3.0
    if row.family == FIX or row.family == AREA:
        det = row.ixx_per_m2 * row.iyy_per_m2 - row.ixy_per_m2 * row.ixy_per_m2
        cov[0], cov[1], cov[3] = row.iyy_per_m2 / det, -row.ixy_per_m2 / det, row.ixx_per_m2 / det
        return True
    if not (row.scale_m < math.inf and row.range_min_m <= 0.0):
        return False
    if not (row.family == ARRIVAL or (row.family == BEARING and row.angle_sigma_rad < 0.2)):
        return False
    # the distance has the density 2 r / s^2 exp(-(r / s)^2): Rayleigh's
    scale2, mean = row.scale_m * row.scale_m, 0.5 * math.sqrt(math.pi) * row.scale_m
    slow = 1.0 / row.speed_m_s if row.speed_m_s > 0.0 else 0.0
    spread = scale2 - mean * mean
    cov[5] += (row.speed_sigma_share**2 * scale2 + row.position_sigma_m**2 + spread) * slow * slow
    state[2] -= mean * slow
    if row.family == ARRIVAL:
        cov[0] = cov[3] = 0.5 * scale2 + row.position_sigma_m**2
        return True
    s2 = row.angle_sigma_rad * row.angle_sigma_rad
    one, two = math.exp(-0.5 * s2), math.exp(-2.0 * s2)
    along, across = 0.5 * scale2 * (1.0 + two) - mean * mean * one * one, 0.5 * scale2 * (1.0 - two)
    ux, uy = math.sin(row.bearing_rad), math.cos(row.bearing_rad)
    own = row.position_sigma_m * row.position_sigma_m
    state[0] += mean * one * ux
    state[1] += mean * one * uy
    cov[0] = along * ux * ux + across * uy * uy + own
    cov[1] = (along - across) * ux * uy
    cov[3] = along * uy * uy + across * ux * ux + own
    cov[2], cov[4] = -spread * one * slow * ux, -spread * one * slow * uy
    return True


@njit(cache=True, nogil=True)
def _locate(rows: Records, arcs: F64, rings: F64, first: I64, member: I64, state: F64, cov: F64, u: F64, v: F64) -> Mask:
    """Fill in where events are that the fit does not tell: singles and bent ones. Which of them are bent, (k,) bool."""
    n, bent = len(u), np.zeros(len(first) - 1, dtype=np.bool_)
    xy, weights, when = np.empty((n, 2)), np.empty(n), np.empty((n, 2))
    for k in range(len(first) - 1):
        members = member[first[k] : first[k + 1]]
        alone = len(members) == 1
        if alone and _place_alone(rows, members[0], state[k], cov[k]):
            bent[k] = rows[members[0]].family != FIX
        elif alone or is_bent(rows, members, state[k], cov[k]):
            bent[k] = polar_cloud(rows, arcs, rings, members, u, v, xy, weights, when)
            if bent[k]:
                moments(xy, weights, when, state[k], cov[k])
    return bent


def locate(reports: Reports, claims: Claims) -> Found:
    """Where and when each event was, rows that no event claims being events of their own; in order of time."""
    n = len(reports.rows)
    alone = np.ones(n, dtype=np.bool_)
    alone[claims.member] = False
    singles = np.flatnonzero(alone)
    first = np.concatenate([claims.first, claims.first[-1] + 1 + np.arange(len(singles))])
    member = np.concatenate([claims.member, singles])
    own = np.concatenate([claims.own_nats, np.zeros(len(singles))])
    state = np.concatenate([claims.state, np.zeros((len(singles), 3))])
    cov = np.concatenate([claims.cov, np.zeros((len(singles), 6))])
    gain = np.concatenate([claims.score, np.zeros(len(singles))])
    u, v = lattice(N_MOMENTS)
    _locate(reports.rows, reports.arcs_rad, reports.rings_m, first, member, state, cov, u, v)
    member, own = _in_order(first, member, own)
    order = np.lexsort((member[first[:-1]], state[:, 2]))
    size = np.diff(first)[order]
    at = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    pick = np.repeat(first[:-1][order] - at[:-1], size) + np.arange(len(member))
    member, own = member[pick], own[pick]
    several = np.repeat(size > 1, size)
    odds = np.where(several, np.exp(own), 1.0)
    p_member = odds / (odds + several + claims.rivals[member])
    return Found(
        first=at,
        member=member,
        llr_nats=own,
        p_member=p_member,
        x_m=state[order, 0],
        y_m=state[order, 1],
        time_s=state[order, 2],
        cov=cov[order][:, [0, 1, 2, 1, 3, 4, 2, 4, 5]].reshape(-1, 3, 3),
        gain_nats=gain[order],
    )


def _in_order(first: I64, member: I64, own: F64) -> tuple[I64, F64]:
    """Members of each event in order of their row."""
    event = np.repeat(np.arange(len(first) - 1), np.diff(first))
    order = np.lexsort((member, event))
    return member[order], own[order]


def clouds(reports: Reports, found: Found, which: Sequence[int] | I64) -> tuple[F64, F64]:
    """Points (k, N_POINTS, 2) in metres and weights (k, N_POINTS) of where the events `which` were."""
    chosen = np.asarray(which, dtype=np.int64)
    u, v = lattice(N_POINTS)
    unit = normal_points(N_POINTS)
    xy, weights = np.empty((len(chosen), N_POINTS, 2)), np.empty((len(chosen), N_POINTS))
    flat = found.cov.reshape(-1, 9)[:, [0, 1, 2, 4, 5, 8]]
    state = np.column_stack([found.x_m, found.y_m, found.time_s])
    _clouds(*reports, found.first, found.member, state, flat, chosen, u, v, unit, xy, weights)
    return xy, weights


@njit(cache=True, nogil=True)
def _clouds(
    rows: Records, arcs: F64, rings: F64, first: I64, member: I64, state: F64, cov: F64, chosen: I64, u: F64, v: F64,
    unit: F64, xy: F64, weights: F64,
) -> None:  # fmt: skip
    when = np.empty((len(u), 2))
    for n in range(len(chosen)):
        k = chosen[n]
        members = member[first[k] : first[k + 1]]
        plain = len(members) == 1 and rows[members[0]].family == FIX
        if not plain and (len(members) == 1 or is_bent(rows, members, state[k], cov[k])):
            if polar_cloud(rows, arcs, rings, members, u, v, xy[n], weights[n], when):
                continue
        a = math.sqrt(cov[k, 0])
        b = cov[k, 1] / a
        c = math.sqrt(max(0.0, cov[k, 3] - b * b))
        for m in range(len(u)):
            xy[n, m, 0] = state[k, 0] + a * unit[m, 0]
            xy[n, m, 1] = state[k, 1] + b * unit[m, 0] + c * unit[m, 1]
            weights[n, m] = 1.0 / len(u)
