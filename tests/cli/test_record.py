"""Decisions as people enter them: real commands on a real mission, two people for everything."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from tests.cli.test_verbs import call
from tests.mission.decided_mission import ENGAGEMENT, PAGE, make_mission
from tests.test_docs import NO_NETWORK, promised, said, steps

FINDING = ("record", "finding", ENGAGEMENT, "--verdict", "substantiated", "--party", "north", "--standard", "balance",
           "--reasons", "Craters measured.")  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mission(tmp_path_factory.mktemp("record") / "m")


@pytest.fixture
def mission(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "m")


def by(name: str, hour: int, day: int = 5) -> tuple[str, ...]:
    return ("--by", name, "--at", f"2026-03-{day:02d}T{hour:02d}:00+00:00")


def states(mission: Path, moment: str) -> dict[str, str]:
    found = json.loads(call("advice", "--at", moment, "--json", cwd=mission).stdout)
    return {f"{one['rung']} {one['party'] or ''}".strip(): one["state"] for one in found["advice"]}


def test_four_eyes_from_the_finding_to_the_demand(mission):
    written = json.loads(call(*FINDING, *by("First Monitor", 10), "--json", cwd=mission).stdout)
    finding = written["record"]["id"]
    assert (written["kind"], written["in_force"], written["record"]["subject"]) == ("finding", False, ENGAGEMENT)
    alone = call("record", "confirm", finding, *by("First Monitor", 11), cwd=mission, check=1)
    assert "a second person has to look at it" in alone.stderr
    rule = ("record", "ruling", finding, "--verdict", "violation", "--party", "north", "--standard", "balance",
            "--body", "commission", "--present", "2", "--reasons", "As found.")  # fmt: skip
    assert "not in force" in call(*rule, *by("Secretary", 12), cwd=mission, check=1).stderr
    call("record", "confirm", finding, *by("Second Monitor", 12), cwd=mission)
    out = call(*rule, *by("Secretary", 13), cwd=mission).stdout
    assert "It awaits a second person and counts for nothing yet" in out
    ruling = out.split()[1].rstrip(":")
    assert states(mission, "2026-03-05T14:00+00:00")["demand north"] == "not_reached"
    call("record", "confirm", ruling, *by("First Monitor", 15), cwd=mission)
    assert states(mission, "2026-03-05T16:00+00:00") == {
        "warning": "expired",
        "demand north": "running",
        "demand south": "not_reached",
    }
    listed = call("record", "list", cwd=mission).stdout
    assert "in force, confirmed by Second Monitor" in listed
    assert "in force, confirmed by First Monitor" in listed


def test_the_ledger_holds_and_everything_is_computed_again_after_decisions(mission):
    call(*FINDING, *by("First Monitor", 10), cwd=mission)
    call("record", "contact", "--party", "north", "--party", "south", "--on", ENGAGEMENT, "--outcome", "Fire stopped.",
         *by("First Monitor", 11), cwd=mission)  # fmt: skip
    for held in json.loads(call("record", "list", "--json", cwd=mission).stdout)["decisions"]:
        call("record", "confirm", held["record"]["id"], *by("Second Monitor", 12), cwd=mission)
    assert "hold together" in call("verify", cwd=mission).stdout
    call("run", "--once", mission, "--at", "2026-03-05T13:00+00:00", cwd=mission)
    assert "byte for byte" in call("verify", "--replay", cwd=mission).stdout


def test_a_refusal_is_said_with_its_reason_and_lasts(mission):
    finding = json.loads(call(*FINDING, *by("First Monitor", 10), "--json", cwd=mission).stdout)["record"]["id"]
    no = ("record", "confirm", finding, "--refuse")
    assert "says why" in call(*no, *by("Second Monitor", 11), cwd=mission, check=2).stderr
    assert "refused" in call(*no, "--reasons", "Old craters.", *by("Second Monitor", 11), cwd=mission).stdout
    assert (
        "was refused by Second Monitor"
        in call("record", "confirm", finding, *by("Secretary", 12), cwd=mission, check=1).stderr
    )
    assert "refused by Second Monitor" in call("record", "list", cwd=mission).stdout


def test_wrong_words_are_told_with_what_is_known(mission):
    wrong = [("rumour" if word == "substantiated" else word) for word in FINDING]
    assert "substantiated" in call(*wrong, *by("First Monitor", 10), cwd=mission, check=2).stderr
    assert "Missing option '--by'" in call(*FINDING, cwd=mission, check=2).stderr
    assert "awaits a second person" in call(*FINDING, "--by", "First Monitor", cwd=mission).stdout  # by the wall clock
    assert "naive time" in call(*FINDING, "--by", "Secretary", "--at", "2026-03-05T10:00", cwd=mission, check=2).stderr
    nowhere = call(*FINDING, *by("First Monitor", 10), cwd=mission.parent, check=1).stderr
    assert "is not a mission" in nowhere


def test_advice_says_in_words_who_holds_the_level_and_what_is_lacking(mission):
    out = call("advice", "--at", "2026-03-04T18:00+00:00", cwd=mission).stdout
    for words in (
        "As of 4 Mar 2026, 18:00 UTC",
        "Warning: reached, the clock is running",
        "left",
        "It rests on N-",
        "nobody; Guarantor pledged (on paper), on condition: once the mines are cleared",
        "this is silence, not watched quiet",
        "Joint Commission",
        "Demand to one party: not reached",
        "It counts only what names Northern forces",
    ):
        assert words in out.replace("\u00a0", " "), words


def test_advice_without_a_ladder_or_a_run_says_so(tmp_path):
    call("new", tmp_path / "m", cwd=tmp_path)
    assert "Nothing has been taken in yet" in call("advice", cwd=tmp_path / "m", check=1).stderr
    assert "Nothing has been recorded" in call("record", "list", cwd=tmp_path / "m").stdout
    call("run", "--once", tmp_path / "m", cwd=tmp_path)
    assert "has no ladder" in call("advice", cwd=tmp_path / "m").stdout


@pytest.mark.slow
def test_the_how_to_happens_as_it_says(tmp_path):
    guard, folder = tmp_path / "guard", tmp_path / "reader"
    guard.mkdir()
    folder.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    environment = {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")),
        "PYTHONPATH": str(guard),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    ran = 0
    for step in steps(PAGE.read_text(encoding="utf-8")):
        if step.path:
            (folder / step.path).write_text(step.content, encoding="utf-8")
            continue
        output = said(step, folder, environment)
        ran += 1
        where = f"{PAGE.name}:{step.line}: $ {step.command}"
        if step.output:
            assert promised(step.output).fullmatch(output), f"{where}\npromised:\n{step.output}\nprinted:\n{output}"
    assert ran >= 12
