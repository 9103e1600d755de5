"""Compiled: by how much rows miss the events that others place, in direction and in time."""

import math

import numpy as np
from numba import njit

from truceline.fusion.association.fit import CLOSE, STEPS, evidence
from truceline.fusion.association.scene import MOST_MEMBERS
from truceline.geo.arrays import F64, I64
from truceline.physics.columns import AREA, BEARING, FIX, SECTOR, Records
from truceline.physics.weigh import ALL_ROUND_RAD, NOTHING, wrapped

ANGLE, ANGLE_SIGMA, LATE, LATE_SIGMA, DELAY, FAR = range(6)  # columns of a residual
OTHERS = 3  # members besides the one that is asked about, at least
NEAR_MISS = 3.0  # standard deviations within which one part of a row agrees, so that the other is worth asking


@njit(cache=True, nogil=True)
def residual(rows: Records, i: int, state: F64, cov: F64, out: F64) -> None:
    """What row `i` says less what an event at `state` +- `cov` (6,) would have made it say, to `out` (6,).

    Direction (rad) and its error, NaN where it states none; time (s) and its error; the delay of the signal (s), and
    the distance as a share of how far away such things are noticed, NaN where that is not modelled.
    """
    row = rows[i]
    out[ANGLE], out[ANGLE_SIGMA], out[DELAY], out[FAR] = math.nan, math.nan, 0.0, math.nan
    variance = row.time_sigma_s**2 + row.half_window_s**2 / 3.0 + cov[5]
    late = row.time_s - state[2]
    if row.family != FIX and row.family != AREA:
        dx, dy = state[0] - row.x_m, state[1] - row.y_m
        r_m = max(math.sqrt(dx * dx + dy * dy), 1.0)
        ux, uy = dx / r_m, dy / r_m
        if row.speed_m_s > 0.0:
            delay = r_m / row.speed_m_s
            along = ux * ux * cov[0] + 2.0 * ux * uy * cov[1] + uy * uy * cov[3]
            variance += (row.speed_sigma_share * delay) ** 2 + along / row.speed_m_s**2
            variance += 2.0 * (ux * cov[2] + uy * cov[4]) / row.speed_m_s
            late -= delay
            out[DELAY] = delay
        if row.family == BEARING or (row.family == SECTOR and row.half_arc_rad < ALL_ROUND_RAD):
            across = uy * uy * cov[0] - 2.0 * ux * uy * cov[1] + ux * ux * cov[3]
            spread = row.angle_sigma_rad**2 + row.half_arc_rad**2 / 3.0
            out[ANGLE] = wrapped(row.bearing_rad - math.atan2(dx, dy))
            out[ANGLE_SIGMA] = math.sqrt(spread + (row.position_sigma_m**2 + across) / (r_m * r_m))
        if row.scale_m < math.inf:
            out[FAR] = r_m / row.scale_m
    out[LATE], out[LATE_SIGMA] = late, math.sqrt(max(variance, 1e-12))


@njit(cache=True, nogil=True)
def left_out(
    rows: Records, arcs: F64, first: I64, member: I64, state: F64, which: I64, event: I64, work: F64, out: F64
) -> None:
    """The residual of each of the rows `which` (k,), members of the events `event` (k,), against those without it.

    To `out` (k, 6); NaN where the rest settles nothing. `work` is scratch of a fit.
    """
    rest = np.empty(MOST_MEMBERS, dtype=np.int64)
    at, cov = np.zeros(3), np.zeros(6)
    for k in range(len(which)):
        e, n = event[k], 0
        for m in range(first[e], first[e + 1]):
            if member[m] != which[k] and n < MOST_MEMBERS:
                rest[n] = member[m]
                n += 1
        at[:] = state[e]
        out[k] = math.nan
        if n >= OTHERS and evidence(rows, arcs, rest[:n], at, cov, work, STEPS, CLOSE) > 0.5 * NOTHING:
            residual(rows, which[k], at, cov, out[k])


@njit(cache=True, nogil=True)
def _reaches(rows: Records, i: int, state: F64) -> bool:
    """Whether row `i` may be of something at `state`, as far as its distance goes."""
    row = rows[i]
    if row.family == FIX or row.family == AREA:
        det = row.ixx_per_m2 * row.iyy_per_m2 - row.ixy_per_m2**2
        dx, dy = state[0] - row.x_m, state[1] - row.y_m
        square = row.ixx_per_m2 * dx * dx + 2.0 * row.ixy_per_m2 * dx * dy + row.iyy_per_m2 * dy * dy
        return bool(det > 0.0 and square < NEAR_MISS * NEAR_MISS)
    r_m = math.hypot(state[0] - row.x_m, state[1] - row.y_m)
    near, far = row.range_min_m - 2.0 * row.sigma_min_m, row.range_max_m + 2.0 * row.sigma_max_m
    return bool(near <= r_m <= min(far, 2.0 * row.scale_m))


@njit(cache=True, nogil=True)
def _half_agrees(one: F64, wide_s: float) -> bool:
    """Whether a residual is small in direction or in time, and not too large in time."""
    in_time = abs(one[LATE]) <= NEAR_MISS * one[LATE_SIGMA]
    return bool(abs(one[LATE]) <= wide_s and (in_time or not abs(one[ANGLE]) > NEAR_MISS * one[ANGLE_SIGMA]))


@njit(cache=True, nogil=True)
def _tells(rows: Records, members: I64, sensor: int) -> bool:
    """Whether a sensor has a report among the members."""
    told = False
    for m in members:
        told = told or rows[m].sensor == sensor
    return told


@njit(cache=True, nogil=True)
def around(
    rows: Records,
    first: I64,
    member: I64,
    state: F64,
    cov: F64,
    events: I64,
    which: I64,
    wide_s: float,
    longest_s: float,
    of_row: I64,
    out: F64,
) -> int:
    """Residuals of the rows `which` against all events, of `events` in order of time, that may explain them but for
    a fault: direction or time off, not both. Events that hold a report of the same sensor are not asked.

    Writes the row (a place in `which`) to `of_row` and the residual to `out`; how many, at most len(out).
    """
    found, one = 0, np.zeros(6)
    for k in range(len(which)):
        i = which[k]
        low, high = 0, len(events)
        since, until = rows[i].time_s - wide_s - longest_s, rows[i].time_s + wide_s
        while low < high:
            middle = (low + high) >> 1
            if state[events[middle], 2] < since:
                low = middle + 1
            else:
                high = middle
        for n in range(low, len(events)):
            e = events[n]
            if state[e, 2] > until or found == len(out):
                break
            if not _reaches(rows, i, state[e]):
                continue
            residual(rows, i, state[e], cov[e], one)
            if _half_agrees(one, wide_s) and not _tells(rows, member[first[e] : first[e + 1]], rows[i].sensor):
                of_row[found], out[found] = k, one
                found += 1
    return found
