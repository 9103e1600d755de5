"""A fix: a Gaussian error ellipse in the plane."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.physics.checks import require
from truceline.physics.lattice import N_NODES, normal_points

F64 = NDArray[np.float64]

FLOOR_M = 1.0  # a fix is never better than this


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixShape:
    """A Gaussian in the plane: `root_m` is the lower Cholesky factor (2, 2) of its covariance."""

    x_m: float
    y_m: float
    root_m: F64


def build(
    x_m: float, y_m: float, var_x_m2: float, var_y_m2: float, cov_xy_m2: float, *, turn_deg: float = 0.0
) -> FixShape:
    """The Gaussian around (x_m, y_m); a standard deviation below 1 m in any direction is taken as 1 m.

    `turn_deg`: the axes of the covariance lie this much clockwise of the plane's.

    Raises
    ------
    ValueError
        if a number is not finite, a variance negative or the correlation beyond one.
    """
    require("x_m", x_m)
    require("y_m", y_m)
    require("var_x_m2", var_x_m2, low=0.0)
    require("var_y_m2", var_y_m2, low=0.0)
    require("cov_xy_m2", cov_xy_m2)
    require("turn_deg", turn_deg)
    if cov_xy_m2**2 > var_x_m2 * var_y_m2 * (1.0 + 1e-9):
        raise ValueError(f"cov_xy_m2 is {cov_xy_m2}: too large for variances {var_x_m2} and {var_y_m2}")
    values, vectors = np.linalg.eigh(np.array([[var_x_m2, cov_xy_m2], [cov_xy_m2, var_y_m2]]))
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    vectors = np.array([[c, s], [-s, c]]) @ vectors
    cov_m2 = (vectors * np.maximum(values, FLOOR_M**2)) @ vectors.T
    return FixShape(x_m=x_m, y_m=y_m, root_m=np.linalg.cholesky(cov_m2))


def nodes(shape: FixShape, n: int = N_NODES) -> tuple[F64, F64]:
    """Points with equal weights whose mean and covariance are those of the fix.

    Returns
    -------
    (n, 2) float64, metres in the plane; (n,) float64, summing to one
    """
    return np.array([shape.x_m, shape.y_m]) + normal_points(n) @ shape.root_m.T, np.full(n, 1.0 / n)


def density(shape: FixShape, xy_m: F64) -> F64:
    """Density at points of the plane.

    Parameters
    ----------
    xy_m : (n, 2) float64, metres in the plane

    Returns
    -------
    (n,) float64, per square metre
    """
    unit = np.linalg.solve(shape.root_m, (xy_m - np.array([shape.x_m, shape.y_m])).T)
    area_m2 = 2.0 * np.pi * shape.root_m[0, 0] * shape.root_m[1, 1]
    return np.asarray(np.exp(-0.5 * np.sum(unit**2, axis=0)) / area_m2)


def draw(shape: FixShape, rng: Generator, size: int) -> F64:
    """`size` random points, distributed as `density` says; (size, 2) float64, metres in the plane."""
    return np.array([shape.x_m, shape.y_m]) + rng.standard_normal((size, 2)) @ shape.root_m.T


def bounds(shape: FixShape) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) in metres, holding all but 1e-4 of the mass."""
    reach = 4.2 * np.sqrt(np.sum(shape.root_m**2, axis=1))  # beyond 4.2 sigma: 2.7e-5 for each axis
    dx, dy = float(reach[0]), float(reach[1])
    return shape.x_m - dx, shape.y_m - dy, shape.x_m + dx, shape.y_m + dy


def draw_fix(xy_m: F64, rng: Generator, *, sigma_major_m: float, sigma_minor_m: float, azimuth_rad: float) -> F64:
    """Where a fix is stated for things at `xy_m` (n, 2): an error ellipse, its major axis clockwise from +y."""
    along = sigma_major_m * rng.standard_normal(len(xy_m))
    across = sigma_minor_m * rng.standard_normal(len(xy_m))
    s, c = np.sin(azimuth_rad), np.cos(azimuth_rad)
    return np.asarray(xy_m + np.column_stack([along * s + across * c, along * c - across * s]))
