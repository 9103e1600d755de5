import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.physics.distance import log_mass
from truceline.physics.polar import build_band, falloff_m

near = st.one_of(st.just(0.0), st.floats(1.0, 1e5))
share, sigma = st.floats(0.0, 0.6), st.floats(1.0, 300.0)


def mass(band):
    return log_mass(band.range_min_m, band.range_max_m, band.sigma_min_m, band.sigma_max_m, band.scale_m)


@settings(deadline=None)  # the first example compiles
@given(near, st.floats(50.0, 1e5), share, sigma)
def test_the_mass_of_a_stated_band_is_that_of_its_table(low, width, share, sigma):
    band = build_band(low, low + width, share, sigma)
    assert mass(band) == pytest.approx(np.log(band.mass_m2), abs=1e-3)


@settings(deadline=None)  # the first example compiles
@given(near, st.floats(5e3, 1e6), share, sigma)
def test_the_mass_of_a_falling_band_is_that_of_its_table(low, notice, share, sigma):
    band = build_band(low, np.inf, share, sigma, scale_m=falloff_m(low, notice))
    assert mass(band) == pytest.approx(np.log(band.mass_m2), abs=1e-3)


def test_without_a_near_limit_what_falls_off_has_half_the_squared_scale():
    assert log_mass(0.0, np.inf, 10.0, 10.0, 7_500.0) == pytest.approx(np.log(0.5 * 7_500.0**2))
