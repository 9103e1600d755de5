"""Mission settings, gazetteers and bundles: read strictly, and the same from a bundle as from the folder."""

from pathlib import Path

import pytest

from truceline.arrangement_file import load_arrangement
from truceline.errors import ArrangementError, MissionError
from truceline.mission_file import (
    bundle,
    load_mission,
    load_places,
    read_bundle,
    read_mission,
    read_places,
    resolve,
    shipped,
    shipped_names,
    starter,
)

HEADER = "name,aliases,lon_deg,lat_deg,sigma_m,reference\n"


@pytest.mark.parametrize("folder", ["starter", "example"])
def test_a_bundle_says_the_same_as_the_folder(folder: str, root: Path) -> None:
    mission_folder = starter() if folder == "starter" else root / "examples" / "minsk-2018"
    mission = load_mission(mission_folder / "mission.yaml")
    again = read_bundle(bundle(mission_folder))
    assert again.mission == mission
    assert again.arrangement == load_arrangement(resolve(mission.arrangement, mission_folder))
    assert mission.places is not None
    assert again.places == load_places(mission_folder / mission.places)
    assert again.places


def test_a_mission_without_places_has_an_empty_gazetteer(tmp_path: Path) -> None:
    text = "format: mission/1\nname: M\narrangement: minsk-2015\naudiences: [mission]\n"
    (tmp_path / "mission.yaml").write_text(text, encoding="utf-8")
    again = read_bundle(bundle(tmp_path))
    assert again.places == {}
    assert again.mission.audiences == ("mission",)
    assert again.arrangement.id == "minsk-2015"


def test_a_bad_mission_file_is_told_with_lines() -> None:
    with pytest.raises(MissionError) as caught:
        read_mission("format: mission/1\nnmae: M\narrangement: [a]\naudiences: [press]\n")
    assert str(caught.value).splitlines() == [
        "The mission cannot be used: 4 problems.",
        "mission.yaml:1  mission.yaml: key 'name' is missing. Add it.",
        "mission.yaml:2  unknown key 'nmae'. Did you mean 'name'?",
        "mission.yaml:3  arrangement: give text, not a list.",
        "mission.yaml:4  audiences[1]: 'press' is not known here. Known: mission, public.",
    ]


def test_places_are_found_by_name_and_alias_in_any_case() -> None:
    places = read_places(HEADER + '"Hill, north",The  Hill;H1,1.5,2.5,300,map\n')
    assert places["hill, north"] == places["the hill"] == places["h1"]
    assert places["h1"].name == "Hill, north"
    assert (places["h1"].lon_deg, places["h1"].lat_deg, places["h1"].sigma_m) == (1.5, 2.5, 300.0)


def test_a_bad_gazetteer_is_told_with_lines() -> None:
    rows = "A,,east,2,300,map\n\nB,,1,200,300,map\nC,a,1,2,-1,\n,,1,2,3,map\nD,x,1,2,3,map,more\n"
    with pytest.raises(MissionError) as caught:
        read_places(HEADER + rows)
    assert str(caught.value).splitlines() == [
        "The gazetteer cannot be used: 7 problems.",
        "places.csv:2  lon_deg: 'east' is not a number from -180 to 180.",
        "places.csv:4  lat_deg: '200' is not a number from -90 to 90.",
        "places.csv:5  'a' already names a place above. Give each its own name.",
        "places.csv:5  reference: say where the position of 'C' comes from, even if assumed.",
        "places.csv:5  sigma_m: '-1' is not a number from 0 to 100000.",
        "places.csv:6  name: a place needs one.",
        "places.csv:7  more fields than columns. Put text that holds a comma in double quotes.",
    ]
    with pytest.raises(MissionError) as caught:
        read_places("name,alias,lon_deg,lat_deg,sigma_m,reference\n")
    assert "unknown column 'alias'. Did you mean 'aliases'?" in str(caught.value)
    assert "column 'aliases' is missing" in str(caught.value)


def test_arrangements_are_found_by_folder_or_shipped_name(tmp_path: Path) -> None:
    assert "minsk-2015" in shipped_names()
    assert resolve("minsk-2015", tmp_path) == shipped("minsk-2015")
    with pytest.raises(ArrangementError, match="Did you mean 'minsk-2015'"):
        shipped("minsk-2014")
    with pytest.raises(ArrangementError, match="neither a folder"):
        resolve("geneva", tmp_path)
    own = tmp_path / "minsk-2015"
    own.mkdir()
    (own / "arrangement.yaml").write_text("format: arrangement/1\n", encoding="utf-8")
    with pytest.raises(ArrangementError, match="both a folder"):
        resolve("minsk-2015", tmp_path)


def test_what_is_missing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissionError, match="truceline new"):
        bundle(tmp_path)
    with pytest.raises(MissionError, match=r"No mission\.yaml in the bundle"):
        read_bundle({})
    (tmp_path / "mission.yaml").write_text(
        "format: mission/1\nname: M\narrangement: minsk-2015\nplaces: places.csv\n", encoding="utf-8"
    )
    with pytest.raises(MissionError, match=r"places\.csv is not there"):
        bundle(tmp_path)


def test_the_starting_mission_has_a_folder_for_each_source() -> None:
    folders = {p.name for p in (starter() / "inbox").iterdir() if p.is_dir()}
    assert folders == {"smm", "smm_counts", "table", "coverage"}
