"""What silence says: sensors known to have watched and not reported; without a coverage table it says nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from truceline.fusion.along import Ground
from truceline.fusion.items import Ring
from truceline.fusion.posterior import Cloud
from truceline.geo.region import Region, p_inside

WATCHING = ("working", "degraded")  # a jammed, denied or lost sensor watches nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """One row of a coverage table whose area is a zone or WKT; `phenomenon` None is any."""

    sensor: str
    start_s: float
    end_s: float
    phenomenon: str | None
    p_detect: float
    region: Region | None
    sector: str | None


def watchers(coverage: pa.Table | None, ground: Ground, rings: Mapping[str, Ring]) -> list[Watcher]:
    """Rows of `coverage` that silence can count on: watching, with a stated probability, over a known area."""
    found = []
    for row in coverage.to_pylist() if coverage is not None else ():
        if row["state"] not in WATCHING or row["p_detect"] is None:
            continue
        region, sector = _where(row["area"], ground, rings)
        if region is not None or sector is not None:
            found.append(_watcher(row, region, sector))
    return found


def _watcher(row: Mapping[str, Any], region: Region | None, sector: str | None) -> Watcher:
    return Watcher(
        sensor=f"{row['source']}/{row['sensor']}",
        start_s=row["time_start"].timestamp(),
        end_s=row["time_end"].timestamp(),
        phenomenon=row["phenomenon"],
        p_detect=row["p_detect"],
        region=region,
        sector=sector,
    )


def _where(area: str, ground: Ground, rings: Mapping[str, Ring]) -> tuple[Region | None, str | None]:
    if any(area == sector.id for sector in ground.sectors):
        return None, area
    ring = rings.get(area)
    if ring is None and "(" in area:
        polygon = shapely.from_wkt(area, on_invalid="ignore")
        if polygon is not None and polygon.geom_type == "Polygon":
            ring = tuple((x, y) for x, y in polygon.exterior.coords[:-1])
    if ring is None:
        return None, None
    lon, lat = np.array(ring, dtype=np.float64).T
    return Region(rings=(np.column_stack(ground.frame.to_plane(lon, lat)),)), None


def p_after_silence(
    p_exists: float,
    watching: Sequence[Watcher],
    *,
    reported_by: Collection[str],
    cloud: Cloud,
    window_s: tuple[float, float],
    phenomena: Collection[str],
    p_sector: Mapping[str, float],
) -> float:
    """`p_exists` once every silent watcher is heard: each one that should have noticed lowers the odds.

    A watcher counts by the share of the window it watched and the probability that the place lies in its area. More
    silent coverage can only lower the result.
    """
    log_silence = 0.0
    for watcher in watching:
        if watcher.sensor in reported_by or (watcher.phenomenon and watcher.phenomenon not in phenomena):
            continue
        shared = min(watcher.end_s, window_s[1]) - max(watcher.start_s, window_s[0])
        length = window_s[1] - window_s[0]
        share = min(1.0, max(0.0, shared / length)) if length > 0 else float(shared >= 0)
        inside = (
            p_inside(watcher.region, cloud.xy, cloud.weights)
            if watcher.region is not None
            else p_sector.get(watcher.sector or "", 0.0)
        )
        log_silence += float(np.log1p(-min(0.999999, watcher.p_detect * share * inside)))
    return _odds_times(p_exists, float(np.exp(log_silence)))


def _odds_times(p: float, factor: float) -> float:
    return p * factor / (p * factor + 1.0 - p) if p < 1.0 else 1.0
