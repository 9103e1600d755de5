"""Series of breaches: parted by quiet, and found again by time as slowly looking at each would find them."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.judgement.ladder_place import known, moment, rung

from truceline.judgement.series import Series, breaches_of, row_of, said_by, series_of, touching

HOURS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), min_size=1, max_size=12)
RESET = timedelta(hours=6)
RUNG = rung("any", by_party=False)


def made(hours: list[tuple[int, int]], reset: timedelta | None = RESET, party: str | None = None) -> list[Series]:
    items = [known(str(n), hour, lasting_h=lasting) for n, (hour, lasting) in enumerate(hours)]
    return series_of(breaches_of(RUNG, items, said_by(items, [], moment(99))), party, reset)


@given(HOURS)
def test_series_are_apart_by_the_quiet_and_hold_everything_once(hours):
    found = made(hours)
    assert sorted(b.id for one in found for b in one.breaches) == sorted(f"N-{n}" for n in range(len(hours)))
    assert all(b.start - a.end >= RESET for a, b in pairwise(found))
    for one in found:
        ends = [max(b.when.end for b in one.breaches[: n + 1]) for n in range(len(one.breaches))]
        assert all(b.when.start - end < RESET for end, b in zip(ends, one.breaches[1:], strict=False))


def test_quiet_of_exactly_the_time_parts_two_series():
    assert len(made([(0, 1), (7, 0)])) == 2
    assert len(made([(0, 2), (7, 0)])) == 1
    assert len(made([(0, 0), (60, 0)], None)) == 1


@given(HOURS, HOURS, st.sampled_from((RESET, None)))
def test_series_that_touch_are_found_by_time(hours, others, reset):
    row = made(others, reset)
    for one in made(hours, reset):
        expected = [
            n for n, other in enumerate(row)
            if reset is None or (one.start - other.end < reset and other.start - one.end < reset)
        ]  # fmt: skip
        assert list(touching(one, row_of(row), reset)) == expected


def test_different_parties_never_touch():
    (north,), (south,), (anybody,) = (made([(0, 0)], party=party) for party in ("north", "south", None))
    assert not touching(north, row_of([south]), None)
    assert touching(north, row_of([anybody]), None) == touching(anybody, row_of([south]), None) == range(1)
