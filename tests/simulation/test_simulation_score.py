"""Scores against counting by hand: pairs, the adjusted Rand index, matched places."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.simulation.score import ALONE, labels, location_errors, matches, pair_scores

grouping = st.lists(st.integers(ALONE, 4), min_size=1, max_size=14)


def together(labels, i, j):
    return labels[i] == labels[j] and labels[i] != ALONE


def by_hand(truth, found):
    """Counts of pairs: together in both, in the truth only, found only, in neither."""
    counts = {(a, b): 0 for a in (True, False) for b in (True, False)}
    for i, j in combinations(range(len(truth)), 2):
        counts[together(truth, i, j), together(found, i, j)] += 1
    return counts[True, True], counts[True, False], counts[False, True], counts[False, False]


@settings(deadline=None)
@given(st.data())
def test_pairs_are_those_counted_by_hand(data):
    truth = np.array(data.draw(grouping))
    found = np.array(data.draw(st.lists(st.integers(ALONE, 4), min_size=len(truth), max_size=len(truth))))
    both, missed, wrong, neither = by_hand(truth, found)
    scores = pair_scores(truth, found)
    assert scores.precision == pytest.approx(both / (both + wrong) if both + wrong else 1.0)
    assert scores.recall == pytest.approx(both / (both + missed) if both + missed else 1.0)
    if both:
        assert scores.f1 == pytest.approx(2 * both / (2 * both + missed + wrong))
    # the adjusted Rand index in its form by pairs
    below = (both + missed) * (missed + neither) + (both + wrong) * (wrong + neither)
    if below:
        assert scores.adjusted_rand == pytest.approx(2 * (both * neither - missed * wrong) / below)
    else:
        assert scores.adjusted_rand == 1.0


def test_a_perfect_answer_and_one_without_pairs():
    truth = np.array([0, 0, 1, 1, ALONE])
    perfect = pair_scores(truth, np.array([7, 7, 3, 3, 9]))
    assert (perfect.precision, perfect.recall, perfect.f1, perfect.adjusted_rand) == (1.0, 1.0, 1.0, 1.0)
    nothing = pair_scores(truth, np.full(5, ALONE))
    assert (nothing.precision, nothing.recall, nothing.f1) == (1.0, 0.0, 0.0)
    assert pair_scores(np.full(3, ALONE), np.full(3, ALONE)).f1 == 1.0


def test_rows_have_to_be_the_same():
    with pytest.raises(ValueError, match="one of each"):
        pair_scores(np.zeros(2, dtype=int), np.zeros(3, dtype=int))


def test_labels_follow_ids_whatever_the_order():
    told = pa.array(["a:1", "a:2", "b:1", "b:2", "c:1"])
    found = labels(told, pa.array(["b:2", "a:1", "b:1", "a:2"]), pa.array(["I2", "I1", None, "I2"]))
    assert found.tolist() == [1, 0, ALONE, 0, ALONE]


def test_a_true_event_is_matched_to_what_holds_most_of_it():
    truth = np.array([0, 0, 0, 1, 1, ALONE, 3])
    found = np.array([5, 5, 2, 4, 2, 2, 2])
    assert matches(truth, found, 5).tolist() == [5, 2, ALONE, 2, ALONE]


def test_places_are_compared_where_there_were_reports_enough():
    true_xy = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 50.0]])
    found_xy = np.array([[3.0, 4.0], [100.0, 7.0]])
    truth, found = np.array([0, 0, 1]), np.array([0, 0, 1])
    assert location_errors(true_xy, truth, found, found_xy).tolist() == [5.0, 7.0]
    assert location_errors(true_xy, truth, found, found_xy, least=2).tolist() == [5.0]
