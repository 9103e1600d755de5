"""Whatever the line: distance and chainage are shapely's, the side is that of a polygon closed far away."""

import numpy as np
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from truceline.geo.line import build_axis, locate, point_at

GRID = st.integers(-30, 30).map(float)  # many exact ties, collinear runs, folds and repeated vertices
FREE = st.floats(-1e5, 1e5, allow_subnormal=False)
LINES = st.one_of(
    st.lists(st.tuples(GRID, GRID), min_size=2, max_size=40),
    st.lists(st.tuples(FREE, FREE), min_size=2, max_size=40),
)
POINTS = st.lists(st.one_of(st.tuples(GRID, GRID), st.tuples(FREE, FREE)), min_size=1, max_size=12)


def is_drawn_by_hand(vertices):
    """Vertices are either the same or a micrometre apart, and not all are the same."""
    steps = np.hypot(*np.diff(np.array(vertices), axis=0).T)
    return bool(steps.any() and ((steps == 0) | (steps > 1e-6)).all())


def uncrossed(points, closed):
    """The same points in an order in which the line does not cross itself (2-opt: each turn shortens it)."""
    order = list(points)
    last = len(order) - (0 if closed else 1)
    turned = True
    while turned:
        turned = False
        for i in range(last):
            for j in range(i + 2, last):
                a, b, c, d = order[i], order[i + 1], order[j], order[(j + 1) % len(order)]
                now = np.hypot(*np.subtract(a, b)) + np.hypot(*np.subtract(c, d))
                then = np.hypot(*np.subtract(a, c)) + np.hypot(*np.subtract(b, d))
                if then < now - 1e-9 * (1 + now):
                    order[i + 1 : j + 1] = reversed(order[i + 1 : j + 1])
                    turned = True
    return order


def rough_points(seed, n):
    """Points in a square of 200, some of them needles: pairs a hair apart."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-100, 100, (n, 2))
    return [tuple(p) for p in np.vstack([points, points[: n // 4] + rng.normal(0, 0.01, (n // 4, 2))])]


@settings(max_examples=300, deadline=None)
@given(LINES, POINTS)
def test_distance_and_chainage_are_those_of_shapely(vertices, points):
    vertices = np.array(vertices)
    assume(is_drawn_by_hand(vertices))
    axis = build_axis(vertices)
    x, y = np.array(points).T
    chainage, offset = locate(axis, x, y)
    line, dots = shapely.LineString(vertices), shapely.points(x, y)
    scale = np.abs(vertices).max() + np.abs(points).max() + 1.0
    tolerance = 1e-12 * scale
    expected = shapely.distance(line, dots)
    np.testing.assert_allclose(np.abs(offset), expected, rtol=1e-12, atol=tolerance)
    at_x, at_y = point_at(axis, chainage)
    np.testing.assert_allclose(np.hypot(at_x - x, at_y - y), expected, rtol=1e-9, atol=10 * tolerance)
    theirs = shapely.line_locate_point(line, dots)
    near_x, near_y = point_at(axis, np.clip(theirs, 0, axis.length_m))
    same_place = np.hypot(near_x - at_x, near_y - at_y) <= 1e-6 * scale
    tie = np.abs(np.hypot(near_x - x, near_y - y) - expected) <= 1e-9 * scale
    assert (same_place | tie).all()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 24))
def test_the_side_is_that_of_the_polygon_closed_far_away_on_the_left(seed, n):
    inner = uncrossed([(-1e3, 0.0), *rough_points(seed, n), (1e3, 0.0)], closed=False)
    assume(inner[0] == (-1e3, 0.0) and inner[-1] == (1e3, 0.0) and shapely.LineString(inner).is_simple)
    polygon = shapely.Polygon([*inner, (1e3, 1e4), (-1e3, 1e4)])
    assume(polygon.is_valid)
    rng = np.random.default_rng(seed)
    corners = np.array(inner[1:-1] or [(0.0, 0.0)])
    near = corners[rng.integers(0, len(corners), 200)].T + rng.normal(0, 0.5, (2, 200))
    x, y = np.hstack([rng.uniform(-110, 110, (2, 200)), near])
    _, offset = locate(build_axis(inner), x, y)
    clear = np.abs(offset) > 1e-9
    assert np.array_equal(offset[clear] > 0, shapely.contains_xy(polygon, x[clear], y[clear]))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 20), st.booleans())
def test_left_of_a_ring_is_its_inside_where_it_runs_anticlockwise(seed, n, clockwise):
    corners = uncrossed(rough_points(seed, n), closed=True)
    polygon = shapely.Polygon(corners)
    assume(polygon.is_valid)
    ring = shapely.get_coordinates(shapely.geometry.polygon.orient(polygon, -1.0 if clockwise else 1.0))
    rng = np.random.default_rng(seed)
    near = ring[rng.integers(0, len(ring), 100)].T + rng.normal(0, 1.0, (2, 100))
    x, y = np.hstack([rng.uniform(-120, 120, (2, 100)), near, ring[:1].T + rng.normal(0, 1.0, (2, 100))])
    _, offset = locate(build_axis(ring), x, y)
    clear = np.abs(offset) > 1e-9
    within = shapely.contains_xy(polygon, x[clear], y[clear])
    assert np.array_equal(offset[clear] < 0 if clockwise else offset[clear] > 0, within)


@settings(max_examples=60, deadline=None)
@given(LINES, POINTS, st.randoms(use_true_random=False))
def test_rows_do_not_know_of_each_other(vertices, points, random):
    assume(is_drawn_by_hand(vertices))
    axis = build_axis(vertices)
    order = list(range(len(points)))
    random.shuffle(order)
    x, y = np.array(points).T
    for whole, part in zip(locate(axis, x, y), locate(axis, x[order], y[order]), strict=True):
        assert whole[order].tobytes() == part.tobytes()


@settings(max_examples=100, deadline=None)
@given(LINES, POINTS)
def test_walking_the_line_backwards_swaps_the_sides(vertices, points):
    assume(is_drawn_by_hand(vertices))
    # simple also to the micrometre: a fold no wider than that has no sides to speak of
    assume(all(shapely.LineString(v).is_simple for v in (vertices, np.round(vertices, 6))))
    assume(vertices[0] != vertices[-1])
    x, y = np.array(points).T
    there, back = build_axis(vertices), build_axis(vertices[::-1])
    chainage, offset = locate(there, x, y)
    chainage_back, offset_back = locate(back, x, y)
    np.testing.assert_allclose(np.abs(offset), np.abs(offset_back), rtol=1e-9, atol=1e-7)
    inner = (chainage > 1e-6) & (chainage < there.length_m - 1e-6) & (np.abs(offset) > 1e-6)
    same_foot = np.abs(chainage + chainage_back - there.length_m) < 1e-6
    clear = inner & same_foot
    assert (np.sign(offset[clear]) == -np.sign(offset_back[clear])).all()
