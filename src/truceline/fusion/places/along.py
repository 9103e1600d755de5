"""Where a place lies along the line of its day: chainage, offset, side, zones, sectors; after fusion, never before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import ndtr

from truceline.domain.arrangement import Line, LineSector, Regions
from truceline.domain.dated import Since
from truceline.fusion.places.posterior import Cloud, ellipse, quantile
from truceline.geo.arrays import F64
from truceline.geo.frame import Frame
from truceline.geo.line import LineAxis, build_axis, locate
from truceline.geo.region import Region, p_inside

KM = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The line as it ran from `since` on, with the sector borders as chainages of this version only."""

    since: date
    axis: LineAxis
    accuracy_m: float
    borders_m: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The line's versions and the zones, ready for asking where something lies."""

    frame: Frame
    timezone: ZoneInfo
    axes: tuple[Axis, ...]
    sectors: tuple[LineSector, ...]
    zones: tuple[tuple[str, tuple[tuple[date, Region], ...]], ...]


def make_ground(frame: Frame, line: Line | None, regions: Regions) -> Ground:
    """Prepare the line's versions and the zones in the plane of `frame`."""
    return Ground(
        frame=frame,
        timezone=ZoneInfo(regions.timezone),
        axes=tuple(
            _axis(frame, since.day, since.value.vertices_deg, since.value.accuracy_m, regions.sectors)
            for since in (line.versions.history if line else ())
        ),
        sectors=regions.sectors,
        zones=tuple(
            (zone.id, tuple((s.day, _region(frame, s)) for s in zone.ring_deg.history)) for zone in regions.zones
        ),
    )


def _axis(
    frame: Frame,
    day: date,
    vertices_deg: Sequence[tuple[float, float]],
    accuracy_m: float,
    sectors: Sequence[LineSector],
) -> Axis:
    lon, lat = np.array(vertices_deg, dtype=np.float64).T
    axis = build_axis(np.column_stack(frame.to_plane(lon, lat)))
    borders = []
    for sector in sectors:
        if sector.until_deg is not None:
            x, y = frame.to_plane(np.array([sector.until_deg[0]]), np.array([sector.until_deg[1]]))
            borders.append(float(locate(axis, x, y)[0][0]))
    return Axis(since=day, axis=axis, accuracy_m=accuracy_m, borders_m=tuple(borders))


def _region(frame: Frame, since: Since[tuple[tuple[float, float], ...]]) -> Region:
    lon, lat = np.array(since.value, dtype=np.float64).T
    return Region(rings=(np.column_stack(frame.to_plane(lon, lat)),))


def local_day(ground: Ground, time_s: float) -> date:
    """The local day of an instant (seconds since 1970 UTC)."""
    return datetime.fromtimestamp(time_s, tz=UTC).astimezone(ground.timezone).date()


def where(ground: Ground, cloud: Cloud) -> dict[str, float]:
    """Mean place and error ellipse of a cloud, as the published columns have them."""
    mean = cloud.mean()
    lon, lat = ground.frame.to_degrees(mean[:1], mean[1:])
    major, minor, azimuth = ellipse(cloud.covariance())
    turn = float(np.asarray(ground.frame.convergence_deg(lon, lat)).ravel()[0])
    return {
        "lon_deg": round(float(lon[0]), 6),
        "lat_deg": round(float(lat[0]), 6),
        "sigma_major_m": round(major, 1),
        "sigma_minor_m": round(minor, 1),
        "sigma_azimuth_deg": round((azimuth - turn) % 180.0, 1),
    }


def along(ground: Ground, cloud: Cloud, time_s: float) -> dict[str, object]:
    """Chainage, offset, side, zones and sectors of a cloud on its local day; empty where no line is given.

    The line itself is only drawn to its accuracy: the side of each point is a probability, not a sign.
    """
    day = local_day(ground, time_s)
    found: dict[str, object] = {"p_region": _zones(ground, cloud, day)}
    current = [a for a in ground.axes if a.since <= day]
    if not current:
        return found
    version = current[-1]
    chainage, offset = locate(version.axis, cloud.xy[:, 0].copy(), cloud.xy[:, 1].copy())
    mean = cloud.mean()
    at, off = locate(version.axis, mean[:1], mean[1:])
    left = p_left(offset, version.accuracy_m)
    return found | {
        "chainage_km": round(float(at[0]) / KM, 3),
        "offset_km": round(float(off[0]) / KM, 3),
        "p_side_left": round(float(cloud.weights @ left), 4),
        "chainage_low_km": round(quantile(chainage, cloud.weights, 0.05) / KM, 3),
        "chainage_high_km": round(quantile(chainage, cloud.weights, 0.95) / KM, 3),
        "line_since": version.since.isoformat(),
        "p_sector": _sectors(ground, version, chainage, cloud),
    }


def p_left(offset_m: F64, accuracy_m: float) -> F64:
    """Probability of lying left of a line that is only drawn to `accuracy_m`: not a sign where it is drawn roughly."""
    if accuracy_m > 0:
        return np.asarray(ndtr(offset_m / accuracy_m))
    return np.where(offset_m > 0, 1.0, np.where(offset_m < 0, 0.0, 0.5))


def _zones(ground: Ground, cloud: Cloud, day: date) -> list[dict[str, object]]:
    found = []
    for name, versions in ground.zones:
        current = [region for since, region in versions if since <= day]
        if current:
            p = p_inside(current[-1], cloud.xy, cloud.weights)
            found.append({"name": name, "p": round(p, 4)})
    return found


def _sectors(ground: Ground, version: Axis, chainage: np.ndarray, cloud: Cloud) -> list[dict[str, object]]:
    if not ground.sectors:
        return []
    which = np.searchsorted(np.array(version.borders_m), chainage, side="left")
    share = np.bincount(which, weights=cloud.weights, minlength=len(ground.sectors))
    return [{"name": sector.id, "p": round(float(p), 4)} for sector, p in zip(ground.sectors, share, strict=True)]
