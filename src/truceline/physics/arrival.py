"""An arrival: a station that only times a signal which took its time to travel; its place is a sector all round."""

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.physics import sector

F64 = NDArray[np.float64]


def build(
    x_m: float,
    y_m: float,
    sigma_m: float,
    range_min_m: float,
    range_max_m: float,
    *,
    range_sigma_share: float,
    scale_m: float = math.inf,
) -> sector.SectorShape:
    """Where the origin of an arrival may be before its time is weighed: any direction alike.

    Parameters are those of `sector.build`.

    Raises
    ------
    ValueError
        naming the field that is not finite or out of range.
    """
    return sector.build(
        x_m,
        y_m,
        sigma_m,
        (),
        range_min_m,
        range_max_m,
        sector_sigma_deg=180.0,
        range_sigma_share=range_sigma_share,
        scale_m=scale_m,
    )


def draw_arrival(
    time_s: F64, r_m: F64, rng: Generator, *, speed_m_s: float, speed_sigma_share: float, sigma_s: float
) -> F64:
    """When things at `time_s` and `r_m` away are perceived, as the clock there says.

    Parameters
    ----------
    time_s, r_m : (n,) float64, seconds and metres; time and distance of the origin
    speed_m_s : of the signal; 0 where it arrives at once
    speed_sigma_share : error of the travel time as a share of it, drawn anew for every path (wind, gradients)
    sigma_s : error of the clock

    Returns
    -------
    (n,) float64, seconds
    """
    clock = sigma_s * rng.standard_normal(len(time_s))
    if speed_m_s <= 0.0:
        return np.asarray(time_s + clock)
    return np.asarray(time_s + clock + r_m / speed_m_s * (1.0 + speed_sigma_share * rng.standard_normal(len(r_m))))
