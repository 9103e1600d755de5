"""How much of a period was watched in a zone: by place and time, and by how surely a watcher notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely

from truceline.clock import Interval
from truceline.domain.arrangement import Arrangement
from truceline.domain.ids import ZoneId
from truceline.domain.ports import Watched
from truceline.geo.arrays import F64, Mask
from truceline.geo.frame import fit_frame
from truceline.geo.line import build_axis, locate, point_at

WATCHING = ("working", "degraded")  # a jammed, denied or lost sensor watches nothing
FIRE = (None, "explosion", "projectile", "shot", "burst", "muzzle_flash", "tracer", "airburst")  # None: anything
POINTS = 16  # a zone is asked at so many places across and along, the line at their square
Ring = tuple[tuple[float, float], ...]
_Version = tuple[ZoneId | None, date]  # of a zone or, None, of the line: since when it runs so


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """One row of coverage that says how surely it notices fire."""

    who: tuple[str, str]
    start_s: float
    end_s: float
    p_detect: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """The watch of one mission, asked zone by zone; what an area covers of a zone is worked out once a version."""

    arrangement: Arrangement
    by_area: Mapping[str, Sequence[_Watch]]
    points: dict[_Version, F64] = field(default_factory=dict)
    covers: dict[tuple[_Version, str], Mask] = field(default_factory=dict)

    def __call__(self, zone: ZoneId | None, when: Interval) -> float | None:
        """The share of `when`, over the places of the zone (None: along the first line).

        At each place and moment the chance that one of those watching notices fire. None where no row that says how
        surely it notices speaks of the zone at all: then nothing is known.
        """
        version = self._places(zone, when)
        here = {area: mask for area in self.by_area if (mask := self._mask(version, area)).any()}
        if not here or when.seconds == 0.0:
            return None
        start, end = when.start.timestamp(), when.end.timestamp()
        active = [
            (watch, mask)
            for area, mask in here.items()
            for watch in self.by_area[area]
            if watch.start_s < end and watch.end_s > start
        ]
        edges = sorted({start, end, *(min(max(t, start), end) for w, _ in active for t in (w.start_s, w.end_s))})
        total = sum((b - a) * _noticed(active, a, b) for a, b in pairwise(edges))
        return round(total / (end - start), 6)

    def _places(self, zone: ZoneId | None, when: Interval) -> _Version:
        """The version of a zone or of the line that is asked, its places worked out."""
        day = when.start.astimezone(ZoneInfo(self.arrangement.timezone)).date()
        if zone is None:
            line = self.arrangement.lines[0].versions.at(day)
            version: _Version = (None, line.day)
            if version not in self.points:
                self.points[version] = _along(line.value.vertices_deg)
            return version
        named = next((z for z in self.arrangement.zones if z.id == zone), None)
        version = (zone, named.ring_deg.at(day).day if named is not None else date.min)
        if version not in self.points:
            self.points[version] = _inside(named.ring_deg.at(day).value if named is not None else ())
        return version

    def _mask(self, version: _Version, area: str) -> Mask:
        if (version, area) not in self.covers:
            self.covers[(version, area)] = self._covered(version, area)
        return self.covers[(version, area)]

    def _covered(self, version: _Version, area: str) -> Mask:
        """Which places of a zone the area of a row holds: the zone itself, another zone, a sector, or WKT."""
        points = self.points[version]
        if area == version[0]:
            return np.ones(len(points), dtype=np.bool_)
        if any(area == sector.id for sector in self.arrangement.sectors):
            return self._in_sector(points, area)
        other = next((z for z in self.arrangement.zones if z.id == area), None)
        shape = shapely.Polygon(other.ring_deg.history[-1].value) if other is not None else _polygon(area)
        if shape is None:
            return np.zeros(len(points), dtype=np.bool_)
        return np.asarray(shapely.contains_xy(shape, points[:, 0], points[:, 1]), dtype=np.bool_)

    def _in_sector(self, points: F64, sector: str) -> Mask:
        """Which places lie along the stretch of the line that is the sector."""
        vertices = self.arrangement.lines[0].versions.history[-1].value.vertices_deg
        frame = fit_frame(vertices)
        axis = build_axis(np.column_stack(frame.to_plane(*np.array(vertices).T)))
        low = 0.0
        for one in self.arrangement.sectors:
            high = np.inf
            if one.until_deg is not None:
                x, y = frame.to_plane([one.until_deg[0]], [one.until_deg[1]])
                high = float(locate(axis, x, y)[0][0])
            if one.id == sector:
                along, _ = locate(axis, *frame.to_plane(points[:, 0], points[:, 1]))
                return np.asarray((along >= low) & (along <= high))
            low = high
        return np.zeros(len(points), dtype=np.bool_)


def make_watched(coverage: pa.Table, arrangement: Arrangement) -> Watched:
    """How much was watched, from the rows that say how surely they notice fire.

    A row without `p_detect` says that somebody was there, not what would have been noticed: it counts for nothing
    here, since what is not known is neither zero nor one. Of several rows about one sensor the surest counts.
    """
    by_area: dict[str, list[_Watch]] = {}
    for row in coverage.to_pylist():
        if row["state"] in WATCHING and row.get("p_detect") is not None and row.get("phenomenon") in FIRE:
            watch = _Watch(
                who=(row["source"], row.get("sensor") or ""),
                start_s=row["time_start"].timestamp(),
                end_s=row["time_end"].timestamp(),
                p_detect=row["p_detect"],
            )
            by_area.setdefault(row["area"], []).append(watch)
    return _Seen(arrangement=arrangement, by_area=by_area)


def _noticed(active: Sequence[tuple[_Watch, Mask]], start_s: float, end_s: float) -> float:
    """Mean over the places of the chance that somebody notices fire between two moments that no watch ends between."""
    surest: dict[tuple[str, str], F64] = {}
    for watch, mask in active:
        if watch.start_s <= start_s and watch.end_s >= end_s:
            p = np.where(mask, watch.p_detect, 0.0)
            surest[watch.who] = np.maximum(surest[watch.who], p) if watch.who in surest else p
    missed: F64 = np.ones(1)
    for p in surest.values():
        missed = missed * (1.0 - p)
    return float(np.mean(1.0 - missed))


def _inside(ring: Ring) -> F64:
    """Places (n, 2), degrees, spread evenly over a ring."""
    if len(ring) < 3:
        return np.empty((0, 2))
    shape = shapely.Polygon(ring)
    west, south, east, north = shape.bounds
    share = (np.arange(POINTS) + 0.5) / POINTS
    lon, lat = (a.ravel() for a in np.meshgrid(west + (east - west) * share, south + (north - south) * share))
    held = np.asarray(shapely.contains_xy(shape, lon, lat), dtype=np.bool_)
    some = shape.representative_point()
    return np.column_stack([lon, lat])[held] if held.any() else np.array([[some.x, some.y]])


def _along(vertices: Ring) -> F64:
    """Places (n, 2), degrees, spread evenly along a line."""
    frame = fit_frame(vertices)
    axis = build_axis(np.column_stack(frame.to_plane(*np.array(vertices).T)))
    n = POINTS * POINTS
    return np.column_stack(frame.to_degrees(*point_at(axis, (np.arange(n) + 0.5) / n * axis.length_m)))


def _polygon(wkt: str) -> Any:
    shape = shapely.from_wkt(wkt, on_invalid="ignore") if "(" in wkt else None
    return shape if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") else None
