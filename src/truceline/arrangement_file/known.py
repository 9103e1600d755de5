"""What several parts of an arrangement file share: what they may refer to, dated values, ids, places."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar, cast, get_args
from zoneinfo import ZoneInfo

from truceline.arrangement_file.folder import MAIN
from truceline.domain.arrangement import Line
from truceline.domain.dated import Dated, Grade, Since
from truceline.domain.ids import PartyId, ZoneId
from truceline.geojson_file import Vertices
from truceline.strict_yaml import Problems, Value, suggestion

GRADES: tuple[Grade, ...] = get_args(Grade)
LONGEST_H = 1e6  # some hundred years: more is a slip of the pen
_DATED = ("since", "value", "reference", "grade")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What later parts of the file may refer to."""

    files: Mapping[str, str]
    timezone: str
    in_force_on: date
    parties: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    zones: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()


def dated(value: Value, read: Callable[[Value], T], known: Known, since: date | None = None) -> Dated[T]:
    """A list of {since, value, reference, grade}, oldest first, the first no later than it is needed: the day the
    arrangement takes effect, or `since` (date.max: never needed)."""
    history: list[Since[T]] = []
    for item in value.items("dated value"):
        got = item.fields(_DATED)
        day = got["since"].day()
        if history and day <= history[-1].day:
            got["since"].complain(f"{value.name}: {day} does not come after {history[-1].day}. Put the oldest first.")
        one = Since(
            day=day,
            value=read(got["value"]),
            reference=got["reference"].text(),
            grade=grade(got["grade"]),
        )
        history.append(one)
    needed = since or known.in_force_on
    if history and date.max > history[0].day > needed:
        value.complain(f"{value.name}: the first value is of {history[0].day}, but one is needed from {needed} on.")
    return Dated(history=tuple(history))


def grade(value: Value) -> Grade:
    """How well something is known, one of GRADES."""
    return cast(Grade, value.text(GRADES))


def local_day(moment: datetime, timezone: str) -> date:
    """The calendar day of `moment` in `timezone`; date.max, a stand-in, if either could not be read."""
    return date.max if not timezone or moment.year == date.max.year else moment.astimezone(ZoneInfo(timezone)).date()


def unique(value: Value, ids: Sequence[str | int], what: str = "id") -> None:
    """Complain of every entry of the list `value` whose id another entry has too."""
    for item, id in zip(value.items(), ids, strict=True):
        if id != "" and list(ids).count(id) > 1:
            item.complain(f"{what} '{id}' is used {list(ids).count(id)} times. Give each its own.")


def texts(value: Value, choices: Sequence[str] = ()) -> tuple[str, ...]:
    """A list of texts, each one of `choices` if any are given; what cannot be read is left out."""
    return tuple(text for text in (one.text(choices) for one in value.items()) if text)


def lon_lat(value: Value) -> tuple[float, float] | None:
    """[longitude, latitude] in degrees; None if it is not."""
    parts = value.items()
    if len(parts) != 2:
        if value.present:
            value.complain(f"{value.name}: give [longitude, latitude] in degrees.")
        return None
    lon, lat = parts[0].number(-180, 180), parts[1].number(-90, 90)
    return None if math.isnan(lon) or math.isnan(lat) else (lon, lat)


def hours(value: Value) -> timedelta | None:
    """A number of hours above 0; None where there is none."""
    if not value.present:
        return None
    number = value.number(0, LONGEST_H)
    if number == 0.0:
        value.complain(f"{value.name}: 0 hours is no time at all. Give more, or delete the key.")
    return None if math.isnan(number) else timedelta(hours=number)


def zone_ids(value: Value, known: Known) -> tuple[ZoneId, ...]:
    """A list of zones of the arrangement."""
    return tuple(ZoneId(id) for id in (named(one, known.zones, "zone", "zones") for one in value.items()) if id)


def party_ids(value: Value, known: Known) -> tuple[PartyId, ...]:
    """A list of parties of the arrangement."""
    return tuple(PartyId(id) for id in texts(value, known.parties))


def named(value: Value, ids: Sequence[str], what: str, section: str) -> str:
    """The id of one of the `what`s under `section`; "" if it is none of them."""
    if ids or not value.present:
        return value.text(ids)
    value.complain(f"{value.name}: '{value.text()}' is no {what}: the arrangement has none. Add it under '{section}'.")
    return ""


def shape(value: Value, known: Known, read: Callable[[str, str, Problems], Vertices]) -> Vertices:
    """The vertices in the file that `value` names."""
    file = value.text()
    if not file:
        return ()
    if file not in known.files:
        value.complain(f"file: no '{file}' beside {MAIN}. {suggestion(file, sorted(known.files))}")
        return ()
    return read(known.files[file], file, value.problems)
