"""GeoJSON files: a LineString for a line, dated ones for a line that moves, a Polygon for a zone, checked by vertex."""

import gzip
import json
import math
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from truceline.domain.arrangement import LineVersion
from truceline.domain.dated import Dated, Since
from truceline.errors import ArrangementError, UnreachableError
from truceline.strict_yaml import Problems

Vertices = tuple[tuple[float, float], ...]
_KM_PER_DEG = 111.195


def load_line(path: Path) -> Dated[LineVersion]:
    """The line in `path`: one LineString that holds always, or one a date that moves.

    A line that moves is a FeatureCollection of LineStrings, each with the property `since`: the day from which it runs
    so, until the next. Every feature may have `accuracy_m`, one standard deviation of the drawn line, and `reference`.

    Raises
    ------
    ArrangementError
        with every problem of the file.
    UnreachableError
        if the file cannot be read.
    """
    problems = Problems()
    versions = sorted(_versions(load_text(path), str(path), problems), key=lambda version: version.day)
    problems.refuse(ArrangementError, "The line")
    return Dated(history=tuple(versions))


def load_areas(path: Path) -> shapely.Geometry:
    """All areas of a file (.geojson, also .gz) as one, degrees; one that crosses itself is put right.

    Raises
    ------
    ArrangementError
        if the file is not GeoJSON, or has no area.
    UnreachableError
        if the file cannot be read.
    """
    parts = _shapes(path)
    areas = parts[shapely.get_dimensions(parts) == 2]
    if not len(areas):
        raise ArrangementError(f"{path}:1  no area in it. Export the polygons as GeoJSON (WGS 84).")
    return shapely.union_all(areas)


def load_outlines(path: Path) -> shapely.Geometry:
    """All lines of a file, and the outline of all its areas together, as one, degrees. Raises as `load_areas`."""
    parts = _shapes(path)
    dimensions = shapely.get_dimensions(parts)
    if not (dimensions > 0).any():
        raise ArrangementError(f"{path}:1  neither a line nor an area in it. Export them as GeoJSON (WGS 84).")
    return shapely.union_all([*parts[dimensions == 1], shapely.boundary(shapely.union_all(parts[dimensions == 2]))])


def _shapes(path: Path) -> Any:
    """The single geometries of a file, in an array; none if it has none."""
    problems = Problems()
    given = [json.dumps(f["geometry"]) for f in _features(load_text(path), str(path), problems) if f.get("geometry")]
    problems.refuse(ArrangementError, "The shapes")
    found = shapely.from_geojson(given, on_invalid="ignore")
    if not len(found) or shapely.is_missing(found).any():
        raise ArrangementError(f"{path}:1  a geometry cannot be read. Export the file again as GeoJSON (WGS 84).")
    return shapely.get_parts(shapely.make_valid(shapely.get_parts(found)))


def load_text(path: Path) -> str:
    """The text of a file, unpacked if it is called .gz.

    Raises
    ------
    ArrangementError
        if it is not UTF-8 text.
    UnreachableError
        if the file cannot be read.
    """
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except UnicodeDecodeError:
        raise ArrangementError(f"{path}:1  not UTF-8 text. Save it as UTF-8.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArrangementError(f"{path}:1  not a gzip file ({error}). Pack it again or send it plain.") from None
    except OSError as error:
        raise UnreachableError(f"{path} cannot be read: {error.strerror}. Check the name.") from error


def read_line(text: str, file: str, problems: Problems) -> Vertices:
    """The vertices of the one LineString in `text`; empty if there is none, and why is noted."""
    return _line(_geometry(text, file, "LineString", problems), file, problems)


def _line(coordinates: Any, file: str, problems: Problems) -> Vertices:
    vertices = _positions(coordinates, file, problems)
    if vertices is None:
        return ()
    if len(vertices) < 2:
        problems.add(file, 1, f"a line needs at least 2 vertices, this one has {len(vertices)}. Draw it on.")
        return ()
    if (crossing := _crossing(vertices)) is not None:
        where = f"near {spot(crossing)}"
        problems.add(file, 1, f"the line crosses itself {where}. Take the loop out: left and right must be clear.")
    return vertices


def _versions(text: str, file: str, problems: Problems) -> Iterator[Since[LineVersion]]:
    """The dated versions of a line, each with its own problems; a single one needs no date."""
    features = _features(text, file, problems)
    days: set[date] = set()
    for n, feature in enumerate(features, start=1):
        own, said = Problems(), feature.get("properties")
        said = said if isinstance(said, dict) else {}
        day = _since(said, len(features) == 1, file, own)
        if day in days:
            own.add(file, 1, f"since {day} is said of another feature too. Keep one line a day.")
        days.add(day)
        accuracy_m = said.get("accuracy_m", 0.0)
        if isinstance(accuracy_m, bool) or not isinstance(accuracy_m, int | float) or not 0 <= accuracy_m <= 1e6:
            own.add(file, 1, f"accuracy_m is {accuracy_m!r}. Give one standard deviation of the drawn line in metres.")
            accuracy_m = 0.0
        vertices = _line(_coordinates(feature.get("geometry"), file, "LineString", own), file, own)
        for one in own.found:
            problems.add(file, one.line, one.text if len(features) == 1 else f"feature {n}: {one.text}")
        yield Since(
            day=day,
            value=LineVersion(vertices_deg=vertices, accuracy_m=float(accuracy_m)),
            reference=str(said.get("reference") or Path(file).name),
            grade="stated",
        )


def _since(said: Any, alone: bool, file: str, problems: Problems) -> date:
    """The day from which a feature holds; always, if it is alone and says nothing."""
    given = said.get("since")
    if given is None and alone:
        return date.min
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        words = f"since is {given!r}" if given is not None else "no property 'since'"
        problems.add(file, 1, f"{words}. Say from which day the line runs so: 2025-05-01.")
        return date.max


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


def _features(text: str, file: str, problems: Problems) -> list[dict[str, Any]]:
    """The features in `text`, a bare geometry as one of them; none if it is not GeoJSON, and why is noted."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        problems.add(file, error.lineno, f"not GeoJSON: {error.msg}. Export it again as GeoJSON (WGS 84).")
        return []
    inside = found.get("features") if isinstance(found, dict) and found.get("type") == "FeatureCollection" else [found]
    features = [one for one in inside if isinstance(one, dict)] if isinstance(inside, list) else []
    if not features:
        problems.add(file, 1, "no feature in it. Export it again as GeoJSON (WGS 84).")
    return [one if one.get("type") == "Feature" else {"geometry": one} for one in features]


def _geometry(text: str, file: str, kind: str, problems: Problems) -> Any:
    """The coordinates of the one geometry in `text`, bare or as a feature, if it is a `kind`."""
    features = _features(text, file, problems)
    if len(features) > 1:
        problems.add(file, 1, f"one feature is needed, the file has {len(features)}. Keep one {kind} and nothing else.")
    return _coordinates(features[0].get("geometry"), file, kind, problems) if len(features) == 1 else None


def _coordinates(geometry: Any, file: str, kind: str, problems: Problems) -> Any:
    have = geometry.get("type") if isinstance(geometry, dict) else None
    if have != kind:
        problems.add(file, 1, f"a {kind} is needed, this is {have or 'no geometry'}. Draw one {kind}.")
        return None
    return geometry.get("coordinates")


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
