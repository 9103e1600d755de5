"""The one knob of the search: how long it goes on."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Effort(NamedTuple):
    """`rounds`: how often rows that are left over start hypotheses among themselves; `enough`: nats that a row's best
    hypothesis is worth for it to start no other; `sweeps` of the local search, at most."""

    rounds: int
    sweeps: int
    enough: float


EFFORTS: Mapping[str, Effort] = MappingProxyType(
    {"fast": Effort(rounds=1, sweeps=1, enough=6.0), "thorough": Effort(rounds=2, sweeps=3, enough=20.0)}
)
