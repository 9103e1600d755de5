"""Settling what hangs together with a change comes to the same as settling all that is claimed."""

import math

import numpy as np
import pyarrow as pa
import pytest
from tests.fusion.rows import FRAME, at, fix, table
from tests.fusion.scenes import draw_small, scene_of

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.associate import associate
from truceline.fusion.association.borders import all_claims, settle, settle_borders
from truceline.fusion.association.claims import Claims, no_claims
from truceline.fusion.association.levels import Level, blocks_within, span_of
from truceline.fusion.association.scene import Table
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.kinds import log_kind
from truceline.fusion.live.blocks import Block, changed
from truceline.fusion.live.live import Live
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import WORLDS

GIVEN = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
COLUMNS = ("first", "member", "llr_nats", "p_member", "x_m", "y_m", "time_s", "cov", "gain_nats")


def drawn(rng, n_rows, n_claims):
    """Claims of one block among `n_rows` rows, of which each is in one at most."""
    rows, size = rng.permutation(n_rows), rng.integers(2, 4, n_claims)
    first = np.concatenate([[0], np.cumsum(size)])
    state = np.column_stack([rng.uniform(-2e3, 2e3, (n_claims, 2)), rng.uniform(0, 20, n_claims)])
    cov = np.tile([1e4, 0.0, 0.0, 1e4, 0.0, 1.0], (n_claims, 1))
    own, score = rng.uniform(1, 9, first[-1]), rng.uniform(1, 9, n_claims)
    return Claims(first, rows[: first[-1]], own, state, cov, score, np.arange(n_rows), np.zeros(n_rows))


def some(claims, which):
    """Some of the claims of a block."""
    block = Block()
    block.found(claims.inside, claims)
    return block.part(np.array(which, dtype=np.int64))


def groups(found, n_rows):
    """For each row a number that it shares with all rows that it hangs together with."""
    group = np.arange(n_rows)
    for _ in range(n_rows):
        for part in found:
            for a, b in zip(part.first[:-1], part.first[1:], strict=True):
                group[part.member[a:b]] = group[part.member[a:b]].min()
    return group


def events(claims):
    """Each event by its rows, with the bytes of all that is said of it."""
    spans = [slice(a, b) for a, b in zip(claims.first[:-1], claims.first[1:], strict=True)]
    return {
        tuple(claims.member[at].tolist()): (claims.own_nats[at].tobytes(), *(c[k].tobytes() for c in claims[3:6]))
        for k, at in enumerate(spans)
    }


@pytest.mark.parametrize("seed", range(6))
def test_claims_that_share_no_rows_settle_by_themselves(seed):
    rng = np.random.default_rng(seed)
    scene = scene_of(draw_small(seed, events=8, clutter=8, apart_s=30.0).reports)
    n = len(scene.rows)
    table = Table(scene.rows, scene.arcs, scene.rings, scene.kappa, scene.log_rate, log_kind(), scene.near.circles)
    found = [drawn(rng, n, 3) for _ in range(3)]
    whole = events(settle_borders(table, found, no_claims(n)))
    group, apart = groups(found, n), {}
    for which in np.unique(group):
        parts = [some(part, np.flatnonzero(group[part.member[part.first[:-1]]] == which)) for part in found]
        apart |= events(settle(table, all_claims(parts, np.arange(n), np.zeros(n)), 0).claims)
    assert apart == whole
    assert sum(len(part.score) for part in found) > len(whole) > 0  # some claims lost against others


def vaguer(rows, share, seed):
    """The table with a share of its rows saying only within which hour and a half it was."""
    vague = np.random.default_rng(seed).random(rows.num_rows) < share
    time_us, half_us = rows["time"].cast(pa.int64()).to_numpy(), 45 * 60 * 1_000_000
    stamp, place = pa.timestamp("us", tz="UTC"), rows.schema.get_field_index("time")
    rows = rows.set_column(place, "time", pa.array(time_us, mask=vague).cast(stamp))
    for name, edge_us in (("time_start", time_us - half_us), ("time_end", time_us + half_us)):
        rows = rows.append_column(name, pa.array(edge_us, mask=~vague).cast(stamp))
    return rows.append_column("time_kind", pa.array(["unknown_within"] * rows.num_rows))


def differing(live, rows, given):
    """Columns of what is found that are not, to the bit, what is found in one go."""
    batch, _, _ = make_batch(rows, **given)
    once, found = associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior(), effort="fast"), live.found()
    return [name for name in COLUMNS if not np.array_equal(getattr(once, name), getattr(found, name))]


def test_a_surge_over_several_blocks_is_the_same_live_as_in_one_go():
    """Blocks of a quarter of an hour with events on all their borders, in order of receipt, rows up to 30 min late."""
    made = simulate(WORLDS["mixd"], seed=8301, n_observations=4_000)
    rows, given = made.observations.sort_by("received_at"), {**GIVEN, "frame": made.ground.frame}
    live, kinds = Live(**given), set()
    for first in range(0, rows.num_rows, 100):
        changes = live.add(rows.slice(first, 100), most_rows=900)
        kinds |= {change.kind for change in changes.incidents}
    live.settle()
    assert differing(live, rows, given) == []
    assert kinds >= {"appeared", "revised", "split", "merged"}


@pytest.mark.parametrize("most_rows", [None, 300])
def test_rows_that_tell_no_minute_meet_the_events_of_those_that_do(most_rows):
    made = simulate(WORLDS["mix"], seed=8303, n_observations=900)
    rows, given = vaguer(made.observations.sort_by("received_at"), 0.03, 1), {**GIVEN, "frame": made.ground.frame}
    live = Live(**given)
    for first in range(0, rows.num_rows, 90):
        live.add(rows.slice(first, 90), most_rows=most_rows)
        if most_rows is None:
            assert differing(live, rows.slice(0, first + 90), given) == []
    live.settle()
    assert differing(live, rows, given) == []


def test_a_vague_row_hears_of_what_its_neighbour_was_found_to_be_of():
    """The last row does not come near the vague one, but takes its neighbour away from it."""
    day = {"time": None, "time_start": at(-20_000), "time_end": at(40_000), "time_kind": "unknown_within"}
    rows = [fix("v", 0, 0, 0.0) | day, fix("q", 400, 0, 450.0), fix("r", 900, 0, 450.0)]
    given = {**GIVEN, "frame": FRAME}
    live = Live(**given)
    assert {change.observations for change in live.add(table(rows[:2])).incidents} == {("t:q", "t:v")}
    changes = live.add(table(rows[2:]))
    assert {change.observations for change in changes.incidents} == {("t:q", "t:r"), ("t:v",)}
    assert differing(live, table(rows), given) == []


def test_only_what_differs_to_the_bit_counts_as_changed():
    rng = np.random.default_rng(2)
    before = drawn(rng, 40, 9)
    assert [len(places) for places in changed(before, before)] == [0, 0]
    score = before.score.copy()
    score[4] = np.nextafter(score[4], 9.0)
    shuffled = some(before._replace(score=score), [8, 4, 2, 3, 1, 0, 5, 7])  # 6 is gone, 4 is another
    assert [places.tolist() for places in changed(before, shuffled)] == [[4, 6], [1]]


def test_blocks_are_those_that_an_interval_has_an_instant_in():
    level = Level(widest_s=100.0, block_s=40.0, margin_s=0.0, cell_m=1.0, cell_s=1.0)
    rng = np.random.default_rng(3)
    first = rng.uniform(-500, 500, 9)
    last = first + rng.uniform(0, 100, 9)
    within = set(blocks_within(level, 86_400.0, first, last).tolist())
    for number in range(2_000, 2_400):
        start, end = span_of(level, 86_400.0, number)
        assert (number in within) == bool(((first < end) & (last >= start)).any())
    everything = Level(widest_s=math.inf, block_s=math.inf, margin_s=0.0, cell_m=1.0, cell_s=1.0)
    assert blocks_within(everything, 0.0, first, last).tolist() == [0]
