"""GeoJSON files of an arrangement: one LineString for a line, one Polygon for a zone, checked by vertex."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from truceline.errors import ArrangementError, UnreachableError
from truceline.strict_yaml import Problems

Vertices = tuple[tuple[float, float], ...]
_KM_PER_DEG = 111.195


def load_line(path: Path) -> Vertices:
    """The (lon_deg, lat_deg) vertices of the one LineString in `path`.

    Raises
    ------
    ArrangementError
        with every problem of the file.
    UnreachableError
        if the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ArrangementError(f"{path}:1  not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise UnreachableError(f"{path} cannot be read: {error.strerror}. Check the name.") from error
    problems = Problems()
    vertices = read_line(text, str(path), problems)
    problems.refuse(ArrangementError, "The line")
    return vertices


def read_line(text: str, file: str, problems: Problems) -> Vertices:
    """The vertices of the one LineString in `text`; empty if there is none, and why is noted."""
    vertices = _positions(_geometry(text, file, "LineString", problems), file, problems)
    if vertices is None:
        return ()
    if len(vertices) < 2:
        problems.add(file, 1, f"a line needs at least 2 vertices, this one has {len(vertices)}. Draw it on.")
        return ()
    if (crossing := _crossing(vertices)) is not None:
        where = f"near {spot(crossing)}"
        problems.add(file, 1, f"the line crosses itself {where}. Take the loop out: left and right must be clear.")
    return vertices


def read_ring(text: str, file: str, problems: Problems) -> Vertices:
    """The outer ring of the one Polygon in `text`, not closed; empty if there is none, and why is noted."""
    rings = _geometry(text, file, "Polygon", problems)
    if rings is None:
        return ()
    if not isinstance(rings, list) or len(rings) != 1:
        problems.add(file, 1, "a zone needs exactly one ring, without holes. Split it into several zones.")
        return ()
    ring = _positions(rings[0], file, problems, closed=True)
    if ring is None:
        return ()
    corners = ring[:-1] if ring and ring[0] == ring[-1] else ring
    if len(corners) < 3:
        problems.add(file, 1, f"a zone needs at least 3 corners, this one has {len(corners)}.")
        return ()
    if (crossing := _crossing((*corners, corners[0]))) is not None:
        problems.add(file, 1, f"the zone crosses itself near {spot(crossing)}. Split it, or order its corners.")
    return corners


def along_km(vertices: Vertices, point: tuple[float, float]) -> tuple[float, float]:
    """How far along a line and how far from it a point lies, in km; to a few per cent, for checks only."""
    shrink = math.cos(math.radians(point[1]))
    line = shapely.LineString([(x * shrink * _KM_PER_DEG, y * _KM_PER_DEG) for x, y in vertices])
    there = shapely.Point(point[0] * shrink * _KM_PER_DEG, point[1] * _KM_PER_DEG)
    return float(line.project(there)), float(line.distance(there))


def spot(point: tuple[float, float]) -> str:
    """A place as people write it: 37.81 E 48.02 N."""
    lon, lat = point
    return f"{abs(lon):.4f} {'E' if lon >= 0 else 'W'} {abs(lat):.4f} {'N' if lat >= 0 else 'S'}"


def _geometry(text: str, file: str, kind: str, problems: Problems) -> Any:
    """The coordinates of the one geometry in `text`, bare or as a feature, if it is a `kind`."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        problems.add(file, error.lineno, f"not GeoJSON: {error.msg}. Export it again as GeoJSON (WGS 84).")
        return None
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list) or len(features) != 1:
            n = len(features) if isinstance(features, list) else 0
            problems.add(file, 1, f"one feature is needed, the file has {n}. Keep one {kind} and nothing else.")
            return None
        found = features[0]
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    have = found.get("type") if isinstance(found, dict) else None
    if not isinstance(found, dict) or have != kind:
        problems.add(file, 1, f"a {kind} is needed, this is {have or 'no geometry'}. Draw one {kind}.")
        return None
    return found.get("coordinates")


def _positions(coordinates: Any, file: str, problems: Problems, *, closed: bool = False) -> Vertices | None:
    """Coordinates as (lon, lat) pairs; None if any is wrong."""
    if coordinates is None:
        return None
    if not isinstance(coordinates, list):
        problems.add(file, 1, "the coordinates are not a list. Export the file again as GeoJSON.")
        return None
    vertices: list[tuple[float, float]] = []
    good = True
    for n, one in enumerate(coordinates, start=1):
        if not _is_position(one):
            problems.add(file, 1, f"vertex {n} is {one!r}. Write [longitude, latitude] in degrees, WGS 84.")
            good = False
            continue
        vertex = (float(one[0]), float(one[1]))
        if vertices and vertex == vertices[-1] and not (closed and n == len(coordinates)):
            problems.add(file, 1, f"vertex {n} repeats the one before, {spot(vertex)}. Delete one of the two.")
        vertices.append(vertex)
    return tuple(vertices) if good else None


def _is_position(one: Any) -> bool:
    if not isinstance(one, list) or len(one) < 2:
        return False
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in one[:2]):
        return False
    return bool(-180 <= one[0] <= 180 and -90 <= one[1] <= 90)


def _crossing(vertices: Vertices) -> tuple[float, float] | None:
    """Where a chain of vertices first meets itself other than at its neighbours, or None."""
    points = np.array(vertices, dtype=np.float64)
    if shapely.LineString(points).is_simple:
        return None
    segments = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    first, second = shapely.STRtree(segments).query(segments, predicate="intersects")
    n = len(segments)
    order = np.lexsort((second, first))
    for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True):
        meeting = shapely.intersection(segments[a], segments[b])
        touching = b == a + 1 or (a == 0 and b == n - 1 and vertices[0] == vertices[-1])
        if b > a and not (touching and meeting.geom_type == "Point"):
            at = meeting.representative_point()
            return float(at.x), float(at.y)
    return None
