"""Circles and intervals hold what rows allow, and the index finds exactly what a search of all rows finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.physics.records import reports
from tests.physics.test_weigh import CASES

from truceline.fusion.association.reach import EARLIEST, LATEST, RADIUS, X, Y, build_near, circles_of, gather
from truceline.physics.places import shape_draw


@pytest.mark.parametrize("name", CASES)
def test_circles_and_intervals_hold_almost_all_that_a_row_allows(name: str) -> None:
    case = CASES[name]
    rng = np.random.default_rng(2)
    xy = shape_draw(case.shape, rng, 20_000)
    t = case.time_s + case.sigma_s * rng.standard_normal(20_000)
    t += case.half_window_s * rng.uniform(-1.0, 1.0, 20_000)
    if case.speed_m_s > 0.0:
        t -= np.hypot(*xy.T) / case.speed_m_s * (1.0 + case.speed_sigma_share * rng.standard_normal(20_000))
    circle = circles_of(reports(case).rows)[0]
    inside = np.hypot(xy[:, 0] - circle[X], xy[:, 1] - circle[Y]) <= circle[RADIUS]
    timely = (t >= circle[EARLIEST]) & (t <= circle[LATEST])
    assert (inside & timely).mean() > 0.99


def _scattered(n: int, seed: int) -> np.ndarray:
    """Circles of very different sizes, some in clusters, over a day."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-5e5, 5e5, (n, 2)) * rng.choice([0.01, 1.0], (n, 1))
    radius = 10.0 ** rng.uniform(1.5, 6.0, n)
    early = rng.uniform(0.0, 86_400.0, n)
    return np.column_stack([centre, radius, early, early + 10.0 ** rng.uniform(-1.0, 4.0, n)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 300), st.integers(0, 2**32 - 1))
def test_gathering_finds_what_looking_at_every_row_finds(n: int, seed: int) -> None:
    circles = _scattered(n, seed)
    near = build_near(circles)
    rng = np.random.default_rng(seed + 1)
    out = np.empty(n + 1, dtype=np.int64)
    for _ in range(10):
        (x, y), t = rng.uniform(-5e5, 5e5, 2) * rng.choice([0.01, 1.0]), rng.uniform(-1e3, 9e4)
        pad_m, pad_s = 10.0 ** rng.uniform(1.0, 5.0), 10.0 ** rng.uniform(-1.0, 4.0)
        close = np.hypot(circles[:, X] - x, circles[:, Y] - y) <= circles[:, RADIUS] + pad_m
        timely = (circles[:, EARLIEST] <= t + pad_s) & (circles[:, LATEST] >= t - pad_s)
        found = out[: gather(near, x, y, t, pad_m, pad_s, out)]
        assert np.array_equal(np.sort(found), np.flatnonzero(close & timely))


def test_gathering_stops_when_there_is_no_more_room() -> None:
    circles = np.tile([0.0, 0.0, 100.0, 0.0, 1.0], (9, 1))
    out = np.full(4, -1, dtype=np.int64)
    assert gather(build_near(circles), 0.0, 0.0, 0.5, 1.0, 1.0, out) == 4
    assert len(set(out.tolist())) == 4


def test_what_is_found_comes_in_an_order_of_the_rows_alone() -> None:
    circles = _scattered(200, 8)
    out = np.empty(200, dtype=np.int64)
    first = out[: gather(build_near(circles), 0.0, 0.0, 4e4, 1e5, 4e4, out)].copy()
    again = out[: gather(build_near(circles.copy()), 0.0, 0.0, 4e4, 1e5, 4e4, out)]
    assert len(first) > 20 and np.array_equal(first, again)
