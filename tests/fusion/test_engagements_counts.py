"""The posterior of rounds against SciPy's beta-binomial and against worlds drawn from its own assumptions."""

import numpy as np
import pytest
from scipy import stats
from tests.fusion.rows import items, sector, throughout

from truceline.fusion.exchanges import counts
from truceline.fusion.exchanges.counts import Told, grid, log_told, rounds_of

EAST = (67.5, 112.5)


def told(low, high, share=0.4, both=False, family="blast"):
    return Told(low=low, high=high, family=family, both_ends=both, share=share)


@pytest.mark.parametrize("both", [False, True])
def test_a_statement_is_as_probable_as_scipy_has_it(both):
    n = grid()
    a, b = counts.FIRMNESS * 0.4, counts.FIRMNESS * 0.6
    for low, high in ((7, 7), (20, 24)):
        oracle = sum(stats.betabinom.pmf(m, n * (2 if both else 1), a, b) for m in range(low, high + 1))
        found = np.exp(log_told(told(low, high, both=both), n) / counts.TEMPER)
        assert found == pytest.approx(oracle, rel=0.02, abs=1e-12)


def rows(*given, **more):
    """Reports of one exchange by posts 2 to 4 km off it."""
    return items(
        *(
            sector(f"r{k}", -4_000, 0, EAST, (2_000, 4_000), **throughout(0, 600, *c), **more)
            for k, c in enumerate(given)
        )
    )


def test_there_were_at_least_as_many_as_one_post_counted_or_half_if_it_may_have_heard_both_ends():
    told_impacts, told_open = rounds_of(rows((40, 40), phase="impact"), []), rounds_of(rows((40, 40)), [])
    assert 38 <= told_impacts.low <= told_impacts.likely <= told_impacts.high
    assert 19 <= told_open.low < told_impacts.low
    assert told_impacts.high > 60


def test_a_second_count_that_agrees_narrows_the_interval():
    one, two = rounds_of(rows((40, 40)), []), rounds_of(rows((40, 40), (44, 44), (38, 38)), [])
    assert two.high / two.low < one.high / one.low


def test_incidents_are_a_floor():
    alone = rounds_of(rows((2, 2)), [])
    with_many = rounds_of(rows((2, 2)), rows(*[(1, 1)] * 30))
    assert with_many.low >= 30 > alone.low


def test_a_count_without_an_upper_bound_has_a_finite_interval():
    found = rounds_of(rows((98, None)), [])
    assert 49 <= found.low < found.high < counts.MOST


def test_bursts_and_explosions_add_up():
    both = items(
        sector("a", -4_000, 0, EAST, (1_000, 2_000), **throughout(0, 600, 20, 20), phase="impact"),
        sector("b", -4_000, 0, EAST, (1_000, 2_000), **throughout(0, 600, 30, 30), phenomenon="burst"),
    )
    assert rounds_of(both, []).low >= 48


def test_intervals_hold_the_truth_about_nine_times_in_ten_where_the_assumptions_hold():
    """All drawn as the posterior assumes it; a tempered likelihood holds the truth a little oftener."""
    rng = np.random.default_rng(11)
    reports = rows(*[(1, 1)] * 3, phase="impact")
    share = counts.told_of(reports[0]).share
    n, held = grid(), 0
    tries = 300
    for _ in range(tries):
        true = max(1, round(counts.MIDDLE * np.exp(counts.SPREAD * rng.standard_normal())))
        seen = rng.binomial(true, rng.beta(counts.FIRMNESS * share, counts.FIRMNESS * (1 - share), 3))
        log_p = -0.5 * (np.log(n / counts.MIDDLE) / counts.SPREAD) ** 2 - np.log(n) + np.log(np.gradient(n))
        for m in seen[seen > 0].tolist():
            log_p = log_p + log_told(told(m, m, share), n)
        found = counts._interval(n, log_p)
        held += found.low <= true <= found.high
    assert 0.86 <= held / tries <= 0.99
