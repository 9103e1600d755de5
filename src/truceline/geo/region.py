"""Where something may lie: rings, bands along the line, and the probability of an uncertain place there."""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from truceline.geo.arrays import F64, I64, Mask, columns, corners, sealed
from truceline.geo.line import LineAxis, locate
from truceline.geo.region_kernels import mark_inside, slab_index, upward_edges

Side = Literal["left", "right", "both"]
MOST_SLABS = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _IndexedRing:
    """A ring's edges by height, as the compiled test reads them."""

    edges: F64
    starts: I64
    members: I64
    box: F64
    slabs_per_m: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """A zone in the plane: everything inside at least one of `rings`, each (n, 2) metres, closed or not.

    A ring that crosses itself counts even-odd. A border point belongs to exactly one of two zones that share
    the border vertex for vertex.

    Raises
    ------
    ValueError
        if there is no ring, or one has fewer than three distinct corners or no area in float64.
    """

    rings: tuple[F64, ...]
    _indexed: tuple[_IndexedRing, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.rings:
            raise ValueError("a region needs at least one ring")
        rings = tuple(_checked(ring, number) for number, ring in enumerate(self.rings))
        object.__setattr__(self, "rings", rings)
        object.__setattr__(self, "_indexed", tuple(_index(ring) for ring in rings))


def _checked(ring: npt.ArrayLike, number: int) -> F64:
    points = corners(ring, f"ring {number}")
    if len(np.unique(points, axis=0)) < 3:
        raise ValueError(f"ring {number} has fewer than three distinct corners: it encloses nothing")
    return sealed(points)


def _index(ring: F64) -> _IndexedRing:
    box = np.concatenate([ring.min(axis=0), ring.max(axis=0)])
    height_m = float(box[3] - box[1])
    edges = upward_edges(ring)
    n_slabs = min(max(len(edges), 1), MOST_SLABS)
    slabs_per_m = n_slabs / height_m if height_m > 0.0 else 0.0
    starts, members = slab_index(edges, float(box[1]), slabs_per_m, n_slabs)
    return _IndexedRing(edges=edges, starts=starts, members=members, box=box, slabs_per_m=slabs_per_m)


def inside(region: Region, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> Mask:
    """Which points lie in the region: (n,) bool. A point that is not a number is in no region.

    Raises
    ------
    ValueError
        if the columns differ in length.
    """
    x, y = columns(x_m, y_m)
    result = np.zeros(len(x), dtype=np.bool_)
    for ring in region._indexed:
        mark_inside(ring.edges, ring.starts, ring.members, ring.box, ring.slabs_per_m, x, y, result)
    return result


def in_band(axis: LineAxis, x_m: npt.ArrayLike, y_m: npt.ArrayLike, side: Side, from_m: float, to_m: float) -> Mask:
    """Which points lie from `from_m` up to, not including, `to_m` from the line, on `side` of it.

    Distance is to the nearest point of the line, so a band goes round corners and, half a disc, round the
    ends. A point exactly on the line belongs to both sides' bands that start there. NaN is in no band.

    Raises
    ------
    ValueError
        if `side` is none of left, right and both, or the band is empty or starts below 0.
    """
    if side not in ("left", "right", "both"):
        raise ValueError(f"no side called {side!r}; known: left, right, both")
    if not 0.0 <= from_m < to_m:
        raise ValueError(f"a band needs 0 <= from < to, got from {from_m} m to {to_m} m")
    _, offset_m = locate(axis, x_m, y_m)
    within: Mask = (np.abs(offset_m) >= from_m) & (np.abs(offset_m) < to_m)
    if side == "both":
        return within
    return within & (offset_m >= 0.0 if side == "left" else offset_m <= 0.0)


def p_where(where: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """Probability that `where` is true of a place given as weighted nodes: the share of the weights there.

    Sums are exact to the last bit and so the same on every machine.

    Raises
    ------
    ValueError
        if there is no node, a weight is negative or not a number, or all are zero.
    """
    mask = np.asarray(where, dtype=np.bool_)
    weight = np.asarray(weights, dtype=np.float64)
    if mask.ndim != 1 or mask.shape != weight.shape:
        raise ValueError(f"one weight a node is needed, got {weight.shape} weights for {mask.shape} nodes")
    if not (np.isfinite(weight).all() and (weight >= 0.0).all()):
        raise ValueError("a weight is negative or not a number")
    total = math.fsum(weight.tolist())
    if total <= 0.0:
        raise ValueError("the weights of a place are all zero: it has no likelihood anywhere")
    return min(math.fsum(weight[mask].tolist()) / total, 1.0)


def p_inside(region: Region, nodes_xy: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """Probability that an uncertain place lies in the region.

    Parameters
    ----------
    nodes_xy : (n, 2) metres: where the place may be (a quadrature or a sample of it)
    weights : (n,) how much of the place each node stands for; they need not sum to one

    Raises
    ------
    ValueError
        if there is no node, a node is not a pair of finite numbers, or the weights are unusable.
    """
    nodes = corners(nodes_xy, "the nodes of a place")
    return p_where(inside(region, nodes[:, 0], nodes[:, 1]), weights)


def p_in_band(
    axis: LineAxis, nodes_xy: npt.ArrayLike, weights: npt.ArrayLike, side: Side, from_m: float, to_m: float
) -> float:
    """Probability that an uncertain place lies in the band; with 0 and infinity, that it lies on that side.

    Raises
    ------
    ValueError
        as `p_inside` and `in_band`.
    """
    nodes = corners(nodes_xy, "the nodes of a place")
    return p_where(in_band(axis, nodes[:, 0], nodes[:, 1], side, from_m, to_m), weights)
