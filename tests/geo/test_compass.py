"""Compass words: what they cover, how they join, and what is refused."""

import math

import pytest

from truceline.geo.compass import NAMES, POINTS, arc, arcs_words, parse_direction, parse_flight, parse_sectors


def test_sixteen_points_clockwise_from_north():
    assert len(POINTS) == 16
    assert (POINTS["N"], POINTS["NNE"], POINTS["E"], POINTS["SW"], POINTS["NNW"]) == (0, 22.5, 90, 225, 337.5)


def test_arcs():
    assert arc("E") == (78.75, 101.25)
    assert arc("N") == (348.75, 11.25)
    assert arc(" ssw ") == (191.25, 213.75)


def test_direction():
    assert parse_direction("NE") == 45.0
    assert parse_direction("nnw") == 337.5


@pytest.mark.parametrize(
    ("text", "arcs"),
    [
        ("", ()),
        ("  ", ()),
        ("SE", ((123.75, 146.25),)),
        ("SE|S", ((123.75, 146.25), (168.75, 191.25))),
        ("SE|S|SSW", ((123.75, 146.25), (168.75, 213.75))),
        ("SSW|S|SSE", ((146.25, 213.75),)),
        ("NE..SSE", ((33.75, 168.75),)),
        ("nnw..ne", ((326.25, 56.25),)),
        ("N|NNW|NW|W", ((258.75, 281.25), (303.75, 11.25))),
        ("N..N", ((348.75, 11.25),)),
        ("N|N|n", ((348.75, 11.25),)),
        ("N..NNW", ((0.0, 360.0),)),
        ("S..N|N..S", ((0.0, 360.0),)),
        ("NNE..NNW", ((11.25, 348.75),)),
        ("WNW..N|NNE|E", ((78.75, 101.25), (281.25, 33.75))),
    ],
)
def test_sectors(text, arcs):
    assert parse_sectors(text) == arcs


def test_every_range_covers_what_its_words_cover():
    for i, first in enumerate(NAMES):
        for j, last in enumerate(NAMES):
            arcs = parse_sectors(f"{first}..{last}")
            width = sum((b - a) % 360.0 or 360.0 for a, b in arcs)
            assert len(arcs) == 1
            assert width == 22.5 * ((j - i) % 16 + 1)
            assert arcs == parse_sectors("|".join(NAMES[(i + k) % 16] for k in range((j - i) % 16 + 1)))


@pytest.mark.parametrize(
    ("text", "bearing"),
    [
        ("W-E", 90.0),
        ("E-W", 270.0),
        ("S-N", 0.0),
        ("n - s", 180.0),
        ("SW-NE", 45.0),
        ("W-N", 45.0),
        ("N-W", 225.0),
    ],
)
def test_flight_is_the_direction_of_travel(text, bearing):
    assert parse_flight(text) == bearing


def test_every_flight_is_the_way_from_one_side_of_the_horizon_to_the_other():
    for start in NAMES:
        for end in NAMES:
            if start == end:
                continue
            (x0, y0), (x1, y1) = (
                (math.sin(math.radians(POINTS[w])), math.cos(math.radians(POINTS[w]))) for w in (start, end)
            )
            expected = math.degrees(math.atan2(x1 - x0, y1 - y0))
            assert (parse_flight(f"{start}-{end}") - expected + 180) % 360 - 180 == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("word", ["N/A", "", "north", "NNNE", "12", "SE-S"])
def test_garbage_is_refused_by_name(word):
    for parse in (arc, parse_direction):
        with pytest.raises(ValueError, match=f"'{word}' is no compass word; known: N, NNE"):
            parse(word)


@pytest.mark.parametrize(
    ("text", "word"),
    [("SE|N/A", "N/A"), ("SE|", ""), ("NE..", ""), ("..S", ""), ("N..E..S", "E..S"), ("SE,S", "SE,S")],
)
def test_garbage_among_sectors_is_refused_by_name(text, word):
    with pytest.raises(ValueError, match=f"'{word}' is no compass word"):
        parse_sectors(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("W", "'W' is no direction of flight"),
        ("", "'' is no direction"),
        ("W-E-N", "FROM-TO"),
        ("W-up", "'up' is no compass word"),
        ("W-W", "names one direction twice"),
    ],
)
def test_garbage_in_flight_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        parse_flight(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SE", ("SE",)),
        ("SE|SSE", ("SE to SSE",)),
        ("N..ESE", ("N to ESE",)),
        ("NW..NE", ("NW to NE",)),
        ("SE|S", ("SE", "S")),
        ("N..NNW", ("all directions",)),
        ("", ()),
    ],
)
def test_arcs_go_back_to_words(text, said):
    assert arcs_words(parse_sectors(text)) == said


@pytest.mark.parametrize(
    ("arcs", "said"),
    [
        (((44.0, 50.0),), ("47 degrees",)),
        (((-3.0, 3.0),), ("0 degrees",)),
        (((47.0, 47.0),), ("47 degrees",)),
        (((340.0, 360.0), (0.0, 30.0)), ("340 to 30 degrees",)),
        (((350.0, 40.0), (0.0, 10.0), (20.0, 30.0)), ("350 to 40 degrees",)),
        (((0.0, 200.0), (180.0, 365.0)), ("all directions",)),
        (((-10.0, 350.0),), ("all directions",)),
    ],
)
def test_other_arcs_are_said_in_degrees(arcs, said):
    assert arcs_words(arcs) == said
