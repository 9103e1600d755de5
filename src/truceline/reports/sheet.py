"""A sheet of map: a north-up window on the plane, which stretch of it to show, and which ground lies on which side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from truceline.geo.line import locate, point_at
from truceline.reports.scene import F64, Mark, Scene, ellipse_outline, north_deg, sector_outlines, to_plane
from truceline.reports.svg import Point, outline

SMALLEST_M, LARGEST_M = 8_000.0, 40_000.0  # how much ground a detail sheet shows across
RADII_M = (7_000.0, 11_000.0, 17_000.0)  # how close marks must be to share a sheet: the closest that will do
SHEETS = 4
LETTERS = "ABCD"
LINE_SHOWN_M = 8_000.0  # marks this close to the line share their sheet with it
APART_PX = 0.7  # vertices nearer than this look alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A window of `width` by `height` figure units; true north of its middle is up."""

    centre_xy: tuple[float, float]
    north_deg: float
    px_per_m: float
    width: float
    height: float

    def draw(self, xy_m: F64) -> F64:
        """(n, 2) figure units from plane metres."""
        turn = np.radians(self.north_deg)
        away = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2) - np.asarray(self.centre_xy)
        east = away[:, 0] * np.cos(turn) - away[:, 1] * np.sin(turn)
        north = away[:, 0] * np.sin(turn) + away[:, 1] * np.cos(turn)
        return np.column_stack([self.width / 2 + east * self.px_per_m, self.height / 2 - north * self.px_per_m])


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of ground worth its own sheet: its middle, how far across, and the subjects in it."""

    letter: str
    centre_xy: tuple[float, float]
    across_m: float
    marks: tuple[Mark, ...]


def north_at(scene: Scene, xy: tuple[float, float]) -> float:
    """Direction of true north at a point of the plane, clockwise from +y."""
    lon, lat = scene.frame.to_degrees(np.array([xy[0]]), np.array([xy[1]]))
    return north_deg(scene.frame, float(lon[0]), float(lat[0]))


def whole_sheet(scene: Scene) -> Sheet:
    """The sheet that shows the whole line and every mark: as wide as the line is long east to west."""
    middle = (scene.line_xy.min(axis=0) + scene.line_xy.max(axis=0)) / 2
    north = north_at(scene, (float(middle[0]), float(middle[1])))
    unit = Sheet(centre_xy=(float(middle[0]), float(middle[1])), north_deg=north, px_per_m=1.0, width=0.0, height=0.0)
    points = np.vstack([scene.line_xy, *[np.array([m.xy_m]) for m in scene.marks]])
    shown = unit.draw(points)
    low, high = shown.min(axis=0), shown.max(axis=0)
    across, tall = (float(v) for v in np.maximum(high - low, 1.0))
    width, padding = (1120.0, 70.0) if across > 1.5 * tall else (540.0, 60.0)
    scale = min((width - 2 * padding) / across, (900.0 - 2 * padding) / tall)
    height = min(900.0, max(300.0 if width > 1000 else 400.0, tall * scale + 2 * padding))
    turn, shift = np.radians(north), (low + high) / 2
    centre = middle + np.array(
        [
            shift[0] * np.cos(turn) - shift[1] * np.sin(turn),
            -shift[0] * np.sin(turn) - shift[1] * np.cos(turn),
        ]
    )
    at = (float(centre[0]), float(centre[1]))
    return Sheet(centre_xy=at, north_deg=north, px_per_m=float(scale), width=width, height=float(height))


def detail_sheet(scene: Scene, window: Window, width: float) -> Sheet:
    """The square sheet of a window."""
    return Sheet(
        centre_xy=window.centre_xy,
        north_deg=north_at(scene, window.centre_xy),
        px_per_m=width / window.across_m,
        width=width,
        height=width,
    )


def _grouped(marks: Sequence[Mark], radius_m: float) -> list[tuple[Mark, ...]]:
    """Up to SHEETS groups of marks, each within `radius_m` east and north of one of them, the fullest first."""
    left = list(marks)
    found: list[tuple[Mark, ...]] = []
    while left and len(found) < SHEETS:
        xy = np.array([m.xy_m for m in left])
        near = (np.abs(xy[:, None, :] - xy[None, :, :]) <= radius_m).all(axis=2)
        chosen = near[int(np.argmax(near.sum(axis=1)))]
        found.append(tuple(m for m, held in zip(left, chosen, strict=True) if held))
        left = [m for m, held in zip(left, chosen, strict=True) if not held]
    return found


def windows(scene: Scene) -> tuple[Window, ...]:
    """The day's subjects in up to four windows, the closest that hold them all; lettered along the line."""
    groups: list[tuple[Mark, ...]] = []
    for radius_m in RADII_M:
        groups = _grouped(scene.marks, radius_m)
        if sum(len(g) for g in groups) == len(scene.marks):
            break
    order = {mark.subject.id: place for place, mark in enumerate(scene.marks)}
    groups.sort(key=lambda g: min(order[m.subject.id] for m in g))
    made = []
    for letter, held in zip(LETTERS, groups, strict=False):
        centre, across_m = _extent(scene, held)
        made.append(Window(letter=letter, centre_xy=centre, across_m=across_m, marks=held))
    return tuple(made)


def _extent(scene: Scene, held: tuple[Mark, ...]) -> tuple[tuple[float, float], float]:
    """Middle and size of a window that shows its marks, their ellipses and what their reports saw."""
    ids = {m.subject.id for m in held}
    shapes = [ellipse_outline(scene.frame, m.subject.where) for m in held]
    for seen in scene.report.observations:
        if seen.subject in ids:
            shapes.extend(sector_outlines(scene.frame, seen))
            shapes.extend([to_plane(scene.frame, [seen.sensor_deg])] if seen.sensor_deg is not None else [])
    core = np.array([m.xy_m for m in held])
    points = np.vstack([core, *shapes, _line_near(scene, core)])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    across = 1.25 * float(np.max(points.max(axis=0) - points.min(axis=0)))
    if across > LARGEST_M:  # too much to show: keep the marks in the middle, let outlines run off the sheet
        middle, across = (core.min(axis=0) + core.max(axis=0)) / 2, LARGEST_M
    return (float(middle[0]), float(middle[1])), max(SMALLEST_M, across)


def _line_near(scene: Scene, core: F64) -> F64:
    """The points of the line nearest to marks that lie close to it: a sheet without the line says little."""
    chainage_m, offset_m = locate(scene.axis, core[:, 0], core[:, 1])
    return np.column_stack(point_at(scene.axis, chainage_m[np.abs(offset_m) <= LINE_SHOWN_M]))


def _run_on(line: F64, far: float) -> F64:
    """The line with both ends run on straight by `far`, so that it parts the whole sheet."""
    reach = max(2, len(line) // 10)
    tail = line[0] - line[min(reach, len(line) - 1)]
    head = line[-1] - line[max(-1 - reach, -len(line))]
    ends = [v / max(float(np.hypot(*v)), 1e-9) * far for v in (tail, head)]
    return np.vstack([line[0] + ends[0], line, line[-1] + ends[1]])


def sides(sheet: Sheet, line: F64) -> tuple[str, str]:
    """Path data of the ground left and right of `line` (figure units) as one walks it in order."""
    margin = 40.0
    rect = shapely.box(-margin, -margin, sheet.width + margin, sheet.height + margin)
    long = _run_on(line, 4 * (sheet.width + sheet.height) + float(np.ptp(line)))
    cut = shapely.unary_union([rect.boundary, shapely.LineString(long).intersection(rect)])
    found: dict[bool, list[str]] = {True: [], False: []}
    for piece in shapely.get_parts(shapely.polygonize([cut])):
        inside = shapely.normalize(piece)
        inner = shapely.point_on_surface(inside)
        found[_is_left(long, inner.x, inner.y)].append(_ring(inside))
    return "".join(sorted(found[True])), "".join(sorted(found[False]))


def _is_left(line: F64, x: float, y: float) -> bool:
    """Left of the nearest stroke of `line`; y points down, so the sign is turned. Corners use both strokes."""
    start, step = line[:-1], np.diff(line, axis=0)
    length2 = np.maximum((step**2).sum(axis=1), 1e-12)
    to = np.array([x, y]) - start
    share = np.clip((to * step).sum(axis=1) / length2, 0.0, 1.0)
    away = ((to - share[:, None] * step) ** 2).sum(axis=1)
    near = np.flatnonzero(away <= away.min() + 1e-9)
    across = step[near, 0] * to[near, 1] - step[near, 1] * to[near, 0]
    deepest = np.argmax(np.abs(across) / np.sqrt(length2[near]))
    return bool(across[deepest] < 0)


def _ring(piece: shapely.Polygon) -> str:
    return outline(thinned(np.asarray(piece.exterior.coords)), closed=True)


def thinned(points: F64) -> list[Point]:
    """`points` (figure units) without those that no eye can tell from the one before; both ends stay."""
    kept: list[Point] = []
    last = len(points) - 1
    for index, (x, y) in enumerate(points):
        if not kept or index == last or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= APART_PX:
            kept.append((float(x), float(y)))
    return kept


def visible(points: F64, sheet: Sheet, margin: float = 60.0) -> list[F64]:
    """The stretches of a drawn line that lie on the sheet or close to it."""
    cut = shapely.clip_by_rect(
        shapely.LineString(points), -margin, -margin, sheet.width + margin, sheet.height + margin
    )
    parts = [p for p in shapely.get_parts(cut) if p.geom_type == "LineString" and not p.is_empty]
    return [np.asarray(p.coords) for p in parts]
