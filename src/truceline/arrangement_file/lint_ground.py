"""Lints of the ground: zones that overlap, lines that end nowhere, maps that say the same."""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import shapely

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.located import place_of
from truceline.arrangement_file.overlap import in_km, overlap, polygon
from truceline.domain.arrangement import Arrangement, ClauseText, Line, Zone
from truceline.domain.ids import ZoneId
from truceline.geo.arrays import Mask
from truceline.geojson_file import Vertices, spot
from truceline.strict_yaml import Value

# All assumed: what a planner would stumble over on the map, and nothing that a rough drawing would trip.
JUMP_KM = 50.0  # between two vertices of a line that has others
JUMP_TIMES = 10.0  # ... and so many times as far as its vertices usually lie apart
TOUCH_KM = 1.0  # a zone that comes so near to a line leans on it
PAST_SHARE = 0.05  # of a zone's ground past the end of the line that it leans on
PAST_KM = 1.0  # ... and as far past it as this
GRID = 40  # points across and up at which a zone's ground is looked at


def overlapping_zones(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Two zones of one clause, of clauses of one kind that apply together, or of two levels, share ground."""
    order = [zone.id for zone in said.zones]
    named: dict[tuple[ZoneId, ...], str] = {}
    for kind, ids in _groups(said):
        for pair in combinations(sorted(set(ids), key=order.index), 2):
            named.setdefault(pair, kind)
    zones = {zone.id: zone for zone in said.zones}
    for (first, second), kind in named.items():
        if (both := overlap(zones[first], zones[second])) is not None:
            text = (
                f"zones '{first}' and '{second}' of {kind} overlap: {both.km2:.1f} km2 around {spot(both.at_deg)}"
                f"{_since(both.since, zones[first], zones[second])}. What happens there counts in both: "
                "draw them apart, or make one zone of them."
            )
            yield Fault(place_of(root, "zones", second), text, "warning", second)


def _groups(said: Arrangement) -> Iterator[tuple[str, tuple[ZoneId, ...]]]:
    """Zones that are of one kind, and which."""
    known = {zone.id for zone in said.zones}
    for clause in said.clauses:
        yield f"clause '{clause.id}'", tuple(z for z in clause.zones if z in known)
    for one, other in combinations(said.clauses, 2):
        if one.kind == other.kind and _same_time(one, other):
            for pair in ((a, b) for a in one.zones for b in other.zones if a in known and b in known and a != b):
                yield f"clauses '{one.id}' and '{other.id}', both {one.kind.replace('_', ' ')},", pair
    for below, above in combinations(said.levels, 2):
        for pair in ((a, b) for a in below.zones for b in above.zones if a in known and b in known and a != b):
            yield f"levels {below.number} and {above.number}", pair


def _same_time(one: ClauseText, other: ClauseText) -> bool:
    begins = max(one.since, other.since)
    return all(clause.until is None or begins < clause.until for clause in (one, other))


def _since(day: object, one: Zone, other: Zone) -> str:
    return f" since {day}" if len(one.ring_deg.history) + len(other.ring_deg.history) > 2 else ""


def line_stops_short(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A line ends while a zone that leans on it goes on: ground past the end has no side."""
    for line, vertices in _latest(said):
        path = shapely.LineString(in_km(np.asarray(vertices, dtype=np.float64)))
        for zone in said.zones:
            ring = zone.ring_deg.history[-1].value if zone.ring_deg.history else ()
            area = polygon(ring)
            if area is None or shapely.LineString(vertices).is_ring:
                continue
            for end, past_km, share in _past(path, vertices, area):
                text = (
                    f"line '{line.id}' ends nowhere: it stops at {spot(end)}, but zone '{zone.id}' goes on "
                    f"{past_km:.1f} km past it ({share:.0%} of the zone), and nothing there is left or right of it. "
                    "Draw the line on."
                )
                yield Fault(place_of(root, "lines", line.id), text, "warning", line.id)


def _past(
    path: shapely.LineString, vertices: Vertices, area: shapely.Polygon
) -> Iterator[tuple[tuple[float, float], float, float]]:
    """Each end of the line that ground of `area` lies past: the end, how far, which share of the ground."""
    scale_km = in_km(np.array([[1.0, 0.0], [0.0, 1.0]]), around_deg=float(np.mean([lat for _, lat in vertices])))
    ground = shapely.transform(area, lambda degrees: degrees @ scale_km)
    if shapely.distance(path, ground) > TOUCH_KM:
        return
    west, south, east, north = ground.bounds
    x_km, y_km = (a.ravel() for a in np.meshgrid(np.linspace(west, east, GRID), np.linspace(south, north, GRID)))
    shapely.prepare(ground)
    within = shapely.contains_xy(ground, x_km, y_km)
    points = shapely.points(x_km[within], y_km[within])
    for end, tip in ((vertices[0], 0.0), (vertices[-1], path.length)):
        beyond = _beyond(path, points, tip)
        far_km = shapely.distance(points, shapely.line_interpolate_point(path, tip))[beyond]
        if len(far_km) > PAST_SHARE * len(points) and far_km.max() > PAST_KM:
            yield end, float(far_km.max()), len(far_km) / len(points)


def _beyond(path: shapely.LineString, points: np.ndarray, tip: float) -> Mask:
    """Which points have the end at `tip` as the nearest of the line and lie more ahead of it than beside it."""
    nearest = np.abs(shapely.line_locate_point(path, points) - tip) < 1e-9
    inner = shapely.line_interpolate_point(path, abs(tip - min(PAST_KM, path.length)))
    end = shapely.line_interpolate_point(path, tip)
    out = np.array([end.x - inner.x, end.y - inner.y]) / max(shapely.distance(end, inner), 1e-9)
    ahead = (shapely.get_x(points) - end.x) * out[0] + (shapely.get_y(points) - end.y) * out[1]
    return np.asarray(nearest & (ahead > PAST_KM))


def line_of_one_stroke(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A line of two vertices: somebody drew a ruler's edge for a place-holder."""
    for line, vertices in _latest(said):
        if len(vertices) == 2:
            text = f"line '{line.id}' is one straight stroke of two vertices. Draw it as it runs on the ground."
            yield Fault(_file(root, line), text, "warning", line.id)


def line_with_a_gap(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A line jumps: two of its vertices lie much farther apart than the others."""
    for line, vertices in _latest(said):
        if len(vertices) < 3:
            continue
        km = in_km(np.asarray(vertices, dtype=np.float64))
        steps = np.hypot(*np.diff(km, axis=0).T)
        for i, (a, b) in enumerate(pairwise(vertices)):
            if steps[i] > max(JUMP_KM, JUMP_TIMES * float(np.median(steps))):
                text = (
                    f"line '{line.id}' jumps {steps[i]:.0f} km from vertex {i + 1}, {spot(a)}, to vertex {i + 2}, "
                    f"{spot(b)}. Draw the stretch between, or make two lines of it."
                )
                yield Fault(_file(root, line), text, "warning", line.id)


def two_maps_of_one_line(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Two control maps name one line: the second adds nothing."""
    lines = [one.line for one in said.control_maps]
    for n, one in enumerate(said.control_maps):
        if one.line and one.line in lines[:n]:
            text = f"control map '{one.id}' draws line '{one.line}', which a map above draws too. Name another line."
            yield Fault(place_of(root, "control_maps", one.id, "line"), text, "warning", one.id, one.reference)


def _latest(said: Arrangement) -> Iterator[tuple[Line, Vertices]]:
    """Each line that could be read, as it runs last."""
    for line in said.lines:
        if line.versions.history and len(line.versions.history[-1].value.vertices_deg) > 1:
            yield line, line.versions.history[-1].value.vertices_deg


def _file(root: Value, line: Line) -> Value:
    return place_of(root, "lines", line.id, "versions", len(line.versions.history) - 1, "value", "file")
