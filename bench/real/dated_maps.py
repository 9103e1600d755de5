"""How much a dated map of held ground changed from one date to the next: area, depth, and where along the line."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from truceline.domain.arrangement import Line
from truceline.geo.frame import Frame, local_frame
from truceline.geo.line import LineAxis, build_axis, locate
from truceline.geojson_file import load_areas

KM, KM2 = 1_000.0, 1e6
SLIVER_M2 = 1e4  # one hectare: smaller differences are corners redrawn
AT_LINE_M = 2_000.0  # an edit that comes nowhere nearer the line is an island, a river bank, a coast
SHOWN_M = 500.0  # the line has moved where it lies farther than this from where it was: assumed, corners get redrawn


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One piece of ground that changed hands on the map: how large, how deep, and its chainages along the line as it
    ran before. `grown` says whether the held ground (right of the line) grew."""

    grown: bool
    area_km2: float
    depth_km: float
    from_km: float
    to_km: float


@dataclass(frozen=True, kw_only=True)
class Change:
    """What changed from one map to the next; `undone_km2` of it the last map of all shows as before."""

    since: date
    until: date
    grown_km2: float
    shrunk_km2: float
    undone_km2: float
    moved_km: float
    edits: tuple[Edit, ...]

    @property
    def days(self) -> int:
        """Days between the two maps."""
        return (self.until - self.since).days

    @property
    def changed_km2_a_day(self) -> float:
        """Ground that changed either way, a day."""
        return (self.grown_km2 + self.shrunk_km2) / self.days


def dated(path: Path) -> date:
    """The date in the name of a map."""
    return date.fromisoformat(path.name.split("_")[1][:8])


def changes(folder: Path, line: Line, first: date, last: date) -> tuple[Change, ...]:
    """Every step between neighbouring maps of `folder` that overlaps the days `first` to `last`."""
    paths = {dated(path): path for path in sorted(folder.glob("territory_*.geojson.gz"))}
    days = sorted(paths)
    wanted = [(a, b) for a, b in pairwise(days) if a < last and b > first]
    if not wanted:
        return ()
    frame = _frame(line)
    held = {day: _plane(frame, load_areas(paths[day])) for day in {d for pair in wanted for d in pair}}
    final = held[wanted[-1][1]]
    return tuple(
        _change(a, b, held[a], held[b], final, _axis(frame, line, a), _axis(frame, line, b)) for a, b in wanted
    )


def _change(
    since: date, until: date, a: shapely.Geometry, b: shapely.Geometry, final: shapely.Geometry,
    axis: LineAxis, after: LineAxis,
) -> Change:  # fmt: skip
    grown, shrunk = shapely.difference(b, a), shapely.difference(a, b)
    undone = shapely.difference(grown, final).area + shapely.intersection(shrunk, final).area
    edits = [_edit(part, a, axis, grown=True) for part in shapely.get_parts(grown) if part.area >= SLIVER_M2]
    edits += [_edit(part, b, axis, grown=False) for part in shapely.get_parts(shrunk) if part.area >= SLIVER_M2]
    steps = np.arange(0.0, after.length_m, 250.0)
    x_m, y_m = (np.interp(steps, after.cum_m, after.vertices_xy[:, k]) for k in (0, 1))
    moved = np.abs(locate(axis, x_m, y_m)[1]) > SHOWN_M
    return Change(
        since=since,
        until=until,
        grown_km2=grown.area / KM2,
        shrunk_km2=shrunk.area / KM2,
        undone_km2=undone / KM2,
        moved_km=float(moved.sum()) * 0.25,
        edits=tuple(sorted((e for e in edits if e is not None), key=lambda e: -e.area_km2)),
    )


def _edit(part: shapely.Geometry, held: shapely.Geometry, axis: LineAxis, *, grown: bool) -> Edit | None:
    """The edit, or None where it is nowhere near the line."""
    corners = shapely.get_coordinates(part)
    chainage_m, offset_m = locate(axis, *corners.T)
    if np.abs(offset_m).min() > AT_LINE_M:
        return None
    depth_m = float(shapely.distance(shapely.points(corners), held).max())
    return Edit(
        grown=grown,
        area_km2=part.area / KM2,
        depth_km=depth_m / KM,
        from_km=float(chainage_m.min()) / KM,
        to_km=float(chainage_m.max()) / KM,
    )


def _frame(line: Line) -> Frame:
    west, south, east, north = shapely.total_bounds(
        shapely.linestrings(line.versions.history[0].value.vertices_deg)
    ).tolist()
    return local_frame(round((west + east) / 2, 1), round((south + north) / 2, 1))


def _plane(frame: Frame, shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda degrees: np.column_stack(frame.to_plane(degrees[:, 0], degrees[:, 1])))


def _axis(frame: Frame, line: Line, day: date) -> LineAxis:
    vertices = np.array(line.versions.at(day).value.vertices_deg)
    return build_axis(np.column_stack(frame.to_plane(*vertices.T)))
