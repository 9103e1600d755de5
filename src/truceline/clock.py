"""UTC instants, intervals and reporting days; naive time is refused everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def utc(moment: datetime) -> datetime:
    """Return `moment` in UTC.

    Raises
    ------
    ValueError
        if `moment` carries no offset: a guess here would be three years of wrong reports.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive time {moment.isoformat()}: give an offset, e.g. {moment.isoformat()}+02:00")
    return moment.astimezone(UTC)


def parse_utc(text: str) -> datetime:
    """Read an ISO 8601 instant with an offset. Raises ValueError if it has none."""
    return utc(datetime.fromisoformat(text))


def now() -> datetime:
    """The wall clock, to the microsecond, in UTC."""
    return datetime.now(UTC)


def fixed(moment: datetime) -> Clock:
    """A clock that always shows `moment` (`--at`)."""
    instant = utc(moment)
    return lambda: instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A span of time in UTC, start included, end excluded; an instant has start == end."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval needs times with an offset")
        if self.end < self.start:
            raise ValueError(f"interval ends before it starts: {self.start} .. {self.end}")

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start).total_seconds()


def reporting_period(day: date, timezone: str, day_ends: time) -> Interval:
    """The reporting day `day`: from `day_ends` local time of the day before to `day_ends` of `day`.

    The OSCE SMM's day ran 19:30 to 19:30 local time, so the report of 5 September covers the evening of the 4th.
    """
    zone = ZoneInfo(timezone)
    end = datetime.combine(day, day_ends, tzinfo=zone)
    start = datetime.combine(day - timedelta(days=1), day_ends, tzinfo=zone)
    return Interval(start=utc(start), end=utc(end))


def reporting_day(moment: datetime, timezone: str, day_ends: time) -> date:
    """The reporting day in which `moment` lies; a moment exactly at the cut-off closes the day that ends then."""
    local = utc(moment).astimezone(ZoneInfo(timezone))
    after = local.time().replace(tzinfo=None) > day_ends
    return local.date() + timedelta(days=1) if after else local.date()
