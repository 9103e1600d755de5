"""The mass of a distance window in closed form, for kernels that meet too many windows to tabulate each."""

import math

from numba import njit

ROOT_HALF = math.sqrt(0.5)
ROOT_FULL = math.sqrt(2.0 * math.pi)


@njit(cache=True, nogil=True)
def disc_m2(edge_m: float, sigma_m: float) -> float:
    """Integral of r x (chance that a limit of `edge_m` +- `sigma_m` lies beyond r) over r, m2 per radian.

    The chance is that of `polar.band_window`: a limit drawn below zero counts against one drawn above. Half the
    second moment of a normal variable, its negative side taken off.
    """
    z = edge_m / sigma_m
    density = math.exp(-0.5 * z * z) / ROOT_FULL
    return 0.5 * (edge_m * edge_m + sigma_m * sigma_m) * math.erf(z * ROOT_HALF) + edge_m * sigma_m * density


@njit(cache=True, nogil=True)
def log_mass(near_m: float, far_m: float, sigma_near_m: float, sigma_far_m: float, scale_m: float) -> float:
    """Log of the integral of r x `polar.band_window` over r, which `polar.build_band` tabulates; log m2 per radian.

    `scale_m` is finite where no far limit was stated (`far_m` is then infinite), else infinite.
    """
    if scale_m == math.inf:
        return math.log(disc_m2(far_m, sigma_far_m) - disc_m2(near_m, sigma_near_m))
    # A Gaussian limit times exp(-(r / scale)^2) is again Gaussian: what lies beyond it, and what the fall takes off.
    wide = math.sqrt(scale_m * scale_m + 2.0 * sigma_near_m * sigma_near_m)
    z = near_m * ROOT_HALF / sigma_near_m
    beyond = math.erfc(z) + scale_m / wide * math.exp(-((near_m / wide) ** 2)) * math.erf(z * scale_m / wide)
    return math.log(0.5 * scale_m * scale_m * beyond)
