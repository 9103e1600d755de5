"""An area: somewhere inside a ring, every square metre alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.physics.lattice import N_NODES, lattice

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AreaShape:
    """A ring (n, 2), not closed, cut into triangles (k, 3, 2), each with its share (k,) of the area."""

    ring_m: F64
    triangles_m: F64
    share: F64
    area_m2: float


def build(ring_m: F64) -> AreaShape:
    """The inside of a ring of at least three corners, in metres in the plane, given once each.

    Raises
    ------
    ValueError
        if a corner is not finite, or the ring has no inside or crosses itself.
    """
    ring = np.ascontiguousarray(ring_m, dtype=np.float64)
    if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 3:
        raise ValueError(f"ring_m has shape {ring.shape}: give at least three corners (x, y)")
    if not np.isfinite(ring).all():
        raise ValueError("ring_m holds a number that is not finite")
    polygon = shapely.Polygon(ring)
    if not polygon.is_valid:
        raise ValueError(f"ring_m is not a simple ring: {shapely.is_valid_reason(polygon)}")
    if polygon.area <= 0.0:
        raise ValueError("ring_m has no inside: its corners lie on one line")
    pieces = shapely.get_parts(shapely.constrained_delaunay_triangles(polygon))
    triangles = shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]
    edge_1, edge_2 = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    area_m2 = 0.5 * np.abs(edge_1[:, 0] * edge_2[:, 1] - edge_1[:, 1] * edge_2[:, 0])
    return AreaShape(ring_m=ring, triangles_m=triangles, share=area_m2 / area_m2.sum(), area_m2=float(area_m2.sum()))


def nodes(shape: AreaShape, n: int = N_NODES) -> tuple[F64, F64]:
    """Points spread evenly over the area, with equal weights.

    Returns
    -------
    (n, 2) float64, metres in the plane; (n,) float64, summing to one
    """
    u, v = lattice(n)
    return _points(shape, u, v), np.full(n, 1.0 / n)


def density(shape: AreaShape, xy_m: F64) -> F64:
    """Density at points (n, 2) in metres: one over the area, inside and on the ring; (n,) per m2."""
    polygon = shapely.Polygon(shape.ring_m)
    shapely.prepare(polygon)
    return np.where(shapely.intersects_xy(polygon, xy_m[:, 0], xy_m[:, 1]), 1.0 / shape.area_m2, 0.0)


def draw(shape: AreaShape, rng: Generator, size: int) -> F64:
    """`size` random points, distributed as `density` says; (size, 2) float64, metres in the plane."""
    return _points(shape, rng.random(size), rng.random(size))


def bounds(shape: AreaShape) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) in metres, holding all of the mass."""
    low, high = shape.ring_m.min(axis=0), shape.ring_m.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _points(shape: AreaShape, u: F64, v: F64) -> F64:
    """Points for `u`, `v` uniform: `u` chooses the triangle, what is left of it and `v` the place in it."""
    ends = np.cumsum(shape.share)
    which = np.minimum(np.searchsorted(ends, u, side="right"), len(ends) - 1)
    rest = np.clip((u - (ends[which] - shape.share[which])) / shape.share[which], 0.0, 1.0)
    corners = shape.triangles_m[which]
    root = np.sqrt(rest)[:, None]
    across = v[:, None]
    return np.asarray(corners[:, 0] * (1.0 - root) + root * (corners[:, 1] * (1.0 - across) + corners[:, 2] * across))


def draw_area(shapes: Sequence[AreaShape], xy_m: F64, rng: Generator) -> NDArray[np.int64]:
    """Which of the areas a teller names for things at `xy_m` (n, 2): one that holds the place, each as likely.

    Returns
    -------
    (n,) int64, a place in `shapes`; -1 where none holds it, so that nothing can be told
    """
    holds = np.array([density(shape, xy_m) > 0.0 for shape in shapes]).reshape(len(shapes), len(xy_m))
    chosen = np.where(holds, rng.random(holds.shape), -1.0)
    best = np.argmax(chosen, axis=0) if len(shapes) else np.zeros(len(xy_m), dtype=np.int64)
    return np.where(holds.any(axis=0), best, -1)
