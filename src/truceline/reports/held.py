"""All that a mission holds, as reports and explanations take it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from truceline.domain import decided
from truceline.domain.advice import Advice
from truceline.domain.arrangement import Arrangement
from truceline.domain.ports import SensorModel
from truceline.pipeline import Derived


def no_advice(moment: datetime) -> tuple[Advice, ...]:
    """What an arrangement without a ladder advises at any moment."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that a mission holds, ready for reports of any day.

    `decisions` are what people found, ruled, said and answered; `advice_at` what follows for the ladder at a moment.
    """

    mission: str
    arrangement: Arrangement
    models: Mapping[str, SensorModel]
    derived: Derived
    observations: pa.Table
    coverage: pa.Table
    published_counts: pa.Table
    rejected: pa.Table
    decisions: tuple[decided.Held, ...] = ()
    advice_at: Callable[[datetime], tuple[Advice, ...]] = no_advice
