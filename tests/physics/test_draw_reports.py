"""Reports are drawn as they are weighed: what is drawn from a true place falls as the likelihood says."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from truceline.domain.place import fix_from_ellipse
from truceline.physics import area, polar
from truceline.physics.area import draw_area
from truceline.physics.arrival import draw_arrival
from truceline.physics.bearing import draw_bearing
from truceline.physics.fix import draw_fix
from truceline.physics.notice import draw_distance, draw_noticed, noticed_area_m2, p_noticed, scale_of
from truceline.physics.sector import draw_arc, draw_band

N = 20_000
RARE = 1e-4  # a seed is fixed: only a defect makes a test fail


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def fits(counts, probabilities):
    """Whether counts agree with probabilities, those that expect too few put together."""
    expected = np.asarray(probabilities) * np.sum(counts)
    enough = expected >= 5
    assert expected[~enough].sum() + expected[enough].sum() == pytest.approx(np.sum(counts), rel=1e-3)
    seen = np.append(np.asarray(counts)[enough], np.asarray(counts)[~enough].sum())
    meant = np.append(expected[enough], max(expected[~enough].sum(), 1e-9))
    kept = meant > 1e-6
    assert seen[~kept].sum() == 0
    statistic = np.sum((seen[kept] - meant[kept]) ** 2 / meant[kept])
    return stats.chi2.sf(statistic, kept.sum() - 1) > RARE


@pytest.mark.parametrize("direction_deg", [0.0, 5.0, 11.25, 100.0, 359.0])
def test_compass_points_fall_as_the_arcs_of_a_sector_say(rng, direction_deg):
    sigma, step = math.radians(8.0), math.radians(22.5)
    start, end = draw_arc(np.full(N, math.radians(direction_deg)), rng, sigma_rad=sigma)
    assert np.allclose(end - start, step)
    point = np.rint((start + 0.5 * step) / step).astype(int)
    arcs = [polar.merge_arcs(((22.5 * k - 11.25, 22.5 * k + 11.25),)) for k in range(16)]
    at, error = np.array([math.radians(direction_deg)]), np.array([sigma])
    p = [float(polar.angle_density(arc, at, error)[0]) * step for arc in arcs]
    assert fits(np.bincount(point, minlength=16), p)


@pytest.mark.parametrize("r_m", [300.0, 950.0, 2_900.0, 4_500.0, 9_000.0])
def test_distance_bands_fall_as_the_soft_edges_of_a_band_say(rng, r_m):
    edges = np.array([0.0, 1e3, 3e3, 5e3, 8e3, 12e3, 40e3])
    near, far = draw_band(np.full(N, r_m), rng, sigma_share=0.25, edges_m=edges)
    assert set(zip(near, far, strict=True)) <= set(itertools.pairwise(edges))
    bands = [polar.build_band(a, b, 0.25, 1e-3) for a, b in itertools.pairwise(edges)]
    p = [float(polar.band_window(band, np.array([r_m]))[0]) for band in bands]
    assert fits(np.bincount(np.searchsorted(edges, near), minlength=len(p)), p)


def test_what_seems_farther_than_the_last_band_is_put_there(rng):
    near, far = draw_band(np.array([5e4]), rng, sigma_share=0.1, edges_m=np.array([0.0, 1e3, 2e3]))
    assert (near[0], far[0]) == (1e3, 2e3)


def test_bearings_are_gaussian_and_wrap(rng):
    read = draw_bearing(np.full(N, 0.001), rng, sigma_rad=0.03)
    assert ((read >= 0) & (read < 2 * np.pi)).all()
    off = np.mod(read - 0.001 + np.pi, 2 * np.pi) - np.pi
    assert stats.kstest(off / 0.03, "norm").pvalue > RARE
    bins = np.linspace(-0.12, 0.12, 25)
    arc = polar.merge_arcs(((-1e-3, 1e-3),))
    middle = 0.5 * (bins[1:] + bins[:-1])
    p = polar.angle_density(arc, middle, np.full(24, 0.03)) * np.diff(bins)
    assert fits(np.histogram(off, bins)[0], p / p.sum())


def test_fixes_scatter_as_their_ellipse(rng):
    place = fix_from_ellipse(0.0, 0.0, 300.0, 100.0, 30.0)
    at = draw_fix(
        np.tile([500.0, -200.0], (N, 1)), rng, sigma_major_m=300.0, sigma_minor_m=100.0, azimuth_rad=math.radians(30.0)
    )
    cov = np.array([[place.var_e_m2, place.cov_en_m2], [place.cov_en_m2, place.var_n_m2]])
    off = at - [500.0, -200.0]
    square = np.einsum("ni,ij,nj->n", off, np.linalg.inv(cov), off)
    assert stats.kstest(square, stats.chi2(2).cdf).pvalue > RARE


def test_arrivals_come_late_by_the_travel_time_and_its_error(rng):
    r_m = rng.uniform(100.0, 12e3, N)
    heard = draw_arrival(np.full(N, 50.0), r_m, rng, speed_m_s=340.0, speed_sigma_share=0.025, sigma_s=0.15)
    late = r_m / 340.0
    assert stats.kstest((heard - 50.0 - late) / np.hypot(0.15, 0.025 * late), "norm").pvalue > RARE


def test_light_comes_at_once(rng):
    seen = draw_arrival(np.zeros(N), np.full(N, 9e3), rng, speed_m_s=0.0, speed_sigma_share=0.0, sigma_s=2.0)
    assert stats.kstest(seen / 2.0, "norm").pvalue > RARE


def test_noticing_falls_off_with_distance(rng):
    r_m = rng.uniform(0.0, 4 * 5e3, 10 * N)
    kept = draw_noticed(r_m, rng, 5e3, 0.8)
    bins = np.linspace(0, 4 * 5e3, 33)
    seen, of = np.histogram(r_m[kept], bins)[0], np.histogram(r_m, bins)[0]
    middle = 0.5 * (bins[1:] + bins[:-1])
    assert np.abs(seen / of - p_noticed(middle, 5e3, 0.8)).max() < 0.02
    assert seen[middle > 15e3].sum() == 0
    assert p_noticed(np.array([0.0]), 5e3, 0.8)[0] == 0.8
    assert scale_of(10e3) == 5e3
    assert p_noticed(np.array([10e3]), scale_of(10e3))[0] == pytest.approx(math.exp(-4))


def test_distances_of_what_is_noticed_are_those_of_a_fall_off_over_the_plane(rng):
    r_m = draw_distance(rng, 3e3, N)
    assert r_m.max() <= 9e3
    assert stats.kstest(r_m, lambda r: -np.expm1(-((r / 3e3) ** 2)) / -math.expm1(-9.0)).pvalue > RARE


@pytest.mark.parametrize("scales", [0.5, 1.0, 3.0])
def test_the_noticed_area_is_the_integral_of_the_curve(scales):
    r = np.linspace(0, scales * 2e3, 20_001)[:-1]
    integral = np.trapezoid(2 * np.pi * r * p_noticed(r, 2e3, 0.7), r)
    assert noticed_area_m2(2e3, 0.7, scales) == pytest.approx(integral, rel=1e-3)


def test_a_teller_names_an_area_that_holds_the_place(rng):
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    shapes = [area.build(square), area.build(square + 5.0), area.build(square + 100.0)]
    told = draw_area(shapes, np.tile([7.0, 7.0], (N, 1)), rng)
    assert fits(np.bincount(told, minlength=3), [0.5, 0.5, 0.0])
    assert draw_area(shapes, np.array([[2.0, 2.0], [105.0, 105.0], [50.0, 50.0]]), rng).tolist() == [0, 2, -1]
    assert draw_area([], np.zeros((2, 2)), rng).tolist() == [-1, -1]
