"""From a place of the domain, in degrees, to a likelihood in the plane of a frame, and what one asks it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.domain.place import Area, Bearing, Fix, Place, Sector
from truceline.geo.frame import Frame
from truceline.physics import area, bearing, fix, polar, sector
from truceline.physics.area import AreaShape
from truceline.physics.checks import require
from truceline.physics.fix import FixShape
from truceline.physics.sector import SectorShape

F64 = NDArray[np.float64]

Shape = FixShape | SectorShape | AreaShape


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What can be asked of every shape."""

    nodes: Callable[[Any], tuple[F64, F64]]
    density: Callable[[Any, F64], F64]
    draw: Callable[[Any, Generator, int], F64]
    bounds: Callable[[Any], tuple[float, float, float, float]]


_FAMILY: dict[type, Family] = {
    FixShape: Family(nodes=fix.nodes, density=fix.density, draw=fix.draw, bounds=fix.bounds),
    SectorShape: Family(
        nodes=sector.nodes, density=sector.density, draw=sector.draw, bounds=sector.bounds
    ),  # a bearing is one of these
    AreaShape: Family(nodes=area.nodes, density=area.density, draw=area.draw, bounds=area.bounds),
}


def place_shape(
    place: Place, frame: Frame, *, sector_sigma_deg: float, range_sigma_share: float, notice_m: float = math.inf
) -> Shape:
    """The likelihood of `place` as a density over the plane of `frame`.

    `sector_sigma_deg` is the error of a direction that a person names (a bearing brings its own), `range_sigma_share`
    the error of a distance as a share of it, and `notice_m` how far such a thing is noticed at all, which is asked
    only where `place` states no far limit; all come from the sensor model.

    Raises
    ------
    ValueError
        naming the field that is not finite or out of range; a place without a far limit needs `notice_m`.
    """
    match place:
        case Fix():
            return _fix(place, frame)
        case Sector():
            x_m, y_m, turn_deg = _observer(place.lon_deg, place.lat_deg, frame)
            return sector.build(
                x_m,
                y_m,
                place.sigma_m,
                tuple((start + turn_deg, end + turn_deg) for start, end in place.arcs),
                place.range_min_m,
                place.range_max_m,
                sector_sigma_deg=sector_sigma_deg,
                range_sigma_share=range_sigma_share,
                scale_m=polar.falloff_m(place.range_min_m, notice_m),
            )
        case Bearing():
            x_m, y_m, turn_deg = _observer(place.lon_deg, place.lat_deg, frame)
            return bearing.build(
                x_m,
                y_m,
                place.sigma_m,
                place.azimuth_deg + turn_deg,
                place.sigma_deg,
                place.range_min_m,
                place.range_max_m,
                range_sigma_share=range_sigma_share,
                scale_m=polar.falloff_m(place.range_min_m, notice_m),
            )
        case Area():
            ring = np.asarray(place.ring_deg, dtype=np.float64).reshape(-1, 2)
            for lon_deg, lat_deg in ring.tolist():
                require("ring_deg", lon_deg)
                require("ring_deg", lat_deg)
            return area.build(np.column_stack(frame.to_plane(ring[:, 0], ring[:, 1])))


def shape_nodes(shape: Shape) -> tuple[F64, F64]:
    """Points that stand for the shape: (n, 2) float64, metres in the plane; weights (n,), summing to one."""
    return _FAMILY[type(shape)].nodes(shape)


def shape_density(shape: Shape, xy_m: F64) -> F64:
    """Density at points (n, 2) in metres; (n,) float64, per square metre."""
    return _FAMILY[type(shape)].density(shape, xy_m)


def shape_draw(shape: Shape, rng: Generator, size: int) -> F64:
    """`size` random points, distributed as `shape_density` says; (size, 2) float64, metres in the plane."""
    return _FAMILY[type(shape)].draw(shape, rng, size)


def shape_bounds(shape: Shape) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) in metres, holding all but 1e-4 of the mass."""
    return _FAMILY[type(shape)].bounds(shape)


def _fix(place: Fix, frame: Frame) -> FixShape:
    """East and north of the place, turned into the plane's axes there."""
    x_m, y_m, turn_deg = _observer(place.lon_deg, place.lat_deg, frame)
    return fix.build(x_m, y_m, place.var_e_m2, place.var_n_m2, place.cov_en_m2, turn_deg=turn_deg)


def _observer(lon_deg: float, lat_deg: float, frame: Frame) -> tuple[float, float, float]:
    """Where a point is in the plane, and the degrees that turn true bearings there into plane bearings."""
    require("lon_deg", lon_deg, low=-360.0, high=360.0)
    require("lat_deg", lat_deg, low=-90.0, high=90.0)
    x_m, y_m = frame.to_plane(lon_deg, lat_deg)
    return float(x_m), float(y_m), float(frame.convergence_deg(lon_deg, lat_deg))
