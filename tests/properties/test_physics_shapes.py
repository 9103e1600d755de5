"""Whatever the numbers: a place is a distribution, or is refused with a ValueError; never NaN."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.physics import bearing, fix, sector
from truceline.physics.places import Shape, shape_bounds, shape_density, shape_draw, shape_nodes

ANGLE = st.floats(0.0, 360.0)
ARC = st.builds(lambda start, width: (start, start + width), ANGLE, st.floats(0.01, 360.0))
ARCS = st.lists(ARC, max_size=5).map(tuple)
ANY = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def sectors(draw: st.DrawFn) -> dict[str, object]:
    low, width = draw(st.floats(0.0, 8000.0)), draw(st.floats(1.0, 12_000.0))
    return {
        "x_m": draw(st.floats(-5e5, 5e5)),
        "y_m": draw(st.floats(-5e5, 5e5)),
        "sigma_m": draw(st.floats(0.0, 3000.0)),
        "arcs_deg": draw(ARCS),
        "range_min_m": low,
        "range_max_m": low + width,
        "sector_sigma_deg": draw(st.floats(0.0, 180.0)),
        "range_sigma_share": draw(st.floats(0.0, 0.6)),
    }


def _holds(shape: Shape) -> None:
    xy_m, weights = shape_nodes(shape)
    density = shape_density(shape, xy_m)
    points = shape_draw(shape, np.random.default_rng(1), 4000)
    assert np.isfinite(xy_m).all() and np.isfinite(points).all() and np.isfinite(density).all()
    assert (weights >= 0.0).all() and (density >= 0.0).all()
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    left = xy_m[:, 0] < np.median(xy_m[:, 0])
    assert weights[left].sum() + weights[~left].sum() == pytest.approx(1.0, abs=1e-9)
    spread = math.sqrt(points.var(axis=0).sum())
    assert np.hypot(*(weights @ xy_m - points.mean(axis=0))) < 0.1 * spread  # 4000 draws: 6 standard errors
    x0, y0, x1, y1 = shape_bounds(shape)
    outside = (points[:, 0] < x0) | (points[:, 0] > x1) | (points[:, 1] < y0) | (points[:, 1] > y1)
    assert outside.mean() < 2e-3


@settings(max_examples=60, deadline=None)
@given(sectors())
def test_every_sector_is_a_distribution(args: dict[str, object]) -> None:
    _holds(sector.build(**args))  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(azimuth=ANGLE, sigma=st.floats(0.0, 120.0), sigma_m=st.floats(0.0, 3000.0), low=st.floats(0.0, 5000.0))
def test_every_bearing_is_a_distribution(azimuth: float, sigma: float, sigma_m: float, low: float) -> None:
    _holds(bearing.build(0.0, 0.0, sigma_m, azimuth, sigma, low, low + 6000.0, range_sigma_share=0.1))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.0, 5000.0), st.floats(0.0, 5000.0), st.floats(-1.0, 1.0))
def test_every_fix_is_a_distribution(sigma_x: float, sigma_y: float, correlation: float) -> None:
    _holds(fix.build(3e5, -2e5, sigma_x**2, sigma_y**2, correlation * sigma_x * sigma_y))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(args=sectors(), turn_deg=st.floats(-180.0, 180.0))
def test_turning_the_arcs_turns_the_likelihood(args: dict[str, object], turn_deg: float) -> None:
    args |= {"x_m": 0.0, "y_m": 0.0}
    arcs: tuple[tuple[float, float], ...] = args["arcs_deg"]  # type: ignore[assignment]
    turned = args | {"arcs_deg": tuple((start + turn_deg, end + turn_deg) for start, end in arcs)}
    shape, other = sector.build(**args), sector.build(**turned)  # type: ignore[arg-type]
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    xy_m, _ = shape_nodes(shape)
    there = xy_m @ np.array([[c, s], [-s, c]]).T  # clockwise
    here, moved = shape_density(shape, xy_m), shape_density(other, there)
    # cores of a blurred window start elsewhere on a circle that is cut elsewhere: equal up to their spacing,
    # which shows most at the rim of a sharp full disc (0.08 of the peak)
    bar = 1e-6 if shape.blur_m == 0.0 else 0.1
    assert np.abs(moved - here).max() <= bar * here.max()


@settings(max_examples=100, deadline=None)
@given(ANY, ANY, ANY, ANY, ANY)
def test_any_number_works_or_is_refused(a: float, b: float, c: float, d: float, e: float) -> None:
    try:
        shape = sector.build(0.0, 0.0, a, ((b, c),), d, e, sector_sigma_deg=5.0, range_sigma_share=0.1)
    except ValueError as refused:
        assert any(field in str(refused) for field in ("sigma_m", "arcs", "range_min_m", "range_max_m"))
        return
    xy_m, weights = shape_nodes(shape)
    assert np.isfinite(xy_m).all() and np.isfinite(weights).all()
    assert np.isfinite(shape_density(shape, xy_m)).all()
