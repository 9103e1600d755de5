"""A sector: compass arcs and a distance band named from a position; uniform inside, with soft edges."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.physics import polar
from truceline.physics.checks import FARTHEST_M, require
from truceline.physics.lattice import N_NODES, lattice, normal_points

F64 = NDArray[np.float64]

N_CORES = 377  # a Fibonacci number: a ring is then dotted evenly
SLICE = 128  # points at a time: the work stays in the cache
FLOOR_M = 1.0  # no position is known better
FLOOR_DEG = 0.05  # no direction is known better
# Where the observer's own position is off by more than this share of the distance, folding that error into
# the edges puts the mass up to twice too far away; there it blurs the window point by point instead.
BLUR_SHARE = 0.15
WIDER = 1.2  # the Gaussian that carries the nodes of a blurred window is that much wider than the window
LEAST_ERROR = -0.95  # a distance seems at most twenty times as far as it is


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SectorShape:
    """Arcs (k, 2) in radians, clockwise from the plane's +y, and a band, around (x_m, y_m).

    The observer's position error is either in the edges (`edge_sigma_m`) or, where it is large beside the
    distance, a blur of `blur_m` around `cores_m` (m, 2), points that stand for the window without it.
    """

    x_m: float
    y_m: float
    arcs_rad: F64
    angle_sigma_rad: float
    band: polar.Band
    edge_sigma_m: float
    blur_m: float
    cores_m: F64


def build(
    x_m: float,
    y_m: float,
    sigma_m: float,
    arcs_deg: tuple[tuple[float, float], ...],
    range_min_m: float,
    range_max_m: float,
    *,
    sector_sigma_deg: float,
    range_sigma_share: float,
    scale_m: float = math.inf,
) -> SectorShape:
    """The likelihood of "in these arcs, this far from me", as a density over the plane.

    Parameters
    ----------
    x_m, y_m, sigma_m : metres in the plane; where the observer was, one standard deviation of it per axis, at least 1
    arcs_deg : (from, to), degrees clockwise from the plane's +y; none means all round
    range_min_m, range_max_m : metres; a band narrower than 1 m is taken as 1 m wide; infinite for no far limit stated
    sector_sigma_deg : degrees; error of a perceived direction; below 0.05 it is taken as 0.05
    range_sigma_share : error of a perceived distance as a share of it
    scale_m : metres; how the chance to notice falls off where no far limit was stated (`polar.falloff_m`)

    Raises
    ------
    ValueError
        naming the field that is not finite or out of range; a band without a far limit needs a scale.
    """
    sigma = max(require("sigma_m", sigma_m, low=0.0, high=FARTHEST_M), FLOOR_M)
    angle_sigma = math.radians(max(require("sector_sigma_deg", sector_sigma_deg, low=0.0), FLOOR_DEG))
    require("range_sigma_share", range_sigma_share, low=0.0, high=1.0)
    blurred = sigma > BLUR_SHARE * polar.rms_range_m(range_min_m, range_max_m, scale_m)
    edge_sigma = FLOOR_M if blurred else sigma
    sharp = SectorShape(
        x_m=require("x_m", x_m),
        y_m=require("y_m", y_m),
        arcs_rad=polar.merge_arcs(arcs_deg),
        angle_sigma_rad=min(angle_sigma, polar.WIDEST_RAD),
        band=polar.build_band(range_min_m, range_max_m, range_sigma_share, edge_sigma, scale_m=scale_m),
        edge_sigma_m=edge_sigma,
        blur_m=0.0,
        cores_m=np.empty((0, 2)),
    )
    if not blurred:
        return sharp
    return replace(sharp, blur_m=sigma, cores_m=_window_points(sharp, *lattice(N_CORES)))


def nodes(shape: SectorShape, n: int = N_NODES) -> tuple[F64, F64]:
    """Points that stand for the sector; with equal weights unless it is blurred.

    Returns
    -------
    (n, 2) float64, metres in the plane; (n,) float64, summing to one
    """
    if shape.blur_m == 0.0:
        u, v = lattice(n)
        return _window_points(shape, u, v), np.full(n, 1.0 / n)
    root_m = WIDER * np.linalg.cholesky(np.cov(shape.cores_m.T, bias=True) + shape.blur_m**2 * np.eye(2))
    unit = normal_points(n)
    xy_m = shape.cores_m.mean(axis=0) + unit @ root_m.T
    weights = density(shape, xy_m) * np.exp(0.5 * np.sum(unit**2, axis=1))
    return xy_m, weights / weights.sum()


def density(shape: SectorShape, xy_m: F64) -> F64:
    """Density at points of the plane.

    Parameters
    ----------
    xy_m : (n, 2) float64, metres in the plane

    Returns
    -------
    (n,) float64, per square metre
    """
    if shape.blur_m > 0.0:
        return _blurred_density(shape, xy_m)
    east, north = xy_m[:, 0] - shape.x_m, xy_m[:, 1] - shape.y_m
    r_m = np.hypot(east, north)
    angular = polar.angle_density(shape.arcs_rad, np.arctan2(east, north), _angle_sigma(shape, r_m))
    return np.asarray(angular * polar.band_window(shape.band, r_m) / shape.band.mass_m2)


def draw(shape: SectorShape, rng: Generator, size: int) -> F64:
    """`size` random points, distributed as `density` says; (size, 2) float64, metres in the plane."""
    if shape.blur_m > 0.0:
        cores = shape.cores_m[rng.integers(len(shape.cores_m), size=size)]
        return np.asarray(cores + shape.blur_m * rng.standard_normal((size, 2)))
    r_m = polar.radius_at(shape.band, rng.random(size))
    theta = polar.place_on_arcs(shape.arcs_rad, rng.random(size))
    return _at(shape, r_m, theta + rng.standard_normal(size) * _angle_sigma(shape, r_m))


def bounds(shape: SectorShape) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) in metres, holding all but 1e-4 of the mass."""
    if shape.blur_m > 0.0:
        reach_m = 4.2 * shape.blur_m
        low, high = shape.cores_m.min(axis=0) - reach_m, shape.cores_m.max(axis=0) + reach_m
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    radius = polar.radius_at(shape.band, np.linspace(1e-5, 1.0 - 1e-5, 65))
    spread = 4.3 * _angle_sigma(shape, radius)
    corners = []
    for start, end in shape.arcs_rad:
        share = np.linspace(0.0, 1.0, 65)[:, None]
        theta = (start - spread) + share * (end - start + 2.0 * spread)
        corners.append(_at(shape, np.broadcast_to(radius, theta.shape).ravel(), theta.ravel()))
    points = np.concatenate(corners)
    low, high = points.min(axis=0), points.max(axis=0)
    pad = 0.01 * (high - low)
    return float(low[0] - pad[0]), float(low[1] - pad[1]), float(high[0] + pad[0]), float(high[1] + pad[1])


def _blurred_density(shape: SectorShape, xy_m: F64) -> F64:
    """Mean of the Gaussians around the cores, some points at a time: a fine grid needs no more memory."""
    density = np.empty(len(xy_m))
    for start in range(0, len(xy_m), SLICE):
        x_m, y_m = xy_m[start : start + SLICE].T
        away_m2 = (x_m[:, None] - shape.cores_m[:, 0]) ** 2 + (y_m[:, None] - shape.cores_m[:, 1]) ** 2
        density[start : start + SLICE] = np.exp(away_m2 / (-2.0 * shape.blur_m**2)).mean(axis=1)
    return density / (2.0 * math.pi * shape.blur_m**2)


def _window_points(shape: SectorShape, u: F64, v: F64) -> F64:
    """Points of the window for `u`, `v` uniform: `u` sets the distance, `v` the direction."""
    r_m = polar.radius_at(shape.band, u)
    return _at(shape, r_m, polar.angle_at(shape.arcs_rad, v, _angle_sigma(shape, r_m)))


def _angle_sigma(shape: SectorShape, r_m: F64) -> F64:
    """Error of a direction seen `r_m` away: the observer's own, and what the position error makes of it."""
    from_position = shape.edge_sigma_m / np.maximum(r_m, 1e-3 * shape.edge_sigma_m)
    return np.asarray(np.minimum(np.hypot(shape.angle_sigma_rad, from_position), polar.WIDEST_RAD))


def _at(shape: SectorShape, r_m: F64, theta_rad: F64) -> F64:
    return np.column_stack([shape.x_m + r_m * np.sin(theta_rad), shape.y_m + r_m * np.cos(theta_rad)])


def draw_arc(direction_rad: F64, rng: Generator, *, sigma_rad: float, n_points: int = 16) -> tuple[F64, F64]:
    """The compass point that an observer names for things in the directions (n,): where its arc begins and ends.

    Both are in radians like the directions; an arc over the zero ends beyond 2 pi or begins below 0.
    """
    step = 2.0 * np.pi / n_points
    perceived = direction_rad + sigma_rad * rng.standard_normal(len(direction_rad))
    middle = np.mod(np.rint(perceived / step), n_points) * step
    return np.asarray(middle - 0.5 * step), np.asarray(middle + 0.5 * step)


def draw_band(r_m: F64, rng: Generator, *, sigma_share: float, edges_m: F64) -> tuple[F64, F64]:
    """The distance band that an observer names for things `r_m` (n,) away: its near and its far edge, metres.

    `edges_m` (k + 1,) bound k bands from 0 on; what seems farther than the last is put into the last. The error is a
    share of the distance perceived, so that the chance of being put beyond an edge is that of a soft edge of `Band`.
    """
    error = np.maximum(sigma_share * rng.standard_normal(len(r_m)), LEAST_ERROR)
    band = np.searchsorted(edges_m, r_m / (1.0 + error), side="right") - 1
    band = np.clip(band, 0, len(edges_m) - 2)
    return np.asarray(edges_m[band]), np.asarray(edges_m[band + 1])
