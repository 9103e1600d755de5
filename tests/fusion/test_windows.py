import numpy as np
import pytest
from scipy import integrate, stats
from tests.fusion.rows import at, fix, items, sector, throughout

from truceline.fusion.windows import delays, expected_overlap, log_shared, origin_moments, overlap_s

HERE = np.zeros((1, 2))


def brute_force(parts, xy=HERE):
    """Oracle: the product of the time likelihoods, integrated numerically over the time of origin."""
    start = at(0).timestamp()

    def density(t):
        value = 1.0
        for item in parts:
            d = delays(item, xy)[0]
            if item.start_s == item.end_s:
                value *= stats.norm(item.start_s - d - start, item.sigma_s).pdf(t)
            else:
                low, high = item.start_s - d - start, item.end_s - d - start
                soft = stats.norm(0, item.sigma_s).cdf
                value *= (soft(t - low) - soft(t - high)) / (high - low)
        return value

    z = integrate.quad(density, -4_000, 8_000, limit=4_000, points=[0, 10, 60, 600])[0]
    mean = integrate.quad(lambda t: t * density(t), -4_000, 8_000, limit=4_000, points=[0, 10, 60, 600])[0] / z
    return np.log(z), mean


def test_two_instants_multiply_as_gaussians():
    pair = items(fix("a", 0, 0, 0.0, sigma_s=3.0), fix("b", 0, 0, 10.0, sigma_s=5.0))
    log_z, mean, variance = origin_moments(pair, HERE)
    expected_z, expected_mean = brute_force(pair)
    assert log_z[0] == pytest.approx(expected_z, abs=1e-6)
    assert mean[0] - at(0).timestamp() == pytest.approx(expected_mean, abs=1e-4)
    assert variance[0] == pytest.approx(1 / (1 / 9 + 1 / 25))


def test_an_instant_in_a_soft_window_matches_the_integral():
    window = {"time_start": at(-300), "time_end": at(20), "time_kind": "unknown_within", "time_sigma_s": 15.0}
    pair = items(fix("a", 0, 0, 10.0, sigma_s=8.0), fix("b", 0, 0, 0.0, time=None, **window))
    assert origin_moments(pair, HERE)[0][0] == pytest.approx(brute_force(pair)[0], abs=1e-6)


def test_sound_is_taken_back_to_its_origin():
    heard = items(sector("a", 0, 0, (80, 100), (2_900, 3_100), time=at(10.0), time_sigma_s=1.0))
    three_km = np.array([[3_373.0, 0.0]])
    mean = origin_moments(heard, three_km)[1][0] - at(0).timestamp()
    assert mean == pytest.approx(10.0 - 3_373.0 / 337.3, abs=0.01)


def test_windows_alone_give_the_length_that_they_share():
    def window(id, start, end):
        return fix(
            id,
            0,
            0,
            0.0,
            time=None,
            time_start=at(start),
            time_end=at(end),
            time_kind="unknown_within",
            time_sigma_s=1.0,
        )

    pair = items(window("a", 0, 1_000), window("b", 600, 2_000))
    assert origin_moments(pair, HERE)[0][0] == pytest.approx(np.log(400.0 / 1_000 / 1_400), abs=1e-3)


def test_expected_overlap_is_soft_at_zero_and_the_length_itself_far_above():
    assert expected_overlap(1_000.0, 10.0) == pytest.approx(1_000.0)
    assert expected_overlap(0.0, 10.0) == pytest.approx(10.0 / np.sqrt(2 * np.pi))
    assert expected_overlap(-80.0, 10.0) < 1e-10
    lengths = np.linspace(-50, 50, 101)
    assert np.all(np.diff(expected_overlap(lengths, 10.0)) > 0)


def test_log_shared_does_not_care_which_window_comes_first():
    a, b = (0.0, 3_600.0), (1_800.0, 7_200.0)
    assert log_shared(a, b, 60.0) == log_shared(b, a, 60.0)
    assert log_shared(a, b, 60.0) == pytest.approx(np.log(1_800 / 3_600 / 5_400), abs=1e-6)
    assert overlap_s(a, b) == 1_800.0
    assert overlap_s((0.0, 1.0), (4.0, 5.0)) == -3.0


def test_throughout_intervals_are_windows_of_their_edges():
    (item,) = items(sector("a", 0, 0, (0, 90), (1_000, 2_000), **throughout(0, 600)))
    low, high = item.origin_s
    assert low - at(0).timestamp() == pytest.approx(-2_000 / 337.3, abs=0.01)
    assert high - at(0).timestamp() == pytest.approx(600 - 1_000 / 337.3, abs=0.01)
