"""Arrangement folders: YAML and GeoJSON in, an Arrangement out, or every problem with its file and line."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast, get_args
from zoneinfo import ZoneInfo, available_timezones

from truceline.domain.arrangement import (
    STANDARDS,
    Arrangement,
    ClauseText,
    Landmark,
    Line,
    LineSector,
    LineVersion,
    Party,
    Prior,
    Standards,
    Zone,
)
from truceline.domain.dated import Dated, Grade, Since
from truceline.domain.ids import ClauseId, LineId, PartyId, SectorId, ZoneId
from truceline.domain.observation import PHENOMENA, RELIABILITIES
from truceline.domain.report import WITHHOLDABLE
from truceline.errors import ArrangementError, UnreachableError
from truceline.geojson_file import Vertices, along_km, read_line, read_ring, spot
from truceline.menu import names
from truceline.strict_yaml import Problems, Value, read_yaml, suggestion

MAIN = "arrangement.yaml"
BORDER_WITHIN_KM = 10.0  # a sector border farther from the line than this is taken for a slip of the pen
_GRADES: tuple[Grade, ...] = get_args(Grade)
_REQUIRED = (
    *("format", "id", "version", "title", "reference", "in_force_from", "timezone", "languages", "day_ends"),
    *("parties", "lines", "clauses", "standards", "day_parts", "prior", "release"),
)
_DATED = ("since", "value", "reference", "grade")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Known:
    """What later parts of the file may refer to."""

    files: Mapping[str, str]
    timezone: str
    in_force_on: date
    parties: tuple[str, ...]
    zones: tuple[str, ...] = ()


def load_arrangement(folder: Path) -> Arrangement:
    """The arrangement in `folder`. Raises ArrangementError with every problem: file, line, what to do."""
    if not (folder / MAIN).is_file():
        raise ArrangementError(f"{folder} holds no {MAIN}. Point at the folder that does, or start one: truceline new.")
    return read_arrangement(folder_files(folder))


def read_arrangement(files: Mapping[str, str]) -> Arrangement:
    """The arrangement in `files` (name in the folder -> text). Raises ArrangementError with every problem."""
    problems = Problems()
    if MAIN not in files:
        raise ArrangementError(f"No {MAIN} among {', '.join(sorted(files)) or 'no files at all'}. Add it.")
    arrangement = _arrangement(read_yaml(files[MAIN], MAIN, problems), files)
    problems.refuse(ArrangementError, "The arrangement")
    return arrangement


def folder_files(folder: Path) -> dict[str, str]:
    """Name and text of every file of an arrangement folder, hidden ones left out.

    Raises
    ------
    ArrangementError
        if a file is not UTF-8 text.
    UnreachableError
        if a file cannot be read.
    """
    files: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            files[path.name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ArrangementError(f"{path}:1  not UTF-8 text. Save it as UTF-8, or move it elsewhere.") from None
        except OSError as error:
            raise UnreachableError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
    return files


def _arrangement(root: Value, files: Mapping[str, str]) -> Arrangement:
    top = root.fields(
        _REQUIRED,
        optional=("sectors", "zones", "landmarks"),
    )
    top["format"].text(("arrangement/1",))
    in_force_from, timezone = top["in_force_from"].instant(), _timezone(top["timezone"])
    parties = tuple(_party(v) for v in top["parties"].items("party"))
    _unique(top["parties"], [p.id for p in parties])
    known = _Known(files, timezone, _local_day(in_force_from, timezone), tuple(p.id for p in parties if p.id))
    zones = tuple(_zone(v, known) for v in top["zones"].items())
    _unique(top["zones"], [z.id for z in zones])
    known = replace(known, zones=tuple(z.id for z in zones if z.id))
    lines = tuple(_line(v, known) for v in top["lines"].items("line"))
    clauses = tuple(_clause(v, known) for v in top["clauses"].items("clause"))
    _unique(top["clauses"], [c.id for c in clauses])
    return Arrangement(
        id=top["id"].text(),
        version=_version(top["version"]),
        title=top["title"].text(),
        reference=top["reference"].text(),
        in_force_from=in_force_from,
        timezone=timezone,
        languages=tuple(v.text() for v in top["languages"].items("language")),
        day_ends=_dated(top["day_ends"], Value.time_of_day, known),
        parties=parties,
        lines=lines,
        sectors=_sectors(top["sectors"], lines),
        landmarks=tuple(_landmark(v) for v in top["landmarks"].items()),
        zones=zones,
        clauses=clauses,
        standards=_dated(top["standards"], _standards, known),
        day_parts=_dated(top["day_parts"], _day_parts, known),
        prior=_dated(top["prior"], _prior, known),
        release=_dated(top["release"], lambda v: _release(v, known), known),
    )


def _version(value: Value) -> int:
    number = value.number(1, 1e6)
    if math.isnan(number):
        return 0
    if number != int(number):
        value.complain(f"version: {number:g} is not a whole number. Count 1, 2, 3.")
    return int(number)


def _timezone(value: Value) -> str:
    name = value.text()
    if name and name not in available_timezones():
        value.complain(f"timezone: '{name}' is unknown. {suggestion(name, sorted(available_timezones()))}"[:200])
        return "UTC"
    return name or "UTC"


def _local_day(moment: datetime, timezone: str) -> date:
    return date.max if moment.year == date.max.year else moment.astimezone(ZoneInfo(timezone)).date()


def _unique(value: Value, ids: list[Any]) -> None:
    for item, id in zip(value.items(), ids, strict=True):
        if id and ids.count(id) > 1:
            item.complain(f"id '{id}' is used {ids.count(id)} times. Give each its own.")


def _dated(value: Value, read: Callable[[Value], T], known: _Known, since: date | None = None) -> Dated[T]:
    """A list of {since, value, reference, grade}, oldest first, the first no later than it is needed."""
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
            grade=cast(Grade, got["grade"].text(_GRADES)),
        )
        history.append(one)
    needed = since or known.in_force_on
    if history and date.max > history[0].day > needed:
        value.complain(f"{value.name}: the first value is of {history[0].day}, but one is needed from {needed} on.")
    return Dated(history=tuple(history))


def _party(value: Value) -> Party:
    got = value.fields(("id", "name", "side", "reference"))
    return Party(
        id=PartyId(got["id"].text()),
        name=got["name"].text(),
        side=got["side"].text(),
        reference=got["reference"].text(),
    )


def _line(value: Value, known: _Known) -> Line:
    got = value.fields(("id", "name", "left", "right", "versions"))
    left, right = got["left"].text(known.parties), got["right"].text(known.parties)
    if left and left == right:
        got["right"].complain(f"right: '{right}' is left of the line too. Name the other party.")

    def version(v: Value) -> LineVersion:
        parts = v.fields(("file", "accuracy_m"))
        vertices = _shape(parts["file"], known, read_line)
        return LineVersion(vertices_deg=vertices, accuracy_m=parts["accuracy_m"].number(0, 1e6))

    return Line(
        id=LineId(got["id"].text()),
        name=got["name"].text(),
        left=PartyId(left),
        right=PartyId(right),
        versions=_dated(got["versions"], version, known),
    )


def _zone(value: Value, known: _Known) -> Zone:
    got = value.fields(("id", "name", "versions"))

    def ring(v: Value) -> Vertices:
        return _shape(v.fields(("file",))["file"], known, read_ring)

    return Zone(
        id=ZoneId(got["id"].text()),
        name=got["name"].text(),
        ring_deg=_dated(got["versions"], ring, known),
    )


def _clause(value: Value, known: _Known) -> ClauseText:
    got = value.fields(("id", "kind", "title", "text", "reference", "since", "acts"), optional=("until", "zones"))
    since = got["since"].instant()
    until = got["until"].instant() if got["until"].present else None
    if until is not None and until <= since:
        got["until"].complain("until: the clause ends before it begins. Correct one of the two.")

    def acts(v: Value) -> tuple[str, ...]:
        return tuple(one.text(PHENOMENA) for one in v.items("act"))

    return ClauseText(
        id=ClauseId(got["id"].text()),
        kind=got["kind"].text(names("clause")),
        title=got["title"].text(),
        text=got["text"].text(),
        reference=got["reference"].text(),
        since=since,
        until=until,
        zones=tuple(ZoneId(one.text(known.zones) if known.zones else _no_zone(one)) for one in got["zones"].items()),
        acts=_dated(got["acts"], acts, known, since=_local_day(since, known.timezone)),
    )


def _no_zone(value: Value) -> str:
    value.complain(f"{value.name}: '{value.text()}' is no zone: the arrangement has none. Add it under 'zones'.")
    return ""


def _standards(value: Value) -> Standards:
    got = value.fields(STANDARDS)
    levels = {name: got[name].number(0, 1) for name in STANDARDS}
    for weaker, stronger in pairwise(STANDARDS):
        if levels[stronger] <= levels[weaker]:
            got[stronger].complain(
                f"{stronger}: {levels[stronger]:g} does not ask for more than {weaker} ({levels[weaker]:g}). "
                "Put the weakest standard lowest."
            )
    return Standards(**levels)


def _day_parts(value: Value) -> Mapping[str, tuple[int, int]]:
    return {" ".join(name.casefold().split()): hours.span() for name, hours, _ in value.pairs()}


def _prior(value: Value) -> Prior:
    numbers = {
        "exchange_rate_per_km2_h": (1e-9, 1e3),
        "exchange_spread_m": (1.0, 1e5),
        "incident_rate_per_km2_h": (1e-9, 1e3),
        "watch_sigma_s": (0.001, 86400.0),
        "p_shared": (0.0, 1.0),
        "p_told_together": (0.001, 0.999),
    }
    got = value.fields((*numbers, "p_real"))
    grades = got["p_real"].fields(RELIABILITIES)
    p_real = {grade: grades[grade].number(0, 1) for grade in RELIABILITIES}
    return Prior(p_real=p_real, **{name: got[name].number(*bounds) for name, bounds in numbers.items()})


def _release(value: Value, known: _Known) -> Mapping[str, tuple[str, ...]]:
    audiences = ("public", *known.parties)
    withheld: dict[str, tuple[str, ...]] = {}
    for audience, items, line in value.pairs():
        if audience not in audiences:
            problem = f"release: nobody called '{audience}'. {suggestion(audience, audiences)}"
            value.problems.add(value.file, line, problem)
        withheld[audience] = tuple(one.text(WITHHOLDABLE) for one in items.items())
    return withheld


def _sectors(value: Value, lines: tuple[Line, ...]) -> tuple[LineSector, ...]:
    """Stretches of the first line, in the order of its vertices; only the last runs to the end.

    An arrangement that names none has one: the whole line.
    """
    if not value.present:
        whole = "The arrangement names no sectors"
        return (
            LineSector(
                id=SectorId("line"), name="Whole line", until_deg=None, region="", reference=whole, grade="stated"
            ),
        )
    items = value.items()
    sectors: list[LineSector] = []
    reached_km = 0.0
    for i, item in enumerate(items):
        got = item.fields(("id", "name", "region", "reference", "grade"), optional=("until_deg",))
        until, last = got["until_deg"], i == len(items) - 1
        point = _lon_lat(until) if until.present else None
        if last and until.present:
            until.complain("until_deg: the last sector runs to the end of the line. Delete this, or add a sector.")
        if not last and not until.present:
            item.complain(f"{item.name}: key 'until_deg' is missing. Say where the sector ends: [lon, lat].")
        if not last and point is not None and lines and lines[0].versions.history:
            reached_km = _check_border(until, point, lines[0].versions.history[0].value.vertices_deg, reached_km)
        sectors.append(
            LineSector(
                id=SectorId(got["id"].text()),
                name=got["name"].text(),
                until_deg=None if last else point,
                region=got["region"].text(),
                reference=got["reference"].text(),
                grade=got["grade"].text(_GRADES),
            )
        )
    _unique(value, [s.id for s in sectors])
    return tuple(sectors)


def _landmark(value: Value) -> Landmark:
    got = value.fields(("name", "at_deg", "reference"))
    lon, lat = _lon_lat(got["at_deg"]) or (math.nan, math.nan)
    return Landmark(name=got["name"].text(), lon_deg=lon, lat_deg=lat, reference=got["reference"].text())


def _lon_lat(value: Value) -> tuple[float, float] | None:
    parts = value.items()
    if len(parts) != 2:
        value.complain(f"{value.name}: give [longitude, latitude] in degrees.")
        return None
    lon, lat = parts[0].number(-180, 180), parts[1].number(-90, 90)
    return None if math.isnan(lon) or math.isnan(lat) else (lon, lat)


def _check_border(value: Value, point: tuple[float, float], vertices: Vertices, reached_km: float) -> float:
    """Check that a sector border lies near the line and after the one before; its distance along the line."""
    if len(vertices) < 2:
        return reached_km
    along, off = along_km(vertices, point)
    if off > BORDER_WITHIN_KM:
        value.complain(f"until_deg: {spot(point)} is {off:.0f} km from the line. Give [longitude, latitude] on it.")
    elif along <= reached_km:
        value.complain(f"until_deg: {spot(point)} is not farther along the line than the border before. Reorder.")
    return max(reached_km, along)


def _shape(value: Value, known: _Known, read: Callable[[str, str, Problems], Vertices]) -> Vertices:
    """The vertices in the file that `value` names."""
    file = value.text()
    if not file:
        return ()
    if file not in known.files:
        value.complain(f"file: no '{file}' beside {MAIN}. {suggestion(file, sorted(known.files))}")
        return ()
    return read(known.files[file], file, value.problems)
