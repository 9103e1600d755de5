"""Incidents of harm to civilians as Bellingcat mapped them for Ukraine (CSV), by local day and blurred place."""

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from truceline.domain.columns import Column
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.sources.casting import cast_table
from truceline.sources.checks import column_problems, missing_problems, parsed, refuse, repeat_problems, standing
from truceline.sources.foreign import as_observations, everywhere, read_foreign, told_as_text
from truceline.sources.local_days import whole_day

_S, _F = pa.string(), pa.float64()
READ = (
    Column(name="id", type=_S, meaning="number of the incident", required=True),
    Column(name="date", type=_S, meaning="local day, month first", required=True),
    Column(name="lat", type=_F, meaning="of the place, blurred", low=-90, high=89.99, required=True),
    Column(name="lon", type=_F, meaning="of the place, blurred", low=-180, high=179.99, required=True),
    Column(name="tags", type=pa.list_(_S), meaning="codes of the area and of the weapon"),
    Column(name="source_keys", type=pa.list_(_S), meaning="posts that show it"),
)
NEEDED = tuple(c.name for c in READ if c.required)
TOLD = ("location", "description", "lat", "lon", "tags", "n_sources")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

# The codes of the map's own list of tags that name a weapon. What nobody could tell is harm done: `damage`.
KINDS = MappingProxyType(
    {"asc23": "shot", "asc25": "mine_uxo"}
    | dict.fromkeys(
        ("asc15", "asc16", "asc17", "asc18", "asc19", "asc20", "asc21", "asc22", "asc24", "asc26", "asc27"), "explosion"
    )
)
UNKNOWN = "damage"

# Estimated, graded assumed. Of 220 rows of another map (CIR) that cite a post of the same incident, February and March
# 2022, 65 % lie exactly as far north as east of what is written here, in degrees: evenly from 0 to BLUR_DEG. What is
# written is therefore taken for the south-western end of a stretch of this length that holds the place.
# `bench/fusion/real_civilian_harm.py` estimates both numbers again.
BLUR_DEG = 0.00078
# What is left across that stretch: assumed, the error of a place told by the buildings in a picture.
PLACE_SIGMA_M = 10.0
# Assumed: what happens within about an hour of midnight is dated by either day.
TIME_SIGMA_S = 3600.0
DEGREE_M = 111_195.0
# The file grades nothing by these scales.
RELIABILITY, CREDIBILITY = "F", 6
# One desk maps every incident once, so that no two rows are the same one.
SENSOR = "Bellingcat"


@dataclass(frozen=True, slots=True, kw_only=True)
class BellingcatSource:
    """Harm to civilians, one incident a row: means `reported`, phenomenon by the tagged weapon, else `damage`.

    The map blurs its places (BLUR_DEG): the fix is the middle of the stretch in which the place lies, its ellipse along
    that stretch. The point as written stays in `text`. A date is the whole of its local day, `unknown_within`, its ends
    soft (TIME_SIGMA_S); the hour in the file is 00:00 throughout and says nothing. `derived_from` names the posts that
    show it, as `post/<key>`. Nothing is said of who fired. Grades are F and 6: the file gives none.
    """

    version: str = "bellingcat/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with the columns that place and date an incident.
        """
        sheet = read_foreign(payload, NEEDED)
        typed, misfits = cast_table(READ, sheet.table, sheet.n_rows)
        problems = [*sheet.problems, *misfits, *missing_problems(READ, typed), *column_problems(READ, typed)]
        zone = ZoneInfo(setting.timezone)
        start, end, undated = whole_day(typed["date"].combine_chunks(), "date", _day, zone, "03/17/2022, month first")
        problems += undated
        table = _observations(typed, start, end, _text(sheet.table), payload)
        clash = "the incident '{value}' was described before in another way"
        problems += repeat_problems(table, table["id"].combine_chunks(), standing(sheet.n_rows, problems), "id", clash)
        stands, rejected = refuse(payload.name, sheet.n_rows, problems)
        return parsed(rejected, observations=table.filter(pa.array(stands)))


def _day(text: str) -> date:
    """The day that is written; raises ValueError where none can be read."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    month, day, year = (int(part) for part in found.groups())
    return date(year, month, day)


def _observations(typed: pa.Table, start: pa.Array, end: pa.Array, text: pa.Array, payload: RawPayload) -> pa.Table:
    n = typed.num_rows
    lat, lon = (np.asarray(typed[name].to_numpy(), dtype=np.float64) for name in ("lat", "lon"))
    narrower = np.cos(np.radians(lat))  # of a degree of longitude
    along = np.hypot(BLUR_DEG * DEGREE_M * np.hypot(1.0, narrower) / np.sqrt(12.0), PLACE_SIGMA_M)
    columns = {
        "id": typed["id"],
        "source": everywhere(payload.source, n),
        "sensor": everywhere(SENSOR, n),
        "record_kind": everywhere("observation", n),
        "means": everywhere("reported", n),
        "phenomenon": pa.array([_kind(tags or ()) for tags in typed["tags"].to_pylist()], _S),
        "time_start": start,
        "time_end": end,
        "time_kind": everywhere("unknown_within", n),
        "time_sigma_s": everywhere(TIME_SIGMA_S, n),
        "received_at": everywhere(payload.received_at, n),
        "lon_deg": pa.array((lon + 0.5 * BLUR_DEG).round(7)),
        "lat_deg": pa.array((lat + 0.5 * BLUR_DEG).round(7)),
        "sigma_major_m": pa.array(along.round(2)),
        "sigma_minor_m": everywhere(PLACE_SIGMA_M, n),
        "sigma_azimuth_deg": pa.array(np.degrees(np.arctan2(narrower, 1.0)).round(2)),
        "derived_from": posts(typed["source_keys"].combine_chunks()),
        "reliability": everywhere(RELIABILITY, n),
        "credibility": everywhere(CREDIBILITY, n),
        "text": text,
    }
    return as_observations(n, columns)


def _kind(tags: list[str] | tuple[()]) -> str:
    """What the first tag that names a weapon makes it."""
    return next((KINDS[tag] for tag in tags if tag in KINDS), UNKNOWN)


def posts(keys: pa.Array) -> pa.Array:
    """The posts that show it, each once, by names that no source and no row of another has."""
    named = [list(dict.fromkeys(f"post/{key}" for key in of_row or ())) or None for of_row in keys.to_pylist()]
    return pa.array(named, pa.list_(_S))


def _text(raw: pa.Table) -> pa.Array:
    """What the desk says of the incident, and the point and tags as written."""
    return told_as_text(raw, [name for name in TOLD if name in raw.column_names])


SOURCE = BellingcatSource()
