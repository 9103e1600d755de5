"""Which stated kinds can be of one event."""

from itertools import product

import numpy as np
import pytest

from truceline.domain.observation import PHENOMENA
from truceline.fusion.kinds import EXCLUDED_NATS, compatible, log_kind


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("explosion", "casualty"),
        ("explosion", "mine_uxo"),
        ("shot", "casualty"),
        ("burst", "damage"),
        ("casualty", "damage"),
        ("muzzle_flash", "damage"),
    ],
)
def test_harm_and_remains_are_of_the_fire_that_left_them(a: str, b: str) -> None:
    assert compatible(a, b)
    assert log_kind()[PHENOMENA.index(a), PHENOMENA.index(b)] == 0.0


@pytest.mark.parametrize(
    ("a", "b"), [("shot", "mine_uxo"), ("casualty", "vehicle"), ("damage", "other"), ("fire", "shot")]
)
def test_what_does_not_come_of_the_other_excludes_it(a: str, b: str) -> None:
    assert not compatible(a, b)


def test_whichever_of_two_is_named_first_they_are_compatible_or_not() -> None:
    assert all(compatible(a, b) == compatible(b, a) for a, b in product(PHENOMENA, PHENOMENA))
    assert np.array_equal(log_kind() == EXCLUDED_NATS, (log_kind() == EXCLUDED_NATS).T)
