from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses import world

from truceline.clock import Interval
from truceline.domain.arrangement import LineSector
from truceline.domain.columns import from_rows
from truceline.domain.coverage import COLUMNS
from truceline.judgement.watched import make_watched

START = datetime(2018, 9, 5, tzinfo=UTC)
DAY = Interval(start=START, end=START + timedelta(days=1))


def watched(*rows, sectors=()):
    """What rows of (area, from hour, to hour, p_detect) and more come to."""
    base = world.arrangement()
    arrangement = type(base)(**{name: getattr(base, name) for name in base.__slots__} | {"sectors": sectors})
    table = [
        {
            "source": f"s{n}", "sensor": "", "area": area, "p_detect": p, "state": "working",
            "time_start": START + timedelta(hours=start), "time_end": START + timedelta(hours=end), **dict(more),
        }
        for n, (area, start, end, p, *more) in enumerate(rows)
    ]  # fmt: skip
    return make_watched(from_rows(COLUMNS, table), arrangement)


def wkt(west_km, south_km, east_km, north_km):
    corners = [(west_km, south_km), (east_km, south_km), (east_km, north_km), (west_km, north_km), (west_km, south_km)]
    return "POLYGON ((" + ", ".join("{} {}".format(*world.degrees(*c)) for c in corners) + "))"


def test_where_nobody_says_anything_nothing_is_known():
    assert watched()("buffer", DAY) is None
    assert watched(("village", 0, 24, 0.9))("buffer", DAY) is None
    assert watched(("somewhere else", 0, 24, 0.9))("buffer", DAY) is None
    assert watched(("buffer", 0, 24, 0.9))("no such zone", DAY) is None


def test_a_watch_that_does_not_say_how_surely_it_notices_is_neither_zero_nor_one():
    assert watched(("buffer", 0, 24, None))("buffer", DAY) is None


def test_half_a_day_is_half_a_day():
    assert watched(("buffer", 0, 12, 1.0))("buffer", DAY) == pytest.approx(0.5)
    assert watched(("buffer", 0, 12, 0.8))("buffer", DAY) == pytest.approx(0.4)
    assert watched(("buffer", -48, -24, 0.8))("buffer", DAY) == 0.0


def test_two_watchers_miss_what_both_miss_and_one_counts_once():
    assert watched(("buffer", 0, 24, 0.8), ("buffer", 0, 24, 0.5))("buffer", DAY) == pytest.approx(0.9)
    same = {"source": "one"}
    assert watched(("buffer", 0, 24, 0.8, *same.items()), ("buffer", 0, 24, 0.5, *same.items()))("buffer", DAY) == 0.8


def test_a_jammed_or_lost_sensor_watches_nothing_and_neither_does_one_for_other_things():
    for more in ({"state": "jammed"}, {"state": "lost"}, {"phenomenon": "uav"}):
        assert watched(("buffer", 0, 24, 0.8, *more.items()))("buffer", DAY) is None
    assert watched(("buffer", 0, 24, 0.8, ("phenomenon", "burst")))("buffer", DAY) == pytest.approx(0.8)


def test_part_of_a_zone_is_part_of_it():
    assert watched((wkt(-3, -6, 0, 6), 0, 24, 1.0))("buffer", DAY) == pytest.approx(0.5)
    assert watched((wkt(-3, -6, 3, 6), 0, 24, 1.0))("buffer", DAY) == pytest.approx(1.0)


def test_a_sector_of_the_line_watches_what_lies_along_it():
    sectors = tuple(
        LineSector(id=id, name=id, until_deg=until, region="", reference="", grade="stated")
        for id, until in (("south", world.degrees(0, 0)), ("north", None))
    )
    seen = watched(("north", 0, 24, 1.0), sectors=sectors)
    assert seen("buffer", DAY) == pytest.approx(0.5)
    assert seen(None, DAY) == pytest.approx(0.5, abs=0.01)


areas = st.sampled_from(["buffer", "village", wkt(-3, -6, 0, 6)])
rows = st.lists(st.tuples(areas, st.integers(0, 23), st.integers(1, 12), st.floats(0, 1)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(rows=rows)
def test_more_watching_is_never_less(rows):
    given_ = [(area, start, start + length, p) for area, start, length, p in rows]
    part, whole = watched(*given_[:-1])("buffer", DAY), watched(*given_)("buffer", DAY)
    assert whole is None or 0.0 <= whole <= 1.0
    assert part is None or (whole is not None and whole >= part - 2e-6)
