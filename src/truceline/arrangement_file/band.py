"""A band along a line as one ring: so and so far from it, on one side or both, cut off square at its ends."""

from functools import lru_cache
from typing import Literal

import numpy as np
import shapely
import shapely.ops

from truceline.geo.arrays import F64
from truceline.geo.frame import fit_frame
from truceline.geojson_file import Vertices

Side = Literal["left", "right", "both"]
THIN_M = 25.0  # corners that move the ring by less are left out; lines are drawn to hundreds of metres
NARROWEST = 20  # ... and by no more than this part of the width of a narrow band
ROUND_SEGMENTS = 8  # chords of a quarter circle: 0.5 % of the width at a bend, about 25 m at 5 km
ROOMY = 1.02  # a disc of chords this much wider holds every other disc of chords
PROBE_M = 1.0  # how far from the line a side is felt for
DIGITS = 6  # of a degree: 0.1 m
LEAST_SHARE = 0.99  # of its area that a band has to have in one piece; less is given up, or filled in


@lru_cache(maxsize=512)
def band_ring(vertices_deg: Vertices, side: Side, from_m: float, to_m: float) -> Vertices:
    """The ring, in degrees and not closed, of what lies `from_m` to `to_m` from a line on `side`.

    Distances are measured in the line's own plane (`geo.frame.fit_frame`). The ends are cut off square. Crumbs
    and holes, where a line bends narrowly, are given up and filled in up to a hundredth of the area. Left and right are
    as one walks the vertices.

    Raises
    ------
    ValueError
        if the line is no line, or the band falls into pieces that one ring cannot show; a sentence without its stop.
    """
    frame = fit_frame(vertices_deg)
    degrees = np.asarray(vertices_deg, dtype=np.float64)
    line = shapely.LineString(np.column_stack(frame.to_plane(degrees[:, 0], degrees[:, 1])))
    ends = () if line.is_ring else (line, shapely.reverse(line))
    beyond = shapely.union_all([_beyond(one, to_m) for one in ends])
    band = shapely.difference(shapely.buffer(line, to_m, quad_segs=ROUND_SEGMENTS), beyond)
    if side != "both":
        band = _one_side(band, line, side)
    if from_m > 0.0:
        band = shapely.difference(band, shapely.buffer(line, from_m, quad_segs=ROUND_SEGMENTS))
    thin_m = min(THIN_M, (to_m - from_m) / NARROWEST)
    band = shapely.simplify(_whole(band), thin_m, preserve_topology=True)
    corners = shapely.get_coordinates(shapely.get_exterior_ring(_whole(band)))[:-1]
    ring = np.column_stack(frame.to_degrees(corners[:, 0], corners[:, 1])).round(DIGITS)
    if not shapely.is_valid(shapely.Polygon(ring)):
        raise ValueError("it crosses itself once drawn. Draw the zone and give it as a file")
    return tuple((float(lon), float(lat)) for lon, lat in ring)


def _beyond(line: shapely.LineString, to_m: float) -> shapely.Geometry:
    """What lies past the start of `line`: the half disc of `to_m` on the far side of a square cut through it.

    The cut is square to the way from the start to the point `to_m` farther on, so that a kink at the very end does not
    turn it. What a later stretch that bends back round the end is near to does not lie past it.
    """
    start, later = (shapely.get_coordinates(shapely.line_interpolate_point(line, at_m))[0] for at_m in (0.0, to_m))
    if not np.hypot(*(start - later)) > 0.0:  # a ring as long as the band is wide
        return shapely.Polygon()
    out = (start - later) / np.hypot(*(start - later))
    across = np.array([-out[1], out[0]])
    far_m = 2.0 * to_m
    corners = [start + across * far_m, start + (across + out) * far_m, start + (out - across) * far_m]
    half = shapely.Polygon([*corners, start - across * far_m])
    back = shapely.intersection(shapely.ops.substring(line, to_m, line.length), half)
    disc = shapely.buffer(shapely.Point(start), to_m * ROOMY, quad_segs=ROUND_SEGMENTS)
    return shapely.difference(shapely.intersection(disc, half), shapely.buffer(back, to_m, quad_segs=ROUND_SEGMENTS))


def _one_side(band: shapely.Geometry, line: shapely.LineString, side: Side) -> shapely.Geometry:
    """The part of `band` left or right of `line`.

    The line, drawn a little past its ends, cuts the band into pieces; a piece lies on the side on which most of the
    line's segments that border it have it.
    """
    points = shapely.get_coordinates(line)
    cuts = [line, _past(points[1], points[0]), _past(points[-2], points[-1])]
    edges = shapely.union_all([shapely.boundary(band), *cuts])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    pieces = pieces[shapely.contains(band, shapely.point_on_surface(pieces))]
    steps = np.diff(points, axis=0)
    middles = points[:-1] + steps / 2.0
    normals = np.column_stack([-steps[:, 1], steps[:, 0]]) / np.hypot(steps[:, 0], steps[:, 1])[:, None]
    felt = [shapely.points(middles + sign * PROBE_M * normals) for sign in (1.0, -1.0)]
    n_left, n_right = (np.array([shapely.contains(piece, one).sum() for piece in pieces]) for one in felt)
    return shapely.union_all(pieces[n_left > n_right] if side == "left" else pieces[n_right > n_left])


def _past(before: F64, end: F64) -> shapely.LineString:
    """A short way from `end` straight on, so that the line reaches through the band's edge."""
    step = end - before
    return shapely.LineString([end, end + step * (PROBE_M / np.hypot(*step))])


def _whole(band: shapely.Geometry) -> shapely.Geometry:
    """The one polygon, without holes, that a band comes to."""
    parts = shapely.get_parts(band)
    areas = shapely.area(parts)
    if not len(parts) or areas.max() < LEAST_SHARE * areas.sum():
        raise ValueError(
            f"it falls into {len(parts)} pieces where the line doubles back. Give each as a zone in a file"
        )
    largest = parts[int(np.argmax(areas))]
    filled = shapely.Polygon(shapely.get_exterior_ring(largest))
    if largest.area < LEAST_SHARE * filled.area:
        raise ValueError("it runs all round ground that is not in it. Split it into zones, each in a file")
    return filled
