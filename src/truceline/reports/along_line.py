"""The line and the watches along it as a report shows them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from truceline.clock import Interval
from truceline.domain.arrangement import Arrangement
from truceline.domain.report import DrawnLine, Watch
from truceline.fusion.places.along import KM, Axis, Ground
from truceline.geo.line import locate


def drawn_line(arrangement: Arrangement, ground: Ground, day: date) -> DrawnLine:
    """The first line as it ran on `day`."""
    line = arrangement.lines[0]
    version = line.versions.at(day)
    axis = _axis(ground, version.day)
    edges = [0.0, *axis.borders_m, axis.axis.length_m]
    return DrawnLine(
        name=line.name,
        since=version.day.isoformat(),
        accuracy_m=version.value.accuracy_m,
        length_km=round(axis.axis.length_m / KM, 1),
        vertices_deg=version.value.vertices_deg,
        left=arrangement.party(line.left).side,
        right=arrangement.party(line.right).side,
        sectors=tuple(
            (sector.name, round(edges[n] / KM, 1), round(edges[n + 1] / KM, 1))
            for n, sector in enumerate(arrangement.sectors)
        ),
    )


def watch_rows(coverage: pa.Table, period: Interval) -> list[dict[str, Any]]:
    """The rows of a coverage table that reach into `period`."""
    return [r for r in coverage.to_pylist() if r["time_end"] > period.start and r["time_start"] < period.end]


def _axis(ground: Ground, since: date) -> Axis:
    return next(axis for axis in ground.axes if axis.since == since)


def watch(row: Mapping[str, Any], arrangement: Arrangement, ground: Ground, day: date) -> Watch:
    """A row of a coverage table as reported, with the stretch of the line that it covers."""
    axis = _axis(ground, arrangement.lines[0].versions.at(day).day)
    edges = [0.0, *axis.borders_m, axis.axis.length_m]
    names = [s.id for s in arrangement.sectors]
    chainage: tuple[float, float] | None = None
    if row["area"] in names:
        n = names.index(row["area"])
        chainage = (round(edges[n] / KM, 1), round(edges[n + 1] / KM, 1))
    else:
        ring = next((z.ring_deg.at(day).value for z in arrangement.zones if z.id == row["area"]), None)
        if ring:
            lon, lat = np.array(ring, dtype=np.float64).T
            at = locate(axis.axis, *ground.frame.to_plane(lon, lat))[0] / KM
            chainage = (round(float(at.min()), 1), round(float(at.max()), 1))
    return Watch(
        sensor=row["sensor"] or row["source"],
        sector=row["area"],
        when=Interval(start=row["time_start"], end=row["time_end"]),
        chainage_km=chainage,
        p_detect=row["p_detect"],
        state=row["state"],
        reason=row["reason"] or "",
        imposed_by=row["imposed_by"] or "",
    )
