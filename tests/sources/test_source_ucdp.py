from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from truceline.domain.inputs import Parsed
from truceline.errors import SourceError
from truceline.sources.ucdp import PLACE_SIGMA_M

REAL = "data/ucdp_ged_ukraine/ucdp_ged_ukraine_2014_2022.csv.gz"
KYIV = ZoneInfo("Europe/Kyiv")
GOOD = {
    "id": "7", "type_of_violence": "1", "side_a": "North", "side_b": "South", "source_office": "Wire",
    "where_prec": "1", "where_coordinates": "Zolote town", "latitude": "48.683", "longitude": "38.516",
    "event_clarity": "1", "date_prec": "1", "date_start": "2018-09-05", "date_end": "2018-09-05",
    "low": "1", "best": "2", "high": "4",
}  # fmt: skip


def in_csv(*rows: dict[str, str]) -> bytes:
    return "\n".join([",".join(GOOD), *(",".join(row[name] for name in GOOD) for row in rows)]).encode()


@pytest.fixture(scope="module")
def real_bytes(shared: Path) -> bytes:
    return (shared / REAL).read_bytes()


@pytest.fixture
def real(parse, real_bytes: bytes) -> Parsed:
    return parse("ucdp", "ged.csv.gz", real_bytes)


def test_every_event_of_the_real_file_is_taken(real: Parsed) -> None:
    assert real.rejected == ()
    assert real.observations.num_rows == 3_077
    assert Counter(real.observations["time_kind"].to_pylist()) == {"unknown_within": 2_851, "throughout": 226}


def test_the_events_since_minsk_two_are_as_many_as_the_data_notes_say(real: Parsed) -> None:
    """SOURCES.md: 1,447 since Minsk II, whose ceasefire began on 15 February 2015, 00:00 local time."""
    since = datetime.combine(date(2015, 2, 15), datetime.min.time(), tzinfo=KYIV)
    assert sum(start >= since for start in real.observations["time_start"].to_pylist()) == 1_447


def test_real_estimates_that_contradict_each_other_bound_what_is_known(real: Parsed) -> None:
    rows = real.observations.to_pylist()
    assert all(row["killed_low"] <= row["killed_high"] for row in rows)


def test_real_places_are_as_wide_as_their_codes(real: Parsed) -> None:
    codes = Counter(real.observations["sigma_major_m"].to_pylist())
    assert codes[PLACE_SIGMA_M[1]] == 751
    assert codes[PLACE_SIGMA_M[2]] == 1_606
    assert codes[PLACE_SIGMA_M[4]] == 469 + 231  # codes 4 and 5 are taken to be equally wide


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, {"killed_low": 1, "killed_high": 4, "sigma_major_m": 1_500.0, "time_kind": "unknown_within"}),
        ({"low": "3"}, {"killed_low": 2, "killed_high": 4}),
        ({"low": "", "high": ""}, {"killed_low": 2, "killed_high": 2}),
        ({"low": "", "best": "", "high": ""}, {"killed_low": None, "killed_high": None}),
        ({"where_prec": "2"}, {"sigma_major_m": 12_500.0, "sigma_minor_m": 12_500.0}),
        ({"event_clarity": "2"}, {"time_kind": "throughout"}),
        ({"event_clarity": ""}, {"time_kind": "unknown_within"}),
        ({"source_office": "Wire; Post;Wire"}, {"derived_from": ["Wire", "Post"]}),
        ({"source_office": " ; "}, {"derived_from": None}),
        ({"type_of_violence": "9"}, {"killed_low": 1}),
    ],
)
def test_what_a_row_says(parse, change, says) -> None:
    [row] = parse("ucdp", "ged.csv", in_csv({**GOOD, **change})).observations.to_pylist()
    assert {name: row[name] for name in says} == says
    assert (row["means"], row["phenomenon"], row["reliability"], row["credibility"]) == ("reported", "casualty", "F", 6)
    assert row["alleged_party"] is row["author_party"] is row["phase"] is None


def test_days_are_local_and_whole_also_when_clocks_change(parse) -> None:
    spring = {**GOOD, "date_prec": "2", "date_start": "2018-03-24", "date_end": "2018-03-25 00:00:00.000"}
    [row] = parse("ucdp", "ged.csv", in_csv(spring)).observations.to_pylist()
    assert row["time_start"] == datetime(2018, 3, 23, 22, tzinfo=UTC)
    assert row["time_end"] == datetime(2018, 3, 25, 21, tzinfo=UTC)


def test_places_that_are_less_precise_are_never_narrower() -> None:
    widths = [PLACE_SIGMA_M[code] for code in range(1, 7)]
    assert widths == sorted(widths)
    assert set(PLACE_SIGMA_M) == set(range(1, 8))


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"id": ""}, "id", "missing"),
        ({"latitude": ""}, "latitude", "missing"),
        ({"where_prec": "0"}, "where_prec", "between 1 and 7"),
        ({"where_prec": ""}, "where_prec", "missing"),
        ({"date_prec": "6"}, "date_prec", "between 1 and 5"),
        ({"date_prec": "2"}, "date_prec", "names one day"),
        ({"date_start": "2018-09-31", "date_end": "2018-10-01"}, "date_start", "not a date"),
        ({"date_end": "2018-09-04"}, "date_end", "before date_start"),
        ({"date_end": "5.9.2018"}, "date_end", "not a date"),
        ({"best": "-1"}, "best", "between 0 and 1e+09"),
        ({"event_clarity": "3"}, "event_clarity", "between 1 and 2"),
    ],
)
def test_a_broken_row_is_refused_by_its_field_and_the_others_stand(parse, change, field, reason) -> None:
    parsed = parse("ucdp", "ged.csv", in_csv({**GOOD, **change}, {**GOOD, "id": "8"}))
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason
    assert parsed.observations["id"].to_pylist() == ["8"]


def test_a_file_that_does_not_date_its_events_is_refused_whole(parse) -> None:
    with pytest.raises(SourceError, match="no column where_prec, date_start, date_end, date_prec"):
        parse("ucdp", "ged.csv", b"id,latitude,longitude\n1,48,38\n")
