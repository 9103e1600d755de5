"""Where events lie, as columns: means, error ellipses, and nodes where an ellipse does not tell enough."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from truceline.geo.arrays import F64, I64
from truceline.geo.frame import Frame

# For chosen events (k,), in groups: which of them (places in what was asked), and the nodes (m, N, 2) in metres and
# weights (m, N), summing to one, of their posterior places. N differs between groups.
Nodes = Callable[[I64], list[tuple[I64, F64, F64]]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spots:
    """Events (k,): mean place (m) and covariance (m2) in the plane, and mean time, seconds since 1970 UTC."""

    x_m: F64
    y_m: F64
    xx_m2: F64
    xy_m2: F64
    yy_m2: F64
    time_s: F64

    @property
    def major_m(self) -> F64:
        """(k,) the largest standard deviation of the place."""
        return ellipses(self)[0]


def ellipses(spots: Spots) -> tuple[F64, F64, F64]:
    """Major and minor standard deviation (m) and azimuth of the major axis, degrees from +y, clockwise, in [0, 180)."""
    mean, half = 0.5 * (spots.xx_m2 + spots.yy_m2), 0.5 * (spots.xx_m2 - spots.yy_m2)
    spread = np.hypot(half, spots.xy_m2)
    azimuth = np.degrees(0.5 * np.arctan2(spots.xy_m2, -half)) % 180.0
    azimuth = np.where(spread > 1e-9 * mean, azimuth, 0.0)  # a circle has no axis
    return np.sqrt(np.maximum(mean + spread, 0.0)), np.sqrt(np.maximum(mean - spread, 0.0)), azimuth


def where_columns(frame: Frame, spots: Spots) -> dict[str, F64]:
    """Mean place and error ellipse as the published columns have them."""
    lon, lat = frame.to_degrees(spots.x_m, spots.y_m)
    major, minor, azimuth = ellipses(spots)
    azimuth = (azimuth - frame.convergence_deg(lon, lat)) % 180.0
    return {
        "lon_deg": np.round(lon, 6),
        "lat_deg": np.round(lat, 6),
        "sigma_major_m": np.round(major, 1),
        "sigma_minor_m": np.round(minor, 1),
        "sigma_azimuth_deg": np.round(azimuth, 1) % 180.0,
    }
