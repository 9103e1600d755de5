"""Evenly spread points of the unit square, which every family bends into its nodes."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

N_NODES = 610  # a Fibonacci number; half-planes then come out within 0.01 of the truth
_GOLDEN = 0.5 * (1.0 + np.sqrt(5.0))


def lattice(n: int) -> tuple[F64, F64]:
    """`n` points (u, v) of the open unit square, spread more evenly than chance would (a Fibonacci lattice).

    `u` climbs in equal steps, `v` turns by the golden share of the circle.

    Returns
    -------
    two (n,) float64, strictly between 0 and 1

    Source
    ------
    Niederreiter 1992, "Random number generation and quasi-Monte Carlo methods", chapter 5.
    """
    index = np.arange(n) + 0.5
    return index / n, np.mod(index / _GOLDEN, 1.0)


def normal_points(n: int) -> F64:
    """`n` equally weighted points of the plane whose mean is zero and whose covariance is exactly one.

    Returns
    -------
    (n, 2) float64, no unit
    """
    u, v = lattice(n)
    radius = np.sqrt(-2.0 * np.log1p(-u))  # Box and Muller 1958
    points = np.column_stack([radius * np.cos(2.0 * np.pi * v), radius * np.sin(2.0 * np.pi * v)])
    points -= points.mean(axis=0)
    return np.asarray(np.linalg.solve(np.linalg.cholesky(points.T @ points / n), points.T).T)
