"""Whatever the ring: inside is shapely's inside, and zones that share a border share out every point."""

import numpy as np
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from truceline.geo.region import Region, inside, p_inside

GRID = st.integers(-20, 20).map(float)
HALVES = st.integers(-44, 44).map(lambda k: k / 2)
RINGS = st.lists(st.tuples(GRID, GRID), min_size=3, max_size=20, unique=True)
POINTS = st.lists(st.tuples(HALVES, HALVES), min_size=1, max_size=40)


@settings(max_examples=300, deadline=None)
@given(RINGS, POINTS, st.floats(-1e6, 1e6))
def test_inside_is_that_of_shapely(ring, points, shift):
    corners = np.array(ring) + round(shift)
    x, y = np.array(points).T + round(shift)
    polygon = shapely.Polygon(corners)
    assume(polygon.is_valid)
    clear = shapely.distance(polygon.boundary, shapely.points(x, y)) > 1e-9
    found = inside(Region(rings=(corners,)), x[clear], y[clear])
    assert np.array_equal(found, shapely.contains_xy(polygon, x[clear], y[clear]))


@settings(max_examples=300, deadline=None)
@given(st.lists(GRID, min_size=1, max_size=12), POINTS)
def test_two_zones_share_out_every_point_between_them(wiggle, points):
    border = [(0.0, -30.0), *((x, -20.0 + 3.0 * k) for k, x in enumerate(wiggle)), (0.0, 30.0)]
    west = Region(rings=(np.array([(-50.0, -30.0), *border, (-50.0, 30.0)]),))
    east = Region(rings=(np.array([(50.0, 30.0), *reversed(border), (50.0, -30.0)]),))
    x, y = np.array(points).T
    assert (inside(west, x, y) ^ inside(east, x, y)).all()


@settings(max_examples=100, deadline=None)
@given(RINGS, RINGS, POINTS)
def test_a_probability_is_one_and_grows_with_the_region(ring, other, points):
    nodes = np.array(points)
    weights = np.linspace(1.0, 2.0, len(nodes))
    alone = p_inside(Region(rings=(np.array(ring),)), nodes, weights)
    more = p_inside(Region(rings=(np.array(ring), np.array(other))), nodes, weights)
    assert 0.0 <= alone <= more <= 1.0
