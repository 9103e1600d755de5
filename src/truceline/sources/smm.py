"""OSCE SMM-style rows: what a patrol or camera noticed from where, when, how often, in compass words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from truceline.domain.columns import from_rows
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.domain.observation import COLUMNS
from truceline.geo.compass import parse_sectors
from truceline.sources.checks import parsed
from truceline.sources.smm_rows import read_rows
from truceline.sources.smm_when import read_date, read_when
from truceline.sources.smm_where import Position, locate, read_reference
from truceline.sources.smm_words import SENSORS, WordError, look_up, plain, read_assessment, read_count, read_what

HEADER = (
    "obs", "date_from", "date_to", "time_text", "sensor", "position", "ref_place", "ref_km", "ref_dir", "what",
    "count", "count_quality", "assessment", "dist_min_km", "dist_max_km", "bearings", "zone_note", "source",
)  # fmt: skip
NEEDED = ("obs", "date_from", "sensor", "what")

Row = dict[str, Any]


# What all rows of one statement of an observer have in common.
STATEMENT = ("sensor", "time", "time_start", "time_end", "sectors", "range_min_m", "range_max_m")


@dataclass(slots=True)
class _Before:
    """What a row may refer back to: the positions named so far in this file, and the row before."""

    positions: dict[str, Position] = field(default_factory=dict)
    row: Row | None = None
    same_rounds: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmmSource:
    """Rows in the manner of the OSCE Special Monitoring Mission's reports.

    Graded B/2. The observers are the mission's own: trained, impartial, writing down what they themselves perceived,
    so "usually reliable" (not A: how often they erred was never published) and "probably true" (one direct
    observation, not yet confirmed by another). Two patrol rows of one position are one sensor; a patrol and a camera
    at one place are two. Blank means not stated, never zero.
    """

    version: str = "smm/1"
    reliability: str = "B"
    credibility: int = 2

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with the header of the SMM rows.
        """
        before = _Before()
        rows, rejected = read_rows(
            payload,
            header=HEADER,
            needed=NEEDED,
            key="obs",
            read=lambda cells: _observation(cells, setting, before) | self._grade(payload),
        )
        return parsed(rejected, observations=from_rows(COLUMNS, _grouped(rows, before.same_rounds)))

    def _grade(self, payload: RawPayload) -> Row:
        return {
            "source": payload.source,
            "received_at": payload.received_at,
            "reliability": self.reliability,
            "credibility": self.credibility,
        }


def _observation(cells: Mapping[str, str], setting: Setting, before: _Before) -> Row:
    """One row of the observation table, without what the payload tells. Raises WordError."""
    phenomenon, perceived, weapon = read_what(cells["what"])
    means = look_up("sensor", cells["sensor"], SENSORS) or perceived
    counted = read_count(cells["count"], cells["count_quality"])
    assessed = read_assessment(cells["assessment"], counted)
    first = read_date("date_from", cells["date_from"])
    last = read_date("date_to", cells["date_to"]) if cells["date_to"].strip() else first
    when = read_when(cells["time_text"], first, last, single=counted.single, setting=setting)
    reference = read_reference(cells["ref_place"], cells["ref_km"], cells["ref_dir"], setting.places)
    at = locate(cells["position"], reference, setting.places, before.positions)
    near, far = _range_m(cells)
    row: Row = {
        "id": cells["obs"].strip(),
        "sensor": f"{plain(cells['sensor'])} {at.name}",
        "record_kind": "observation",
        "means": means,
        "phenomenon": phenomenon,
        "phase": assessed.phase,
        "flight_bearing_deg": assessed.flight_bearing_deg,
        "weapon": weapon or assessed.weapon,
        "calibre_mm": assessed.calibre_mm,
        "count_low": counted.low,
        "count_high": counted.high,
        "count_stated": counted.stated,
        "count_unit": "signatures",
        "time_sigma_s": when.sigma_s,
        "sensor_lon_deg": at.lon_deg,
        "sensor_lat_deg": at.lat_deg,
        "sensor_sigma_m": at.sigma_m,
        "sectors": _sectors(cells["bearings"]),
        "range_min_m": near,
        "range_max_m": far,
        "text": _text(cells),
    }
    if when.kind is None:
        row["time"] = when.start
    else:
        row |= {"time_start": when.start, "time_end": when.end, "time_kind": when.kind}
    if assessed.same_rounds:
        before.same_rounds.append((_preceding(row, before, cells["assessment"]), row["id"]))
    before.positions.pop(plain(cells["position"]), None)
    before.positions[plain(cells["position"])] = at
    before.row = row
    return row


def _preceding(row: Row, before: _Before, assessment: str) -> str:
    if before.row is None or before.row["sensor"] != row["sensor"]:
        reason = f"speaks of the preceding row, but no row of {row['sensor']} comes just before it"
        raise WordError("assessment", reason, assessment)
    return str(before.row["id"])


def _grouped(rows: list[Row], same_rounds: list[tuple[str, str]]) -> list[Row]:
    """Rows reported together share a group.

    The same rounds told twice (firing, then arrival) keep their order. So do rows of one statement, which has one
    place, one time, one direction and one distance for all that it lists ("6 explosions and 30 projectiles, all
    1-5 km SSE"); within a statement the order says nothing.
    """
    group: dict[str, tuple[str, int | None]] = {}
    for earlier, later in same_rounds:
        name, place = group.setdefault(earlier, (earlier, 1))
        group[later] = (name, (place or 1) + 1)
    statements: dict[str, list[str]] = {}
    for row in rows:
        statements.setdefault(repr([row.get(name) for name in STATEMENT]), []).append(row["id"])
    for members in statements.values():
        for id in members if len(members) > 1 else ():
            group.setdefault(id, (members[0], None))
    for row in rows:
        row["group_id"], row["sequence"] = group.get(row["id"], (None, None))
    return rows


def _range_m(cells: Mapping[str, str]) -> tuple[float | None, float | None]:
    near, far = (_km(name, cells[name]) for name in ("dist_min_km", "dist_max_km"))
    if near is not None and far is not None and far < near:
        reason = f"nearer than dist_min_km {cells['dist_min_km']}: swap the two"
        raise WordError("dist_max_km", reason, cells["dist_max_km"])
    return near, far


def _km(name: str, text: str) -> float | None:
    if not text.strip():
        return None
    if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", text.strip()):
        raise WordError(name, "not a distance in km: write digits with a decimal point, or leave it empty", text)
    return round(float(text) * 1000, 3)


def _sectors(text: str) -> list[Row] | None:
    try:
        arcs = parse_sectors(text)
    except ValueError as error:
        raise WordError("bearings", str(error), text) from error
    return [{"from_deg": start, "to_deg": end} for start, end in arcs] or None


def _text(cells: Mapping[str, str]) -> str:
    """The row in its own words, in an order that reads."""
    place = cells["position"].strip()
    if cells["ref_place"].strip():
        town, way = cells["ref_place"].strip(), cells["ref_dir"].strip()
        place = f"{place} ({cells['ref_km'].strip()}km {way} of {town})" if way else f"{place} ({town})"
    said = (cells["what"], cells["assessment"], cells["zone_note"], cells["time_text"], place, cells["source"])
    return "; ".join(word.strip() for word in said if word.strip())


SOURCE = SmmSource()
