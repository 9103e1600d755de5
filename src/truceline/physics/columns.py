"""Single observations as columns in the plane: what every compiled likelihood reads."""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Records = np.ndarray[Any, np.dtype[np.void]]

FIX, SECTOR, BEARING, ARRIVAL, AREA = range(5)
FAMILIES = ("fix", "sector", "bearing", "arrival", "area")

# One record an observation; what a family does not use is 0. Angles are clockwise from the plane's +y, in radians.
REPORT = np.dtype(
    [
        ("family", np.int64),
        ("sensor", np.int64),  # one number a sensor
        ("kind", np.int64),  # index into domain.observation.PHENOMENA
        ("x_m", np.float64),  # the observer; of a fix or an area its centre
        ("y_m", np.float64),
        ("position_sigma_m", np.float64),  # error of the observer's own position, per axis
        ("time_s", np.float64),  # when it was perceived: the instant, or the middle of the window
        ("time_sigma_s", np.float64),  # error of the instant, or of each edge of the window
        ("half_window_s", np.float64),  # 0 for an instant
        ("speed_m_s", np.float64),  # of the signal; 0 where it arrives at once
        ("speed_sigma_share", np.float64),
        ("bearing_rad", np.float64),  # of a bearing; of a sector the middle of what its arcs span
        ("half_arc_rad", np.float64),  # of a sector: half of what its arcs span, pi for all round
        ("angle_sigma_rad", np.float64),
        ("range_min_m", np.float64),  # the distance window: soft edges where it was stated ...
        ("range_max_m", np.float64),
        ("sigma_min_m", np.float64),
        ("sigma_max_m", np.float64),
        ("scale_m", np.float64),  # ... and falling off as exp(-(r / scale)^2) where no far limit was (inf: stated)
        ("log_mass", np.float64),  # log of the integral of r x window over r, m2 per radian
        ("ixx_per_m2", np.float64),  # of a fix: inverse covariance; of an area: that of its even spread
        ("ixy_per_m2", np.float64),
        ("iyy_per_m2", np.float64),
        ("log_peak", np.float64),  # of a fix: log density at its centre; of an area: log of one over its area
        ("cxx_m2", np.float64),  # derived (see `derive`): the covariance itself ...
        ("cxy_m2", np.float64),
        ("cyy_m2", np.float64),
        ("log_even", np.float64),  # ... log density at the centre of the even spread, of a fix and of an area alike ...
        ("sin_bearing", np.float64),  # ... and the direction as a vector
        ("cos_bearing", np.float64),
        ("arc_first", np.int64),  # into the arcs
        ("arc_count", np.int64),
        ("ring_first", np.int64),  # into the corners of rings
        ("ring_count", np.int64),
    ]
)


class Reports(NamedTuple):
    """Observations in the plane, with the arcs and rings that some of them point into.

    `rows` (n,) of `REPORT`; `arcs_rad` (k, 2), disjoint, from < to; `rings_m` (m, 2), corners of rings, not closed.
    """

    rows: Records
    arcs_rad: F64
    rings_m: F64


@njit(cache=True, nogil=True)
def derive(rows: Records) -> None:
    """Fill in what follows from the other fields, so that kernels need not work it out at every look."""
    for i in range(len(rows)):
        row = rows[i]
        row.sin_bearing, row.cos_bearing = math.sin(row.bearing_rad), math.cos(row.bearing_rad)
        if row.family == FIX or row.family == AREA:
            det = row.ixx_per_m2 * row.iyy_per_m2 - row.ixy_per_m2 * row.ixy_per_m2
            row.cxx_m2, row.cxy_m2, row.cyy_m2 = row.iyy_per_m2 / det, -row.ixy_per_m2 / det, row.ixx_per_m2 / det
            row.log_even = 0.5 * math.log(det) - math.log(2.0 * math.pi)
