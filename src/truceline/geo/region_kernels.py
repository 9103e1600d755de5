"""Compiled point-in-ring test: edges sorted into slabs, so that a point meets only those at its height."""

import numpy as np
from numba import njit

from truceline.geo.arrays import F64, I64, Mask


@njit(cache=True, nogil=True)
def upward_edges(ring: F64) -> F64:
    """(m, 4) edges of a ring, each from its lower to its upper end; horizontal ones are left out.

    Turning all edges one way makes two neighbours compute a shared border alike: no point is in both or none.
    """
    n = ring.shape[0]
    edges = np.empty((n, 4))
    m = 0
    for i in range(n):
        j = (i + 1) % n
        if ring[i, 1] == ring[j, 1]:
            continue
        low, high = (i, j) if ring[i, 1] < ring[j, 1] else (j, i)
        edges[m, 0] = ring[low, 0]
        edges[m, 1] = ring[low, 1]
        edges[m, 2] = ring[high, 0]
        edges[m, 3] = ring[high, 1]
        m += 1
    return edges[:m].copy()


@njit(cache=True, nogil=True)
def _slab(y: float, y_min: float, slabs_per_m: float, n_slabs: int) -> int:
    return min(max(int((y - y_min) * slabs_per_m), 0), n_slabs - 1)


@njit(cache=True, nogil=True)
def slab_index(edges: F64, y_min: float, slabs_per_m: float, n_slabs: int) -> tuple[I64, I64]:
    """Which edges reach into which slab: slab s holds members[starts[s]:starts[s + 1]]."""
    starts = np.zeros(n_slabs + 1, dtype=np.int64)
    for e in range(edges.shape[0]):
        last = _slab(edges[e, 3], y_min, slabs_per_m, n_slabs)
        for s in range(_slab(edges[e, 1], y_min, slabs_per_m, n_slabs), last + 1):
            starts[s + 1] += 1
    for s in range(n_slabs):
        starts[s + 1] += starts[s]
    members = np.empty(starts[n_slabs], dtype=np.int64)
    filled = starts.copy()
    for e in range(edges.shape[0]):
        last = _slab(edges[e, 3], y_min, slabs_per_m, n_slabs)
        for s in range(_slab(edges[e, 1], y_min, slabs_per_m, n_slabs), last + 1):
            members[filled[s]] = e
            filled[s] += 1
    return starts, members


@njit(cache=True, nogil=True)
def mark_inside(
    edges: F64, starts: I64, members: I64, box: F64, slabs_per_m: float, x_m: F64, y_m: F64, inside: Mask
) -> None:
    """Set `inside` for the rows that lie in the ring (even-odd); rows already set are left alone.

    Parameters
    ----------
    edges, starts, members : as `upward_edges` and `slab_index` make them
    box : (4,) float64: xmin, ymin, xmax, ymax of the ring
    x_m, y_m : (k,) float64, metres; a row with NaN is never inside
    inside : (k,) bool, changed in place
    """
    n_slabs = starts.shape[0] - 1
    for k in range(x_m.shape[0]):
        x = x_m[k]
        y = y_m[k]
        if inside[k] or not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            continue
        s = _slab(y, box[1], slabs_per_m, n_slabs)
        odd = False
        for j in range(starts[s], starts[s + 1]):
            e = members[j]
            low_x, low_y, high_x, high_y = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if low_y <= y < high_y and (high_x - low_x) * (y - low_y) > (high_y - low_y) * (x - low_x):
                odd = not odd
        inside[k] = odd
