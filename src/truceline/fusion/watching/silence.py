"""What silence says: sensors known to have watched and not reported; without a coverage table it says nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Regions
from truceline.fusion.intake.grounds import Ring
from truceline.fusion.intake.items import ring_of
from truceline.fusion.places.along import Ground
from truceline.fusion.places.posterior import Cloud
from truceline.geo.region import Region, p_inside

CERTAIN = 0.999999  # nobody notices everything
WATCHING = ("working", "degraded")  # a jammed, denied or lost sensor watches nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """One row of a coverage table whose area is known; `phenomenon` None is any, `sensor` None the whole source."""

    source: str
    sensor: str | None
    start_s: float
    end_s: float
    phenomenon: str | None
    p_detect: float
    region: Region | None
    sector: str | None


def watchers(coverage: pa.Table | None, ground: Ground, regions: Regions) -> list[Watcher]:
    """Rows of `coverage` that silence can count on: watching, with a stated probability, over a known area.

    Rows of one area share one region object.
    """
    found = []
    known: dict[Ring, Region | None] = {}
    for row in coverage.to_pylist() if coverage is not None else ():
        if row["state"] not in WATCHING or row["p_detect"] is None:
            continue
        region, sector = _where(row["area"], ground, regions, row["time_start"], known)
        if region is not None or sector is not None:
            found.append(_watcher(row, region, sector))
    return found


def names_of(watching: Sequence[Watcher]) -> frozenset[str]:
    """The sensors, or whole sources, whose silence a coverage table tells."""
    return frozenset(watcher.sensor or watcher.source for watcher in watching)


def _watcher(row: Mapping[str, Any], region: Region | None, sector: str | None) -> Watcher:
    return Watcher(
        source=row["source"],
        sensor=f"{row['source']}/{row['sensor']}" if row["sensor"] else None,
        start_s=row["time_start"].timestamp(),
        end_s=row["time_end"].timestamp(),
        phenomenon=row["phenomenon"],
        p_detect=row["p_detect"],
        region=region,
        sector=sector,
    )


def _where(
    area: str, ground: Ground, regions: Regions, moment: datetime, known: dict[Ring, Region | None]
) -> tuple[Region | None, str | None]:
    if any(area == sector.id for sector in ground.sectors):
        return None, area
    ring = ring_of(area, regions, moment)
    if ring is None:
        return None, None
    if ring not in known:
        known[ring] = _region(ring, ground)
    return known[ring], None


def _region(ring: Ring, ground: Ground) -> Region | None:
    lon, lat = np.array(ring, dtype=np.float64).T
    try:
        return Region(rings=(np.column_stack(ground.frame.to_plane(lon, lat)),))
    except ValueError:  # a ring that the plane of this line cannot hold watches nothing here
        return None


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

    A watcher counts by the share of the window it watched and the probability that the place lies in its area; of
    several rows about one watcher the strongest counts, so that a table sent twice says nothing new. More silent
    coverage can only lower the result.
    """
    strongest: dict[str, float] = {}
    sources = {sensor.partition("/")[0] for sensor in reported_by}
    for watcher in watching:
        reported = watcher.source in sources if watcher.sensor is None else watcher.sensor in reported_by
        if reported or (watcher.phenomenon and watcher.phenomenon not in phenomena):
            continue
        shared = min(watcher.end_s, window_s[1]) - max(watcher.start_s, window_s[0])
        length = window_s[1] - window_s[0]
        share = min(1.0, max(0.0, shared / length)) if length > 0 else float(shared >= 0)
        inside = (
            p_inside(watcher.region, cloud.xy, cloud.weights)
            if watcher.region is not None
            else p_sector.get(watcher.sector or "", 0.0)
        )
        who = watcher.sensor or watcher.source
        strongest[who] = max(strongest.get(who, 0.0), min(CERTAIN, watcher.p_detect * share * inside))
    log_silence = sum(float(np.log1p(-p)) for _, p in sorted(strongest.items()))
    return _odds_times(p_exists, float(np.exp(log_silence)))


def _odds_times(p: float, factor: float) -> float:
    return p * factor / (p * factor + 1.0 - p) if p < 1.0 else 1.0
