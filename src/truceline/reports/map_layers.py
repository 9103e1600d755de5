"""Layers of a detail sheet: sectors as perceived, where observers stood, fixes, and the 90 % areas of subjects."""

import numpy as np

from truceline.domain.incident import Engagement
from truceline.domain.report import ReportedObservation
from truceline.judgement.words import amount, counted, plain
from truceline.reports import svg
from truceline.reports.labels import Box, Label, dot_box
from truceline.reports.map_ground import Draft
from truceline.reports.scene import Mark, Scene, ellipse_outline, sector_outlines, to_plane
from truceline.reports.sheet import thinned

NAME_SIZE = 13.0
NAME_DISTANCES = (10.0, 18.0, 30.0, 44.0, 60.0, 80.0, 104.0, 130.0)
LEADER_FROM = 26.0  # farther than this a stroke joins the name to its mark


def tone_of(scene: Scene, seen: ReportedObservation) -> str:
    """The CSS class of the subject that an observation belongs to; neutral where it belongs to none."""
    tone = scene.tones.get(seen.subject) if seen.subject is not None else None
    return "tone-none" if tone is None else f"tone-{tone}"


def said(seen: ReportedObservation) -> str:
    """One line about an observation, for tooltips."""
    return f"{seen.id}: {counted(seen.count, seen.phenomenon)}, {plain(seen.means)}, {seen.when_text}"


def seen_sectors(page: Draft) -> str:
    """Sectors as perceived, soft and see-through: where several overlap, the ground is darker."""
    soft = []
    for seen in page.scene.report.observations:
        klass = f"sector-seen {tone_of(page.scene, seen)}" + (" open" if seen.range_m[1] is None else "")
        for outline in sector_outlines(page.scene.frame, seen):
            shown = page.sheet.draw(outline)
            if _on_sheet(page, shown):
                soft.append(svg.path(svg.outline(thinned(shown), closed=True), svg.tooltip(said(seen)), klass=klass))
    return svg.group(*soft)


def _on_sheet(page: Draft, shown: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    low, high = shown.min(axis=0), shown.max(axis=0)
    return bool(high[0] > 0 and high[1] > 0 and low[0] < page.sheet.width and low[1] < page.sheet.height)


def observers(page: Draft) -> str:
    """Where observers stood, and fixes as they reported them."""
    marks = []
    posts: dict[tuple[float, float], list[str]] = {}
    for seen in page.scene.report.observations:
        if seen.sensor_deg is not None and seen.sensor not in posts.setdefault(seen.sensor_deg, []):
            posts[seen.sensor_deg].append(seen.sensor)
        if seen.fix_deg is not None:
            x, y = (float(v) for v in page.sheet.draw(to_plane(page.scene.frame, [seen.fix_deg]))[0])
            cross = f"M{svg.number(x - 4)} {svg.number(y - 4)}l8 8m0 -8l-8 8"
            if dot_box(x, y, 5).within(page.bounds):
                marks.append(svg.path(cross, svg.tooltip(said(seen)), klass=f"fix {tone_of(page.scene, seen)}"))
                page.taken.append(dot_box(x, y, 5))
    for at_deg, names in sorted(posts.items()):
        x, y = (float(v) for v in page.sheet.draw(to_plane(page.scene.frame, [at_deg]))[0])
        if dot_box(x, y, 7).within(page.bounds):
            page.taken.append(dot_box(x, y, 7))
            triangle = f"M{svg.number(x)} {svg.number(y - 7)}l6.5 11.5h-13Z"
            marks.append(svg.path(triangle, svg.tooltip(", ".join(names)), klass="observer"))
    return svg.group(*marks)


def _shown(page: Draft) -> list[tuple[Mark, float, float]]:
    found = []
    for mark in page.scene.marks:
        x, y = (float(v) for v in page.sheet.draw(np.array([mark.xy_m]))[0])
        if dot_box(x, y, 3).within(page.bounds):
            found.append((mark, x, y))
    return found


def areas(page: Draft) -> str:
    """90 % areas with their middles."""
    drawn = []
    for mark, x, y in _shown(page):
        outline = ellipse_outline(page.scene.frame, mark.subject.where)
        shown = page.sheet.draw(outline)
        (x0, y0), (x1, y1) = shown.min(axis=0), shown.max(axis=0)
        page.shapes.append(Box(x0=float(x0), y0=float(y0), x1=float(x1), y1=float(y1)))
        ring = svg.outline(thinned(shown), closed=True)
        drawn.append(svg.path(ring, svg.tooltip(_said(mark)), klass=f"area {mark.kind} tone-{mark.tone}"))
        drawn.append(_middle(mark, x, y))
        page.taken.append(dot_box(x, y, 5))
    return svg.group(*drawn)


def names(page: Draft) -> str:
    """The ids beside their marks, with a stroke to the mark where one had to move."""
    drawn = []
    for mark, x, y in _shown(page):
        label = page.fit(mark.subject.id, x, y, NAME_SIZE, NAME_DISTANCES)
        if label is None:
            continue
        if label.away > LEADER_FROM:
            end_x, end_y = _end(label, y)
            drawn.append(svg.line(x, y, end_x, end_y, klass=f"leader tone-{mark.tone}"))
        drawn.append(svg.words(label.x, label.y, label.text, klass=f"name tone-{mark.tone}", anchor=label.anchor))
    return svg.group(*drawn)


def _end(label: Label, y: float) -> tuple[float, float]:
    room: Box = label.box
    if label.anchor == "middle":
        return label.x, room.y1 if label.y < y else room.y0
    return (room.x0 - 2 if label.anchor == "start" else room.x1 + 2), label.y - 4


def _middle(mark: Mark, x: float, y: float) -> str:
    if mark.kind == "engagement":
        return svg.circle(x, y, 4.0, klass=f"dot tone-{mark.tone}")
    return svg.path(f"M{svg.number(x)} {svg.number(y - 5)}l5 5l-5 5l-5 -5Z", klass=f"diamond tone-{mark.tone}")


def _said(mark: Mark) -> str:
    subject = mark.subject
    if isinstance(subject, Engagement):
        count = amount(subject.count_low, subject.count_high, subject.count_likely)
        return f"{subject.id}: 90 % area; {count} distinct signatures"
    return f"{subject.id}: 90 % area; {plain(subject.phenomenon)}"
