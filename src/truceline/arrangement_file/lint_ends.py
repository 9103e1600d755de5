"""Lints of where lines end: a zone, landmark or sector border past an end, and a zone far from every line."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.ground import BORDER_WITHIN_KM
from truceline.arrangement_file.located import place_of
from truceline.arrangement_file.overlap import in_km, polygon
from truceline.domain.arrangement import Arrangement, Line, Zone
from truceline.geo.arrays import F64, Mask
from truceline.geojson_file import Vertices, spot
from truceline.strict_yaml import Value

# All assumed: what a planner would stumble over on the map, and nothing that a rough drawing would trip.
TOUCH_KM = 1.0  # a zone that comes so near to a line leans on it
PAST_SHARE = 0.05  # of a zone's ground past the end of the line that it leans on
PAST_KM = 1.0  # ... and as far past it as this
MOST = 0.5  # of the ground of a zone that leans on no line
CLOSE_BY = 0.25  # of its distance from the end: the nearest of the line is no farther from the end along it
AHEAD = 0.5  # of its distance from the end, that what leans on no line lies ahead: 60 degrees to either hand
FAR_KM = 200.0  # a zone farther than this from every line is taken for a slip of the pen
GRID = 40  # points across and up at which a zone's ground is looked at


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A line as it runs last, in a plane of kilometres."""

    line: Line
    vertices: Vertices
    path: shapely.LineString
    scale_km: F64

    def flat(self, degrees: shapely.Geometry) -> shapely.Geometry:
        """A shape in degrees, in the line's plane."""
        return shapely.transform(degrees, lambda points: points @ self.scale_km)

    def km_to(self, degrees: shapely.Geometry) -> float:
        """How far a shape in degrees is from the line."""
        return float(shapely.distance(self.path, self.flat(degrees)))

    @property
    def ends(self) -> tuple[tuple[tuple[float, float], float], ...]:
        """Each end, and where it is along the line; none of one that is closed."""
        if self.path.is_ring:
            return ()
        return (self.vertices[0], 0.0), (self.vertices[-1], self.path.length)


def line_stops_short(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A line ends while a zone goes on, or before a zone, landmark or sector border: what is past it has no side."""
    drawn = _drawn(said)
    areas = _areas(said)
    for one in drawn:
        for zone, area in areas:
            km = {other.line.id: other.km_to(area) for other in drawn}
            leans = km[one.line.id] <= TOUCH_KM
            if not leans and (one.line.id != min(km, key=lambda id: km[id]) or km[one.line.id] > FAR_KM):
                continue  # another line is nearer, or it is far from every line: that is told by itself
            for end, past_km, share in _past(one, area, leans=leans):
                on = (
                    f"goes on {past_km:.1f} km past it"
                    if leans
                    else f"lies {km[one.line.id]:.1f} km off, past that end"
                )
                yield _ends_nowhere(root, one, end, f"zone '{zone.id}' {on} ({share:.0%} of the zone)")
    for one in drawn[:1]:
        yield from _places_past(said, root, one)


def zone_far_from_every_line(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A zone that is nowhere near a line: most often its longitudes and latitudes are swapped."""
    drawn = _drawn(said)
    for zone, area in _areas(said) if drawn else ():
        if min(one.km_to(area) for one in drawn) > FAR_KM:
            text = (
                f"zone '{zone.id}' is more than {FAR_KM:.0f} km from every line, around {spot(_middle(area))}. "
                "Check its file: a position is longitude first, then latitude."
            )
            yield Fault(place_of(root, "zones", zone.id), text, "warning", zone.id)


def latest(said: Arrangement) -> Iterator[tuple[Line, Vertices]]:
    """Each line that could be read, as it runs last."""
    for line in said.lines:
        if line.versions.history and len(line.versions.history[-1].value.vertices_deg) > 1:
            yield line, line.versions.history[-1].value.vertices_deg


def _drawn(said: Arrangement) -> list[_Drawn]:
    found = []
    for line, vertices in latest(said):
        around_deg = float(np.mean([lat for _, lat in vertices]))
        scale_km = in_km(np.array([[1.0, 0.0], [0.0, 1.0]]), around_deg=around_deg)
        path = shapely.LineString(np.asarray(vertices, dtype=np.float64) @ scale_km)
        found.append(_Drawn(line, vertices, path, scale_km))
    return found


def _areas(said: Arrangement) -> list[tuple[Zone, shapely.Polygon]]:
    """Each zone that could be read, and its ground as drawn last."""
    rings = ((zone, polygon(zone.ring_deg.history[-1].value)) for zone in said.zones if zone.ring_deg.history)
    return [(zone, area) for zone, area in rings if area is not None]


def _middle(area: shapely.Polygon) -> tuple[float, float]:
    inside = area.representative_point()
    return float(inside.x), float(inside.y)


def _past(one: _Drawn, area: shapely.Polygon, *, leans: bool) -> Iterator[tuple[tuple[float, float], float, float]]:
    """Each end of the line that ground of `area` lies past: the end, how far, which share of the ground."""
    ground = one.flat(area)
    west, south, east, north = ground.bounds
    x_km, y_km = (a.ravel() for a in np.meshgrid(np.linspace(west, east, GRID), np.linspace(south, north, GRID)))
    shapely.prepare(ground)
    within = shapely.contains_xy(ground, x_km, y_km)
    points = shapely.points(x_km[within], y_km[within])
    for end, tip in one.ends:
        beyond = (_beyond if leans else _off_the_end)(one.path, points, tip)
        far_km = shapely.distance(points, shapely.line_interpolate_point(one.path, tip))[beyond]
        if len(far_km) > (PAST_SHARE if leans else MOST) * len(points) and far_km.max() > PAST_KM:
            yield end, float(far_km.max()), len(far_km) / len(points)


def _beyond(path: shapely.LineString, points: np.ndarray, tip: float) -> Mask:
    """Which points have the end at `tip` as the nearest of the line and lie ahead of it."""
    nearest = np.abs(shapely.line_locate_point(path, points) - tip) < 1e-9
    return np.asarray(nearest & (_ahead_km(path, points, tip, np.full(len(points), PAST_KM)) > PAST_KM))


def _off_the_end(path: shapely.LineString, points: np.ndarray, tip: float) -> Mask:
    """Which points lie off the end at `tip`: the line is nearest at the end or close by, seen from where they are, and
    they lie ahead of it as the line runs over so far a stretch."""
    off_km = shapely.distance(points, shapely.line_interpolate_point(path, tip))
    near = np.abs(shapely.line_locate_point(path, points) - tip) <= CLOSE_BY * off_km
    ahead_km = _ahead_km(path, points, tip, off_km)
    return np.asarray(near & (ahead_km > PAST_KM) & (ahead_km >= AHEAD * off_km))


def _ahead_km(path: shapely.LineString, points: np.ndarray, tip: float, over_km: F64) -> F64:
    """How far points lie ahead of the end at `tip`, as the line runs over its last `over_km`."""
    inner = shapely.line_interpolate_point(path, np.abs(tip - np.minimum(over_km, path.length)))
    end = shapely.line_interpolate_point(path, tip)
    out = np.array([end.x - shapely.get_x(inner), end.y - shapely.get_y(inner)])
    east, north = out / np.maximum(np.hypot(*out), 1e-9)
    return np.asarray((shapely.get_x(points) - end.x) * east + (shapely.get_y(points) - end.y) * north)


def _places_past(said: Arrangement, root: Value, first: _Drawn) -> Iterator[Fault]:
    """The landmarks and sector borders past each end of the first line, along which places are told."""
    named = [(f"landmark '{one.name}'", (one.lon_deg, one.lat_deg), FAR_KM) for one in said.landmarks]
    borders = [(one.id, one.until_deg) for one in said.sectors if one.until_deg is not None]
    named += [(f"the border of sector '{id}'", until, BORDER_WITHIN_KM) for id, until in borders]
    named = [one for one in named if np.isfinite(one[1]).all()]
    points = np.array([first.flat(shapely.Point(at)) for _, at, _ in named])
    for end, tip in first.ends if named else ():
        km = shapely.distance(points, shapely.line_interpolate_point(first.path, tip))
        past = _off_the_end(first.path, points, tip) & (km <= [most for _, _, most in named])
        if past.any():
            n = int(np.argmax(np.where(past, km, -1.0)))
            more = int(past.sum()) - 1
            others = f" and {more} more place{'s' if more > 1 else ''} of the arrangement" if more else ""
            yield _ends_nowhere(
                root, first, end, f"{named[n][0]} ({km[n]:.1f} km off){others} lie{'s' * (not more)} past it"
            )


def _ends_nowhere(root: Value, one: _Drawn, end: tuple[float, float], what: str) -> Fault:
    text = (
        f"line '{one.line.id}' ends nowhere: it stops at {spot(end)}, but {what}, and nothing there is left or right "
        "of it. Draw the line on."
    )
    return Fault(place_of(root, "lines", one.line.id), text, "warning", one.line.id)
