"""The oracle: assignment to the true events by likelihood, against the same written out plainly."""

from dataclasses import replace

import numpy as np
import pytest

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.intake.batch import make_batch
from truceline.physics.weigh import weigh
from truceline.simulation.campaign import simulate
from truceline.simulation.models import models_of
from truceline.simulation.oracle import clutter_rates, log_kinds, oracle
from truceline.simulation.score import ALONE, pair_scores
from truceline.simulation.worlds import WORLDS


def prepared(world, n, seed):
    made = simulate(world, n_observations=n, seed=seed)
    models = models_of(world, sensor_models())
    batch, _, left_out = make_batch(
        made.observations, frame=made.ground.frame, models=models, regions=Regions(), prior=Prior()
    )
    assert not left_out
    return made, batch


def asked(made, batch):
    return oracle(made, batch.reports, made.ground.frame, batch.table_row, batch.epoch_s)


@pytest.mark.parametrize("name", ["mixd", "arr"])
def test_the_oracle_is_the_plain_assignment(name):
    made, batch = prepared(WORLDS[name], 400, 6)
    n, k = len(batch.rows), made.events.num_rows
    at_s = made.happened.time_s[:k] + made.start.timestamp() - batch.epoch_s
    states = np.column_stack([made.happened.x_m[:k], made.happened.y_m[:k], at_s])
    kind, told = log_kinds(made), made.seen.kind[batch.table_row]
    clutter = clutter_rates(made)[batch.table_row]
    pairs = []
    for i in range(n):
        density = weigh(batch.rows, batch.arcs, batch.rings, np.full(k, i), states)
        score = density - clutter[i] + kind[told[i], made.happened.kind[:k]]
        pairs += [(-s, i, e) for e, s in enumerate(score.tolist()) if s > 0.0]
    sensor = list(zip(made.seen.watch[batch.table_row], made.seen.unit[batch.table_row], strict=True))
    plain, used = np.full(n, ALONE), set()
    for _, i, e in sorted(pairs):
        if plain[i] == ALONE and (sensor[i], e) not in used:
            plain[i] = e
            used.add((sensor[i], e))
    given = asked(made, batch)
    assert (given != ALONE).any()
    assert np.mean(given == plain) > 0.995  # what lies beyond the circles of likely origin is not looked at
    assert len({(sensor[i], e) for i, e in enumerate(given.tolist()) if e != ALONE}) == np.count_nonzero(given != ALONE)


@pytest.mark.parametrize(("name", "least"), [("mix", 0.95), ("mixd", 0.92), ("pts", 0.95), ("arr", 0.98)])
def test_the_ceiling_of_the_presets_is_near_the_published_one(name, least):
    made, batch = prepared(WORLDS[name], 20_000, 12)
    true = made.seen.event[batch.table_row]
    f1 = pair_scores(true, asked(made, batch)).f1
    assert least < f1 < 1.0


def test_without_clutter_nearly_everything_belongs_somewhere():
    world = replace(WORLDS["pts"], clutter_share=1e-9, wrong_kind_share=0.0)
    made, batch = prepared(world, 3_000, 4)
    assert (made.seen.event >= 0).all()
    given = asked(made, batch)
    assert np.mean(given == made.seen.event[batch.table_row]) > 0.97
    assert log_kinds(made)[0, 1] < -20


def test_kinds_weigh_as_the_world_misnames_them():
    ratio = log_kinds(simulate(WORLDS["mix"], n_observations=10, seed=1))
    told_burst = 0.96 * 0.3 + 0.02 * 0.7
    assert ratio[1, 1] == pytest.approx(np.log(0.96 / told_burst))
    assert ratio[1, 0] == pytest.approx(np.log(0.02 / told_burst))
