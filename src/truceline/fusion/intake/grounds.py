"""Areas that rows name, as rings in the plane: zones as they were on the day, and polygons written out."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely

from truceline.domain.arrangement import Regions
from truceline.fusion.intake.days import versions_at
from truceline.geo.arrays import F64, I64
from truceline.geo.frame import Frame
from truceline.physics import area
from truceline.physics.checks import require

Ring = tuple[tuple[float, float], ...]

FLOOR_M2 = 1.0  # no area is known to lie within less, along any axis


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grounds:
    """Distinct areas: `rings_m` (m, 2) has the corners of area k at [first[k], first[k] + count[k]).

    `centre_m` (k, 2) and `inverse_per_m2` (k, 3: xx, xy, yy) are mean and inverse covariance of its even spread,
    `log_peak` (k,) the log of one over its area, m2.
    """

    rings_m: F64
    first: I64
    count: I64
    centre_m: F64
    inverse_per_m2: F64
    log_peak: F64


def polygon_of(wkt: str) -> Ring | None:
    """The outer ring of a polygon written as WKT, not closed; None for any other text."""
    polygon = shapely.from_wkt(wkt, on_invalid="ignore") if "(" in wkt else None
    if polygon is None or polygon.geom_type != "Polygon":
        return None
    return tuple((x, y) for x, y in shapely.force_2d(polygon).exterior.coords[:-1])


def find_grounds(names: pa.Array, moment_s: F64, regions: Regions, frame: Frame) -> tuple[I64, Grounds]:
    """The area of each row (n,) as a place in `Grounds`, -1 where its name (n,) is no area; and the areas.

    A zone has the ring of the local day of `moment_s` (n,), seconds since 1970 UTC.
    """
    encoded = names.dictionary_encode()
    code = np.asarray(encoded.indices.to_numpy(zero_copy_only=False)).astype(np.int64)
    known = encoded.dictionary.to_pylist()
    which = np.full(len(code), -1, dtype=np.int64)
    shapes: list[tuple[area.AreaShape, F64]] = []
    by_code = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[by_code], np.arange(len(known) + 1))
    for name, k in sorted((name, k) for k, name in enumerate(known)):
        rows = by_code[ends[k] : ends[k + 1]]
        for ring, of_rows in _rings(name, rows, moment_s, regions):
            shape = shape_of(ring, frame)
            if shape is not None:
                which[of_rows] = len(shapes)
                shapes.append(shape)
    return which, _gather(shapes)


def _rings(name: str, rows: I64, moment_s: F64, regions: Regions) -> list[tuple[Ring, I64]]:
    zone = next((zone for zone in regions.zones if zone.id == name), None)
    if zone is None:
        ring = polygon_of(name)
        return [] if ring is None else [(ring, rows)]
    history = zone.ring_deg.history
    version = np.maximum(versions_at([s.day for s in history], ZoneInfo(regions.timezone), moment_s[rows]), 0)
    return [(history[v].value, rows[version == v]) for v in np.unique(version).tolist()]


def shape_of(ring_deg: Ring, frame: Frame) -> tuple[area.AreaShape, F64] | None:
    """The area inside a ring and the covariance (2, 2) of its even spread, m2; None if it has no inside."""
    try:
        corners = np.asarray(ring_deg, dtype=np.float64).reshape(-1, 2)
        for degrees in corners.ravel().tolist():
            require("ring_deg", degrees)
        shape = area.build(np.column_stack(frame.to_plane(corners[:, 0], corners[:, 1])))
    except (ValueError, OverflowError):
        return None
    middles = shape.triangles_m.mean(axis=1)
    away = shape.triangles_m - (shape.share @ middles)
    # second moments of a triangle about any point: of its corners / 12 and of its middle x 9 / 12
    moments = np.einsum("t,tki,tkj->ij", shape.share, away, away) / 12.0
    middle = middles - shape.share @ middles
    return shape, moments + 0.75 * np.einsum("t,ti,tj->ij", shape.share, middle, middle)


def _gather(shapes: list[tuple[area.AreaShape, F64]]) -> Grounds:
    count = np.array([len(shape.ring_m) for shape, _ in shapes], dtype=np.int64)
    rings = [shape.ring_m for shape, _ in shapes]
    inverse = [_inverse(cov) for _, cov in shapes]
    return Grounds(
        rings_m=np.concatenate(rings) if rings else np.empty((0, 2)),
        first=np.cumsum(count) - count,
        count=count,
        centre_m=np.array([s.share @ s.triangles_m.mean(axis=1) for s, _ in shapes]).reshape(-1, 2),
        inverse_per_m2=np.array(inverse, dtype=np.float64).reshape(-1, 3),
        log_peak=np.array([-np.log(s.area_m2) for s, _ in shapes], dtype=np.float64),
    )


def _inverse(covariance: F64) -> tuple[float, float, float]:
    values, vectors = np.linalg.eigh(covariance)
    inverse = (vectors / np.maximum(values, FLOOR_M2)) @ vectors.T
    return float(inverse[0, 0]), float(inverse[0, 1]), float(inverse[1, 1])
