"""What is learned of sources, and the laws that belief keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fusion.rows import batch, fix, fused

from truceline.fusion.trust.learn import Evidence, learn


def evidence(some, n_alone, alone):
    """`n_alone` single rows, the rest in threes that can be no chance; of what is real `alone` would stay so."""
    n = len(some.rows)
    sizes = [1] * n_alone + [3] * ((n - n_alone) // 3)
    k = len(sizes)
    return Evidence(
        first=np.concatenate([[0], np.cumsum(sizes)]),
        member=np.arange(n),
        gain=np.where(np.array(sizes) > 1, 40.0, 0.0),
        own=np.full(n, 20.0),
        elsewhere=np.zeros(k),
        alone=np.full(n, alone),
        rate=np.zeros(k, dtype=np.int64),
        crowd=np.zeros(k, dtype=np.int64),
    )


def many(n):
    return batch(*(fix(f"{k:04d}", 20_000.0 * k, 0, 100.0 * k, sensor=f"s{k % 40}") for k in range(n)))


def test_where_rows_stay_alone_more_often_than_real_ones_would_they_are_of_nothing():
    """300 rows real, a tenth of what is real stays alone, 200 more alone: the share of nothing is 0.388 or so."""
    some = many(510)
    told = evidence(some, 240, 0.1)
    p, p_false = learn(some, np.zeros(510, dtype=np.int64), told, 1, 1)
    real = 270 / 0.9  # that many real rows leave 270 with others
    expected = (510 - real) / 510
    assert p_false.mean() == pytest.approx((510 * expected + 100 * 0.05) / 610, abs=0.02)
    assert p[0] == pytest.approx(0.1 * (1 - p_false[0]) / (p_false[0] + 0.1 * (1 - p_false[0])), abs=1e-6)
    assert p[-1] == pytest.approx(1.0)


def test_few_rows_are_believed_as_their_grades_say():
    some = many(9)
    p, p_false = learn(some, np.zeros(9, dtype=np.int64), evidence(some, 9, 1.0), 1, 1)
    assert p == pytest.approx(np.full(9, 0.95), abs=1e-6) and p_false == pytest.approx(np.full(9, 0.05), abs=1e-6)
    told = [fix(f"{k}", 20_000.0 * k, 0, 0.0, reliability=g) for k, g in enumerate("ABCDEF")]
    by_grade = {r["founding"]: r["p_exists"] for r in fused(*told).incidents.to_pylist()}
    assert [by_grade[f"t:{k}"] for k in range(6)] == pytest.approx([0.99, 0.95, 0.85, 0.6, 0.3, 0.5], abs=0.002)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=5), st.sampled_from("ABCDEF"), st.floats(0, 300))
def test_one_more_report_of_another_sensor_never_makes_it_less_probable(grades, grade, away):
    """At the same place, or near, or so far that it is another event; a tenth of a thousandth is rounding."""
    rows = [fix(f"{k}", 15.0 * k, 0, 0.2 * k, reliability=g) for k, g in enumerate(grades)]
    before = fused(*rows).incidents.to_pylist()
    after = fused(*rows, fix("x", away, 0, 0.5, reliability=grade)).incidents.to_pylist()
    best = max(before, key=lambda i: i["n_observations"])
    assert max(i["p_exists"] for i in after) >= best["p_exists"] - 2e-4


def test_silence_of_those_who_notice_what_others_confirm_lowers_what_is_alone():
    """Four feeds see the same forty blasts; a fifth source speaks of one that none of them saw."""
    rows = []
    for k in range(40):
        rows += [fix(f"{s}{k:02d}", 400.0 * k, 0, 500.0 * k, sensor=s, source=s) for s in "abcd"]
    alone = fix("z", 8_000, 9_000, 10_111.0, sensor="z", source="z")
    found = {r["founding"]: r["p_exists"] for r in fused(*rows, alone).incidents.to_pylist()}
    assert found["z:z"] < 0.7 < fused(alone).incidents.to_pylist()[0]["p_exists"]
