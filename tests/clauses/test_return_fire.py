from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses import world
from tests.clauses.subjects import clause_text, instant, subject

from truceline.clauses.return_fire import no_return_fire

TEXT = clause_text(terms={"return_fire_within_min": 30, "return_fire_within_km": 10, "order_notified": True})
FIRST = subject(**{"id": "I-0", "phenomenon": "burst", "from": "06:50", "to": "06:51", "at": [-2, 0, 100]})
SECOND = subject(**{"id": "I-1", "phenomenon": "burst", "from": "07:00", "to": "07:01", "at": [2, 0, 100]})
ORDER = {"party": "b", "phenomenon": "burst", "from": "06:55", "to": "07:30"}
masses = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda m: {"a": m[0] / 2, "b": m[1] / 2})


def ask(first, second, notices=(ORDER,)):
    given_ = {"origins": {"I-0": first, "I-1": second}, "notices": notices}
    return no_return_fire(TEXT, SECOND, world.context(given_, (FIRST, SECOND), None, instant("07:00")))


def less(origin, share):
    return {party: share * mass for party, mass in origin.items()}


@settings(deadline=None)
@given(first=masses, second=masses, share=st.floats(0, 1))
def test_the_less_is_determined_the_wider_the_bounds(first, second, share):
    known = ask(first, second)
    for vague in (ask(less(first, share), second), ask(first, less(second, share))):
        assert vague.p_low <= known.p_low + 1e-9
        assert vague.p_high >= known.p_high - 1e-9
        assert vague.p_low <= vague.p <= vague.p_high


@settings(deadline=None)
@given(first=masses, second=masses)
def test_without_an_order_nothing_is_excepted(first, second):
    element = ask(first, second, notices=())
    assert (element.p_low, element.p_high) == (1.0, 1.0)


@settings(deadline=None)
@given(first=masses, second=masses)
def test_the_parties_are_treated_alike(first, second):
    one = ask(first, second)
    other = ask(world.mirror(first), world.mirror(second), notices=(world.mirror(ORDER),))
    assert (one.p_low, one.p, one.p_high) == (other.p_low, other.p, other.p_high)
