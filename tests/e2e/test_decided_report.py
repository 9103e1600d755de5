"""From a real finding to the reports: entered, confirmed, ruled on, released; what each edition tells, and explain."""

import json
import xml.etree.ElementTree as ET

import pytest
from tests.mission.decided_mission import ENGAGEMENT, at, make_mission, opened

from truceline.cli.common import quiet
from truceline.domain.decided import Finding, Release, Reply, Ruling
from truceline.mission.decisions import confirm, enter
from truceline.mission.loop import run_once
from truceline.mission.publish import derive
from truceline.mission.replay import replay
from truceline.reports.explained import explain, picture

DAY = "2026-03-04"
PARTY = "Northern forces"


def decide(folder, record, hour):
    """Enter `record` and have a second person confirm it; its id."""
    mission = opened(folder, record.at)
    enter(mission, record)
    id = mission.state().decisions[-1].record.id
    confirm(opened(folder, at(record.at.day, hour)), id, "Second Monitor", True, "")
    return id


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The mission after a finding, a ruling, a reply, and before and after the finding's release."""
    folder = make_mission(tmp_path_factory.mktemp("decided") / "m")
    finding = Finding(
        id="", indication=ENGAGEMENT, verdict="substantiated", party="north", standard="balance",
        reasons="Eight craters.", by="First Monitor", at=at(5, 10),
    )  # fmt: skip
    ids = {"finding": decide(folder, finding, 11)}
    ids["ruling"] = decide(folder, Ruling(
        id="", finding=ids["finding"], verdict="violation", party="north", standard="balance", body="commission",
        present=3, reasons="As found.", dissent="", by="Secretary", at=at(6, 9)), 10)  # fmt: skip
    mission = opened(folder, at(6, 12))
    advice = {a.rung: a.id for a in derive(mission, mission.state())[0].held.advice_at(at(6, 12)) if a.subjects}
    ids["reply"] = decide(folder, Reply(
        id="", advice=advice["warning"], verdict="taken", body="commission", reasons="Both were warned.",
        by="Secretary", at=at(6, 13)), 14)  # fmt: skip
    run_once(opened(folder, at(6, 15)), quiet)
    before = reports(folder)
    ids["release"] = decide(folder, Release(id="", what=ids["finding"], to="public", by="Secretary", at=at(7, 9)), 10)
    run_once(opened(folder, at(7, 12)), quiet)
    return folder, ids | {"advice": advice["demand"]}, before, reports(folder)


def reports(folder):
    return {a: (folder / f"reports/{a}/{DAY}.json").read_text() for a in ("mission", "public")}


def test_the_mission_is_told_what_was_found_ruled_and_answered(story):
    _, ids, _, after = story
    told = {d["id"]: d for d in json.loads(after["mission"])["decisions"]}
    assert set(told) >= {ids["finding"], ids["ruling"]}
    found = told[ids["finding"]]
    assert (found["state"], found["party"], found["by"], found["confirmed_by"]) == (
        "in_force", PARTY, "First Monitor", "Second Monitor",
    )  # fmt: skip
    page = (story[0] / f"reports/mission/{DAY}.html").read_text()
    assert "Confirmed by Second Monitor" in page and "Eight craters." in page


def test_the_public_learns_of_a_party_only_once_a_release_is_in_force(story):
    _, _, before, after = story
    assert PARTY not in before["public"] and "First Monitor" not in before["public"]
    told = json.loads(after["public"])["decisions"]
    assert [(d["kind"], d["party"], d["by"]) for d in told if d["kind"] == "finding"] == [("finding", PARTY, "")]
    assert [d["party"] for d in told if d["kind"] == "ruling"] in ([], [""])
    assert json.loads(after["public"])["origins"] == []


def test_every_report_names_the_levels_and_the_rungs(story):
    data = json.loads(story[3]["mission"])
    assert [(level["number"], level["standing"]["kind"]) for level in data["levels"]] == [(1, "on_paper")]
    assert {a["rung"] for a in data["advice"]} == {"warning", "demand"}
    words = dict(data["told"])
    assert any("nobody; Guarantor pledged (on paper)" in line for line in words["level 1"])


@pytest.mark.parametrize("kind", ["finding", "ruling", "reply", "release", "advice"])
def test_whatever_was_decided_is_explained_down_to_the_observations(story, kind):
    folder, ids, _, _ = story
    mission = opened(folder, at(7, 12))
    ready = derive(mission, mission.state())[0]
    explained = explain(ready, ids[kind], at(6, 16))
    assert explained.kind == kind
    assert {"table:1", "table:2"} <= {node["id"] for node in explained.data["down"]}
    ET.fromstring(picture(explained.chain, ids[kind]))


def test_an_observation_is_explained_up_to_the_advice_and_its_answer(story):
    folder, ids, _, _ = story
    mission = opened(folder, at(7, 12))
    explained = explain(derive(mission, mission.state())[0], "table:1", at(6, 16))
    assert set(ids.values()) <= {node["id"] for node in explained.data["up"]}


def test_it_replays_byte_for_byte(story):
    result = replay(opened(story[0], at(7, 12)), quiet)
    assert result.ok, result.problems
