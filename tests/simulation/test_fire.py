"""Whose fire it is in a simulated world: where both ends lie, how often what happens, and what rows state of it."""

import json
from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from bench.judgement.origin import arrangement_along

from truceline.domain.arrangement import OriginPrior, Zone
from truceline.domain.columns import to_ipc
from truceline.domain.dated import Dated, Since
from truceline.domain.ids import SourceId, ZoneId
from truceline.domain.inputs import RawPayload, Setting
from truceline.domain.weapons import WEAPONS
from truceline.geo.line import locate
from truceline.judgement.reach import classes_of
from truceline.simulation.campaign import START, simulate
from truceline.simulation.folder import parameters
from truceline.simulation.incidental import sightings
from truceline.simulation.rows import CLUTTER
from truceline.simulation.shots import IMPACT, IN_FLIGHT, LEFT, OUTGOING, PHASES, RIGHT
from truceline.simulation.worlds import WORLDS
from truceline.sources.table import SOURCE

FIRE = WORLDS["origin"].fire


@pytest.fixture(scope="module")
def made():
    return simulate(WORLDS["origin"], n_observations=40_000, seed=21)


def ground_of(made):
    """Side of the line on which each event is perceived, and how far (m) from it."""
    offset = locate(made.ground.line, made.happened.x_m, made.happened.y_m)[1]
    return np.where(offset > 0.0, LEFT, RIGHT), np.abs(offset)


def share(hits, expected, n_sigma=5.0):
    """Whether a share is the expected one; events that excite each other vary more than coins: twice the deviation."""
    return abs(hits.mean() - expected) < n_sigma * 2.0 * np.sqrt(expected * (1.0 - expected) / len(hits)) + 0.01


def test_the_holder_fires_as_often_as_the_world_says(made):
    side, offset_m = ground_of(made)
    holder, near = made.shots.firer == side, offset_m < 2e3  # there every weapon's choice is free
    explosion = made.happened.kind == 0
    for phase, expected in ((OUTGOING, 0.98), (IMPACT, 0.1)):
        assert share(holder[near & explosion & (made.shots.phase == phase)], expected)
    assert share((made.shots.phase == OUTGOING)[explosion], 0.5)
    flying = made.shots.phase == IN_FLIGHT
    assert 0.35 < holder[flying & near].mean() < 0.65
    assert share(made.shots.firer == LEFT, 0.5), "neither party fires more"


def test_one_party_may_shell_itself_more_than_the_other():
    world = replace(WORLDS["origin"], fire=replace(FIRE, p_self_by_side=(0.4, 0.0)))
    one = simulate(world, n_observations=20_000, seed=22)
    side, offset_m = ground_of(one)
    fell = (one.shots.phase == IMPACT) & (one.happened.kind == 0) & (offset_m < 2e3)
    for whose, expected in ((LEFT, 0.4), (RIGHT, 0.0)):
        assert share((one.shots.firer == side)[fell & (side == whose)], expected)


def test_a_weapon_is_one_that_its_phenomenon_allows(made):
    for kind, (name, _) in enumerate(made.world.violence.kinds):
        used = {WEAPONS[w] for w in made.shots.weapon[made.happened.kind == kind]}
        assert used <= set(classes_of(name))
        assert len(used) > 2


def test_fire_comes_from_the_ground_it_should(made):
    side, offset_m = ground_of(made)
    step = np.column_stack([np.sin(made.shots.way_rad), np.cos(made.shots.way_rad)])
    here = np.column_stack([made.happened.x_m, made.happened.y_m])
    across = (made.shots.phase == IMPACT) & (made.shots.firer != side) & (offset_m < 2e3) & (offset_m > 500.0)
    crossed = np.zeros(len(side), dtype=bool)
    for back_m in np.arange(500.0, 40_500.0, 500.0):
        there = locate(made.ground.line, *np.ascontiguousarray((here - back_m * step).T))[1]
        crossed |= np.where(there > 0.0, LEFT, RIGHT) != side
    assert crossed[across].mean() > 0.93, "but for infiltration the round came over the line"


def test_answers_are_the_other_partys(made):
    parent = made.happened.parent
    linked = parent >= 0
    linked[linked] = made.happened.kind[linked] == made.happened.kind[parent[linked]]
    answers, others = linked & made.happened.is_answer, linked & ~made.happened.is_answer
    same = made.shots.firer == made.shots.firer[parent]
    assert same[answers].mean() < 0.06
    assert same[others].mean() > 0.94


def test_rows_state_phases_with_the_errors_of_their_means(made):
    phase = made.observations["phase"].to_pylist()
    real = made.seen.event != CLUTTER
    truth = made.shots.phase[np.where(real, made.seen.event, 0)]
    for number, watch in enumerate(made.world.watches):
        mine = np.flatnonzero(real & (made.seen.watch == number))
        told = [(phase[k], PHASES[truth[k]]) for k in mine if phase[k] is not None]
        assert len(told) / len(mine) == pytest.approx(dict(FIRE.states_phase).get(watch.means, 0.0), abs=0.02)
        if told:
            wrong = np.mean([a != b for a, b in told])
            assert wrong == pytest.approx(dict(FIRE.wrong_phase)[watch.means], abs=0.03)


def test_stated_directions_scatter_about_the_true_ones(made):
    told = np.asarray(made.observations["flight_bearing_deg"].to_numpy(zero_copy_only=False))
    real = (made.seen.event != CLUTTER) & ~np.isnan(told)
    event = made.seen.event[real]
    lon, lat = (np.asarray(made.events[name])[event] for name in ("lon_deg", "lat_deg"))
    true = np.degrees(made.shots.way_rad[event]) - made.ground.frame.convergence_deg(lon, lat)
    off = np.mod(told[real] - true + 180.0, 360.0) - 180.0
    assert real.sum() > 500
    assert abs(off.mean()) < 2.0
    assert off.std() == pytest.approx(FIRE.flight_sigma_deg, rel=0.1)


def test_with_access_to_one_side_only_its_posts_state_anything(made):
    world = replace(WORLDS["origin"], fire=replace(FIRE, access="left"))
    one = simulate(world, n_observations=5_000, seed=21)
    stated = np.zeros(5_000, dtype=bool)
    for name in ("phase", "flight_bearing_deg", "weapon"):
        stated |= np.asarray(pc.is_valid(one.observations[name]))
    offset = locate(one.ground.line, *np.ascontiguousarray(one.seen.from_xy.T))[1]
    feed = np.array([watch.is_feed for watch in world.watches])[one.seen.watch]
    assert stated.sum() > 500
    assert not stated[feed | (offset < 0.0)].any()


def test_the_truth_says_who_fired_what_and_in_which_phase(made):
    events = made.events
    assert set(events["firer"].to_pylist()) == {"left", "right"}
    assert set(events["phase"].to_pylist()) == set(PHASES)
    assert set(events["weapon"].to_pylist()) <= set(WEAPONS)
    assert pc.sum(pc.equal(events["firer"], "left")).as_py() == np.sum(made.shots.firer[: events.num_rows] == LEFT)


def test_fire_changes_nothing_of_what_was_noticed():
    plain = simulate(replace(WORLDS["exercise"], fire=None), n_observations=2_000, seed=3)
    fired = simulate(WORLDS["exercise"], n_observations=2_000, seed=3)
    assert to_ipc(fired.observations.select(plain.observations.column_names)) == to_ipc(plain.observations)
    assert to_ipc(fired.events.select(plain.events.column_names)) == to_ipc(plain.events)
    assert to_ipc(fired.truth) == to_ipc(plain.truth)
    assert "fire" not in parameters(plain)["world"]
    assert parameters(fired)["world"]["fire"] == json.loads(json.dumps(asdict(WORLDS["exercise"].fire)))


def test_an_exercise_has_a_little_of_everything_besides(made, tmp_path):
    zone = tuple(zip(*made.ground.frame.to_degrees([0.0, 4e3, 4e3, 0.0], [0.0, 0.0, 4e3, 4e3]), strict=True))
    always = Dated(history=(Since(day=date(2025, 1, 1), value=zone, reference="exercise", grade="assumed"),))
    agreed = arrangement_along(made.line_deg, OriginPrior())
    agreed = replace(agreed, zones=(Zone(id=ZoneId("z"), name="z", ring_deg=always),))
    lasts = replace(made, days=20.0)
    table = sightings(lasts, agreed)
    assert table == sightings(lasts, agreed)
    rows = table.to_pylist()
    assert {row["phenomenon"] for row in rows} == {"weapon", "troops", "uav", None}
    assert {row["imposed_by"] for row in rows if row["record_kind"] == "restriction"} == {"left", "right"}
    assert (np.diff(table["time"].cast("int64").to_numpy()) >= 0).all()
    x, y = made.ground.frame.to_plane(table["lon_deg"].to_numpy(), table["lat_deg"].to_numpy())
    inside = (np.abs(x - 2e3) < 2.01e3) & (np.abs(y - 2e3) < 2.01e3)
    assert 0.4 < inside.mean() < 0.8
    pq.write_table(table, tmp_path / "t.parquet")
    payload = RawPayload(
        source=SourceId("table"), name="t.parquet", received_at=START, body=(tmp_path / "t.parquet").read_bytes()
    )
    parsed = SOURCE.parse(payload, Setting(timezone="UTC", places={}, day_parts={}))
    assert parsed.rejected == ()
    assert sightings(replace(made, days=1e-6), agreed).num_rows == 0
