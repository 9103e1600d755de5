"""Deadly events of the UCDP Georeferenced Event Dataset (GED, CSV), with the precision that its coders stated."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.columns import TIMESTAMP, Column
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.sources.casting import cast_table
from truceline.sources.checks import (
    Problem,
    column_problems,
    flags,
    missing_problems,
    parsed,
    problem,
    refuse,
    repeat_problems,
    standing,
)
from truceline.sources.foreign import as_observations, everywhere, looked_up, read_foreign, told_as_text

_S, _F, _I = pa.string(), pa.float64(), pa.int64()
READ = (
    Column(name="id", type=_S, meaning="number of the event", required=True),
    Column(name="latitude", type=_F, meaning="of the point that stands for the place", low=-90, high=90, required=True),
    Column(
        name="longitude", type=_F, meaning="of the point that stands for the place", low=-180, high=180, required=True
    ),
    Column(name="where_prec", type=_I, meaning="how precise the place is, 1 to 7", low=1, high=7, required=True),
    Column(name="date_start", type=_S, meaning="first local day on which it may have been", required=True),
    Column(name="date_end", type=_S, meaning="last local day on which it may have been", required=True),
    Column(name="date_prec", type=_I, meaning="how precise the date is, 1 to 5", low=1, high=5, required=True),
    Column(name="event_clarity", type=_I, meaning="1: one event; 2: a total of several", low=1, high=2),
    Column(name="low", type=_I, meaning="killed, lowest estimate", low=0, high=1e9),
    Column(name="best", type=_I, meaning="killed, best estimate", low=0, high=1e9),
    Column(name="high", type=_I, meaning="killed, highest estimate", low=0, high=1e9),
    Column(name="source_office", type=_S, meaning="who published it, separated by ;"),
)
NEEDED = tuple(c.name for c in READ if c.required)
TOLD = (
    "relid", "type_of_violence", "side_a", "side_b", "where_prec", "where_coordinates", "where_description", "adm_1",
    "adm_2", "date_prec", "event_clarity", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best",
    "number_of_sources", "source_article",
)  # fmt: skip
VIOLENCE = MappingProxyType({"1": "state-based", "2": "non-state", "3": "one-sided"})
_DAY = r"^\d{4}-\d{2}-\d{2}( 00:00:00(\.0+)?)?$"

# One standard deviation per axis by `where_prec`. The codes are those of the UCDP GED codebook (Högbladh; the words
# again in https://rdrr.io/cran/mapme.biodiversity/man/fatalities_ucpd.html): 1 the named place itself; 2 within about
# 25 km of it; 3 and 4 the middle of a second or first order administrative unit; 5 a stretch or a region without
# borders; 6 a country; 7 international waters or airspace. No codebook says metres. Code 2 is derived: even over a
# disc of 25 km is 12.5 km per axis. The others are assumed: a town and its surroundings; discs as large as such units
# are on average (2,700 km2, 36,000 km2, 670,000 km2); for 5 and 7 a first order unit and twice that.
PLACE_SIGMA_M = MappingProxyType(
    {1: 1_500.0, 2: 12_500.0, 3: 15_000.0, 4: 55_000.0, 5: 55_000.0, 6: 230_000.0, 7: 110_000.0}
)
# UCDP grades no event and no source by these scales: reliability and credibility cannot be judged from its file.
RELIABILITY, CREDIBILITY = "F", 6
# One desk codes every event once, so that no two rows are the same one.
SENSOR = "UCDP GED"


@dataclass(frozen=True, slots=True, kw_only=True)
class UcdpSource:
    """Deadly events as a research programme coded them from news: means `reported`, phenomenon `casualty`.

    A place is a fix as wide as its precision code says (PLACE_SIGMA_M); a date is the whole of its local days, in the
    mission's time zone: `unknown_within` them for one event, `throughout` them where the source gave only a total of
    several (`event_clarity` 2). Killed runs from the smallest to the largest of the three estimates. Nothing is said of
    who fired: the two sides of the conflict stand in `text` only. Grades are F and 6: UCDP gives none.
    """

    version: str = "ucdp/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one CSV file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file is not UTF-8 CSV with the columns that place and date an event.
        """
        sheet = read_foreign(payload, NEEDED)
        typed, misfits = cast_table(READ, sheet.table, sheet.n_rows)
        problems = [*sheet.problems, *misfits, *missing_problems(READ, typed), *column_problems(READ, typed)]
        zone = ZoneInfo(setting.timezone)
        start, end = _midnights(typed, "date_start", zone, 0), _midnights(typed, "date_end", zone, 1)
        problems += _date_problems(typed, start, end)
        table = _observations(typed, start, end, _text(sheet.table), payload)
        clash = "the event '{value}' was described before in another way"
        problems += repeat_problems(table, table["id"].combine_chunks(), standing(sheet.n_rows, problems), "id", clash)
        stands, rejected = refuse(payload.name, sheet.n_rows, problems)
        return parsed(rejected, observations=table.filter(pa.array(stands)))


def _by_word(given: pa.Array, read: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """What `read` makes of every distinct text, once; null stays null."""
    words = given.dictionary_encode()
    found = pa.array([read(word) for word in words.dictionary.to_pylist()], kind)
    return found.take(words.indices)


def _midnights(typed: pa.Table, name: str, zone: ZoneInfo, days: int) -> pa.Array:
    """UTC of the local midnight `days` after the day that is written; null where none can be read."""

    def midnight(text: str) -> datetime | None:
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            return None
        if not 1900 <= day.year < 2200:
            return None
        return datetime.combine(day + timedelta(days=days), time(), tzinfo=zone).astimezone(UTC)

    given = typed[name].combine_chunks()
    written = pc.if_else(pc.match_substring_regex(given, _DAY), given, pa.scalar(None, _S))
    return _by_word(written, midnight, TIMESTAMP)


def _date_problems(typed: pa.Table, start: pa.Array, end: pa.Array) -> list[Problem]:
    found: list[Problem] = []
    for name, moments in (("date_start", start), ("date_end", end)):
        unread = flags(pc.is_null(moments)) & flags(pc.is_valid(typed[name]))
        found += problem(name, "not a date between 1900 and 2200: write e.g. 2018-09-05", unread, typed[name])
    backwards = flags(pc.less(typed["date_end"], typed["date_start"]))
    one_day = flags(pc.equal(typed["date_end"], typed["date_start"])) & flags(pc.greater(typed["date_prec"], 1))
    return [
        *found,
        *problem("date_end", "before date_start: swap the two", backwards, typed["date_end"]),
        *problem(
            "date_prec",
            "says that the day is not known, but the row names one day: correct one of the two",
            one_day,
            typed["date_prec"],
        ),
    ]


def _observations(typed: pa.Table, start: pa.Array, end: pa.Array, text: pa.Array, payload: RawPayload) -> pa.Table:
    n = typed.num_rows
    estimates = [typed[name] for name in ("low", "best", "high")]
    sigma = looked_up(typed["where_prec"].combine_chunks(), PLACE_SIGMA_M)
    columns = {
        "id": typed["id"],
        "source": everywhere(payload.source, n),
        "sensor": everywhere(SENSOR, n),
        "record_kind": everywhere("observation", n),
        "means": everywhere("reported", n),
        "phenomenon": everywhere("casualty", n),
        "time_start": start,
        "time_end": end,
        "time_kind": pc.if_else(pc.equal(pc.fill_null(typed["event_clarity"], 1), 2), "throughout", "unknown_within"),
        "received_at": everywhere(payload.received_at, n),
        "lon_deg": typed["longitude"],
        "lat_deg": typed["latitude"],
        "sigma_major_m": sigma,
        "sigma_minor_m": sigma,
        "sigma_azimuth_deg": everywhere(0.0, n),
        # in a few rows of GED the best estimate lies outside the other two: all three bound what is known
        "killed_low": pc.min_element_wise(*estimates),
        "killed_high": pc.max_element_wise(*estimates),
        "derived_from": _by_word(typed["source_office"].combine_chunks(), _offices, pa.list_(_S)),
        "reliability": everywhere(RELIABILITY, n),
        "credibility": everywhere(CREDIBILITY, n),
        "text": text,
    }
    return as_observations(n, columns)


def _offices(written: str) -> list[str] | None:
    """Who published, each once, in the order of the file."""
    return list(dict.fromkeys(name for part in written.split(";") if (name := part.strip()))) or None


def _text(raw: pa.Table) -> pa.Array:
    """What the coders say of the event; the kind of violence in words."""
    if "type_of_violence" in raw.column_names:
        kind = raw["type_of_violence"].combine_chunks()
        words = pc.coalesce(looked_up(kind, VIOLENCE), kind)
        raw = raw.set_column(raw.column_names.index("type_of_violence"), "type_of_violence", words)
    return told_as_text(raw, [name for name in TOLD if name in raw.column_names])


SOURCE = UcdpSource()
