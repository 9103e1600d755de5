"""Places in degrees land where the ground says: true bearings, true east and north, in any frame."""

import math

import numpy as np
import pytest
from pyproj import Geod

from truceline.domain.place import Area, Bearing, Fix, Place, Sector
from truceline.geo.frame import Frame, fit_frame, local_frame
from truceline.physics.places import place_shape, shape_density, shape_draw, shape_nodes

LON, LAT = 38.40, 48.69
EARTH = Geod(ellps="WGS84")
FRAMES = {
    "local": local_frame(LON, LAT),
    "along a slanting line": fit_frame(((36.2, 46.6), (37.6, 47.4), (37.9, 48.2), (38.5, 48.7), (39.7, 49.9))),
    "far from its meridian": local_frame(LON - 8.0, LAT),
}
MODEL = {"sector_sigma_deg": 3.0, "range_sigma_share": 0.05}


@pytest.fixture(params=FRAMES.values(), ids=FRAMES.keys())
def frame(request: pytest.FixtureRequest) -> Frame:
    return request.param  # type: ignore[no-any-return]


def _plane(frame: Frame, azimuth_deg: float, distance_m: float) -> np.ndarray:
    lon, lat, _ = EARTH.fwd(LON, LAT, azimuth_deg, distance_m)
    return np.array([frame.to_plane(lon, lat)])


@pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, 200.0, 315.0])
def test_a_bearing_is_true(frame: Frame, azimuth_deg: float) -> None:
    place = Bearing(
        lon_deg=LON,
        lat_deg=LAT,
        sigma_m=5.0,
        azimuth_deg=azimuth_deg,
        sigma_deg=0.5,
        range_min_m=0,
        range_max_m=9000,
    )
    shape = place_shape(place, frame, **MODEL)
    on, off = (shape_density(shape, _plane(frame, azimuth_deg + d, 5000.0))[0] for d in (0.0, 0.5))
    assert off == pytest.approx(on * math.exp(-0.5), rel=0.02)


def test_a_sector_is_true(frame: Frame) -> None:
    place = Sector(
        lon_deg=LON, lat_deg=LAT, sigma_m=5.0, arcs=((348.75, 11.25),), range_min_m=3000.0, range_max_m=6000.0
    )
    shape = place_shape(place, frame, **MODEL)
    middle = shape_density(shape, _plane(frame, 0.0, 4500.0))[0]
    for azimuth_deg in (348.75, 11.25):
        edge = shape_density(shape, _plane(frame, azimuth_deg, 4500.0))[0]
        assert edge == pytest.approx(0.5 * middle, rel=0.02)


def test_a_fix_lies_as_its_ellipse_says(frame: Frame) -> None:
    place = Fix(lon_deg=LON, lat_deg=LAT, var_e_m2=100.0**2, var_n_m2=800.0**2, cov_en_m2=0.0)
    shape = place_shape(place, frame, **MODEL)
    here = shape_density(shape, _plane(frame, 0.0, 0.0))[0]
    assert shape_density(shape, _plane(frame, 0.0, 800.0))[0] == pytest.approx(here * math.exp(-0.5), rel=0.03)
    assert shape_density(shape, _plane(frame, 90.0, 100.0))[0] == pytest.approx(here * math.exp(-0.5), rel=0.03)


def test_an_area_is_its_ring(frame: Frame) -> None:
    ring = ((LON, LAT), (LON + 0.02, LAT), (LON + 0.02, LAT + 0.01), (LON, LAT + 0.01))
    shape = place_shape(Area(ring_deg=ring), frame, **MODEL)
    xy_m, weights = shape_nodes(shape)
    lon, lat = frame.to_degrees(xy_m[:, 0], xy_m[:, 1])
    assert weights @ lon == pytest.approx(LON + 0.01, abs=2e-4)
    assert weights @ lat == pytest.approx(LAT + 0.005, abs=1e-4)
    assert lon.min() > LON - 1e-6 and lon.max() < LON + 0.02 + 1e-6


def test_draws_depend_on_the_seed_only(frame: Frame) -> None:
    shape = place_shape(Fix(lon_deg=LON, lat_deg=LAT, var_e_m2=1, var_n_m2=1, cov_en_m2=0), frame, **MODEL)
    first, again = (shape_draw(shape, np.random.default_rng(4), 100) for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (Fix(lon_deg=math.nan, lat_deg=LAT, var_e_m2=1, var_n_m2=1, cov_en_m2=0), "lon_deg"),
        (Fix(lon_deg=LON, lat_deg=91.0, var_e_m2=1, var_n_m2=1, cov_en_m2=0), "lat_deg"),
        (
            Sector(lon_deg=LON, lat_deg=LAT, sigma_m=1, arcs=(), range_min_m=0, range_max_m=math.inf),
            "range_max_m",
        ),
        (Area(ring_deg=((LON, LAT), (LON, math.nan), (LON + 1, LAT))), "ring_deg"),
    ],
)
def test_a_place_that_cannot_be_drawn_names_its_field(place: Place, field: str) -> None:
    with pytest.raises(ValueError, match=field):
        place_shape(place, FRAMES["local"], **MODEL)
