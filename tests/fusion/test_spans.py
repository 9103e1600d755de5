import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from truceline.fusion.intake.spans import make_spans, meeting

span = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda s: (float(s[0]), float(s[0] + s[1])))


@given(st.lists(span, max_size=20), span)
def test_spans_that_meet_are_those_with_a_common_instant(spans, asked):
    starts, ends = np.array(spans, dtype=np.float64).reshape(-1, 2).T
    found = meeting(make_spans(starts, ends), *asked)
    assert found.tolist() == [n for n, (a, b) in enumerate(spans) if a <= asked[1] and b >= asked[0]]
