"""Where events were: clouds and closed forms against sums over fine grids."""

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from tests.fusion.test_fit_oracle import GROUPS, TRUTH, camera, ear, station, uav
from tests.physics.records import Case, log_truth, reports
from tests.physics.test_weigh import CASES

from truceline.domain.arrangement import Prior
from truceline.fusion.associate import associate
from truceline.fusion.association.claims import no_claims
from truceline.fusion.places.bent import at_point, is_bent, polar_cloud
from truceline.fusion.places.clouds import N_POINTS, clouds, locate
from truceline.fusion.places.twin import TWIN
from truceline.physics.lattice import lattice, normal_points
from truceline.physics.places import shape_density, shape_draw
from truceline.physics.sector import SectorShape

FAR_CAMERAS = (camera(-800.0, 0.0, 0.1), camera(-900.0, 700.0, -0.1))  # rays that cross at 7 degrees: a long banana
BENT = {
    "cameras side by side": FAR_CAMERAS,
    "camera and station": GROUPS["camera and station"],
    "two stations": (station(-1500.0, 0.0), station(3500.0, 1500.0, 0.1)),
    "ear and station": (ear(-1500.0, 500.0), station(3500.0, 1500.0)),
    "two ears": (ear(-1500.0, 500.0, 4.0), ear(2500.0, -800.0, -5.0)),
}


def _as_one(*cases: Case) -> tuple:
    """All cases as members of one event, located where the fit puts it."""
    seen = reports(*cases)
    n = len(cases)
    flat = np.zeros((1, 3)) + TRUTH
    cov = np.array([[9e6, 0.0, 0.0, 9e6, 0.0, 100.0]])  # wide enough to be called bent
    claims = no_claims(n)._replace(
        first=np.array([0, n]), member=np.arange(n), own_nats=np.zeros(n), state=flat, cov=cov, score=np.zeros(1)
    )
    return seen, locate(seen, claims)


def _twins(case: Case, xy: np.ndarray) -> np.ndarray:
    """How probable it is that a twin of a post does not notice what is at places (n, 2); one where a band is stated."""
    shape = case.shape
    if not isinstance(shape, SectorShape) or math.isinf(shape.band.scale_m):
        return np.ones(len(xy))
    r_m = np.hypot(xy[:, 0] - shape.x_m, xy[:, 1] - shape.y_m)
    return np.asarray(1.0 - TWIN * np.exp(-((r_m / shape.band.scale_m) ** 2)))


def _truth(cases: tuple[Case, ...], xy: np.ndarray) -> np.ndarray:
    """Log of the product at places (n, 2), time of origin integrated out: instants are Gaussians that multiply."""
    place, at, variance = np.zeros(len(xy)), [], []
    with np.errstate(divide="ignore"):
        for case in cases:
            place += np.log(shape_density(case.shape, xy)) + np.log(_twins(case, xy))
            delay, shift = np.zeros(len(xy)), 0.0
            if case.speed_m_s > 0.0:
                delay = np.hypot(xy[:, 0] - case.shape.x_m, xy[:, 1] - case.shape.y_m) / case.speed_m_s
                shift = case.shape.edge_sigma_m / case.speed_m_s
            at.append(case.time_s - delay)
            variance.append(case.sigma_s**2 + (case.speed_sigma_share * delay) ** 2 + shift**2)
    mean, spread = at[0], variance[0]
    for t, v in zip(at[1:], variance[1:], strict=True):
        place += norm.logpdf(t, mean, np.sqrt(spread + v))
        mean, spread = (mean * v + t * spread) / (spread + v), spread * v / (spread + v)
    return place


def _lasting(case: Case, half_s: float, later_s: float = 0.0) -> Case:
    return replace(case, half_window_s=half_s, time_s=case.time_s + later_s)


WEST, EAST = ear(-1500.0, 500.0), ear(2500.0, -800.0)
WINDOWS = {  # (cases, error of the log density in nats, error of the mean time in seconds) that are let pass
    "instants and a window around them": ((*GROUPS["two cameras"], _lasting(WEST, 300.0)), 1e-3, 0.01),
    "instants at a window's end": ((*GROUPS["two cameras"], _lasting(WEST, 300.0, 299.0)), 0.01, 0.1),
    "instants beyond a window": ((*GROUPS["two cameras"], _lasting(WEST, 300.0, 320.0)), 0.01, 0.1),
    "the same window twice": ((_lasting(WEST, 300.0), _lasting(EAST, 300.0)), 0.01, 0.1),
    "windows that overlap": ((_lasting(WEST, 300.0), _lasting(EAST, 300.0, 300.0)), 0.1, 1.0),
    "a window in a window": ((_lasting(WEST, 600.0), _lasting(EAST, 100.0, 200.0)), 0.2, 10.0),
    "windows that hardly meet": ((_lasting(WEST, 300.0), _lasting(EAST, 300.0, 540.0)), 0.5, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_integrated_out_exactly_beside_instants_and_as_normals_among_themselves(name: str) -> None:
    cases, within_nats, within_s = WINDOWS[name]
    seen, when = reports(*cases), np.zeros(2)
    for xy in TRUTH[:2] + np.random.default_rng(3).standard_normal((3, 2)) * 80.0:
        found = at_point(*seen, np.arange(len(cases)), xy[0], xy[1], when)
        t = np.arange(TRUTH[2] - 2_500.0, TRUTH[2] + 2_500.0, 0.05)
        log_p = sum(log_truth(case, np.column_stack([np.tile(xy, (len(t), 1)), t])) for case in cases)
        log_p += sum(math.log(_twins(case, xy[None])[0]) for case in cases)
        p = np.exp(log_p - log_p.max())
        assert found == pytest.approx(math.log(p.sum() * 0.05) + log_p.max(), abs=within_nats)
        assert when[0] == pytest.approx(p @ t / p.sum(), abs=within_s)


@pytest.mark.parametrize("name", ["two cameras", "three stations", "fix and ear", "everything"])
def test_time_is_integrated_out_in_closed_form(name: str) -> None:
    cases = GROUPS[name]
    seen, when = reports(*cases), np.zeros(2)
    for xy in TRUTH[:2] + np.random.default_rng(3).standard_normal((5, 2)) * 80.0:
        found = at_point(*seen, np.arange(len(cases)), xy[0], xy[1], when)
        t = np.arange(TRUTH[2] - 40.0, TRUTH[2] + 40.0, 0.01)
        log_p = sum(log_truth(case, np.column_stack([np.tile(xy, (len(t), 1)), t])) for case in cases)
        log_p += sum(math.log(_twins(case, xy[None])[0]) for case in cases)
        p = np.exp(log_p - log_p.max())
        assert found == pytest.approx(math.log(p.sum() * 0.01) + log_p.max(), abs=1e-3)
        assert when[0] == pytest.approx(p @ t / p.sum(), abs=0.01)
        assert when[1] == pytest.approx(p @ (t - when[0]) ** 2 / p.sum(), rel=0.01)


@pytest.mark.parametrize("name", BENT)
def test_a_cloud_follows_the_product_of_the_likelihoods(name: str) -> None:
    """Half-planes, mean and spread against a grid: what sides of a line and zones are asked."""
    cases = BENT[name]
    seen, found = _as_one(*cases)
    (points,), (weights,) = clouds(seen, found, [0])
    side, half = 240, 20_000.0
    ticks = (np.arange(side) + 0.5) / side * 2.0 * half - half
    grid = TRUTH[:2] + np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    log_p = _truth(cases, grid)
    keep = grid[log_p > log_p.max() - 14.0]
    low, high = keep.min(axis=0) - 2.0 * half / side, keep.max(axis=0) + 2.0 * half / side
    axes = [low[k] + (np.arange(side) + 0.5) / side * (high[k] - low[k]) for k in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    p = np.exp(_truth(cases, grid) - log_p.max())
    p /= p.sum()
    assert weights.sum() == pytest.approx(1.0) and weights.min() >= 0.0
    spread = math.sqrt(p @ np.sum((grid - p @ grid) ** 2, axis=1))
    assert np.hypot(*(weights @ points - p @ grid)) < 0.2 * spread
    off = []
    for angle in np.linspace(0.0, np.pi, 8, endpoint=False):
        normal = np.array([math.cos(angle), math.sin(angle)])
        order = np.argsort(grid @ normal)
        for quantile in (0.2, 0.5, 0.8):
            bar = (grid @ normal)[order][np.searchsorted(np.cumsum(p[order]), quantile)]
            off.append(weights[points @ normal < bar].sum() - quantile)
    assert math.sqrt(np.mean(np.square(off))) < 0.08 and np.abs(off).max() < 0.2


def _as_normal(xy: np.ndarray, t: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """(3,) by what deviations have to grow so that 90 % lie in the ellipse and in the interval of a normal."""
    off, late = xy - xy.mean(axis=0), np.abs(t - t.mean())
    square = np.einsum("ki,ij,kj->k", off, np.linalg.inv(covariance[:2, :2]), off)
    place = math.sqrt(np.quantile(square, 0.9) / 4.60517)
    return np.array([place, place, np.quantile(late, 0.9) / (1.644854 * math.sqrt(covariance[2, 2]))])


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if name != "area"])
def test_a_single_report_lies_where_its_shape_does(name: str) -> None:
    """Mean and covariance of one row alone, in closed form or as a cloud, against 200,000 draws of its shape."""
    case = CASES[name]
    found = locate(reports(case), no_claims(1))
    rng = np.random.default_rng(6)
    xy = shape_draw(case.shape, rng, 400_000)
    xy = xy[rng.random(len(xy)) < _twins(case, xy)]
    t = case.time_s + case.sigma_s * rng.standard_normal(len(xy)) + case.half_window_s * rng.uniform(-1, 1, len(xy))
    if case.speed_m_s > 0.0:
        assert isinstance(case.shape, SectorShape)
        t -= np.hypot(*xy.T) / case.speed_m_s * (1.0 + case.speed_sigma_share * rng.standard_normal(len(xy)))
    truth = np.cov(np.column_stack([xy, t]).T)
    if "sector" in name or "beyond" in name:  # told by points, whose spread is that of a normal that holds as much
        truth *= np.outer(*[_as_normal(xy, t, truth)] * 2)
    spread = math.sqrt(np.trace(truth[:2, :2]))
    mean = np.array([found.x_m[0], found.y_m[0]])
    assert np.hypot(*(mean - xy.mean(axis=0))) < 0.05 * spread
    assert found.time_s[0] == pytest.approx(t.mean(), abs=0.1 * t.std())
    assert found.cov[0][:2, :2] == pytest.approx(truth[:2, :2], rel=0.13, abs=0.03 * spread**2)
    assert found.cov[0][2, 2] == pytest.approx(truth[2, 2], rel=0.15)


def test_what_is_nearly_linear_stays_a_gaussian() -> None:
    cases = GROUPS["everything"]
    seen = reports(*cases)
    found = associate(seen, epoch_s=0.0, prior=Prior())
    assert found.n_events == 1
    six = found.cov[0][np.triu_indices(3)]
    assert not is_bent(seen.rows, found.member, np.array([found.x_m[0], found.y_m[0], found.time_s[0]]), six)
    (points,), (weights,) = clouds(seen, found, [0])
    assert weights @ points == pytest.approx([found.x_m[0], found.y_m[0]], abs=0.01)
    away = points - weights @ points
    assert (away * weights[:, None]).T @ away == pytest.approx(found.cov[0][:2, :2], rel=1e-6)
    assert np.hypot(found.x_m[0] - TRUTH[0], found.y_m[0] - TRUTH[1]) < 4.0 * math.sqrt(np.trace(found.cov[0][:2, :2]))


@pytest.mark.parametrize("name", BENT)
def test_points_that_nothing_can_come_from_lend_no_time(name: str) -> None:
    seen, n = reports(*BENT[name], uav(0.0, 0.0, 0.0, 5.0)), len(BENT[name]) + 1  # a sharp fix leaves most points none
    for rows in (n, n - 1):
        xy, weights, when = np.full((N_POINTS, 2), np.nan), np.full(N_POINTS, np.nan), np.full((N_POINTS, 2), np.nan)
        if polar_cloud(*seen, np.arange(rows), *lattice(N_POINTS), normal_points(N_POINTS), xy, weights, when):
            assert np.isfinite(weights @ when).all() and weights.sum() == pytest.approx(1.0)
        assert np.isfinite(when).all()


# -- compiled and not ---------------------------------------------------------------------------------------------

BOTH_WAYS = """
import sys
import numba, numpy as np
from tests.fusion.scenes import draw_small
from truceline.domain.arrangement import Prior
from truceline.fusion.associate import associate
from truceline.fusion.places.clouds import clouds
said = []
for seed in (1, 2, 104):
    seen = draw_small(seed, events=2, clutter=1, apart_s=100.0).reports
    seen = seen._replace(rows=seen.rows.view(np.recarray))  # uncompiled, only this one knows row.field
    found = associate(seen, epoch_s=0.0, prior=Prior())
    xy, weights = clouds(seen, found, np.arange(found.n_events))
    for one in (found.first, found.member, found.x_m, found.y_m, found.time_s, found.cov, found.gain_nats,
                found.llr_nats, found.p_member, xy, weights):
        said += np.asarray(one, dtype=float).ravel().tolist()
sys.stdout.write(f"{bool(numba.config.DISABLE_JIT)} " + " ".join(v.hex() for v in said))
"""


@pytest.mark.slow
def test_compiled_and_interpreted_association_say_the_same() -> None:
    said = {}
    for disabled in ("0", "1"):
        path = os.pathsep.join(p for p in [str(Path.cwd()), *sys.path] if p)
        env = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": path}
        run = subprocess.run(
            [sys.executable, "-c", BOTH_WAYS], env=env, capture_output=True, text=True, check=False, timeout=400
        )
        assert run.returncode == 0, run.stderr
        state, *values = run.stdout.split()
        assert state == str(disabled == "1")
        said[disabled] = np.array([float.fromhex(v) for v in values])
    np.testing.assert_allclose(said["0"], said["1"], rtol=1e-6, atol=1e-6)
