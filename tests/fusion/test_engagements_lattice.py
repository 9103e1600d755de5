"""Densities on lattices against plain sums over a fine grid, and pairs that meet against every pair."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from truceline.fusion.exchanges.engagements import pairs_that_meet
from truceline.fusion.exchanges.lattice import FAINTEST, mass, place_raster, product, shared, window_raster

FINE_M = 50.0


def points(seed, n=300):
    rng = np.random.default_rng(seed)
    xy = rng.normal(rng.uniform(-1_000, 1_000, 2), rng.uniform(300, 900), (n, 2))
    weights = rng.random(n)
    return xy, weights / weights.sum()


def fine_density(xy, weights, sigma_m, at):
    """The blurred density by its definition, one Gaussian a point."""
    out = np.zeros(len(at))
    for (x, y), w in zip(xy, weights, strict=True):
        out += w * norm.pdf(at[:, 0], x, sigma_m) * norm.pdf(at[:, 1], y, sigma_m)
    return out


def fine_grid(reach_m=9_000.0):
    axis = np.arange(-reach_m, reach_m, 4 * FINE_M)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2), (4 * FINE_M) ** 2


@pytest.mark.parametrize("seed", range(3))
def test_the_sum_of_a_product_is_the_integral(seed):
    a, b, spread = points(seed), points(seed + 50), 800.0
    at, cell = fine_grid()
    # points lie apart, and are blurred by that too
    sigma = [np.hypot(spread, 0.5 * np.sqrt(np.prod(np.ptp(xy, axis=0)) / len(xy))) for xy, _ in (a, b)]
    oracle = (fine_density(*a, sigma[0], at) * fine_density(*b, sigma[1], at)).sum() * cell
    found = math.exp(shared(place_raster(*a, spread), place_raster(*b, spread))) * spread**2
    assert found == pytest.approx(oracle, rel=1e-3)


def test_a_density_sums_to_one_whatever_its_width():
    for spread in (200.0, 800.0, 5_000.0):
        assert math.exp(mass(place_raster(*points(7), spread))) * spread**2 == pytest.approx(1.0, rel=2e-3)
        assert math.exp(mass(window_raster(1e9, 1e9 + 7_200.0, 60.0, spread))) * spread == pytest.approx(1.0, rel=2e-3)


def test_a_product_sums_to_what_the_two_share():
    a, b = place_raster(*points(1), 800.0), place_raster(*points(2), 800.0)
    both = product(a, b)
    assert both is not None
    assert mass(both) == pytest.approx(shared(a, b), abs=1e-6)
    assert both.values.max() == 1.0
    assert both.values.size <= min(a.values.size, b.values.size)
    assert FAINTEST < 1e-6


def test_places_that_never_meet_share_nothing():
    xy, weights = points(3)
    a, b = place_raster(xy, weights, 800.0), place_raster(xy + 100_000.0, weights, 800.0)
    assert shared(a, b) == -math.inf
    assert product(a, b) is None


def test_what_is_too_wide_for_a_lattice_is_even_over_its_box():
    wide = window_raster(0.0, 400 * 86_400.0, 60.0, 240.0)
    short = window_raster(1e6, 1e6 + 3_600.0, 60.0, 240.0)
    assert wide.values is None
    assert math.exp(shared(wide, short)) * 240.0 == pytest.approx(1.0 / (400 * 86_400.0), rel=1e-3)
    both = product(wide, short)
    assert both is not None
    assert mass(both) == pytest.approx(shared(wide, short), abs=1e-6)
    assert product(wide, wide).values is None


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_sweep_finds_the_pairs_that_trying_all_finds(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 25))
    start, low = rng.integers(0, 10, n), rng.integers(0, 10, (n, 2))
    window = np.column_stack([start, start + rng.integers(0, 4, n)]).astype(float)
    box = np.hstack([low, low + rng.integers(1, 4, (n, 2))]).astype(float)
    event = rng.random(n) < 0.4
    a, b = pairs_that_meet(window, box, event)

    def meet(i, j):
        times = window[i, 0] <= window[j, 1] and window[j, 0] <= window[i, 1]
        places = all(box[i, k] < box[j, k + 2] and box[j, k] < box[i, k + 2] for k in (0, 1))
        return times and places and not (event[i] and event[j])

    assert sorted(zip(a.tolist(), b.tolist(), strict=True)) == [p for p in combinations(range(n), 2) if meet(*p)]
