"""Compiled likelihoods against readable ones: densities of shapes times densities of time, families one by one."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.physics.looks import looked
from tests.physics.records import Case, log_truth, log_within, reports

from truceline.physics import area, arrival, bearing, fix, polar, sector, weigh
from truceline.physics.columns import AREA, ARRIVAL, BEARING, FIX, SECTOR
from truceline.physics.distance import log_mass
from truceline.physics.normal import share_between
from truceline.physics.places import shape_bounds, shape_draw

RING = np.array([[0.0, 0.0], [3000.0, 0.0], [3000.0, 800.0], [1000.0, 800.0], [1000.0, 2600.0], [0.0, 2600.0]])
SOUND = {"speed_m_s": 337.3, "speed_sigma_share": 0.025}
ARC = ((123.75, 146.25),)

CASES = {
    "fix": Case(family=FIX, shape=fix.build(500.0, -200.0, 9e4, 4e4, 2e4), sigma_s=5.0),
    "fix, any time of a fire": Case(family=FIX, shape=fix.build(0.0, 0.0, 4e4, 4e4, 0.0), half_window_s=5400.0),
    "area": Case(family=AREA, shape=area.build(RING), sigma_s=60.0, half_window_s=900.0),
    "sector by ear": Case(
        family=SECTOR,
        shape=sector.build(0, 0, 100.0, ARC, 3000.0, 6000.0, sector_sigma_deg=12.0, range_sigma_share=0.45),
        sigma_s=12.0,
        **SOUND,
    ),
    "sector by ear, several arcs, no distance": Case(
        family=SECTOR,
        shape=sector.build(
            0, 0, 100.0, (*ARC, (348.75, 11.25)), 0.0, math.inf,
            sector_sigma_deg=12.0, range_sigma_share=0.45, scale_m=7500.0,
        ),
        sigma_s=12.0, **SOUND,
    ),
    "sector by eye, all round": Case(
        family=SECTOR,
        shape=sector.build(0, 0, 50.0, (), 0.0, 5000.0, sector_sigma_deg=5.0, range_sigma_share=0.3),
        sigma_s=5.0,
        half_window_s=120.0,
    ),
    "bearing of a camera": Case(
        family=BEARING,
        shape=bearing.build(0, 0, 5.0, 80.0, 0.7, 0.0, math.inf, range_sigma_share=0.3, scale_m=4500.0),
        sigma_s=1.0,
    ),
    "bearing of an array": Case(
        family=BEARING,
        shape=bearing.build(0, 0, 5.0, 200.0, 2.0, 0.0, math.inf, range_sigma_share=0.1, scale_m=7500.0),
        sigma_s=0.15,
        **SOUND,
    ),
    "bearing hardly known": Case(
        family=BEARING, shape=bearing.build(0, 0, 5.0, 355.0, 70.0, 500.0, 9000.0, range_sigma_share=0.2), sigma_s=2.0
    ),
    "arrival by air": Case(
        family=ARRIVAL,
        shape=arrival.build(0, 0, 10.0, 0.0, math.inf, range_sigma_share=0.1, scale_m=5000.0),
        sigma_s=0.15,
        **SOUND,
    ),
    "arrival beyond a distance": Case(
        family=ARRIVAL,
        shape=arrival.build(0, 0, 10.0, 2000.0, math.inf, range_sigma_share=0.1, scale_m=5000.0),
        sigma_s=0.15,
        **SOUND,
    ),
    "arrival by ground": Case(
        family=ARRIVAL,
        shape=arrival.build(0, 0, 10.0, 0.0, math.inf, range_sigma_share=0.3, scale_m=10_000.0),
        sigma_s=0.5,
        speed_m_s=4500.0,
        speed_sigma_share=0.19,
    ),
}  # fmt: skip

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def _states(case: Case, n: int, seed: int, away: float = 3.0) -> np.ndarray:
    """Places drawn from the shape and spread beyond it, at times from well before to well after what fits."""
    rng = np.random.default_rng(seed)
    xy = shape_draw(case.shape, rng, n)
    xy += rng.standard_normal((n, 2)) * 0.1 * xy.std(axis=0)
    t = case.time_s + away * rng.standard_normal(n) * (case.sigma_s + case.half_window_s)
    if case.speed_m_s > 0.0:
        t -= np.hypot(xy[:, 0], xy[:, 1]) / case.speed_m_s * (1.0 + case.speed_sigma_share * rng.standard_normal(n))
    return np.column_stack([xy, t])


def _weighed(case: Case, states: np.ndarray) -> np.ndarray:
    rows, arcs, rings = reports(case)
    return weigh.weigh(rows, arcs, rings, np.zeros(len(states), dtype=np.int64), states)


def _same(found: np.ndarray, truth: np.ndarray) -> None:
    """Equal to a ten thousandth; 30 nats and more below the highest a row may be called nothing instead."""
    deep = truth < truth.max() - 30.0
    assert (found[deep] < truth.max() - 29.9).all()
    assert found[~deep] == pytest.approx(truth[~deep], abs=1e-4)


@every_case
def test_the_kernel_is_the_density_of_the_shape_times_that_of_the_time(case: Case) -> None:
    states = _states(case, 4000, 41)
    _same(_weighed(case, states), log_truth(case, states))


@every_case
def test_it_integrates_to_one_over_the_plane_and_all_time(case: Case) -> None:
    """Place by a grid of its own, time in units of its error around what the place expects."""
    side, moments = 160, 81
    x0, y0, x1, y1 = shape_bounds(case.shape)
    x, y = (lo + (np.arange(side) + 0.5) * (hi - lo) / side for lo, hi in ((x0, x1), (y0, y1)))
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    cell_m2 = (x1 - x0) * (y1 - y0) / side**2
    late, sigma = np.zeros(len(xy)), np.full(len(xy), case.sigma_s)
    if case.speed_m_s > 0.0:
        delay = np.hypot(xy[:, 0], xy[:, 1]) / case.speed_m_s
        late, sigma = -delay, np.hypot(sigma, case.speed_sigma_share * delay) + case.shape.edge_sigma_m / case.speed_m_s
    reach = case.half_window_s + 6.0 * sigma
    total = 0.0
    for share in (np.arange(moments) + 0.5) / moments * 2.0 - 1.0:
        states = np.column_stack([xy, case.time_s + late + share * reach])
        found = _weighed(case, states)
        total += float(np.sum(np.exp(found) * reach)) * 2.0 / moments * cell_m2
    assert total == pytest.approx(1.0, abs=0.01)


@st.composite
def any_case(draw: st.DrawFn) -> Case:
    """Any statement that a row of the interchange could make and a sensor model read."""
    number = lambda low, high: draw(st.floats(low, high))  # noqa: E731
    time = {
        "sigma_s": number(0.05, 300.0),
        "half_window_s": draw(st.sampled_from([0.0, 30.0, 1800.0])),
        "speed_m_s": draw(st.sampled_from([0.0, 300.0, 337.3, 4500.0])),
        "speed_sigma_share": draw(st.sampled_from([0.0, 0.025, 0.19])),
    }
    family = draw(st.sampled_from([FIX, SECTOR, BEARING, ARRIVAL]))
    if family == FIX:
        a, b, turn = number(1.0, 3e3), number(1.0, 3e3), number(-180.0, 180.0)
        return Case(family=family, shape=fix.build(0.0, 0.0, a * a, b * b, 0.0, turn_deg=turn), **time)
    near, width = draw(st.sampled_from([0.0, 0.0, 500.0, 4000.0])), number(500.0, 9000.0)
    unstated = draw(st.booleans())
    band = {"range_min_m": near, "range_max_m": math.inf if unstated else near + width}
    band |= {"range_sigma_share": number(0.0, 0.5), "scale_m": max(width, near) if unstated else math.inf}
    sigma_m = number(0.0, 0.1) * max(near, 0.5 * width)
    if family == ARRIVAL:
        return Case(family=family, shape=arrival.build(0.0, 0.0, sigma_m, **band), **time)
    start, sigma_deg = number(0.0, 360.0), number(0.1, 90.0)
    if family == BEARING:
        built = bearing.build(0.0, 0.0, sigma_m, azimuth_deg=start, sigma_deg=max(sigma_deg, 0.3), **band)
        return Case(family=family, shape=built, **time)
    arcs = tuple((start + k * 90.0, start + k * 90.0 + number(1.0, 60.0)) for k in range(draw(st.integers(0, 4))))
    built = sector.build(0.0, 0.0, sigma_m, arcs, sector_sigma_deg=sigma_deg, **band)
    return Case(family=family, shape=built, **time)


@settings(max_examples=150, deadline=None)
@given(any_case(), st.integers(0, 2**32 - 1))
def test_any_row_weighs_as_its_shape_and_time_do(case: Case, seed: int) -> None:
    states = _states(case, 60, seed)
    _same(_weighed(case, states), log_truth(case, states))


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.0, 2e4), st.floats(200.0, 2e4), st.floats(1.0, 3e3), st.floats(0.0, 0.6), st.sampled_from([True, False])
)
def test_the_mass_of_a_window_is_what_the_table_sums_up(
    near: float, width: float, sigma_m: float, share: float, stated: bool
) -> None:
    far, scale = (near + width, math.inf) if stated else (math.inf, max(width, near))
    band = polar.build_band(near, far, share, sigma_m, scale_m=scale)
    found = log_mass(near, far, band.sigma_min_m, band.sigma_max_m, band.scale_m)
    assert found == pytest.approx(math.log(band.mass_m2), abs=2e-3)


def test_shares_of_a_normal_hold_far_out_on_either_side() -> None:
    edges = np.array([-30.0, -12.0, -11.9, -6.1, -5.9, -5.0, -1.0, 0.0, 0.3, 4.0, 11.0, 30.0])
    for low in edges:
        for high in edges[edges > low]:
            truth = float(log_within(np.array([low]), np.array([high]))[0])
            found = share_between(low, high)
            assert found >= 0.0
            if truth > -300.0:
                assert math.log(found) == pytest.approx(truth, abs=1e-4)


def test_a_narrow_window_far_from_its_time_weighs_as_an_instant() -> None:
    """No step where an edge is so far out that it is taken as none."""
    shape = fix.build(0.0, 0.0, 1e4, 1e4, 0.0)
    late = np.column_stack([np.zeros((200, 2)), np.linspace(0.0, 8.0 * 300.0, 200)])
    window = Case(family=FIX, shape=shape, sigma_s=300.0, half_window_s=1.0)
    instant = Case(family=FIX, shape=shape, sigma_s=300.0)
    assert _weighed(window, late) == pytest.approx(_weighed(instant, late), abs=1e-3)


def test_a_ring_holds_what_its_area_holds() -> None:
    case = CASES["area"]
    states = np.column_stack([np.random.default_rng(3).uniform(-500, 3500, (4000, 2)), np.zeros(4000)])
    inside = _weighed(case, states) > weigh.NOTHING
    assert np.array_equal(inside, area.density(case.shape, states[:, :2]) > 0.0)


# -- an event that is only known to a covariance -----------------------------------------------------------------


def _predicted(case: Case, state: np.ndarray, cov: np.ndarray) -> float:
    rows, arcs, rings = reports(case)
    six = np.array([cov[0, 0], cov[0, 1], cov[0, 2], cov[1, 1], cov[1, 2], cov[2, 2]])
    return float(weigh.log_predictive(rows, 0, arcs, rings, state, six))


def test_a_fix_of_an_uncertain_event_is_the_wider_gaussian() -> None:
    case = CASES["fix"]
    cov = np.diag([250.0**2, 120.0**2, 3.0**2])
    cov[0, 1] = cov[1, 0] = 9000.0
    state = np.array([700.0, 100.0, 4.0])
    wide = np.zeros((3, 3))
    wide[:2, :2], wide[2, 2] = case.shape.root_m @ case.shape.root_m.T, case.sigma_s**2
    truth = stats.multivariate_normal([case.shape.x_m, case.shape.y_m, case.time_s], wide + cov).logpdf(state)
    assert _predicted(case, state, cov) == pytest.approx(truth, abs=1e-9)


UNCERTAIN = {
    "sector by ear": (np.array([3000.0, -3200.0]), 0.05),
    "sector by ear, several arcs, no distance": (np.array([2500.0, -3000.0]), 0.05),
    "bearing of a camera": (np.array([3000.0, 600.0]), 0.1),
    "bearing of an array": (np.array([-1200.0, -3600.0]), 0.1),
    "arrival by air": (np.array([2000.0, 3000.0]), 0.1),
}


@pytest.mark.parametrize("name", UNCERTAIN)
def test_an_uncertain_event_weighs_as_the_mean_over_where_it_may_be(name: str) -> None:
    """To first order: against 200,000 draws of the event, its place known to 150 m and its time to 0.3 s."""
    case, (xy, bar) = CASES[name], UNCERTAIN[name]
    delay = math.hypot(*xy) / case.speed_m_s if case.speed_m_s > 0.0 else 0.0
    state = np.append(xy, case.time_s - delay + 0.2)
    root = np.array([[150.0, 0.0, 0.0], [40.0, 120.0, 0.0], [0.1, -0.05, 0.25]])
    draws = state + np.random.default_rng(5).standard_normal((200_000, 3)) @ root.T
    truth = math.log(np.exp(_weighed(case, draws)).mean())
    assert _predicted(case, state, root @ root.T) == pytest.approx(truth, abs=bar)


# -- what a row says about an event near a state ------------------------------------------------------------------


def _expected(case: Case, state: np.ndarray) -> list[tuple[str, float, float, float]]:
    """What a row states as scalars: name, what an event at `state` would make it, what it says, variance of that."""
    x, y, t = state
    moment = case.sigma_s**2 + case.half_window_s**2 / 3.0
    if not hasattr(case.shape, "band"):
        return [("time", t, case.time_s, moment)]
    shape = case.shape
    r_m = math.hypot(x - shape.x_m, y - shape.y_m)
    said = []
    band = shape.band
    if band.scale_m == math.inf:
        edge = 0.5 * (band.sigma_min_m + band.sigma_max_m)
        spread = (band.range_max_m - band.range_min_m) ** 2 / 12.0 + edge**2
        said.append(("distance", r_m, 0.5 * (band.range_min_m + band.range_max_m), spread))
    if case.speed_m_s > 0.0:
        stretch = case.speed_sigma_share * r_m / case.speed_m_s
        moment += stretch**2 + (shape.edge_sigma_m / case.speed_m_s) ** 2
        said.append(("time", t + r_m / case.speed_m_s, case.time_s, moment))
    else:
        said.append(("time", t, case.time_s, moment))
    span = shape.arcs_rad.max() - shape.arcs_rad.min()
    half = 0.0 if case.family == BEARING else 0.5 * span
    if case.family in (SECTOR, BEARING) and half < weigh.ALL_ROUND_RAD:
        middle = 0.5 * (shape.arcs_rad.max() + shape.arcs_rad.min())
        theta = math.atan2(x - shape.x_m, y - shape.y_m)
        theta += 2.0 * math.pi * round((middle - theta) / (2.0 * math.pi))
        blur = shape.edge_sigma_m / r_m
        said.append(("direction", theta, middle, shape.angle_sigma_rad**2 + blur**2 + half**2 / 3.0))
    return said


@every_case
@pytest.mark.parametrize("windows_too", [True, False])
def test_normal_equations_are_those_of_finite_differences(case: Case, windows_too: bool) -> None:
    rows, arcs, _ = reports(case)
    for state in _states(case, 20, 17, away=0.5):
        found = looked(rows, arcs, state, windows_too)[:9]
        information, right = np.zeros((3, 3)), np.zeros(3)
        if not hasattr(case.shape, "band"):
            row = rows[0]
            pull = np.array([[row["ixx_per_m2"], row["ixy_per_m2"]], [row["ixy_per_m2"], row["iyy_per_m2"]]])
            information[:2, :2] = pull
            right[:2] = pull @ (np.array([row["x_m"], row["y_m"]]) - state[:2])
        elif case.shape.band.scale_m < math.inf:  # a fall exp(-(r / scale)^2) is a Gaussian around the observer
            pull = 2.0 / case.shape.band.scale_m**2 * np.eye(2)
            information[:2, :2] = pull
            right[:2] = pull @ (np.array([case.shape.x_m, case.shape.y_m]) - state[:2])
        for n, (name, expected, stated, variance) in enumerate(_expected(case, state)):
            if name == "time" and case.half_window_s > 0.0 and not windows_too:
                continue
            steps = np.diag([0.1, 0.1, 1e-3])
            slope = np.array(
                [(_expected(case, state + h)[n][1] - _expected(case, state - h)[n][1]) / (2.0 * h.sum()) for h in steps]
            )
            information += np.outer(slope, slope) / variance
            right += slope * (stated - expected) / variance
        upper = information[np.triu_indices(3)]
        assert found[:6] == pytest.approx(upper, rel=1e-4, abs=1e-7 * np.abs(upper).max())
        assert found[6:] == pytest.approx(right, rel=1e-4, abs=1e-6 * np.abs(right).max())


def test_near_its_peak_the_linearisation_is_the_curvature_of_the_kernel() -> None:
    """Where a likelihood is Gaussian in what it states, information equals minus the second derivative of its log."""
    case = CASES["bearing of an array"]
    rows, arcs, _ = reports(case)
    xy = 4000.0 * np.array([math.sin(math.radians(200.0)), math.cos(math.radians(200.0))])
    state = np.append(xy, case.time_s - 4000.0 / case.speed_m_s)
    normal = looked(rows, arcs, state, True)
    steps = np.diag([20.0, 20.0, 0.05])

    def at(*moves: np.ndarray) -> float:
        return float(_weighed(case, np.array([state + sum(moves)]))[0])

    curved = np.empty((3, 3))
    for a, h in enumerate(steps):
        for b, g in enumerate(steps):
            curved[a, b] = at(h, g) - at(h, -g) - at(-h, g) + at(-h, -g)
            curved[a, b] /= -4.0 * h.sum() * g.sum()
    assert normal[:6] == pytest.approx(curved[np.triu_indices(3)], rel=0.05, abs=0.02 * np.abs(curved).max())


# -- compiled and not ---------------------------------------------------------------------------------------------

BOTH_WAYS = """
import sys
import numba, numpy as np
from tests.physics.looks import looked
from tests.physics.test_weigh import CASES, _states
from tests.physics.records import reports
from truceline.physics import weigh
found = []
for case in CASES.values():
    rows, arcs, rings = reports(case)
    rows = rows.view(np.recarray)  # uncompiled, only this one knows row.field
    states = _states(case, 40, 9)
    found.append(weigh.weigh(rows, arcs, rings, np.zeros(len(states), dtype=np.int64), states))
    for state in states:
        normal = looked(rows, arcs, state, True)[:9]
        cov = np.array([1e4, 1e3, 2.0, 2e4, -3.0, 0.5])
        found += [normal, [weigh.log_predictive(rows, 0, arcs, rings, state, cov)]]
sys.stdout.write(f"{bool(numba.config.DISABLE_JIT)} " + " ".join(float(v).hex() for one in found for v in one))
"""


def test_compiled_and_interpreted_kernels_say_the_same() -> None:
    said = {}
    for disabled in ("0", "1"):
        path = os.pathsep.join(p for p in [str(Path.cwd()), *sys.path] if p)
        env = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": path}
        run = subprocess.run(
            [sys.executable, "-c", BOTH_WAYS], env=env, capture_output=True, text=True, check=True, timeout=300
        )
        state, *values = run.stdout.split()
        assert state == str(disabled == "1")
        said[disabled] = np.array([float.fromhex(v) for v in values])
    assert len(said["0"]) == len(CASES) * 40 * 11
    np.testing.assert_allclose(said["0"], said["1"], rtol=1e-12, atol=1e-12)
