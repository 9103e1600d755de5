from datetime import UTC, date, datetime

import pytest

from truceline.domain.inputs import Setting
from truceline.sources.smm_when import When, read_when
from truceline.sources.smm_words import WordError

FIFTH, SIXTH = date(2018, 9, 5), date(2018, 9, 6)
FORWARD, BACK = date(2018, 3, 25), date(2018, 10, 28)  # clocks change in Kyiv at 03:00 and 04:00 local time


def at(day: int, clock: str, month: int = 9) -> datetime:
    return datetime.fromisoformat(f"2018-{month:02}-{day:02} {clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "last", "single", "start", "end", "kind"),
    [
        ("evening", FIFTH, False, at(5, "14:00"), at(5, "20:00"), "throughout"),
        ("Evening", FIFTH, True, at(5, "14:00"), at(5, "20:00"), "unknown_within"),
        ("evening and night", SIXTH, False, at(5, "14:00"), at(6, "03:00"), "throughout"),
        ("night", SIXTH, False, at(5, "17:00"), at(6, "03:00"), "throughout"),
        ("night", FIFTH, False, at(5, "17:00"), at(6, "03:00"), "throughout"),
        ("evening", SIXTH, False, at(5, "14:00"), at(6, "20:00"), "throughout"),
        ("late evening", FIFTH, False, at(5, "17:00"), at(5, "21:00"), "throughout"),
        ("evening; in two minutes", FIFTH, False, at(5, "14:00"), at(5, "20:00"), "unknown_within"),
        ("10:25-11:00", FIFTH, False, at(5, "07:25"), at(5, "08:00"), "throughout"),
        ("10:25-11:00", FIFTH, True, at(5, "07:25"), at(5, "08:00"), "unknown_within"),
        ("12:53 and 13:22", FIFTH, False, at(5, "09:53"), at(5, "10:22"), "throughout"),
        ("23:30 to 01:10", SIXTH, False, at(5, "20:30"), at(5, "22:10"), "throughout"),
        ("", FIFTH, False, at(4, "21:00"), at(5, "21:00"), "throughout"),
        ("", SIXTH, True, at(4, "21:00"), at(6, "21:00"), "unknown_within"),
    ],
)
def test_words_become_intervals(setting: Setting, text, last, single, start, end, kind) -> None:
    when = read_when(text, FIFTH, last, single=single, setting=setting)
    assert (when.start, when.end, when.kind) == (start, end, kind)


@pytest.mark.parametrize(("clock", "sigma_s"), [("10:10", 105.4), ("10:58", 62.4), ("9:05", 105.4)])
def test_a_clock_time_is_an_instant_with_its_rounding(setting: Setting, clock, sigma_s) -> None:
    when = read_when(clock, FIFTH, FIFTH, single=False, setting=setting)
    moment = datetime.fromisoformat(f"2018-09-05T{clock:0>5}+03:00")
    assert when == When(start=moment, end=moment, kind=None, sigma_s=sigma_s)


def test_a_time_that_clocks_skip_is_refused(setting: Setting) -> None:
    with pytest.raises(WordError, match="no such time"):
        read_when("03:30", FORWARD, FORWARD, single=False, setting=setting)


def test_a_time_that_comes_twice_is_either(setting: Setting) -> None:
    when = read_when("03:30", BACK, BACK, single=False, setting=setting)
    assert (when.start, when.end, when.kind) == (at(28, "00:30", 10), at(28, "01:30", 10), "unknown_within")


def test_a_span_across_the_change_is_as_long_as_it_was(setting: Setting) -> None:
    when = read_when("02:30-03:30", BACK, BACK, single=False, setting=setting)
    assert (when.end - when.start).total_seconds() == 2 * 3600
    night = read_when("", BACK, BACK, single=False, setting=setting)
    assert (night.end - night.start).total_seconds() == 25 * 3600
