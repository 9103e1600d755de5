from tests.mission.small_mission import (
    FIRST,
    SECOND,
    ledger_bodies,
    make_mission,
    opened,
    rows_of,
    run,
    write_rows,
)

from truceline.ledger.codec import decode
from truceline.mission.folder import CHARTER
from truceline.stores.seal import destroy_key
from truceline.views.tables import rows


def test_a_run_takes_each_file_in_once_and_a_second_run_changes_nothing(tmp_path):
    folder = make_mission(tmp_path / "m")
    first = run(folder)
    assert [(i.name, i.n_observations, i.n_rejected, i.is_new) for i in first.intakes] == [
        ("first.csv", 4, 0, True),
        ("second.csv", 5, 0, True),
    ]
    before = ledger_bodies(folder)
    second = run(folder)
    assert not any(i.is_new for i in second.intakes)
    assert second.issued == ()
    assert ledger_bodies(folder) == before
    assert second.derived == first.derived


def test_the_same_rows_in_another_file_are_counted_as_repeated(tmp_path):
    folder = make_mission(tmp_path / "m")
    run(folder)
    write_rows(folder / "inbox/smm/third.csv", [*rows_of(FIRST[:2]), *rows_of(("24",))])
    intake = run(folder).intakes[-1]
    assert (intake.n_observations, intake.n_repeated, intake.n_rejected) == (1, 2, 0)


def test_a_known_id_with_other_content_is_refused_and_says_where_the_first_stands(tmp_path):
    folder = make_mission(tmp_path / "m")
    run(folder)
    changed = rows_of(FIRST[:1])
    changed[0]["count"] = "5"
    write_rows(folder / "inbox/smm/third.csv", changed)
    done = run(folder)
    assert (done.intakes[-1].n_observations, done.intakes[-1].n_rejected) == (0, 1)
    (refused,) = done.ready.held.rejected.to_pylist()
    assert "already in the ledger (entry 1 row 0)" in refused["reason"]
    assert "count_low" in refused["reason"]
    assert {r["count_low"] for r in done.ready.rows if r["id"] == FIRST[0]} == {4}


def test_a_bad_row_is_kept_with_file_row_field_and_reason_and_the_rest_is_taken(tmp_path):
    folder = make_mission(tmp_path / "m")
    bad = rows_of(SECOND[:1])
    bad[0] |= {"obs": "900", "time_text": "at tea time"}
    write_rows(folder / "inbox/smm/third.csv", [*rows_of(("24",)), *bad])
    done = run(folder)
    assert (done.intakes[-1].n_observations, done.intakes[-1].n_rejected) == (1, 1)
    (refused,) = done.ready.held.rejected.to_pylist()
    assert (refused["file"], refused["row"], refused["field"]) == ("third.csv", 2, "time_text")
    assert "tea time" in refused["value"]


def test_a_file_that_cannot_be_read_at_all_is_quarantined_with_its_bytes(tmp_path):
    folder = make_mission(tmp_path / "m")
    (folder / "inbox/smm/noise.csv").write_bytes(b"\xff\xfe\x00garbage")
    done = run(folder)
    noise = next(i for i in done.intakes if i.name == "noise.csv")
    assert (noise.n_observations, noise.n_rejected) == (0, 1)
    mission = opened(folder)
    entry = next(s for _, s in mission.state().submissions if s.name == "noise.csv")
    assert mission.sealed("smm").get(entry.raw) == b"\xff\xfe\x00garbage"
    assert done.ready.held.rejected.to_pylist()[0]["field"] == "file"


def test_hidden_files_and_notes_are_no_input(tmp_path):
    folder = make_mission(tmp_path / "m")
    (folder / "inbox/smm/.keep").write_text("")
    (folder / "inbox/README.txt").write_text("put files here")
    assert len(run(folder).intakes) == 2


def test_changed_settings_are_a_new_charter_and_old_ones_stay_readable(tmp_path):
    folder = make_mission(tmp_path / "m")
    run(folder)
    gazetteer = folder / "places.csv"
    gazetteer.write_text(gazetteer.read_text() + "Nowhere,,30.0,50.0,1000,made up for a test\n")
    run(folder)
    state = opened(folder).state()
    assert len(state.charters) == 2
    mission = opened(folder)
    texts = [mission.sealed(CHARTER).get(charter.bundle).decode() for _, charter in state.charters]
    assert ["Nowhere" in text for text in texts] == [False, True]


def test_a_destroyed_source_key_seals_its_rows_and_the_mission_goes_on(tmp_path):
    folder = make_mission(tmp_path / "m")
    run(folder)
    destroy_key(folder / "keys", "smm")
    done = run(folder)
    assert done.ready.held.observations.num_rows == 0
    assert len(done.skipped) == 2
    assert all("destroyed" in words for words in done.skipped)
    assert len(ledger_bodies(folder)) >= 3


def test_entries_hold_digests_and_no_row_of_anybody(tmp_path):
    folder = make_mission(tmp_path / "m")
    run(folder)
    for body in ledger_bodies(folder):
        decode(body)
        for word in (b"Zolote", b"mortar", b"checkpoint on T1316"):
            assert word not in body


def test_rows_carry_their_ledger_place(tmp_path):
    folder = make_mission(tmp_path / "m")
    run(folder)
    mission = opened(folder)
    table = rows(mission.state(), "observations", mission.open_blob)
    places = {r["id"]: (r["entry"], r["row"]) for r in table.to_pylist()}
    assert places["26"] == (1, 0)
    assert places["29"] == (1, 3)
    assert {places[i][0] for i in SECOND} == {2}
