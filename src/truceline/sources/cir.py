"""Entries of the Eyes on Russia map of the Centre for Information Resilience (CSV): one post or picture a row."""

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.columns import Column
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.geo.arrays import F64
from truceline.sources.bellingcat import DEGREE_M, TIME_SIGMA_S, posts
from truceline.sources.casting import cast_table
from truceline.sources.checks import column_problems, missing_problems, parsed, refuse, repeat_problems, standing
from truceline.sources.foreign import as_observations, everywhere, read_foreign, told_as_text
from truceline.sources.local_days import whole_day

_S, _F = pa.string(), pa.float64()
READ = (
    Column(name="entry", type=_S, meaning="number of the entry", required=True),
    Column(name="date", type=_S, meaning="local day", required=True),
    Column(name="lat", type=_F, meaning="of the place", low=-90, high=90, required=True),
    Column(name="lon", type=_F, meaning="of the place", low=-180, high=180, required=True),
    Column(name="event_group", type=_S, meaning="what it is about"),
    Column(name="source_keys", type=pa.list_(_S), meaning="posts that show it"),
)
NEEDED = tuple(c.name for c in READ if c.required)
TOLD = (
    "event_group", "title", "brief description", "country", "province", "district", "town/city", "arms/munition",
    "violence level",
)  # fmt: skip

# By how the group begins or what is in it (as written: "Civilian Infrastructure Damage March 2022"), first match.
KINDS = (
    (re.compile("damage|loss", re.IGNORECASE), "damage"),
    (re.compile("bombing|explosion", re.IGNORECASE), "explosion"),
    (re.compile("casualt|grave|burial", re.IGNORECASE), "casualty"),
    (re.compile("munition", re.IGNORECASE), "mine_uxo"),
    (re.compile("firing position", re.IGNORECASE), "muzzle_flash"),
    (re.compile("presence", re.IGNORECASE), "troops"),
    (re.compile("ground battle", re.IGNORECASE), "burst"),
)
PHASES = MappingProxyType({"muzzle_flash": "outgoing"})
OTHER = "other"

# Estimated, graded assumed: what a picture shows lies beside the middle of what happened. The middle of the widths, 40
# to 80 m, that find the pairs of February and March 2022 equally well (bench/fusion/real_civilian_harm.py).
PLACE_SIGMA_M = 60.0
# The file grades nothing by these scales.
RELIABILITY, CREDIBILITY = "F", 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CirSource:
    """Geolocated posts and pictures, one a row: means `reported`, phenomenon by the group the map puts it in.

    A place is a fix of PLACE_SIGMA_M and the rounding of the coordinates as they are written. A date is the whole of
    its local day, `unknown_within`, its ends soft. Several rows may show one event, so none names a sensor: each is its
    own witness. `derived_from` names the posts, as `post/<key>`. Nothing is said of who fired. Grades are F and 6: the
    file gives none.
    """

    version: str = "cir/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with the columns that place and date an entry.
        """
        sheet = read_foreign(payload, NEEDED)
        typed, misfits = cast_table(READ, sheet.table, sheet.n_rows)
        problems = [*sheet.problems, *misfits, *missing_problems(READ, typed), *column_problems(READ, typed)]
        zone = ZoneInfo(setting.timezone)
        day = typed["date"].combine_chunks()
        start, end, undated = whole_day(day, "date", date.fromisoformat, zone, "2022-03-17")
        problems += undated
        table = _observations(typed, start, end, sheet.table, payload)
        clash = "the entry '{value}' was described before in another way"
        problems += repeat_problems(table, table["id"].combine_chunks(), standing(sheet.n_rows, problems), "id", clash)
        stands, rejected = refuse(payload.name, sheet.n_rows, problems)
        return parsed(rejected, observations=table.filter(pa.array(stands)))


def _observations(typed: pa.Table, start: pa.Array, end: pa.Array, raw: pa.Table, payload: RawPayload) -> pa.Table:
    n = typed.num_rows
    kinds = [_kind(group or "") for group in typed["event_group"].to_pylist()]
    sigma = pa.array(np.hypot(PLACE_SIGMA_M, _rounding_m(raw, n)).round(2))
    columns = {
        "id": typed["entry"],
        "source": everywhere(payload.source, n),
        "record_kind": everywhere("observation", n),
        "means": everywhere("reported", n),
        "phenomenon": pa.array(kinds, _S),
        "phase": pa.array([PHASES.get(kind) for kind in kinds], _S),
        "time_start": start,
        "time_end": end,
        "time_kind": everywhere("unknown_within", n),
        "time_sigma_s": everywhere(TIME_SIGMA_S, n),
        "received_at": everywhere(payload.received_at, n),
        "lon_deg": typed["lon"],
        "lat_deg": typed["lat"],
        "sigma_major_m": sigma,
        "sigma_minor_m": sigma,
        "sigma_azimuth_deg": everywhere(0.0, n),
        "derived_from": posts(typed["source_keys"].combine_chunks()),
        "reliability": everywhere(RELIABILITY, n),
        "credibility": everywhere(CREDIBILITY, n),
        "text": told_as_text(raw, [name for name in TOLD if name in raw.column_names]),
    }
    return as_observations(n, columns)


def _kind(group: str) -> str:
    return next((kind for pattern, kind in KINDS if pattern.search(group)), OTHER)


def _rounding_m(raw: pa.Table, n_rows: int) -> F64:
    """Error (n,) of coordinates with as many decimals as the finer of the two has: a final zero may be left out."""
    decimals = np.zeros(n_rows, dtype=np.int64)
    for name in ("lat", "lon"):
        written = pc.utf8_trim_whitespace(pc.fill_null(raw[name].combine_chunks(), ""))
        digits = pc.utf8_length(pc.replace_substring_regex(written, r"^[^.]*\.?", ""))
        decimals = np.maximum(decimals, np.asarray(digits))
    return np.asarray(DEGREE_M * 10.0 ** -np.minimum(decimals, 6).astype(np.float64) / np.sqrt(12.0))


SOURCE = CirSource()
