"""One common origin of several observations: Gauss-Newton on (x, y, t) and the evidence by Laplace's method."""

import math

import numpy as np
from numba import njit

from truceline.physics.columns import AREA, F64, FIX, I64, Records
from truceline.physics.weigh import NOTHING, add_information, log_fix, log_moment, log_predictive

LOG_FULL = math.log(2.0 * math.pi)
FARTHEST_STEP_M = 5e3  # a step is cut to this: beyond it the linearisation says nothing
STEPS = 3  # at most; the start is close, and a later fit goes on from here
SETTLED_M, SETTLED_S = 1.0, 0.005  # smaller steps, both, change no decision


@njit(cache=True, nogil=True)
def solve(normal: F64, step: F64, cov: F64) -> float:
    """Solve the normal equations (9,); writes the step (3,) and the covariance (6,).

    Returns
    -------
    log determinant of the information, or NOTHING where it is not positive definite
    """
    a, b, c, d, e, f = normal[0], normal[1], normal[2], normal[3], normal[4], normal[5]
    xx, xy, xt = d * f - e * e, c * e - b * f, b * e - c * d
    det = a * xx + b * xy + c * xt
    minor = a * d - b * b
    if not (a > 0.0 and minor > 0.0 and det > 1e-14 * a * d * f):
        return NOTHING
    cov[0], cov[1], cov[2] = xx / det, xy / det, xt / det
    cov[3], cov[4], cov[5] = (a * f - c * c) / det, (b * c - a * e) / det, minor / det
    step[0] = cov[0] * normal[6] + cov[1] * normal[7] + cov[2] * normal[8]
    step[1] = cov[1] * normal[6] + cov[3] * normal[7] + cov[4] * normal[8]
    step[2] = cov[2] * normal[6] + cov[4] * normal[7] + cov[5] * normal[8]
    return math.log(det)


@njit(cache=True, nogil=True)
def log_known(rows: Records, i: int, arcs: F64, rings: F64, state: F64, known: F64) -> float:
    """Log likelihood of row `i` for an event at `state`; an area counts as its even spread, which is smooth."""
    if rows[i].family == AREA:
        variance = rows[i].time_sigma_s ** 2
        at = log_moment(rows, i, state[2] - rows[i].time_s, variance)
        return at + log_fix(rows, i, state[0], state[1], 0.0, 0.0, 0.0)
    return log_predictive(rows, i, arcs, rings, state, known)


@njit(cache=True, nogil=True)
def descend(rows: Records, members: I64, state: F64, cov: F64, work: F64) -> float:
    """Move `state` (3,) to where `members` put their common origin, writing its covariance `cov` (6,).

    Returns
    -------
    log determinant of the information at the last linearisation, or NOTHING where they settle nothing
    """
    windows_too = len(members) > 0
    for i in members:
        if rows[i].half_window_s <= 0.0:
            windows_too = False
    log_det = NOTHING
    for _ in range(STEPS):
        work[:] = 0.0
        for i in members:
            add_information(rows, i, state, work[:9], windows_too)
        log_det = solve(work[:9], work[9:12], cov)
        if log_det == NOTHING:
            return NOTHING
        dx, dy, dt = work[9], work[10], work[11]
        length = math.sqrt(dx * dx + dy * dy)
        if length > FARTHEST_STEP_M:
            dx, dy, dt = dx * FARTHEST_STEP_M / length, dy * FARTHEST_STEP_M / length, dt * FARTHEST_STEP_M / length
        state[0] += dx
        state[1] += dy
        state[2] += dt
        if length < SETTLED_M and abs(dt) < SETTLED_S:
            break
    return log_det


@njit(cache=True, nogil=True)
def evidence(rows: Records, arcs: F64, rings: F64, members: I64, state: F64, cov: F64, work: F64) -> float:
    """Log of the integral, over place and time, of the product of the likelihoods of `members` (Laplace).

    `state` (3,) is where to start and becomes the mode, `cov` (6,) its covariance; `work` (18,) is scratch.

    Returns
    -------
    nats, of a density per (square metre and second) to the power n - 1; NOTHING where they exclude each other
    """
    log_det = descend(rows, members, state, cov, work)
    if log_det == NOTHING:
        return NOTHING
    work[12:18] = 0.0
    total = 1.5 * LOG_FULL - 0.5 * log_det
    for i in members:
        total += log_known(rows, i, arcs, rings, state, work[12:18])
    return total


@njit(cache=True, nogil=True)
def is_sharp(rows: Records, i: int) -> bool:
    """Whether a row is worth starting hypotheses from: a fix, a bearing or an arrival, not a sector or an area."""
    return bool(rows[i].family != AREA and (rows[i].family == FIX or rows[i].half_arc_rad <= 0.0))


def scratch() -> F64:
    """Work space for `evidence`."""
    return np.zeros(18)
