"""The plane that fusion works in: fitted to the line, else to the two places that are farthest from each other."""

from itertools import combinations, product

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Line, Regions
from truceline.fusion.intake.fields import column, numbers
from truceline.fusion.intake.grounds import polygon_of
from truceline.geo.arrays import F64
from truceline.geo.distinct import distinct_points
from truceline.geo.frame import FARTHEST_M, Frame, fit_frame, local_frame

EARTH_M = 6_371_008.8
WHOLE_DEG = 0.1  # so finely the two places are taken: a new row seldom moves the plane
DIRECTIONS = np.array([d for d in product((-1, 0, 1), repeat=3) if d > (0, 0, 0)], dtype=np.float64)


def frame_for(observations: pa.Table, line: Line | None, regions: Regions | None = None) -> Frame:
    """The plane to work in: fitted to the line's first version, so that it never moves.

    Where there is no line, it runs along the great circle through the two observers or fixes that are about farthest
    apart (of areas alone, through their corners): lengths then hold over a long and narrow country, and the plane
    does not depend on the order of the rows. Over more than 5,000 km no plane holds; the middle of them is as good.
    """
    if line is not None:
        return fit_frame(line.versions.history[0].value.vertices_deg)
    places = _positions(observations)
    if len(places) == 0:
        places = _corners(observations, regions or Regions())
    if len(places) == 0:
        return local_frame(0.0, 0.0)
    one, other = _farthest_pair(places)
    ends = np.round(np.array([one, other]) / WHOLE_DEG) * WHOLE_DEG
    ends[:, 1] = np.clip(ends[:, 1], -90.0, 90.0)
    if _apart_m(ends[0], ends[1]) > 0.9 * FARTHEST_M:
        lon, lat = _middle(ends)
        return local_frame(lon, lat)
    return fit_frame(ends)


def outline(table: pa.Table) -> pa.Table:
    """The few places and areas of a table that `frame_for` goes by: those of parts together give the plane of all."""
    places = _positions(table)
    outermost = np.array(_outermost(places) if len(places) else [], dtype=np.float64).reshape(-1, 2)
    given = column(table, "area")
    names = [] if given is None else sorted(given.unique().drop_null().to_pylist())
    nothing = [None] * len(names)
    return pa.table(
        {
            "lon_deg": pa.array([*outermost[:, 0].tolist(), *nothing], pa.float64()),
            "lat_deg": pa.array([*outermost[:, 1].tolist(), *nothing], pa.float64()),
            "area": pa.array([*([None] * len(outermost)), *names], pa.string()),
        }
    )


def _positions(table: pa.Table) -> F64:
    """(n, 2) degrees: observers and fixes, those on Earth."""
    pairs = (("sensor_lon_deg", "sensor_lat_deg"), ("lon_deg", "lat_deg"))
    return _on_earth(np.concatenate([np.column_stack([numbers(table, a), numbers(table, b)]) for a, b in pairs]))


def _corners(table: pa.Table, regions: Regions) -> F64:
    """(n, 2) degrees: corners of the areas that rows name."""
    given = column(table, "area")
    names = [] if given is None else sorted(given.unique().drop_null().to_pylist())
    zones = {zone.id: zone.ring_deg.history[0].value for zone in regions.zones}
    rings = [zones.get(name) or polygon_of(name) or () for name in names]
    return _on_earth(np.array([corner for ring in rings for corner in ring], dtype=np.float64).reshape(-1, 2))


def _on_earth(places: F64) -> F64:
    return places[(np.abs(places[:, 0]) <= 360.0) & (np.abs(places[:, 1]) <= 90.0)]


def _farthest_pair(places: F64) -> tuple[F64, F64]:
    """Two places about as far from each other as any: of those that lie farthest out in 13 directions."""
    candidates = _outermost(places)
    if len(candidates) == 1:
        return np.array(candidates[0]), np.array(candidates[0])
    pairs = [(np.array(a), np.array(b)) for a, b in combinations(candidates, 2)]
    return max(pairs, key=lambda pair: round(_apart_m(*pair), 3))


def _outermost(places: F64) -> list[tuple[float, ...]]:
    """The places (at least one) that lie farthest out in 13 directions, in order."""
    first, _ = distinct_points(places[:, 0], places[:, 1])  # posts report from the same place again and again
    places = places[first]
    units = _units(places)
    along = units @ DIRECTIONS.T
    extreme = []
    for values in (*along.T, *(-along).T):
        tied = places[values == values.max()]
        extreme.append(tuple(min(map(tuple, tied.tolist()))))  # of equals the first by degrees, whatever their order
    return sorted(set(extreme))


def _apart_m(a: F64, b: F64) -> float:
    """Along the great circle."""
    one, other = _units(np.array([a, b]))
    return float(2.0 * EARTH_M * np.arcsin(min(1.0, 0.5 * float(np.linalg.norm(one - other)))))


def _middle(ends: F64) -> tuple[float, float]:
    x, y, z = _units(ends).mean(axis=0)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def _units(degrees: F64) -> F64:
    lam, phi = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
