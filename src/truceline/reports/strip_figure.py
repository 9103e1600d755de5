"""The strip: chainage across, time down; what was reported, what it was taken for, and what was not watched at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import numpy as np

from truceline.clock import Interval
from truceline.domain.incident import Engagement
from truceline.domain.report import DailyReport, Watch
from truceline.geo.line import locate
from truceline.judgement.words import MONTHS, amount, plain, span, zone
from truceline.reports import svg
from truceline.reports.labels import Box, dot_box, fit, text_box, text_width
from truceline.reports.map_layers import said, tone_of
from truceline.reports.scene import Mark, Scene, build_scene, sector_outlines, to_plane

WIDTH, LEFT, RIGHT, TOP, BOTTOM, PX_PER_HOUR = 1120.0, 62.0, 18.0, 78.0, 14.0, 19.0
WATCHING = ("working", "degraded")
NEAR_LINE_M = 20_000.0  # a place farther off does not help to read the axis
STEPS_KM = (1, 2, 5, 10, 20, 25, 50, 100, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Kilometres and times to figure units; what lies outside is cut at the edge."""

    length_km: float
    period: Interval

    @property
    def height(self) -> float:
        """Height of the whole figure."""
        return TOP + BOTTOM + min(720.0, max(300.0, PX_PER_HOUR * self.period.seconds / 3600))

    def x(self, km: float) -> float:
        """Across: chainage."""
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, km / self.length_km))

    def y(self, moment: datetime) -> float:
        """Down: time."""
        share = (moment - self.period.start).total_seconds() / max(self.period.seconds, 1.0)
        return TOP + (self.height - TOP - BOTTOM) * min(1.0, max(0.0, share))

    def area(self, km: tuple[float, float], when: Interval, least: float) -> tuple[float, float, float, float]:
        """x, y, width and height of a stretch over a time, at least `least` in both."""
        x0, x1, y0, y1 = self.x(km[0]), self.x(km[1]), self.y(when.start), self.y(when.end)
        wide, tall = max(least, x1 - x0), max(least, y1 - y0)
        return (x0 + x1 - wide) / 2, (y0 + y1 - tall) / 2, wide, tall


def strip_svg(report: DailyReport) -> str:
    """One SVG element: the reporting period of the whole line."""
    scene = build_scene(report)
    axes = Axes(length_km=max(report.line.length_km, 0.001), period=report.period)
    local = zone(report.timezone)
    taken: list[Box] = []
    parts = [
        svg.element("defs", svg.hatch("unwatched", angle_deg=45, gap=6, klass="unwatched-stroke"),
                    svg.hatch("hindered", angle_deg=-45, gap=4, klass="hindered-stroke")),
        _watched(report, axes),
        _grid(axes, local),
        _sectors(report, axes),
        _places(scene, axes),
        _reports(scene, axes),
        *_subjects(scene, axes, taken),
    ]  # fmt: skip
    about = (
        f"Kilometres 0 to {report.line.length_km:.0f} across, {span(report.period, local)} downwards; "
        f"{len(report.engagements)} engagements, {len(report.incidents)} incidents, {len(report.observations)} reports."
    )
    return svg.figure(WIDTH, axes.height, parts, title="Strip", about=about, klass="strip")


def _overlaps(when: Interval, period: Interval) -> bool:
    return when.start < period.end and when.end >= period.start


def _watched(report: DailyReport, axes: Axes) -> str:
    """Everything is hatched as not known to be watched; what is known lies on top of that."""
    tall = axes.height - TOP - BOTTOM
    drawn = [svg.box(LEFT, TOP, WIDTH - LEFT - RIGHT, tall, klass="plot"),
             svg.box(LEFT, TOP, WIDTH - LEFT - RIGHT, tall, fill="url(#unwatched)")]  # fmt: skip
    order = sorted(report.watched, key=lambda w: w.state in WATCHING)  # where one was hindered another may have watched
    for watch in order:
        km = watch.chainage_km or _sector_km(report, watch.sector)
        if km is None or not _overlaps(watch.when, axes.period):
            continue
        x, y, wide, tall = axes.area(km, watch.when, 1.0)
        klass = "watched" if watch.state in WATCHING else "hindered"
        drawn.append(svg.box(x, y, wide, tall, svg.tooltip(_watch_said(watch)), klass=klass))
        if klass == "hindered":
            drawn.append(svg.box(x, y, wide, tall, svg.tooltip(_watch_said(watch)), fill="url(#hindered)"))
    return svg.group(*drawn)


def _sector_km(report: DailyReport, name: str) -> tuple[float, float] | None:
    names = {name, *(count.name for count in report.counts if count.sector == name)}  # given by id or by name
    return next(((low, high) for known, low, high in report.line.sectors if known in names), None)


def _watch_said(watch: Watch) -> str:
    reason = f" ({watch.reason})" if watch.reason else ""
    return f"{watch.sensor}: {plain(watch.state)}{reason}"


def _grid(axes: Axes, local: tzinfo) -> str:
    """Hours of local time, with the date where it changes, and kilometres."""
    drawn = []
    moment = axes.period.start.astimezone(local).replace(minute=0, second=0, microsecond=0)
    every = 3 if axes.period.seconds <= 36 * 3600 else 12
    last_day = None
    while moment <= axes.period.end:
        shown = moment.astimezone(local)
        if moment >= axes.period.start and (shown.hour % every == 0):
            y = axes.y(moment)
            midnight = shown.hour == 0
            drawn.append(svg.line(LEFT, y, WIDTH - RIGHT, y, klass="midnight" if midnight else "hour"))
            drawn.append(svg.words(LEFT - 8, y + 4, f"{shown.hour:02d}:00", klass="km", anchor="end"))
            if shown.date() != last_day and y + 24 < axes.height:
                day = f"{shown.day} {MONTHS[shown.month - 1]}"
                drawn.append(svg.words(LEFT - 8, y + 18, day, klass="day", anchor="end"))
                last_day = shown.date()
        moment = (moment.astimezone(axes.period.start.tzinfo) + timedelta(hours=1)).astimezone(local)
    step = next((s for s in STEPS_KM if axes.length_km / s <= 14), STEPS_KM[-1])
    for km in range(0, int(axes.length_km) + 1, step):
        x = axes.x(km)
        drawn.append(svg.line(x, TOP - 5, x, TOP, klass="tick"))
        drawn.append(svg.words(x, TOP - 9, f"km {km}" if km == 0 else str(km), klass="km", anchor="middle"))
    return svg.group(*drawn)


def _sectors(report: DailyReport, axes: Axes) -> str:
    drawn = []
    for name, from_km, to_km in report.line.sectors:
        x0, x1 = axes.x(from_km), axes.x(to_km)
        if from_km > 0.05:
            drawn.append(svg.line(x0, 6, x0, 26, klass="border"))
            drawn.append(svg.line(x0, TOP - 5, x0, axes.height - BOTTOM, klass="border"))
        if text_width(name, 14) <= x1 - x0 - 8:
            drawn.append(svg.words((x0 + x1) / 2, 18, name, klass="sector", anchor="middle"))
    return svg.group(*drawn)


def _places(scene: Scene, axes: Axes) -> str:
    """Names of places near the line, those near the day's subjects first, where they do not touch."""
    places = scene.report.places
    if not places:
        return ""
    xy = to_plane(scene.frame, [(lon, lat) for _, lon, lat in places])
    chainage_m, offset_m = locate(scene.axis, xy[:, 0], xy[:, 1])
    marks = np.array([m.xy_m for m in scene.marks]) if scene.marks else scene.line_xy[:1]
    near = [float(np.min(np.hypot(*(marks - at).T))) for at in xy]
    drawn: list[str] = []
    taken: list[Box] = []
    for index in sorted(range(len(places)), key=lambda i: (near[i] // 5000, abs(offset_m[i]), places[i][0])):
        if abs(offset_m[index]) > NEAR_LINE_M:
            continue
        x = axes.x(chainage_m[index] / 1000)
        room = text_box(x, 44, places[index][0], 11.5, "middle")
        padded = Box(x0=room.x0 - 5, y0=room.y0, x1=room.x1 + 5, y1=room.y1)
        if padded.x0 >= 0 and padded.x1 <= WIDTH and not any(padded.meets(other) for other in taken):
            taken.append(padded)
            drawn.append(svg.words(x, 44, places[index][0], klass="place", anchor="middle"))
            drawn.append(svg.line(x, 49, x, 54, klass="tick"))
    return svg.group(*drawn)


def _reports(scene: Scene, axes: Axes) -> str:
    """Each report as a translucent box: the chainages that its sectors cover by the time that it names."""
    drawn = []
    for seen in scene.report.observations:
        shapes = list(sector_outlines(scene.frame, seen))
        if seen.fix_deg is not None:
            shapes.append(to_plane(scene.frame, [seen.fix_deg]))
        if not shapes or not _overlaps(seen.when, axes.period):
            continue
        points = np.vstack(shapes)
        chainage_m, _ = locate(scene.axis, points[:, 0], points[:, 1])
        km = (float(chainage_m.min()) / 1000, float(chainage_m.max()) / 1000)
        x, y, wide, tall = axes.area(km, seen.when, 4.0)
        klass = f"report {tone_of(scene, seen)}" + (" open" if seen.range_m[1] is None and not seen.fix_deg else "")
        drawn.append(svg.box(x, y, wide, tall, svg.tooltip(said(seen)), klass=klass, rx=1.5))
    return svg.group(*drawn)


def _subjects(scene: Scene, axes: Axes, taken: list[Box]) -> Sequence[str]:
    """Engagements as outlines and incidents as marks with error bars; then the ids that find room."""
    shapes: list[str] = []
    anchors: list[tuple[Mark, Box]] = []
    for mark in scene.marks:
        along = mark.subject.along
        if along is None or not _overlaps(mark.subject.when, axes.period):
            continue
        km = (along.chainage_low_km, along.chainage_high_km)
        x, y, wide, tall = axes.area(km, mark.subject.when, 8.0)
        room = Box(x0=x, y0=y, x1=x + wide, y1=y + tall)
        if mark.kind == "engagement":
            shapes.append(_engagement(mark, room, axes))
        else:
            shapes.append(_incident(mark, room, axes.x(along.chainage_km)))
        anchors.append((mark, room))
        taken.append(room if wide < 260 else dot_box(x, y, 4))
    names = [_name(mark, room, axes, taken) for mark, room in anchors]
    return [svg.group(*shapes), svg.group(*names)]


def _engagement(mark: Mark, room: Box, axes: Axes) -> str:
    when, period = mark.subject.when, axes.period
    middle = (room.x0 + room.x1) / 2
    arrows = []
    if when.start < period.start:
        arrows.append(svg.path(f"M{svg.number(middle - 5)} {svg.number(TOP - 1)}h10l-5 -7Z", klass="cut"))
    if when.end > period.end:
        foot = axes.height - BOTTOM + 1
        arrows.append(svg.path(f"M{svg.number(middle - 5)} {svg.number(foot)}h10l-5 7Z", klass="cut"))
    shape = svg.box(room.x0, room.y0, room.x1 - room.x0, room.y1 - room.y0, klass="engagement", rx=2.0)
    return svg.group(svg.tooltip(_label(mark)), shape, *arrows, klass=f"tone-{mark.tone}")


def _incident(mark: Mark, room: Box, x: float) -> str:
    y = (room.y0 + room.y1) / 2
    return svg.group(
        svg.tooltip(_label(mark)),
        svg.line(room.x0, y, room.x1, y, klass="error"),
        svg.line(x, room.y0, x, room.y1, klass="error"),
        svg.path(f"M{svg.number(x)} {svg.number(y - 5)}l5 5l-5 5l-5 -5Z", klass="diamond"),
        klass=f"tone-{mark.tone}",
    )


def _label(mark: Mark) -> str:
    subject = mark.subject
    if isinstance(subject, Engagement):
        return f"{subject.id} · {amount(subject.count_low, subject.count_high)}"
    return subject.id


def _name(mark: Mark, room: Box, axes: Axes, taken: list[Box]) -> str:
    """The id beside its box, else farther out with a leader; left to the tooltip where all room is taken."""
    bounds = Box(x0=LEFT + 2, y0=TOP + 2, x1=WIDTH - RIGHT - 2, y1=axes.height - BOTTOM - 2)
    text, middle_x, middle_y = _label(mark), (room.x0 + room.x1) / 2, (room.y0 + room.y1) / 2
    half_x, half_y = (room.x1 - room.x0) / 2, (room.y1 - room.y0) / 2
    near = sorted({half_x + 5, half_y + 5, half_x + 16, half_x + 30, half_x + 48, half_x + 70})
    label = fit(text, middle_x, middle_y, size=12, taken=taken, bounds=bounds, distances=near)
    if label is None:
        return ""
    taken.append(label.box)
    leader = ""
    if label.away > half_x + 12 and label.anchor != "middle":
        edge = room.x1 if label.anchor == "start" else room.x0
        end = label.box.x0 - 2 if label.anchor == "start" else label.box.x1 + 2
        leader = svg.line(edge, middle_y, end, label.y - 4, klass=f"leader tone-{mark.tone}")
    return leader + svg.words(label.x, label.y, text, klass=f"name tone-{mark.tone}", anchor=label.anchor)
