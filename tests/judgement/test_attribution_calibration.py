"""Origin held against simulated truth: calibrated, balanced between the parties, open where nothing decides."""

import numpy as np
import pytest
from bench.judgement.origin import calibration_error, figures, judged, variants, wrong_rates

from truceline.domain.arrangement import STANDARDS
from truceline.simulation.campaign import simulate

UNSEEN = 990_017  # no figure was looked at with this seed while the model was made


@pytest.fixture(scope="module")
def found():
    variant = variants()["as assumed"]
    return judged(simulate(variant.world, n_observations=30_000, seed=UNSEEN), variant.prior)[0]


def test_probabilities_come_true_as_often_as_they_say(found):
    said = figures(found)
    assert said["n"] > 5_000
    assert said["ece_mass"] < 0.02
    assert said["ece_width"] < 0.02
    assert said["brier"] < 0.15
    assert said["log_score"] < np.log(2.0) - 0.2


def test_what_nothing_decides_is_left_open(found):
    assert figures(found)["n_undecidable"] > 300
    assert found.undetermined[~found.decidable].mean() > 0.9
    assert found.undetermined[found.decidable].mean() < 0.5


def test_wrong_indications_are_as_rare_as_the_standard_says_and_balanced(found):
    rates = wrong_rates(found)
    for name, bar in zip(STANDARDS, (0.25, 0.40, 0.51, 0.75), strict=True):
        (n_left, left), (n_right, right) = rates[name]
        assert min(n_left, n_right) > 1_000
        assert max(left, right) < 0.5 * (1.0 - bar), "a mass of m is a probability of (1 + m) / 2"
        spread = np.sqrt(left * (1.0 - left) / n_left + right * (1.0 - right) / n_right)
        assert abs(left - right) < 4.0 * spread


@pytest.mark.parametrize("name", ["cross-line only", "false flags 30 %", "access left only"])
def test_other_worlds_are_calibrated_too(name):
    variant = variants()[name]
    other = judged(simulate(variant.world, n_observations=12_000, seed=UNSEEN + 1), variant.prior)[0]
    said = figures(other)
    by_chance = np.sqrt(2.0 / np.pi * said["brier"] * 12 / said["n"])
    assert said["ece_mass"] < 0.02 + by_chance


def test_an_honest_coin_has_no_error_and_a_liar_has_it_all():
    p = np.repeat([0.25, 0.75], 4_000)
    hit = np.concatenate([np.tile([1.0, 0.0, 0.0, 0.0], 1_000), np.tile([1.0, 1.0, 1.0, 0.0], 1_000)])
    assert calibration_error(p, hit, np.linspace(0, 1, 11)) == pytest.approx(0.0)
    assert calibration_error(1.0 - p, hit, np.linspace(0, 1, 11)) == pytest.approx(0.5)
