"""One look at an observation against weighing it, and the table of the normal distribution against scipy."""

import numpy as np
import pytest
from scipy import stats
from tests.physics.looks import looked
from tests.physics.records import Case, log_moment, reports
from tests.physics.test_weigh import CASES, _states, every_case

from truceline.physics import weigh
from truceline.physics.columns import AREA
from truceline.physics.normal import below
from truceline.physics.see import clear, log_density, see


def test_the_table_of_the_normal_distribution_is_as_good_as_it_says() -> None:
    z = np.linspace(-7.0, 7.0, 20_001)
    found = np.array([below(v) for v in z])
    assert np.abs(found - stats.norm.cdf(z)).max() < 3e-10
    assert np.all(np.diff(found) >= 0.0)


@every_case
def test_a_look_says_how_likely_a_row_is_as_weighing_does(case: Case) -> None:
    """An area counts as its even spread, whose density is a Gaussian's; all others exactly as `weigh` has them."""
    rows, arcs, rings = reports(case)
    states = _states(case, 60, 5)
    for state in states:
        found = log_density(looked(rows, arcs, state, True))
        if case.family == AREA:
            cov = np.linalg.inv(
                [[rows[0]["ixx_per_m2"], rows[0]["ixy_per_m2"]], [rows[0]["ixy_per_m2"], rows[0]["iyy_per_m2"]]]
            )
            said = stats.multivariate_normal((rows[0]["x_m"], rows[0]["y_m"]), cov).logpdf(state[:2])
            expected = said + log_moment(case, state[None])[0]
        else:
            expected = weigh.log_predictive(rows, 0, arcs, rings, state, np.zeros(6))
        if expected > -200.0:
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-5)
        else:
            assert found < -150.0


def test_many_looks_multiply_without_running_out_of_numbers() -> None:
    """Products of variances and shares of hundreds of rows are kept within what a number can hold."""
    case = CASES["bearing of an array"]
    rows, arcs, _ = reports(case)
    state = _states(case, 1, 3, away=0.5)[0]
    one = log_density(looked(rows, arcs, state, True))
    sums = np.zeros(12)
    clear(sums)
    for _ in range(400):
        see(rows, 0, arcs, *state, True, sums)
    assert log_density(sums) == pytest.approx(400.0 * one, rel=1e-9)
