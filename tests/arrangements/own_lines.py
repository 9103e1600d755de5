"""Lines that we drew from pairs of settlements: their points, and how far they are from lines that others derived."""

import csv
import math
from pathlib import Path

import numpy as np
import shapely

from truceline.domain.arrangement import Line
from truceline.geo.arrays import F64
from truceline.geo.frame import local_frame
from truceline.geo.front import fronts
from truceline.geojson_file import load_areas, load_outlines

NOT_FRONT = ("lines/natural_earth_land_10m_ukraine_bbox.geojson", "admin/geoBoundaries-UKR-ADM1_simplified.geojson.gz")
WITHIN_M, BRIDGE_M = 3_000.0, 10_000.0  # as `truceline line` has them
STEP_M = 500.0
Pair = tuple[dict[str, str], dict[str, str]]
FRAME = local_frame(36.0, 48.3)  # good to 0.1 % over the lines of all shipped arrangements


def pairs(points: Path) -> list[Pair]:
    """The pairs of settlements in a file of points, in their order."""
    rows = list(csv.DictReader(points.read_text(encoding="utf-8").splitlines()))
    return list(zip(rows[::2], rows[1::2], strict=True))


def path_m(line: Line) -> shapely.LineString:
    """The line as it runs last, in metres."""
    return shapely.LineString(in_plane(np.array(line.versions.history[-1].value.vertices_deg)))


def in_plane(degrees: F64) -> F64:
    """(n, 2) degrees to metres."""
    return np.column_stack(FRAME.to_plane(degrees[:, 0], degrees[:, 1]))


def offset_m(path: shapely.LineString, lon_deg: float, lat_deg: float) -> float:
    """Distance from a line, positive on its left."""
    point = shapely.Point(in_plane(np.array([[lon_deg, lat_deg]]))[0])
    at = path.project(point)
    back, ahead = (path.interpolate(min(max(at + d, 0.0), path.length)) for d in (-50.0, 50.0))
    cross = (ahead.x - back.x) * (point.y - back.y) - (ahead.y - back.y) * (point.x - back.x)
    return math.copysign(path.distance(point), cross)


def derived_front(data: Path, day: str) -> shapely.LineString:
    """The front of one day (YYYYMMDD) as `truceline line` derives it from the shared territories, in metres."""
    shapes = [shapely.transform(load_areas(data / f"deepstate/territory_{day}.geojson.gz"), in_plane)]
    shapes += [shapely.transform(_near(load_outlines(data / name)), in_plane) for name in NOT_FRONT]
    chains = fronts(shapes[0], shapely.union_all(shapes[1:]), within_m=WITHIN_M, bridge_m=BRIDGE_M)
    return shapely.LineString(chains[0])


def _near(outlines: shapely.Geometry) -> shapely.Geometry:
    return shapely.clip_by_rect(outlines, 29.0, 43.0, 43.0, 53.0)


def distances_m(theirs: shapely.LineString, ours: shapely.LineString) -> F64:
    """Distance to `ours` every 500 m along `theirs`."""
    stops = shapely.line_interpolate_point(theirs, np.arange(0.0, theirs.length, STEP_M))
    return np.asarray(shapely.distance(stops, ours))


def rms_m(theirs: shapely.LineString, ours: shapely.LineString) -> float:
    """Root mean square of `distances_m`."""
    return float(np.sqrt(np.mean(distances_m(theirs, ours) ** 2)))


def share_at_m(ring_deg: tuple[tuple[float, float], ...], line: shapely.LineString, half_width_m: float) -> float:
    """The share of a band's edge that keeps `half_width_m` from its line, to 1 %; the flat ends come nearer.

    Asserts that no point of the edge is farther.
    """
    edge = shapely.Polygon(in_plane(np.array(ring_deg))).exterior
    points = shapely.line_interpolate_point(edge, np.arange(0.0, edge.length, STEP_M))
    off_m = np.asarray(shapely.distance(points, line))
    assert off_m.max() < 1.01 * half_width_m
    return float((off_m > 0.99 * half_width_m).mean())
