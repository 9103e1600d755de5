import numpy as np
import pytest
from tests.fusion.rows import at, items, sector, throughout

from truceline.fusion.exchanges.windows import expected_overlap, log_shared, overlap_s


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
