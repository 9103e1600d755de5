"""What may enter the ledger: every decision is checked against what is derived, agreed and in force."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.mission.decided_mission import ENGAGEMENT, at, make_mission, opened

from truceline.cli.common import quiet
from truceline.domain.decided import Contact, Decided, Finding, Release, Reply, Ruling, Statement
from truceline.errors import MissionError, TrucelineError, UnknownIdError, UsageError
from truceline.mission.decisions import confirm, enter
from truceline.mission.loop import run_once
from truceline.mission.publish import derive
from truceline.stores.seal import destroy_key

FIND = {"id": "", "verdict": "substantiated", "party": "north", "standard": "balance", "reasons": "Craters measured."}
FINDING = Finding(**FIND, indication=ENGAGEMENT, by="First Monitor", at=at(5))
RULING = Ruling(
    id="", finding="", verdict="violation", party="north", standard="balance", body="commission", present=3,
    reasons="As found.", dissent="", by="Secretary", at=at(6),
)  # fmt: skip
REPLY = Reply(id="", advice="", verdict="taken", body="commission", reasons="Warned.", by="Secretary", at=at(6))
CALL = Contact(id="", parties=("north", "south"), on=ENGAGEMENT, outcome="Fire stopped.", by="First Monitor", at=at(5))
WORDS = Statement(id="", party="south", on=ENGAGEMENT, text="We did not fire.", by="First Monitor", at=at(5))
RELEASE = Release(id="", what="", to="public", by="Secretary", at=at(7))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mission(tmp_path_factory.mktemp("decisions") / "m")


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of its own for tests that write."""
    return shutil.copytree(finished, tmp_path / "m")


def put(folder: Path, record: Decided, *, confirmed: bool = True) -> str:
    """Enter `record`, and have the second person confirm it an hour later; its id."""
    mission = opened(folder, record.at)
    index = enter(mission, record)
    (id,) = [held.record.id for held in mission.state().decisions if held.entry == index]
    if confirmed:
        later = record.at.replace(minute=30)
        confirm(opened(folder, later), id, "Second Monitor", True, "")
    return id


def size(folder: Path) -> int:
    return opened(folder, at(9)).ledger.size


@pytest.fixture(scope="module")
def decided(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A mission with a finding in force that names a party, one without a party, one refuted and one awaiting."""
    folder = shutil.copytree(finished, tmp_path_factory.mktemp("decided") / "m")
    ids = {
        "named": put(folder, FINDING),
        "unnamed": put(folder, replace(FINDING, party="", reasons="Seen, not by whom.")),
        "nothing": put(
            folder, replace(FINDING, verdict="not_substantiated", party="", standard="", reasons="Old craters.")
        ),
        "awaiting": put(folder, replace(FINDING, reasons="Seen twice."), confirmed=False),
        "call": put(folder, CALL),
    }
    return folder, ids


def test_a_finding_says_what_it_is_about_and_waits(folder):
    before = opened(folder, at(5)).state()
    id = put(folder, FINDING, confirmed=False)
    state = opened(folder, at(5)).state()
    (held,) = state.decisions
    record = held.record
    assert isinstance(record, Finding)
    assert (record.id, record.subject, record.clause) == (id, ENGAGEMENT, "1")
    assert record.indication.startswith("N-")
    assert record.began is not None and record.ended is not None and record.began < record.ended < at(5)
    assert state.inputs == held.entry + 1 > before.inputs
    assert not held.in_force
    confirm(opened(folder, at(5, 13)), id, "Second Monitor", True, "")
    assert opened(folder, at(5)).state().decisions[0].in_force


def test_the_indication_may_be_named_itself(folder):
    id = put(folder, FINDING)
    (held,) = opened(folder, at(5)).state().decisions
    assert isinstance(held.record, Finding)
    with pytest.raises(MissionError, match=f"recorded already: {id}, ledger entry {held.entry}"):
        put(folder, replace(FINDING, indication=held.record.indication))


WRONG_FINDINGS: list[tuple[dict[str, Any], type[TrucelineError], str]] = [
    ({"by": "Third Monitor"}, MissionError, "lists no 'Third Monitor' under people"),
    ({"by": "Secretary"}, MissionError, "Secretary may not find.*First Monitor, Second Monitor"),
    ({"indication": "N-00000000"}, UnknownIdError, "Nothing indicated now is called 'N-00000000'"),
    ({"party": "east"}, UsageError, "'east' is no party"),
    ({"party": "Northern forces"}, UsageError, "no party"),
    ({"standard": ""}, UsageError, "'' is no standard of proof"),
    ({"standard": "certain"}, UsageError, "'certain' is no standard"),
    ({"verdict": "guilty"}, UsageError, "'guilty' is no verdict"),
    ({"verdict": "undetermined"}, UsageError, "names no party"),
    ({"reasons": " \n "}, UsageError, "--reasons"),
    ({"at": at(1)}, UsageError, f"{ENGAGEMENT} began after 2026-03-01"),
    ({"at": at(9)}, UsageError, "a time to come"),
    ({"reasons": "a lone \ud800 surrogate"}, TrucelineError, "reasons"),
]


@pytest.mark.parametrize(("change", "error", "says"), WRONG_FINDINGS)
def test_a_finding_that_cannot_be_is_refused_before_anything_is_written(finished, change, error, says):
    before = size(finished)
    with pytest.raises(error, match=says):
        enter(opened(finished, at(8)), replace(FINDING, **change))
    assert size(finished) == before


WRONG_RULINGS: list[tuple[str, dict[str, Any], type[TrucelineError], str]] = [
    ("named", {"body": "court"}, UsageError, "'court' is no body of the arrangement"),
    ("named", {"present": 1}, MissionError, "decides with 2 present; 1 were"),
    ("named", {"present": 4}, UsageError, "from 1 to 3 present, not 4"),
    ("named", {"present": -1}, MissionError, "decides with 2 present"),
    ("named", {"standard": "clear_and_convincing"}, MissionError, "cannot be surer of it than that"),
    ("named", {"party": "south"}, MissionError, "names north"),
    ("unnamed", {}, MissionError, "names no party"),
    ("named", {"verdict": "deadlock"}, UsageError, "says deadlock names no party"),
    ("named", {"reasons": ""}, UsageError, "--reasons"),
    ("named", {"by": "First Monitor"}, MissionError, "First Monitor may not rule"),
    ("named", {"at": at(5)}, UsageError, "was confirmed after 2026-03-05 12:00"),
    ("nothing", {}, MissionError, "needs a finding that is substantiated"),
    ("awaiting", {}, MissionError, "awaits a second person"),
    ("call", {}, UsageError, "is a contact, not a finding"),
]


@pytest.mark.parametrize(("about", "change", "error", "says"), WRONG_RULINGS)
def test_a_ruling_that_cannot_be_is_refused(decided, about, change, error, says):
    folder, ids = decided
    before = size(folder)
    with pytest.raises(error, match=says):
        enter(opened(folder, at(8)), replace(RULING, finding=ids[about], **change))
    assert size(folder) == before


def test_a_ruling_on_nothing_is_refused(finished):
    with pytest.raises(UnknownIdError, match=r"Nothing recorded is called 'F-0'\. `truceline record list`"):
        enter(opened(finished, at(8)), replace(RULING, finding="F-0"))


WRONG_OTHERS: list[tuple[Decided, type[TrucelineError], str]] = [
    (replace(WORDS, party=""), UsageError, "whose statement"),
    (replace(WORDS, party="east"), UsageError, "no party"),
    (replace(WORDS, on="E-00000000"), UnknownIdError, "Nothing here is called 'E-00000000'"),
    (replace(WORDS, text=""), UsageError, "what the party says"),
    (replace(CALL, parties=()), UsageError, "which parties were reached"),
    (replace(CALL, parties=("north", "north")), UsageError, "each once"),
    (replace(CALL, parties=("east",)), UsageError, "no party"),
    (replace(CALL, on="E-00000000"), UnknownIdError, "Nothing here"),
    (replace(CALL, outcome=""), UsageError, "what came of the call"),
    (replace(REPLY, advice="A-00000000"), UnknownIdError, "no advice called 'A-00000000'.*truceline advice"),
    (replace(RELEASE, what="F-0"), UnknownIdError, "Nothing recorded"),
]


@pytest.mark.parametrize(("record", "error", "says"), WRONG_OTHERS)
def test_what_else_cannot_be_is_refused(finished, record, error, says):
    before = size(finished)
    with pytest.raises(error, match=says):
        enter(opened(finished, at(8)), record)
    assert size(finished) == before


def test_what_may_be_said_of_it_may_be_entered(decided, tmp_path):
    folder = shutil.copytree(decided[0], tmp_path / "m")
    named = decided[1]["named"]
    for record in (WORDS, replace(WORDS, on=named), replace(CALL, on="", outcome="Nobody answered.")):
        put(folder, record)
    put(folder, replace(RELEASE, what=named))
    with pytest.raises(UsageError, match="no finding and no ruling"):
        put(folder, replace(RELEASE, what=decided[1]["call"]))
    with pytest.raises(MissionError, match="awaits a second person"):
        put(folder, replace(RELEASE, what=decided[1]["awaiting"]))
    with pytest.raises(UsageError, match="'press' is no audience here"):
        put(folder, replace(RELEASE, what=named, to="press"))


def advised(folder: Path, day: int, hour: int = 12) -> Iterator[tuple[str, str | None, str, str]]:
    mission = opened(folder, at(day, hour))
    for one in derive(mission, mission.state())[0].held.advice_at(at(day, hour)):
        yield one.rung, one.party, one.state, one.id


def test_a_reply_needs_a_rung_that_was_reached_and_the_body_that_it_names(folder):
    found = {(rung, party): id for rung, party, _, id in advised(folder, 6)}
    with pytest.raises(MissionError, match="is not reached"):
        put(folder, replace(REPLY, advice=found["demand", "north"]))
    warning = replace(REPLY, advice=found["warning", None])
    with pytest.raises(UsageError, match="no body"):
        put(folder, replace(warning, body="court"))
    with pytest.raises(UsageError, match="'done' is no verdict here"):
        put(folder, replace(warning, verdict="done"))
    put(folder, warning)
    assert [state for rung, _, state, _ in advised(folder, 7, 1) if rung == "warning"] == ["answered"]


def test_from_indication_to_demand_each_step_needs_its_people(folder):
    def states(day: int, hour: int = 12) -> list[str]:
        return [state for _, _, state, _ in advised(folder, day, hour)]

    assert states(4, 9) == ["not_reached", "not_reached", "not_reached"]  # nobody had reported yet
    assert states(4, 10) == ["running", "not_reached", "not_reached"]  # what a second post adds starts no clock anew
    assert states(4) == ["running", "not_reached", "not_reached"]
    finding = put(folder, FINDING)
    ruling = put(folder, replace(RULING, finding=finding), confirmed=False)
    assert states(6, 13) == ["expired", "not_reached", "not_reached"]
    confirm(opened(folder, at(6, 14)), ruling, "Second Monitor", True, "")
    assert states(6, 13) == ["expired", "not_reached", "not_reached"]  # as of then nobody had confirmed it
    assert states(6, 14) == ["expired", "running", "not_reached"]
    assert states(8) == ["reset", "reset", "not_reached"]


def refused(action: Callable[[], object], error: type[TrucelineError], says: str) -> None:
    with pytest.raises(error, match=says):
        action()


def test_only_somebody_else_confirms_and_only_once(folder):
    id = put(folder, replace(FINDING, by="Second Monitor"), confirmed=False)
    late = opened(folder, at(6))
    refused(lambda: confirm(late, id, "Second Monitor", True, ""), MissionError, "Ask First Monitor or Secretary")
    refused(lambda: confirm(late, id, "second monitor", True, ""), MissionError, "lists no 'second monitor'")
    refused(lambda: confirm(late, "F-0", "Secretary", True, ""), UnknownIdError, "Nothing recorded")
    refused(lambda: confirm(late, id, "Secretary", False, " "), UsageError, "Who refuses says why")
    early = opened(folder, at(4))
    refused(lambda: confirm(early, id, "Secretary", True, ""), UsageError, "after the clock of --at")
    confirm(late, id, "Secretary", False, "It was the day before.")
    refused(lambda: confirm(late, id, "First Monitor", True, ""), MissionError, "was refused by Secretary before")
    assert [h.in_force for h in late.state().decisions] == [False]
    refused(lambda: put(folder, replace(RULING, finding=id)), MissionError, "it was refused")


def test_without_people_nobody_may_and_the_remedy_is_told(folder):
    text = (folder / "mission.yaml").read_text(encoding="utf-8")
    (folder / "mission.yaml").write_text(text.split("people:")[0], encoding="utf-8")
    refused(lambda: enter(opened(folder, at(8)), FINDING), MissionError, "lists nobody.*Add, for instance")


def test_people_that_the_ledger_does_not_know_yet_may_not(folder):
    with (folder / "mission.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {name: Third Monitor, may: [find]}\n")
    third = replace(FINDING, by="Third Monitor")
    before = size(folder)
    refused(lambda: enter(opened(folder, at(8)), third), MissionError, "has not adopted.*truceline run --once")
    assert size(folder) == before


def test_a_finding_needs_its_rows_to_be_readable(folder):
    destroy_key(folder / "keys", "table")
    refused(lambda: enter(opened(folder, at(8)), FINDING), UnknownIdError, "Nothing indicated now")


def test_what_was_decided_stands_when_its_rows_were_sealed(decided, tmp_path):
    folder = shutil.copytree(decided[0], tmp_path / "m")
    destroy_key(folder / "keys", "table")
    put(folder, replace(RULING, finding=decided[1]["named"]))
    assert ("demand", "north", "not_reached") in {a[:3] for a in advised(folder, 6, 13)}  # no warning came before it
    assert opened(folder, at(8)).state().decision(decided[1]["named"]) is not None


def test_nothing_is_decided_before_the_newest_batch_came_in(folder):
    early = replace(FINDING, at=at(4, 11))
    refused(lambda: enter(opened(folder, at(4, 11)), early), UsageError, "took in a batch on 2026-03-04 12:00")


def test_only_a_body_that_rules_may_rule_where_the_text_names_one(folder):
    text = (folder / "arrangement/arrangement.yaml").read_text(encoding="utf-8")
    other = text[text.index("  - id: commission") : text.index("\nactors:")]
    other = other.replace("id: commission", "id: court\n    rules: true").replace("Joint Commission", "Court")
    named = text.replace("\nactors:", f"{other.rstrip()}\n\nactors:", 1)
    (folder / "arrangement/arrangement.yaml").write_text(named, encoding="utf-8")
    run_once(opened(folder, at(4, 13)), quiet)
    finding = put(folder, FINDING)
    refused(lambda: put(folder, replace(RULING, finding=finding)), MissionError, "Joint Commission does not rule")
    assert put(folder, replace(RULING, finding=finding, body="court"))
