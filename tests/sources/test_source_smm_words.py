import pytest

from truceline.sources.smm_words import Counted, WordError, read_assessment, read_count, read_what


@pytest.mark.parametrize(
    ("count", "quality", "low", "high", "stated"),
    [
        ("29", "exact", 29, 29, "29"),
        ("29", "", 29, 29, "29"),
        ("1", "exact", 1, 1, "1"),
        ("45", "about", 38, 52, "about 45"),
        ("100", "about", 85, 115, "about 100"),
        ("1", "about", 1, 2, "about 1"),
        ("160", "almost", 136, 159, "almost 160"),
        ("98", "at least", 98, None, "at least 98"),
        ("110", "over", 111, None, "over 110"),
        ("110", "More  than", 111, None, "more than 110"),
        ("5", "up to", 1, 5, "up to 5"),
        ("", "30-35", 30, 35, "30-35"),
        ("30-35", "", 30, 35, "30-35"),
        ("", "", 1, None, None),
    ],
)
def test_counts_are_intervals(count, quality, low, high, stated) -> None:
    assert read_count(count, quality) == Counted(low=low, high=high, stated=stated)


def test_only_exactly_one_is_single() -> None:
    assert read_count("1", "exact").single
    assert not read_count("1", "about").single
    assert not read_count("1", "at least").single
    assert not read_count("", "").single


NINE = Counted(low=9, high=9, stated="9")


@pytest.mark.parametrize(
    ("text", "phase", "bearing", "weapon", "calibre"),
    [
        ("", None, None, None, None),
        ("undetermined", "undetermined", None, None, None),
        ("Outgoing mortar", "outgoing", None, "mortar", None),
        ("outgoing undetermined", "outgoing", None, None, None),
        ("impact automatic grenade launcher", "impact", None, "automatic grenade launcher", None),
        ("impact mortar 82mm", "impact", None, "mortar", 82.0),
        ("incoming 122 mm artillery", "impact", None, "artillery", 122.0),
        ("incoming mortar or artillery", "impact", None, "artillery+mortar", None),
        ("assessed as an impact", "impact", None, None, None),
        ("outgoing and impact", None, None, None, None),
        ("mostly outgoing", None, None, None, None),
        ("W-E", None, 90.0, None, None),
        ("outgoing, W-E", "outgoing", 90.0, None, None),
        ("mostly W-E", None, None, None, None),
        ("W-E and E-W", None, None, None, None),
        ("5 W-E 4 E-W", None, None, None, None),
        ("5 W-E then 4 W-E", None, 90.0, None, None),
        ("9 impact", "impact", None, None, None),
        ("3 impact", None, None, None, None),
        ("4 impact 5 impact", "impact", None, None, None),
        ("4 impact 4 impact", None, None, None, None),
        ("4 outgoing mortar 5 impact mortar", None, None, "mortar", None),
        ("mortar: 4 outgoing 5 impact", None, None, "mortar", None),
        ("mortar: 3 outgoing", None, None, "mortar", None),
        ("4 then 5 undetermined", "undetermined", None, None, None),
        ("7 impact 2 airburst", None, None, None, None),
        ("directed at SMM UAV", None, None, None, None),
        ("live-fire exercise", None, None, None, None),
    ],
)
def test_an_assessment_says_only_what_holds_for_the_whole_row(text, phase, bearing, weapon, calibre) -> None:
    said = read_assessment(text, NINE)
    assert (said.phase, said.flight_bearing_deg, said.weapon, said.calibre_mm) == (phase, bearing, weapon, calibre)
    assert not said.same_rounds


def test_numbers_beside_a_count_that_is_not_exact_are_parts_of_it() -> None:
    about = Counted(low=8, high=11, stated="about 9")
    assert read_assessment("9 impact", about).phase is None


def test_the_same_rounds_are_recognised() -> None:
    assert read_assessment("impact mortar (of the preceding)", NINE).same_rounds


@pytest.mark.parametrize("text", ["outgiong", "impacts", "mortars", "impact mortar 82mmm", "W-X", "?"])
def test_unknown_words_are_named(text) -> None:
    with pytest.raises(WordError, match=r"is not a known word of an assessment; known: outgoing, impact"):
        read_assessment(text, NINE)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("explosion", ("explosion", "heard", None)),
        ("Muzzle Flash", ("muzzle_flash", "seen", None)),
        ("burst HMG+SAF", ("burst", "heard", "heavy machine gun+small arms")),
        ("shot/burst saf", ("shot", "heard", "small arms")),
        ("tracer anti-aircraft cannon", ("tracer", "seen", "anti-aircraft cannon")),
    ],
)
def test_what_was_noticed(what, told) -> None:
    assert read_what(what) == told
