import math
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from truceline.domain.inputs import Parsed
from truceline.errors import SourceError
from truceline.sources.firms import SATELLITES, TIME_SIGMA_S

HEADER = "latitude,longitude,scan,track,acq_date,acq_time,satellite,instrument,confidence,frp"
GOOD = {
    "latitude": "48.4", "longitude": "38.1", "scan": "0.4", "track": "0.4", "acq_date": "2026-03-04", "acq_time": "105",
    "satellite": "N", "instrument": "VIIRS", "confidence": "n", "frp": "3.4",
}  # fmt: skip
FILES = {
    "viirs_snpp_nrt_20230224_20231111": 42_415,
    "viirs_multisat_202606": 18_289,
    "modis_viirs_dateonly_2022": 133_979,
    "modis_viirs_dateonly_2023": 98_287,
}


def in_csv(*rows: dict[str, str]) -> bytes:
    return "\n".join([HEADER, *(",".join(row[name] for name in HEADER.split(",")) for row in rows)]).encode()


def real(parse, shared: Path, name: str) -> Parsed:
    return parse("firms", f"{name}.csv.gz", (shared / "data/firms" / f"{name}.csv.gz").read_bytes())


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_the_real_files_is_taken_within_seconds(parse, shared: Path, name: str) -> None:
    start = time.process_time()
    parsed = real(parse, shared, name)
    assert time.process_time() - start < 10
    assert parsed.rejected == ()
    assert parsed.observations.num_rows == FILES[name]
    assert len(set(parsed.observations["id"].to_pylist())) == FILES[name]


def test_three_satellites_are_told_apart_and_an_unstated_pixel_is_no_smaller_than_a_stated_one(parse, shared) -> None:
    rows = real(parse, shared, "viirs_multisat_202606").observations.to_pylist()
    assert {row["sensor"] for row in rows} == {"Suomi NPP", "NOAA-20", "NOAA-21"}
    stated = [row["sigma_major_m"] for row in rows if "bright_ti4" in row["text"]]
    unstated = {row["sigma_major_m"] for row in rows if "bright_ti4" not in row["text"]}
    assert len(stated) == 8_330
    assert unstated == {242.8}
    assert max(stated) <= 242.8


def test_rows_without_a_time_of_day_may_be_from_any_moment_of_their_utc_day(parse, shared) -> None:
    table = real(parse, shared, "modis_viirs_dateonly_2022").observations
    assert table["time"].null_count == table.num_rows
    assert set(table["time_kind"].to_pylist()) == {"unknown_within"}
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["time_start"], first["time_end"]) == (
        datetime(2022, 1, 1, tzinfo=UTC),
        datetime(2022, 1, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, {"time": datetime(2026, 3, 4, 1, 5, tzinfo=UTC), "time_sigma_s": TIME_SIGMA_S, "time_start": None}),
        ({"acq_time": "0105"}, {"time": datetime(2026, 3, 4, 1, 5, tzinfo=UTC)}),
        ({"acq_time": "1:05"}, {"time": datetime(2026, 3, 4, 1, 5, tzinfo=UTC)}),
        ({"acq_time": "0"}, {"time": datetime(2026, 3, 4, tzinfo=UTC)}),
        ({"acq_time": ""}, {"time": None, "time_sigma_s": None, "time_end": datetime(2026, 3, 5, tzinfo=UTC)}),
        ({"satellite": "1"}, {"sensor": "NOAA-20"}),
        ({"satellite": "n21"}, {"sensor": "NOAA-21"}),
        ({"satellite": "L9"}, {"sensor": "L9"}),
        ({"satellite": ""}, {"sensor": None}),
        ({"confidence": "HIGH"}, {"reliability": "A", "credibility": 2}),
        ({"confidence": "l"}, {"reliability": "C", "credibility": 3}),
        ({"confidence": ""}, {"reliability": "B", "credibility": 6}),
        ({"confidence": "29.9"}, {"reliability": "C"}),
        ({"confidence": "30"}, {"reliability": "B"}),
        ({"confidence": "100"}, {"reliability": "A"}),
        ({"scan": "0.6", "track": "0.4"}, {"sigma_major_m": 188.7, "sigma_minor_m": 137.7, "sigma_azimuth_deg": 90.0}),
        ({"scan": "0.4", "track": "0.6"}, {"sigma_major_m": 188.7, "sigma_minor_m": 137.7, "sigma_azimuth_deg": 0.0}),
        ({"satellite": "A", "instrument": "", "scan": ""}, {"sigma_major_m": 579.5, "sigma_minor_m": 125.8}),
        ({"satellite": "", "instrument": "", "scan": "", "track": ""}, {"sigma_major_m": 582.2}),
    ],
)
def test_what_a_row_says(parse, change, says) -> None:
    [row] = parse("firms", "f.csv", in_csv({**GOOD, **change})).observations.to_pylist()
    assert {name: row[name] for name in says} == says
    assert (row["means"], row["phenomenon"], row["count_low"]) == ("thermal", "fire", None)


def test_the_place_is_the_pixel_spread_evenly_with_the_error_of_its_own_position(parse) -> None:
    [row] = parse("firms", "f.csv", in_csv(GOOD)).observations.to_pylist()
    assert row["sigma_major_m"] == pytest.approx(math.sqrt(400.0**2 / 12 + 75.0**2), abs=0.05)


def test_the_id_is_the_detection_however_its_figures_are_padded(parse) -> None:
    padded = {**GOOD, "latitude": "48.400000", "acq_time": "0105", "satellite": "n"}
    parsed = parse("firms", "f.csv", in_csv(GOOD, padded, {**GOOD, "satellite": "N20"}, {**GOOD, "frp": "9"}))
    assert parsed.observations.num_rows == 2
    assert [(r.row, r.field) for r in parsed.rejected] == [(2, "id"), (4, "id")]
    assert parsed.rejected[0].reason == "repeats row 1"
    assert "said something else" in parsed.rejected[1].reason


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"latitude": ""}, "latitude", "missing"),
        ({"longitude": "190"}, "longitude", "between -180 and 180"),
        ({"latitude": "N48"}, "latitude", "not a number"),
        ({"acq_date": ""}, "acq_date", "missing"),
        ({"acq_date": "04/03/2026"}, "acq_date", "write it as"),
        ({"acq_date": "2026-04-31"}, "acq_date", "no such day"),
        ({"acq_time": "2400"}, "acq_time", "0000 to 2359"),
        ({"acq_time": "75"}, "acq_time", "0000 to 2359"),
        ({"confidence": "101"}, "confidence", "low, nominal, high"),
        ({"scan": "375"}, "scan", "check unit"),
        ({"track": "0"}, "track", "check unit"),
        ({"frp": "-0.1"}, "frp", "below 0"),
    ],
)
def test_a_broken_row_is_refused_by_its_field_and_the_others_stand(parse, change, field, reason) -> None:
    parsed = parse("firms", "f.csv", in_csv({**GOOD, **change}, {**GOOD, "latitude": "48.5"}))
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason
    assert parsed.observations.num_rows == 1


def test_names_may_be_short_or_in_capitals_and_what_is_not_read_is_kept_as_text(parse) -> None:
    body = b"LAT,Lon,ACQ_DATE,daynight,country_id\n48.4,38.1,2026-03-04,D,\n48.5,38.1,2026-03-04, ,\n"
    first, second = parse("firms", "f.csv", body).observations.to_pylist()
    assert (first["lat_deg"], first["lon_deg"], first["text"], second["text"]) == (48.4, 38.1, "daynight D", None)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"latitude,longitude\n48.4,38.1\n", "no column acq_date"),
        (b"lat,latitude,longitude,acq_date\n1,1,1,2026-03-04\n", "'latitude' comes twice"),
    ],
)
def test_another_file_is_refused_whole(parse, body, says) -> None:
    with pytest.raises(SourceError, match=says):
        parse("firms", "f.csv", body)


def test_every_satellite_says_which_instrument_it_carries() -> None:
    assert {carries for _, _, carries in SATELLITES.values()} == {"viirs", "modis"}
