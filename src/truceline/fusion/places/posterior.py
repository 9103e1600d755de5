"""Posterior of a place on a grid that zooms to where the mass is, and what is read off a weighted cloud of points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Bounds = tuple[float, float, float, float]

SIDE = 49  # grid points along each axis
DEPTH_NATS = 18.0  # what lies this far below the peak holds no mass worth a grid point
EDGE_NATS = 12.0  # what lies this far below the peak may be cut off
MAX_ZOOMS = 12
GAIN = 0.75  # a zoom that leaves more of the extent is not worth its points
ALIASED = 0.05  # how far from a half the even points' share of the mass may lie
TRACE = 2 * SIDE  # points kept, at least, while the grid is too coarse ...
HOTTEST = 64.0  # ... if they lie within this many times DEPTH_NATS of the peak
DENSEST = 4 * (SIDE - 1) + 1  # points along an axis, at most


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
    """A rectangular grid: its two axes (metres); everything on it runs over x first.

    The axes lie in the plane turned anticlockwise by `turn_rad` about its origin, so a cell keeps its area.
    """

    xs: FloatArray
    ys: FloatArray
    turn_rad: float = 0.0

    @property
    def xy(self) -> FloatArray:
        """All points in the plane, (n, 2)."""
        x, y = np.meshgrid(self.xs, self.ys, indexing="ij")
        pairs = np.column_stack((x.ravel(), y.ravel()))
        return pairs @ _axes(self.turn_rad) if self.turn_rad else pairs

    @property
    def step_m(self) -> tuple[float, float]:
        """Distance between neighbours along each axis."""
        return float(self.xs[1] - self.xs[0]), float(self.ys[1] - self.ys[0])

    def along(self, xy: FloatArray) -> FloatArray:
        """Points of the plane (n, 2) in the coordinates of the axes."""
        return xy @ _axes(self.turn_rad).T if self.turn_rad else xy


def _axes(turn_rad: float) -> FloatArray:
    """Unit vectors of the turned axes, one a row."""
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    return np.array([[c, s], [-s, c]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """A normalised grid posterior and the log of the integral that normalised it (nats)."""

    cloud: Cloud
    log_evidence: float


def integrate(log_density: Callable[[Grid], FloatArray], bounds: Bounds) -> Posterior | None:
    """Integrate a log density over the plane; None if it vanishes everywhere in `bounds`.

    The grid starts on `bounds` (x0, y0, x1, y1) and shrinks to the cells within DEPTH_NATS of the peak until these
    fill it, so that a bearing's ray and a town-wide sector are both resolved by the same few thousand points. It
    turns to the principal axes of these cells where that makes it smaller. A grid that is too coarse for what it
    shows keeps more than these cells; one that is still too coarse when it no longer shrinks gets more points.
    """
    x0, y0, x1, y1 = bounds
    grid = Grid(xs=np.linspace(x0, x1, SIDE), ys=np.linspace(y0, y1, SIDE))
    for zoom in range(MAX_ZOOMS):
        xy, log_p = grid.xy, log_density(grid)
        if grid.turn_rad:
            log_p = log_p + _log_share(grid, xy, bounds)
        peak = float(log_p.max())
        if not np.isfinite(peak):
            return None
        weights = np.exp(log_p - peak)
        coarse = _coarse(weights.reshape(len(grid.xs), len(grid.ys)))
        floors = (_tempered(log_p, peak), peak - DEPTH_NATS) if any(coarse) else (peak - DEPTH_NATS,)
        finer = next((g for g in (_shrunk(grid, xy[log_p > floor], bounds) for floor in floors) if g), None)
        finer = finer or _grown(grid, xy[log_p > peak - EDGE_NATS], bounds) or _denser(grid, coarse)
        if finer is None or zoom == MAX_ZOOMS - 1:
            break
        grid = finer
    total, (step_x, step_y) = float(weights.sum()), grid.step_m
    cloud = Cloud(xy=xy, weights=weights / total)
    return Posterior(cloud=cloud, log_evidence=peak + float(np.log(total * step_x * step_y)))


def _log_share(grid: Grid, xy: FloatArray, bounds: Bounds) -> FloatArray:
    """Log of the share of each cell of a turned grid that lies in `bounds`."""
    width = np.abs(_axes(grid.turn_rad).T) @ np.array(grid.step_m)
    share = np.clip(0.5 + np.hstack((xy - bounds[:2], bounds[2:] - xy)) / np.tile(width, 2), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        log_share: FloatArray = np.log(share.prod(axis=1))
    return log_share


def _coarse(weights: FloatArray) -> tuple[bool, bool]:
    """Along which axes a grid is too coarse for its weights: every other point would tell another sum."""
    total = float(weights.sum())
    even_x, even_y = float(weights[::2].sum()) / total, float(weights[:, ::2].sum()) / total
    checked = float(weights[::2, ::2].sum() + weights[1::2, 1::2].sum()) / total
    both = abs(checked - 0.5) > ALIASED
    return both or abs(even_x - 0.5) > ALIASED, both or abs(even_y - 0.5) > ALIASED


def _tempered(log_p: FloatArray, peak: float) -> float:
    """What to keep above while points may straddle the peak: enough of the best points for a ridge to leave a trace."""
    best = float(np.partition(log_p, -TRACE)[-TRACE])
    return float(np.clip(best, peak - HOTTEST * DEPTH_NATS, peak - DEPTH_NATS))


def _shrunk(grid: Grid, kept: FloatArray, bounds: Bounds) -> Grid | None:
    """The grid about the kept points and a cell more, turned if that makes it smaller; None if it gains too little."""
    step = np.array(grid.step_m)
    here = _box(grid.along(kept), step)
    if grid.turn_rad == 0.0:
        here = np.clip(here, bounds[:2], bounds[2:])
    old = np.array([grid.xs[-1] - grid.xs[0], grid.ys[-1] - grid.ys[0]])
    turn = _principal_rad(kept)
    turned = _box(kept @ _axes(turn).T, np.abs(_axes(turn) @ _axes(grid.turn_rad).T) @ step)
    # Below three quarters of the old extent another zoom gains resolution; above, the peak is resolved.
    if np.prod(turned[1] - turned[0]) < GAIN * np.prod(np.minimum(here[1] - here[0], old)):
        box = turned
    elif np.any(here[1] - here[0] < GAIN * old):
        box, turn = here, grid.turn_rad
    else:
        return None
    return _on(box, grid, turn)


def _principal_rad(xy: FloatArray) -> float:
    """Angle from +x, anticlockwise, to the major axis of points."""
    x, y = (xy - xy.mean(axis=0)).T
    return 0.5 * float(np.arctan2(2.0 * (x @ y), x @ x - y @ y))


def _grown(grid: Grid, xy: FloatArray, bounds: Bounds) -> Grid | None:
    """The grid with half its extent more on the sides that cut off `xy`, points with mass; None if no side does."""
    inside = xy[np.all((xy > bounds[:2]) & (xy < bounds[2:]), axis=1)]
    if len(inside) == 0:
        return None
    low, high = np.array([grid.xs[0], grid.ys[0]]), np.array([grid.xs[-1], grid.ys[-1]])
    points, step = grid.along(inside), np.array(grid.step_m)
    cut_low, cut_high = points.min(axis=0) < low + 0.5 * step, points.max(axis=0) > high - 0.5 * step
    if not (cut_low.any() or cut_high.any()):
        return None
    box = np.stack((low - 0.5 * cut_low * (high - low), high + 0.5 * cut_high * (high - low)))
    if grid.turn_rad == 0.0:
        box = np.clip(box, bounds[:2], bounds[2:])
    return _on(box, grid, grid.turn_rad)


def _on(box: FloatArray, like: Grid, turn_rad: float) -> Grid:
    """A grid on a box, with as many points as another."""
    (x0, y0), (x1, y1) = box
    return Grid(xs=np.linspace(x0, x1, len(like.xs)), ys=np.linspace(y0, y1, len(like.ys)), turn_rad=turn_rad)


def _box(points: FloatArray, margin: FloatArray) -> FloatArray:
    """Lowest and highest corner, (2, 2), of the points with a margin along each axis."""
    return np.stack((points.min(axis=0) - margin, points.max(axis=0) + margin))


def _denser(grid: Grid, coarse: tuple[bool, bool]) -> Grid | None:
    """The grid with twice the points along its coarse axes; None if it has as many as it may."""
    counts = [
        2 * len(axis) - 1 if c and len(axis) < DENSEST else len(axis)
        for axis, c in zip((grid.xs, grid.ys), coarse, strict=True)
    ]
    if counts == [len(grid.xs), len(grid.ys)]:
        return None
    xs, ys = (np.linspace(a[0], a[-1], n) for a, n in zip((grid.xs, grid.ys), counts, strict=True))
    return Grid(xs=xs, ys=ys, turn_rad=grid.turn_rad)


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
    """`blur` at all points of a grid: a round Gaussian is a product along its axes, which alone need exponentials."""
    points = grid.along(cloud.xy)
    across_x = np.exp((grid.xs[:, None] - points[None, :, 0]) ** 2 * (-0.5 / sigma_m**2)) * cloud.weights
    across_y = np.exp((grid.ys[:, None] - points[None, :, 1]) ** 2 * (-0.5 / sigma_m**2))
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
