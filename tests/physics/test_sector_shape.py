"""Sectors and bearings: soft edges, arcs, the observer's own error, and what is refused."""

import math

import numpy as np
import pytest
from scipy import integrate

from truceline.physics import bearing, polar, sector


def _around(r_m: float, azimuth_deg: float) -> np.ndarray:
    theta = math.radians(azimuth_deg)
    return np.array([[r_m * math.sin(theta), r_m * math.cos(theta)]])


def _by_ear(*arcs: tuple[float, float], sigma_m: float = 50.0) -> sector.SectorShape:
    return sector.build(0.0, 0.0, sigma_m, arcs, 2000.0, 4000.0, sector_sigma_deg=10.0, range_sigma_share=0.1)


def test_uniform_per_area_inside_and_half_at_the_edges() -> None:
    shape = sector.build(0.0, 0.0, 20.0, ((45.0, 135.0),), 2000.0, 4000.0, sector_sigma_deg=5.0, range_sigma_share=0.05)
    inside = sector.density(shape, np.vstack([_around(2500.0, 70.0), _around(3000.0, 90.0), _around(3200.0, 110.0)]))
    assert inside == pytest.approx([inside[1]] * 3, rel=1e-3)
    edges = np.vstack([_around(3000.0, 45.0), _around(3000.0, 135.0), _around(2000.0, 90.0), _around(4000.0, 90.0)])
    assert sector.density(shape, edges) == pytest.approx([0.5 * inside[1]] * 4, rel=1e-3)
    assert sector.density(shape, _around(3000.0, 270.0))[0] < 1e-12 * inside[1]


def test_an_arc_through_north_is_one_arc() -> None:
    through = _by_ear((337.5, 22.5))
    points = np.vstack([_around(3000.0, a) for a in (340.0, 359.9, 0.0, 0.1, 20.0)])
    turned = _by_ear((337.5 + 90.0, 22.5 + 90.0))
    quarter = np.vstack([_around(3000.0, a + 90.0) for a in (340.0, 359.9, 0.0, 0.1, 20.0)])
    assert sector.density(through, points) == pytest.approx(sector.density(turned, quarter), rel=1e-9)


@pytest.mark.parametrize(
    ("arcs", "merged"),
    [
        ((), [(0.0, 360.0)]),
        (((0.0, 360.0),), [(0.0, 360.0)]),
        (((90.0, 270.0), (270.0, 90.0)), [(0.0, 360.0)]),
        (((100.0, 140.0), (120.0, 160.0), (110.0, 130.0)), [(100.0, 160.0)]),
        (((350.0, 10.0), (5.0, 20.0)), [(350.0, 380.0)]),
        (((340.0, 360.0), (0.0, 20.0)), [(340.0, 380.0)]),
        (((-10.0, 10.0), (180.0, 190.0)), [(180.0, 190.0), (350.0, 370.0)]),
        (((300.0, 200.0), (10.0, 20.0), (190.0, 250.0)), [(300.0, 610.0)]),
    ],
)
def test_arcs_become_disjoint(arcs: tuple[tuple[float, float], ...], merged: list[tuple[float, float]]) -> None:
    assert np.degrees(polar.merge_arcs(arcs)) == pytest.approx(np.array(merged))


def test_naming_the_same_ground_twice_changes_nothing() -> None:
    points = np.vstack([_around(3000.0, a) for a in range(0, 360, 15)])
    once = sector.density(_by_ear((100.0, 160.0)), points)
    assert sector.density(_by_ear((100.0, 140.0), (120.0, 160.0)), points) == pytest.approx(once, rel=1e-12)


@pytest.mark.parametrize("sigma_rad", [0.01, 0.3, 1.0, math.pi])
def test_angles_are_a_density_on_the_circle(sigma_rad: float) -> None:
    arcs = polar.merge_arcs(((350.0, 10.0), (90.0, 135.0), (200.0, 201.0)))
    theta = np.linspace(0.0, 2.0 * np.pi, 20_001)[:-1]
    density = polar.angle_density(arcs, theta, np.full(len(theta), sigma_rad))
    assert density.min() >= 0.0
    assert density.mean() * 2.0 * np.pi == pytest.approx(1.0, abs=1e-6)


def test_mass_of_the_band_equals_quadrature() -> None:
    band = polar.build_band(150.0, 5000.0, 0.45, 300.0)
    mass, _ = integrate.quad(
        lambda r: r * float(polar.band_window(band, np.array([r]))[0]),
        0.0,
        20_000.0,
        points=[150.0, 5000.0],
        limit=200,
    )
    assert band.mass_m2 == pytest.approx(mass, rel=1e-4)
    radius = float(polar.radius_at(band, np.array([0.5]))[0])
    half, _ = integrate.quad(lambda r: r * float(polar.band_window(band, np.array([r]))[0]), 0.0, radius, limit=200)
    assert half == pytest.approx(0.5 * mass, rel=1e-3)


@pytest.mark.parametrize(("near_m", "scale_m"), [(0.0, 7500.0), (3000.0, 7500.0), (9000.0, 9000.0)])
def test_without_a_far_limit_a_band_falls_off(near_m: float, scale_m: float) -> None:
    band = polar.build_band(near_m, math.inf, 0.2, 50.0, scale_m=scale_m)
    r = np.array([near_m + 0.5 * scale_m, near_m + scale_m]) + 2000.0
    edge = polar.band_window(polar.build_band(near_m, 1e6, 0.2, 50.0), r)
    assert polar.band_window(band, r) == pytest.approx(edge * np.exp(-((r / scale_m) ** 2)), rel=1e-5)
    mass, _ = integrate.quad(
        lambda r: r * float(polar.band_window(band, np.array([r]))[0]), 0.0, 8.0 * scale_m, points=[near_m], limit=200
    )
    assert band.mass_m2 == pytest.approx(mass, rel=1e-4)
    assert band.range_max_m == math.inf and band.scale_m == scale_m
    if near_m == 0.0:
        assert mass == pytest.approx(0.5 * scale_m**2, rel=1e-6)


def test_a_fiftieth_is_left_where_noticing_ends() -> None:
    band = polar.build_band(0.0, math.inf, 0.2, 1.0, scale_m=polar.falloff_m(0.0, 15_000.0))
    assert float(polar.band_window(band, np.array([15_000.0]))[0]) == pytest.approx(math.exp(-4.0))
    assert polar.falloff_m(20_000.0, 15_000.0) == 20_000.0, "who says farther than that noticed it from there"


@pytest.mark.parametrize(
    ("low", "high", "scale"), [(0.0, 6000.0, math.inf), (3000.0, 6000.0, 1.0), (0.0, math.inf, 5e3)]
)
def test_the_root_mean_square_distance_is_that_of_the_nodes(low: float, high: float, scale: float) -> None:
    shape = sector.build(0, 0, 1.0, (), low, high, sector_sigma_deg=5.0, range_sigma_share=0.0, scale_m=scale)
    xy_m, weights = sector.nodes(shape)
    rms = math.sqrt(weights @ np.sum(xy_m**2, axis=1))
    assert polar.rms_range_m(low, high, scale) == pytest.approx(rms, rel=2e-3)


def test_a_scale_beside_a_stated_limit_says_nothing() -> None:
    stated, both = (polar.build_band(0.0, 5000.0, 0.2, 10.0, scale_m=s) for s in (math.inf, 800.0))
    assert both.scale_m == math.inf and both.mass_m2 == stated.mass_m2


def test_bands_share_out_what_is_heard() -> None:
    """Adjacent bands are adjacent statements: together they say what the band over both says."""
    r = np.linspace(0.0, 9000.0, 500)
    whole = polar.build_band(0.0, 6000.0, 0.3, 100.0)
    near, far = polar.build_band(0.0, 2000.0, 0.3, 100.0), polar.build_band(2000.0, 6000.0, 0.3, 100.0)
    both = polar.band_window(near, r) + polar.band_window(far, r)
    assert both == pytest.approx(polar.band_window(whole, r), abs=1e-12)


@pytest.mark.parametrize(
    ("sigma_m", "low", "high"), [(300.0, 150.0, 200.0), (300.0, 1400.0, 1600.0), (150.0, 1400.0, 1600.0)]
)
def test_position_error_moves_the_whole_window(sigma_m: float, low: float, high: float) -> None:
    """Against the definition: a place in the window seen from a place where the observer may have stood."""
    rng = np.random.default_rng(23)
    exact = sector.build(0, 0, 0.0, ((123.75, 168.75),), low, high, sector_sigma_deg=8.0, range_sigma_share=0.1)
    truth = sector.draw(exact, rng, 200_000) + sigma_m * rng.standard_normal((200_000, 2))
    shape = sector.build(0, 0, sigma_m, ((123.75, 168.75),), low, high, sector_sigma_deg=8.0, range_sigma_share=0.1)
    xy_m, weights = sector.nodes(shape)
    spread = math.sqrt(truth.var(axis=0).sum())
    assert np.hypot(*(weights @ xy_m - truth.mean(axis=0))) < 0.03 * spread
    for angle in np.linspace(0.0, np.pi, 8, endpoint=False):
        normal = np.array([np.cos(angle), np.sin(angle)])
        bar = float(np.median(truth @ normal))
        assert weights[xy_m @ normal < bar].sum() == pytest.approx(0.5, abs=0.02)


def test_a_bearing_is_gaussian_across_and_wraps() -> None:
    shape = bearing.build(0.0, 0.0, 1.0, 359.5, 2.0, 500.0, 8000.0, range_sigma_share=0.1)
    here, one_sigma, other = sector.density(
        shape, np.vstack([_around(4000.0, 359.5), _around(4000.0, 1.5), _around(4000.0, 357.5)])
    )
    assert one_sigma == pytest.approx(here * math.exp(-0.5), rel=1e-3)
    assert other == pytest.approx(one_sigma, rel=1e-6)


def test_a_bearing_is_uniform_per_area_along() -> None:
    shape = bearing.build(0.0, 0.0, 1.0, 90.0, 1.0, 0.0, 9000.0, range_sigma_share=0.05)
    points = sector.draw(shape, np.random.default_rng(3), 100_000)
    assert np.mean(np.hypot(*points.T) < 4500.0) == pytest.approx(0.25, abs=0.01)


GOOD = {"x_m": 0.0, "y_m": 0.0, "sigma_m": 10.0, "range_min_m": 100.0, "range_max_m": 900.0}
MODEL = {"sector_sigma_deg": 10.0, "range_sigma_share": 0.2}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, math.nan) for field in (*GOOD, *MODEL)]
    + [
        ("sigma_m", -1.0),
        ("range_min_m", -1.0),
        ("range_max_m", 99.0),
        ("range_max_m", math.inf),
        ("range_sigma_share", 1.5),
        ("sector_sigma_deg", -3.0),
        ("x_m", math.inf),
    ],
)
def test_what_is_refused_is_named(field: str, value: float) -> None:
    given = {**GOOD, **MODEL, field: value}
    with pytest.raises(ValueError, match=field):
        sector.build(arcs_deg=((0.0, 90.0),), **given)


def test_arcs_that_say_nothing_are_refused() -> None:
    for arc in ((90.0, 90.0), (0.0, 1e-199), (math.nan, 20.0), (10.0, math.inf)):
        with pytest.raises(ValueError, match="arcs"):
            sector.build(arcs_deg=(arc,), **GOOD, **MODEL)


def test_a_band_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="range_max_m"):
        sector.build(arcs_deg=(), **{**GOOD, "range_min_m": 0.0, "range_max_m": 0.0}, **MODEL)


@pytest.mark.parametrize("field", ["azimuth_deg", "sigma_deg", "range_max_m"])
def test_a_bearing_names_what_it_refuses(field: str) -> None:
    given = {**GOOD, "azimuth_deg": 10.0, "sigma_deg": 1.0, field: math.nan}
    with pytest.raises(ValueError, match=field):
        bearing.build(**given, range_sigma_share=0.1)
