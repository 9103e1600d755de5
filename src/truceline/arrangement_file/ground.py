"""The ground of an arrangement file: parties, lines, zones, sectors, landmarks, control maps and notified sites."""

import math
from dataclasses import dataclass
from datetime import date
from typing import cast

from truceline.arrangement_file.band import Side, band_ring
from truceline.arrangement_file.known import Known, dated, grade, lon_lat, shape, unique
from truceline.domain.arrangement import ControlMap, Landmark, Line, LineSector, LineVersion, Party, Site, Zone
from truceline.domain.dated import Dated, Since
from truceline.domain.ids import LineId, PartyId, SectorId, ZoneId
from truceline.geojson_file import Vertices, along_km, read_line, read_ring, spot
from truceline.strict_yaml import Value

BORDER_WITHIN_KM = 10.0  # a sector border farther from the line than this is taken for a slip of the pen
WIDEST_BAND_M = 1e6
SIDES: tuple[Side, ...] = ("left", "right", "both")


def party(value: Value) -> Party:
    """A party to the arrangement."""
    got = value.fields(("id", "name", "side", "reference"))
    return Party(
        id=PartyId(got["id"].text()),
        name=got["name"].text(),
        side=got["side"].text(),
        reference=got["reference"].text(),
    )


def line(value: Value, known: Known) -> Line:
    """A line with its dated versions, each in a file of its own."""
    got = value.fields(("id", "name", "left", "right", "versions"))
    left, right = got["left"].text(known.parties), got["right"].text(known.parties)
    if left and left == right:
        got["right"].complain(f"right: '{right}' is left of the line too. Name the other party.")

    def version(v: Value) -> LineVersion:
        parts = v.fields(("file", "accuracy_m"))
        vertices = shape(parts["file"], known, read_line)
        return LineVersion(vertices_deg=vertices, accuracy_m=parts["accuracy_m"].number(0, 1e6))

    return Line(
        id=LineId(got["id"].text()),
        name=got["name"].text(),
        left=PartyId(left),
        right=PartyId(right),
        versions=dated(got["versions"], version, known),
    )


def zone(value: Value, known: Known) -> Zone:
    """A zone with its dated rings, each a file or a band along a line."""
    got = value.fields(("id", "name", "versions"))
    versions = dated(got["versions"], lambda v: _outline(v, known), known)
    return Zone(id=ZoneId(got["id"].text()), name=got["name"].text(), ring_deg=_followed(versions))


@dataclass(frozen=True, slots=True)
class _Band:
    """A band as stated: the stretch `from_m` to `to_m` from `line` on `side`, before it is drawn."""

    at: Value
    line: Line
    side: Side
    from_m: float
    to_m: float


def _outline(value: Value, known: Known) -> "Vertices | _Band":
    got = value.fields((), optional=("file", "band"))
    if got["file"].present == got["band"].present:
        if value.present:
            value.complain(f"{value.name}: give either 'file' or 'band', and one of them only.")
        return ()
    return _band(got["band"], known) if got["band"].present else shape(got["file"], known, read_ring)


def _band(value: Value, known: Known) -> "Vertices | _Band":
    got = value.fields(("line", "side", "from_m", "to_m"))
    name, side = got["line"].text([str(line.id) for line in known.lines if line.id]), got["side"].text(SIDES)
    from_m, to_m = got["from_m"].number(0, WIDEST_BAND_M), got["to_m"].number(0, WIDEST_BAND_M)
    if to_m <= from_m:
        got["to_m"].complain(f"to_m: {to_m:g} is not farther than from_m ({from_m:g}). Correct one of the two.")
    elif side == "both" and from_m > 0:
        got["side"].complain("side: a band on both sides begins at the line: from_m 0. Or write two zones, one a side.")
    elif name and side and from_m < to_m:
        along = next((line for line in known.lines if line.id == name), None)
        if along is not None:
            return _Band(value, along, cast(Side, side), from_m, to_m)
        got["line"].complain(f"line: the arrangement has no line '{name}'. Add it under 'lines'.")
    return ()


def _followed(versions: "Dated[Vertices | _Band]") -> Dated[Vertices]:
    """Every outline as a ring; a band gets a new one on each day from which its line runs otherwise."""
    rings: list[Since[Vertices]] = []
    for n, since in enumerate(versions.history):
        ends = versions.history[n + 1].day if n + 1 < len(versions.history) else date.max
        for day, ring in _rings(since.value, since.day, ends):
            rings.append(Since(day=day, value=ring, reference=since.reference, grade=since.grade))
    return Dated(history=tuple(rings))


def _rings(outline: "Vertices | _Band", since: date, ends: date) -> list[tuple[date, Vertices]]:
    if not isinstance(outline, _Band):
        return [(since, outline)]
    drawn = outline.line.versions
    if not drawn.history:
        return [(since, ())]
    days = [since, *(version.day for version in drawn.history if since < version.day < ends)]
    return [(day, _ring(outline, drawn.at(day).value)) for day in days]


def _ring(band: _Band, version: LineVersion) -> Vertices:
    if len(version.vertices_deg) < 2:
        return ()
    try:
        return band_ring(version.vertices_deg, band.side, band.from_m, band.to_m)
    except ValueError as error:
        band.at.complain(f"band: {error}.")
        return ()


def sectors(value: Value, lines: tuple[Line, ...]) -> tuple[LineSector, ...]:
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
    found: list[LineSector] = []
    reached_km = 0.0
    for i, item in enumerate(items):
        got = item.fields(("id", "name", "region", "reference", "grade"), optional=("until_deg",))
        until, last = got["until_deg"], i == len(items) - 1
        point = lon_lat(until) if until.present else None
        if last and until.present:
            until.complain("until_deg: the last sector runs to the end of the line. Delete this, or add a sector.")
        if not last and not until.present:
            item.complain(f"{item.name}: key 'until_deg' is missing. Say where the sector ends: [lon, lat].")
        if not last and point is not None and lines and lines[0].versions.history:
            reached_km = _check_border(until, point, lines[0].versions.history[0].value.vertices_deg, reached_km)
        found.append(
            LineSector(
                id=SectorId(got["id"].text()),
                name=got["name"].text(),
                until_deg=None if last else point,
                region=got["region"].text(),
                reference=got["reference"].text(),
                grade=grade(got["grade"]),
            )
        )
    unique(value, [s.id for s in found])
    return tuple(found)


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


def landmark(value: Value) -> Landmark:
    """A place that everybody knows."""
    got = value.fields(("name", "at_deg", "reference"))
    lon, lat = lon_lat(got["at_deg"]) or (math.nan, math.nan)
    return Landmark(name=got["name"].text(), lon_deg=lon, lat_deg=lat, reference=got["reference"].text())


def control_map(value: Value, known: Known) -> ControlMap:
    """Who holds which side, as one author drew it."""
    got = value.fields(("id", "name", "line", "reference", "grade"))
    return ControlMap(
        id=got["id"].text(),
        name=got["name"].text(),
        line=LineId(got["line"].text([str(line.id) for line in known.lines if line.id])),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
    )


def site(value: Value, known: Known) -> Site:
    """A notified storage site of a party."""
    got = value.fields(("id", "name", "party", "at_deg", "radius_m", "reference"))
    lon, lat = lon_lat(got["at_deg"]) or (math.nan, math.nan)
    return Site(
        id=got["id"].text(),
        name=got["name"].text(),
        party=PartyId(got["party"].text(known.parties)),
        lon_deg=lon,
        lat_deg=lat,
        radius_m=got["radius_m"].number(0, 1e5),
        reference=got["reference"].text(),
    )
