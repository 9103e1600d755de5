"""What the figures share: the plane, the line in it, the day's subjects and their tones, outlines of what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.domain.incident import AlongLine, Engagement, Incident, Subject
from truceline.domain.place import Fix
from truceline.domain.report import DailyReport, ReportedObservation
from truceline.geo.frame import Frame, fit_frame
from truceline.geo.line import LineAxis, build_axis
from truceline.judgement.words import ellipse_90

F64 = npt.NDArray[np.float64]

TONES = 6  # CSS classes tone-0 .. tone-5; labels always say the same in words, so tones may repeat
UNKNOWN_RANGE_M = 10_000.0  # assumed: how far a sector without a stated distance is drawn, dashed
STEP_DEG = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An engagement or incident as drawn: where its middle lies in the plane and which tone it has."""

    subject: Subject
    kind: str
    tone: int
    xy_m: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The report with its geometry in the plane (metres)."""

    report: DailyReport
    frame: Frame
    axis: LineAxis
    line_xy: F64
    marks: tuple[Mark, ...]
    tones: Mapping[str, int]


def subject_tones(report: DailyReport) -> dict[str, int]:
    """Tone by subject id, in order along the line; an incident wears the tone of its engagement."""
    tones: dict[str, int] = {}
    alone: list[Subject] = [i for i in report.incidents if i.engagement is None]
    for subject in sorted([*report.engagements, *alone], key=_order):
        tones[subject.id] = len(tones) % TONES
    for incident in report.incidents:
        if incident.engagement is not None:
            tones[incident.id] = tones.get(incident.engagement, 0)
    return tones


def _order(subject: Subject) -> tuple[float, str]:
    along: AlongLine | None = subject.along
    return (along.chainage_km if along is not None else float("inf"), subject.id)


def build_scene(report: DailyReport) -> Scene:
    """Put `report` into the plane fitted to its line. Raises ValueError if the line has fewer than two vertices."""
    if len(report.line.vertices_deg) < 2:
        raise ValueError(
            f"line '{report.line.name}' has {len(report.line.vertices_deg)} vertices; it needs two or more"
        )
    frame = fit_frame(report.line.vertices_deg)
    line_xy = to_plane(frame, report.line.vertices_deg)
    tones = subject_tones(report)
    marks = []
    subjects: list[Engagement | Incident] = [*report.engagements, *report.incidents]
    for subject in sorted(subjects, key=_order):
        x, y = to_plane(frame, [(subject.where.lon_deg, subject.where.lat_deg)])[0]
        kind = "engagement" if isinstance(subject, Engagement) else "incident"
        marks.append(Mark(subject=subject, kind=kind, tone=tones[subject.id], xy_m=(float(x), float(y))))
    return Scene(report=report, frame=frame, axis=build_axis(line_xy), line_xy=line_xy, marks=tuple(marks), tones=tones)


def to_plane(frame: Frame, points_deg: Sequence[tuple[float, float]]) -> F64:
    """(n, 2) metres in the plane from (lon, lat) degrees."""
    degrees = np.asarray(points_deg, dtype=np.float64).reshape(-1, 2)
    x_m, y_m = frame.to_plane(degrees[:, 0], degrees[:, 1])
    return np.column_stack([x_m, y_m])


def north_deg(frame: Frame, lon_deg: float, lat_deg: float) -> float:
    """Direction of true north at a point, clockwise from the plane's +y."""
    return float(frame.convergence_deg(lon_deg, lat_deg))


def _towards(azimuth_deg: F64, north: float) -> F64:
    turned = np.radians(azimuth_deg + north)
    return np.column_stack([np.sin(turned), np.cos(turned)])


def ellipse_outline(frame: Frame, where: Fix) -> F64:
    """(n, 2) metres: the 90 % ellipse of `where`."""
    major, minor, azimuth = ellipse_90(where)
    turn = np.linspace(0.0, 2 * np.pi, 49)[:-1]
    north = north_deg(frame, where.lon_deg, where.lat_deg)
    along, across = _towards(np.array([azimuth, azimuth + 90.0]), north)
    middle = to_plane(frame, [(where.lon_deg, where.lat_deg)])[0]
    return np.asarray(middle + np.outer(major * np.cos(turn), along) + np.outer(minor * np.sin(turn), across))


def sector_outlines(frame: Frame, seen: ReportedObservation) -> tuple[F64, ...]:
    """Outlines in metres of the sectors in which `seen` was perceived; none where its sensor's place is not given."""
    if seen.sensor_deg is None or not seen.arcs_deg:
        return ()
    near, far = seen.range_m
    inner = near or 0.0
    outer = far if far is not None else max(UNKNOWN_RANGE_M, 2 * inner)
    middle = to_plane(frame, [seen.sensor_deg])[0]
    north = north_deg(frame, *seen.sensor_deg)
    outlines = []
    for start, width in _joined(seen.arcs_deg):
        steps = np.linspace(start, start + width, max(2, int(width / STEP_DEG) + 1))
        rays = _towards(steps, north)
        outlines.append(np.vstack([middle + outer * rays, (middle + inner * rays)[::-1]]))
    return tuple(outlines)


def _joined(arcs_deg: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Arcs as (start, width), those that meet joined into one, across north too."""
    arcs = sorted((start % 360.0, (stop - start) % 360.0 or 360.0) for start, stop in arcs_deg)
    joined: list[tuple[float, float]] = []
    for start, width in arcs:
        if joined and start <= sum(joined[-1]) + 1e-6:
            first, reached = joined[-1]
            joined[-1] = (first, min(360.0, max(reached, start + width - first)))
        else:
            joined.append((start, width))
    if len(joined) > 1 and sum(joined[-1]) - 360.0 >= joined[0][0] - 1e-6:
        last, reached = joined.pop()
        first, width = joined[0]
        joined[0] = (last, min(360.0, max(reached, first + 360.0 + width - last)))
    return joined
