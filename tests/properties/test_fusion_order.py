"""The bytes of what fusion finds do not depend on the order in which rows arrive."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fusion.rows import fix, fused, sector, throughout

from truceline.domain.columns import to_ipc

ROWS = [
    fix("a", 0, 0, 0.0),
    fix("b", 60, 20, 0.7),
    fix("c", 900, -400, 1.5),
    fix("d", 0, 0, 0.0, sensor="uav-x"),
    sector("e", -4_000, 0, (60, 120), (3_000, 5_000), **throughout(-300, 600, 12, 12)),
    sector("f", 4_000, 0, (240, 300), (3_000, 5_000), **throughout(-200, 500, 9, None)),
    sector("g", 4_000, 500, (240, 300), (3_000, 5_000), sensor="post-f", **throughout(-200, 500, 2, 2)),
    sector("h", 0, 9_000, (170, 190), (7_000, 9_500), **throughout(900, 1_500, 30, 45)),
]


def _bytes(rows):
    found = fused(*rows)
    return [to_ipc(t) for t in (found.incidents, found.engagements, found.membership, found.links)]


EXPECTED = _bytes(ROWS)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_any_order_of_rows_gives_the_same_bytes(seed):
    shuffled = ROWS.copy()
    random.Random(seed).shuffle(shuffled)
    assert _bytes(shuffled) == EXPECTED
