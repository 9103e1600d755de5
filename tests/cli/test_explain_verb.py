"""`truceline explain` and `report` as a user calls them: both ways, as JSON and as a picture, with errors that help."""

import json
import xml.etree.ElementTree as ET

import pytest
from tests.cli.test_verbs import call
from tests.mission.small_mission import make_mission


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = make_mission(tmp_path_factory.mktemp("explain") / "m")
    call("run", "--once", folder, cwd=folder)
    return folder


def test_an_observation_is_explained_upwards_as_data(mission):
    found = json.loads(call("explain", "smm:29", "--json", "--at", "2018-09-06T08:00+03:00", cwd=mission).stdout)
    assert (found["kind"], found["as_of"], found["exercise"]) == ("observation", "2018-09-06T05:00:00+00:00", "")
    kinds = [node["kind"] for node in found["up"]]
    assert "engagement" in kinds and "indication" in kinds
    assert found["down"] == []
    engagement = next(node for node in found["up"] if node["kind"] == "engagement")
    assert engagement["of"] == ["smm:29"]


def test_an_indication_is_explained_down_to_each_share(mission):
    up = json.loads(call("explain", "smm:29", "--json", cwd=mission).stdout)["up"]
    indication = next(node["id"] for node in up if node["kind"] == "indication")
    out = call("explain", indication, cwd=mission).stdout
    assert "What it rests on:" in out and "smm:29: belongs with" in out and "nats" in out
    found = json.loads(call("explain", indication, "--json", cwd=mission).stdout)
    assert {s["observation"] for node in found["down"] for s in node["shares"]} >= {"smm:29"}


def test_a_picture_is_drawn_where_it_was_asked_for(mission, tmp_path):
    drawn = tmp_path / "deep" / "trace.svg"
    out = call("explain", "smm:29", "--picture", drawn, cwd=mission).stdout
    assert out.startswith("Observation smm:29")
    root = ET.fromstring(drawn.read_bytes())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "SVG" in call("explain", "smm:29", "--picture", tmp_path / "trace.png", cwd=mission, check=2).stderr
    assert not (tmp_path / "trace.png").exists()


def test_what_is_not_there_is_one_message(mission):
    said = call("explain", "F-00000000", cwd=mission, check=1).stderr
    assert "Nothing here is called 'F-00000000'" in said and "H-" in said


def test_the_report_is_of_the_second_schema_and_tells_origin_to_the_mission_alone(mission):
    for audience in ("mission", "public"):
        data = json.loads(call("report", "2018-09-05", "--format", "json", "--for", audience, cwd=mission).stdout)
        assert data["schema"] == "daily_report/2"
        assert bool(data["origins"]) == (audience == "mission")
