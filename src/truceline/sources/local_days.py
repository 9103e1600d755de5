"""Days as other houses write them, to the UTC instants at which they begin and end where the mission is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.columns import TIMESTAMP
from truceline.sources.checks import Problem, flags, problem

FIRST_YEAR, LAST_YEAR = 1900, 2200  # as `casting`: outside, something else was meant
NO_DAY = f"not a date between {FIRST_YEAR} and {LAST_YEAR}: write e.g. "


def whole_day(
    given: pa.Array, field: str, read: Callable[[str], date], zone: ZoneInfo, example: str
) -> tuple[pa.Array, pa.Array, list[Problem]]:
    """UTC of the midnights around each written day; null, with a Problem, where `read` raises ValueError.

    `example` shows the reader of the Problem how a day is written here. A missing day is null without one.
    """

    def begins(text: str | None) -> date | None:
        try:
            day = None if text is None else read(text)
        except ValueError:
            return None
        return day if day is not None and FIRST_YEAR <= day.year < LAST_YEAR else None

    words = given.dictionary_encode()
    days = [begins(text) for text in words.dictionary.to_pylist()]
    start, end = (
        pa.array([None if day is None else _midnight(day, n, zone) for day in days], TIMESTAMP).take(words.indices)
        for n in (0, 1)
    )
    unread = flags(pc.is_null(start)) & flags(pc.is_valid(given))
    return start, end, problem(field, NO_DAY + example, unread, given)


def _midnight(day: date, later: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=zone).astimezone(UTC)
