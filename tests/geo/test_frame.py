"""The frame: how little it disturbs lengths and directions, on straight lines, real lines and odd ones."""

import gzip
import json
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod, Proj

from truceline.geo.frame import Frame, fit_frame, local_frame

GEOD = Geod(ellps="WGS84")


def straight(lon, lat, azimuth, length_m, n=151, wiggle_m=0.0):
    """Vertices on a geodesic through (lon, lat), alternately pushed `wiggle_m` to either side."""
    along = np.linspace(-length_m / 2, length_m / 2, n)
    lons, lats, _ = GEOD.fwd(np.full(n, lon), np.full(n, lat), np.full(n, azimuth), along)
    push = wiggle_m * (-1.0) ** np.arange(n)
    lons, lats, _ = GEOD.fwd(lons, lats, np.full(n, azimuth + 90.0), push)
    return np.column_stack([lons, lats])


def measured_scale(frame, vertices):
    """Scale as PROJ itself derives it, from the areas of small patches."""
    return np.sqrt(Proj(frame.proj).get_factors(vertices[:, 0], vertices[:, 1]).areal_scale)


def worst_scale_error(frame, vertices):
    return float(np.abs(measured_scale(frame, vertices) - 1.0).max())


def largest_ring(path: Path):
    features = json.loads(gzip.decompress(path.read_bytes()))["features"]
    rings = [part[0] for feature in features for part in feature["geometry"]["coordinates"]]
    return np.array(max(rings, key=len))[:-1, :2]


@pytest.mark.parametrize("lat", [-35.0, 0.0, 15.0, 38.0, 48.0, 65.0])
@pytest.mark.parametrize("azimuth", [-89.0, -45.0, -3.0, 0.0, 0.4, 20.0, 53.0, 88.0, 90.0])
def test_scale_stays_within_0_0004_percent_over_1500_km(lat, azimuth):
    vertices = straight(37.0, lat, azimuth, 1.5e6, wiggle_m=3_000.0)
    assert worst_scale_error(fit_frame(vertices), vertices) < 4e-6


def test_lengths_in_the_plane_are_lengths_on_the_ground():
    vertices = straight(37.0, 48.0, 40.0, 1.2e6, wiggle_m=5_000.0)
    x, y = fit_frame(vertices).to_plane(vertices[:, 0], vertices[:, 1])
    ground = GEOD.line_length(vertices[:, 0], vertices[:, 1])
    assert np.hypot(np.diff(x), np.diff(y)).sum() == pytest.approx(ground, rel=4e-6)


@pytest.mark.parametrize(
    ("name", "index", "bound"),
    [
        ("minsk_contact_line_derived.geojson", 0, 1.6e-5),
        ("korea_dmz_decimated.geojson", 0, 3.1e-6),
        ("korea_dmz_decimated.geojson", 1, 2.3e-6),
        ("korea_dmz_decimated.geojson", 2, 2.7e-6),
    ],
)
def test_scale_on_real_lines(shared, name, index, bound):
    file = shared / "data" / "lines" / name
    vertices = np.array(json.loads(file.read_text())["features"][index]["geometry"]["coordinates"])[:, :2]
    frame = fit_frame(vertices)
    assert bound / 2 < worst_scale_error(frame, vertices) < bound
    assert fit_frame(vertices[::-1]) == frame


def test_scale_on_the_front_and_on_a_whole_outer_boundary(shared):
    ring = largest_ring(shared / "data" / "deepstate" / "territory_20250509.geojson.gz")
    west, north = int(ring[:, 0].argmin()), int(ring[:, 1].argmax())
    front = ring[west : north + 1]
    assert GEOD.line_length(front[:, 0], front[:, 1]) == pytest.approx(1.2395e6, rel=1e-3)
    assert 4e-5 < worst_scale_error(fit_frame(front), front) < 5.3e-5
    assert 1e-4 < worst_scale_error(fit_frame(ring), ring) < 2.4e-4


def test_it_is_plain_data_and_can_be_rebuilt():
    frame = fit_frame([(37.0, 47.0), (38.5, 48.7), (39.2, 49.9)])
    again = Frame(**asdict(frame))
    assert again == frame
    x, y = frame.to_plane([38.0], [48.0])
    assert Proj(frame.proj)(38.0, 48.0) == pytest.approx((x[0], y[0]), abs=1e-6)


@pytest.mark.parametrize("lat", [-20.0, 48.0, 70.0])
@pytest.mark.parametrize("azimuth", [0.0, 40.0, 90.0, 130.0])
def test_there_and_back(lat, azimuth):
    frame = fit_frame(straight(37.0, lat, azimuth, 8e5))
    grid = np.random.default_rng(3).uniform([33.0, lat - 4], [41.0, lat + 4], (500, 2))
    lon, lat_back = frame.to_degrees(*frame.to_plane(grid[:, 0], grid[:, 1]))
    np.testing.assert_allclose(np.column_stack([lon, lat_back]), grid, atol=1e-9)


@pytest.mark.parametrize(
    "frame",
    [
        fit_frame([(36.0, 46.5), (39.0, 49.8)]),
        fit_frame([(36.0, 49.8), (39.0, 46.5)]),
        fit_frame([(36.0, 48.0), (41.0, 48.1)]),
        fit_frame([(37.0, 46.0), (37.001, 50.0)]),
        local_frame(37.0, 48.0),
    ],
    ids=["NE", "SE", "E", "N", "local"],
)
def test_convergence_turns_a_true_bearing_into_the_plane(frame):
    for lon, lat in [(36.2, 46.9), (38.9, 49.7), (40.5, 48.0)]:
        for bearing in (0.0, 73.0, 180.0, 271.5):
            lon_2, lat_2, _ = GEOD.fwd(lon, lat, bearing, 200.0)
            x, y = frame.to_plane([lon, lon_2], [lat, lat_2])
            drawn = np.degrees(np.arctan2(x[1] - x[0], y[1] - y[0]))
            expected = bearing + float(frame.convergence_deg(lon, lat))
            assert (drawn - expected + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=2e-4)


def test_scale_is_what_proj_says_it_is():
    frame = fit_frame([(36.0, 46.5), (39.0, 49.8)])
    places = np.random.default_rng(2).uniform([30.0, 44.0], [44.0, 52.0], (200, 2))
    np.testing.assert_allclose(frame.scale(places[:, 0], places[:, 1]), measured_scale(frame, places), rtol=2e-9)


def test_north_is_up_near_the_centre():
    for azimuth in (0.0, 35.0, 89.0, 91.0, 150.0, 179.0):
        frame = fit_frame(straight(37.0, 48.0, azimuth, 3e5))
        assert float(frame.convergence_deg(37.0, 48.0)) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(
    "vertices",
    [
        [(37.8, 48.0)],
        [(37.8, 48.0), (37.8, 48.0)],
        [(37.8, 48.0), (37.81, 48.002)],
        [(37.8, 48.0), (37.8000001, 48.0)],
        [(37.8, 44.0), (37.8, 52.0)],
        [(30.0, 0.0), (40.0, 0.0)],
        [(179.2, 10.0), (-179.1, 12.0), (-178.0, 13.0)],
        [(-70.0, -54.0), (-69.0, -52.0)],
        [(10.0, 89.95), (-170.0, 89.95)],
        [(37 + np.cos(a), 48 + np.sin(a)) for a in np.linspace(0, 2 * np.pi, 90)],
        [(37 + np.cos(a), 48 + np.sin(a)) for a in np.linspace(0, 1.9 * np.pi, 90)],
    ],
    ids=[
        "one",
        "twice one",
        "two",
        "1 cm",
        "NS",
        "equator",
        "antimeridian",
        "south",
        "pole",
        "ring",
        "horseshoe",
    ],
)
def test_odd_lines_do_not_break_it(vertices):
    vertices = np.array(vertices)
    frame = fit_frame(vertices)
    x, y = frame.to_plane(vertices[:, 0], vertices[:, 1])
    assert np.isfinite(x).all() and np.isfinite(y).all()
    assert worst_scale_error(frame, vertices) < 1.2e-4  # the rings are 220 km across
    step = np.array([GEOD.inv(*a, *b)[2] for a, b in pairwise(vertices)])
    np.testing.assert_allclose(np.hypot(np.diff(x), np.diff(y)), step, rtol=2e-4, atol=1e-6)


def test_lines_due_east_can_be_built_at_every_latitude():
    for lat in np.arange(-80.0, 80.1, 0.5):
        vertices = straight(37.0, lat, 90.0, 4e5, n=5)
        assert worst_scale_error(fit_frame(vertices), vertices) < 4e-6


def test_what_proj_misplaces_near_the_turning_meridian_is_under_35_cm():
    frame = Frame(kind="omerc", lon_0_deg=37.8, lat_0_deg=48.0, azimuth_deg=88.0, k_0=1.0)
    lon, lat = np.linspace(40.49, 40.491, 20_001), np.full(20_001, 48.0)
    lon_back, _ = frame.to_degrees(*frame.to_plane(lon, lat))
    off_m = np.abs(lon_back - lon) * 74_600.0
    assert 0.1 < off_m.max() < 0.35  # if this ever fails low, PROJ mended it: the docstring of Frame can go
    assert np.ptp(lon[off_m > 1e-3]) * 74_600.0 < 1.4


def test_a_line_along_a_meridian_gets_its_own_kind():
    assert fit_frame([(37.8, 44.0), (37.8, 52.0)]).kind == "tmerc"
    assert fit_frame([(36.0, 46.5), (39.0, 49.8)]).kind == "omerc"


def test_local_frame_stands_on_its_point():
    frame = local_frame(37.81234, 48.01234)
    x, y = frame.to_plane(37.81234, 48.01234)
    assert np.hypot(x, y) < 10.0
    assert float(frame.scale(37.81234, 48.01234)) == pytest.approx(1.0, abs=1e-9)


def test_shapes_nothing_and_not_a_number():
    frame = local_frame(37.8, 48.0)
    x, y = frame.to_plane(37.9, 48.1)
    assert x.shape == y.shape == ()
    x, y = frame.to_plane([], [])
    assert x.shape == y.shape == (0,)
    assert frame.scale([], []).shape == frame.convergence_deg([], []).shape == (0,)
    x, y = frame.to_plane([37.9, np.nan, 37.9, np.inf], [48.1, 48.0, 95.0, 48.0])
    assert np.isfinite(x[0]) and np.isnan(x[1:]).all() and np.isnan(y[1:]).all()
    lon, lat = frame.to_degrees([0.0, np.nan], [0.0, 0.0])
    assert np.isfinite(lon[0]) and np.isnan(lon[1]) and np.isnan(lat[1])


@pytest.mark.parametrize(
    ("vertices", "words"),
    [
        ([], "at least one point"),
        ([(48.0, 137.0)], "longitude 48.0, latitude 137.0"),
        ([(37.0, np.nan)], "vertex 0 is not a pair of finite numbers"),
        ([(37.0, 48.0, 0.0)], "pairs"),
        ([(37.0, 48.0), (-143.0, -48.0)], "vertices 0 and 1 of the line are 20015 km apart"),
    ],
)
def test_what_cannot_be_a_line_is_refused_in_words(vertices, words):
    with pytest.raises(ValueError, match=words):
        fit_frame(vertices)
