"""A line that moves: derived from dated maps of held ground, and fused against."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.test_verbs import call

from truceline.geo.frame import fit_frame
from truceline.geo.line import build_axis
from truceline.geojson_file import load_line

LAND, BORDERS = (
    "data/lines/natural_earth_land_10m_ukraine_bbox.geojson",
    "data/admin/geoBoundaries-UKR-ADM1_simplified.geojson.gz",
)
HEADER = "id,means,phenomenon,time,time_sigma_s,lon_deg,lat_deg,sigma_major_m\n"


def box(west: float, east: float) -> str:
    ring = [[west, 48.0], [east, 48.0], [east, 49.0], [west, 49.0], [west, 48.0]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """Land from 38 to 39 E; what is held in the east of it reaches to 38.5 E in May and to 38.3 E in June."""
    (tmp_path / "land.geojson").write_text(box(38.0, 39.0))
    (tmp_path / "held_20250501.geojson").write_text(box(38.5, 39.0))
    (tmp_path / "held-2025-06-01.geojson").write_text(box(38.3, 39.0))
    return tmp_path


def derive(folder: Path, *more: str, check: int = 0) -> str:
    words = (
        "line",
        "held-2025-06-01.geojson",
        "held_20250501.geojson",
        "--not-front",
        "land.geojson",
        "--out",
        "l.geojson",
    )
    done = call(*words, *more, cwd=folder, check=check)
    return done.stderr if check else done.stdout


def test_the_line_moves_with_the_maps_and_keeps_its_sides(maps: Path) -> None:
    out = derive(maps)
    assert [row.split()[0] for row in out.splitlines()] == ["2025-05-01", "2025-06-01"]
    for version, lon in zip(load_line(maps / "l.geojson").history, (38.5, 38.3), strict=True):
        assert {round(x, 4) for x, _ in version.value.vertices_deg} == {lon}
        south, north = version.value.vertices_deg[0][1], version.value.vertices_deg[-1][1]
        assert south < north  # the held ground, in the east, is on the right
        assert (south - 48.0) * 111.2 == pytest.approx(3.0, abs=0.3)


def test_as_json_and_with_what_the_user_knows_of_the_maps(maps: Path) -> None:
    found = json.loads(derive(maps, "--accuracy-m", "250", "--within-km", "10", "--json"))
    assert [one["since"] for one in found] == ["2025-05-01", "2025-06-01"]
    assert found[0]["length_km"] == pytest.approx(111.2 - 20, abs=0.6)
    assert load_line(maps / "l.geojson").history[0].value.accuracy_m == 250.0


def test_what_is_fused_is_placed_by_the_line_of_its_day(maps: Path) -> None:
    derive(maps)
    days = ("2025-04-30", "2025-05-20", "2025-06-20")
    rows = "".join(f"{day},uav,explosion,{day}T10:00:00Z,2,38.4,48.5,100\n" for day in days)
    (maps / "o.csv").write_text(HEADER + rows)
    call("fuse", "o.csv", "--out", "out", "--line", "l.geojson", cwd=maps)
    before, may, june = sorted(pq.read_table(maps / "out/incidents.parquet").to_pylist(), key=lambda row: row["time"])
    assert before["offset_km"] is before["p_side_left"] is None  # no line is known of that day
    assert may["offset_km"] == pytest.approx(7.4, abs=0.1)
    assert june["offset_km"] == pytest.approx(-7.4, abs=0.1)
    assert (may["p_side_left"], june["p_side_left"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("line", "land.geojson", "--out", "l.geojson"), 2, "names no date"),
        (("line", "held_20250501.geojson", "held_20250501.geojson", "--out", "l.geojson"), 2, "are of one date"),
        (
            ("line", "held_20250501.geojson", "--not-front", "held_20250501.geojson", "--out", "l"),
            1,
            "all of its boundary",
        ),
        (("line", "held_20250601.geojson", "--out", "l.geojson"), 3, "cannot be read"),
        (("line", "held_20250501.geojson", "--out", "no/l.geojson"), 3, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(maps: Path, words, code, said) -> None:
    assert said in call(*words, cwd=maps, check=code).stderr


def test_the_real_maps_give_a_line_for_each_of_their_26_dates(shared: Path, tmp_path: Path) -> None:
    """SOURCES.md: about 1,040 km in May 2025."""
    maps = sorted((shared / "data/deepstate").glob("*.geojson.gz"))
    call(
        "line", *maps, "--not-front", shared / LAND, "--not-front", shared / BORDERS, "--out", "l.geojson", cwd=tmp_path
    )
    history = load_line(tmp_path / "l.geojson").history
    assert len(history) == len(maps) == 26
    found = json.loads((tmp_path / "l.geojson").read_text())["features"]
    assert all(one["properties"]["next_longest_km"] < 40 for one in found)
    for version, one in zip(history, found, strict=True):
        frame = fit_frame(version.value.vertices_deg)
        axis = build_axis([*zip(*frame.to_plane(*zip(*version.value.vertices_deg, strict=True)), strict=True)])
        assert axis.length_m / 1000 == pytest.approx(one["properties"]["length_km"], rel=2e-3)
        if (version.day.year, version.day.month) == (2025, 5):
            assert axis.length_m / 1000 == pytest.approx(1_040, rel=0.07)
        # from the mouth of the Dnipro to the border north-east of Kharkiv, on every date
        start, end = version.value.vertices_deg[0], version.value.vertices_deg[-1]
        assert start == pytest.approx((32.47, 46.51), abs=0.05)
        assert 37.0 < end[0] < 38.2
        assert 49.9 < end[1] < 50.5
