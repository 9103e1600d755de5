"""Time at the origin: instants with Gaussian error, windows with soft edges, travel time of the signal removed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr

from truceline.fusion.items import Item

FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def delays(item: Item, xy: FloatArray) -> FloatArray:
    """Travel time of the signal from each point (n, 2) to the sensor, seconds; zero where it arrives at once."""
    if item.speed_m_s <= 0 or item.sensor_xy is None:
        return np.zeros(len(xy))
    return np.hypot(xy[:, 0] - item.sensor_xy[0], xy[:, 1] - item.sensor_xy[1]) / item.speed_m_s


def origin_moments(items: Sequence[Item], xy: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log evidence, mean (s) and variance (s2) of one common time of origin, for an origin at each point.

    Instants multiply as Gaussians in closed form. A window enters as its softened share at that Gaussian (exact for
    one window); windows alone give the length that they share. Densities are per second of origin time.
    """
    log_z = np.zeros(len(xy))
    precision, weighted = np.zeros(len(xy)), np.zeros(len(xy))
    start, end = np.full(len(xy), -np.inf), np.full(len(xy), np.inf)
    windows = []
    for item in items:
        delay = delays(item, xy)
        if item.start_s == item.end_s:
            at, variance = item.start_s - delay, item.sigma_s**2
            if precision[0] > 0:
                mean, var = weighted / precision, 1.0 / precision
                log_z += -0.5 * (at - mean) ** 2 / (variance + var) - 0.5 * np.log(2 * np.pi * (variance + var))
            precision = precision + 1.0 / variance
            weighted = weighted + at / variance
        else:
            windows.append((item, item.start_s - delay, item.end_s - delay))
            start, end = np.maximum(start, item.start_s - delay), np.minimum(end, item.end_s - delay)
    if precision[0] == 0:
        return _windows_only(windows, start, end, log_z)
    mean, var = weighted / precision, 1.0 / precision
    for item, low, high in windows:
        width = np.sqrt(var + item.sigma_s**2)
        share = ndtr((high - mean) / width) - ndtr((low - mean) / width)
        log_z += np.log(np.maximum(share, 1e-300)) - np.log(item.end_s - item.start_s)
    return log_z, mean, var


def _windows_only(
    windows: Sequence[tuple[Item, FloatArray, FloatArray]], start: FloatArray, end: FloatArray, log_z: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    soft = float(np.sqrt(sum(item.sigma_s**2 for item, _, _ in windows)))
    common = expected_overlap(end - start, soft)
    log_z = log_z + np.log(np.maximum(common, 1e-300))
    for item, _, _ in windows:
        log_z = log_z - np.log(item.end_s - item.start_s)
    return log_z, 0.5 * (start + end), np.maximum(end - start, soft) ** 2 / 12.0


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
