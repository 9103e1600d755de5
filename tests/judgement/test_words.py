"""How things are said: bands of probability words, no false precision, open ends, local time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.clock import Interval
from truceline.domain.incident import AlongLine
from truceline.judgement import words

START = datetime(2018, 9, 5, 7, 24, 42, tzinfo=UTC)
LOCAL = words.zone("Europe/Kyiv")
NB = words.NBSP


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, f"almost no chance (under 1{NB}%)"),
        (0.049, f"very unlikely (5{NB}%)"),
        (0.43, f"roughly even chance (45{NB}%)"),
        (0.449, f"roughly even chance (45{NB}%)"),
        (0.54, f"likely (55{NB}%)"),
        (0.56, f"likely (55{NB}%)"),
        (0.79, f"very likely (80{NB}%)"),
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


@given(st.floats(0, 1), st.floats(0, 1))
def test_one_figure_has_one_word(p: float, q: float) -> None:
    if words.percent(p) == words.percent(q):
        assert words.likelihood(p) == words.likelihood(q)


def test_a_figure_that_somebody_set_is_not_rounded() -> None:
    assert [words.exact_percent(p) for p in (0.51, 0.57, 0.255)] == [f"51{NB}%", f"57{NB}%", f"25.5{NB}%"]


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_no_word_for_what_is_no_probability(p: float) -> None:
    with pytest.raises(ValueError, match="not a probability"):
        words.chance(p)


def test_counts() -> None:
    assert words.amount(7, 7, 7) == "7"
    assert words.amount(7, 16, 12) == "7–16, about 12 expected"
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


def test_plurals() -> None:
    assert [words.counted(n, "entry") for n in ("1", "2")] == ["1 entry", "2 entries"]
    assert [words.plural(c) for c in ("casualty", "day", "flash", "uav")] == ["casualties", "days", "flashes", "UAVs"]


def test_weapons_are_joined_as_the_source_joins_them() -> None:
    assert words.weapons("heavy_machine_gun") == "heavy machine gun"
    assert words.weapons("heavy machine gun+small arms") == "heavy machine gun and small arms"
    assert words.weapons("artillery+mortar", "incoming mortar or artillery") == "artillery or mortar"


def test_computed_times_are_widened_to_whole_minutes() -> None:
    short = Interval(start=START, end=START + timedelta(seconds=30))
    assert words.span(words.whole_minutes(short), LOCAL) == "5 Sep 2018, 10:24–10:26"
    exact = Interval(start=START.replace(second=0), end=START.replace(second=0))
    assert words.whole_minutes(exact) == exact


def test_the_side_of_a_middle_is_said_only_where_it_is_borne_out() -> None:
    along = AlongLine(
        chainage_km=1.0, chainage_low_km=0.0, chainage_high_km=2.0, offset_km=0.6, line_since="2018-01-01"
    )
    names = "northern areas", "south of the line"
    assert words.offset(along, *names) == f"600{NB}m from the line"
    assert words.offset(along, *names, 0.54) == f"600{NB}m from the line"
    assert words.offset(along, *names, 0.9) == f"600{NB}m from the line, in northern areas"
    assert words.offset(along, *names, 0.1) == f"600{NB}m from the line"  # the middle speaks against the odds
    south = replace(along, offset_km=-0.6)
    assert words.offset(south, *names, 0.1) == f"600{NB}m from the line, south of the line"
    assert words.ground("Southland") == "in Southland"


@given(st.floats(0, 1))
def test_even_odds_are_even_from_both_sides(p: float) -> None:
    if abs(p - 0.5) < 0.02:
        assert words.is_even(p) and words.side(p, "a", "b").startswith("either side")
    if abs(p - 0.5) > 0.08:
        assert not words.is_even(p)


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
