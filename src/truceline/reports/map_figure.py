"""The map: the whole line with the day's subjects on it, and up to four closer sheets with what was seen from where."""

import numpy as np

from truceline.domain.report import DailyReport
from truceline.geo.line import locate, point_at
from truceline.reports import svg
from truceline.reports.labels import Box, Label, dot_box, fit, text_box, text_width
from truceline.reports.map_layers import seen_layer, subject_layer
from truceline.reports.scene import F64, Scene, build_scene, to_plane
from truceline.reports.sheet import Sheet, Window, detail_sheet, sides, thinned, visible, whole_sheet, windows

DETAIL_PX = 540.0
STEPS_KM = (1, 2, 5, 10, 20, 50, 100, 200)
PLACE_SIZE, MARK_SIZE, SMALL = 11.5, 13.0, 11.0
PLACES_OVERVIEW, PLACES_DETAIL = 16, 14


def map_svg(report: DailyReport) -> str:
    """Several SVG elements: the overview, then the sheets A to D in order along the line."""
    scene = build_scene(report)
    near = windows(scene)
    return "".join([_overview(scene, near), *[_detail(scene, window) for window in near]])


def marks_left_out(report: DailyReport) -> int:
    """How many of the day's subjects are on the overview only, because four sheets do not hold them."""
    scene = build_scene(report)
    return len(scene.marks) - sum(len(window.marks) for window in windows(scene))


def _overview(scene: Scene, near: tuple[Window, ...]) -> str:
    sheet = whole_sheet(scene)
    line = sheet.draw(scene.line_xy)
    bounds = _bounds(sheet)
    taken: list[Box] = _furniture(sheet)
    marks, labels = [], []
    for window in near:
        x, y = sheet.draw(np.array([window.centre_xy]))[0]
        half = max(9.0, window.across_m * sheet.px_per_m / 2)
        marks.append(svg.box(x - half, y - half, 2 * half, 2 * half, klass="window", rx=2.0))
        taken.append(dot_box(x, y, half))
    for mark in scene.marks:
        x, y = sheet.draw(np.array([mark.xy_m]))[0]
        marks.append(svg.circle(x, y, 3.5, svg.tooltip(mark.subject.id), klass=f"dot tone-{mark.tone}"))
        taken.append(dot_box(x, y, 4.0))
    for window in near:
        x, y = sheet.draw(np.array([window.centre_xy]))[0]
        half = max(9.0, window.across_m * sheet.px_per_m / 2)
        label = fit(window.letter, x, y, size=17, taken=taken, bounds=bounds, distances=(half + 5, half + 16, half + 30))
        labels.append(_text(label, "letter", taken))
    chainages = _chainage_ticks(scene, sheet, taken)
    borders = _sector_layer(scene, sheet, taken, bounds)
    ground = _ground(scene, sheet, line, "o", taken)
    places = _places(scene, sheet, taken, bounds, PLACES_OVERVIEW)
    parts = [*ground, chainages, borders, places, *marks, *labels, *_corner(sheet)]
    about = f"The whole line, {scene.report.line.length_km:.0f} km, with {len(scene.marks)} marks of the day."
    shape = "wide" if sheet.width > 1000 else "tall" if sheet.height > 700 else "square"
    return svg.figure(
        sheet.width, sheet.height, parts, title="Overview", about=about, klass=f"sheet overview {shape}"
    )


def _detail(scene: Scene, window: Window) -> str:
    sheet = detail_sheet(scene, window, DETAIL_PX)
    line = sheet.draw(scene.line_xy)
    bounds, taken = _bounds(sheet), _furniture(sheet)
    taken.append(dot_box(24, 24, 22))
    seen = seen_layer(scene, sheet, taken)
    subjects, names = subject_layer(scene, sheet, taken, bounds, MARK_SIZE)
    chainages = _chainage_ticks(scene, sheet, taken)
    borders = _sector_layer(scene, sheet, taken, bounds)
    ground = _ground(scene, sheet, line, window.letter.lower(), taken)
    places = _places(scene, sheet, taken, bounds, PLACES_DETAIL)
    letter = svg.words(14, 30, window.letter, klass="letter")
    parts = [ground[0], seen[0], *ground[1:], chainages, borders, subjects, seen[1], places, names, letter]
    ids = ", ".join(mark.subject.id for mark in window.marks)
    about = f"{sheet.width / sheet.px_per_m / 1000:.0f} km across, with {ids}."
    return svg.figure(
        sheet.width, sheet.height, [*parts, *_corner(sheet)], title=f"Sheet {window.letter}", about=about,
        klass="sheet detail",
    )  # fmt: skip


def _bounds(sheet: Sheet) -> Box:
    return Box(x0=6, y0=6, x1=sheet.width - 6, y1=sheet.height - 6)


def _furniture(sheet: Sheet) -> list[Box]:
    """Room kept for the scale bar and the north arrow."""
    return [
        Box(x0=0, y0=sheet.height - 44, x1=190, y1=sheet.height),
        Box(x0=sheet.width - 44, y0=0, x1=sheet.width, y1=56),
    ]


def _text(label: Label | None, klass: str, taken: list[Box]) -> str:
    if label is None:
        return ""
    taken.append(label.box)
    return svg.words(label.x, label.y, label.text, klass=klass, anchor=label.anchor)


def _ground(scene: Scene, sheet: Sheet, line: F64, key: str, taken: list[Box]) -> list[str]:
    """Ground and the two sides (one hatch, mirrored: neither side looks heavier), then the line and their names."""
    left, right = sides(sheet, line)
    strokes = "".join(svg.outline(thinned(part)) for part in visible(line, sheet))
    fade = [svg.path(strokes, klass=f"fade fade-{step}") for step in (1, 2, 3)]
    defs = svg.element(
        "defs",
        svg.hatch(f"left-{key}", angle_deg=45, gap=5, klass="hatching"),
        svg.hatch(f"right-{key}", angle_deg=-45, gap=5, klass="hatching"),
        svg.element("mask", *fade, id=f"near-{key}", maskUnits="userSpaceOnUse", x=0.0, y=0.0,
                    width=sheet.width, height=sheet.height),
        svg.element("clipPath", svg.box(0, 0, sheet.width, sheet.height, rx=6.0), id=f"clip-{key}"),
    )  # fmt: skip
    names = scene.report.line
    bands = svg.group(
        svg.path(left, svg.tooltip(names.left), fill=f"url(#left-{key})"),
        svg.path(right, svg.tooltip(names.right), fill=f"url(#right-{key})"),
        mask=f"url(#near-{key})",
    )
    under = defs + svg.box(0, 0, sheet.width, sheet.height, klass="ground", rx=6.0) + bands
    drawn = svg.group(
        svg.path(strokes, klass="line-casing"),
        svg.path(strokes, svg.tooltip(f"{names.name}, as of {names.since}"), klass="line"),
        clip_path=f"url(#clip-{key})",
    )
    return [under, drawn, _side_names(scene, sheet, line, taken)]


def _side_names(scene: Scene, sheet: Sheet, line: F64, taken: list[Box]) -> str:
    """The two names, each wholly on its own side, as close to the line as there is room and as long as the line."""
    crossed = [dot_box(x, y, 5) for part in visible(line, sheet, 0.0) for x, y in _dense(part, 8.0)]
    bounds = _bounds(sheet)
    written = []
    for name, sign in ((scene.report.line.left, 1.0), (scene.report.line.right, -1.0)):
        spot = _free_spot(scene, sheet, line, name, sign, [*taken, *crossed], bounds)
        if spot is not None:
            taken.append(spot.box)
            written.append(svg.words(spot.x, spot.y, name, klass="side-name", anchor="middle"))
    return "".join(written)


def _free_spot(
    scene: Scene, sheet: Sheet, line: F64, name: str, sign: float, taken: list[Box], bounds: Box
) -> Label | None:
    grid_x, grid_y = np.meshgrid(np.arange(30.0, sheet.width - 20, 20.0), np.arange(40.0, sheet.height - 20, 20.0))
    xy = np.column_stack([grid_x.ravel(), grid_y.ravel()])
    turn = np.radians(sheet.north_deg)
    east = (xy[:, 0] - sheet.width / 2) / sheet.px_per_m
    north = (sheet.height / 2 - xy[:, 1]) / sheet.px_per_m
    x_m = sheet.centre_xy[0] + east * np.cos(turn) + north * np.sin(turn)
    y_m = sheet.centre_xy[1] - east * np.sin(turn) + north * np.cos(turn)
    _, offset_m = locate(scene.axis, x_m, y_m)
    away = offset_m * sign * sheet.px_per_m
    ideal = 34.0 + text_width(name, SMALL) / 6
    for index in np.argsort(np.abs(away - ideal), kind="stable"):
        if away[index] < 12.0:
            continue
        x, y = float(xy[index, 0]), float(xy[index, 1])
        room = text_box(x, y, name, SMALL, "middle")
        if room.within(bounds) and not any(room.meets(other) for other in taken):
            return Label(text=name, x=x, y=y, anchor="middle", away=0.0, box=room)
    return None


def _dense(points: F64, step: float) -> F64:
    """`points` with more between them, none farther than `step` from the next."""
    length = np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    at = np.linspace(0.0, length[-1], max(2, int(length[-1] / step) + 1))
    return np.column_stack([np.interp(at, length, points[:, 0]), np.interp(at, length, points[:, 1])])


def _across(scene: Scene, sheet: Sheet, chainage_m: float) -> tuple[F64, F64]:
    """A point of the line on the sheet and the unit direction across it there, smoothed over some strokes."""
    reach = 6.0 / sheet.px_per_m
    ends = np.clip([chainage_m - reach, chainage_m, chainage_m + reach], 0.0, scene.axis.length_m)
    before, at, after = sheet.draw(np.column_stack(point_at(scene.axis, ends)))
    step = after - before
    return at, np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-9)


def _step_km(visible_km: float, most: int) -> int:
    return next((step for step in STEPS_KM if visible_km / step <= most), STEPS_KM[-1])


def _chainage_ticks(scene: Scene, sheet: Sheet, taken: list[Box]) -> str:
    """Kilometre marks along the line, so that "km 143" in the text can be found on the map."""
    length_km = scene.report.line.length_km
    shown_km = min(length_km, 1.5 * sheet.width / sheet.px_per_m / 1000)
    step = _step_km(shown_km, 9)
    bounds = _bounds(sheet)
    drawn = []
    for km in range(0, int(length_km) + 1, step):
        at, across = _across(scene, sheet, 1000.0 * km)
        if not dot_box(at[0], at[1], 1).within(bounds):
            continue
        a, b = at - 4 * across, at + 4 * across
        drawn.append(svg.line(a[0], a[1], b[0], b[1], klass="tick"))
        label = fit(f"km {km}", at[0], at[1], size=10, taken=taken, bounds=bounds, distances=(9.0, 14.0))
        drawn.append(_text(label, "km", taken))
    return svg.group(*drawn)


def _sector_layer(scene: Scene, sheet: Sheet, taken: list[Box], bounds: Box) -> str:
    """Borders between sectors as long strokes across the line, and each sector's name beside its middle."""
    drawn = []
    for name, from_km, to_km in scene.report.line.sectors:
        if from_km > 0.05:
            at, across = _across(scene, sheet, 1000.0 * from_km)
            a, b = at - 15 * across, at + 15 * across
            drawn.append(svg.line(a[0], a[1], b[0], b[1], klass="border"))
        middle, _ = _across(scene, sheet, 500.0 * (from_km + to_km))
        label = fit(name, middle[0], middle[1], size=12, taken=taken, bounds=bounds, distances=(20.0, 34.0, 50.0))
        if sheet.width / sheet.px_per_m > 60_000 or label is not None:
            drawn.append(_text(label, "sector", taken))
    return svg.group(*drawn)


def _places(scene: Scene, sheet: Sheet, taken: list[Box], bounds: Box, most: int) -> str:
    """Place names where there is room, those nearest to the day's subjects first."""
    places = scene.report.places
    if not places:
        return ""
    xy = to_plane(scene.frame, [(lon, lat) for _, lon, lat in places])
    shown = sheet.draw(xy)
    marks = np.array([m.xy_m for m in scene.marks]) if scene.marks else scene.line_xy
    near = [float(np.min(np.hypot(*(marks - at).T))) for at in xy]
    drawn: list[str] = []
    count = 0
    for index in sorted(range(len(places)), key=lambda i: (near[i], places[i][0])):
        x, y = (float(v) for v in shown[index])
        if count == most or not dot_box(x, y, 4).within(bounds):
            continue
        label = fit(places[index][0], x, y, size=PLACE_SIZE, taken=taken, bounds=bounds, distances=(7.0, 11.0))
        if label is not None and not any(dot_box(x, y, 2).meets(other) for other in taken):
            taken.append(dot_box(x, y, 3))
            drawn.extend([svg.circle(x, y, 2.2, klass="place-dot"), _text(label, "place", taken)])
            count += 1
    return svg.group(*drawn)


def _corner(sheet: Sheet) -> list[str]:
    """Scale bar and north arrow."""
    km = next((s for s in reversed(STEPS_KM) if s * 1000 * sheet.px_per_m <= 150), 1)
    y, length = sheet.height - 16, km * 1000 * sheet.px_per_m
    bar = [
        svg.path(f"M16 {svg.number(y - 5)}V{svg.number(y)}H{svg.number(16 + length)}V{svg.number(y - 5)}", klass="scale"),
        svg.words(22 + length, y + 1, f"{km} km", klass="km"),
    ]
    x = sheet.width - 22
    arrow = [
        svg.path(f"M{svg.number(x)} 14L{svg.number(x + 5)} 30L{svg.number(x)} 26L{svg.number(x - 5)} 30Z", klass="north"),
        svg.words(x, 43, "N", klass="km", anchor="middle"),
    ]
    return [svg.group(*bar), svg.group(*arrow)]
