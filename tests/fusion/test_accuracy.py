"""Targets of association on simulated worlds, on a seed nothing was tuned on and at a size that a test can afford."""

import pytest

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.fuse import fuse
from truceline.simulation.campaign import simulate
from truceline.simulation.score import ALONE, labels, pair_scores
from truceline.simulation.worlds import WORLDS

SEED, N_OBSERVATIONS = 77_001, 20_000
TARGETS = {"mix": 0.93, "mixd": 0.89, "pts": 0.90, "arr": 0.97}  # F1 of pairs, by `fuse` as it comes


@pytest.mark.slow
@pytest.mark.parametrize("world", sorted(TARGETS))
def test_f1_of_pairs_meets_its_target_on_an_unseen_seed(world):
    made = simulate(WORLDS[world], seed=SEED, n_observations=N_OBSERVATIONS)
    fused = fuse(made.observations, None, models=sensor_models(), line=None, regions=Regions(), prior=Prior())
    told = made.truth["observation_id"]
    event = labels(told, told, made.truth["event_id"])
    found = labels(told, fused.membership["observation_id"], fused.membership["incident_id"])
    assert (event == ALONE).any()
    assert pair_scores(event, found).f1 >= TARGETS[world]
