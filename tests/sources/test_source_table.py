import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from truceline.domain.columns import from_rows
from truceline.domain.observation import COLUMNS
from truceline.errors import SourceError

GOOD: dict[str, Any] = {
    "id": "a1",
    "sensor": "post 3",
    "means": "heard",
    "phenomenon": "explosion",
    "time": "2026-03-04T12:00:30+02:00",
    "sensor_lon_deg": 38.0,
    "sensor_lat_deg": 48.2,
    "sensor_sigma_m": 25.0,
    "sectors": [{"from_deg": 348.75, "to_deg": 11.25}, {"from_deg": 112.5, "to_deg": 157.5}],
    "range_min_m": 3000.0,
    "range_max_m": 6000.0,
    "count_low": 1,
    "count_high": 1,
    "releasable_to": ["north", "south"],
    "reliability": "B",
    "credibility": 2,
}
FIX = {"lon_deg": 38.0, "lat_deg": 48.0, "sigma_major_m": 50.0}
NO_POST = dict.fromkeys(("sensor_lon_deg", "sensor_lat_deg", "sensor_sigma_m", "sectors", "range_min_m", "range_max_m"))
SPAN = {"time": None, "time_start": "2026-03-04T10:00:00Z", "time_end": "2026-03-04T11:00:00Z"}


def ndjson(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def in_csv(row: dict[str, Any]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def as_row(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "time": datetime.fromisoformat(told["time"])}


BROKEN = [
    ({"phenomenon": "bang"}, "phenomenon", "explosion"),
    ({"means": "smelt"}, "means", "heard"),
    ({"time": "2026-03-04T12:00:30"}, "time", "give an offset"),
    ({"time": "2026-03-04"}, "time", "a date is no instant"),
    ({"time": "2026-02-30T12:00:30Z"}, "time", "not an instant"),
    ({"time": "yesterday"}, "time", "not an instant"),
    ({"time": "0026-03-04T12:00:30Z"}, "time", "1900"),
    ({"time": 12}, "time", "not an instant"),
    ({"time": None}, "time", "no time"),
    ({"time_start": "2026-03-04T10:00:00Z"}, "time", "two times"),
    ({**SPAN, "time_end": None, "time_kind": "throughout"}, "time_end", "without"),
    ({**SPAN, "time_start": None, "time_kind": "throughout"}, "time_start", "without"),
    (SPAN, "time_kind", "unknown_within"),
    ({**SPAN, "time_kind": "sometime"}, "time_kind", "throughout"),
    ({**SPAN, "time_kind": "throughout", "time_end": "2026-03-04T09:00:00Z"}, "time_end", "before it starts"),
    ({"sensor_lat_deg": 91.0}, "sensor_lat_deg", "between -90 and 90"),
    ({"time_sigma_s": -1.0}, "time_sigma_s", "between 0 and"),
    ({"time_sigma_s": float("nan")}, "time_sigma_s", "finite"),
    ({"range_max_m": float("inf")}, "range_max_m", "finite"),
    ({"range_max_m": 2000.0}, "range_max_m", "below the smallest"),
    ({"count_low": 3, "count_high": 2}, "count_high", "below the smallest"),
    ({"count_low": 1.5}, "count_low", "whole"),
    ({"count_low": -1}, "count_low", "between 0 and"),
    ({"count_low": "many"}, "count_low", "whole"),
    ({"count_low": True}, "count_low", "whole"),
    ({"range_min_m": "3 km"}, "range_min_m", "not a number"),
    ({"killed_low": 2, "killed_high": 1}, "killed_high", "below the smallest"),
    ({"sensor": 1.5}, "sensor", "not text"),
    ({"sensor": "half a character \ud83d"}, "sensor", "not text"),
    ({"releasable_to": "north"}, "releasable_to", "not a list"),
    ({"sectors": [{"from_deg": 10.0}]}, "sectors", "from_deg"),
    ({"sectors": [{"from_deg": 10.0, "to_deg": 370.0}]}, "sectors", "between 0 and 360"),
    ({"sectors": [{"from_deg": 10.0, "to_deg": 10.0}]}, "sectors", "different"),
    ({"sensor_lon_deg": None}, "sensor_lon_deg", "give both"),
    ({"sensor_lat_deg": None}, "sensor_lat_deg", "give both"),
    ({**NO_POST, "sectors": GOOD["sectors"], "area": "x"}, "sectors", "seen from somewhere"),
    ({**NO_POST, "bearing_deg": 10.0, "bearing_sigma_deg": 2.0, "area": "x"}, "bearing_deg", "seen from somewhere"),
    ({"bearing_deg": 10.0}, "bearing_sigma_deg", "standard deviation"),
    (NO_POST, "lon_deg", "no place"),
    ({**NO_POST, **FIX, "lon_deg": None}, "lon_deg", "give both"),
    ({**NO_POST, **FIX, "lat_deg": None}, "lat_deg", "give both"),
    ({**NO_POST, **FIX, "sigma_major_m": None}, "sigma_major_m", "needs its error"),
    ({**NO_POST, **FIX, "sigma_major_m": 0.0}, "sigma_minor_m", "no fix is exact"),
    ({**NO_POST, **FIX, "sigma_minor_m": 90.0}, "sigma_major_m", "swap"),
    ({"sigma_major_m": 90.0}, "lon_deg", "without a fix"),
    ({**NO_POST, "area": "POLYGON ((38 48, 39"}, "area", "neither a name nor WKT"),
    ({**NO_POST, "area": "POINT (38 48)"}, "area", "Point is no area"),
    ({**NO_POST, "area": "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))"}, "area", "crosses itself"),
    ({**NO_POST, "area": "POLYGON ((48 138, 49 138, 49 139, 48 138))"}, "area", "longitude first"),
    ({"record_kind": "claim"}, "author_party", "party"),
    ({"record_kind": "restriction"}, "restriction_kind", "denial"),
    ({"reliability": "G"}, "reliability", "A, B"),
    ({"credibility": 7}, "credibility", "between 1 and 6"),
]


@pytest.mark.parametrize(("change", "field", "reason"), BROKEN)
def test_a_broken_row_is_refused_by_its_field_and_the_others_stand(parse, change, field, reason) -> None:
    parsed = parse("table", "a.ndjson", ndjson(GOOD, {**GOOD, "id": "a2", **change}, {**GOOD, "id": "a3"}))
    assert parsed.observations.column("id").to_pylist() == ["a1", "a3"]
    [refused] = parsed.rejected
    assert (refused.file, refused.row, refused.field) == ("a.ndjson", 2, field)
    assert reason in refused.reason


def test_the_three_formats_say_the_same(parse) -> None:
    told = ndjson(GOOD)
    written = {**GOOD, "sectors": "348.75-11.25; 112.5-157.5", "releasable_to": "north;south"}
    columns = from_rows(COLUMNS, [as_row(GOOD)])
    a = parse("table", "a.ndjson", told)
    b = parse("table", "a.csv", in_csv(written))
    c = parse("table", "A.PARQUET", parquet(columns))
    assert a.rejected == b.rejected == c.rejected == ()
    assert a.observations.equals(b.observations)
    assert a.observations.equals(c.observations)
    assert a.observations.column("time").to_pylist() == [datetime(2026, 3, 4, 10, 0, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"range_min_m": "3 km"}, "range_min_m", "not a number"),
        ({"range_min_m": "3,5"}, "range_min_m", "decimal point"),
        ({"range_min_m": "nan"}, "range_min_m", "not a number"),
        ({"range_min_m": "1e999"}, "range_min_m", "not a number"),
        ({"count_low": "1.5"}, "count_low", "whole"),
        ({"sectors": "SE"}, "sectors", "112.5-157.5"),
        ({"sectors": "112.5-157.5;"}, "sectors", "112.5-157.5"),
        ({"time": "2026-03-04T25:00:00Z"}, "time", "not an instant"),
    ],
)
def test_csv_text_that_is_no_value_is_shown_as_received(parse, cells, field, reason) -> None:
    row = {**GOOD, "sectors": "112.5-157.5", "releasable_to": ""} | cells
    [refused] = parse("table", "a.csv", in_csv(row)).rejected
    assert (refused.field, refused.value) == (field, cells[field])
    assert reason in refused.reason


def test_csv_numbers_may_be_written_as_other_programs_do(parse) -> None:
    row = {
        **GOOD,
        "sectors": "",
        "releasable_to": "",
        "count_low": "1.0",
        "range_min_m": "+3E3",
        "range_max_m": " 6000 ",
    }
    parsed = parse("table", "a.csv", in_csv(row))
    assert parsed.rejected == ()
    [got] = parsed.observations.to_pylist()
    assert (got["count_low"], got["range_min_m"], got["range_max_m"]) == (1, 3000.0, 6000.0)
    assert got["sectors"] is None
    assert got["releasable_to"] is None


def test_csv_row_of_the_wrong_width_is_kept_as_refused(parse) -> None:
    body = b"id,time,area\na,2026-03-04T10:00:00Z,x\nb,2026-03-04T10:00:00Z\n\nc,2026-03-04T10:00:00Z,x,y\n"
    parsed = parse("table", "a.csv", body)
    assert parsed.observations.column("id").to_pylist() == ["a"]
    assert [(r.row, r.value) for r in parsed.rejected] == [
        (2, "b,2026-03-04T10:00:00Z"),
        (3, "c,2026-03-04T10:00:00Z,x,y"),
    ]


@pytest.mark.parametrize("line", ["[1]", "3", "{", '{"id": "a", "id": "b"}', "[" * 100_000])
def test_ndjson_line_that_is_no_row_is_refused(parse, line) -> None:
    parsed = parse("table", "a.ndjson", line.encode() + b"\n" + ndjson(GOOD))
    assert parsed.observations.num_rows == 1
    assert [(r.row, r.field) for r in parsed.rejected] == [(1, "(row)")]


@pytest.mark.parametrize(
    ("name", "array", "reason"),
    [
        ("time", pa.array([0], pa.timestamp("us")), "give an offset"),
        ("time", pa.array([0], pa.date32()), "a date is no instant"),
        ("time", pa.array([5]), "int64"),
        ("time", pa.array([2**61], pa.timestamp("us", "UTC")), "1900"),
        ("range_min_m", pa.array([True]), "bool"),
        ("count_low", pa.array([2**63], pa.uint64()), "whole"),
        ("sensor", pa.array([b"x"]), "binary"),
        ("sectors", pa.array([["SE"]]), "sectors"),
        ("releasable_to", pa.array([{"a": 1}]), "not a list"),
    ],
)
def test_parquet_columns_of_the_wrong_type_refuse_their_rows(parse, name, array, reason) -> None:
    table = from_rows(COLUMNS, [as_row(GOOD)])
    table = table.set_column(table.column_names.index(name), name, array)
    [refused] = parse("table", "a.parquet", parquet(table)).rejected
    assert (refused.row, refused.field) == (1, name)
    assert reason in refused.reason


def test_parquet_columns_of_near_types_are_taken(parse) -> None:
    table = from_rows(COLUMNS, [as_row(GOOD)])
    near = {
        "time": pa.array([1_772_618_430_000_000_001], pa.timestamp("ns", "Europe/Kyiv")),
        "range_min_m": pa.array([3000], pa.int16()),
        "count_low": pa.array([1.0], pa.float32()),
        "sensor": pa.array(["post 3"]).dictionary_encode(),
        "phenomenon": pa.array(["explosion"], pa.large_string()),
        "id": pa.array(["a1"]),
    }
    for name, array in near.items():
        table = table.set_column(table.column_names.index(name), name, array)
    parsed = parse("table", "a.parquet", parquet(table))
    assert parsed.rejected == ()
    assert parsed.observations.equals(parse("table", "a.ndjson", ndjson(GOOD)).observations)


def test_what_is_not_stated_is_filled_as_the_interchange_says(parse) -> None:
    bare = {"time": "2026-03-04T10:00:00Z", **FIX}
    [row] = parse("table", "a.ndjson", ndjson(bare)).observations.to_pylist()
    assert row["source"] == "north-office"
    assert row["received_at"] == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert row["record_kind"] == "observation"
    assert (row["reliability"], row["credibility"]) == ("F", 6)
    assert (row["sigma_minor_m"], row["sigma_azimuth_deg"]) == (50.0, 0.0)
    assert row["sensor_sigma_m"] is None
    assert row["sectors"] is None


def test_an_id_comes_from_the_content_in_any_format_and_order(parse) -> None:
    bare = {k: v for k, v in GOOD.items() if k != "id"}
    other = {**bare, "count_high": 2}
    a = parse("table", "a.ndjson", ndjson(bare, other)).observations.column("id").to_pylist()
    b = (
        parse("table", "b.ndjson", ndjson({"id": "own", **FIX, **GOOD}, other, bare))
        .observations.column("id")
        .to_pylist()
    )
    c = parse("table", "a.parquet", parquet(from_rows(COLUMNS, [as_row(bare)]))).observations.column("id").to_pylist()
    assert a[0] != a[1]
    assert b == ["a1", a[1], a[0]]
    assert c == [a[0]]


def test_a_later_row_with_a_used_id_is_a_repeat_or_a_clash(parse) -> None:
    elsewhere = {**GOOD, "source": "south-office"}
    parsed = parse("table", "a.ndjson", ndjson(GOOD, GOOD, {**GOOD, "count_high": 2}, elsewhere))
    assert parsed.observations.column("source").to_pylist() == ["north-office", "south-office"]
    assert [(r.row, r.field, r.value) for r in parsed.rejected] == [(2, "id", "a1"), (3, "id", "a1")]
    assert parsed.rejected[0].reason == "repeats row 1"
    assert "'a1' was used before" in parsed.rejected[1].reason


def test_a_refused_row_does_not_use_up_its_id(parse) -> None:
    parsed = parse("table", "a.ndjson", ndjson({**GOOD, "means": "smelt"}, GOOD))
    assert parsed.observations.num_rows == 1
    assert [r.row for r in parsed.rejected] == [1]


def test_an_unknown_column_refuses_the_file_with_the_nearest_name(parse) -> None:
    with pytest.raises(SourceError, match=r"a.ndjson: unknown column 'phenomenn'. Did you mean 'phenomenon'"):
        parse("table", "a.ndjson", ndjson({**GOOD, "phenomenn": "explosion"}))
    with pytest.raises(SourceError, match=r"unknown column 'xyzzy'. Known: id, source"):
        parse("table", "a.csv", b"id,xyzzy\n1,2\n")
    with pytest.raises(SourceError, match=r"'id' comes twice"):
        parse("table", "a.csv", b"id,id\n1,2\n")
    with pytest.raises(SourceError, match=r"unknown column 'sensor_lon'. Did you mean 'sensor_lon_deg'"):
        parse("table", "a.parquet", parquet(pa.table({"sensor_lon": [1.0]})))


def test_a_file_without_rows_gives_none(parse) -> None:
    for file, body in (("a.csv", b"id,time\n"), ("a.parquet", parquet(from_rows(COLUMNS, [])))):
        parsed = parse("table", file, body)
        assert parsed.observations.num_rows == 0
        assert parsed.rejected == ()


def test_many_rows_over_several_chunks_keep_their_numbers(parse) -> None:
    lines = [json.dumps({"id": str(n), "time": "2026-03-04T10:00:00Z", "area": "x"}) for n in range(1, 60_001)]
    lines[54_999] = "oops"
    parsed = parse("table", "a.ndjson", "\n".join(lines).encode())
    assert [(r.row, r.value) for r in parsed.rejected] == [(55_000, "oops")]
    ids = parsed.observations.column("id").to_pylist()
    assert ids == [str(n) for n in range(1, 60_001) if n != 55_000]
