"""Where and when each event was: a Gaussian where the fit is nearly linear, else points that follow the likelihood."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from truceline.fusion.association.claims import Claims
from truceline.fusion.association.found import Found
from truceline.fusion.places.belonging import p_member
from truceline.fusion.places.bent import is_bent, moments, polar_cloud
from truceline.fusion.places.lone import spread
from truceline.fusion.places.ninety import DOUBT, hold_ninety
from truceline.fusion.places.ridge import across_points, ridge_cloud
from truceline.fusion.places.twin import MEAN_SCALES, MEAN_SQUARE_SCALES
from truceline.geo.arrays import Mask
from truceline.physics.columns import AREA, ARRIVAL, BEARING, F64, FIX, I64, Records, Reports
from truceline.physics.lattice import lattice, normal_points
from truceline.physics.weigh import origin_s

N_POINTS = 128  # of a cloud
N_MOMENTS = 88  # enough for a mean and an ellipse
AT_ONCE = 4096  # rows whose points are in memory at a time, and events that a thread takes at a time


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
    # the distance is Rayleigh's, but for what a twin would have noticed
    scale2, mean = MEAN_SQUARE_SCALES * row.scale_m * row.scale_m, MEAN_SCALES * row.scale_m
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
def _locate_bent(
    rows: Records, arcs: F64, rings: F64, first: I64, member: I64, state: F64, cov: F64, u: F64, v: F64, unit: F64,
    across: F64,
) -> None:  # fmt: skip
    """Mean and covariance of those events of several rows that the fit does not tell."""
    n = len(u)
    xy, weights, when = np.zeros((n, 2)), np.zeros(n), np.zeros((n, 2))
    for k in range(len(first) - 1):
        members = member[first[k] : first[k + 1]]
        if not is_bent(rows, members, state[k], cov[k]):
            continue
        ridge = ridge_cloud(rows, arcs, rings, members, state[k], cov[k], across, xy, weights, when)
        if ridge or polar_cloud(rows, arcs, rings, members, u, v, unit, xy, weights, when):
            moments(xy, weights, when, state[k], cov[k])
            hold_ninety(xy, weights, when, state[k], cov[k])


@njit(cache=True, nogil=True)
def _plain_alone(rows: Records, which: I64, state: F64, cov: F64) -> Mask:
    """Mean and covariance of single rows where these have a closed form; which had one, (k,) bool."""
    told = np.zeros(len(which), dtype=np.bool_)
    for k in range(len(which)):
        told[k] = _place_alone(rows, which[k], state[k], cov[k])
    return told


@njit(cache=True, nogil=True)
def _average(rows: Records, which: I64, xy: F64, weights: F64, state: F64, cov: F64) -> None:
    """Mean and covariance of single rows from points of their places."""
    when = np.zeros((xy.shape[1], 2))
    for k in range(len(which)):
        i = which[k]
        for m in range(xy.shape[1]):
            when[m, 0], when[m, 1] = origin_s(rows, i, xy[k, m, 0], xy[k, m, 1])
            when[m, 1] += rows[i].half_window_s ** 2 / 3.0
        moments(xy[k], weights[k], when, state[k], cov[k])
        hold_ninety(xy[k], weights[k], when, state[k], cov[k])


def _alone(reports: Reports, singles: I64) -> tuple[F64, F64]:
    """Mean (k, 3) and covariance (k, 6) of rows that are events of their own."""
    state, cov = np.zeros((len(singles), 3)), np.zeros((len(singles), 6))
    rest = np.flatnonzero(~_plain_alone(reports.rows, singles, state, cov))
    for at in range(0, len(rest), AT_ONCE):
        part = rest[at : at + AT_ONCE]
        xy, weights, told = spread(reports, singles[part])
        part, some_state, some_cov = part[told], state[part[told]], cov[part[told]]
        _average(reports.rows, singles[part], xy[told], weights[told], some_state, some_cov)
        state[part], cov[part] = some_state, some_cov
    return state, cov


def _several(reports: Reports, claims: Claims, threads: int) -> tuple[F64, F64]:
    """Mean (k, 3) and covariance (k, 6) of the events of several rows: each by itself, so threads share them out."""
    u, v = lattice(N_MOMENTS)
    unit, across = normal_points(N_MOMENTS), across_points(N_MOMENTS)
    state, cov = claims.state.copy(), claims.cov.copy()

    def work(a: int) -> None:
        b = a + AT_ONCE
        first = claims.first[a : b + 1]
        _locate_bent(*reports, first, claims.member, state[a:b], cov[a:b], u, v, unit, across)

    parts = range(0, len(state), AT_ONCE)
    if threads <= 1:
        for a in parts:
            work(a)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, parts))
    return state, cov * DOUBT**2


def locate(reports: Reports, claims: Claims, threads: int = 1) -> Found:
    """Where and when each event was, rows that no event claims being events of their own; in order of time."""
    n = len(reports.rows)
    alone = np.ones(n, dtype=np.bool_)
    alone[claims.member] = False
    singles = np.flatnonzero(alone)
    first = np.concatenate([claims.first, claims.first[-1] + 1 + np.arange(len(singles))])
    member = np.concatenate([claims.member, singles])
    own = np.concatenate([claims.own_nats, np.zeros(len(singles))])
    several_state, several_cov = _several(reports, claims, threads)
    own_state, own_cov = _alone(reports, singles)
    state, cov = np.concatenate([several_state, own_state]), np.concatenate([several_cov, own_cov])
    gain = np.concatenate([claims.score, np.zeros(len(singles))])
    member, own = _in_order(first, member, own)
    order = np.lexsort((member[first[:-1]], state[:, 2]))
    size = np.diff(first)[order]
    at = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    pick = np.repeat(first[:-1][order] - at[:-1], size) + np.arange(len(member))
    member, own = member[pick], own[pick]
    return Found(
        first=at,
        member=member,
        llr_nats=own,
        p_member=p_member(own, claims.rivals[member], np.repeat(size, size)),
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
    xy, weights = np.zeros((len(chosen), N_POINTS, 2)), np.zeros((len(chosen), N_POINTS))
    flat = found.cov.reshape(-1, 9)[:, [0, 1, 2, 4, 5, 8]]
    state = np.column_stack([found.x_m, found.y_m, found.time_s])
    _clouds(*reports, found.first, found.member, state, flat, chosen, u, v, unit, across_points(N_POINTS), xy, weights)
    alone = np.flatnonzero(np.diff(found.first)[chosen] == 1)
    own_xy, own_weights, told = spread(reports, found.member[found.first[chosen[alone]]], N_POINTS)
    xy[alone[told]], weights[alone[told]] = own_xy[told], own_weights[told]
    return xy, weights


@njit(cache=True, nogil=True)
def _clouds(
    rows: Records, arcs: F64, rings: F64, first: I64, member: I64, state: F64, cov: F64, chosen: I64, u: F64, v: F64,
    unit: F64, across: F64, xy: F64, weights: F64,
) -> None:  # fmt: skip
    when = np.zeros((len(u), 2))
    for n in range(len(chosen)):
        k = chosen[n]
        members = member[first[k] : first[k + 1]]
        bent = len(members) > 1 and is_bent(rows, members, state[k], cov[k])
        if bent and ridge_cloud(rows, arcs, rings, members, state[k], cov[k], across, xy[n], weights[n], when):
            continue
        if bent and polar_cloud(rows, arcs, rings, members, u, v, unit, xy[n], weights[n], when):
            continue
        a = math.sqrt(cov[k, 0])
        b = cov[k, 1] / a
        c = math.sqrt(max(0.0, cov[k, 3] - b * b))
        for m in range(len(u)):
            xy[n, m, 0] = state[k, 0] + a * unit[m, 0]
            xy[n, m, 1] = state[k, 1] + b * unit[m, 0] + c * unit[m, 1]
            weights[n, m] = 1.0 / len(u)
