"""Regions: points, borders and uncertain places, these against Monte Carlo with shapely's polygons."""

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely

from truceline.geo.line import build_axis, locate
from truceline.geo.region import Region, in_band, inside, p_in_band, p_inside, p_where

ZONE = np.array([(0, 0), (9_000, -500), (10_000, 5_000), (6_000, 4_000), (5_500, 8_000), (500, 6_500)], float)


def oracle_inside(ring, x, y):
    """Even-odd by counting the edges to the right of each point, one point and edge at a time."""
    result = np.zeros(len(x), bool)
    for k in range(len(x)):
        for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if (ay <= y[k]) != (by <= y[k]) and x[k] < ax + (y[k] - ay) * (bx - ax) / (by - ay):
                result[k] = not result[k]
    return result


@pytest.mark.parametrize("corners", [3, 4, 9, 60])
def test_equals_the_oracle_even_where_the_ring_crosses_itself(corners):
    rng = np.random.default_rng(corners)
    ring = rng.uniform(-1e4, 1e4, (corners, 2))
    x, y = rng.uniform(-1.2e4, 1.2e4, (2, 600))
    assert np.array_equal(inside(Region(rings=(ring,)), x, y), oracle_inside(ring, x, y))


def test_several_rings_count_once_and_closed_ones_like_open_ones():
    closed = np.vstack([ZONE, ZONE[:1]])
    moved = ZONE + np.array([4_000.0, 0.0])
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-2_000, 16_000, (2, 3_000))
    both = inside(Region(rings=(closed, moved)), x, y)
    assert np.array_equal(both, oracle_inside(ZONE, x, y) | oracle_inside(moved, x, y))
    assert np.array_equal(inside(Region(rings=(ZONE,)), x, y), inside(Region(rings=(closed[::-1],)), x, y))


def test_a_point_on_a_shared_border_is_in_exactly_one_zone():
    border = [(0, 0), (3, 3), (1, 5), (4, 7), (4, 9), (0, 12)]
    west = Region(rings=(np.array([*border, (-9, 12), (-9, 0)], float),))
    east = Region(rings=(np.array([(9, 0), (9, 12), *reversed(border)], float),))
    x, y = (a.ravel() for a in np.meshgrid(np.arange(-8.0, 9.0, 0.5), np.arange(0.0, 12.0, 0.5)))
    assert (inside(west, x, y) ^ inside(east, x, y)).all()


def test_nothing_and_not_a_number():
    region = Region(rings=(ZONE,))
    assert inside(region, [], []).shape == (0,)
    assert inside(region, [np.nan, 3_000, np.inf, 3_000], [3_000, np.nan, 3_000, 3_000]).tolist() == [
        0,
        0,
        0,
        1,
    ]


@pytest.mark.parametrize(
    ("rings", "words"),
    [
        ((), "at least one ring"),
        (([(0, 0), (1, 0), (0, 0), (1, 0)],), "ring 0 has fewer than three distinct corners"),
        ((ZONE, [(0, 0), (1, np.inf), (2, 2)]), "ring 1: vertex 1"),
    ],
)
def test_what_is_no_region_is_refused_in_words(rings, words):
    with pytest.raises(ValueError, match=words):
        Region(rings=rings)


def test_a_flat_ring_holds_nothing():
    flat = Region(rings=(np.array([(0, 5), (10, 5), (20, 5)], float),))
    assert not inside(flat, [5.0, 10.0], [5.0, 5.0]).any()


# -- uncertain places: nodes and weights, and draws of the same distribution for Monte Carlo


def fix():
    mean, cov = np.array([5_500.0, 4_000.0]), np.array([[4e6, 1.5e6], [1.5e6, 1e6]])
    share = (np.arange(240) + 0.5) / 240
    radius, angle = np.meshgrid(np.sqrt(-2.0 * np.log1p(-share)), 2.0 * np.pi * share, indexing="ij")
    unit = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1).reshape(-1, 2)
    nodes = mean + unit @ np.linalg.cholesky(cov).T
    return nodes, np.ones(len(nodes)), lambda rng, n: rng.multivariate_normal(mean, cov, n)


def polar(centre, bearing_deg, p_bearing, r_min, r_max):
    """Nodes of a place known by bearing and range: uniform in area over range, weighed by bearing."""
    r2 = r_min**2 + (np.arange(150) + 0.5) / 150 * (r_max**2 - r_min**2)
    radius, angle = np.meshgrid(np.sqrt(r2), np.radians(bearing_deg), indexing="ij")
    weights = np.broadcast_to(p_bearing, radius.shape)
    nodes = centre + np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1).reshape(-1, 2)
    return nodes, weights.ravel()


def drawn_polar(centre, bearing_deg, r2):
    angle = np.radians(bearing_deg)
    return centre + np.sqrt(r2)[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])


def sector():
    """ "SE|S, 3-6 km" from a post north-west of the zone."""
    centre, start, end = np.array([2_500.0, 9_500.0]), 123.75, 191.25
    bearing = start + (np.arange(150) + 0.5) / 150 * (end - start)
    nodes, weights = polar(centre, bearing, np.ones(150), 3_000, 6_000)
    return (
        nodes,
        weights,
        lambda rng, n: drawn_polar(centre, rng.uniform(start, end, n), rng.uniform(9e6, 36e6, n)),
    )


def wedge():
    """A bearing of 60 degrees, one standard deviation 3 degrees, 1-12 km."""
    centre = np.array([-2_000.0, -1_000.0])
    t, w = np.polynomial.hermite_e.hermegauss(80)
    nodes, weights = polar(centre, 60 + 3 * t, w, 1_000, 12_000)
    return (
        nodes,
        weights,
        lambda rng, n: drawn_polar(centre, rng.normal(60, 3, n), rng.uniform(1e6, 144e6, n)),
    )


def area():
    """Somewhere in a village: a triangle across the zone's edge."""
    a, b, c = np.array([(4_000.0, 5_000.0), (8_000.0, 5_500.0), (5_000.0, 9_000.0)])
    u, v = np.meshgrid((np.arange(200) + 0.5) / 200, (np.arange(200) + 0.5) / 200)
    u, v = u[u + v < 1], v[u + v < 1]
    nodes = a + u[:, None] * (b - a) + v[:, None] * (c - a)

    def draw(rng, n):
        s, t = rng.uniform(size=(2, n))
        s, t = np.where(s + t > 1, 1 - s, s), np.where(s + t > 1, 1 - t, t)
        return a + s[:, None] * (b - a) + t[:, None] * (c - a)

    return nodes, np.ones(len(nodes)), draw


PLACES = pytest.mark.parametrize("place", [fix, sector, wedge, area])
DRAWS = 200_000


@PLACES
def test_p_inside_agrees_with_monte_carlo(place):
    nodes, weights, draw = place()
    points = draw(np.random.default_rng(4), DRAWS)
    share = shapely.contains_xy(shapely.Polygon(ZONE), points[:, 0], points[:, 1]).mean()
    assert 0.05 < share < 0.95  # else the test says little
    assert p_inside(Region(rings=(ZONE,)), nodes, weights) == pytest.approx(share, abs=0.008)


@PLACES
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_p_in_band_agrees_with_monte_carlo(place, side):
    nodes, weights, draw = place()
    line = np.array([(-5_000, 2_000), (3_000, 4_500), (4_500, 3_500), (7_000, 6_000), (20_000, 5_000)], float)
    points = draw(np.random.default_rng(5), DRAWS)
    ground = shapely.LineString(line).buffer(2_500, quad_segs=64) - shapely.LineString(line).buffer(300, quad_segs=64)
    if side != "both":
        top = 50_000 if side == "left" else -50_000
        ground &= shapely.Polygon([*line, (20_000, top), (-5_000, top)])
    share = shapely.contains_xy(ground, points[:, 0], points[:, 1]).mean()
    p = p_in_band(build_axis(line), nodes, weights, side, 300.0, 2_500.0)
    assert p == pytest.approx(share, abs=0.01)


def test_a_fix_beside_a_straight_line_has_the_probability_of_the_normal_distribution():
    nodes, weights, _ = fix()
    axis = build_axis([(-1e5, 4_500), (1e5, 4_500)])
    expected = 0.5 * math.erfc(500 / 1_000 / math.sqrt(2))  # 500 m right of it, one standard deviation 1 km
    assert p_in_band(axis, nodes, weights, "left", 0.0, math.inf) == pytest.approx(expected, abs=0.003)


def test_probabilities_are_certain_only_when_everything_is_in_or_out():
    nodes, weights, _ = fix()
    world = np.array([(-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)])
    assert p_inside(Region(rings=(world,)), nodes, weights) == 1.0
    assert p_inside(Region(rings=(world + 1e7,)), nodes, weights) == 0.0
    halves = [p_inside(Region(rings=(ring,)), nodes, weights) for ring in (ZONE, ZONE[[0, 1, 2, 3]])]
    assert 0.0 < halves[1] < halves[0] < 1.0


@pytest.mark.parametrize(
    ("nodes", "weights", "words"),
    [
        ([], [], "all zero"),
        ([(1, 1)], [0.0], "all zero"),
        ([(1, 1)], [-1.0], "negative"),
        ([(1, 1)], [np.nan], "not a number"),
        ([(1, 1), (2, 2)], [1.0], "one weight a node"),
        ([(1, np.nan)], [1.0], "vertex 0 is not a pair"),
    ],
)
def test_a_place_without_likelihood_is_refused_in_words(nodes, weights, words):
    with pytest.raises(ValueError, match=words):
        p_inside(Region(rings=(ZONE,)), nodes, weights)


def test_p_where_does_not_care_for_the_order_of_the_nodes():
    rng = np.random.default_rng(8)
    weights, mask = rng.lognormal(0, 8, 2_000), rng.uniform(size=2_000) < 0.3
    order = rng.permutation(2_000)
    assert p_where(mask, weights) == p_where(mask[order], weights[order])


def test_bands_share_out_the_ground_and_the_line_belongs_to_both_sides():
    axis = build_axis([(0, 0), (1_000, 300), (2_000, -200)])
    x, y = np.random.default_rng(9).uniform(-3_000, 5_000, (2, 5_000))
    _, offset = locate(axis, x, y)
    edges = [0.0, 250.0, 1_000.0, math.inf]
    hits = sum(
        in_band(axis, x, y, side, near, far).astype(int) for side in ("left", "right") for near, far in pairwise(edges)
    )
    assert (hits == 1).all()
    assert np.array_equal(in_band(axis, x, y, "both", 0, 250), np.abs(offset) < 250)
    on_line = [in_band(axis, [1_000.0], [300.0], side, 0.0, 10.0)[0] for side in ("left", "right", "both")]
    assert on_line == [True, True, True]
    assert not in_band(axis, [np.nan], [0.0], "both", 0.0, math.inf)[0]


@pytest.mark.parametrize(
    ("side", "near", "far", "words"),
    [
        ("west", 0, 1, "no side called 'west'"),
        ("left", 5, 5, "from 5 m to 5 m"),
        ("left", -1, 5, "0 <= from"),
    ],
)
def test_what_is_no_band_is_refused_in_words(side, near, far, words):
    with pytest.raises(ValueError, match=words):
        in_band(build_axis([(0, 0), (1, 0)]), [0.0], [0.0], side, near, far)
