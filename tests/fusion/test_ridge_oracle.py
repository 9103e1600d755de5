"""Slices along a ridge against sums over fine grids, and the coordinates that they are cut in."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from tests.fusion.test_clouds_oracle import FAR_CAMERAS
from tests.fusion.test_fit_oracle import GROUPS, TRUTH, station
from tests.physics.records import reports

from truceline.fusion.association.fit import CLOSE, STEPS, evidence, scratch
from truceline.fusion.places.bent import at_point
from truceline.fusion.places.ninety import ELLIPSE, INTERVAL, hold_ninety
from truceline.fusion.places.ridge import across_points, put, ridge_cloud, take
from truceline.fusion.places.twin import MEAN_SCALES, MEAN_SQUARE_SCALES, TWIN, scales_at

N = 128
RIDGES = {
    "cameras side by side": FAR_CAMERAS,
    "camera and station": GROUPS["camera and station"],
    "two stations": (station(-1500.0, 0.0), station(3500.0, 1500.0, 0.1)),
    "three stations in a row": (station(-6000.0, 0.0), station(-7000.0, 500.0), station(-8000.0, -300.0)),
}


def _cloud(name: str) -> tuple:
    cases = RIDGES[name]
    seen, members = reports(*cases), np.arange(len(cases))
    state, cov = TRUTH.copy(), np.zeros(6)
    evidence(*seen[:2], members, state, cov, scratch(), STEPS, CLOSE)
    xy, weights, when = np.zeros((N, 2)), np.zeros(N), np.zeros((N, 2))
    assert ridge_cloud(*seen, members, state, cov, across_points(N), xy, weights, when)
    return seen, members, xy, weights, when


@pytest.mark.parametrize("name", RIDGES)
def test_slices_tell_mean_spread_and_halves_as_a_grid_does(name: str) -> None:
    seen, members, xy, weights, _ = _cloud(name)
    assert weights.sum() == pytest.approx(1.0) and weights.min() >= 0.0
    when, side, half = np.zeros(2), 400, 25_000.0
    x, y = TRUTH[0] + np.linspace(-half, half, side), TRUTH[1] + np.linspace(-half, half, side)
    for _ in range(3):  # onto where the mass is
        log_p = np.array([[at_point(*seen, members, a, b, when) for b in y] for a in x])
        kept = np.argwhere(log_p > log_p.max() - 12.0)
        low, high = kept.min(axis=0) - 1, kept.max(axis=0) + 1
        if np.all(high - low > 0.6 * side):
            break
        x = np.linspace(x[max(low[0], 0)], x[min(high[0], side - 1)], side)
        y = np.linspace(y[max(low[1], 0)], y[min(high[1], side - 1)], side)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    grid, p = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2), p.ravel()
    mean = p @ grid
    spread = math.sqrt(p @ np.sum((grid - mean) ** 2, axis=1))
    assert np.hypot(*(weights @ xy - mean)) < 0.12 * spread
    assert math.sqrt(weights @ np.sum((xy - mean) ** 2, axis=1)) == pytest.approx(spread, rel=0.1)
    for angle in np.linspace(0.0, np.pi, 6, endpoint=False):
        normal = np.array([math.cos(angle), math.sin(angle)])
        order = np.argsort(grid @ normal)
        bar = (grid @ normal)[order][np.searchsorted(np.cumsum(p[order]), 0.5)]
        assert weights[xy @ normal < bar].sum() == pytest.approx(0.5, abs=0.12)


@settings(deadline=None, max_examples=50)
@given(st.floats(-9e3, 9e3), st.floats(-9e3, 9e3), st.floats(200.0, 4e3), st.floats(0.0, 6.2))
def test_coordinates_of_a_ridge_lead_back(x: float, y: float, a: float, turn: float) -> None:
    here = np.zeros(3)
    for half in (0.0, a):
        ridge = np.array([50.0, -80.0, math.cos(turn), math.sin(turn), half, 0.0, 0.0, 0.0])
        s, w = take(ridge, x, y)
        ex, ey, scale = put(ridge, s, w, here)
        assert here[:2] == pytest.approx([x, y], abs=0.5)
        if scale > 10.0:
            step = np.zeros(3)
            put(ridge, s, w + 1e-6, step)
            assert (step[:2] - here[:2]) / 1e-6 / scale == pytest.approx([ex, ey], abs=1e-3)


def test_points_across_are_normal_together() -> None:
    points = across_points(N).ravel()
    assert points.mean() == pytest.approx(0.0, abs=1e-12) and points.std() == pytest.approx(1.0)
    assert np.sort(points) == pytest.approx(norm.ppf((np.arange(N) + 0.5) / N), abs=0.25)


def test_nine_in_ten_of_a_banana_lie_within_what_is_told() -> None:
    rng, cov = np.random.default_rng(4), np.zeros(6)
    angle, r = 0.9 * rng.standard_normal(4_000), 4_000.0 + 80.0 * rng.standard_normal(4_000)
    xy = np.column_stack([r * np.sin(angle), r * np.cos(angle)])
    when = np.column_stack([rng.exponential(9.0, 4_000), np.full(4_000, 0.5)])
    weights = np.full(4_000, 1 / 4_000)
    six = np.cov(np.column_stack([xy, when[:, 0]]).T)[np.triu_indices(3)]
    state = np.array([*xy.mean(axis=0), when[:, 0].mean()])
    cov[:] = six
    hold_ninety(xy, weights, when, state, cov)
    off = xy - state[:2]
    square = np.einsum("ki,ij,kj->k", off, np.linalg.inv(cov[[0, 1, 1, 3]].reshape(2, 2)), off)
    assert np.mean(square < ELLIPSE) == pytest.approx(0.9, abs=0.001)
    assert cov[1] / math.sqrt(cov[0] * cov[3]) == pytest.approx(six[1] / math.sqrt(six[0] * six[3]))
    instants = when[:, 0] + math.sqrt(0.5) * rng.standard_normal(4_000)
    assert np.mean(np.abs(instants - state[2]) < INTERVAL * math.sqrt(cov[5])) == pytest.approx(0.9, abs=0.01)


def test_what_a_twin_missed_is_farther_away() -> None:
    r = np.linspace(0.0, 8.0, 200_001)
    density = r * np.exp(-r * r) * (1.0 - TWIN * np.exp(-r * r))
    mass = np.cumsum(density) / density.sum()
    for share in (0.02, 0.3, 0.5, 0.9, 0.99):
        assert scales_at(share) == pytest.approx(r[np.searchsorted(mass, share)], abs=1e-3)
    assert pytest.approx(density @ r / density.sum(), abs=1e-4) == MEAN_SCALES
    assert pytest.approx(density @ r**2 / density.sum(), abs=1e-4) == MEAN_SQUARE_SCALES
