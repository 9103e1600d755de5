"""OSCE SMM-style sightings of heavy weapons: which, how many, where, on which day, and what was found of them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from truceline.domain.columns import from_rows
from truceline.domain.ids import derived_id
from truceline.domain.inputs import NamedPlace, Parsed, RawPayload, Setting
from truceline.domain.observation import COLUMNS
from truceline.sources.checks import parsed
from truceline.sources.smm_rows import read_rows
from truceline.sources.smm_when import read_date
from truceline.sources.smm_where import Position, Reference, from_reference, locate, read_reference
from truceline.sources.smm_words import DIRECTIONS, WordError, look_up, plain

HEADER = (
    "date", "sensor", "place", "ref_place", "ref_km", "ref_dir", "control", "type", "model", "calibre_mm", "count",
    "finding", "source",
)  # fmt: skip
NEEDED = ("date", "sensor", "place", "type", "count")

# Who saw them, and by which means.
SENSORS: Mapping[str, str] = {"patrol": "seen", "camera": "camera", "uav": "uav", "satellite imagery": "imagery"}

# Kinds of weapon as reports name them, in the words of the glossary's taxonomy. An anti-tank gun is a gun.
WEAPONS: Mapping[str, str] = {
    "tank": "tank",
    "mortar": "mortar",
    "howitzer": "artillery",
    "towed howitzer": "artillery",
    "self-propelled howitzer": "artillery",
    "gun": "artillery",
    "anti-tank gun": "artillery",
    "mlrs": "multiple launch rocket system",
    "multiple launch rocket system": "multiple launch rocket system",
    "tactical missile": "tactical missile",
}

# "near", "north of", without a distance: up to about 5 km from it. Half of that is the one standard deviation, and how
# far off in the direction the middle lies. Assumed: reports say a distance where they mean more.
NEARBY_KM = 5.0
LEAST_SIGMA_M = 1.0  # a gazetteer may call a place exact; a fix has an error
_DIRECTION = "|".join((*DIRECTIONS, "[nesw]{1,3}"))
_RELATION = re.compile(rf"(?:(?P<near>near)|(?P<centre>cent(?:re|er) of)|(?P<way>{_DIRECTION}) of) (?P<place>.+)")
_NOT_SAID = ("", "undetermined", "unknown")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmmWeaponsSource:
    """Sightings of weapons in the manner of the OSCE Special Monitoring Mission's reports.

    Graded B/2 for the reasons of the source `smm`. Each row is a count of weapons at the place where they stood, at an
    unknown moment of its local day. What the mission found of them ("in violation of withdrawal lines") and whose
    ground it says it was are kept in `text` only: they are another body's conclusions, to compare with, never
    evidence. A row has no number of its own: its id is derived from what it says, so the same line twice is a repeat.
    """

    version: str = "smm_weapons/1"
    reliability: str = "B"
    credibility: int = 2

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with the header of the sightings.
        """
        grade = {
            "source": payload.source,
            "received_at": payload.received_at,
            "reliability": self.reliability,
            "credibility": self.credibility,
        }
        rows, rejected = read_rows(
            payload, header=HEADER, needed=NEEDED, key="", read=lambda cells: _observation(cells, setting) | grade
        )
        return parsed(rejected, observations=from_rows(COLUMNS, rows))


def _observation(cells: Mapping[str, str], setting: Setting) -> Row:
    """One row of the observation table, without what the payload tells. Raises WordError."""
    count = _count(cells["count"])
    day, zone = read_date("date", cells["date"]), ZoneInfo(setting.timezone)
    opens, closes = (datetime.combine(day + timedelta(days=n), time(), tzinfo=zone).astimezone(UTC) for n in (0, 1))
    at = _where(cells, setting.places)
    sigma_m = max(at.sigma_m, LEAST_SIGMA_M)
    return {
        "id": derived_id("W", *(cells[name].strip() for name in HEADER), digits=12),
        "sensor": f"{plain(cells['sensor'])} {at.name}",
        "record_kind": "observation",
        "means": look_up("sensor", cells["sensor"], SENSORS),
        "phenomenon": "weapon",
        "weapon": look_up("type", cells["type"], WEAPONS),
        "weapon_model": None if plain(cells["model"]) in _NOT_SAID else " ".join(cells["model"].split()),
        "calibre_mm": _calibre(cells["calibre_mm"]),
        "count_low": count,
        "count_high": count,
        "count_stated": cells["count"].strip(),
        "count_unit": "weapons",
        "time_start": opens,
        "time_end": closes,
        "time_kind": "unknown_within",
        "lon_deg": at.lon_deg,
        "lat_deg": at.lat_deg,
        "sigma_major_m": sigma_m,
        "sigma_minor_m": sigma_m,
        "sigma_azimuth_deg": 0.0,
        "text": _text(cells),
    }


def _where(cells: Mapping[str, str], places: Mapping[str, NamedPlace]) -> Position:
    """Where the weapons stood: the named place, else its distance and direction from a town, then "near" or "north of"
    it. Raises WordError."""
    reference = read_reference(cells["ref_place"], cells["ref_km"], cells["ref_dir"], places)
    phrase = " ".join(cells["place"].split())
    found = None if plain(phrase) in places else _RELATION.fullmatch(plain(phrase))
    try:
        at = locate(found["place"] if found else phrase, reference, places, {})
        return _beside(at, found, phrase) if found else at
    except WordError as error:
        name = "place" if error.field == "position" else error.field
        raise WordError(name, error.reason, error.value) from error
    except ValueError as error:  # no compass point, such as "nn"
        raise WordError("place", str(error), phrase) from error


def _beside(at: Position, said: re.Match[str], phrase: str) -> Position:
    if said["centre"]:
        return at
    half_km = NEARBY_KM / 2
    if said["near"]:
        sigma_m = round(math.hypot(half_km * 1000, at.sigma_m), 1)
        return Position(name=phrase, lon_deg=at.lon_deg, lat_deg=at.lat_deg, sigma_m=sigma_m)
    base = NamedPlace(name=at.name, lon_deg=at.lon_deg, lat_deg=at.lat_deg, sigma_m=at.sigma_m, reference="this row")
    way = DIRECTIONS.get(said["way"], said["way"].upper())
    return from_reference(Reference(place=base, km=half_km, rounding_km=NEARBY_KM, direction=way), name=phrase)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise WordError("count", "not a whole number: write how many there were in digits", text)
    if int(text) == 0:
        raise WordError("count", "a count of 0 is no sighting: report who watched as coverage", text)
    return int(text)


def _calibre(text: str) -> float | None:
    if not text.strip():
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text.strip()):
        raise WordError("calibre_mm", "not a calibre in mm: write digits, or leave it empty if it is not stated", text)
    return float(text)


def _text(cells: Mapping[str, str]) -> str:
    """The row in its own words, in an order that reads."""
    place, weapon = cells["place"].strip(), f"{cells['count'].strip()} x {cells['type'].strip()}"
    if cells["model"].strip():
        weapon += f", model {cells['model'].strip()}"
    if cells["ref_place"].strip():
        way = " ".join(f"{cells['ref_km'].strip()}km {cells['ref_dir'].strip()}".split())
        place = f"{place} ({way} of {cells['ref_place'].strip()})"
    ground = f"{cells['control'].strip()}-controlled area" if cells["control"].strip() else ""
    said = (weapon, cells["finding"], place, ground, cells["source"])
    return "; ".join(word.strip() for word in said if word.strip())


SOURCE = SmmWeaponsSource()
