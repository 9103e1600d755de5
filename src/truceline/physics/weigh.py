"""Compiled likelihoods of single observations: how well one explains an event at (x, y, t), and how it pulls on it.

Everything is a density over place and time of origin, so it integrates to one over the plane and all time. Where the
event itself is only known to a covariance, the errors of the observation widen by it: with a covariance of zero the
result is the likelihood itself, otherwise a predictive density (exact for a fix whose place and time are known apart,
to first order for the others).
"""

import math

import numpy as np
from numba import njit

from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, ARRIVAL, BEARING, F64, FIX, Records
from truceline.physics.normal import SHARPEST, below, share_between

NOTHING = -1e30  # log of a density that is zero
FULL_RAD = 2.0 * math.pi
LOG_FULL = math.log(FULL_RAD)
ALL_ROUND_RAD = math.pi - 1e-9  # half of what the arcs span: no direction was stated
NARROW = 0.25  # tangent of an angle that a short series tells to a hundred millionth
WIDE_RAD = 0.7  # a Gaussian error of direction so wide goes around the circle
NEAREST_M = 1.0  # directions and distances from closer than this are those from here


@inner
def wrapped(angle_rad: float) -> float:
    """The angle within [-pi, pi)."""
    return angle_rad - FULL_RAD * math.floor((angle_rad + math.pi) / FULL_RAD)


@inner
def turned(cross: float, dot: float) -> float:
    """atan2(cross, dot), quickly where that is a small angle."""
    q = cross / dot if dot > 0.0 else 1.0
    if abs(q) > NARROW:
        return math.atan2(cross, dot)
    s = q * q
    return q * (1.0 - s * (1.0 / 3.0 - s * (0.2 - s * (1.0 / 7.0 - s * (1.0 / 9.0 - s / 11.0)))))


@inner
def is_one_arc(rows: Records, i: int, sigma_rad: float) -> bool:
    """Whether a sector states one arc, so narrow beside the whole circle that it need be looked at from one side."""
    return bool(rows[i].arc_count == 1 and rows[i].half_arc_rad + SHARPEST * sigma_rad < math.pi)


@inner
def arc_share(rows: Records, i: int, theta_rad: float, sigma_rad: float) -> float:
    """Density per radian of a direction that the one arc of a sector states."""
    half, away = rows[i].half_arc_rad, abs(wrapped(theta_rad - rows[i].bearing_rad))
    return float((below((half - away) / sigma_rad) - below((-half - away) / sigma_rad)) / (2.0 * half))


@inner
def log_distance(rows: Records, i: int, r_m: float, extra_m2: float) -> float:
    """Log of the distance window over its mass: per m2 and radian; `extra_m2` widens its edges."""
    row = rows[i]
    high, scale = row.range_max_m, row.scale_m
    away: float = -row.log_mass
    if scale < math.inf:
        away -= (r_m * r_m) / (scale * scale)
    sigma = math.sqrt(row.sigma_max_m * row.sigma_max_m + extra_m2)
    far = (high - r_m) / sigma
    low = row.range_min_m
    if far > SHARPEST and low <= 0.0:
        return away
    window = share_between((-high - r_m) / sigma, far)
    if low > 0.0:
        near = math.sqrt(row.sigma_min_m * row.sigma_min_m + extra_m2)
        window -= share_between((-low - r_m) / near, (low - r_m) / near)
    if window <= 1e-300:
        return NOTHING
    return away + math.log(window)


@inner
def log_direction(rows: Records, i: int, arcs: F64, theta_rad: float, sigma_rad: float) -> float:
    """Log density per radian of the direction (clockwise from +y) that a bearing or the arcs of a sector state."""
    row = rows[i]
    if row.family == BEARING:
        z = wrapped(theta_rad - row.bearing_rad) / sigma_rad
        log_p = -0.5 * z * z - math.log(sigma_rad) - 0.5 * LOG_FULL
        if sigma_rad < 0.7:
            return log_p
        total = math.exp(log_p)  # so wide that the other turns of the circle count
        for turn in (-2.0, -1.0, 1.0, 2.0):
            w = z + turn * FULL_RAD / sigma_rad
            total += math.exp(-0.5 * w * w) / (sigma_rad * math.sqrt(FULL_RAD))
        return math.log(total)
    if row.half_arc_rad >= ALL_ROUND_RAD:
        return -LOG_FULL
    if is_one_arc(rows, i, sigma_rad):
        share = arc_share(rows, i, theta_rad, sigma_rad)
        return math.log(share) if share > 1e-300 else NOTHING
    mass, width = 0.0, 0.0
    turns = math.ceil((math.pi + SHARPEST * sigma_rad) / FULL_RAD)
    for k in range(row.arc_first, row.arc_first + row.arc_count):
        half = 0.5 * (arcs[k, 1] - arcs[k, 0])
        width += 2.0 * half
        off = wrapped(theta_rad - 0.5 * (arcs[k, 0] + arcs[k, 1]))
        for turn in range(-turns, turns + 1):
            away = abs(off + turn * FULL_RAD)
            if away - half > 1.5 * SHARPEST * sigma_rad:
                continue
            mass += share_between((-half - away) / sigma_rad, (half - away) / sigma_rad)
    if mass <= 1e-300:
        return NOTHING
    return math.log(mass / width)


@inner
def in_ring(rings: F64, first: int, count: int, x_m: float, y_m: float) -> bool:
    """Whether a point lies inside the ring of `count` corners from `first` on (even-odd)."""
    inside = False
    j = first + count - 1
    for k in range(first, first + count):
        if (rings[k, 1] > y_m) != (rings[j, 1] > y_m):
            at = rings[k, 0] + (y_m - rings[k, 1]) / (rings[j, 1] - rings[k, 1]) * (rings[j, 0] - rings[k, 0])
            if x_m < at:
                inside = not inside
        j = k
    return inside


@inner
def log_fix(rows: Records, i: int, x_m: float, y_m: float, pxx: float, pxy: float, pyy: float) -> float:
    """Log density per m2 of a fix (or of an area taken as its even spread), its covariance widened by P."""
    row = rows[i]
    cxx, cxy, cyy = row.cxx_m2 + pxx, row.cxy_m2 + pxy, row.cyy_m2 + pyy
    wide = cxx * cyy - cxy * cxy
    dx, dy = x_m - row.x_m, y_m - row.y_m
    square = (cyy * dx * dx - 2.0 * cxy * dx * dy + cxx * dy * dy) / wide
    return float(-0.5 * square - LOG_FULL - 0.5 * math.log(wide))


@inner
def log_moment(rows: Records, i: int, late_s: float, variance_s2: float) -> float:
    """Log density per second that an event `late_s` after what the row says is what the row speaks of."""
    row = rows[i]
    half = row.half_window_s
    if half <= 0.0:
        return -0.5 * late_s * late_s / variance_s2 - 0.5 * math.log(variance_s2) - 0.5 * LOG_FULL
    sigma = math.sqrt(variance_s2)
    away = abs(late_s)
    share = share_between((-half - away) / sigma, (half - away) / sigma)
    if share <= 1e-300:
        return NOTHING
    return math.log(share / (2.0 * half))


@inner
def log_place(rows: Records, i: int, arcs: F64, rings: F64, x_m: float, y_m: float) -> float:
    """Log density, per m2, of the place that row `i` states, at a point of the plane."""
    row = rows[i]
    if row.family == FIX:
        return log_fix(rows, i, x_m, y_m, 0.0, 0.0, 0.0)
    if row.family == AREA:
        return row.log_peak if in_ring(rings, row.ring_first, row.ring_count, x_m, y_m) else NOTHING
    dx, dy = x_m - row.x_m, y_m - row.y_m
    r_m = max(math.sqrt(dx * dx + dy * dy), NEAREST_M)
    log_p = log_distance(rows, i, r_m, 0.0)
    if row.family == ARRIVAL:
        return log_p - LOG_FULL
    blur = row.position_sigma_m / r_m
    sigma_rad = min(math.sqrt(row.angle_sigma_rad * row.angle_sigma_rad + blur * blur), math.pi)
    return log_p + log_direction(rows, i, arcs, math.atan2(dx, dy), sigma_rad)


@inner
def origin_s(rows: Records, i: int, x_m: float, y_m: float) -> tuple[float, float]:
    """When row `i` puts an event that was at a point, and the variance (s2) of that but for a window's width."""
    row = rows[i]
    variance = row.time_sigma_s * row.time_sigma_s
    if row.speed_m_s <= 0.0 or row.family == FIX or row.family == AREA:
        return row.time_s, variance
    dx, dy = x_m - row.x_m, y_m - row.y_m
    delay = max(math.sqrt(dx * dx + dy * dy), NEAREST_M) / row.speed_m_s
    stretch, shift = row.speed_sigma_share * delay, row.position_sigma_m / row.speed_m_s
    return row.time_s - delay, variance + stretch * stretch + shift * shift


@inner
def log_predictive(rows: Records, i: int, arcs: F64, rings: F64, state: F64, cov: F64) -> float:
    """Log density of row `i` for an event at `state` (x_m, y_m, time_s) known to `cov`.

    Parameters
    ----------
    rows, arcs, rings : the columns of `physics.columns.Reports`
    state : (3,) metres, metres, seconds
    cov : (6,) of a symmetric 3 x 3 matrix: xx, xy, xt, yy, yt, tt; zeros for a known event

    Returns
    -------
    nats, of a density per square metre and second; NOTHING where it is zero
    """
    row = rows[i]
    x_m, y_m = state[0], state[1]
    variance = row.time_sigma_s * row.time_sigma_s + cov[5]
    if row.family == FIX or row.family == AREA:
        log_p = log_moment(rows, i, state[2] - row.time_s, variance)
        if row.family == AREA and cov[0] + cov[3] <= 0.0:
            if not in_ring(rings, row.ring_first, row.ring_count, x_m, y_m):
                return NOTHING
            return float(log_p + row.log_peak)
        return log_p + log_fix(rows, i, x_m, y_m, cov[0], cov[1], cov[3])
    dx, dy = x_m - row.x_m, y_m - row.y_m
    r_m = max(math.sqrt(dx * dx + dy * dy), NEAREST_M)
    ux, uy = dx / r_m, dy / r_m
    along_m2 = ux * ux * cov[0] + 2.0 * ux * uy * cov[1] + uy * uy * cov[3]
    late = state[2] - row.time_s
    if row.speed_m_s > 0.0:
        delay = r_m / row.speed_m_s
        late += delay
        stretch, shift = row.speed_sigma_share * delay, row.position_sigma_m / row.speed_m_s
        variance += stretch * stretch + shift * shift + along_m2 / (row.speed_m_s * row.speed_m_s)
        variance += 2.0 * (ux * cov[2] + uy * cov[4]) / row.speed_m_s
    log_p = log_moment(rows, i, late, variance) + log_distance(rows, i, r_m, along_m2)
    if row.family == ARRIVAL:
        return log_p - LOG_FULL
    across_m2 = uy * uy * cov[0] - 2.0 * ux * uy * cov[1] + ux * ux * cov[3]
    blur = (row.position_sigma_m * row.position_sigma_m + across_m2) / (r_m * r_m)
    spread = row.angle_sigma_rad * row.angle_sigma_rad + blur
    if row.family == BEARING and spread < WIDE_RAD * WIDE_RAD:
        off = turned(dx * row.cos_bearing - dy * row.sin_bearing, dx * row.sin_bearing + dy * row.cos_bearing)
        return float(log_p - 0.5 * (off * off / spread + math.log(spread) + LOG_FULL))
    return log_p + log_direction(rows, i, arcs, math.atan2(dx, dy), min(math.sqrt(spread), math.pi))


@njit(cache=True, nogil=True, error_model="numpy")
def weigh(rows: Records, arcs: F64, rings: F64, which: np.ndarray, states: F64) -> F64:
    """Log likelihood (nats) of each of the rows `which` (n,) for a known event at the same line of `states` (n, 3)."""
    out = np.empty(len(which))
    known = np.zeros(6)
    for n in range(len(which)):
        out[n] = log_predictive(rows, which[n], arcs, rings, states[n], known)
    return out
