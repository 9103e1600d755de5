import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.physics.arcs import merge_arcs, span
from truceline.physics.polar import merge_arcs as merged_plainly

arc = st.tuples(st.integers(0, 720), st.integers(1, 720)).map(lambda a: (a[0] / 2, (a[0] + a[1]) / 2 % 360))
arcs = st.lists(arc.filter(lambda a: a[0] != a[1] and abs(a[1] - a[0]) != 360), max_size=5)


def merged(given_deg, turn_deg=0.0):
    out = np.empty((len(given_deg) + 3, 2))
    given = np.array([(-1.0, -1.0), *given_deg]).reshape(-1, 2)
    return out, merge_arcs(given, 1, len(given_deg), turn_deg, out, 2)


@settings(deadline=None)  # the first example compiles
@given(arcs, st.floats(-179, 179))
def test_arcs_merge_as_they_do_without_a_compiler(given_deg, turn_deg):
    out, n = merged(given_deg, turn_deg)
    expected = merged_plainly(tuple((a + turn_deg, b + turn_deg) for a, b in given_deg))
    assert out[2 : 2 + n] == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)  # the first example compiles
@given(arcs)
def test_a_span_holds_all_arcs_and_no_narrower_one_does(given_deg):
    out, n = merged(given_deg)
    middle, half = span(out, 2, n)
    assert 0.0 <= half <= np.pi + 1e-12
    ends = out[2 : 2 + n].ravel()
    off = np.abs(np.mod(ends - middle + np.pi, 2 * np.pi) - np.pi)
    assert (off <= half + 1e-9).all()
    assert half == np.pi or off.max() == pytest.approx(half, abs=1e-9)


def test_no_arcs_are_all_round():
    out, n = merged([])
    assert (n, span(out, 2, n)) == (1, (0.0, np.pi))
    assert out[2] == pytest.approx([0.0, 2 * np.pi])
