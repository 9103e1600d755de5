"""Blurred densities on absolute lattices, one as wide as the blur: what a product of them sums to.

A density that was blurred by a Gaussian is told by its values one deviation apart: the sum over such a lattice differs
from the integral by parts in 1e8, so neither a search nor a zoom is needed.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import ndtr

from truceline.geo.arrays import F64

REACH = 4.0  # deviations of the blur beyond which nothing of it is kept
MOST_CELLS = 160 * 160  # a density over more cells than this is taken as even over its box
FAINTEST = 1e-13  # of the peak: what is fainter is nothing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raster:
    """A density at lattice points (`x0` + i, `y0` + j) times `step`; `values` are shares of its peak, None if all are
    one. `log_peak` is the log of the density there. With `ny` 1 it is a density of one coordinate."""

    x0: int
    y0: int
    nx: int
    ny: int
    values: F64 | None
    log_peak: float


def place_raster(xy_m: F64, weights: F64, spread_m: float) -> Raster:
    """The density of weighted points, each blurred by `spread_m`, on a lattice of that step.

    Points that stand for a wide place lie farther apart than the blur: they are blurred by their distance too.
    """
    low, high = xy_m.min(axis=0), xy_m.max(axis=0)
    sigma = math.hypot(spread_m, _apart_m(low, high, len(xy_m)))
    x0, y0 = (math.floor((v - REACH * sigma) / spread_m) for v in low.tolist())
    x1, y1 = (math.ceil((v + REACH * sigma) / spread_m) for v in high.tolist())
    nx, ny = x1 - x0 + 1, y1 - y0 + 1
    if nx * ny > MOST_CELLS:
        area = max(float(np.prod(high - low)), spread_m**2)
        return Raster(x0=x0, y0=y0, nx=nx, ny=ny, values=None, log_peak=-math.log(area))
    values = _blurred(np.ascontiguousarray(xy_m), weights, sigma, spread_m, x0, y0, nx, ny)
    return _normalised(values, x0, y0, 0.0)


def _apart_m(low: F64, high: F64, n: int) -> float:
    """How far apart `n` points lie that fill the box evenly; weighted points of a sharp place lie nearer."""
    return 0.5 * math.sqrt(float(np.prod(high - low)) / n)


def window_raster(start_s: float, end_s: float, sigma_s: float, spread_s: float) -> Raster:
    """The density of an even window, softened by `sigma_s` and blurred by `spread_s`, on a lattice of that step."""
    length = max(end_s - start_s, 1.0)
    soft = math.hypot(sigma_s, spread_s)
    x0 = math.floor((start_s - REACH * soft) / spread_s)
    x1 = math.ceil((end_s + REACH * soft) / spread_s)
    if x1 - x0 + 1 > MOST_CELLS:
        return Raster(x0=x0, y0=0, nx=x1 - x0 + 1, ny=1, values=None, log_peak=-math.log(length))
    at = spread_s * np.arange(x0, x1 + 1)
    middle = 0.5 * (start_s + end_s)
    values = (ndtr((middle + 0.5 * length - at) / soft) - ndtr((middle - 0.5 * length - at) / soft)) / length
    return _normalised(np.asarray(values)[:, None], x0, 0, 0.0)


def _normalised(values: F64, x0: int, y0: int, log_scale: float) -> Raster:
    peak = float(values.max())
    shares = values / peak
    nx, ny = shares.shape
    return Raster(x0=x0, y0=y0, nx=nx, ny=ny, values=shares, log_peak=log_scale + math.log(peak))


def shared(a: Raster, b: Raster) -> float:
    """Log of the sum over the lattice of the product of two densities; -inf where they do not meet."""
    x0, y0, nx, ny = _common(a, b)
    if nx <= 0 or ny <= 0:
        return -math.inf
    if a.values is None and b.values is None:
        total = float(nx * ny)
    elif a.values is None or b.values is None:
        one, values = (b, b.values) if b.values is not None else (a, a.values)
        assert values is not None
        total = _sum_of(values, x0 - one.x0, y0 - one.y0, nx, ny)
    else:
        total = _sum(a.values, x0 - a.x0, y0 - a.y0, b.values, x0 - b.x0, y0 - b.y0, nx, ny)
    return a.log_peak + b.log_peak + math.log(total) if total > 0.0 else -math.inf


def product(a: Raster, b: Raster) -> Raster | None:
    """The product of two densities where they meet; None where they do not."""
    x0, y0, nx, ny = _common(a, b)
    if nx <= 0 or ny <= 0:
        return None
    log_scale = a.log_peak + b.log_peak
    if a.values is None and b.values is None:
        return Raster(x0=x0, y0=y0, nx=nx, ny=ny, values=None, log_peak=log_scale)
    ones = np.ones((1, 1))
    left, right = (r.values if r.values is not None else np.broadcast_to(ones, (r.nx, r.ny)) for r in (a, b))
    values = (
        left[x0 - a.x0 : x0 - a.x0 + nx, y0 - a.y0 : y0 - a.y0 + ny]
        * right[x0 - b.x0 : x0 - b.x0 + nx, y0 - b.y0 : y0 - b.y0 + ny]
    )
    i0, i1, j0, j1 = _bright(np.ascontiguousarray(values), FAINTEST)
    if i0 > i1:
        return None
    return _normalised(values[i0 : i1 + 1, j0 : j1 + 1], x0 + i0, y0 + j0, log_scale)


def mass(a: Raster) -> float:
    """Log of the sum over the lattice."""
    total = float(a.nx * a.ny) if a.values is None else float(a.values.sum())
    return a.log_peak + math.log(total)


def _common(a: Raster, b: Raster) -> tuple[int, int, int, int]:
    x0, y0 = max(a.x0, b.x0), max(a.y0, b.y0)
    return x0, y0, min(a.x0 + a.nx, b.x0 + b.nx) - x0, min(a.y0 + a.ny, b.y0 + b.ny) - y0


@njit(cache=True, nogil=True)
def _blurred(xy: F64, weights: F64, sigma: float, step: float, x0: int, y0: int, nx: int, ny: int) -> F64:
    """(nx, ny) density of points, each a round Gaussian: a product along the axes, which alone need exponentials."""
    out = np.zeros((nx, ny))
    along_y = np.empty(ny)
    scale = 1.0 / (2.0 * np.pi * sigma * sigma)
    reach = 6.0 * sigma
    for k in range(len(weights)):
        for j in range(ny):
            off = (y0 + j) * step - xy[k, 1]
            along_y[j] = np.exp(-0.5 * (off / sigma) ** 2) if abs(off) < reach else 0.0
        for i in range(nx):
            off = (x0 + i) * step - xy[k, 0]
            if abs(off) < reach:
                of_x = scale * weights[k] * np.exp(-0.5 * (off / sigma) ** 2)
                for j in range(ny):
                    out[i, j] += of_x * along_y[j]
    return out


@njit(cache=True, nogil=True)
def _sum(a: F64, ai: int, aj: int, b: F64, bi: int, bj: int, nx: int, ny: int) -> float:
    total = 0.0
    for i in range(nx):
        for j in range(ny):
            total += a[ai + i, aj + j] * b[bi + i, bj + j]
    return total


@njit(cache=True, nogil=True)
def _sum_of(a: F64, ai: int, aj: int, nx: int, ny: int) -> float:
    total = 0.0
    for i in range(nx):
        for j in range(ny):
            total += a[ai + i, aj + j]
    return total


@njit(cache=True, nogil=True)
def _bright(values: F64, faintest: float) -> tuple[int, int, int, int]:
    """The rows and columns outside which all is fainter than a share of the peak; first above last if all is zero."""
    nx, ny = values.shape
    peak = values.max()
    i0, i1, j0, j1 = nx, -1, ny, -1
    if peak <= 0.0:
        return i0, i1, j0, j1
    for i in range(nx):
        for j in range(ny):
            if values[i, j] > faintest * peak:
                i0, i1 = min(i0, i), max(i1, i)
                j0, j1 = min(j0, j), max(j1, j)
    return i0, i1, j0, j1
