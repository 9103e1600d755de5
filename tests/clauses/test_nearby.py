import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ncx2
from tests.clauses import world

from truceline.clauses.nearby import between, offset_m, p_later_by, p_near
from truceline.clock import Interval
from truceline.domain.place import Fix

START = datetime(2018, 9, 5, tzinfo=UTC)
seconds = st.integers(0, 5000)


def at(second, length=0):
    start = START + timedelta(seconds=second)
    return Interval(start=start, end=start + timedelta(seconds=length))


@settings(deadline=None)
@given(spans=st.lists(st.tuples(seconds, st.integers(0, 3000)), max_size=30), start=seconds, length=seconds)
def test_looking_up_finds_what_scanning_finds(spans, start, length):
    subjects = tuple(SimpleNamespace(when=at(*span)) for span in sorted(spans))
    asked = at(start, length)
    scanned = [s for s in subjects if s.when.start <= asked.end and s.when.end >= asked.start]
    assert list(between(subjects, asked.start, asked.end)) == scanned


def round_fix(east_km, north_km, sigma_m):
    return world.place([east_km, north_km, sigma_m])


@settings(deadline=None)
@given(
    east=st.floats(-20, 20), north=st.floats(-20, 20), a=st.floats(20, 4000), b=st.floats(0, 4000),
    within_m=st.floats(50, 20_000),
)  # fmt: skip
def test_round_places_are_near_by_the_noncentral_chi_square(east, north, a, b, within_m):
    one, other = round_fix(0, 0, a), round_fix(east, north, b)
    variance = a * a + b * b
    away_m = math.hypot(*offset_m(one, other))
    exact = ncx2.cdf(within_m**2 / variance, 2, away_m**2 / variance)
    assert p_near(one, other, within_m) == pytest.approx(exact, abs=2e-3)
    assert p_near(other, one, within_m) == pytest.approx(p_near(one, other, within_m), abs=1e-6)


def test_long_places_are_near_as_often_as_draws_of_them():
    one = Fix(lon_deg=38.0, lat_deg=48.5, var_e_m2=2.5e6, var_n_m2=4e6, cov_en_m2=2.8e6)
    other = round_fix(1.0, 2.0, 300)
    east, north = offset_m(one, other)
    cov = [[2.5e6 + 9e4, 2.8e6], [2.8e6, 4e6 + 9e4]]
    draws = np.random.default_rng(3).multivariate_normal([east, north], cov, 200_000)
    drawn = np.mean(np.hypot(draws[:, 0], draws[:, 1]) < 1500)
    assert p_near(one, other, 1500) == pytest.approx(drawn, abs=4e-3)


@settings(max_examples=40, deadline=None)
@given(first=st.tuples(seconds, seconds), second=st.tuples(seconds, seconds), most=st.integers(1, 5000))
def test_later_by_is_the_share_of_all_pairs_of_moments(first, second, most):
    one, other = at(*first), at(*second)
    low, plain, high = p_later_by(one, other, float(most))
    a = first[0] + (np.arange(200) + 0.5) / 200 * max(first[1], 1)
    b = second[0] + (np.arange(200) + 0.5) / 200 * max(second[1], 1)
    gap = b[None, :] - a[:, None]
    share = float(np.mean((gap >= 0) & (gap <= most)))
    assert low <= plain <= high
    assert plain == pytest.approx(share, abs=0.02) or min(first[1], second[1]) < 10
    assert not (low == 1.0 and share < 1.0 and min(first[1], second[1]) > 1)
    assert not (high == 0.0 and share > 0.0 and min(first[1], second[1]) > 1)
