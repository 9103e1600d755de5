import json

import pytest

GOOD = {
    "source": "smm",
    "sensor": "camera Zolote",
    "time_start": "2018-09-05T00:00:00+03:00",
    "time_end": "2018-09-05T12:00:00+03:00",
    "area": "sector-4",
    "p_detect": 0.9,
    "state": "working",
}


def ndjson(*rows: dict[str, object]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"time_start": "2018-09-05T00:00:00"}, "time_start", "give an offset"),
        ({"time_end": None}, "time_end", "missing"),
        ({"source": None}, "source", "missing"),
        ({"time_end": "2018-09-04T12:00:00+03:00"}, "time_end", "before it starts"),
        ({"area": None}, "area", "missing"),
        ({"area": "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"}, "area", "MultiPolygon"),
        ({"area": "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))"}, "area", "holes"),
        ({"phenomenon": "noise"}, "phenomenon", "explosion"),
        ({"p_detect": 1.01}, "p_detect", "between 0 and 1"),
        ({"p_detect": "likely"}, "p_detect", "not a number"),
        ({"state": None}, "state", "missing"),
        ({"state": "asleep"}, "state", "jammed"),
    ],
)
def test_a_broken_row_is_refused_by_its_field(parse, change, field, reason) -> None:
    parsed = parse("coverage", "c.ndjson", ndjson({**GOOD, **change}, GOOD))
    assert parsed.coverage.num_rows == 1
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason


def test_nulls_stay_null(parse) -> None:
    [row] = parse("coverage", "c.ndjson", ndjson({**GOOD, "p_detect": None})).coverage.to_pylist()
    assert row["p_detect"] is None
    assert row["phenomenon"] is None


def test_the_same_watch_does_not_count_twice(parse) -> None:
    parsed = parse("coverage", "c.ndjson", ndjson(GOOD, GOOD, {**GOOD, "sensor": "camera 2"}))
    assert parsed.coverage.column("sensor").to_pylist() == ["camera Zolote", "camera 2"]
    assert [(r.row, r.reason) for r in parsed.rejected] == [(2, "repeats row 1")]
