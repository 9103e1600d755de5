import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fusion.rows import at, fix, fused

from truceline.domain.columns import from_rows
from truceline.domain.coverage import COLUMNS
from truceline.fusion.places.posterior import Cloud
from truceline.fusion.watching.silence import Watcher, p_after_silence

POLYGON = "POLYGON ((38.4 48.6, 38.6 48.6, 38.6 48.8, 38.4 48.8, 38.4 48.6))"
ELSEWHERE = "POLYGON ((39.4 48.6, 39.6 48.6, 39.6 48.8, 39.4 48.8, 39.4 48.6))"


def coverage(**more):
    row = {"source": "t", "sensor": "mast", "time_start": at(-3_600), "time_end": at(3_600), "area": POLYGON}
    return from_rows(COLUMNS, [row | {"p_detect": 0.9, "state": "working"} | more])


def test_a_coverage_row_sent_twice_says_nothing_new():
    twice = pa.concat_tables([coverage(), coverage()])
    found = fused(fix("a", 0, 0, 0.0), coverage=twice)
    assert found.incidents.to_pylist()[0]["p_exists"] == p_exists(sensor="mast")


def p_exists(**more):
    found = fused(fix("a", 0, 0, 0.0), coverage=coverage(**more) if more else None)
    return found.incidents.to_pylist()[0]["p_exists"]


def test_without_coverage_silence_says_nothing():
    assert p_exists() == pytest.approx(0.95)


def test_a_silent_watcher_lowers_the_odds_by_what_it_would_have_missed():
    odds = 0.95 / 0.05 * (1 - 0.9)
    assert p_exists(sensor="mast") == pytest.approx(odds / (1 + odds), abs=0.001)


@pytest.mark.parametrize(
    "more",
    [
        {"state": "jammed"},
        {"state": "denied"},
        {"area": ELSEWHERE},
        {"time_end": at(-3_000)},
        {"phenomenon": "vehicle"},
        {"p_detect": None},
        {"sensor": "uav-a"},
        {"sensor": None},
        {"area": "a name that nobody knows"},
    ],
)
def test_who_could_not_have_noticed_says_nothing(more):
    assert p_exists(**more) == pytest.approx(0.95)


@given(st.lists(st.floats(0, 1), max_size=6), st.floats(0, 1), st.floats(0, 1))
def test_more_silent_coverage_never_raises_the_probability(detect, p, extra):
    def watcher(n, p_detect):
        return Watcher(
            source="t", sensor=f"w{n}", start_s=0, end_s=10, phenomenon=None, p_detect=p_detect, region=None, sector="s"
        )

    def after(watching):
        cloud = Cloud(xy=np.zeros((1, 2)), weights=np.ones(1))
        return p_after_silence(
            p, watching, reported_by=(), cloud=cloud, window_s=(0, 10), phenomena=("explosion",), p_sector={"s": 0.8}
        )

    watching = [watcher(n, d) for n, d in enumerate(detect)]
    assert 0 <= after([*watching, watcher(99, extra)]) <= after(watching) + 1e-12
    assert after([]) == pytest.approx(p)
