"""Where and when an observation can have come from: a circle and an interval of origin, and who is near whom.

Observations lie in layers by the size of their circle and the length of their interval, each a grid of cells about as
large, or so large that a cell holds some rows of one moment; within a cell they are in order of time. So a question
costs what it finds, however dense the violence and however mixed the sensors.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, BEARING, F64, FIX, I64, SECTOR, Records

TAIL = 3.7  # standard deviations that circles and intervals reach
FALL = 2.4  # so many scales of a falling distance window (3 in 1,000 lie beyond)
LARGEST_M = np.array([2.5e3, 12e3, 30e3, 150e3, 1.5e6, 5e7])  # radius of the largest circle of each layer ...
LONGEST_S = np.array([150.0, 2400.0, 86400.0, np.inf])  # ... each in layers by the length of the interval
MOMENT_S = 60.0  # about how long what a question asks about may have taken
IN_CELL = 16.0  # rows of one moment that a cell holds, about: fewer and larger cells cost less than empty ones

X, Y, RADIUS, EARLIEST, LATEST = range(5)


class Near(NamedTuple):
    """Rows by layer, cell and time.

    `shape` (layers, 5): cell_m, x0_m, y0_m, longest interval (s), largest radius (m); `size` (layers, 3): cells along x
    and y, first cell; `start` (cells + 1,) into `order` (n,), the rows by cell and time, and `sorted_circles` (n, 5),
    theirs in that order; `circles` (n, 5) by row: centre x, y, radius, earliest, latest origin.
    """

    shape: F64
    size: I64
    start: I64
    order: I64
    sorted_circles: F64
    circles: F64


@inner
def far_m(rows: Records, i: int) -> float:
    """The largest distance from which row `i` may have been noticed, metres."""
    row = rows[i]
    return float(min(row.range_max_m + TAIL * row.sigma_max_m, FALL * row.scale_m) + TAIL * row.position_sigma_m)


@njit(cache=True, nogil=True, error_model="numpy")
def circles_of(rows: Records) -> F64:
    """(n, 5): a circle (x, y, radius, metres) and an interval of origin (s) that hold almost all each row allows."""
    out = np.empty((len(rows), 5))
    for i in range(len(rows)):
        row = rows[i]
        x, y, radius, near, far = row.x_m, row.y_m, 0.0, 0.0, 0.0
        if row.family == FIX or row.family == AREA:
            det = row.ixx_per_m2 * row.iyy_per_m2 - row.ixy_per_m2 * row.ixy_per_m2
            mean = 0.5 * (row.ixx_per_m2 + row.iyy_per_m2) / det
            half = 0.5 * (row.iyy_per_m2 - row.ixx_per_m2) / det
            major = mean + math.sqrt(half * half + (row.ixy_per_m2 / det) ** 2)
            radius = TAIL * math.sqrt(major)
        else:
            far = far_m(rows, i)
            near = max(0.0, row.range_min_m - TAIL * (row.sigma_min_m + row.position_sigma_m))
            radius = far
            open_rad = row.half_arc_rad + TAIL * row.angle_sigma_rad + TAIL * row.position_sigma_m / max(far, 1.0)
            if (row.family == BEARING or row.family == SECTOR) and open_rad < 1.2:
                middle = 0.5 * (near + far)
                x += middle * math.sin(row.bearing_rad)
                y += middle * math.cos(row.bearing_rad)
                c = math.cos(open_rad)
                one = middle * middle + far * far - 2.0 * middle * far * c
                two = middle * middle + near * near - 2.0 * middle * near * c
                radius = math.sqrt(max(one, two))
        slow = 1.0 / row.speed_m_s if row.speed_m_s > 0.0 else 0.0
        far_s, near_s = far * slow * (1.0 + TAIL * row.speed_sigma_share), near * slow
        sure = TAIL * row.time_sigma_s + row.half_window_s
        out[i, X], out[i, Y], out[i, RADIUS] = x, y, radius
        out[i, EARLIEST] = row.time_s - sure - far_s
        out[i, LATEST] = row.time_s + sure - near_s
    return out


def build_near(circles: F64) -> Near:
    """Sort rows by their circles (n, 5) into layers and cells."""
    return _build_near(circles, np.argsort(circles[:, EARLIEST], kind="stable"))


@njit(cache=True, nogil=True, error_model="numpy")
def _layers(circles: F64) -> tuple[I64, F64]:
    """The layer of each row, and the largest radius that each layer allows; no layer is empty."""
    lengths = len(LONGEST_S)
    layer = np.searchsorted(LARGEST_M, circles[:, RADIUS]) * lengths
    layer += np.searchsorted(LONGEST_S, circles[:, LATEST] - circles[:, EARLIEST])
    number = np.full(len(LARGEST_M) * lengths, -1, dtype=np.int64)
    for k in layer:
        number[k] = 0
    used = np.flatnonzero(number == 0)
    number[used] = np.arange(len(used))
    return number[layer], LARGEST_M[used // lengths]


@njit(cache=True, nogil=True, error_model="numpy")
def _build_near(circles: F64, by_time: I64) -> Near:
    n = len(circles)
    layer, largest_m = _layers(circles)
    layers = len(largest_m)
    shape = np.zeros((layers, 5))
    size = np.zeros((layers, 3), dtype=np.int64)
    box = np.empty((layers, 4))
    box[:, :2], box[:, 2:] = np.inf, -np.inf
    count = np.zeros(layers, dtype=np.int64)
    for i in range(n):
        k = layer[i]
        count[k] += 1
        box[k, 0], box[k, 2] = min(box[k, 0], circles[i, X]), max(box[k, 2], circles[i, X])
        box[k, 1], box[k, 3] = min(box[k, 1], circles[i, Y]), max(box[k, 3], circles[i, Y])
        shape[k, 3] = max(shape[k, 3], circles[i, LATEST] - circles[i, EARLIEST])
    lasts_s = circles[by_time[-1], EARLIEST] - circles[by_time[0], EARLIEST] + MOMENT_S if n > 0 else MOMENT_S
    cells = 0
    for k in range(layers):
        size[k, 2] = cells
        cell, wide, high = largest_m[k], box[k, 2] - box[k, 0], box[k, 3] - box[k, 1]
        most = count[k] * min(1.0, (shape[k, 3] + MOMENT_S) / lasts_s) / IN_CELL + 1.0
        while (math.floor(wide / cell) + 1) * (math.floor(high / cell) + 1) > most:
            cell *= 1.25
        shape[k, 0], shape[k, 1], shape[k, 2], shape[k, 4] = cell, box[k, 0], box[k, 1], largest_m[k]
        size[k, 0], size[k, 1] = math.floor(wide / cell) + 1, math.floor(high / cell) + 1
        cells += size[k, 0] * size[k, 1]
    start = np.zeros(cells + 1, dtype=np.int64)
    home = np.empty(n, dtype=np.int64)
    for i in range(n):
        k = layer[i]
        ix = int((circles[i, X] - shape[k, 1]) / shape[k, 0])
        iy = int((circles[i, Y] - shape[k, 2]) / shape[k, 0])
        home[i] = size[k, 2] + iy * size[k, 0] + ix
        start[home[i] + 1] += 1
    for c in range(cells):
        start[c + 1] += start[c]
    order = np.empty(n, dtype=np.int64)
    fill = start[:-1].copy()
    for i in by_time:
        order[fill[home[i]]] = i
        fill[home[i]] += 1
    return Near(shape, size, start, order, circles[order], circles)


@inner
def _first_since(circles: F64, low: int, high: int, since_s: float) -> int:
    """The first of circles[low:high], which are in order of their earliest origin, that is not before `since_s`."""
    while low < high:
        middle = (low + high) >> 1
        if circles[middle, EARLIEST] < since_s:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def gather(near: Near, x_m: float, y_m: float, time_s: float, pad_m: float, pad_s: float, out: I64) -> int:
    """Rows whose circle comes within `pad_m` of a point and whose interval within `pad_s` of a time.

    They are written to `out` in an order that depends on the rows alone; returns how many, at most len(out).
    """
    found, room = 0, len(out)
    shape, size, circles = near.shape, near.size, near.sorted_circles
    until, least = time_s + pad_s, time_s - pad_s
    for k in range(len(shape)):
        per_cell, reach, since = 1.0 / shape[k, 0], shape[k, 4] + pad_m, least - shape[k, 3]
        x, y = x_m - shape[k, 1], y_m - shape[k, 2]
        ix0, ix1 = max(0, math.floor((x - reach) * per_cell)), min(size[k, 0] - 1, math.floor((x + reach) * per_cell))
        iy0, iy1 = max(0, math.floor((y - reach) * per_cell)), min(size[k, 1] - 1, math.floor((y + reach) * per_cell))
        for iy in range(iy0, iy1 + 1):
            for ix in range(ix0, ix1 + 1):
                c = size[k, 2] + iy * size[k, 0] + ix
                end = near.start[c + 1]
                for n in range(_first_since(circles, near.start[c], end, since), end):
                    if circles[n, EARLIEST] > until:
                        break
                    dx, dy = circles[n, X] - x_m, circles[n, Y] - y_m
                    touch = circles[n, RADIUS] + pad_m
                    if circles[n, LATEST] >= least and dx * dx + dy * dy <= touch * touch:
                        if found == room:
                            return found
                        out[found] = near.order[n]
                        found += 1
    return found
