from dataclasses import dataclass
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.fusion.exchanges.tally import EXACT, _greedy, _heaviest, tally


@dataclass(frozen=True)
class Report:
    """What a tally reads of an item."""

    id: str
    count_low: int
    count_high: int | None
    phenomenon: str = "explosion"


def of(*counts, p_same=None):
    reports = [Report(f"r{n}", *((c, c) if isinstance(c, int) else c)) for n, c in enumerate(counts)]
    return tally(reports, p_same or {})[1]


def test_reports_that_cannot_be_the_same_add_up():
    assert (of(4, 3, 9).low, of(4, 3, 9).likely, of(4, 3, 9).high) == (16, 16.0, 16)


def test_reports_that_can_be_the_same_are_at_least_the_larger():
    found = of(20, 14, p_same={("r0", "r1"): 0.75})
    assert (found.low, found.likely, found.high) == (20, pytest.approx(20 + 14 * 0.25), 34)


def test_what_one_report_cannot_be_is_added_to_what_it_can():
    """4 mortar rounds cannot be 9 grenades; 3 rounds of no stated weapon can be among the 9."""
    found = of(4, 3, 9, p_same={("r1", "r2"): 0.5})
    assert (found.low, found.likely, found.high) == (13, pytest.approx(9 + 4 + 1.5), 16)


def test_intervals_and_open_statements():
    assert of((8, 12), (98, None)).high is None
    assert of((8, 12), (98, None)).low == 106
    assert of((8, 12)).likely == 10


def test_by_kind_and_as_a_whole():
    reports = [Report("a", 5, 5), Report("b", 30, 30, "burst"), Report("c", 7, 7)]
    by_kind, whole = tally(reports, {("a", "c"): 1.0})
    assert (by_kind["explosion"].low, by_kind["explosion"].high, by_kind["burst"].low) == (7, 12, 30)
    assert (whole.low, whole.likely, whole.high) == (37, 37.0, 42)


@given(st.data())
def test_the_lower_bound_is_the_heaviest_set_of_reports_that_are_all_apart(data):
    n = data.draw(st.integers(1, 9))
    weights = sorted(data.draw(st.lists(st.integers(0, 50), min_size=n, max_size=n)), reverse=True)
    pairs = {pair for pair in combinations(range(n), 2) if data.draw(st.booleans())}
    apart = [frozenset(j for j in range(n) if tuple(sorted((i, j))) in pairs) for i in range(n)]
    oracle = max(
        sum(weights[i] for i in chosen)
        for size in range(n + 1)
        for chosen in combinations(range(n), size)
        if all(pair in pairs for pair in combinations(chosen, 2))
    )
    assert _heaviest(weights, apart) == oracle
    assert _greedy(weights, apart) <= oracle


def test_many_reports_still_get_a_bound_soon():
    many = of(*range(1, EXACT + 20))
    assert many.low == many.high
