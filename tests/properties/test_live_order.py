"""What live fusion has settled is, to the byte, what `fuse` makes of the same rows, however they came."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fusion.rows import at, base, degrees, fix, sector, throughout
from tests.fusion.test_along import EASTWARD, line
from tests.properties.test_fusion_order import ZONE, _bytes, blasts

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.columns import from_rows
from truceline.domain.observation import COLUMNS
from truceline.fusion.fuse import fuse
from truceline.fusion.intake.plane import frame_for
from truceline.fusion.live.live import Live

AXIS = line(("2015-01-01", EASTWARD), accuracy_m=300.0)
GIVEN = {"models": sensor_models(), "regions": Regions(zones=(ZONE,)), "prior": Prior()}


def vague(id, x, y, start_s, end_s, **more):
    """A fix of something at some time between two instants."""
    when = {"time": None, "time_start": at(start_s), "time_end": at(end_s), "time_kind": "unknown_within"}
    return fix(id, x, y, 0.0, **when) | more


# singles of all kinds over six hours, a sixth of them within 45 minutes; days and weeks; the day before; aggregated
# reports; a row that repeats another, one that repeats a source, two that name each other, one id for two rows
ROWS = [
    *blasts(47, 40),
    *(vague(f"day-{n}", 700.0 * n, -500.0 * n, -20_000, 40_000) for n in range(5)),
    *(vague(f"week-{n}", 900.0 * n, 400.0 * n, -300_000, 250_000) for n in range(3)),
    vague("ever", 0, 0, -9e6, 1e6),
    fix("eve", 300, 300, -50_000.0),
    fix("eve-2", 340, 310, -50_001.0),
    sector("e", -4_000, 0, (60, 120), (3_000, 5_000), **throughout(-300, 600, 12, 12)),
    sector("f", 4_000, 0, (240, 300), (3_000, 5_000), **throughout(-200, 500, 9, None)),
    fix("copy", 100, 100, 50.0, derived_from=["t:0-0"]),
    fix("echo", 200, 100, 60.0, derived_from=["radio"]),
    fix("said", 5_000, 100, 70.0, source="radio"),
    fix("one", 0, 50, 5_000.0, derived_from=["t:two"]),
    fix("two", 0, 60, 5_000.0, derived_from=["t:one"]),
    base("post", "p", means="heard", time=at(300.0), sensor_lon_deg=degrees(0, 0)[0], sensor_lat_deg=degrees(0, 0)[1]),
]


def begun(rows, **more):
    """A live state in the plane of the line."""
    return Live(frame=frame_for(from_rows(COLUMNS, rows), AXIS), **GIVEN, **more)


def parts(rows, cuts):
    """The rows in batches."""
    edges = [0, *sorted(cuts), len(rows)]
    return [rows[a:b] for a, b in itertools.pairwise(edges)]


@pytest.fixture(scope="module")
def expected():
    return _bytes(fuse(from_rows(COLUMNS, ROWS), None, line=AXIS, **GIVEN, effort="fast"))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.sets(st.integers(1, len(ROWS) - 1), max_size=12), st.sampled_from([None, 1, 40]))
def test_any_order_in_any_batches_gives_the_bytes_of_the_batch(expected, seed, cuts, most_rows):
    shuffled = ROWS.copy()
    random.Random(seed).shuffle(shuffled)
    live = begun(ROWS)
    for some in parts(shuffled, cuts):
        live.add(from_rows(COLUMNS, some), most_rows=most_rows)
    live.settle()
    assert _bytes(live.fused(None, AXIS)) == expected
