import json
import os
import shutil
import sqlite3
from dataclasses import replace

import pytest
from tests.mission.small_mission import make_mission, opened, rows_of, run, write_rows

from truceline import menu
from truceline.app import verify_ledger
from truceline.cli.common import quiet
from truceline.errors import LedgerError, MissionError, UnreachableError
from truceline.mission.replay import replay


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A mission with two generations of reports: some days were issued twice."""
    folder = make_mission(tmp_path_factory.mktemp("replay") / "m")
    run(folder)
    write_rows(folder / "inbox/smm/third.csv", rows_of(("24", "25", "45", "46")))
    run(folder)
    return folder


def test_every_report_is_reproduced_byte_for_byte(finished):
    result = replay(opened(finished), quiet)
    assert result.ok, result.problems
    assert result.n_states == 2
    assert result.n_reports == len(opened(finished).state().reports)


def test_the_files_are_what_the_ledger_says_they_are(finished):
    mission = opened(finished)
    for _, entry in mission.state().reports:
        latest = mission.state().latest_report(entry.day, entry.audience)
        if latest is entry:
            body = (finished / "reports" / entry.audience / f"{entry.day}.json").read_bytes()
            assert json.loads(body)["derived"] == entry.derived


def test_a_late_row_changes_the_reports_of_its_days_and_no_other(finished):
    generations = {}
    for _, entry in opened(finished).state().reports:
        generations.setdefault((entry.day, entry.audience), []).append(entry.inputs)
    again = {day for (day, audience), inputs in generations.items() if len(inputs) > 1 and audience == "mission"}
    assert again <= {"2018-09-06", "2018-09-05", "2018-09-21"}
    assert ("2018-09-06", "mission") in generations


def test_a_lost_report_file_is_written_again_as_it_was(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "m")
    lost = folder / "reports/mission/2018-09-05.html"
    before = lost.read_bytes()
    lost.unlink()
    assert run(folder).issued == ()
    assert lost.read_bytes() == before


def test_other_code_cannot_vouch_and_says_so(finished):

    result = replay(replace(opened(finished), code_version="0.0.0+another"), quiet)
    assert not result.ok
    assert len(result.problems) == 1
    assert "Install that version" in result.problems[0]


def test_a_tampered_entry_is_named_and_the_mission_refuses_to_go_on(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "m")
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            db.execute(f"drop trigger {name}")
        db.execute(
            "update entry set body = cast(replace(cast(body as text), 'first.csv', 'other.csv') as blob) where idx = 1"
        )
    db.close()
    result = verify_ledger(folder)
    assert not result.ok
    assert result.first_bad == 1
    with pytest.raises(LedgerError, match="entry 1"):
        run(folder)


def test_a_party_verifies_with_the_public_key_alone(finished, tmp_path):
    folder = tmp_path / "party"
    folder.mkdir()
    for source in [*finished.glob("ledger.sqlite*"), finished / "checkpoints", finished / "blobs"]:
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / source.name)
    (folder / "keys").mkdir()
    shutil.copy(finished / "keys/ledger.pub", folder / "keys/ledger.pub")
    assert verify_ledger(folder).ok
    (folder / "blobs").rename(folder / "elsewhere")
    assert not verify_ledger(folder).ok


@pytest.mark.parametrize("may_write", [True, False])
def test_verifying_writes_nothing_and_works_where_nobody_may_write(finished, tmp_path, monkeypatch, may_write):
    folder = shutil.copytree(finished, tmp_path / "m")
    sqlite3.connect(folder / "ledger.sqlite").execute("pragma wal_checkpoint(truncate)").connection.close()
    monkeypatch.setattr(os, "access", lambda path, mode: may_write or mode != os.W_OK)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and "-shm" not in p.name}
    assert verify_ledger(folder).ok
    assert {p: p.read_bytes() for p in folder.rglob("*") if p in before} == before
    store = menu.choose("store", "sqlite")(folder / "ledger.sqlite", read_only=True)
    with pytest.raises((LedgerError, UnreachableError)):
        store.append([b"x"])
    store.close()


def test_nothing_to_verify_is_said_and_nothing_is_made(tmp_path):
    folder = make_mission(tmp_path / "m")
    with pytest.raises(MissionError, match="no ledger yet"):
        verify_ledger(folder)
    assert not (folder / "ledger.sqlite").exists()


def test_a_changed_or_lost_report_file_is_named(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "m")
    page, data = folder / "reports/mission/2018-09-05.html", folder / "reports/public/2018-09-05.json"
    page.write_text(page.read_text() + "<!-- changed -->")
    data.unlink()
    result = replay(opened(folder), quiet)
    assert [str(page) in words or str(data) in words for words in result.problems] == [True, True]
    page.unlink()
    table = folder / "derived/engagements.parquet"
    table.write_bytes(table.read_bytes() + b"x")
    assert any(str(table) in words for words in replay(opened(folder), quiet).problems)
    run(folder)
    assert replay(opened(folder), quiet).ok


def test_two_processes_do_not_work_in_one_folder(finished):
    with opened(finished).at_work(), pytest.raises(MissionError, match="Another truceline"):
        run(finished)
