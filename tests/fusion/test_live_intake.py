"""What live fusion takes in, what it refuses and why, and that it reads rows as the batch does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fusion.rows import FRAME, at, fix, table
from tests.properties.test_fusion_order import blasts

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.repeat import repeats
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.live.columns import PAGE, Pages
from truceline.fusion.live.intake import Intake
from truceline.fusion.live.live import Live
from truceline.fusion.live.rows import Rows, rebase
from truceline.physics.columns import Reports

GIVEN = {"models": sensor_models(), "regions": Regions(), "prior": Prior(), "frame": FRAME}
HOUR = 3_600.0


def intake(horizon_s=24 * HOUR):
    return Intake(**GIVEN, horizon_s=horizon_s)


def refused(taken):
    return [(one.place, one.reason) for one in taken.refused]


def test_what_is_refused_says_why_and_where_it_stood():
    read = intake()
    rows = [
        fix("a", 0, 0, 0.0, received_at=at(60.0)),
        fix("claim", 0, 0, 0.0, record_kind="claim"),
        fix("a", 0, 0, 0.0, received_at=at(61.0)),
        fix("", 0, 0, 0.0, received_at=at(62.0)),
        fix("old", 0, 0, 0.0, received_at=at(25 * HOUR)),
        fix("older", 0, 0, -HOUR),  # says nothing of its receipt: it came with the newest that does
    ]
    assert refused(read.take(table(rows))) == [(2, "again"), (3, "no_id"), (4, "late"), (5, "late")]
    assert refused(read.take(table([fix("a", 9, 9, 9.0), fix("old", 0, 0, 0.0, received_at=at(1.0))]))) == [
        (0, "again")
    ]
    assert [kept["id"].to_pylist() for kept in read.tables] == [["a"], ["old"]]


def test_without_a_horizon_nothing_is_late():
    assert refused(intake(float("inf")).take(table([fix("a", 0, 0, 0.0, received_at=at(9e6))]))) == []


NAMES = st.sampled_from(["s:a", "s:b", "r:c", "r:d", "s", "r", "q"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(NAMES, max_size=2), min_size=4, max_size=4), st.permutations(range(4)))
def test_repeats_are_those_of_the_batch_whatever_came_first(names, order):
    who = [("s", "a"), ("s", "b"), ("r", "c"), ("r", "d")]
    rows = [{"source": s, "id": i, "derived_from": n} for (s, i), n in zip(who, names, strict=True)]
    read, found, left = intake(), set(), set()
    for n in order:
        one = fix(rows[n]["id"], 0, 0, 0.0, source=rows[n]["source"], derived_from=rows[n]["derived_from"])
        taken = read.take(table([one]))
        found |= set(taken.repeats)
        left |= {f"{rows[n]['source']}:{rows[n]['id']}"} if not len(taken.batch.rows) else set()
    assert found | left == set(repeats(rows))


def test_rows_stand_in_the_order_of_the_batch_and_count_from_its_day():
    given_rows = blasts(5, 30)
    batch, _, _ = make_batch(table(given_rows), **GIVEN)
    rows, day = Rows(), batch.epoch_s - 3 * 86_400
    for n in np.random.default_rng(1).permutation(len(given_rows)).tolist():
        one, _, _ = make_batch(table([given_rows[n]]), **GIVEN)
        records = one.rows.copy()
        rebase(records, one.epoch_s - day)
        rows.extend(Reports(records, one.arcs, one.rings), one.ids_of(np.arange(1)), one.entry, one.row)
    rows.rebase(day - batch.epoch_s)
    order = rows.in_order(np.arange(len(given_rows)))
    assert [rows.ids[n] for n in order] == batch.ids_of(np.arange(len(order)))
    records = rows.table(order).rows
    for name in set(batch.rows.dtype.names) - {"sensor", "arc_first", "ring_first"}:
        assert np.array_equal(records[name], batch.rows[name]), name
    half = order[::2]
    assert rows.merged(half, np.setdiff1d(order, half)).tolist() == order.tolist()
    assert rows.merged(np.delete(order, 7), order[7:8]).tolist() == order.tolist()


def test_pages_give_back_what_was_put_in_them():
    batch, _, _ = make_batch(table(blasts(6, 40)), **GIVEN)
    pages, n = Pages(), len(batch.rows)
    times = PAGE // n + 2
    for _ in range(times):
        pages.extend(batch.reports, np.arange(5.0 * n).reshape(n, 5))
    which = np.random.default_rng(2).integers(0, n * times, 300)
    rows, circles = pages.take(which)
    assert np.array_equal(circles, np.arange(5.0 * n).reshape(n, 5)[which % n])
    for k, i in enumerate((which % n).tolist()):
        a, b = rows[k], batch.rows[i]
        assert (a["time_s"], a["x_m"], a["kind"]) == (b["time_s"], b["x_m"], b["kind"])
        own = pages.arcs[a["arc_first"] : a["arc_first"] + a["arc_count"]]
        assert np.array_equal(own, batch.arcs[b["arc_first"] : b["arc_first"] + b["arc_count"]])
        ring = pages.rings[a["ring_first"] : a["ring_first"] + a["ring_count"]]
        assert np.array_equal(ring, batch.rings[b["ring_first"] : b["ring_first"] + b["ring_count"]])


def test_the_plane_has_to_be_the_one_of_the_batch():
    live = Live(frame=FRAME, **{k: v for k, v in GIVEN.items() if k != "frame"})
    live.add(table([fix("a", 90_000, 0, 0.0)]))
    with pytest.raises(ValueError, match="the plane"):
        live.fused(None, None)
