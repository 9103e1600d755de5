"""Which version of a dated thing holds at an instant: versions change at local midnight."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from truceline.geo.arrays import F64, I64

FIRST_YEAR = 1900  # whatever holds since before has always held


def midnight_s(day: date, timezone: ZoneInfo) -> float:
    """The first instant of a local day, seconds since 1970 UTC; minus infinity for a day before living memory."""
    if day.year < FIRST_YEAR:
        return -np.inf
    return datetime(day.year, day.month, day.day, tzinfo=timezone).timestamp()


def versions_at(days: Sequence[date], timezone: ZoneInfo, time_s: F64) -> I64:
    """For each instant (n,) the place in `days` (oldest first) of the version in force, -1 before the first.

    `days` are the local days from which each version holds, `time_s` seconds since 1970 UTC.
    """
    starts = np.array([midnight_s(day, timezone) for day in days], dtype=np.float64)
    return np.searchsorted(starts, time_s, side="right").astype(np.int64) - 1
