"""The two halves of a statement in polar form: a distance band with soft edges, and arcs with soft edges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from truceline.physics.checks import FARTHEST_M, require
from truceline.physics.notice import scale_of

F64 = NDArray[np.float64]

FULL_RAD = 2.0 * np.pi
WIDEST_RAD = np.pi  # an angle with a larger error says nothing more
NARROWEST_BAND_M = 1.0
NARROWEST_ARC_DEG = 1e-4  # what is measured more narrowly is a bearing
_REACH = 6.0  # standard deviations beyond an edge that tables cover
_HALVINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """A distance band with soft edges; without a far limit it falls off as exp(-(r / scale_m)^2).

    `scale_m` is infinite where a far limit was stated, `range_max_m` where none was. `radius_m` and `cdf` (k,)
    tabulate the share of the mass within a radius when all of the plane is equally likely beforehand; `mass_m2` is the
    integral of r x window over r, in square metres per radian.
    """

    range_min_m: float
    range_max_m: float
    sigma_min_m: float
    sigma_max_m: float
    scale_m: float
    radius_m: F64
    cdf: F64
    mass_m2: float


def falloff_m(range_min_m: float, notice_m: float) -> float:
    """`scale_m` of a band without a far limit, for something that is noticed as far as `notice_m`.

    Half of it: at `notice_m` itself exp(-4) is left, a fiftieth. Whoever states a near limit beyond half of it
    noticed from that far, so the scale is at least the near limit.
    """
    return max(scale_of(notice_m), range_min_m)


def rms_range_m(range_min_m: float, range_max_m: float, scale_m: float = np.inf) -> float:
    """Root mean square of the distance of a point of the band, its edges taken as sharp."""
    far = np.sqrt(2.0) * scale_m if range_max_m == np.inf else range_max_m
    return float(np.hypot(range_min_m, far) / np.sqrt(2.0))


def build_band(
    range_min_m: float, range_max_m: float, sigma_share: float, sigma_m: float, *, scale_m: float = np.inf
) -> Band:
    """A band whose edges blur by `sigma_share` of their own distance and by `sigma_m` > 0 besides.

    An infinite `range_max_m` is a limit that nobody stated: the band then falls off with `scale_m`, which is not
    used otherwise. A band narrower than 1 m is taken as 1 m wide about its middle. Raises ValueError, naming the
    field, if an edge is missing, negative or in the wrong order, or neither limit nor scale is given.
    """
    low, high, scale = _limits(range_min_m, range_max_m, scale_m)
    sigma_min = float(np.hypot(sigma_share * low, sigma_m))
    sigma_max = float(np.hypot(sigma_share * high, sigma_m)) if high < np.inf else sigma_m
    edges = [(low, sigma_min)] + ([(high, sigma_max)] if high < np.inf else [])
    far = high + _REACH * sigma_max if high < np.inf else float(np.hypot(low, _REACH * scale))
    knots = [np.linspace(0.0, far, 513)]
    for edge, sigma in edges:
        knots.append(np.linspace(max(0.0, edge - _REACH * sigma), edge + _REACH * sigma, 257))
    radius = np.unique(np.concatenate(knots))
    mass = radius * _band_window(radius, low, high, sigma_min, sigma_max, scale)
    steps = 0.5 * (mass[1:] + mass[:-1]) * np.diff(radius)
    total = float(steps.sum())
    cdf = np.concatenate([[0.0], np.cumsum(steps) / total])
    return Band(
        range_min_m=low,
        range_max_m=high,
        sigma_min_m=sigma_min,
        sigma_max_m=sigma_max,
        scale_m=scale,
        radius_m=radius,
        cdf=cdf,
        mass_m2=total,
    )


def band_window(band: Band, r_m: F64) -> F64:
    """Probability that something `r_m` away is noticed and said to lie in the band; in [0, 1], shape as `r_m`."""
    return _band_window(r_m, band.range_min_m, band.range_max_m, band.sigma_min_m, band.sigma_max_m, band.scale_m)


def radius_at(band: Band, u: F64) -> F64:
    """Radius in metres within which the share `u` of the mass lies."""
    return np.asarray(np.interp(u, band.cdf, band.radius_m))


def _limits(range_min_m: float, range_max_m: float, scale_m: float) -> tuple[float, float, float]:
    """Near limit, far limit and scale, of which one of the last two is infinite; refuses what is no band."""
    low = require("range_min_m", range_min_m, low=0.0, high=FARTHEST_M)
    if range_max_m == np.inf:
        if scale_m == np.inf:
            raise ValueError("range_max_m is unbounded: bound it first by how far the sensor notices such a thing")
        return low, np.inf, require("scale_m", scale_m, low=NARROWEST_BAND_M, high=FARTHEST_M)
    high = require("range_max_m", range_max_m, low=0.0, high=FARTHEST_M)
    if high < low:
        raise ValueError(f"range_max_m is {high}: it lies before range_min_m, {low}")
    if high <= 0.0:
        raise ValueError("range_max_m is 0: a band has to reach somewhere")
    if high - low < NARROWEST_BAND_M:
        middle = 0.5 * (low + high)
        return max(0.0, middle - 0.5 * NARROWEST_BAND_M), middle + 0.5 * NARROWEST_BAND_M, np.inf
    return low, high, np.inf


def _band_window(r_m: F64, low: float, high: float, sigma_low: float, sigma_high: float, scale: float) -> F64:
    below_high = ndtr((high - r_m) / sigma_high) - ndtr((-high - r_m) / sigma_high)
    below_low = ndtr((low - r_m) / sigma_low) - ndtr((-low - r_m) / sigma_low)  # 0 where the band starts at 0
    return np.asarray(np.maximum(below_high - below_low, 0.0) * np.exp(-((r_m / scale) ** 2)))


def merge_arcs(arcs_deg: tuple[tuple[float, float], ...]) -> F64:
    """Arcs (from, to), clockwise in degrees, as disjoint arcs in radians (k, 2), each with from < to.

    No arc at all, or arcs that leave no gap, are the one arc (0, 2 pi). An arc that is not finite or
    has no width is refused with a ValueError that names it.
    """
    spans: list[tuple[float, float]] = []
    for start, end in arcs_deg:
        require("arcs: from_deg", start)
        require("arcs: to_deg", end)
        width = 360.0 if abs(end - start) >= 360.0 else (end - start) % 360.0
        if width < NARROWEST_ARC_DEG:
            raise ValueError(f"arcs: ({start}, {end}) has no width; all round is (0, 360) or no arc at all")
        spans.append((start % 360.0, start % 360.0 + width))
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    while len(merged) > 1 and merged[-1][1] - 360.0 >= merged[0][0]:  # passes north
        (_, end), *rest = merged
        merged = [*rest[:-1], (rest[-1][0], max(rest[-1][1], end + 360.0))]
    if not merged or sum(end - start for start, end in merged) >= 360.0 - 1e-9:
        return np.array([[0.0, FULL_RAD]])
    return np.asarray(np.radians(np.array(merged)))


def angle_density(arcs_rad: F64, theta_rad: F64, sigma_rad: F64) -> F64:
    """Density of a direction that is uniform over the arcs but for a wrapped Gaussian error.

    Parameters
    ----------
    arcs_rad : (k, 2) float64, from `merge_arcs`
    theta_rad, sigma_rad : (n,) float64; sigma at most pi

    Returns
    -------
    (n,) float64, per radian; integrates to one over the circle
    """
    total = float(np.sum(arcs_rad[:, 1] - arcs_rad[:, 0]))
    if total >= FULL_RAD - 1e-12:
        return np.full(len(theta_rad), 1.0 / FULL_RAD)
    turns = int(np.ceil((np.pi + _REACH * float(np.max(sigma_rad, initial=0.0))) / FULL_RAD))
    mass = np.zeros(len(theta_rad))
    for start, end in arcs_rad:
        half = 0.5 * (end - start)
        off = np.mod(theta_rad - 0.5 * (start + end) + np.pi, FULL_RAD) - np.pi
        for turn in range(-turns, turns + 1):
            away = np.abs(off + turn * FULL_RAD)  # Gaussian tails are exact only on the left
            mass += ndtr((half - away) / sigma_rad) - ndtr((-half - away) / sigma_rad)
    return np.asarray(mass / total)


def angle_at(arcs_rad: F64, v: F64, sigma_rad: F64) -> F64:
    """Direction in radians, not wrapped, before which the share `v` of the mass of `angle_density` lies.

    `v` and `sigma_rad` are (n,) float64; found by halving the bracket to a millionth of its width.
    """
    total = float(np.sum(arcs_rad[:, 1] - arcs_rad[:, 0]))
    if total >= FULL_RAD - 1e-12:
        return place_on_arcs(arcs_rad, v)
    low = np.min(arcs_rad) - _REACH * sigma_rad
    high = np.max(arcs_rad) + _REACH * sigma_rad
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        below = _angle_mass(arcs_rad, middle, sigma_rad) < v * total
        low = np.where(below, middle, low)
        high = np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))


def place_on_arcs(arcs_rad: F64, v: F64) -> F64:
    """Directions in radians on the arcs themselves, for `v` uniform in the unit interval."""
    ends = np.cumsum(arcs_rad[:, 1] - arcs_rad[:, 0])
    along = v * ends[-1]
    which = np.minimum(np.searchsorted(ends, along, side="right"), len(ends) - 1)
    return np.asarray(arcs_rad[which, 1] - (ends[which] - along))


def _angle_mass(arcs_rad: F64, theta_rad: F64, sigma_rad: F64) -> F64:
    """Mass, in radians, of arcs with Gaussian edges that lies before `theta_rad` on the unwrapped axis."""
    mass = np.zeros(len(theta_rad))
    for edges, sign in ((arcs_rad[:, 0], 1.0), (arcs_rad[:, 1], -1.0)):
        for edge in edges:
            z = (theta_rad - edge) / sigma_rad
            mass += sign * sigma_rad * (z * ndtr(z) + np.exp(-0.5 * z * z) / np.sqrt(FULL_RAD))
    return mass
