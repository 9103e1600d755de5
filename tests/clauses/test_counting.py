from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses.subjects import subject

from truceline.clauses.counting import Sighting, more_than

sightings = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 12), st.integers(0, 6) | st.none()), max_size=5)


def seen(given_):
    found = []
    for n, (p, low, more) in enumerate(given_):
        high = None if more is None else low + more
        one = subject(id=f"H-{n}", seen="troops", count=[low, high])
        found.append(Sighting(subject=one, bounds=(p, p, p)))
    return found


def chance(given_, cap, total):
    """Exactly, over every way in which independent sightings are real or not; `total` adds up those that are."""
    found = 0.0
    for real in product((True, False), repeat=len(given_)):
        p = 1.0
        for there, (q, _, _) in zip(real, given_, strict=True):
            p *= q if there else 1 - q
        found += p * (total([one for there, one in zip(real, given_, strict=True) if there]) > cap)
    return found


@settings(deadline=None)
@given(given_=sightings, cap=st.integers(1, 20))
def test_bounds_hold_whether_the_sightings_are_of_the_same_ones_or_of_others(given_, cap):
    element = more_than(cap, seen(given_), "too many", "Art. 1")
    fewest = chance(given_, cap, lambda ones: max((low for _, low, _ in ones), default=0))
    most = chance(given_, cap, lambda ones: sum(low + (99 if more is None else more) for _, low, more in ones))
    assert 0 <= element.p_low <= element.p <= element.p_high <= 1
    assert element.p_low <= fewest + 1e-9
    assert most <= element.p_high + 1e-9


@settings(deadline=None)
@given(given_=sightings, cap=st.integers(1, 20))
def test_one_more_sighting_never_makes_too_many_less_likely(given_, cap):
    whole, part = (more_than(cap, seen(some), "too many", "Art. 1") for some in (given_, given_[1:]))
    assert whole.p_low >= part.p_low
    assert whole.p_high >= part.p_high - 1e-12


def test_nothing_seen_is_not_too_many():
    element = more_than(3, [], "too many", "Art. 1")
    assert (element.p_low, element.p, element.p_high) == (0, 0, 0)
