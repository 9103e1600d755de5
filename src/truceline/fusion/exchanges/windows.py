"""Windows of time with soft edges: how much of them two share, and how well they meet."""

from typing import Any

import numpy as np
from scipy.special import ndtr

FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def expected_overlap(length_s: FloatArray | float, sigma_s: float) -> FloatArray:
    """Expected positive part of a length known to `sigma_s`: soft at zero, the length itself far above it."""
    z = np.asarray(length_s, dtype=np.float64) / sigma_s
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    return np.asarray(sigma_s * (density + z * ndtr(z)), dtype=np.float64)


def overlap_s(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Seconds that two windows share; negative is the gap between them."""
    return min(a[1], b[1]) - max(a[0], b[0])


def log_shared(a: tuple[float, float], b: tuple[float, float], sigma_s: float) -> float:
    """Log of the density per second with which two windows (s) meet: expected overlap over both lengths.

    `sigma_s` is the error with which the edges of one compare with those of the other.
    """
    length_a, length_b = max(a[1] - a[0], 1.0), max(b[1] - b[0], 1.0)
    shared = min(float(expected_overlap(overlap_s(a, b), sigma_s)), length_a, length_b)
    return float(np.log(max(shared, 1e-300)) - np.log(length_a) - np.log(length_b))
