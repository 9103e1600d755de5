"""The interchange table itself (parquet, ndjson, csv): checked column by column, rows built only for refusals."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.domain.observation import COLUMNS
from truceline.sources.casting import cast_table
from truceline.sources.checks import (
    Flags,
    Problem,
    area_problems,
    column_problems,
    flags,
    in_words,
    order_problems,
    parsed,
    problem,
    refuse,
    repeat_problems,
    standing,
)
from truceline.sources.reading import Sheet, read_sheet

# Admiralty grades of a row that states none: "reliability cannot be judged", "truth cannot be judged".
UNJUDGED_RELIABILITY, UNJUDGED_CREDIBILITY = "F", 6
# A row that writes an observer's coordinates in figures but not their error is taken to have read them off a
# satellite receiver. Assumed: no source states it. State sensor_sigma_m where that is not so.
ASSUMED_SENSOR_SIGMA_M = 10.0
CLASH = "the id '{value}' was used before for another row: give each row its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """Rows of the observation table as somebody else's program wrote them.

    A row without id gets one from its content, without source the payload's, without grade F/6 (cannot be judged),
    without record kind "observation"; a fix without minor axis is round; see also ASSUMED_SENSOR_SIGMA_M.
    """

    version: str = "table/1"

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one file; every row comes back as an observation or as a Rejected with its first problem.

        Raises
        ------
        SourceError
            if the file cannot be opened as its suffix says, or names a column that the table does not have.
        """
        sheet = read_sheet(payload, COLUMNS)
        table, problems = read_rows(sheet, payload)
        problems += repeat_problems(table, keys_of(table), standing(sheet.n_rows, problems), "id", CLASH)
        stands, rejected = refuse(payload.name, sheet.n_rows, problems)
        return parsed(rejected, observations=table if stands.all() else table.filter(pa.array(stands)))


def read_rows(sheet: Sheet, payload: RawPayload) -> tuple[pa.Table, list[Problem]]:
    """The rows of a sheet as the interchange has them, and what is wrong with each by itself."""
    typed, misfits = cast_table(COLUMNS, sheet.table, sheet.n_rows)
    table = _filled(_with_ids(typed), payload)
    return table, [*sheet.problems, *misfits, *column_problems(COLUMNS, table), *_row_problems(table)]


def keys_of(table: pa.Table) -> pa.Array:
    """What no two rows may share: source and id."""
    return pc.binary_join_element_wise(
        table.column("source").combine_chunks(), table.column("id").combine_chunks(), "\x1f"
    )


def _set(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def _with_ids(table: pa.Table) -> pa.Table:
    """Rows without an id get the hash of what they say: the same row is the same row in any file."""
    ids = table.column("id").combine_chunks()
    if not ids.null_count:
        return table
    missing = pc.is_null(ids)
    said = in_words(table.filter(missing), skip=("id",)).to_pylist()
    derived = [f"c-{hashlib.sha256(row.encode()).hexdigest()[:24]}" for row in said]
    return _set(table, "id", pc.replace_with_mask(ids, missing, pa.array(derived, pa.string())))


def _filled(table: pa.Table, payload: RawPayload) -> pa.Table:
    """`table` with what the interchange says a null means."""
    at_a_post = flags(pc.is_valid(table.column("sensor_lon_deg")))
    at_a_fix = flags(pc.is_valid(table.column("lon_deg")))
    meant = {
        "source": payload.source,
        "received_at": pa.scalar(payload.received_at, table.column("received_at").type),
        "record_kind": "observation",
        "reliability": UNJUDGED_RELIABILITY,
        "credibility": UNJUDGED_CREDIBILITY,
        "sensor_sigma_m": _where(at_a_post, ASSUMED_SENSOR_SIGMA_M),
        "sigma_minor_m": table.column("sigma_major_m"),
        "sigma_azimuth_deg": _where(at_a_fix, 0.0),
    }
    for name, value in meant.items():
        given = table.column(name)
        if given.null_count:
            table = _set(table, name, pc.coalesce(given, value))
    return table


def _where(rows: Flags, value: float) -> pa.Array:
    return pa.array(np.full(len(rows), value), mask=~rows)


def _has(table: pa.Table, name: str) -> Flags:
    return flags(pc.is_valid(table.column(name)))


def _row_problems(table: pa.Table) -> list[Problem]:
    return [
        *_kind_problems(table),
        *_time_problems(table),
        *_order_problems(table),
        *_place_problems(table),
        *area_problems(table),
    ]


def _kind_problems(table: pa.Table) -> list[Problem]:
    kind = table.column("record_kind")
    claim, restriction = flags(pc.equal(kind, "claim")), flags(pc.equal(kind, "restriction"))
    return [
        *problem("author_party", "a claim needs the party that makes it", claim & ~_has(table, "author_party")),
        *problem(
            "restriction_kind",
            "a restriction needs its kind: denial, delay, condition, jamming or interference",
            restriction & ~_has(table, "restriction_kind"),
        ),
    ]


def _time_problems(table: pa.Table) -> list[Problem]:
    at, start, end, kind = (_has(table, name) for name in ("time", "time_start", "time_end", "time_kind"))
    part = start | end | kind
    return [
        *problem("time", "no time: give time, or time_start, time_end and time_kind", ~at & ~part),
        *problem(
            "time",
            "two times: give time, or time_start to time_end, not both",
            at & part,
            table.column("time"),
        ),
        *problem("time_start", "time_end without time_start: give both ends", part & ~at & ~start),
        *problem("time_end", "time_start without time_end: give both ends", part & ~at & start & ~end),
        *problem(
            "time_kind",
            "say unknown_within (one instant somewhere in the interval) or throughout (several, all over it)",
            start & end & ~at & ~kind,
        ),
        *order_problems(table, "time_start", "time_end", "ends before it starts: swap the two, or correct the date"),
    ]


def _order_problems(table: pa.Table) -> list[Problem]:
    reason = "below the smallest value of the same statement: swap the two"
    pairs = (
        ("count_low", "count_high"),
        ("killed_low", "killed_high"),
        ("injured_low", "injured_high"),
        ("range_min_m", "range_max_m"),
    )
    return [found for low, high in pairs for found in order_problems(table, low, high, reason)]


def _place_problems(table: pa.Table) -> list[Problem]:
    lon, lat, major = (_has(table, name) for name in ("lon_deg", "lat_deg", "sigma_major_m"))
    post_lon, post_lat = _has(table, "sensor_lon_deg"), _has(table, "sensor_lat_deg")
    fix, post = lon & lat & major, post_lon & post_lat
    toothless = flags(pc.less_equal(table.column("sigma_minor_m"), 0.0))
    found = [
        *problem("lon_deg", "lat_deg without lon_deg: give both", lat & ~lon),
        *problem("lat_deg", "lon_deg without lat_deg: give both", lon & ~lat),
        *problem("lon_deg", "an error ellipse without a fix: give lon_deg and lat_deg", major & ~lon & ~lat),
        *problem(
            "sigma_major_m",
            "a fix needs its error: give one standard deviation in metres",
            lon & lat & ~major,
        ),
        *problem("sigma_minor_m", "no fix is exact: give an error above zero", fix & toothless),
        *order_problems(table, "sigma_minor_m", "sigma_major_m", "smaller than sigma_minor_m: swap the two"),
        *problem("sensor_lon_deg", "sensor_lat_deg without sensor_lon_deg: give both", post_lat & ~post_lon),
        *problem("sensor_lat_deg", "sensor_lon_deg without sensor_lat_deg: give both", post_lon & ~post_lat),
        *problem(
            "bearing_sigma_deg",
            "a bearing needs its error: give one standard deviation in degrees",
            _has(table, "bearing_deg") & ~_has(table, "bearing_sigma_deg"),
        ),
    ]
    for name in ("bearing_deg", "sectors", "range_min_m", "range_max_m"):
        reason = f"{name} is seen from somewhere: give sensor_lon_deg and sensor_lat_deg"
        found += problem(name, reason, _has(table, name) & ~post, table.column(name))
    placeless = ~fix & ~post & ~_has(table, "area")
    return found + problem(
        "lon_deg", "no place: give a fix with its error, the observer's position, or an area", placeless
    )


SOURCE = TableSource()
