"""The line as the edge of held ground: what of a territory's boundary is neither coast nor state border."""

from itertools import pairwise

import numpy as np
import shapely

from truceline.geo.arrays import F64, Mask

STEP_M = 250.0  # how closely the boundary is looked at


def fronts(
    territory: shapely.Geometry, not_front: shapely.Geometry, *, within_m: float, bridge_m: float
) -> tuple[F64, ...]:
    """The stretches of a territory's boundary that keep away from `not_front`, the longest first.

    The territory lies to the right of each, whatever the file's own order of corners, so that left stays left from one
    date to the next. A ring that comes near `not_front` nowhere is one closed stretch. Maps drawn at different scales
    never agree, hence `within_m`; a front that touches a coast or border in passing is cut there, hence `bridge_m`.

    Parameters
    ----------
    territory : polygon or polygons in a plane, metres
    not_front : what no front is (coasts, borders): in the same plane; of areas their outlines count; may be empty
    within_m : how near `not_front` the boundary belongs to it
    bridge_m : a stretch near `not_front` that is no longer than this, between two that are not, stays in the line

    Returns
    -------
    chains of vertices, (n, 2) metres each: the territory's own, and points at most STEP_M apart at both ends
    """
    outlines = shapely.boundary(not_front) if shapely.get_dimensions(not_front) == 2 else not_front
    shapely.prepare(outlines)
    found: list[F64] = []
    # in normal form outer rings run clockwise and holes the other way: the ground itself is on the right of both
    for polygon in shapely.get_parts(shapely.normalize(territory)):
        for ring in shapely.get_rings(polygon):
            found += _stretches(shapely.get_coordinates(ring), outlines, within_m, bridge_m)
    return tuple(sorted(found, key=lambda chain: (-_length_m(chain), chain[0].tolist())))


def _length_m(chain: F64) -> float:
    return float(np.hypot(*np.diff(chain, axis=0).T).sum())


def _stretches(ring: F64, outlines: shapely.Geometry, within_m: float, bridge_m: float) -> list[F64]:
    points, is_vertex, step_m = _walk(ring)
    near: Mask = shapely.dwithin(outlines, shapely.points(points), within_m)
    if not near.any():
        return [ring]
    # begin inside what is no front, so that no stretch of front is cut by the ring's own start
    turn = -int(np.argmax(near))
    points, is_vertex = np.roll(points, turn, axis=0), np.roll(is_vertex, turn)
    step_m, near = np.roll(step_m, turn), np.roll(near, turn)
    first, last = np.flatnonzero(~near)[[0, -1]] if not near.all() else (0, 0)
    for start, stop in _runs(near):
        if near[start] and first < start < last and step_m[start:stop].sum() <= bridge_m:
            near[start:stop] = False
    chains = []
    for start, stop in _runs(near):
        keep = is_vertex[start:stop].copy()
        keep[[0, -1]] = True
        if not near[start] and keep.sum() >= 2:
            chains.append(np.ascontiguousarray(points[start:stop][keep]))
    return chains


def _runs(near: Mask) -> list[tuple[int, int]]:
    """Where neighbours are alike: start and stop of each run, in order."""
    edges = np.flatnonzero(np.diff(near)) + 1
    return list(pairwise([0, *edges.tolist(), len(near)]))


def _walk(ring: F64) -> tuple[F64, Mask, F64]:
    """Points round a ring at most STEP_M apart, which of them are its own vertices, and the step after each, metres."""
    steps = np.diff(ring, axis=0)
    length_m = np.hypot(*steps.T)
    pieces = np.maximum(np.ceil(length_m / STEP_M).astype(np.int64), 1)
    side = np.repeat(np.arange(len(pieces)), pieces)
    nth = np.arange(len(side)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    points = ring[side] + (nth / pieces[side])[:, None] * steps[side]
    return points, nth == 0, (length_m / pieces)[side]
