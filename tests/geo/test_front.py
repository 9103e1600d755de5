import numpy as np
import pytest
import shapely

from truceline.geo.front import STEP_M, fronts

KM = 1000.0
LAND = shapely.box(0, 0, 100 * KM, 100 * KM)
EAST = shapely.box(60 * KM, 0, 100 * KM, 100 * KM)  # holds everything east of x = 60 km
CUT = {"within_m": 2 * KM, "bridge_m": 0.0}


def length_km(chain: np.ndarray) -> float:
    return float(np.hypot(*np.diff(chain, axis=0).T).sum()) / KM


def test_the_front_is_the_edge_that_runs_across_the_land() -> None:
    [line] = fronts(EAST, LAND, **CUT)
    assert np.allclose(line[:, 0], 60 * KM)
    assert length_km(line) == pytest.approx(96, abs=2 * STEP_M / KM)


@pytest.mark.parametrize("turn", [lambda shape: shape, shapely.reverse, lambda shape: shapely.MultiPolygon([shape])])
@pytest.mark.parametrize("first", range(4))
def test_the_territory_lies_on_the_right_whatever_the_order_of_its_corners(turn, first) -> None:
    corners = shapely.get_coordinates(EAST)[:-1]
    shape = turn(shapely.Polygon(np.roll(corners, first, axis=0)))
    [line] = fronts(shape, LAND, **CUT)
    assert line[0, 1] < line[-1, 1]  # northwards, so that east is on the right


def test_the_longest_stretch_comes_first_and_keeps_its_own_vertices() -> None:
    bend = shapely.Polygon([(60 * KM, 0), (50 * KM, 50 * KM), (60 * KM, 100 * KM), (100 * KM, 100 * KM), (100 * KM, 0)])
    island = shapely.box(10 * KM, 40 * KM, 15 * KM, 45 * KM)
    line, ring = fronts(shapely.MultiPolygon([island, bend]), LAND, **CUT)
    assert [50 * KM, 50 * KM] in line.tolist()
    assert len(line) == 3
    assert np.array_equal(ring[0], ring[-1])
    assert length_km(ring) == pytest.approx(20)


def test_a_pocket_inside_is_a_front_too_with_the_territory_on_its_right() -> None:
    pocket = shapely.Polygon(
        shapely.box(0, 0, 100 * KM, 100 * KM).exterior, [shapely.box(40e3, 40e3, 60e3, 60e3).exterior]
    )
    [ring] = fronts(pocket, LAND, **CUT)
    x, y = (ring[:-1] + ring[1:]).T / 2
    right = np.stack([x, y]) + 100 * np.stack([np.diff(ring[:, 1]), -np.diff(ring[:, 0])]) / 20e3
    assert shapely.contains_xy(pocket, *right).all()


def test_a_touch_of_the_border_in_passing_is_passed_over() -> None:
    lake = shapely.box(59 * KM, 48 * KM, 61 * KM, 52 * KM)
    edges = shapely.union_all([LAND.boundary, lake.boundary])
    cut = fronts(EAST, edges, within_m=2 * KM, bridge_m=0.0)
    assert len(cut) == 2
    [whole] = fronts(EAST, edges, within_m=2 * KM, bridge_m=9 * KM)
    assert length_km(whole) == pytest.approx(96, abs=2 * STEP_M / KM)
    assert len(fronts(EAST, edges, within_m=2 * KM, bridge_m=7 * KM)) == 2


def test_a_long_edge_is_cut_to_within_a_step() -> None:
    """Corners are 100 km apart: the ends of the front lie between them."""
    [line] = fronts(EAST, LAND, **CUT)
    assert line[0, 1] == pytest.approx(2 * KM, abs=STEP_M)
    assert line[-1, 1] == pytest.approx(98 * KM, abs=STEP_M)


def test_without_anything_that_is_no_front_the_whole_boundary_is() -> None:
    [ring] = fronts(EAST, shapely.GeometryCollection(), **CUT)
    assert length_km(ring) == pytest.approx(280)


def test_where_all_of_it_is_coast_there_is_none() -> None:
    assert fronts(LAND, LAND, **CUT) == ()
