"""Compiled: what rows say, in their own units, to the records that every likelihood reads."""

import math
from typing import NamedTuple

from numba import njit

from truceline.physics.arcs import merge_arcs, span
from truceline.physics.columns import AREA, ARRIVAL, BEARING, F64, FIX, I64, Records, derive
from truceline.physics.distance import log_mass
from truceline.physics.fix import FLOOR_M as FIX_FLOOR_M
from truceline.physics.polar import NARROWEST_BAND_M, WIDEST_RAD
from truceline.physics.sector import FLOOR_DEG, FLOOR_M

LOG_FULL = math.log(2.0 * math.pi)


class Draft(NamedTuple):
    """What each row (n,) says, in its own units; what it does not use is anything.

    `family` to `means` are codes, `ground` a place in the areas, `arc_first` and `arc_count` say where its arcs lie.
    Metres in the plane, degrees from true north, `turn_deg` from that to the plane's +y; `far_m` is infinite where no
    far limit is stated and `scale_m` where one is. Times are in seconds since the batch's epoch.
    """

    family: I64
    sensor: I64
    kind: I64
    means: I64
    x_m: F64
    y_m: F64
    turn_deg: F64
    position_sigma_m: F64
    near_m: F64
    far_m: F64
    scale_m: F64
    bearing_deg: F64
    bearing_sigma_deg: F64
    arc_first: I64
    arc_count: I64
    major_m: F64
    minor_m: F64
    azimuth_deg: F64
    ground: I64
    time_s: F64
    half_s: F64
    sigma_s: F64


class Givens(NamedTuple):
    """What rows point into: arcs (k, 2) in degrees, areas as `Grounds` has them, numbers of sensor models by means."""

    arcs_deg: F64
    ring_first: I64
    ring_count: I64
    centre_m: F64
    inverse_per_m2: F64
    log_peak: F64
    speed_m_s: F64
    speed_sigma_share: F64
    sector_sigma_deg: F64
    range_sigma_share: F64


@njit(cache=True, nogil=True)
def _fix(out: Records, k: int, draft: Draft, i: int) -> None:
    row = out[k]
    along = max(draft.major_m[i] * draft.major_m[i], FIX_FLOOR_M * FIX_FLOOR_M)
    across = max(draft.minor_m[i] * draft.minor_m[i], FIX_FLOOR_M * FIX_FLOOR_M)
    azimuth = math.radians(draft.azimuth_deg[i] + draft.turn_deg[i])
    s, c = math.sin(azimuth), math.cos(azimuth)
    row.ixx_per_m2 = s * s / along + c * c / across
    row.ixy_per_m2 = s * c * (1.0 / along - 1.0 / across)
    row.iyy_per_m2 = c * c / along + s * s / across
    row.log_peak = -LOG_FULL - 0.5 * (math.log(along) + math.log(across))


@njit(cache=True, nogil=True)
def _distance(out: Records, k: int, draft: Draft, i: int, share: float) -> None:
    """The distance window, its edges softened as `polar.build_band` does it."""
    row = out[k]
    sigma = max(draft.position_sigma_m[i], FLOOR_M)
    low, high = draft.near_m[i], draft.far_m[i]
    if high - low < NARROWEST_BAND_M:
        middle = 0.5 * (low + high)
        low, high = max(0.0, middle - 0.5 * NARROWEST_BAND_M), middle + 0.5 * NARROWEST_BAND_M
    row.position_sigma_m = sigma
    row.range_min_m, row.range_max_m, row.scale_m = low, high, draft.scale_m[i]
    row.sigma_min_m = math.sqrt((share * low) ** 2 + sigma * sigma)
    row.sigma_max_m = sigma if math.isinf(high) else math.sqrt((share * high) ** 2 + sigma * sigma)
    row.log_mass = log_mass(low, high, row.sigma_min_m, row.sigma_max_m, row.scale_m)


@njit(cache=True, nogil=True)
def _direction(out: Records, k: int, draft: Draft, i: int, givens: Givens, arcs: F64, at: int) -> int:
    """The direction; returns how many arcs were written to `arcs` from `at` on."""
    row = out[k]
    if row.family == BEARING:
        row.bearing_rad = math.radians((draft.bearing_deg[i] + draft.turn_deg[i]) % 360.0)
        row.angle_sigma_rad = min(math.radians(max(draft.bearing_sigma_deg[i], FLOOR_DEG)), WIDEST_RAD)
        return 0
    if row.family == ARRIVAL:
        row.angle_sigma_rad = WIDEST_RAD
        return 0
    sigma_deg = max(givens.sector_sigma_deg[draft.means[i]], FLOOR_DEG)
    row.angle_sigma_rad = min(math.radians(sigma_deg), WIDEST_RAD)
    row.arc_first = at
    row.arc_count = merge_arcs(givens.arcs_deg, draft.arc_first[i], draft.arc_count[i], draft.turn_deg[i], arcs, at)
    row.bearing_rad, row.half_arc_rad = span(arcs, at, row.arc_count)
    return int(row.arc_count)


@njit(cache=True, nogil=True)
def fill(out: Records, arcs: F64, order: I64, draft: Draft, givens: Givens) -> int:
    """Write the rows `order` (k,) of a draft to the records `out` (k,), and the arcs of sectors to `arcs`.

    `out` holds zeros; `arcs` (m, 2) has room for all arcs of sectors and one more for each sector without any.

    Returns
    -------
    how many rows of `arcs` are used
    """
    used = 0
    for k in range(len(order)):
        i = order[k]
        row = out[k]
        means = draft.means[i]
        row.family, row.sensor, row.kind = draft.family[i], draft.sensor[i], draft.kind[i]
        row.time_s, row.time_sigma_s, row.half_window_s = draft.time_s[i], draft.sigma_s[i], draft.half_s[i]
        row.x_m, row.y_m = draft.x_m[i], draft.y_m[i]
        row.scale_m = math.inf
        if row.family == FIX:
            _fix(out, k, draft, i)
        elif row.family == AREA:
            g = draft.ground[i]
            row.x_m, row.y_m = givens.centre_m[g, 0], givens.centre_m[g, 1]
            row.ixx_per_m2, row.ixy_per_m2 = givens.inverse_per_m2[g, 0], givens.inverse_per_m2[g, 1]
            row.iyy_per_m2, row.log_peak = givens.inverse_per_m2[g, 2], givens.log_peak[g]
            row.ring_first, row.ring_count = givens.ring_first[g], givens.ring_count[g]
        else:
            row.speed_m_s = givens.speed_m_s[means]
            row.speed_sigma_share = givens.speed_sigma_share[means]
            _distance(out, k, draft, i, givens.range_sigma_share[means])
            used += _direction(out, k, draft, i, givens, arcs, used)
    derive(out)
    return used
