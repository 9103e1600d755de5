"""The map: the whole line with the day's subjects, and up to four closer sheets with what was seen from where."""

import numpy as np

from truceline.domain.report import DailyReport
from truceline.reports import svg
from truceline.reports.labels import Box, dot_box
from truceline.reports.map_ground import (
    Draft,
    chainage_ticks,
    corner,
    draft,
    ground,
    places,
    sectors,
    side_names,
    text,
)
from truceline.reports.map_layers import areas, names, observers, seen_sectors
from truceline.reports.scene import Scene, build_scene
from truceline.reports.sheet import Window, detail_sheet, whole_sheet, windows

DETAIL_PX = 540.0
PLACES_OVERVIEW, PLACES_DETAIL = 16, 14
WIDE_PX, TALL_PX = 1000.0, 760.0


def map_svg(report: DailyReport) -> str:
    """Several SVG elements: the overview, then the sheets A to D in order along the line."""
    scene = build_scene(report)
    near = windows(scene)
    return "".join([_overview(scene, near), *[_detail(scene, window) for window in near]])


def marks_left_out(report: DailyReport) -> int:
    """How many of the day's subjects are on the overview only, because four sheets do not hold them."""
    scene = build_scene(report)
    return len(scene.marks) - sum(len(window.marks) for window in windows(scene))


def closest_sheet(report: DailyReport) -> str:
    """The closest sheet that holds the report's subjects, as one SVG element; nothing without a subject."""
    scene = build_scene(report)
    near = windows(scene)
    return _detail(scene, near[0]) if near else ""


def _overview(scene: Scene, near: tuple[Window, ...]) -> str:
    sheet = whole_sheet(scene)
    page = draft(scene, sheet)
    under, line = ground(page, "o")
    marks = []
    for mark in scene.marks:
        x, y = sheet.draw(np.array([mark.xy_m]))[0]
        marks.append(svg.circle(x, y, 3.5, svg.tooltip(mark.subject.id), klass=f"dot tone-{mark.tone}"))
        page.taken.append(dot_box(x, y, 4.0))
    frames = _window_frames(page, near)
    over = [sectors(page), chainage_ticks(page, 9), places(page, PLACES_OVERVIEW), side_names(page)]
    about = f"The whole line, {scene.report.line.length_km:.0f} km, with {len(scene.marks)} marks of the day."
    shape = "wide" if sheet.width > WIDE_PX else "tall" if sheet.height > TALL_PX else "square"
    parts = [under, line, *over, *marks, frames, corner(sheet)]
    return svg.figure(sheet.width, sheet.height, parts, title="Overview", about=about, klass=f"sheet overview {shape}")


def _window_frames(page: Draft, near: tuple[Window, ...]) -> str:
    """A square for each closer sheet, with its letter."""
    drawn, halves = [], []
    for window in near:
        x, y = (float(v) for v in page.sheet.draw(np.array([window.centre_xy]))[0])
        half = max(9.0, window.across_m * page.sheet.px_per_m / 2)
        drawn.append(svg.box(x - half, y - half, 2 * half, 2 * half, klass="window", rx=2.0))
        page.taken.append(dot_box(x, y, half))
        halves.append((window.letter, x, y, half))
    for letter, x, y, half in halves:
        drawn.append(text(page.fit(letter, x, y, 17, (half + 5, half + 14, half + 26)), "letter"))
    return svg.group(*drawn)


def _detail(scene: Scene, window: Window) -> str:
    sheet = detail_sheet(scene, window, DETAIL_PX)
    page = draft(scene, sheet)
    page.taken.append(Box(x0=0, y0=0, x1=46, y1=46))
    under, line = ground(page, window.letter.lower())
    shapes = areas(page)
    posts = observers(page)
    labels = names(page)
    over = [sectors(page), chainage_ticks(page, 5), places(page, PLACES_DETAIL), side_names(page)]
    letter = svg.words(14, 30, window.letter, klass="letter")
    drawn = svg.group(
        seen_sectors(page),
        line,
        *over,
        shapes,
        posts,
        labels,
        clip_path=f"url(#clip-{window.letter.lower()})",
    )
    ids = ", ".join(mark.subject.id for mark in window.marks)
    about = f"{sheet.width / sheet.px_per_m / 1000:.0f} km across, with {ids}."
    return svg.figure(
        sheet.width, sheet.height, [under, drawn, letter, corner(sheet)], title=f"Sheet {window.letter}",
        about=about, klass="sheet detail",
    )  # fmt: skip
