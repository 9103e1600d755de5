import numpy as np

from truceline.geo.distinct import distinct_points


def test_the_same_points_are_told_together_whatever_their_order():
    rng = np.random.default_rng(3)
    points = rng.uniform(30, 40, (50, 2))
    which = rng.integers(0, 50, 5_000)
    u, v = points[which].T
    first, code = distinct_points(u, v)
    assert len(first) == len(np.unique(which))
    assert np.array_equal(u[first][code], u)
    assert np.array_equal(v[first][code], v)
    assert (np.unique(code, return_index=True)[1] == first).all()


def test_no_points_and_points_that_are_no_numbers():
    first, code = distinct_points(np.empty(0), np.empty(0))
    assert len(first) == len(code) == 0
    first, code = distinct_points(np.array([np.nan, 1.0, np.nan]), np.array([2.0, 2.0, 2.0]))
    assert (first.tolist(), code.tolist()) == ([0, 1], [0, 1, 0])
