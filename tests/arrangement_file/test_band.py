"""Bands along a line: on the right side, as far as stated, cut off square, and one simple ring."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from truceline.arrangement_file.band import THIN_M, Side, band_ring
from truceline.geo.frame import fit_frame
from truceline.geojson_file import Vertices

TOLERANCE_M = 3 * THIN_M  # thinning, chords for arcs, and the rounding of degrees
SIDES: tuple[Side, ...] = ("left", "right", "both")


def wandering(seed: int, n: int, step_km: float) -> Vertices:
    """A line that wanders east from 30 E 48 N without crossing itself."""
    rng = np.random.default_rng(seed)
    turns = np.clip(rng.normal(0.0, 0.5, n).cumsum() * 0.6, -1.2, 1.2)
    east, north = step_km * np.cos(turns).cumsum() / 74.4, step_km * np.sin(turns).cumsum() / 111.2
    return tuple((30.0 + round(float(x), 5), 48.0 + round(float(y), 5)) for x, y in zip(east, north, strict=True))


def in_plane(line: Vertices, points: Vertices) -> np.ndarray:
    """Points in metres, in the plane of `line`."""
    lon, lat = np.asarray(points, dtype=np.float64).T
    return np.column_stack(fit_frame(line).to_plane(lon, lat))


def polygon(line: Vertices, side: Side, from_m: float, to_m: float) -> shapely.Polygon:
    """The band in the plane of its line."""
    return shapely.Polygon(in_plane(line, band_ring(line, side, from_m, to_m)))


lines = st.builds(wandering, st.integers(0, 10_000), st.integers(3, 60), st.floats(0.5, 8.0))
widths = st.floats(300.0, 20_000.0)


@settings(max_examples=40, deadline=None)
@given(line=lines, to_m=widths, share=st.sampled_from((0.0, 0.2, 0.7)), side=st.sampled_from(SIDES))
def test_what_lies_so_far_from_the_line_on_that_side_is_within(
    line: Vertices, to_m: float, share: float, side: Side
) -> None:
    from_m = 0.0 if side == "both" else share * to_m
    try:
        band = polygon(line, side, from_m, to_m)
    except ValueError:
        assume(False)  # a band that falls into pieces is refused: told apart below
    assert band.is_valid
    path = shapely.LineString(in_plane(line, line))
    middles = shapely.get_coordinates(shapely.line_interpolate_point(path, np.linspace(0.2, 0.8, 40), normalized=True))
    rng = np.random.default_rng(1)
    points = middles + rng.uniform(-1.2 * to_m, 1.2 * to_m, middles.shape)
    far_m = shapely.distance(path, shapely.points(points))
    along = shapely.line_locate_point(path, shapely.points(points))
    inner = (along > to_m / 2 + 2 * TOLERANCE_M) & (along < path.length - to_m / 2 - 2 * TOLERANCE_M)
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(path, along + 0.5))
    back = shapely.get_coordinates(shapely.line_interpolate_point(path, np.maximum(along - 0.5, 0.0)))
    step, off = ahead - back, points - back
    is_left = step[:, 0] * off[:, 1] - step[:, 1] * off[:, 0] > 0
    on_side = np.ones(len(points), dtype=bool) if side == "both" else is_left if side == "left" else ~is_left
    clear = inner & (np.abs(far_m - to_m) > TOLERANCE_M) & (np.abs(far_m - from_m) > TOLERANCE_M)
    corner = np.isin(np.round(along, 3), np.round(shapely.line_locate_point(path, shapely.points(path.coords)), 3))
    clear &= ~corner & (far_m > TOLERANCE_M)
    wanted = on_side & (far_m > from_m) & (far_m < to_m)
    within = shapely.contains_xy(band, points)
    assert not (clear & wanted & ~within).any()
    # beside an end, what the square cut leaves out may be near to the line
    assert not (clear & within & ~wanted & (far_m > to_m)).any()
    assert not (clear & within & ~wanted & ~on_side).any()


@settings(max_examples=25, deadline=None)
@given(line=lines, to_m=widths)
def test_left_and_right_make_up_both_and_share_nothing(line: Vertices, to_m: float) -> None:
    try:
        left, right, both = (polygon(line, side, 0.0, to_m) for side in ("left", "right", "both"))
    except ValueError:
        assume(False)
    slack = 2 * THIN_M * (both.length + shapely.LineString(in_plane(line, line)).length) + 0.02 * both.area
    assert left.intersection(right).area < slack
    assert abs(left.area + right.area - both.area) < slack


@pytest.mark.parametrize("from_m", [0.0, 2000.0])
def test_a_line_walked_the_other_way_swaps_its_sides(from_m: float) -> None:
    line = wandering(3, 30, 3.0)
    there, back = (polygon(line, "left", from_m, 8000.0), band_ring(line[::-1], "right", from_m, 8000.0))
    again = shapely.Polygon(in_plane(line, back))
    assert there.symmetric_difference(again).area < 0.01 * there.area


def test_a_straight_band_is_cut_off_square() -> None:
    line = ((30.0, 48.0), (30.5, 48.0), (31.0, 48.0))
    band = polygon(line, "both", 0.0, 5000.0)
    path = shapely.LineString(in_plane(line, line))
    assert band.area == pytest.approx(10_000 * path.length, rel=0.005)
    assert len(band_ring(line, "both", 0.0, 5000.0)) < 20


def test_a_kink_at_the_very_end_does_not_turn_the_cut() -> None:
    line = ((30.0, 48.0), (30.5, 48.0), (31.0, 48.0))
    kinked = (*line, (31.0005, 48.002))
    one, other = (
        polygon(line, "left", 0.0, 15_000.0),
        shapely.Polygon(in_plane(line, band_ring(kinked, "left", 0.0, 15_000.0))),
    )
    assert one.symmetric_difference(other).area < 0.02 * one.area


def test_rings_stay_small_and_the_same() -> None:
    line = wandering(7, 1000, 0.7)
    for side in SIDES:
        band_ring.cache_clear()
        ring = band_ring(line, side, 0.0, 5000.0)
        assert 10 < len(ring) < 3000
        band_ring.cache_clear()
        assert band_ring(line, side, 0.0, 5000.0) == ring


def test_a_band_all_round_other_ground_is_refused() -> None:
    circle = [(30 + 0.5 * math.sin(a), 48 + 0.35 * math.cos(a)) for a in np.linspace(0.0, 2 * math.pi, 60)]
    circle[-1] = circle[0]
    with pytest.raises(ValueError, match="runs all round ground that is not in it"):
        band_ring(tuple(circle), "left", 0.0, 5000.0)
