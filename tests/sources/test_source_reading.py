import gzip

import pytest

from truceline.errors import SourceError

HEADER = "id,time,area,text\n"
ROW = "1,2026-03-04T10:00:00Z,x,Öffnung\n"


@pytest.mark.parametrize(
    ("file", "body", "words"),
    [
        ("a.xlsx", b"x", "Known: .csv, .ndjson, .parquet"),
        ("a.csv", b"", "empty"),
        ("a.csv", b" \n\n", "empty"),
        ("a.csv", (HEADER + ROW).encode("latin-1"), "a.csv:2: not UTF-8"),
        ("a.csv", (HEADER + ROW).encode("utf-16"), "not UTF-8"),
        ("a.csv.gz", b"not packed", "not a gzip file"),
        ("a.csv.gz", gzip.compress(b"x" * 99)[:-9], "not a gzip file"),
        ("a.parquet", b"PAR1 nothing PAR1", "not a readable Parquet file"),
    ],
)
def test_a_file_that_cannot_be_opened_is_refused_in_words(parse, file, body, words) -> None:
    with pytest.raises(SourceError, match=words):
        parse("table", file, body)


def test_a_byte_order_mark_and_windows_line_ends_are_taken(parse) -> None:
    body = (HEADER + ROW).replace("\n", "\r\n").encode("utf-8-sig")
    assert parse("table", "a.csv", body).observations.column("text").to_pylist() == ["Öffnung"]


def test_a_cell_longer_than_a_reader_takes_refuses_its_row_only(parse) -> None:
    long = "x" * 200_000
    body = f"{HEADER}{ROW}2,2026-03-04T10:00:00Z,x,{long}\n3,2026-03-04T10:00:00Z,x,\n"
    parsed = parse("table", "a.csv", body.encode())
    assert parsed.observations.column("id").to_pylist() == ["1", "3"]
    assert [(r.row, r.field) for r in parsed.rejected] == [(2, "(row)")]


def test_smm_needs_its_columns(parse) -> None:
    with pytest.raises(SourceError, match="no column date_from"):
        parse("smm", "a.csv", b"obs,sensor,what\n1,patrol,explosion\n")
    with pytest.raises(SourceError, match="Did you mean 'bearings'"):
        parse("smm", "a.csv", b"obs,sensor,what,date_from,bearing\n")
    with pytest.raises(SourceError, match=r"Known: \.csv"):
        parse("smm", "a.parquet", b"x")
