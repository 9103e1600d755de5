"""A bearing: a measured direction with Gaussian error and a distance band; a sector without width."""

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.physics import sector
from truceline.physics.checks import require

F64 = NDArray[np.float64]

ARC_DEG = 1e-3  # the arc that stands for none


def build(
    x_m: float,
    y_m: float,
    sigma_m: float,
    azimuth_deg: float,
    sigma_deg: float,
    range_min_m: float,
    range_max_m: float,
    *,
    range_sigma_share: float,
    scale_m: float = math.inf,
) -> sector.SectorShape:
    """The likelihood of a measured bearing, as a density over the plane, uniform per area along it.

    Parameters are those of `sector.build`, with `azimuth_deg` clockwise from the plane's +y and one standard
    deviation `sigma_deg` (below 0.05 it is taken as 0.05). The error wraps round the circle.

    Raises
    ------
    ValueError
        naming the field that is not finite or out of range.
    """
    azimuth = require("azimuth_deg", azimuth_deg)
    require("sigma_deg", sigma_deg, low=0.0)
    return sector.build(
        x_m,
        y_m,
        sigma_m,
        ((azimuth - 0.5 * ARC_DEG, azimuth + 0.5 * ARC_DEG),),
        range_min_m,
        range_max_m,
        sector_sigma_deg=sigma_deg,
        range_sigma_share=range_sigma_share,
        scale_m=scale_m,
    )


def draw_bearing(direction_rad: F64, rng: Generator, *, sigma_rad: float) -> F64:
    """What an instrument reads for things in the directions (n,): within [0, 2 pi), clockwise like them."""
    return np.asarray(np.mod(direction_rad + sigma_rad * rng.standard_normal(len(direction_rad)), 2.0 * np.pi))
