"""Compiled: one look at an observation from a tried place and time: how likely it is there, and how it pulls.

The same likelihoods as in `weigh`, of an event that is known; value and pull share their geometry, and logarithms are
taken of products of many rows at once.
"""

import math

from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, BEARING, F64, FIX, SECTOR, Records
from truceline.physics.normal import SHARPEST, share_between
from truceline.physics.weigh import (
    ALL_ROUND_RAD,
    LOG_FULL,
    NEAREST_M,
    NOTHING,
    WIDE_RAD,
    arc_share,
    is_one_arc,
    log_direction,
    turned,
    wrapped,
)

# Places in `sums` (12,): information xx, xy, xt, yy, yt, tt; pull x, y, t; then the log density, but for half the log
# of a product of variances, and for the log of a product of shares.
LOG, VARIANCES, SHARES = 9, 10, 11
SMALL, LARGE = 1e-150, 1e150
LEAST_SHARE = 1e-300


@inner
def clear(sums: F64) -> None:
    """No row has been looked at."""
    for k in range(VARIANCES):
        sums[k] = 0.0
    sums[VARIANCES], sums[SHARES] = 1.0, 1.0


@inner
def log_density(sums: F64) -> float:
    """Log density of all rows looked at (nats)."""
    return float(sums[LOG] - 0.5 * math.log(sums[VARIANCES]) + math.log(sums[SHARES]))


@inner
def _times_share(sums: F64, share: float) -> None:
    if share <= LEAST_SHARE:
        sums[LOG] += NOTHING
        return
    sums[SHARES] *= share
    if sums[SHARES] < SMALL:
        sums[LOG] += math.log(sums[SHARES])
        sums[SHARES] = 1.0


@inner
def _times_variance(sums: F64, variance: float) -> None:
    sums[VARIANCES] *= variance
    if not SMALL < sums[VARIANCES] < LARGE:
        sums[LOG] -= 0.5 * math.log(sums[VARIANCES])
        sums[VARIANCES] = 1.0


@inner
def _see_time(
    rows: Records, i: int, late_s: float, variance: float, jx: float, jy: float, windows_too: bool, sums: F64
) -> None:
    """An instant, or a window; (jx, jy) is how the delay grows with place, seconds per metre."""
    half = rows[i].half_window_s
    if half > 0.0:
        sigma, away = math.sqrt(variance), abs(late_s)
        _times_share(sums, share_between((-half - away) / sigma, (half - away) / sigma) / (2.0 * half))
        if not windows_too:
            return
        variance += half * half / 3.0
    weight = 1.0 / variance
    if half <= 0.0:
        sums[LOG] -= 0.5 * late_s * late_s * weight + 0.5 * LOG_FULL
        _times_variance(sums, variance)
    sums[0] += weight * jx * jx
    sums[1] += weight * jx * jy
    sums[2] += weight * jx
    sums[3] += weight * jy * jy
    sums[4] += weight * jy
    sums[5] += weight
    sums[6] -= weight * jx * late_s
    sums[7] -= weight * jy * late_s
    sums[8] -= weight * late_s


@inner
def _see_distance(rows: Records, i: int, dx: float, dy: float, r_m: float, sums: F64) -> None:
    """The distance window, and its pull towards the observer or the middle of a stated band."""
    row = rows[i]
    low, high = row.range_min_m, row.range_max_m
    sums[LOG] -= row.log_mass
    if row.scale_m < math.inf:
        pull = 2.0 / (row.scale_m * row.scale_m)
        sums[LOG] -= 0.5 * pull * r_m * r_m
        sums[0] += pull
        sums[3] += pull
        sums[6] -= pull * dx
        sums[7] -= pull * dy
    else:
        width, edge = high - low, 0.5 * (row.sigma_min_m + row.sigma_max_m)
        weight = 1.0 / (width * width / 12.0 + edge * edge)
        ux, uy, off = dx / r_m, dy / r_m, 0.5 * (high + low) - r_m
        sums[0] += weight * ux * ux
        sums[1] += weight * ux * uy
        sums[3] += weight * uy * uy
        sums[6] += weight * ux * off
        sums[7] += weight * uy * off
    far = (high - r_m) / row.sigma_max_m
    if far > SHARPEST and low <= 0.0:
        return
    window = share_between((-high - r_m) / row.sigma_max_m, far)
    if low > 0.0:
        near = 1.0 / row.sigma_min_m
        window -= share_between((-low - r_m) * near, (low - r_m) * near)
    _times_share(sums, window)


@inner
def _see_direction(rows: Records, i: int, arcs: F64, dx: float, dy: float, r_m: float, sums: F64) -> None:
    """A bearing or the arcs of a sector; the pull of arcs is that of the spread between their ends."""
    row = rows[i]
    blur = row.position_sigma_m / r_m
    spread = row.angle_sigma_rad * row.angle_sigma_rad + blur * blur
    if row.family == BEARING and spread < WIDE_RAD * WIDE_RAD:
        off = -turned(dx * row.cos_bearing - dy * row.sin_bearing, dx * row.sin_bearing + dy * row.cos_bearing)
        sums[LOG] -= 0.5 * off * off / spread + 0.5 * LOG_FULL
        _times_variance(sums, spread)
    else:
        theta, sigma = math.atan2(dx, dy), min(math.sqrt(spread), math.pi)
        if is_one_arc(rows, i, sigma):
            _times_share(sums, arc_share(rows, i, theta, sigma))
        else:
            sums[LOG] += log_direction(rows, i, arcs, theta, sigma)
        if row.family == SECTOR and row.half_arc_rad >= ALL_ROUND_RAD:
            return
        off = wrapped(row.bearing_rad - theta)
        spread += row.half_arc_rad * row.half_arc_rad / 3.0
    weight = 1.0 / spread
    jx, jy = dy / (r_m * r_m), -dx / (r_m * r_m)
    sums[0] += weight * jx * jx
    sums[1] += weight * jx * jy
    sums[3] += weight * jy * jy
    sums[6] += weight * jx * off
    sums[7] += weight * jy * off


@inner
def see(rows: Records, i: int, arcs: F64, x_m: float, y_m: float, time_s: float, windows_too: bool, sums: F64) -> None:
    """Add to `sums` what row `i` says of an event at (x, y, t): its log likelihood and its pull on a Gauss-Newton step.

    An area counts as its even spread, which is smooth. Windows of distance, direction and time pull with the variance
    of their even spread; those of time only if `windows_too` (beside an instant they say nothing about it).
    """
    row = rows[i]
    variance = row.time_sigma_s * row.time_sigma_s
    dx, dy, late = x_m - row.x_m, y_m - row.y_m, time_s - row.time_s
    if row.family == FIX or row.family == AREA:
        px, py = row.ixx_per_m2 * dx + row.ixy_per_m2 * dy, row.ixy_per_m2 * dx + row.iyy_per_m2 * dy
        sums[0] += row.ixx_per_m2
        sums[1] += row.ixy_per_m2
        sums[3] += row.iyy_per_m2
        sums[6] -= px
        sums[7] -= py
        sums[LOG] += row.log_even - 0.5 * (px * dx + py * dy)
        _see_time(rows, i, late, variance, 0.0, 0.0, windows_too, sums)
        return
    r_m = max(math.sqrt(dx * dx + dy * dy), NEAREST_M)
    _see_distance(rows, i, dx, dy, r_m, sums)
    if row.speed_m_s > 0.0:
        slow = 1.0 / row.speed_m_s
        stretch, shift = row.speed_sigma_share * r_m * slow, row.position_sigma_m * slow
        variance += stretch * stretch + shift * shift
        jx, jy = dx / r_m * slow, dy / r_m * slow
        _see_time(rows, i, late + r_m * slow, variance, jx, jy, windows_too, sums)
    else:
        _see_time(rows, i, late, variance, 0.0, 0.0, windows_too, sums)
    if row.family == BEARING or row.family == SECTOR:
        _see_direction(rows, i, arcs, dx, dy, r_m, sums)
    else:
        sums[LOG] -= LOG_FULL
