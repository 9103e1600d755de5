"""Where many events lie along the line of their day: in closed form clear of it, else by the nodes of their place."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from truceline.fusion.intake.days import versions_at
from truceline.fusion.places.along import KM, Axis, Ground, p_left
from truceline.fusion.places.spots import Spots
from truceline.fusion.places.within import CLEAR
from truceline.geo.arrays import F64, I64, Mask
from truceline.geo.line import locate, point_at

TAIL = 0.05  # chainage is told from this quantile ...
TAIL_SIGMA = 1.6448536269514722  # ... which lies so many deviations below the mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alongside:
    """Columns (k,) along the line, metres; NaN where there is no line on that day.

    `version` is a place in the line's versions, -1 for none; `p_sector` (k, sectors). `concerned` are events so near
    the line, or a border of its sectors, that only the nodes of their place tell the side, the sector and the span.
    """

    version: I64
    chainage_m: F64
    offset_m: F64
    p_left: F64
    low_m: F64
    high_m: F64
    p_sector: F64
    concerned: Mask


def plain_alongside(ground: Ground, spots: Spots, major_m: F64) -> Alongside:
    """Every event as its ellipse alone tells it."""
    n = len(spots.x_m)
    found = Alongside(
        version=versions_at([axis.since for axis in ground.axes], ground.timezone, spots.time_s),
        chainage_m=np.full(n, np.nan),
        offset_m=np.full(n, np.nan),
        p_left=np.full(n, np.nan),
        low_m=np.full(n, np.nan),
        high_m=np.full(n, np.nan),
        p_sector=np.zeros((n, len(ground.sectors))),
        concerned=np.zeros(n, dtype=np.bool_),
    )
    for v, axis in enumerate(ground.axes):
        rows = np.flatnonzero(found.version == v)
        if len(rows):
            _plain(found, rows, axis, spots, major_m[rows])
    return found


def _plain(found: Alongside, rows: I64, axis: Axis, spots: Spots, major_m: F64) -> None:
    x, y = spots.x_m[rows], spots.y_m[rows]
    chainage, offset = locate(axis.axis, x, y)
    foot_x, foot_y = point_at(axis.axis, chainage)
    away = np.maximum(np.hypot(x - foot_x, y - foot_y), 1e-9)
    ux, uy = (x - foot_x) / away, (y - foot_y) / away
    xx, xy, yy = spots.xx_m2[rows], spots.xy_m2[rows], spots.yy_m2[rows]
    across_m2 = ux * ux * xx + 2.0 * ux * uy * xy + uy * uy * yy
    along_m = np.sqrt(np.maximum(xx + yy - across_m2, 0.0))
    found.chainage_m[rows], found.offset_m[rows] = chainage, offset
    found.p_left[rows] = ndtr(offset / np.maximum(np.sqrt(across_m2 + axis.accuracy_m**2), 1e-9))
    found.low_m[rows] = np.maximum(chainage - TAIL_SIGMA * along_m, 0.0)
    found.high_m[rows] = np.minimum(chainage + TAIL_SIGMA * along_m, axis.axis.length_m)
    concerned = ~(np.abs(offset) > CLEAR * major_m)
    if found.p_sector.shape[1]:
        borders = np.array(axis.borders_m)
        found.p_sector[rows, np.searchsorted(borders, chainage, side="left")] = 1.0
        # off a bend, neighbouring places can be as far apart along the line as both are from it
        reach = CLEAR * major_m + 2.0 * np.abs(offset)
        for border in borders:
            concerned |= np.abs(chainage - border) <= reach
    found.concerned[rows] = concerned


def take_nodes(found: Alongside, ground: Ground, rows: I64, xy_m: F64, weights: F64) -> None:
    """Tell side, sectors and span of the events `rows` (k,) by the nodes (k, N, 2) of their places and (k, N) weights.

    What nodes tell replaces what the ellipses told, in place.
    """
    for v, axis in enumerate(ground.axes):
        at = np.flatnonzero(found.version[rows] == v)
        if len(at) == 0:
            continue
        some, w = rows[at], weights[at]
        chainage, offset = (
            column.reshape(w.shape) for column in locate(axis.axis, xy_m[at, :, 0].ravel(), xy_m[at, :, 1].ravel())
        )
        found.p_left[some] = (w * p_left(offset, axis.accuracy_m)).sum(axis=1)
        order = np.argsort(chainage, axis=1, kind="stable")
        sorted_m, mass = np.take_along_axis(chainage, order, 1), np.cumsum(np.take_along_axis(w, order, 1), axis=1)
        for share, column in ((TAIL, found.low_m), (1.0 - TAIL, found.high_m)):
            first = np.minimum((mass < share * mass[:, -1:]).sum(axis=1), w.shape[1] - 1)
            column[some] = sorted_m[np.arange(len(some)), first]
        if found.p_sector.shape[1]:
            which = np.searchsorted(np.array(axis.borders_m), chainage, side="left")
            for sector in range(found.p_sector.shape[1]):
                found.p_sector[some, sector] = (w * (which == sector)).sum(axis=1)


def in_km(metres: F64) -> F64:
    """Kilometres as published, to the metre."""
    return np.asarray(np.round(metres / KM, 3))
