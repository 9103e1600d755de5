"""When an OSCE-style row speaks of: clock times, spans and parts of the day in local time, to UTC."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from truceline.domain.inputs import Setting
from truceline.sources.smm_words import ROUNDED_S, SALVO, UNROUNDED_S, WATCH_SIGMA_S, WordError, plain

DAY_MINUTES = 1440
_CLOCK = r"(\d{1,2}):(\d{2})"
_SPAN = re.compile(rf"{_CLOCK} ?(?:-|–|to|and) ?{_CLOCK}")


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """An instant with its error (start == end, kind None), or an interval of one of the interchange's time kinds."""

    start: datetime
    end: datetime
    kind: str | None
    sigma_s: float | None


def read_date(field: str, text: str) -> date:
    """A calendar date, year first. Raises WordError."""
    words = text.strip()
    try:
        day = date.fromisoformat(words) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words) else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year < 2200:
        raise WordError(field, "not a date between 1900 and 2200: write e.g. 2018-09-05", text)
    return day


def read_when(time_text: str, first: date, last: date, *, single: bool, setting: Setting) -> When:
    """The time of a row that speaks of the local days `first` to `last`.

    A clock time is an instant; a span of clock times, a part of the day or, if blank, the whole days are an interval:
    throughout it, or unknown_within it if the row counts a `single` signature or says that all fell within minutes.
    An hour that comes twice when clocks go back makes an instant unknown_within. Raises WordError.
    """
    if last < first:
        raise WordError("date_to", f"before date_from {first}: swap the two", str(last))
    zone = ZoneInfo(setting.timezone)
    words, _, remark = (plain(part) for part in time_text.partition(";"))
    if remark and not re.fullmatch(SALVO, remark):
        raise WordError("time_text", f"'{remark}' is not understood; known: e.g. 'in two minutes'", time_text)
    kind = "unknown_within" if single or remark else "throughout"
    if match := re.fullmatch(_CLOCK, words):
        return _instant(_clock(match[1], match[2], time_text), first, last, zone, time_text)
    if match := _SPAN.fullmatch(words):
        start, end = _clock(match[1], match[2], time_text), _clock(match[3], match[4], time_text)
        opens = _local(first, start, zone, time_text)
        closes = _local(last, end, zone, time_text, latest=True)
        sigma = max(_clock_sigma_s(start), _clock_sigma_s(end))
        return _interval(opens, closes, kind, sigma, time_text)
    start_min, end_min = _parts_of_day(words, first, last, setting.day_parts, time_text)
    opens, closes = _midnight(first, zone, start_min), _midnight(last, zone, end_min)
    return _interval(opens, closes, kind, None, time_text)


def _instant(clock: time, first: date, last: date, zone: ZoneInfo, time_text: str) -> When:
    if first != last:
        raise WordError("date_to", "a clock time needs one date: leave date_to empty or equal to date_from", str(last))
    early = _local(first, clock, zone, time_text)
    late = _local(first, clock, zone, time_text, latest=True)
    kind = None if early == late else "unknown_within"
    return When(start=early, end=late, kind=kind, sigma_s=_clock_sigma_s(clock))


def _interval(start: datetime, end: datetime, kind: str, sigma_s: float | None, time_text: str) -> When:
    if end < start:
        raise WordError("time_text", "ends before it starts: if it ran past midnight, give date_to", time_text)
    return When(start=start, end=end, kind=kind, sigma_s=sigma_s)


def _clock(hours: str, minutes: str, time_text: str) -> time:
    if int(hours) > 23 or int(minutes) > 59:
        raise WordError("time_text", "no clock shows this: write 00:00 to 23:59", time_text)
    return time(int(hours), int(minutes))


def _clock_sigma_s(clock: time) -> float:
    """sqrt(watch^2 + rounding^2 / 12); see the table of words for the two numbers, which are assumed."""
    rounding = ROUNDED_S if clock.minute % 5 == 0 else UNROUNDED_S
    return round(math.sqrt(WATCH_SIGMA_S**2 + rounding**2 / 12), 1)


def _local(day: date, clock: time, zone: ZoneInfo, time_text: str, *, latest: bool = False) -> datetime:
    """UTC of a local clock time; where clocks go back, the first of the two unless `latest`."""
    local = datetime.combine(day, clock, tzinfo=zone).replace(fold=int(latest))
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise WordError("time_text", f"clocks went forward past {clock:%H:%M} on {day}: no such time", time_text)
    return moment


def _midnight(day: date, zone: ZoneInfo, minutes: int) -> datetime:
    """UTC of the clock time `minutes` after local midnight of `day`; edges of day parts may fall in a clock change."""
    days, rest = divmod(minutes, DAY_MINUTES)
    clock = time(rest // 60, rest % 60)
    return datetime.combine(day + timedelta(days=days), clock, tzinfo=zone).astimezone(UTC)


def _parts_of_day(
    words: str, first: date, last: date, known: Mapping[str, tuple[int, int]], time_text: str
) -> tuple[int, int]:
    """Minutes after midnight of `first` at the start, of `last` at the end."""
    if not words:
        return 0, DAY_MINUTES
    parts = [words] if words in known else words.split(" and ")
    for part in parts:
        if part not in known:
            listed = ", ".join(sorted(known))
            reason = f"'{part}' is not a known part of the day; known: {listed}, or times such as 10:10 or 10:25-11:00"
            raise WordError("time_text", reason, time_text)
    start, end = known[parts[0]][0], known[parts[-1]][1]
    # the night of 4 to 5 October ends on the morning of the 5th, which date_to already names
    return start, end - DAY_MINUTES if end > DAY_MINUTES and last > first else end
