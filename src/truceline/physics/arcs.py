"""Compass arcs, compiled: merged as `polar.merge_arcs` does it, and what they span altogether."""

import math

from numba import njit

from truceline.physics.columns import F64
from truceline.physics.polar import FULL_RAD

CLOSED_DEG = 360.0 - 1e-9  # arcs that leave less than this open are all round


@njit(cache=True, nogil=True)
def _insert(given_deg: F64, first: int, count: int, turn_deg: float, out: F64, at: int) -> None:
    """The arcs turned by `turn_deg`, each from its start in [0, 360) on, in order of start and end."""
    for j in range(count):
        start, end = given_deg[first + j, 0] + turn_deg, given_deg[first + j, 1] + turn_deg
        width = 360.0 if abs(end - start) >= 360.0 else (end - start) % 360.0
        start = start % 360.0
        end = start + width
        k = at + j
        while k > at and (out[k - 1, 0] > start or (out[k - 1, 0] == start and out[k - 1, 1] > end)):
            out[k, 0], out[k, 1] = out[k - 1, 0], out[k - 1, 1]
            k -= 1
        out[k, 0], out[k, 1] = start, end


@njit(cache=True, nogil=True)
def merge_arcs(given_deg: F64, first: int, count: int, turn_deg: float, out: F64, at: int) -> int:
    """Write the arcs `given_deg[first : first + count]`, turned and merged, to `out` from row `at` on.

    Parameters
    ----------
    given_deg : (k, 2) from, to, degrees clockwise; each finite and wider than `polar.NARROWEST_ARC_DEG`
    out : (m, 2) with room for `count` rows, at least one, after `at`; radians, disjoint, from < to

    Returns
    -------
    how many rows were written; arcs that leave no gap, and no arcs at all, are the one arc (0, 2 pi)
    """
    _insert(given_deg, first, count, turn_deg, out, at)
    last = at - 1
    for j in range(at, at + count):
        if last >= at and out[j, 0] <= out[last, 1]:
            out[last, 1] = max(out[last, 1], out[j, 1])
        else:
            last += 1
            out[last, 0], out[last, 1] = out[j, 0], out[j, 1]
    lowest = at
    while last > lowest and out[last, 1] - 360.0 >= out[lowest, 0]:  # passes north
        out[last, 1] = max(out[last, 1], out[lowest, 1] + 360.0)
        lowest += 1
    total = 0.0
    for j in range(lowest, last + 1):
        total += out[j, 1] - out[j, 0]
    if count == 0 or total >= CLOSED_DEG:
        out[at, 0], out[at, 1] = 0.0, FULL_RAD
        return 1
    for j in range(lowest, last + 1):
        out[j - lowest + at, 0], out[j - lowest + at, 1] = math.radians(out[j, 0]), math.radians(out[j, 1])
    return last - lowest + 1


@njit(cache=True, nogil=True)
def span(arcs_rad: F64, first: int, count: int) -> tuple[float, float]:
    """Middle and half width, radians, of the narrowest arc that holds all of some merged arcs; half is pi all round."""
    widest, behind = -1.0, first
    for j in range(first, first + count):
        next_start = arcs_rad[j + 1, 0] if j + 1 < first + count else arcs_rad[first, 0] + FULL_RAD
        gap = next_start - arcs_rad[j, 1]
        if gap > widest:
            widest, behind = gap, j
    if widest <= 0.0:
        return 0.0, math.pi
    width = FULL_RAD - widest
    end = arcs_rad[behind, 1]
    return (end - 0.5 * width) % FULL_RAD, 0.5 * width
