"""What holds for every family: nodes, density and draws are three views of one distribution."""

import math

import numpy as np
import pytest
from scipy import stats

from truceline.geo.region import Region, p_inside
from truceline.physics import area, arrival, bearing, fix, sector
from truceline.physics.places import Shape, shape_bounds, shape_density, shape_draw, shape_nodes

COMPASS = ((348.75, 11.25), (146.25, 168.75), (213.75, 236.25), (258.75, 281.25), (303.75, 326.25))
# corners on the cells of the test's grid, so that integrating over it is exact
L_RING = np.array([[0.0, 0.0], [3000.0, 0.0], [3000.0, 390.0], [500.0, 390.0], [500.0, 2600.0], [0.0, 2600.0]])


def _sector(*args: object, sigma_deg: float = 12.0, share: float = 0.45, scale_m: float = math.inf) -> Shape:
    errors = {"sector_sigma_deg": sigma_deg, "range_sigma_share": share}
    return sector.build(*args, **errors, scale_m=scale_m)  # type: ignore[arg-type]


SHAPES: dict[str, Shape] = {
    "fix, tilted": fix.build(10.0, 20.0, 1e6, 4e4, 1.5e5),
    "fix, no error stated": fix.build(10.0, 20.0, 0.0, 0.0, 0.0),
    "sector by ear": _sector(0.0, 0.0, 300.0, ((123.75, 146.25),), 3000.0, 6000.0),
    "sector, five arcs": _sector(0.0, 0.0, 300.0, COMPASS, 1000.0, 4000.0),
    "sector, narrow band, position badly known": _sector(0.0, 0.0, 300.0, ((146.25, 168.75),), 150.0, 200.0, share=0.1),
    "sector, one distance only": _sector(0.0, 0.0, 50.0, ((84.0, 96.0),), 1500.0, 1500.0, sigma_deg=3.0),
    "sector through north to 12 km": _sector(0.0, 0.0, 50.0, ((337.5, 22.5),), 0.0, 12_000.0, share=0.1),
    "sector, all round, no position": _sector(500.0, -500.0, 2000.0, (), 0.0, 5000.0),
    "sector, sharp": _sector(0.0, 0.0, 0.0, ((30.0, 60.0),), 1000.0, 2000.0, sigma_deg=0.0, share=0.0),
    "station": _sector(0.0, 0.0, 10.0, (), 0.0, 20_000.0, sigma_deg=180.0, share=0.3),
    "sector by ear, no distance": _sector(0.0, 0.0, 300.0, ((123.75, 146.25),), 0.0, math.inf, scale_m=7500.0),
    "sector, beyond a distance": _sector(0.0, 0.0, 100.0, ((0.0, 90.0),), 6000.0, math.inf, share=0.2, scale_m=7500.0),
    "sector, no distance, position badly known": _sector(0.0, 0.0, 2000.0, ((0.0, 90.0),), 0.0, math.inf, scale_m=5e3),
    "arrival": arrival.build(0.0, 0.0, 10.0, 0.0, math.inf, range_sigma_share=0.3, scale_m=10_000.0),
    "bearing, no distance": bearing.build(
        0.0, 0.0, 20.0, 80.0, 1.0, 0.0, math.inf, range_sigma_share=0.2, scale_m=4500.0
    ),
    "bearing": bearing.build(0.0, 0.0, 20.0, 80.0, 1.0, 0.0, 9000.0, range_sigma_share=0.2),
    "bearing, hardly known": bearing.build(0.0, 0.0, 20.0, 359.0, 60.0, 500.0, 9000.0, range_sigma_share=0.2),
    "area": area.build(L_RING),
}


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def shape(request: pytest.FixtureRequest) -> Shape:
    return request.param  # type: ignore[no-any-return]


def _grid(shape: Shape, n: int = 600) -> tuple[np.ndarray, float]:
    """Middles of the cells of an n x n grid over the bounds, and the area of one."""
    x0, y0, x1, y1 = shape_bounds(shape)
    x = x0 + (np.arange(n) + 0.5) * (x1 - x0) / n
    y = y0 + (np.arange(n) + 0.5) * (y1 - y0) / n
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return grid, (x1 - x0) * (y1 - y0) / n**2


def test_density_integrates_to_one(shape: Shape) -> None:
    grid, cell_m2 = _grid(shape)
    assert shape_density(shape, grid).sum() * cell_m2 == pytest.approx(1.0, abs=2e-3)


def test_draws_follow_the_density(shape: Shape) -> None:
    """Chi-square over the cells of a coarse grid that hold enough mass."""
    side, fine, n = 12, 600, 100_000
    x0, y0, x1, y1 = shape_bounds(shape)
    grid, cell_m2 = _grid(shape, fine)
    blocks = shape_density(shape, grid).reshape(side, fine // side, side, fine // side)
    expected = blocks.sum(axis=(1, 3)) * cell_m2
    points = shape_draw(shape, np.random.default_rng(7), n)
    seen, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=side, range=[[y0, y1], [x0, x1]])
    busy = expected * n > 50.0
    want = np.append(expected[busy], max(1.0 - expected[busy].sum(), 1e-9)) * n
    got = np.append(seen[busy], n - seen[busy].sum())
    keep = want > 50.0
    statistic = np.sum((got[keep] - want[keep]) ** 2 / want[keep])
    assert statistic < stats.chi2.ppf(0.999, keep.sum() - 1)


def test_half_planes_of_nodes_and_draws_agree(shape: Shape) -> None:
    xy_m, weights = shape_nodes(shape)
    points = shape_draw(shape, np.random.default_rng(11), 100_000)
    for angle in np.linspace(0.0, np.pi, 12, endpoint=False):
        normal = np.array([np.cos(angle), np.sin(angle)])
        for bar in np.quantile(points @ normal, [0.1, 0.3, 0.5, 0.7, 0.9]):
            p_nodes = weights[xy_m @ normal < bar].sum()
            assert p_nodes == pytest.approx(np.mean(points @ normal < bar), abs=0.0125)


def test_probability_inside_a_polygon(shape: Shape) -> None:
    """P(inside region | place), against drawing 200,000 points."""
    xy_m, weights = shape_nodes(shape)
    points = shape_draw(shape, np.random.default_rng(13), 200_000)
    centre, spread = np.median(points, axis=0), points.std(axis=0)
    ring = np.array([[-1.5, -0.2], [0.1, -1.1], [1.3, 0.4], [0.2, 0.3], [-0.3, 1.4]]) * spread + centre
    region = Region(rings=(ring,))
    truth = p_inside(region, points, np.full(len(points), 1.0 / len(points)))
    assert 0.02 < truth < 0.98
    assert p_inside(region, xy_m, weights) == pytest.approx(truth, abs=0.015)


def test_mean_and_spread_of_nodes_and_draws_agree(shape: Shape) -> None:
    xy_m, weights = shape_nodes(shape)
    points = shape_draw(shape, np.random.default_rng(17), 200_000)
    spread = np.sqrt(points.var(axis=0).sum())
    off = weights @ xy_m - points.mean(axis=0)
    assert np.hypot(*off) < 0.012 * spread
    assert np.sqrt(weights @ np.sum((xy_m - weights @ xy_m) ** 2, axis=1)) == pytest.approx(spread, rel=0.015)


def test_bounds_hold_all_but_a_ten_thousandth(shape: Shape) -> None:
    points = shape_draw(shape, np.random.default_rng(19), 200_000)
    x0, y0, x1, y1 = shape_bounds(shape)
    x, y = points.T
    assert np.mean((x < x0) | (x > x1) | (y < y0) | (y > y1)) <= 1.5e-4


def test_weights_are_a_distribution_and_the_same_each_time(shape: Shape) -> None:
    xy_m, weights = shape_nodes(shape)
    again, _ = shape_nodes(shape)
    assert xy_m.shape == (len(weights), 2) and 200 <= len(weights) <= 610
    assert weights.min() >= 0.0 and weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.array_equal(xy_m, again)
