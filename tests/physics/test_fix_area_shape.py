"""Fixes and areas: exact values, and what is refused."""

import math

import numpy as np
import pytest
from scipy import stats

from truceline.physics import area, fix

SQUARE = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 100.0], [0.0, 100.0]])


def test_fix_density_is_the_normal_density() -> None:
    cov = np.array([[9e4, 2e4], [2e4, 4e4]])
    shape = fix.build(100.0, -50.0, 9e4, 4e4, 2e4)
    points = np.random.default_rng(5).normal(size=(50, 2)) * 400.0
    truth = stats.multivariate_normal(mean=[100.0, -50.0], cov=cov).pdf(points)
    assert fix.density(shape, points) == pytest.approx(truth, rel=1e-10)


def test_fix_nodes_have_its_mean_and_covariance() -> None:
    xy_m, weights = fix.nodes(fix.build(100.0, -50.0, 9e4, 4e4, 2e4))
    away = xy_m - np.array([100.0, -50.0])
    assert weights @ away == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (away * weights[:, None]).T @ away == pytest.approx(np.array([[9e4, 2e4], [2e4, 4e4]]), rel=1e-9)


def test_a_fix_on_a_line_is_widened_to_a_metre() -> None:
    shape = fix.build(0.0, 0.0, 1e6, 1e6, 1e6)  # correlation one: no width at all
    points = fix.draw(shape, np.random.default_rng(2), 50_000)
    across = (points[:, 0] - points[:, 1]) / math.sqrt(2.0)
    assert across.std() == pytest.approx(1.0, rel=0.02)


def test_turning_a_fix_on_a_line_never_breaks_it() -> None:
    for turn_deg in np.linspace(-180.0, 180.0, 49):
        shape = fix.build(0.0, 0.0, 1e6, 1e6, 1e6, turn_deg=turn_deg)  # along 45 degrees
        theta = math.radians(45.0 + turn_deg)
        along = np.array([[math.sin(theta), math.cos(theta)]]) * 1414.2
        assert fix.density(shape, along)[0] == pytest.approx(fix.density(shape, -along)[0], rel=1e-6)
        peak = fix.density(shape, np.zeros((1, 2)))[0]
        assert fix.density(shape, along)[0] == pytest.approx(peak * math.exp(-0.5), rel=1e-3)


@pytest.mark.parametrize(
    ("field", "args"),
    [
        ("x_m", (math.nan, 0.0, 1.0, 1.0, 0.0)),
        ("y_m", (0.0, math.inf, 1.0, 1.0, 0.0)),
        ("var_x_m2", (0.0, 0.0, -1.0, 1.0, 0.0)),
        ("var_y_m2", (0.0, 0.0, 1.0, math.nan, 0.0)),
        ("cov_xy_m2", (0.0, 0.0, 1.0, 1.0, 1.1)),
    ],
)
def test_fix_names_what_it_refuses(field: str, args: tuple[float, float, float, float, float]) -> None:
    with pytest.raises(ValueError, match=field):
        fix.build(*args)


def test_area_is_uniform_whatever_the_order_of_its_corners() -> None:
    for ring in (SQUARE, SQUARE[::-1], np.vstack([SQUARE, SQUARE[:1]])):
        shape = area.build(ring)
        assert shape.area_m2 == pytest.approx(20_000.0)
        inside = area.density(shape, np.array([[1.0, 1.0], [199.0, 99.0], [201.0, 50.0], [100.0, -1.0]]))
        assert inside == pytest.approx([5e-5, 5e-5, 0.0, 0.0])


@pytest.mark.parametrize(
    ("ring", "says"),
    [
        ([[0.0, 0.0], [1.0, 1.0]], "at least three"),
        ([[0.0, 0.0], [1.0, math.nan], [2.0, 0.0]], "finite"),
        ([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], "ring_m"),
        ([[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]], "Self-intersection"),
    ],
)
def test_area_says_what_is_wrong_with_a_ring(ring: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        area.build(np.array(ring))
