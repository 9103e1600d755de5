import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from truceline.domain.inputs import Setting
from truceline.mission_file import load_places
from truceline.sources.smm import HEADER

REAL = "data/osce_smm/osce_observations.csv"
GOOD = {
    "obs": "1",
    "date_from": "2018-09-05",
    "date_to": "2018-09-05",
    "time_text": "evening",
    "sensor": "patrol",
    "position": "Svitlodarsk",
    "ref_place": "Donetsk",
    "ref_km": "57",
    "ref_dir": "NE",
    "what": "explosion",
    "count": "3",
    "count_quality": "exact",
    "assessment": "undetermined",
    "dist_min_km": "3",
    "dist_max_km": "6",
    "bearings": "SE",
    "zone_note": "",
    "source": "made for this test",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_csv(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def real(parse, shared: Path, root: Path, setting: Setting) -> dict[str, dict[str, Any]]:
    """The 58 real rows by number, read with the gazetteer of the example mission."""
    gazetteer = replace(setting, places=load_places(root / "examples/minsk-2018/places.csv"))
    parsed = parse("smm", "osce_observations.csv", (shared / REAL).read_bytes(), gazetteer)
    assert parsed.rejected == ()
    return {row["id"]: row for row in parsed.observations.to_pylist()}


def test_every_real_row_is_accepted(real) -> None:
    assert list(real) == [str(n) for n in range(1, 59)]


def test_every_real_row_is_accepted_with_reference_towns_only(parse, shared: Path, setting: Setting) -> None:
    """Without a gazetteer of its own a mission still places every row, only worse: by its distance from a town."""
    towns = {name: setting.places[name] for name in ("donetsk", "luhansk", "mariupol")}
    parsed = parse("smm", "o.csv", (shared / REAL).read_bytes(), replace(setting, places=towns))
    assert parsed.rejected == ()
    assert parsed.observations.num_rows == 58
    assert min(parsed.observations.column("sensor_sigma_m").to_pylist()) >= 1000


# Written down by hand from the rows of the file; local time is UTC+3 in summer, UTC+2 in winter.
EXPECTED = {
    "1": {
        "sensor": "patrol Svitlodarsk", "means": "heard", "phenomenon": "explosion", "phase": "undetermined",
        "count_low": 29, "count_high": 29, "count_stated": "29", "time": None,
        "time_start": at("2018-09-14 14:00"), "time_end": at("2018-09-15 03:00"), "time_kind": "throughout",
        "sectors": [{"from_deg": 123.75, "to_deg": 146.25}], "range_min_m": 3000.0, "range_max_m": 6000.0,
        "sensor_lon_deg": 38.2233, "sensor_lat_deg": 48.4337, "reliability": "B", "credibility": 2,
        "text": "explosion; undetermined; evening and night; Svitlodarsk (57km NE of Donetsk); "
        "reliefweb 538 (17 Sep 2018)",
    },
    "2": {
        "phenomenon": "burst", "weapon": "heavy machine gun+small arms", "phase": None,
        "count_low": 21, "count_high": 29, "count_stated": "about 25",
    },
    "3": {
        "count_low": 34, "count_high": 46, "time_start": at("2018-09-15 14:00"), "time_end": at("2018-09-16 20:00"),
        "sectors": [{"from_deg": 123.75, "to_deg": 146.25}, {"from_deg": 168.75, "to_deg": 191.25}],
    },
    "6": {"means": "camera", "phenomenon": "projectile", "flight_bearing_deg": None, "phase": None},
    "8": {
        "phenomenon": "shot", "weapon": "heavy machine gun+small arms", "means": "heard",
        "time_start": at("2018-10-05 03:00"), "time_end": at("2018-10-05 17:00"),
    },
    "12": {
        "sensor": "camera 1km SW of Pyshchevyk", "sectors": [{"from_deg": 33.75, "to_deg": 168.75}], "phase": None,
    },
    "13": {"phenomenon": "muzzle_flash", "means": "camera", "count_low": 21, "count_high": 21},
    "15": {"weapon": None, "phase": None, "range_min_m": 100.0},
    "19": {"phase": "outgoing", "weapon": "mortar", "group_id": "19", "sequence": 1},
    "20": {"phase": "impact", "weapon": "mortar", "group_id": "19", "sequence": 2},
    "21": {"group_id": "21", "sequence": None, "sectors": [{"from_deg": 78.75, "to_deg": 146.25}]},
    "24": {"sectors": [{"from_deg": 326.25, "to_deg": 56.25}], "sensor": "camera SW of Shyrokyne"},
    "26": {
        "time": at("2018-09-05 07:10"), "time_sigma_s": 105.4, "time_start": None, "time_kind": None,
        "phase": "outgoing", "weapon": "mortar", "count_low": 4, "range_min_m": 150.0, "range_max_m": 200.0,
        "sensor": "patrol checkpoint on T1316, ~400m from N edge of Zolote disengagement area",
    },
    "27": {"phase": "outgoing", "weapon": None, "time": at("2018-09-05 07:10")},
    "28": {
        "sensor": "patrol about 5km NW of that checkpoint", "time": None, "time_kind": "throughout",
        "time_start": at("2018-09-05 07:25"), "time_end": at("2018-09-05 08:00"), "time_sigma_s": 105.4,
    },
    "29": {
        "sensor": "camera Zolote", "phase": "impact", "weapon": "automatic grenade launcher",
        "time_start": at("2018-09-05 05:35"), "time_end": at("2018-09-05 07:13"), "range_max_m": 1600.0,
    },
    "30": {"phenomenon": "tracer", "flight_bearing_deg": 180.0},
    "31": {"flight_bearing_deg": None},
    "34": {"phase": None, "count_low": 3},
    "36": {"flight_bearing_deg": 90.0, "time_kind": "unknown_within", "count_high": 1},
    "39": {"count_low": 136, "count_high": 159, "count_stated": "almost 160"},
    "41": {"time_start": at("2017-01-27 18:00"), "time_end": at("2017-01-28 04:00"), "sensor": "patrol Donetsk"},
    "44": {"flight_bearing_deg": 315.0},
    "46": {"phase": None},
    "49": {
        "count_low": 14, "time_kind": "unknown_within", "time_start": at("2016-08-04 14:00"),
        "time_end": at("2016-08-04 20:00"),
    },
    "50": {"weapon": None, "phase": None, "sectors": [{"from_deg": 348.75, "to_deg": 11.25}]},
    "52": {
        "count_low": 30, "count_high": 35, "count_stated": "30-35", "range_min_m": None, "range_max_m": None,
        "phase": None, "weapon": "small arms", "phenomenon": "shot",
    },
    "53": {
        "phase": "undetermined", "time_start": at("2016-01-16 10:53"), "time_end": at("2016-01-16 11:22"),
        "time_kind": "throughout", "time_sigma_s": 62.4,
    },
    "54": {"phase": None, "weapon": "mortar"},
    "55": {"phase": "impact", "weapon": "artillery+mortar"},
    "57": {
        "phase": "impact", "weapon": "mortar", "calibre_mm": 82.0, "time": at("2018-05-30 07:58"),
        "time_sigma_s": 62.4, "count_low": 1, "count_high": 1,
    },
    "58": {
        "time_start": at("2020-07-31 21:00"), "time_end": at("2020-08-01 21:00"), "time_kind": "throughout",
        "weapon": "small arms", "range_min_m": 500.0, "range_max_m": 500.0, "phase": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("obs", EXPECTED)
def test_a_real_row_says_what_its_words_say(real, obs) -> None:
    row = real[obs]
    assert {name: row[name] for name in EXPECTED[obs]} == EXPECTED[obs]


def test_a_patrol_and_a_camera_at_one_place_are_two_sensors(real) -> None:
    assert real["16"]["sensor"] == real["1"]["sensor"] == "patrol Svitlodarsk"
    assert real["9"]["sensor"] == real["17"]["sensor"] == "camera Svitlodarsk"


def test_nothing_is_known_of_a_real_row_that_it_does_not_say(real) -> None:
    for row in real.values():
        assert row["lon_deg"] is None
        assert row["bearing_deg"] is None
        assert row["source"] == "north-office"
        assert row["count_unit"] == "signatures"


BROKEN = [
    ({"obs": ""}, "obs", "missing"),
    ({"date_from": "5.9.2018"}, "date_from", "2018-09-05"),
    ({"date_from": "2018-02-30"}, "date_from", "not a date"),
    ({"date_to": "2018-09-04"}, "date_to", "swap"),
    ({"time_text": "at dusk"}, "time_text", "'at dusk' is not a known part of the day; known: afternoon"),
    ({"time_text": "evening and dawn"}, "time_text", "'dawn'"),
    ({"time_text": "evening; briefly"}, "time_text", "'briefly'"),
    ({"time_text": "24:10"}, "time_text", "00:00 to 23:59"),
    ({"time_text": "11:00-10:00"}, "time_text", "give date_to"),
    ({"time_text": "10:10", "date_to": "2018-09-06"}, "date_to", "one date"),
    ({"sensor": "satellite"}, "sensor", "'satellite' is not a known word here; known: camera, patrol, uav"),
    ({"position": "Nowhere", "ref_place": "", "ref_km": "", "ref_dir": ""}, "position", "no place called 'Nowhere'"),
    ({"position": "", "ref_place": "", "ref_km": "", "ref_dir": ""}, "position", "no position"),
    ({"position": "", "ref_place": "Atlantis"}, "position", "no position"),
    ({"ref_place": ""}, "ref_place", "from nowhere"),
    ({"ref_km": "far"}, "ref_km", "digits"),
    ({"ref_dir": "NEE"}, "ref_dir", "'NEE'"),
    ({"ref_dir": ""}, "ref_dir", "which direction"),
    ({"ref_dir": "SW"}, "position", "57km at 33 degrees from Donetsk by the gazetteer, the row says 57km SW of"),
    ({"ref_km": "157"}, "position", "the row says 157km NE of Donetsk"),
    ({"what": "bang"}, "what", "'bang' is not a known observation; known: explosion"),
    ({"what": "burst XYZ"}, "what", "'xyz'"),
    ({"count": "many"}, "count", "whole number"),
    ({"count": "0"}, "count", "coverage"),
    ({"count": "", "count_quality": "about"}, "count", "needs a count"),
    ({"count_quality": "roughly"}, "count_quality", "'roughly'"),
    ({"count": "", "count_quality": "35-30"}, "count_quality", "smaller count first"),
    ({"assessment": "outgiong mortar"}, "assessment", "'outgiong'"),
    ({"assessment": "W-W"}, "assessment", "twice"),
    ({"assessment": "impact (of the preceding)"}, "assessment", "no row of patrol Svitlodarsk comes just before"),
    ({"dist_min_km": "3km"}, "dist_min_km", "decimal point"),
    ({"dist_min_km": "7"}, "dist_max_km", "nearer than"),
    ({"bearings": "SE/S"}, "bearings", "SE/S"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "reason"), BROKEN)
def test_a_broken_row_is_refused_by_its_field_and_the_next_stands(parse, change, field, reason) -> None:
    parsed = parse("smm", "smm.csv", in_csv({**GOOD, **change}, {**GOOD, "obs": "2"}))
    assert parsed.observations.column("id").to_pylist() == ["2"]
    [refused] = parsed.rejected
    assert (refused.file, refused.row, refused.field) == ("smm.csv", 1, field)
    assert reason in refused.reason


def test_repeats_and_clashes_are_refused(parse) -> None:
    parsed = parse("smm", "smm.csv", in_csv(GOOD, GOOD, {**GOOD, "count": "4"}))
    assert parsed.observations.num_rows == 1
    assert [(r.row, r.field) for r in parsed.rejected] == [(2, "obs"), (3, "obs")]
    assert parsed.rejected[0].reason == "repeats row 1"


def test_blank_cells_are_null_never_zero(parse) -> None:
    blank = {
        **GOOD,
        **dict.fromkeys(("dist_min_km", "dist_max_km", "bearings", "assessment", "count", "count_quality"), ""),
    }
    [row] = parse("smm", "smm.csv", in_csv(blank)).observations.to_pylist()
    for name in ("range_min_m", "range_max_m", "sectors", "phase", "weapon", "count_high", "count_stated"):
        assert row[name] is None
    assert row["count_low"] == 1


def test_means_follow_the_sensor_and_what_it_noticed(parse) -> None:
    def means(sensor: str, what: str) -> str:
        [row] = parse("smm", "s.csv", in_csv({**GOOD, "sensor": sensor, "what": what})).observations.to_pylist()
        return str(row["means"])

    assert {what: means("patrol", what) for what in ("explosion", "shot SAF", "burst HMG", "shot/burst SAF")} == {
        "explosion": "heard", "shot SAF": "heard", "burst HMG": "heard", "shot/burst SAF": "heard",
    }  # fmt: skip
    assert {means("patrol", what) for what in ("projectile", "tracer", "flare", "muzzle flash")} == {"seen"}
    assert means("camera", "explosion") == "camera"
    assert means("UAV", "muzzle flash") == "uav"


def test_that_checkpoint_is_the_one_an_earlier_row_named(parse) -> None:
    first = {**GOOD, "position": "checkpoint on T1316", "ref_place": "Zolote", "ref_km": "2", "ref_dir": "S"}
    second = {**GOOD, "obs": "2", "position": "about 5km NW of that checkpoint", "ref_place": ""}
    second |= {"ref_km": "", "ref_dir": ""}
    parsed = parse("smm", "smm.csv", in_csv(first, second))
    a, b = parsed.observations.to_pylist()
    assert parsed.rejected == ()
    assert b["sensor"] == "patrol about 5km NW of checkpoint on T1316"
    assert b["sensor_lat_deg"] - a["sensor_lat_deg"] == pytest.approx(5 * 0.7071 / 111.2, rel=0.01)
    assert b["sensor_sigma_m"] > a["sensor_sigma_m"]
    [refused] = parse("smm", "smm.csv", in_csv(second)).rejected
    assert refused.field == "position"
