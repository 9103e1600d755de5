"""What every piece of a table is fused with, and what cannot be fused in pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.domain.arrangement import Prior, Regions
from truceline.domain.ports import SensorModel
from truceline.fusion.places.along import Ground
from truceline.fusion.watching.silence import Watcher


class NotInPiecesError(ValueError):
    """The table holds rows that reach over pieces: the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """What is the same for all pieces; times count from `epoch_s` (since 1970 UTC, the whole day of the first row)."""

    models: Mapping[str, SensorModel]
    regions: Regions
    prior: Prior
    ground: Ground
    watching: Sequence[Watcher]
    epoch_s: float
    threads: int
    effort: str
