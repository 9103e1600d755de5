"""Posterior of a place on a grid that zooms to where the mass is, and what is read off a weighted cloud of points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Bounds = tuple[float, float, float, float]

SIDE = 49  # grid points along each axis
DEPTH_NATS = 18.0  # what lies this far below the peak holds no mass worth a grid point
MAX_ZOOMS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Weighted points in the plane (metres); weights sum to one."""

    xy: FloatArray
    weights: FloatArray

    def mean(self) -> FloatArray:
        """The mean point, (2,)."""
        return self.weights @ self.xy

    def covariance(self) -> FloatArray:
        """The (2, 2) covariance, square metres."""
        centred = self.xy - self.mean()
        return (centred * self.weights[:, None]).T @ centred


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A rectangular grid: its two axes (metres); everything on it runs over x first."""

    xs: FloatArray
    ys: FloatArray

    @property
    def xy(self) -> FloatArray:
        """All points, (n, 2)."""
        x, y = np.meshgrid(self.xs, self.ys, indexing="ij")
        return np.column_stack((x.ravel(), y.ravel()))

    @property
    def step_m(self) -> tuple[float, float]:
        """Distance between neighbours along each axis."""
        return float(self.xs[1] - self.xs[0]), float(self.ys[1] - self.ys[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """A normalised grid posterior and the log of the integral that normalised it (nats)."""

    cloud: Cloud
    log_evidence: float


def integrate(log_density: Callable[[Grid], FloatArray], bounds: Bounds) -> Posterior | None:
    """Integrate a log density over the plane; None if it vanishes everywhere in `bounds`.

    The grid starts on `bounds` (x0, y0, x1, y1) and shrinks to the cells within DEPTH_NATS of the peak until these
    fill it, so that a bearing's ray and a town-wide sector are both resolved by the same few thousand points.
    """
    x0, y0, x1, y1 = bounds
    for _ in range(MAX_ZOOMS):
        grid = Grid(xs=np.linspace(x0, x1, SIDE), ys=np.linspace(y0, y1, SIDE))
        xy, (step_x, step_y) = grid.xy, grid.step_m
        log_p = log_density(grid)
        peak = float(log_p.max())
        if not np.isfinite(peak):
            return None
        kept = xy[log_p > peak - DEPTH_NATS]
        low, high = kept.min(axis=0), kept.max(axis=0)
        tight = (low[0] - step_x, low[1] - step_y, high[0] + step_x, high[1] + step_y)
        # Below three quarters of the old extent another zoom gains resolution; above, the peak is resolved.
        shrinks = (tight[2] - tight[0] < 0.75 * (x1 - x0)) or (tight[3] - tight[1] < 0.75 * (y1 - y0))
        if not shrinks:
            break
        x0, y0, x1, y1 = max(x0, tight[0]), max(y0, tight[1]), min(x1, tight[2]), min(y1, tight[3])
    weights = np.exp(log_p - peak)
    total = float(weights.sum())
    cloud = Cloud(xy=xy, weights=weights / total)
    return Posterior(cloud=cloud, log_evidence=peak + float(np.log(total * step_x * step_y)))


def intersect(a: Bounds, b: Bounds) -> Bounds | None:
    """The common part of two boxes, or None."""
    box = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    return box if box[0] < box[2] and box[1] < box[3] else None


def widen(box: Bounds, margin_m: float) -> Bounds:
    """`box` with a margin on every side."""
    return box[0] - margin_m, box[1] - margin_m, box[2] + margin_m, box[3] + margin_m


def blur(cloud: Cloud, sigma_m: float, xy: FloatArray) -> FloatArray:
    """Density per m2 at `xy` (n, 2) of the cloud's points, each scattered by a round Gaussian of `sigma_m`."""
    squared = (xy[:, None, 0] - cloud.xy[None, :, 0]) ** 2
    squared += (xy[:, None, 1] - cloud.xy[None, :, 1]) ** 2
    kernel = np.exp(squared * (-0.5 / sigma_m**2))
    return (kernel @ cloud.weights) / (2.0 * np.pi * sigma_m**2)


def blur_grid(cloud: Cloud, sigma_m: float, grid: Grid) -> FloatArray:
    """`blur` at all points of a grid: a Gaussian is a product of its axes, so only these need exponentials."""
    across_x = np.exp((grid.xs[:, None] - cloud.xy[None, :, 0]) ** 2 * (-0.5 / sigma_m**2)) * cloud.weights
    across_y = np.exp((grid.ys[:, None] - cloud.xy[None, :, 1]) ** 2 * (-0.5 / sigma_m**2))
    density: FloatArray = np.einsum("ik,jk->ij", across_x, across_y).ravel() / (2.0 * np.pi * sigma_m**2)
    return density


def pool(clouds: list[Cloud]) -> Cloud:
    """One cloud of all points, each cloud with the same total weight."""
    return Cloud(
        xy=np.vstack([c.xy for c in clouds]),
        weights=np.concatenate([c.weights for c in clouds]) / len(clouds),
    )


def ellipse(covariance: FloatArray) -> tuple[float, float, float]:
    """Major and minor standard deviation (m) and azimuth of the major axis from +y, clockwise, in [0, 180)."""
    values, vectors = np.linalg.eigh(covariance)
    minor, major = np.sqrt(np.maximum(values, 0.0))
    azimuth = float(np.degrees(np.arctan2(vectors[0, 1], vectors[1, 1]))) % 180.0
    return float(major), float(minor), azimuth


def quantile(values: FloatArray, weights: FloatArray, p: float) -> float:
    """The `p` quantile of weighted values."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    at = int(np.searchsorted(cumulative, p * cumulative[-1]))
    return float(values[order[min(at, len(order) - 1)]])
