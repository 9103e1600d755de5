"""What every map sheet stands on: the line with its two sides, kilometre marks, sectors, places, scale and north."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.geo.line import locate, point_at
from truceline.reports import svg
from truceline.reports.labels import Box, Label, dot_box, fit, text_box, text_width
from truceline.reports.scene import F64, Scene, to_plane
from truceline.reports.sheet import Sheet, sides, thinned, visible

STEPS_KM = (1, 2, 5, 10, 20, 50, 100, 200)
PLACE_SIZE, SECTOR_SIZE, SIDE_SIZE, KM_SIZE = 11.5, 14.0, 11.5, 10.5
NEAR = (7.0, 11.0, 16.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sheet being drawn: `taken` grows with every label; `crossed` is the line, `shapes` the areas drawn."""

    scene: Scene
    sheet: Sheet
    strokes: tuple[F64, ...]
    taken: list[Box]
    crossed: tuple[Box, ...]
    shapes: list[Box]

    @property
    def bounds(self) -> Box:
        """Where labels may be."""
        return Box(x0=6, y0=6, x1=self.sheet.width - 6, y1=self.sheet.height - 6)

    def fit(self, text: str, x: float, y: float, size: float, distances: Sequence[float]) -> Label | None:
        """The nearest place for `text` that covers neither another label nor the line; it is taken from then on."""
        label = fit(text, x, y, size=size, taken=[*self.taken, *self.crossed], bounds=self.bounds, distances=distances)
        if label is not None:
            self.taken.append(label.box)
        return label


def draft(scene: Scene, sheet: Sheet) -> Draft:
    """An empty sheet with room kept for the scale bar, the north arrow and the line."""
    strokes = tuple(visible(sheet.draw(scene.line_xy), sheet))
    crossed = tuple(dot_box(x, y, 3.0) for part in strokes for x, y in _dense(part, 6.0))
    kept = [
        Box(x0=0, y0=sheet.height - 40, x1=200, y1=sheet.height),
        Box(x0=sheet.width - 44, y0=0, x1=sheet.width, y1=56),
    ]
    return Draft(scene=scene, sheet=sheet, strokes=strokes, taken=kept, crossed=crossed, shapes=[])


def text(label: Label | None, klass: str) -> str:
    """A label as SVG; nothing where no room was found."""
    return "" if label is None else svg.words(label.x, label.y, label.text, klass=klass, anchor=label.anchor)


def ground(page: Draft, key: str) -> tuple[str, str]:
    """Two layers: the ground with both sides (one hatch, mirrored: neither looks heavier), and the line."""
    sheet, names = page.sheet, page.scene.report.line
    left, right = sides(sheet, sheet.draw(page.scene.line_xy))
    strokes = "".join(svg.outline(thinned(part)) for part in page.strokes)
    fade = [svg.path(strokes, klass=f"fade fade-{step}") for step in (1, 2, 3)]
    defs = svg.element(
        "defs",
        svg.hatch(f"left-{key}", angle_deg=45, gap=5, klass="hatching"),
        svg.hatch(f"right-{key}", angle_deg=-45, gap=5, klass="hatching"),
        svg.element("mask", *fade, id=f"near-{key}", maskUnits="userSpaceOnUse", x=0.0, y=0.0,
                    width=sheet.width, height=sheet.height),
        svg.element("clipPath", svg.box(0, 0, sheet.width, sheet.height, rx=6.0), id=f"clip-{key}"),
    )  # fmt: skip
    bands = svg.group(
        svg.path(left, svg.tooltip(names.left), fill=f"url(#left-{key})"),
        svg.path(right, svg.tooltip(names.right), fill=f"url(#right-{key})"),
        mask=f"url(#near-{key})",
    )
    drawn = svg.group(
        svg.path(strokes, klass="line-casing"),
        svg.path(strokes, svg.tooltip(f"{names.name}, as of {names.since}"), klass="line"),
    )
    return defs + svg.box(0, 0, sheet.width, sheet.height, klass="ground", rx=6.0) + bands, drawn


def side_names(page: Draft) -> str:
    """The two names, each wholly on its own side, as close to the line as there is room; none without the line."""
    if not page.strokes:
        return ""
    names = page.scene.report.line
    labels = [_on_side(page, names.left, 1.0), _on_side(page, names.right, -1.0)]
    return "".join(text(label, "side-name") for label in labels)


def _on_side(page: Draft, name: str, sign: float) -> Label | None:
    sheet = page.sheet
    grid_x, grid_y = np.meshgrid(np.arange(30.0, sheet.width - 20, 16.0), np.arange(40.0, sheet.height - 20, 16.0))
    xy = np.column_stack([grid_x.ravel(), grid_y.ravel()])
    turn = np.radians(sheet.north_deg)
    east = (xy[:, 0] - sheet.width / 2) / sheet.px_per_m
    north = (sheet.height / 2 - xy[:, 1]) / sheet.px_per_m
    x_m = sheet.centre_xy[0] + east * np.cos(turn) + north * np.sin(turn)
    y_m = sheet.centre_xy[1] - east * np.sin(turn) + north * np.cos(turn)
    chainage_m, offset_m = locate(page.scene.axis, x_m, y_m)
    beside = (chainage_m > 1.0) & (chainage_m < page.scene.axis.length_m - 1.0)  # beyond its ends there are no sides
    away = np.where(beside, offset_m * sign * sheet.px_per_m, -1.0)
    ideal = 30.0 + text_width(name, SIDE_SIZE) / 5
    for index in np.argsort(np.abs(away - ideal), kind="stable"):
        if away[index] < 12.0:
            continue
        x, y = float(xy[index, 0]), float(xy[index, 1])
        room = text_box(x, y, name, SIDE_SIZE, "middle")
        if room.within(page.bounds) and not any(
            room.meets(other) for other in (*page.taken, *page.crossed, *page.shapes)
        ):
            page.taken.append(room)
            return Label(text=name, x=x, y=y, anchor="middle", away=0.0, box=room)
    return None


def _dense(points: F64, step: float) -> F64:
    """`points` with more between them, none farther than `step` from the next."""
    length = np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    at = np.linspace(0.0, length[-1], max(2, int(length[-1] / step) + 1))
    return np.column_stack([np.interp(at, length, points[:, 0]), np.interp(at, length, points[:, 1])])


def _across(page: Draft, chainage_m: float) -> tuple[F64, F64]:
    """A point of the line on the sheet and the unit direction across it there, smoothed over some strokes."""
    reach = 6.0 / page.sheet.px_per_m
    ends = np.clip([chainage_m - reach, chainage_m, chainage_m + reach], 0.0, page.scene.axis.length_m)
    before, at, after = page.sheet.draw(np.column_stack(point_at(page.scene.axis, ends)))
    step = after - before
    return at, np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-9)


def chainage_ticks(page: Draft, most: int) -> str:
    """Kilometre marks along the line, so that "km 143" in the text can be found on the map."""
    length_km = page.scene.report.line.length_km
    shown_km = min(length_km, 1.5 * page.sheet.width / page.sheet.px_per_m / 1000)
    step = next((step for step in STEPS_KM if shown_km / step <= most), STEPS_KM[-1])
    drawn = []
    for km in range(0, int(length_km) + 1, step):
        at, across = _across(page, 1000.0 * km)
        if not dot_box(at[0], at[1], 1).within(page.bounds):
            continue
        a, b = at - 4 * across, at + 4 * across
        drawn.append(svg.line(a[0], a[1], b[0], b[1], klass="tick"))
        drawn.append(text(page.fit(f"km {km}", at[0], at[1], KM_SIZE, (8.0, 12.0, 17.0, 23.0)), "km"))
    return svg.group(*drawn)


def sectors(page: Draft) -> str:
    """Borders between sectors as long strokes across the line, and each sector's name beside its middle."""
    drawn = []
    for name, from_km, to_km in page.scene.report.line.sectors:
        if from_km > 0.05:
            at, across = _across(page, 1000.0 * from_km)
            a, b = at - 18 * across, at + 18 * across
            drawn.append(svg.line(a[0], a[1], b[0], b[1], klass="border"))
        middle, _ = _across(page, 500.0 * (from_km + to_km))
        drawn.append(text(page.fit(name, middle[0], middle[1], SECTOR_SIZE, (26.0, 40.0, 56.0)), "sector"))
    return svg.group(*drawn)


def places(page: Draft, most: int) -> str:
    """Place names where there is room, those nearest to the day's subjects first."""
    known = page.scene.report.places
    if not known:
        return ""
    xy = to_plane(page.scene.frame, [(lon, lat) for _, lon, lat in known])
    shown = page.sheet.draw(xy)
    marks = np.array([m.xy_m for m in page.scene.marks]) if page.scene.marks else page.scene.line_xy
    near = [float(np.min(np.hypot(*(marks - at).T))) for at in xy]
    drawn: list[str] = []
    for index in sorted(range(len(known)), key=lambda i: (near[i], known[i][0])):
        x, y = (float(v) for v in shown[index])
        dot = dot_box(x, y, 2.5)
        if len(drawn) == most or not dot.within(page.bounds) or any(dot.meets(other) for other in page.taken):
            continue
        label = page.fit(known[index][0], x, y, PLACE_SIZE, NEAR)
        if label is not None:
            page.taken.append(dot)
            drawn.append(svg.circle(x, y, 2.2, klass="place-dot") + text(label, "place"))
    return svg.group(*drawn)


def corner(sheet: Sheet) -> str:
    """Scale bar and north arrow."""
    km = next((s for s in reversed(STEPS_KM) if s * 1000 * sheet.px_per_m <= 150), 1)
    y, length, x = sheet.height - 16, km * 1000 * sheet.px_per_m, sheet.width - 22
    bar = f"M16 {svg.number(y - 5)}V{svg.number(y)}H{svg.number(16 + length)}V{svg.number(y - 5)}"
    arrow = f"M{svg.number(x)} 14l5 16l-5 -4l-5 4Z"
    return svg.group(
        svg.path(bar, klass="scale"),
        svg.words(22 + length, y + 1, f"{km} km", klass="km"),
        svg.path(arrow, klass="north"),
        svg.words(x, 43, "N", klass="km", anchor="middle"),
    )
