"""Layers of a detail sheet: sectors as perceived, where observers stood, fixes, and the 90 % areas of subjects."""

import numpy as np

from truceline.domain.report import ReportedObservation
from truceline.domain.incident import Engagement
from truceline.reports import svg
from truceline.reports.labels import Box, dot_box, fit
from truceline.reports.scene import Mark, Scene, ellipse_outline, sector_outlines, to_plane
from truceline.reports.sheet import Sheet, thinned
from truceline.reports.words import amount, plain

OBSERVER_SIZE = 11.0


def tone_of(scene: Scene, seen: ReportedObservation) -> str:
    """The CSS class of the subject that an observation belongs to; neutral where it belongs to none."""
    tone = scene.tones.get(seen.subject) if seen.subject is not None else None
    return "tone-none" if tone is None else f"tone-{tone}"


def said(seen: ReportedObservation) -> str:
    """One line about an observation, for tooltips."""
    return f"{seen.id}: {seen.count} {plain(seen.phenomenon)}, {plain(seen.means)}, {seen.when_text}"


def seen_layer(scene: Scene, sheet: Sheet, taken: list[Box]) -> tuple[str, str]:
    """Two layers: soft sectors (below the line) and the places of observers and fixes (above it)."""
    soft, marks = [], []
    observers: dict[tuple[float, float], list[str]] = {}
    for seen in scene.report.observations:
        tone = tone_of(scene, seen)
        for outline in sector_outlines(scene.frame, seen):
            open_ended = " open" if seen.range_m[1] is None else ""
            data = svg.outline(thinned(sheet.draw(outline)), closed=True)
            soft.append(svg.path(data, svg.tooltip(said(seen)), klass=f"sector-seen {tone}{open_ended}"))
        if seen.sensor_deg is not None:
            names = observers.setdefault(seen.sensor_deg, [])
            if seen.sensor not in names:
                names.append(seen.sensor)
        if seen.fix_deg is not None:
            x, y = sheet.draw(to_plane(scene.frame, [seen.fix_deg]))[0]
            cross = f"M{svg.number(x - 4)} {svg.number(y - 4)}l8 8m0 -8l-8 8"
            marks.append(svg.path(cross, svg.tooltip(said(seen)), klass=f"fix {tone}"))
            taken.append(dot_box(x, y, 5))
    bounds = Box(x0=4, y0=4, x1=sheet.width - 4, y1=sheet.height - 4)
    for at_deg, names in sorted(observers.items()):
        x, y = (float(v) for v in sheet.draw(to_plane(scene.frame, [at_deg]))[0])
        if not dot_box(x, y, 6).within(bounds):
            continue
        taken.append(dot_box(x, y, 7))
        triangle = f"M{svg.number(x)} {svg.number(y - 7)}l6.5 11.5h-13Z"
        marks.append(svg.path(triangle, svg.tooltip(", ".join(names)), klass="observer"))
    return svg.group(*soft, clip_path=None), svg.group(*marks)


def subject_layer(scene: Scene, sheet: Sheet, taken: list[Box], bounds: Box, size: float) -> tuple[str, str]:
    """90 % areas with their middles, and the ids beside them, with a leader where one had to move."""
    areas, names = [], []
    shown = [(mark, *(float(v) for v in sheet.draw(np.array([mark.xy_m]))[0])) for mark in scene.marks]
    on_sheet = [(mark, x, y) for mark, x, y in shown if dot_box(x, y, 3).within(bounds)]
    for mark, x, y in on_sheet:
        ring = svg.outline(thinned(sheet.draw(ellipse_outline(scene.frame, mark.subject.where))), closed=True)
        areas.append(svg.path(ring, svg.tooltip(_said(mark)), klass=f"area {mark.kind} tone-{mark.tone}"))
        areas.append(_middle(mark, x, y))
        taken.append(dot_box(x, y, 6))
    for mark, x, y in on_sheet:
        label = fit(
            mark.subject.id, x, y, size=size, taken=taken, bounds=bounds, distances=(12.0, 22.0, 36.0, 52.0, 70.0, 92.0)
        )
        if label is None:
            continue
        taken.append(label.box)
        if label.away > 24:
            end_x = {"start": label.box.x0 - 2, "end": label.box.x1 + 2, "middle": label.x}[label.anchor]
            end_y = label.y - 4 if label.anchor != "middle" else (label.box.y1 if label.y < y else label.box.y0)
            names.append(svg.line(x, y, end_x, end_y, klass=f"leader tone-{mark.tone}"))
        names.append(svg.words(label.x, label.y, label.text, klass=f"name tone-{mark.tone}", anchor=label.anchor))
    return svg.group(*areas), svg.group(*names)


def _middle(mark: Mark, x: float, y: float) -> str:
    if mark.kind == "engagement":
        return svg.circle(x, y, 4.0, klass=f"dot tone-{mark.tone}")
    diamond = f"M{svg.number(x)} {svg.number(y - 5)}l5 5l-5 5l-5 -5Z"
    return svg.path(diamond, klass=f"diamond tone-{mark.tone}")


def _said(mark: Mark) -> str:
    subject = mark.subject
    if isinstance(subject, Engagement):
        return f"{subject.id}: 90 % area; {amount(subject.count_low, subject.count_high, subject.count_likely)} signatures"
    return f"{subject.id}: 90 % area; {plain(subject.phenomenon)}"
