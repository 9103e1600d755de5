import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.fusion.places.belonging import p_elsewhere, p_member

NATS = st.floats(-5.0, 60.0)
ODDS = st.floats(0.0, 1e26)


def p(own, rivals, size):
    return float(p_member(np.array([own]), np.array([rivals]), np.array([size]))[0])


@given(NATS, NATS, ODDS, ODDS, st.integers(1, 30))
def test_more_for_it_never_lowers_and_more_against_it_never_raises(a, b, r, s, size):
    assert 0.0 <= p(a, r, size) <= 1.0
    assert p(min(a, b), r, size) <= p(max(a, b), r, size)
    assert p(a, max(r, s), size) <= p(a, min(r, s), size)


@given(NATS)
def test_the_fewer_agree_the_less_that_is_worth(own):
    assert p(own, 0.0, 2) < p(own, 0.0, 3)


def test_two_rows_that_agree_by_three_nats_are_more_likely_chance():
    assert p(3.0, 0.0, 2) < 0.5 < p(3.0, 0.0, 3) < p(3.0, 0.0, 6)
    assert p(3.0, 0.0, 4) == p(3.0, 0.0, 30)


def test_the_odds_of_rivals_are_read_back_from_a_lone_row() -> None:
    """Belief asks only for what rivals say: without any, a row that is alone is of no other event."""
    rivals = np.array([0.0, 0.01, 0.2, 1.0])
    alone = p_member(np.zeros(4), rivals, np.ones(4, dtype=np.int64))
    assert p_elsewhere(alone) == pytest.approx(rivals / (1.0 + rivals), abs=1e-6)
