"""The shipped arrangement minsk-2015: what it says, where its line comes from, and how good that line is."""

import csv
import gzip
import json
import math
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np
import pytest
import shapely

from truceline.arrangement_file import load_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.dated import Dated
from truceline.mission_file import shipped

KM_PER_DEG = 111.195
SHRINK = math.cos(math.radians(47.9))


@pytest.fixture(scope="module")
def minsk() -> Arrangement:
    return load_arrangement(shipped("minsk-2015"))


@pytest.fixture(scope="module")
def pairs() -> list[tuple[dict[str, str], dict[str, str]]]:
    path = shipped("minsk-2015") / "contact-line-points.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return list(zip(rows[::2], rows[1::2], strict=True))


def in_km(points: object) -> np.ndarray:
    """Points in a plane that is good to 1 % over the region: enough to measure distances of kilometres."""
    degrees = np.asarray(points, dtype=np.float64)
    return degrees * np.array([SHRINK * KM_PER_DEG, KM_PER_DEG])


def line_km(minsk: Arrangement) -> shapely.LineString:
    return shapely.LineString(in_km(minsk.lines[0].versions.history[0].value.vertices_deg))


def distances_km(one: shapely.LineString, other: shapely.LineString) -> np.ndarray:
    """Distance to `other` every 500 m along `one`."""
    stops = shapely.line_interpolate_point(one, np.arange(0.0, one.length, 0.5))
    return shapely.distance(stops, other)


def test_it_says_what_the_package_of_measures_says(minsk: Arrangement) -> None:
    assert minsk.in_force_from == datetime(2015, 2, 14, 22, 0, tzinfo=UTC)  # 00:00 Kyiv time on the 15th
    assert minsk.timezone == "Europe/Kyiv"
    assert minsk.cut_off(date(2018, 9, 5)) == time(19, 30)
    assert {p.id for p in minsk.parties} == {"ukraine", "armed_formations"}
    clause = next(one for one in minsk.clauses if one.id == "1")
    assert clause.kind == "no_fire"
    assert "point 1" in clause.reference
    assert "explosion" in clause.acts.at(date(2018, 9, 5)).value
    assert [s.region for s in minsk.sectors] == ["luhansk", "donetsk"]
    day_parts = minsk.day_parts.at(date(2018, 9, 5)).value
    assert day_parts["night"] == (20 * 60, 30 * 60)
    assert day_parts["evening"] == (17 * 60, 23 * 60)


def test_numbers_that_no_source_states_are_graded_assumed(minsk: Arrangement) -> None:
    dated: list[Dated[object]] = [minsk.standards, minsk.day_parts, minsk.prior]  # type: ignore[list-item]
    assert {since.grade for one in dated for since in one.history} == {"assumed"}


def test_the_public_is_not_shown_who_stood_where(minsk: Arrangement) -> None:
    withheld = minsk.release.at(date(2018, 9, 5)).value["public"]
    assert set(withheld) == {"sensor_positions", "observations", "coverage", "rejected"}


def test_each_vertex_is_the_midpoint_of_its_pair(
    minsk: Arrangement, pairs: list[tuple[dict[str, str], dict[str, str]]]
) -> None:
    vertices = minsk.lines[0].versions.history[0].value.vertices_deg
    assert len(vertices) == len(pairs)
    for n, (vertex, (one, other)) in enumerate(zip(vertices, pairs, strict=True), start=1):
        assert one["pair"] == other["pair"] == str(n)
        assert (one["side"], other["side"]) == ("ukraine", "armed_formations")
        assert one["reference"] and other["reference"]
        for i, column in enumerate(("lon_deg", "lat_deg")):
            assert vertex[i] == pytest.approx((float(one[column]) + float(other[column])) / 2, abs=1e-9)


def test_every_settlement_lies_on_its_own_side(
    minsk: Arrangement, pairs: list[tuple[dict[str, str], dict[str, str]]]
) -> None:
    line = minsk.lines[0]
    path = line_km(minsk)
    for row in (one for pair in pairs for one in pair):
        x, y = in_km([float(row["lon_deg"]), float(row["lat_deg"])])
        at = path.project(shapely.Point(x, y))
        back, ahead = (path.interpolate(min(max(at + d, 0.0), path.length)) for d in (-0.05, 0.05))
        cross = (ahead.x - back.x) * (y - back.y) - (ahead.y - back.y) * (x - back.x)
        assert row["side"] == (line.left if cross > 0 else line.right), row["name"]


def test_positions_from_ucdp_are_what_ucdp_says(
    shared: Path, pairs: list[tuple[dict[str, str], dict[str, str]]]
) -> None:
    path = shared / "data" / "ucdp_ged_ukraine" / "ucdp_ged_ukraine_2014_2022.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        events = {row["id"]: row for row in csv.DictReader(file)}
    quoted = [row for pair in pairs for row in pair if row["reference"].startswith("UCDP")]
    assert len(quoted) > 40
    for row in quoted:
        event = events[row["reference"].split()[3]]
        assert event["where_coordinates"] in row["reference"]
        for ours, theirs in (("lon_deg", "longitude"), ("lat_deg", "latitude")):
            assert float(row[ours]) == pytest.approx(float(event[theirs]), abs=6e-5)


def test_its_accuracy_is_what_was_measured(shared: Path, minsk: Arrangement) -> None:
    derived = json.loads((shared / "data" / "lines" / "minsk_contact_line_derived.geojson").read_text("utf-8"))
    feature = derived["features"][0] if "features" in derived else derived
    theirs = shapely.LineString(in_km(feature["geometry"]["coordinates"]))
    off_km = distances_km(theirs, line_km(minsk))
    assert off_km.mean() < 2.0
    assert np.percentile(off_km, 90) < 4.0
    rms_m = 1000 * math.sqrt((off_km**2).mean())
    assert rms_m == pytest.approx(minsk.lines[0].versions.history[0].value.accuracy_m, rel=0.05)


def test_the_sector_border_is_the_oblast_boundary(shared: Path, minsk: Arrangement) -> None:
    path = shared / "data" / "admin" / "geoBoundaries-UKR-ADM1_simplified.geojson.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        oblasts = {f["properties"]["shapeISO"]: f["geometry"] for f in json.load(file)["features"]}
    luhansk, donetsk = (shapely.geometry.shape(oblasts[code]) for code in ("UA-09", "UA-14"))
    until = minsk.sectors[0].until_deg
    assert until is not None
    vertices = shapely.LineString(minsk.lines[0].versions.history[0].value.vertices_deg)
    border = shapely.Point(until)
    assert max(border.distance(s) for s in (vertices, luhansk.boundary, donetsk.boundary)) < 0.005  # half a km
    at = vertices.project(border)
    assert luhansk.contains(vertices.interpolate(at - 0.2))
    assert donetsk.contains(vertices.interpolate(at + 0.2))
