"""The plane that everything spatial happens in: a conformal frame fitted to the line, as plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from pyproj.exceptions import ProjError

from truceline.geo.arrays import F64, corners

EARTH_RADIUS_M = 6_371_008.8  # mean radius of WGS 84 (IUGG); only sets the sampling step and weights of the fit
SAMPLE_STEP_M = 20_000.0
FARTHEST_M = 5_000_000.0  # no two neighbouring vertices of a line are this far apart: it is a slip of the pen
NORTH_STEP_DEG = 1e-3  # about 110 m: how far north is looked at to tell where north is
STEEPEST_AZIMUTH_DEG = 89.999  # due east PROJ cannot build the oblique Mercator at some latitudes; 13 m at 750 km
NO_BETTER = 1e-8  # 1 cm in 1,000 km: where the oblique Mercator gains no more, the transverse one is taken
SEMI_MAJOR_M = 6_378_137.0  # WGS 84
ECCENTRICITY_2 = 0.006694379990141316  # WGS 84: f (2 - f), f = 1 / 298.257223563


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A conformal map of WGS 84 onto a plane in metres, centred on (lon_0_deg, lat_0_deg), +y roughly north.

    `omerc` is the oblique Mercator along the great circle that leaves the centre at `azimuth_deg`; `tmerc` is
    the transverse Mercator along the centre's meridian (azimuth 0). Rebuild it from these five values or from
    the text `proj`. Points that it cannot show (not a number, beyond a pole) come back as NaN.

    In `omerc`, PROJ places points within 0.7 m of the meridian on which the great circle turns back south (or
    north) up to 0.35 m off: it matters to nothing here, and only lines within some 8 degrees of due east come
    near that meridian.
    """

    kind: Literal["omerc", "tmerc"]
    lon_0_deg: float
    lat_0_deg: float
    azimuth_deg: float
    k_0: float

    @property
    def proj(self) -> str:
        """The frame as a PROJ string."""
        centre = f"+lat_0={self.lat_0_deg!r} +k_0={self.k_0!r} +x_0=0 +y_0=0 +ellps=WGS84 +units=m"
        if self.kind == "tmerc":
            return f"+proj=tmerc +lon_0={self.lon_0_deg!r} {centre}"
        turn = f"+alpha={self.azimuth_deg!r} +gamma={self.azimuth_deg!r}"
        return f"+proj=omerc +lonc={self.lon_0_deg!r} {turn} {centre}"

    def to_plane(self, lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> tuple[F64, F64]:
        """Degrees to metres in the plane; arrays of the shape of the input."""
        return _transformed(self.proj, lon_deg, lat_deg, back=False)

    def to_degrees(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[F64, F64]:
        """Metres in the plane to degrees; arrays of the shape of the input."""
        return _transformed(self.proj, x_m, y_m, back=True)

    def convergence_deg(self, lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> F64:
        """Angle, clockwise, from the plane's +y to true north: what to add to a true bearing to draw it here.

        Within (-180, 180]. A bearing b at that point points to (sin(b + c), cos(b + c)) in the plane.
        """
        east_m, north_m, _ = _step_north(self, lon_deg, lat_deg)
        return np.asarray(np.degrees(np.arctan2(east_m, north_m)))

    def scale(self, lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> F64:
        """Metres in the plane per metre on the ground; alike in every direction, as the map is conformal."""
        east_m, north_m, ground_m = _step_north(self, lon_deg, lat_deg)
        return np.asarray(np.hypot(east_m, north_m) / ground_m)


def local_frame(lon_deg: float, lat_deg: float) -> Frame:
    """A frame around one point, for where there is no line: scale is exactly 1 at the point.

    Raises
    ------
    ValueError
        if the point is not on Earth.
    """
    _check_degrees(np.array([[lon_deg, lat_deg]], dtype=np.float64))
    return Frame(
        kind="tmerc",
        lon_0_deg=round(float(lon_deg), 4),
        lat_0_deg=round(float(lat_deg), 4),
        azimuth_deg=0.0,
        k_0=1.0,
    )


def fit_frame(vertices_deg: Sequence[tuple[float, float]] | F64) -> Frame:
    """The frame that disturbs lengths least along a line.

    The line is sampled every 20 km, a great circle is fitted to the samples by least squares, and the oblique
    Mercator runs along it; where the transverse Mercator through the centre disturbs less (a line along its
    meridian, a line that bends into a ring) that one is taken. `k_0` is set so that the largest and smallest
    scale on the line are equally far from 1. The numbers are rounded (11 m, 0.36 seconds of arc) so that
    every machine prints the same frame.

    Parameters
    ----------
    vertices_deg : (n, 2), degrees WGS 84, longitude first; it may cross the antimeridian

    Raises
    ------
    ValueError
        if there is no vertex, one is not on Earth, or two neighbours are over 5,000 km apart.

    Source
    ------
    Snyder 1987, Map Projections: A Working Manual, USGS PP 1395, pages 66-75 (Hotine oblique Mercator).
    """
    vertices = corners(vertices_deg, "the line")
    if len(vertices) == 0:
        raise ValueError("the line has no vertex: a frame needs at least one point to stand on")
    _check_degrees(vertices)
    middles, weights = _sampled(_unit_vectors(vertices))
    if weights.sum() == 0.0:
        return local_frame(float(vertices[0, 0]), float(vertices[0, 1]))
    seen = np.vstack([vertices, _degrees_of(middles)])
    (bent, oblique), (bent_transverse, transverse) = (_balanced(frame, seen) for frame in _candidates(middles, weights))
    return oblique if bent < bent_transverse - NO_BETTER else transverse


def _candidates(middles: F64, weights: F64) -> tuple[Frame, Frame]:
    """Oblique along the fitted great circle, then transverse; both through the line's centre, k_0 = 1."""
    _, _, axes = np.linalg.svd(middles * np.sqrt(weights)[:, None], full_matrices=False)
    centre, along = axes[0], axes[1]
    if centre @ (weights @ middles) < 0.0:
        centre = -centre
    lon_deg, lat_deg = _degrees_of(centre[None, :])[0]
    transverse = local_frame(lon_deg, lat_deg)
    lam, phi = np.radians([lon_deg, lat_deg])
    east = np.array([-np.sin(lam), np.cos(lam), 0.0])
    north = np.array([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)])
    azimuth_deg = round(float(np.degrees(np.arctan2(along @ east, along @ north))) % 180.0, 4)
    if azimuth_deg > 90.0:  # PROJ turns the plane upside down beyond 90
        azimuth_deg = round(azimuth_deg - 180.0, 4)
    azimuth_deg = min(max(azimuth_deg, -STEEPEST_AZIMUTH_DEG), STEEPEST_AZIMUTH_DEG)
    oblique = Frame(
        kind="omerc",
        lon_0_deg=transverse.lon_0_deg,
        lat_0_deg=transverse.lat_0_deg,
        azimuth_deg=azimuth_deg,
        k_0=1.0,
    )
    return oblique, transverse


def _balanced(frame: Frame, seen: F64) -> tuple[float, Frame]:
    """Half the spread of the scale over the points `seen`, and the frame with that spread centred on 1."""
    try:
        scale = frame.scale(seen[:, 0], seen[:, 1])
    except ProjError:  # an oblique Mercator cannot be centred on a pole
        return np.inf, frame
    low, high = float(scale.min()), float(scale.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        return np.inf, frame
    k_0 = round(2.0 / (low + high), 9)
    return (high - low) / 2.0, Frame(
        kind=frame.kind,
        lon_0_deg=frame.lon_0_deg,
        lat_0_deg=frame.lat_0_deg,
        azimuth_deg=frame.azimuth_deg,
        k_0=k_0,
    )


def _sampled(units: F64) -> tuple[F64, F64]:
    """Middles of pieces of at most 20 km along the line, as (m, 3) unit vectors, and each piece's length.

    Weighing by length keeps a stretch that was drawn with many vertices from pulling the axis towards it.
    """
    steps = np.diff(units, axis=0)
    lengths_m = EARTH_RADIUS_M * 2.0 * np.arcsin(np.minimum(np.linalg.norm(steps, axis=1) / 2.0, 1.0))
    if not lengths_m.any():
        return units[:1], np.zeros(1)
    if lengths_m.max() > FARTHEST_M:
        far = int(np.argmax(lengths_m))
        raise ValueError(f"vertices {far} and {far + 1} of the line are {lengths_m[far] / 1000:.0f} km apart")
    pieces = np.maximum(np.ceil(lengths_m / SAMPLE_STEP_M).astype(np.int64), 2)  # two points make a direction
    segment = np.repeat(np.arange(len(pieces)), pieces)
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (np.arange(len(segment)) - first + 0.5) / pieces[segment]
    middles = units[segment] + share[:, None] * steps[segment]
    middles /= np.linalg.norm(middles, axis=1)[:, None]
    return middles, lengths_m[segment] / pieces[segment]


def _unit_vectors(degrees: F64) -> F64:
    lam, phi = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def _degrees_of(units: F64) -> F64:
    lon_deg = np.degrees(np.arctan2(units[:, 1], units[:, 0]))
    lat_deg = np.degrees(np.arctan2(units[:, 2], np.hypot(units[:, 0], units[:, 1])))
    return np.stack([lon_deg, lat_deg], axis=1)


def _check_degrees(points: F64) -> None:
    on_earth = (np.abs(points[:, 0]) <= 360.0) & (np.abs(points[:, 1]) <= 90.0)
    if not on_earth.all():
        lon_deg, lat_deg = points[int(np.argmin(on_earth))].tolist()
        hint = "give longitude first, then latitude, in degrees"
        raise ValueError(f"no such place: longitude {lon_deg}, latitude {lat_deg}; {hint}")


def _step_north(frame: Frame, lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> tuple[F64, F64, F64]:
    """A short way north through a point: its x and y in the plane and its length on the ground, metres."""
    lat = np.asarray(lat_deg, dtype=np.float64)
    south, north = np.maximum(lat - NORTH_STEP_DEG, -90.0), np.minimum(lat + NORTH_STEP_DEG, 90.0)
    south_x, south_y = frame.to_plane(lon_deg, south)
    north_x, north_y = frame.to_plane(lon_deg, north)
    curved = 1.0 - ECCENTRICITY_2 * np.sin(np.radians(lat)) ** 2
    radius_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / (curved * np.sqrt(curved))
    return north_x - south_x, north_y - south_y, np.asarray(radius_m * np.radians(north - south))


def _transformed(proj: str, first: npt.ArrayLike, second: npt.ArrayLike, *, back: bool) -> tuple[F64, F64]:
    a, b = np.broadcast_arrays(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
    direction: Literal["INVERSE", "FORWARD"] = "INVERSE" if back else "FORWARD"
    u, v = _transformer(proj).transform(np.atleast_1d(a), np.atleast_1d(b), direction=direction)
    known = np.isfinite(u) & np.isfinite(v)
    return np.where(known, u, np.nan).reshape(a.shape), np.where(known, v, np.nan).reshape(a.shape)


@lru_cache(maxsize=64)
def _transformer(proj: str) -> Transformer:
    """Degrees to plane without a datum, so without the coordinate database; threads may share it."""
    degrees = "+proj=unitconvert +xy_in=deg +xy_out=rad"
    return Transformer.from_pipeline(f"+proj=pipeline +step {degrees} +step {proj}")
