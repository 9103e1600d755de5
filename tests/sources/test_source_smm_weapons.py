import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from truceline.domain.inputs import Setting
from truceline.mission_file import load_places
from truceline.sources.smm_weapons import HEADER

REAL = "data/osce_smm/osce_weapons.csv"
GOOD = {
    "date": "2018-07-30", "sensor": "UAV", "place": "Svitlodarsk", "ref_place": "Donetsk", "ref_km": "57",
    "ref_dir": "NE", "control": "non-government", "type": "MLRS", "model": "BM-21 Grad", "calibre_mm": "122",
    "count": "6", "finding": "in violation of withdrawal lines", "source": "made for this test",
}  # fmt: skip
WGS84 = Geod(ellps="WGS84")


def in_csv(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def one(parse):
    """one(**change): what a good row with these cells changed becomes."""

    def read(**change: str):
        parsed = parse("smm_weapons", "w.csv", in_csv({**GOOD, **change}))
        assert parsed.rejected == ()
        [row] = parsed.observations.to_pylist()
        return row

    return read


def test_every_real_row_is_taken_with_the_gazetteer_of_the_example(parse, shared: Path, root: Path, setting) -> None:
    body = (shared / REAL).read_bytes()
    gazetteer = replace(setting, places=load_places(root / "examples/minsk-2018/places.csv"))
    parsed = parse("smm_weapons", "osce_weapons.csv", body, gazetteer)
    assert parsed.rejected == ()
    told = list(csv.DictReader(io.StringIO(body.decode())))
    rows = parsed.observations.to_pylist()
    assert len(rows) == len(told) == 16
    for row, cells in zip(rows, told, strict=True):
        assert (row["count_low"], row["count_high"]) == (int(cells["count"]), int(cells["count"]))
        assert row["calibre_mm"] == (float(cells["calibre_mm"]) if cells["calibre_mm"] else None)
        assert cells["finding"] in row["text"]
        assert (row["count_unit"], row["phenomenon"], row["record_kind"]) == ("weapons", "weapon", "observation")
    assert [row["weapon"] for row in rows].count("tank") == 5
    assert {row["means"] for row in rows} == {"seen", "uav", "imagery"}


def test_a_real_row_lies_as_far_from_the_town_as_it_says(parse, shared: Path, root: Path, setting: Setting) -> None:
    """Within what its own error allows, in the distance and across it: no position is better than its words."""
    places = load_places(root / "examples/minsk-2018/places.csv")
    body = (shared / REAL).read_bytes()
    rows = parse("smm_weapons", "w.csv", body, replace(setting, places=places)).observations.to_pylist()
    for row, cells in zip(rows, csv.DictReader(io.StringIO(body.decode())), strict=True):
        town = places[cells["ref_place"].casefold()]
        _, _, metres = WGS84.inv(town.lon_deg, town.lat_deg, row["lon_deg"], row["lat_deg"])
        assert abs(metres - 1000 * float(cells["ref_km"])) <= 1_000 + 3 * row["sigma_major_m"]


def test_without_a_gazetteer_the_error_grows_with_the_distance(one) -> None:
    """A compass word covers 45 degrees: 36 km away it says less than 12 km away."""
    near = one(place="Lyman", ref_place="Luhansk", ref_km="12", ref_dir="NW")
    far = one(place="Pokrovka", ref_place="Donetsk", ref_km="36", ref_dir="E")
    assert 2_700 < near["sigma_major_m"] < 4_000
    assert 8_000 < far["sigma_major_m"] < 9_000


def test_a_day_is_the_whole_local_day(one) -> None:
    row = one(date="2018-03-25")  # clocks went forward that morning: 23 hours
    assert row["time_start"] == datetime(2018, 3, 24, 22, tzinfo=UTC)
    assert row["time_end"] == datetime(2018, 3, 25, 21, tzinfo=UTC)
    assert (row["time"], row["time_kind"]) == (None, "unknown_within")


def test_words_for_the_surroundings_widen_the_place(one) -> None:
    exact, near = one(place="Svitlodarsk"), one(place="near Svitlodarsk")
    centre, north = one(place="centre of Svitlodarsk"), one(place="north of Svitlodarsk")
    assert centre["sigma_major_m"] == exact["sigma_major_m"] == 700.0
    assert (near["lat_deg"], near["lon_deg"]) == (exact["lat_deg"], exact["lon_deg"])
    assert near["sigma_major_m"] == pytest.approx(2_596, abs=1)
    assert north["lat_deg"] - exact["lat_deg"] == pytest.approx(2.5 / 111.2, rel=0.01)
    assert one(place="W of Svitlodarsk")["lon_deg"] < exact["lon_deg"]


def test_what_others_found_is_kept_in_the_text_and_nowhere_else(one) -> None:
    row, other = one(), one(finding="beyond lines outside storage sites", control="government")
    assert "in violation of withdrawal lines" in row.pop("text")
    assert "government-controlled area" in other.pop("text")
    assert row.pop("id") != other.pop("id")
    assert row == other
    assert row["alleged_party"] is None


@pytest.mark.parametrize(
    ("type_", "weapon"),
    [
        ("towed howitzer", "artillery"),
        ("Self-Propelled  Howitzer", "artillery"),
        ("MLRS", "multiple launch rocket system"),
        ("tank", "tank"),
        ("mortar", "mortar"),
    ],
)
def test_weapons_are_named_by_the_taxonomy(one, type_, weapon) -> None:
    assert one(type=type_)["weapon"] == weapon


def test_what_is_not_said_is_null(one) -> None:
    row = one(model="undetermined", calibre_mm="")
    assert (row["weapon_model"], row["calibre_mm"], row["method"], row["sensor_lon_deg"]) == (None, None, None, None)


BROKEN = [
    ({"date": "30.7.2018"}, "date", "not a date"),
    ({"sensor": "rumour"}, "sensor", "'rumour' is not a known word here; known: camera, patrol"),
    ({"type": "catapult"}, "type", "'catapult'"),
    ({"count": ""}, "count", "digits"),
    ({"count": "0"}, "count", "coverage"),
    ({"calibre_mm": "big"}, "calibre_mm", "leave it empty"),
    ({"place": ""}, "place", "name the place"),
    ({"place": "near Nowhere", "ref_place": "", "ref_km": "", "ref_dir": ""}, "place", "no place called 'nowhere'"),
    ({"place": "nn of Svitlodarsk"}, "place", "'NN'"),
    ({"ref_dir": "SW"}, "place", "the row says 57km SW of Donetsk"),
    ({"ref_km": "far"}, "ref_km", "digits"),
]


@pytest.mark.parametrize(("change", "field", "reason"), BROKEN)
def test_a_broken_row_is_refused_by_its_field_and_the_next_stands(parse, change, field, reason) -> None:
    blank = {"ref_place": "", "ref_km": "", "ref_dir": ""} if change == {"place": ""} else {}
    parsed = parse("smm_weapons", "w.csv", in_csv({**GOOD, **blank, **change}, {**GOOD, "count": "7"}))
    assert parsed.observations.column("count_low").to_pylist() == [7]
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason


def test_the_same_line_twice_is_a_repeat_and_a_changed_one_is_another_sighting(parse) -> None:
    parsed = parse("smm_weapons", "w.csv", in_csv(GOOD, {**GOOD, "place": " Svitlodarsk "}, {**GOOD, "count": "8"}))
    assert parsed.observations.column("count_low").to_pylist() == [6, 8]
    [refused] = parsed.rejected
    assert (refused.row, refused.reason) == (2, "repeats row 1")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(km=st.integers(3, 200), way=st.sampled_from(["N", "NE", "E", "SE", "S", "SW", "W", "NW"]))
def test_a_place_known_by_its_reference_only_lies_there(one, km, way) -> None:
    row = one(place="a village", ref_place="Donetsk", ref_km=str(km), ref_dir=way)
    _, _, metres = WGS84.inv(37.8053, 48.0, row["lon_deg"], row["lat_deg"])
    assert metres == pytest.approx(1000 * km, rel=1e-4)
    assert row["sigma_major_m"] >= 1_000 * km * 0.2
