"""How things are said: bands of probability words, no false precision, open ends, local time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.clock import Interval
from truceline.judgement import words

START = datetime(2018, 9, 5, 7, 24, 42, tzinfo=UTC)
LOCAL = words.zone("Europe/Kyiv")
NB = words.NBSP


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, f"almost no chance (under 1{NB}%)"),
        (0.049, f"almost no chance (5{NB}%)"),
        (0.3, f"unlikely (30{NB}%)"),
        (0.5, f"roughly even chance (50{NB}%)"),
        (0.717, f"likely (70{NB}%)"),
        (0.93, f"very likely (93{NB}%)"),
        (1.0, f"almost certain (over 99{NB}%)"),
    ],
)
def test_chance(p: float, said: str) -> None:
    assert words.chance(p) == said


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_probable_is_never_worded_less(p: float, q: float) -> None:
    order = [word for _, word in words.PROBABILITY_WORDS]
    low, high = sorted((p, q))
    assert order.index(words.likelihood(low)) <= order.index(words.likelihood(high))


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_no_word_for_what_is_no_probability(p: float) -> None:
    with pytest.raises(ValueError, match="not a probability"):
        words.chance(p)


def test_counts() -> None:
    assert words.amount(7, 7, 7) == "7"
    assert words.amount(7, 16, 12) == "7–16, most likely 12"
    assert words.amount(98, None) == "98 or more"
    assert words.amount(1200, 1400) == "1\u202f200–1\u202f400"
    assert words.counted("1", "muzzle_flash") == "1 muzzle flash"
    assert words.counted("about 21", "muzzle_flash") == "about 21 muzzle flashes"


def test_times_never_claim_seconds_they_do_not_have() -> None:
    long = Interval(start=START, end=START + timedelta(minutes=35, microseconds=1))
    assert words.span(long, LOCAL) == "5 Sep 2018, 10:24–11:00"
    assert words.span(Interval(start=START, end=START), LOCAL) == "5 Sep 2018, 10:24:42"
    night = Interval(start=START.replace(second=0), end=START.replace(second=0) + timedelta(hours=20))
    assert words.span(night, LOCAL) == "5 Sep 2018, 10:24 to 6 Sep 2018, 06:24"


def test_sides_are_worded_alike() -> None:
    assert words.side(0.9, "north", "south") == f"north: very likely (90{NB}%)"
    assert words.side(0.1, "north", "south") == f"south: very likely (90{NB}%)"
    assert words.side(0.5, "north", "south") == f"either side of the line: north 50{NB}%, south 50{NB}%"
    assert words.side(None, "north", "south") == "side of the line unknown"


def test_sentences_leave_ids_alone() -> None:
    assert words.sentence("whether it fell") == "Whether it fell."
    assert words.sentence("smm:26 and smm:27 differ") == "smm:26 and smm:27 differ."
    assert words.sentence("") == ""


def test_nearest_place_knows_when_there_is_none() -> None:
    places = [("A", 30.0, 44.0), ("B", 30.1, 44.0)]
    name, km = words.nearest_place(30.02, 44.0, places) or ("", 0.0)
    assert name == "A" and km == pytest.approx(1.6, abs=0.05)
    assert words.nearest_place(33.0, 44.0, places) is None
