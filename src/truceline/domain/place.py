"""Where something may be: a fix, a sector, a bearing or an area; each a likelihood, never a point."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A point with its covariance."""

    lon_deg: float
    lat_deg: float
    var_e_m2: float
    var_n_m2: float
    cov_en_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """Compass sectors named by a person from a position: "SE|S, 3-6 km"; uniform inside, soft edges.

    `arcs` are (from_deg, to_deg), clockwise from true north; an arc may pass through north. An infinite
    `range_max_m` is a far limit that nobody stated: how far the sensor notices such a thing then takes its place.
    """

    lon_deg: float
    lat_deg: float
    sigma_m: float
    arcs: tuple[tuple[float, float], ...]
    range_min_m: float
    range_max_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """A measured bearing with Gaussian error from a position, with a distance band if one is known."""

    lon_deg: float
    lat_deg: float
    sigma_m: float
    azimuth_deg: float
    sigma_deg: float
    range_min_m: float
    range_max_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Somewhere inside a ring ("in the village"): (lon_deg, lat_deg) corners, not closed."""

    ring_deg: tuple[tuple[float, float], ...]


Place = Fix | Sector | Bearing | Area


def fix_from_ellipse(
    lon_deg: float, lat_deg: float, sigma_major_m: float, sigma_minor_m: float, sigma_azimuth_deg: float
) -> Fix:
    """The Fix of an error ellipse as the interchange states it (azimuth of the major axis, true north, clockwise)."""
    sin, cos = math.sin(math.radians(sigma_azimuth_deg)), math.cos(math.radians(sigma_azimuth_deg))
    return Fix(
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        var_e_m2=(sigma_major_m * sin) ** 2 + (sigma_minor_m * cos) ** 2,
        var_n_m2=(sigma_major_m * cos) ** 2 + (sigma_minor_m * sin) ** 2,
        cov_en_m2=(sigma_major_m**2 - sigma_minor_m**2) * sin * cos,
    )
