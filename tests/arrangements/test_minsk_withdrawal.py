"""minsk-2015 in full: distances by weapon and party, areas, gate, measures of 2020; and the reading of the distances
held against what the OSCE SMM found of sixteen weapons."""

import csv
import math
import re
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from tests.arrangements.own_lines import in_plane, path_m, share_at_m

from truceline.arrangement_file import load_arrangement
from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.mission_file import shipped

DAY = date(2018, 7, 30)
COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
WORDS = {"north": "N", "south": "S", "west": "W", "SW": "SW", "NE": "NE", "W": "W"}
NEARBY_KM = 2.5  # "north of" without a distance: up to 5 km, as the source smm_weapons reads it
CLASSES = {"tank": "tank", "MLRS": "multiple launch rocket system"}  # all other types in the file are howitzers
STATED_POINTS = [(1.0, True, 16), (1.0, False, 12), (2.0, True, 15), (2.0, False, 15)]  # of 16 findings
PLACE = re.compile(r"(?:near |centre of |~?(?P<km>[\d.]+) ?km (?P<to>\w+) of |(?P<way>\w+) of )?(?P<name>.+)")


@pytest.fixture(scope="module")
def minsk() -> Arrangement:
    return load_arrangement(shipped("minsk-2015"))


def clause(arrangement: Arrangement, id: str) -> ClauseText:
    return next(one for one in arrangement.clauses if one.id == id)


def test_each_party_keeps_half_of_the_zone_from_its_own_line(minsk: Arrangement) -> None:
    withdrawal = clause(minsk, "2").terms_at(DAY)
    assert withdrawal["reference_lines"] == {"ukraine": "contact-line", "armed_formations": "line-of-2014"}
    halves = {row["name"]: 2 * row["to_m"] / 1000 for row in withdrawal["limits"]}
    for name, km in halves.items():
        assert name.endswith(f"{km:g} km zone")
    assert sorted(set(halves.values())) == [50, 70, 140]


def test_the_addendum_keeps_tanks_small_guns_and_mortars_15_km_away(minsk: Arrangement) -> None:
    addendum = clause(minsk, "addendum-2015")
    assert addendum.since.date() > date(2015, 9, 29)
    rows = addendum.terms_at(DAY)["limits"]
    assert {row["to_m"] for row in rows} == {15_000}
    assert [row["weapons"] for row in rows] == [("tank",), ("artillery",), ("mortar",)]
    assert [row.get("calibre_below_mm") for row in rows] == [None, 100, 121]  # 120 mm mortars are in it


def test_what_stands_in_front_of_the_line_of_2014_is_not_forgotten(minsk: Arrangement) -> None:
    """Clause 2 counts behind each party's line; round Debaltseve one of them runs behind the actual line."""
    salient = next(one for one in minsk.zones if one.id == "salient-of-2014")
    ring = shapely.Polygon(in_plane(np.array(salient.ring_deg.history[0].value)))
    actual, old = (path_m(line) for line in minsk.lines)
    inside = ring.representative_point()
    assert ring.area == pytest.approx(640e6, rel=0.02)
    assert actual.distance(inside) > 0 and old.distance(inside) > 0
    assert max(actual.distance(shapely.Point(corner)) for corner in ring.exterior.coords) > 20_000
    front = clause(minsk, "2-salient")
    assert front.binds == ("armed_formations",) and front.zones == ("salient-of-2014",)


def test_no_calibre_of_gun_or_mortar_is_left_out_or_asked_twice(minsk: Arrangement) -> None:
    rows = [row for id in ("2", "addendum-2015") for row in clause(minsk, id).terms_at(DAY)["limits"]]
    for weapon in ("artillery", "mortar"):
        for calibre in (60, 82, 85, 99.9, 100, 120, 122, 152, 203, 240):
            about = [
                row
                for row in rows
                if weapon in row["weapons"]
                and row.get("calibre_from_mm", 0) <= calibre < row.get("calibre_below_mm", math.inf)
            ]
            assert len(about) == 1, (weapon, calibre)


def test_return_fire_is_excepted_from_27_july_2020_only(minsk: Arrangement) -> None:
    ceasefire = clause(minsk, "1")
    assert dict(ceasefire.terms_at(date(2020, 7, 26))) == {}
    later = ceasefire.terms_at(date(2020, 7, 27))
    assert later["order_notified"] and later["coordination_tried"]
    hour = datetime(2020, 7, 26, 21, 1, tzinfo=UTC)  # 00:01 in Kyiv
    assert [one.id for one in minsk.clauses if one.since == hour] == ["2020-flights", "2020-settlements"]
    assert clause(minsk, "memorandum-7").until == hour  # one ban on flights at a time


def test_the_disengagement_areas_are_2_by_2_km_on_the_line(minsk: Arrangement) -> None:
    areas = [zone for zone in minsk.zones if zone.id.startswith("disengagement-")]
    assert len(areas) == 3
    for area in areas:
        ring = shapely.Polygon(in_plane(np.array(area.ring_deg.history[0].value)))
        assert ring.area == pytest.approx(4e6, rel=0.01)
        assert path_m(minsk.lines[0]).distance(ring) < minsk.lines[0].versions.history[0].value.accuracy_m
        assert {since.grade for since in area.ring_deg.history} == {"assumed"}


def test_the_gate_asks_for_seven_days_in_each_area(minsk: Arrangement) -> None:
    gates = [one for one in minsk.clauses if one.kind == "quiet_period"]
    assert len(gates) == 3
    for gate in gates:
        terms = gate.terms_at(gate.since.date())
        assert (terms["days"], terms["reset_lasting_h"], terms["reset_next_day"]) == (7, 2, True)
        assert gate.since == datetime(2016, 9, 20, 21, 0, tzinfo=UTC) and gate.until is not None
        assert "flare" not in gate.acts.history[0].value  # the procedure itself uses flares
    assert len({gate.zones for gate in gates}) == 3


def test_the_security_zone_is_30_km_wide(minsk: Arrangement) -> None:
    zone = next(one for one in minsk.zones if one.id == "security-zone")
    assert share_at_m(zone.ring_deg.history[0].value, path_m(minsk.lines[0]), 15_000.0) > 0.85  # two ends of 30 km


def test_there_is_no_ladder_because_there_was_none(minsk: Arrangement) -> None:
    assert minsk.ladder is None and minsk.levels == ()
    assert {body.id for body in minsk.bodies} == {"contact_group", "jccc"}
    assert minsk.sites == ()  # no list is public


def positions(folder: Path) -> dict[str, tuple[float, float]]:
    with (folder / "places.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    named = {row["name"]: (float(row["lon_deg"]), float(row["lat_deg"])) for row in rows}
    return named


def moved(from_deg: tuple[float, float], km: float, to: str) -> tuple[float, float]:
    bearing = math.radians(22.5 * COMPASS.index(to))
    lon, lat = from_deg
    east, north = km * math.sin(bearing), km * math.cos(bearing)
    return lon + east / (111.195 * math.cos(math.radians(lat))), lat + north / 111.195


def stood(row: dict[str, str], places: dict[str, tuple[float, float]]) -> tuple[float, float]:
    """Where the weapons stood: by the gazetteer where it has the village, else from a town."""
    said = PLACE.fullmatch(row["place"])
    assert said is not None
    if said["name"] not in places:
        return moved(places[row["ref_place"]], float(row["ref_km"]), row["ref_dir"])
    if said["km"]:
        return moved(places[said["name"]], float(said["km"]), WORDS[said["to"]])
    return moved(places[said["name"]], NEARBY_KM, WORDS[said["way"]]) if said["way"] else places[said["name"]]


def agreeing(minsk: Arrangement, rows: list[dict[str, str]], root: Path, *, times: float, own_line: bool) -> int:
    """How many findings of the SMM follow from the distances times `times`, from each party's own line or the contact
    line for both."""
    places = positions(root / "examples" / "minsk-2018")
    lines = {str(line.id): path_m(line) for line in minsk.lines}
    n = 0
    for row in rows:
        weapon = CLASSES.get(row["type"], "artillery")
        terms = clause(minsk, "addendum-2015" if weapon == "tank" else "2").terms_at(DAY)
        limits = [one for one in terms["limits"] if weapon in one["weapons"] and "models" not in one]
        limit_m = max(one["to_m"] for one in limits) * (1.0 if weapon == "tank" else times)
        party = "ukraine" if row["control"] == "government" else "armed_formations"
        line = lines[terms["reference_lines"][party] if own_line else "contact-line"]
        point = shapely.Point(in_plane(np.array([stood(row, places)]))[0])
        too_close = line.distance(point) < limit_m
        n += too_close == (row["finding"] == "in violation of withdrawal lines")
    return n


@pytest.mark.parametrize(("times", "own_line", "expected"), STATED_POINTS)
def test_how_many_findings_follow_from_the_stated_points(
    minsk: Arrangement, shared: Path, root: Path, times: float, own_line: bool, expected: int
) -> None:
    text = (shared / "data" / "osce_smm" / "osce_weapons.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 16
    assert agreeing(minsk, rows, root, times=times, own_line=own_line) == expected
