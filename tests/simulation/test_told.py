"""The world that people tell of: like the OSCE rows it is made after, and its truth belongs to its rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from truceline.simulation.campaign import simulate
from truceline.simulation.folder import write_mission
from truceline.simulation.rows import CLUTTER
from truceline.simulation.told import stated_count
from truceline.simulation.worlds import WORLDS

WORLD = WORLDS["reports"]
N = 3_000


@pytest.fixture(scope="module")
def made():
    return simulate(WORLD, n_observations=N, seed=77)


@pytest.fixture(scope="module")
def rows(made):
    return made.observations.to_pylist()


def test_it_is_a_world_like_the_others(made, tmp_path):
    assert made.observations.num_rows == made.truth.num_rows == N
    assert len(pc.unique(made.observations["id"])) == N
    again = simulate(WORLD, n_observations=N, seed=77)
    assert again.observations.equals(made.observations)
    assert again.events.equals(made.events)
    assert not simulate(WORLD, n_observations=N, seed=78).observations.equals(made.observations)
    write_mission(tmp_path / "m", made)
    told = pa.concat_tables([pq.read_table(p) for p in sorted((tmp_path / "m/inbox/table").glob("*.parquet"))])
    assert told.num_rows == N


def test_most_rows_count_over_an_interval_as_the_osce_rows_do(rows):
    """58 OSCE rows: median interval 10 h (quartiles 6 and 13); 24 % of explosions with a phase; 24 % of counts about;
    86 % one run of compass points, at most three here; a few have exact times."""
    throughout = [r for r in rows if r["time_kind"] == "throughout"]
    assert len(throughout) > 0.5 * len(rows)
    hours = [(r["time_end"] - r["time_start"]).total_seconds() / 3_600 for r in throughout]
    assert 5 <= np.median(hours) <= 12
    explosions = [r for r in throughout if r["phenomenon"] == "explosion" and r["sectors"]]
    phased = np.mean([r["phase"] != "undetermined" for r in explosions])
    assert 0.15 < phased < 0.35
    about = np.mean([r["count_low"] != r["count_high"] for r in throughout])
    assert 0.15 < about < 0.4
    widths = [sum((a["to_deg"] - a["from_deg"]) % 360 for a in r["sectors"]) for r in throughout if r["sectors"]]
    assert set(np.round(widths, 1)) == {22.5, 45.0, 67.5}
    assert 0.1 < np.mean([r["time"] is not None for r in rows]) < 0.4


def test_an_interval_holds_what_it_is_of(made, rows):
    """Clock times are rounded outwards and parts of the day hold all of it, whatever time the sound took."""
    for row, event, at_s in zip(rows, made.seen.event, made.seen.time_s, strict=True):
        if row["time_start"] is not None and event != CLUTTER:
            start = (row["time_start"] - made.start).total_seconds()
            end = (row["time_end"] - made.start).total_seconds()
            assert start - 60.0 <= at_s <= end


def test_the_truth_belongs_to_the_rows_and_counts_every_round_once(made):
    events = made.events.to_pylist()
    rounds = np.bincount(made.exchanged.rounds.exchange, minlength=len(made.happened.time_s))
    assert [e["n_rounds"] for e in events] == rounds[: len(events)].tolist()
    named = {f"T{k:07d}" if k != CLUTTER else None for k in made.seen.event.tolist()}
    assert set(made.truth["event_id"].to_pylist()) == named
    first = made.exchanged.rounds
    for k, e in enumerate(events[:200]):
        mine = np.flatnonzero(first.exchange == k)
        if len(mine):
            assert e["first_side"] == ("left", "right")[first.side[mine[np.argmin(first.fired_s[mine])]]]
            assert e["answered"] == (len(set(first.side[mine].tolist())) == 2)


def test_both_ends_lie_kilometres_apart_and_a_round_takes_its_time(made):
    rounds = made.exchanged.rounds
    away = np.hypot(*(rounds.to_xy - rounds.from_xy).T)
    assert np.median(away[rounds.arm == 1]) > 2_000
    assert (rounds.fell_s > rounds.fired_s).all()
    strikes = rounds.arm == -1
    assert away[strikes].min() > 40_000


def test_a_track_is_one_thing_in_several_rows_and_no_exchange(made, rows):
    tracks: dict[str, set[int]] = {}
    for row, event in zip(rows, made.seen.event.tolist(), strict=True):
        if row["track_id"]:
            assert row["phenomenon"] == "uav"
            tracks.setdefault(row["track_id"], set()).add(event)
    assert len(tracks) > 2
    assert all(len(events) == 1 for events in tracks.values())


def test_small_counts_are_exact_and_large_ones_round():
    rng, telling = np.random.default_rng(1), WORLD.telling
    assert {stated_count(telling, "explosion", 7, rng) for _ in range(50)} == {(7, 7, "7")}
    about = [c for c in (stated_count(telling, "explosion", 47, rng) for _ in range(300)) if c[2].startswith("about")]
    assert 100 < len(about) < 200
    assert all(int(words.split()[1]) % 5 == 0 and low < high for low, high, words in about)
