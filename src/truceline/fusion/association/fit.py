"""One common origin of several observations: Gauss-Newton on (x, y, t) and the evidence by Laplace's method."""

import math

import numpy as np

from truceline.geo.kernel import inner, outer
from truceline.physics.columns import AREA, F64, FIX, I64, Records
from truceline.physics.see import LOG, clear, log_density, see
from truceline.physics.weigh import NOTHING

LOG_FULL = math.log(2.0 * math.pi)
FARTHEST_STEP_M = 5e3  # a step is cut to this: beyond it the linearisation says nothing
STEPS = 6  # at most; most fits need two
CLOSE = 0.05  # nats: what a last step gains is then told well enough by the parabola that it was taken on
N_SUMS = 12  # as `physics.see` fills them
STEP = N_SUMS  # where the step lies in the scratch
UNSURE = 8.0  # nats: where a fit without a member would move so far, that is not told from here


@inner
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
    share = 1.0 / det
    cov[0], cov[1], cov[2] = xx * share, xy * share, xt * share
    cov[3], cov[4], cov[5] = (a * f - c * c) * share, (b * c - a * e) * share, minor * share
    step[0] = cov[0] * normal[6] + cov[1] * normal[7] + cov[2] * normal[8]
    step[1] = cov[1] * normal[6] + cov[3] * normal[7] + cov[4] * normal[8]
    step[2] = cov[2] * normal[6] + cov[4] * normal[7] + cov[5] * normal[8]
    return math.log(det)


@inner
def all_windows(rows: Records, members: I64) -> bool:
    """Whether no member tells an instant: then windows of time say where in time the event was."""
    for i in members:  # noqa: SIM110 - a generator would be an object
        if rows[i].half_window_s <= 0.0:
            return False
    return True


@inner
def is_linear(rows: Records, members: I64) -> bool:
    """Whether all members are fixes (or even spreads) at instants, so that one step is exact."""
    for i in members:
        if not (rows[i].family == FIX or rows[i].family == AREA) or rows[i].half_window_s > 0.0:
            return False
    return True


@inner
def look(rows: Records, arcs: F64, members: I64, state: F64, windows_too: bool, sums: F64) -> None:
    """What all `members` say of an event at `state`, to `sums` (see `physics.see`)."""
    clear(sums)
    for i in members:
        see(rows, i, arcs, state[0], state[1], state[2], windows_too, sums)


@inner
def evidence(
    rows: Records, arcs: F64, members: I64, state: F64, cov: F64, work: F64, steps: int, close: float
) -> float:
    """Log of the integral, over place and time, of the product of the likelihoods of `members` (Laplace).

    `state` (3,) is where to start and becomes the mode, `cov` (6,) its covariance; `work` (15,) is scratch. At most
    `steps` steps; a step that gains less than `close` nats is the last.

    Returns
    -------
    nats, of a density per (square metre and second) to the power n - 1; NOTHING where they exclude each other
    """
    windows_too, linear = all_windows(rows, members), is_linear(rows, members)
    log_det = NOTHING
    for _ in range(steps):
        look(rows, arcs, members, state, windows_too, work)
        log_det = solve(work, work[STEP:], cov)
        if log_det == NOTHING:
            return NOTHING
        dx, dy, dt = work[STEP], work[STEP + 1], work[STEP + 2]
        gain = dx * work[6] + dy * work[7] + dt * work[8]
        length2 = dx * dx + dy * dy
        if length2 > FARTHEST_STEP_M * FARTHEST_STEP_M:
            cut = FARTHEST_STEP_M / math.sqrt(length2)
            dx, dy, dt = dx * cut, dy * cut, dt * cut
        state[0] += dx
        state[1] += dy
        state[2] += dt
        if linear or gain < close:
            return float(log_density(work) + 0.5 * gain + 1.5 * LOG_FULL - 0.5 * log_det)
    look(rows, arcs, members, state, windows_too, work)
    return log_density(work) + 1.5 * LOG_FULL - 0.5 * log_det


@inner
def without_each(rows: Records, arcs: F64, members: I64, state: F64, cov: F64, work: F64, parts: F64, out: F64) -> None:
    """Evidence of `members` without each of them, to `out` (n,), from one look at all of them at their mode `state`.

    To second order: a member's share of the information and of the log density is taken off, and one step made. NaN
    where that step is too long to be believed. `parts` (n + 1, 12), `cov` (6,) and `work` (15,) are scratch.
    """
    n, windows_too = len(members), all_windows(rows, members)
    clear(parts[n])
    for m in range(n):
        clear(parts[m])
        see(rows, members[m], arcs, state[0], state[1], state[2], windows_too, parts[m])
        parts[m, LOG] = log_density(parts[m])
        for k in range(LOG + 1):
            parts[n, k] += parts[m, k]
    for m in range(n):
        for k in range(LOG + 1):
            work[k] = parts[n, k] - parts[m, k]
        log_det = solve(work, work[STEP:], cov)
        gain = work[STEP] * work[6] + work[STEP + 1] * work[7] + work[STEP + 2] * work[8]
        sure = log_det != NOTHING and gain < UNSURE and work[LOG] > 0.5 * NOTHING
        out[m] = work[LOG] + 0.5 * gain + 1.5 * LOG_FULL - 0.5 * log_det if sure else np.nan


@inner
def is_sharp(rows: Records, i: int) -> bool:
    """Whether a row is worth starting hypotheses from: a fix, a bearing or an arrival, not a sector or an area."""
    return bool(rows[i].family != AREA and (rows[i].family == FIX or rows[i].half_arc_rad <= 0.0))


@outer
def scratch() -> F64:
    """Work space for `evidence`."""
    return np.zeros(N_SUMS + 3)
