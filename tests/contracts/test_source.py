"""The door "source": parse is pure, total and repeatable, and every accepted row has time, place with error, grade."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truceline import menu
from truceline.domain import coverage, observation, published_count
from truceline.domain.columns import Column
from truceline.domain.ids import SourceId
from truceline.domain.inputs import NamedPlace, Parsed, RawPayload, Setting
from truceline.errors import SourceError

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "sources"
RECEIVED = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
TABLES = {
    "observations": observation.COLUMNS,
    "coverage": coverage.COLUMNS,
    "published_counts": published_count.COLUMNS,
}
SUFFIXES = (".csv", ".ndjson", ".parquet", ".csv.gz", ".txt", "")

every_source = pytest.mark.parametrize("name", menu.names("source"))


def read_setting() -> Setting:
    told = json.loads((FIXTURES / "setting.json").read_text())
    places = {}
    for one in told["places"]:
        aliases = one.pop("aliases")
        place = NamedPlace(reference="made for these tests", **one)
        places |= {called.casefold(): place for called in (place.name, *aliases)}
    parts = {part: (start, end) for part, (start, end) in told["day_parts"].items()}
    return Setting(timezone=told["timezone"], places=places, day_parts=parts)


SETTING = read_setting()


def raw_file(name: str) -> Path:
    found = sorted((FIXTURES / name).glob("raw.*"))
    assert len(found) == 1, f"source '{name}' needs one fixture {FIXTURES / name}/raw.*"
    return found[0]


def payload(name: str, file: str, body: bytes) -> RawPayload:
    return RawPayload(source=SourceId(f"{name}-test"), name=file, received_at=RECEIVED, body=body)


def parse(name: str) -> Parsed:
    raw = raw_file(name)
    return menu.choose("source", name).parse(payload(name, raw.name, raw.read_bytes()), SETTING)


def in_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def stated(table: pa.Table) -> list[dict[str, Any]]:
    return [{k: in_json(v) for k, v in row.items() if v is not None} for row in table.to_pylist()]


def as_json(parsed: Parsed) -> dict[str, Any]:
    told: dict[str, Any] = {name: stated(getattr(parsed, name)) for name in TABLES}
    told["rejected"] = [
        {"file": r.file, "row": r.row, "field": r.field, "reason": r.reason, "value": r.value} for r in parsed.rejected
    ]
    return told


@every_source
def test_fixture_gives_what_was_written_down(name: str) -> None:
    assert as_json(parse(name)) == json.loads((FIXTURES / name / "expected.json").read_text())


@every_source
def test_the_fixture_shows_accepted_and_refused_rows(name: str) -> None:
    parsed = parse(name)
    assert parsed.rejected
    assert sum(getattr(parsed, table).num_rows for table in TABLES) > 2


@every_source
def test_parse_is_repeatable_and_leaves_its_setting_alone(name: str) -> None:
    before = read_setting()
    first, second = parse(name), parse(name)
    assert all(getattr(first, table).equals(getattr(second, table)) for table in TABLES)
    assert first.rejected == second.rejected
    assert before == SETTING


@every_source
def test_gzip_changes_nothing(name: str) -> None:
    raw = raw_file(name)
    packed = payload(name, f"{raw.name}.gz", gzip.compress(raw.read_bytes()))
    told = as_json(menu.choose("source", name).parse(packed, SETTING))
    for refused in told["rejected"]:
        refused["file"] = raw.name
    assert told == as_json(parse(name))


@every_source
def test_version_names_the_parser(name: str) -> None:
    word, _, number = menu.choose("source", name).version.partition("/")
    assert word == name
    assert number.isdigit()


def assert_kept(parsed: Parsed) -> None:
    """What every source promises, whatever the bytes."""
    for name, columns in TABLES.items():
        table = getattr(parsed, name)
        assert [(f.name, f.type) for f in table.schema] == [(c.name, c.type) for c in columns]
        for row in table.to_pylist():
            assert_within(columns, row)
    for row in parsed.observations.to_pylist():
        assert_observation(row)
    ids = parsed.observations.select(["source", "id"]).to_pylist()
    assert len({(row["source"], row["id"]) for row in ids}) == len(ids)
    rows = [refused.row for refused in parsed.rejected]
    assert rows == sorted(set(rows))
    for refused in parsed.rejected:
        assert refused.row >= 1
        assert refused.field
        assert len(refused.reason) > 5


def assert_within(columns: tuple[Column, ...], row: dict[str, Any]) -> None:
    for column in columns:
        value = row[column.name]
        if value is None:
            assert not column.required, column.name
            continue
        assert value == value, column.name
        assert not column.enum or value in column.enum
        assert column.low is None or value >= column.low
        assert column.high is None or value <= column.high
        if isinstance(value, datetime):
            assert value.utcoffset() is not None
            assert value.utcoffset().total_seconds() == 0


def assert_observation(row: dict[str, Any]) -> None:
    if row["time"] is None:
        assert row["time_kind"] in observation.TIME_KINDS
        assert row["time_start"] <= row["time_end"]
    else:
        assert row["time_start"] is row["time_end"] is row["time_kind"] is None
    fix = row["lon_deg"] is not None and row["lat_deg"] is not None and row["sigma_major_m"] > 0
    post = row["sensor_lon_deg"] is not None and row["sensor_lat_deg"] is not None and row["sensor_sigma_m"] >= 0
    assert fix or post or row["area"]
    if fix:
        assert 0 < row["sigma_minor_m"] <= row["sigma_major_m"]
        assert row["sigma_azimuth_deg"] is not None
    if row["bearing_deg"] is not None:
        assert post
        assert row["bearing_sigma_deg"] is not None
    assert row["sectors"] is None or (post and row["sectors"])
    if None not in (row["range_min_m"], row["range_max_m"]):
        assert row["range_min_m"] <= row["range_max_m"]
    if None not in (row["count_low"], row["count_high"]):
        assert row["count_low"] <= row["count_high"]
    assert row["reliability"] in observation.RELIABILITIES
    assert 1 <= row["credibility"] <= 6


@every_source
def test_accepted_rows_keep_the_promises(name: str) -> None:
    assert_kept(parse(name))


def survives(name: str, file: str, body: bytes) -> None:
    try:
        parsed = menu.choose("source", name).parse(payload(name, file, body), SETTING)
    except SourceError as error:
        assert str(error).startswith(f"{file}:")
    else:
        assert_kept(parsed)


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@every_source
@few
@given(suffix=st.sampled_from(SUFFIXES), body=st.binary(max_size=400))
def test_random_bytes_are_refused_in_words(name: str, suffix: str, body: bytes) -> None:
    survives(name, f"inbox/file{suffix}", body)


@every_source
@few
@given(data=st.data())
def test_damaged_files_are_refused_in_words(name: str, data: st.DataObject) -> None:
    raw = raw_file(name)
    body = bytearray(raw.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        junk = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from([b",", b'"', b"\n", b";", b"-", b"9", b"{"])))
        body[at : at + data.draw(st.integers(0, 2))] = junk
    survives(name, raw.name, bytes(body))


@every_source
@few
@given(data=st.data())
def test_any_words_in_the_cells_are_accepted_or_refused(name: str, data: st.DataObject) -> None:
    """Cells of the fixture's rows swapped for each other and for odd words: more rows get past the first check."""
    raw = raw_file(name)
    if raw.suffix != ".csv":
        return
    header, *lines = raw.read_text().splitlines()
    rows = [line.split(",") for line in lines]
    odd = ["", "0", "-1", "1e999", "nan", "2018-02-30", "24:61", "NE..NE", "W-W", "9" * 40, "POLYGON ((", "é", "mm"]
    word = st.one_of(st.sampled_from(odd), st.sampled_from([cell for row in rows for cell in row]), st.text(max_size=5))
    for _ in range(3):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(word)
    text = "\n".join([header, *(",".join(row) for row in rows)])
    survives(name, raw.name, text.encode("utf-8", "replace"))
