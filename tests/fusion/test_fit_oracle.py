"""One common origin against plain NumPy: normal equations, products of Gaussians, and evidence by brute integration."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from tests.physics.records import Case, log_truth, reports

from truceline.fusion.association.fit import CLOSE, N_SUMS, STEPS, evidence, scratch, solve, without_each
from truceline.physics import arrival, bearing, fix, sector
from truceline.physics.columns import ARRIVAL, BEARING, FIX, SECTOR
from truceline.physics.weigh import NOTHING

SPEED = 337.3
TRUTH = np.array([1500.0, 2200.0, 40.0])


def delay_s(x_m: float, y_m: float) -> float:
    return math.hypot(TRUTH[0] - x_m, TRUTH[1] - y_m) / SPEED


def towards(x_m: float, y_m: float) -> float:
    return math.degrees(math.atan2(TRUTH[0] - x_m, TRUTH[1] - y_m))


def uav(dx_m: float, dy_m: float, dt_s: float, sigma_m: float = 100.0, sigma_s: float = 5.0) -> Case:
    shape = fix.build(TRUTH[0] + dx_m, TRUTH[1] + dy_m, sigma_m**2, (0.6 * sigma_m) ** 2, 0.2 * sigma_m**2)
    return Case(family=FIX, shape=shape, time_s=TRUTH[2] + dt_s, sigma_s=sigma_s)


def camera(x_m: float, y_m: float, off_deg: float = 0.0) -> Case:
    azimuth = towards(x_m, y_m) + off_deg
    shape = bearing.build(x_m, y_m, 5.0, azimuth, 0.7, 0.0, math.inf, range_sigma_share=0.3, scale_m=4500.0)
    return Case(family=BEARING, shape=shape, time_s=TRUTH[2] + 0.3, sigma_s=1.0)


def microphones(x_m: float, y_m: float, off_deg: float = 0.0, late_s: float = 0.0) -> Case:
    azimuth = towards(x_m, y_m) + off_deg
    shape = bearing.build(x_m, y_m, 5.0, azimuth, 2.0, 0.0, math.inf, range_sigma_share=0.1, scale_m=7500.0)
    time_s = TRUTH[2] + delay_s(x_m, y_m) + late_s
    return Case(family=BEARING, shape=shape, time_s=time_s, sigma_s=0.15, speed_m_s=SPEED, speed_sigma_share=0.025)


def station(x_m: float, y_m: float, late_s: float = 0.0) -> Case:
    shape = arrival.build(x_m, y_m, 5.0, 0.0, math.inf, range_sigma_share=0.1, scale_m=5000.0)
    time_s = TRUTH[2] + delay_s(x_m, y_m) + late_s
    return Case(family=ARRIVAL, shape=shape, time_s=time_s, sigma_s=0.15, speed_m_s=SPEED, speed_sigma_share=0.01)


def ear(x_m: float, y_m: float, late_s: float = 0.0) -> Case:
    azimuth = towards(x_m, y_m)
    arcs = ((azimuth - 14.0, azimuth + 9.0),)
    errors = {"sector_sigma_deg": 8.0, "range_sigma_share": 0.4}
    shape = sector.build(x_m, y_m, 50.0, arcs, 0.0, math.inf, **errors, scale_m=7500.0)
    time_s = TRUTH[2] + delay_s(x_m, y_m) + late_s
    return Case(family=SECTOR, shape=shape, time_s=time_s, sigma_s=12.0, speed_m_s=SPEED, speed_sigma_share=0.025)


def fitted(*cases: Case, times: int = 6) -> tuple[float, np.ndarray, np.ndarray]:
    """Evidence, mode and covariance (3, 3) of the common origin of `cases`."""
    rows, arcs, _ = reports(*cases)
    state, cov = TRUTH + np.array([180.0, -120.0, 0.8]), np.zeros(6)
    log_z = 0.0
    for _ in range(times):  # each goes on from where the last one stopped
        log_z = evidence(rows, arcs, np.arange(len(cases)), state, cov, scratch(), STEPS, CLOSE)
    return log_z, state, matrix(cov)


def matrix(six: np.ndarray) -> np.ndarray:
    xx, xy, xt, yy, yt, tt = six
    return np.array([[xx, xy, xt], [xy, yy, yt], [xt, yt, tt]])


def test_normal_equations_are_solved_as_numpy_solves_them() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        scales = np.diag(10.0 ** rng.uniform(-4, 2, 3))
        root = scales @ rng.standard_normal((3, 3))
        information, right = root @ root.T, rng.standard_normal(3)
        step, cov = np.zeros(3), np.zeros(6)
        normal = np.concatenate([information[np.triu_indices(3)], right])
        log_det = solve(normal, step, cov)
        if log_det == NOTHING:  # nearly singular: that is what it is for
            assert np.linalg.cond(information / np.sqrt(np.outer(*2 * [np.diag(information)]))) > 1e9
            continue
        assert log_det == pytest.approx(np.linalg.slogdet(information)[1], abs=1e-6)
        assert matrix(cov) == pytest.approx(np.linalg.inv(information), rel=1e-6)
        assert step == pytest.approx(np.linalg.solve(information, right), rel=1e-6)


def test_what_settles_nothing_is_refused() -> None:
    step, cov = np.zeros(3), np.zeros(6)
    assert solve(np.zeros(9), step, cov) == NOTHING
    assert solve(np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]), step, cov) == NOTHING
    assert solve(np.array([1.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0]), step, cov) == NOTHING


@pytest.mark.parametrize("n", [2, 3, 6])
def test_fixes_multiply_as_gaussians_do_exactly(n: int) -> None:
    cases = [uav(40.0 * k - 60.0, 25.0 * k, 2.0 * k - 3.0, sigma_m=80.0 + 30.0 * k) for k in range(n)]
    means = np.array([[c.shape.x_m, c.shape.y_m, c.time_s] for c in cases])
    covs = np.zeros((n, 3, 3))
    for k, c in enumerate(cases):
        covs[k, :2, :2], covs[k, 2, 2] = c.shape.root_m @ c.shape.root_m.T, c.sigma_s**2
    inverse = np.linalg.inv(covs)
    cov = np.linalg.inv(inverse.sum(axis=0))
    mean = cov @ np.einsum("kij,kj->i", inverse, means)
    # one after the other: each is weighed by the prediction of those before it
    log_z, prior, at = 0.0, covs[0], means[0]
    for k in range(1, n):
        log_z += stats.multivariate_normal(at, prior + covs[k]).logpdf(means[k])
        gain = prior @ np.linalg.inv(prior + covs[k])
        at, prior = at + gain @ (means[k] - at), prior - gain @ prior
    found, state, spread = fitted(*cases)
    assert state == pytest.approx(mean, abs=1e-6)
    assert spread == pytest.approx(cov, rel=1e-9)
    assert found == pytest.approx(log_z, abs=1e-9)


GROUPS = {
    "two cameras": (camera(-800.0, 0.0, 0.2), camera(4000.0, 500.0, -0.4)),
    "camera and microphones": (camera(-800.0, 0.0), microphones(3500.0, 1500.0, 1.0, 0.1)),
    "microphones twice": (microphones(-800.0, 0.0, -1.0), microphones(3500.0, 1500.0, 1.0, 0.1)),
    "camera and station": (camera(-800.0, 0.0, 0.3), station(2500.0, -500.0)),
    "three stations": (station(-1500.0, 0.0), station(3500.0, 1500.0, 0.1), station(1000.0, 5000.0, -0.1)),
    "fix and ear": (uav(60.0, 30.0, 2.0), ear(-1500.0, 500.0, 8.0)),
    "microphones and ear": (microphones(-800.0, 0.0), ear(4500.0, 1000.0, 5.0)),
    "everything": (
        camera(-800.0, 0.0, 0.2), microphones(3500.0, 1500.0, 1.0, 0.1), station(2500.0, -500.0),
        ear(4500.0, 1000.0, 5.0), uav(60.0, 30.0, 2.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_evidence_is_the_integral_of_the_product(name: str) -> None:
    """Laplace's method against a sum over a grid of place and time around the mode."""
    cases = GROUPS[name]
    log_z, state, cov = fitted(*cases)
    reach = 6.0 * np.linalg.cholesky(cov)
    share = (np.arange(49) + 0.5) / 24.5 - 1.0
    unit = np.array(list(itertools.product(share, share, share)))
    points = state + unit @ reach.T
    log_p = sum(log_truth(case, points) for case in cases)
    cell = abs(np.linalg.det(reach)) / 24.5**3
    truth = float(np.log(np.exp(log_p - log_p.max()).sum() * cell) + log_p.max())
    assert log_z == pytest.approx(truth, abs=0.25)
    if name == "camera and station":
        return  # a ray meets a sphere twice: no one point stands for it, which is what clouds are for
    mean = np.exp(log_p - log_p.max()) @ points / np.exp(log_p - log_p.max()).sum()
    assert np.abs(np.linalg.solve(np.linalg.cholesky(cov), mean - state)).max() < 0.5


def test_the_mode_is_where_the_linearisation_says_stay() -> None:
    rows, arcs, _ = reports(*GROUPS["everything"])
    members = np.arange(len(rows))
    ends = []
    for start in ([0.0, 0.0, 0.0], [900.0, -700.0, 3.0], [-1500.0, 400.0, -4.0]):
        state, cov = TRUTH + np.array(start), np.zeros(6)
        for _ in range(12):
            assert evidence(rows, arcs, members, state, cov, scratch(), STEPS, 0.0) > NOTHING
        ends.append(state)
    assert np.abs(ends[1] - ends[0]).max() < 1.0 and np.abs(ends[2] - ends[0]).max() < 1.0
    assert np.hypot(*(ends[0] - TRUTH)[:2]) < 150.0


def test_windows_of_time_do_not_pull_beside_an_instant() -> None:
    """The order of magnitude of a window's middle must not move an event that somebody timed."""
    wide = fix.build(1500.0, 2200.0, 1e6, 1e6, 0.0)
    told = Case(family=FIX, shape=wide, time_s=4000.0, half_window_s=5400.0, sigma_s=60.0)
    _, state, cov = fitted(uav(0.0, 0.0, 0.0), told)
    assert state[2] == pytest.approx(TRUTH[2], abs=1e-6)
    assert cov[2, 2] == pytest.approx(25.0)


@pytest.mark.parametrize("name", [name for name, cases in GROUPS.items() if len(cases) > 2])
def test_what_each_member_brings_is_told_from_one_look(name: str) -> None:
    """Taking a member's share off the sums is a fit without it, to second order."""
    cases = GROUPS[name]
    rows, arcs, _ = reports(*cases)
    members, (_, state, _) = np.arange(len(cases)), fitted(*cases)
    told, parts = np.zeros(len(cases)), np.zeros((len(cases) + 1, N_SUMS))
    without_each(rows, arcs, members, state, np.zeros(6), scratch(), parts, told)
    for m in members:
        rest, at, cov = np.delete(members, m), state.copy(), np.zeros(6)
        truth = 0.0
        for _ in range(12):
            truth = evidence(rows, arcs, rest, at, cov, scratch(), STEPS, 0.0)
        if not math.isnan(told[m]):
            assert told[m] == pytest.approx(truth, abs=0.35)
    assert np.isfinite(told).sum() >= len(cases) - 1


def test_a_far_member_is_not_guessed_at() -> None:
    """Where leaving a member out moves the event by many deviations, a second order says nothing."""
    rows, arcs, _ = reports(uav(0.0, 0.0, 0.0), uav(900.0, 0.0, 0.0), uav(10.0, 5.0, 0.2, sigma_m=2000.0))
    told, parts = np.zeros(3), np.zeros((4, N_SUMS))
    _, state, _ = fitted(uav(0.0, 0.0, 0.0), uav(900.0, 0.0, 0.0), uav(10.0, 5.0, 0.2, sigma_m=2000.0))
    without_each(rows, arcs, np.arange(3), state, np.zeros(6), scratch(), parts, told)
    assert math.isnan(told[0]) and math.isnan(told[1]) and math.isfinite(told[2])
