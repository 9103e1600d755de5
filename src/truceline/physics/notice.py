"""Who notices: the chance that a sensor notices something falls off with distance as p0 exp(-(r / scale)^2)."""

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F64 = NDArray[np.float64]

SCALES_TO_RANGE = 2.0  # a model's range_max_m is where exp(-4) = 2 % of the chance beside the sensor is left
FARTHEST_SCALES = 3.0  # beyond this many scales (1 in 8,000) nobody notices anything


def scale_of(range_max_m: float) -> float:
    """The scale (m) of a sensor that notices hardly anything beyond `range_max_m`."""
    return range_max_m / SCALES_TO_RANGE


def p_noticed(r_m: F64, scale_m: F64 | float, p_beside: float = 1.0) -> F64:
    """Probability that something `r_m` away is noticed; `p_beside` is that of something beside the sensor."""
    share = r_m / scale_m
    return np.asarray(np.where(share <= FARTHEST_SCALES, p_beside * np.exp(-share * share), 0.0))


def noticed_area_m2(scale_m: float, p_beside: float = 1.0, scales: float = FARTHEST_SCALES) -> float:
    """Integral of `p_noticed` over the disc of so many scales (by default all that is noticed), square metres."""
    return p_beside * math.pi * scale_m**2 * -math.expm1(-(scales**2))


def draw_noticed(r_m: F64, rng: Generator, scale_m: F64 | float, p_beside: float = 1.0) -> NDArray[np.bool_]:
    """Whether each of things `r_m` (n,) away is noticed."""
    return np.asarray(rng.random(len(r_m)) < p_noticed(r_m, scale_m, p_beside))


def draw_distance(rng: Generator, scale_m: F64 | float, size: int) -> F64:
    """Distances (m) of `size` things that were noticed, any place being as likely beforehand as any other."""
    within = -np.expm1(-(FARTHEST_SCALES**2)) * rng.random(size)
    return np.asarray(scale_m * np.sqrt(-np.log1p(-within)))
