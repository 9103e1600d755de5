"""The verbs as a user calls them: fresh processes, exit codes, words on stderr, data on stdout."""

import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.fusion.rows import fix, sector, table, throughout
from tests.mission.small_mission import make_mission

LINE = {"type": "LineString", "coordinates": [[38.0, 48.9], [38.5, 48.7], [39.0, 48.75]]}


def call(*words, cwd, check=0):
    """Run truceline; its result, after checking the exit code and that nobody saw a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "truceline.cli.main", *map(str, words)],
        cwd=cwd, capture_output=True, text=True, timeout=120, env=os.environ | {"TERM": "dumb"}, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == check, (done.returncode, done.stdout, done.stderr)
    return done


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = make_mission(tmp_path_factory.mktemp("cli") / "m")
    call("run", "--once", folder, cwd=folder)
    return folder


def test_run_prints_a_table_and_where_everything_is(mission):
    out = call("run", "--once", mission, cwd=mission).stdout
    assert "known already" in out
    assert "2018-09-05" in out
    assert str(mission / "reports") in out.replace("\n", "")
    assert "Whose fire: indicated for" in " ".join(out.split())


def test_run_as_json_is_json(mission):
    found = json.loads(call("run", "--once", "--json", mission, cwd=mission).stdout)
    assert found["observations"] == 9
    assert found["reports_issued"] == []


def test_explain_goes_from_an_observation_to_its_engagement_and_indication(mission):
    one = json.loads(call("explain", "smm:29", "--json", cwd=mission).stdout)
    engagement = one["record"]["subject"]
    text = call("explain", engagement, cwd=mission).stdout
    assert "Each observation's share" in text
    assert "smm:29" in text
    indication = next(w for w in text.split() if w.startswith("N-"))
    assert "prohibited act" in call("explain", indication, cwd=mission).stdout
    assert "Nothing here is called" in call("explain", "E-00000000", cwd=mission, check=1).stderr


def test_report_prints_a_page_or_json_for_each_reader(mission):
    page = call("report", "2018-09-05", cwd=mission).stdout
    assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>")
    data = json.loads(call("report", "2018-09-05", "--format", "json", "--for", "public", cwd=mission).stdout)
    assert data["audience"] == "public"
    quiet_day = json.loads(call("report", "2018-09-07", "--format", "json", cwd=mission).stdout)
    assert quiet_day["engagements"] == []
    assert "is not a day" in call("report", "yesterday", cwd=mission, check=2).stderr


def test_verify_and_replay_hold_and_say_so(mission):
    out = call("verify", "--replay", cwd=mission).stdout
    assert "hold together" in out
    assert "byte for byte" in out
    found = json.loads(call("verify", "--json", cwd=mission).stdout)
    assert found["ok"]
    assert found["first_bad"] is None


def test_ingest_takes_named_files_and_knows_them_again(mission, tmp_path):
    rows = table([fix("a", 0, 0, 0.0), fix("b", 5_000, 0, 60.0)])
    pq.write_table(rows, tmp_path / "uav.parquet")
    assert "2 observations" in call("ingest", "table", tmp_path / "uav.parquet", cwd=mission).stdout
    assert "known already" in call("ingest", "table", tmp_path / "uav.parquet", cwd=mission).stdout
    assert "No source called 'tbl'" in call("ingest", "tbl", tmp_path / "uav.parquet", cwd=mission, check=1).stderr


def test_new_makes_a_mission_that_runs_as_it_is_and_with_another_line(tmp_path):
    folder = tmp_path / "mine"
    assert "line.geojson" in call("new", folder, cwd=tmp_path).stdout
    call("run", "--once", folder, cwd=tmp_path)
    (folder / "arrangement/line.geojson").write_text(json.dumps(LINE))
    call("run", "--once", folder, cwd=tmp_path)
    assert "not an empty folder" in call("new", folder, cwd=tmp_path, check=2).stderr


def test_fuse_writes_exactly_the_published_tables(tmp_path):
    a = sector("a", -4_000, 0, (60, 120), (3_000, 5_000), **throughout(0, 600, 12, 12))
    b = sector("b", 4_000, 0, (240, 300), (3_000, 5_000), **throughout(0, 600, 9, None))
    pq.write_table(table([a, b, fix("c", 0, 0, 0.0), fix("d", 40, 0, 0.5)]), tmp_path / "o.parquet")
    (tmp_path / "line.geojson").write_text(json.dumps(LINE))
    call("fuse", "o.parquet", "--out", "out", "--line", "line.geojson", cwd=tmp_path)
    names = {p.stem: pq.read_table(p) for p in (tmp_path / "out").iterdir()}
    assert set(names) == {"incidents", "engagements", "membership", "sensors"}
    assert names["incidents"].column_names == [
        "id", "time", "time_sigma_s", "lon_deg", "lat_deg", "sigma_major_m", "sigma_minor_m", "sigma_azimuth_deg",
        "phenomenon", "p_exists", "n_observations", "chainage_km", "offset_km", "p_side_left",
    ]  # fmt: skip
    assert names["membership"].column_names == ["observation_id", "incident_id", "engagement_id", "probability"]
    assert names["engagements"].column_names == [
        "id", "time_start", "time_end", "lon_deg", "lat_deg", "sigma_major_m", "sigma_minor_m", "sigma_azimuth_deg",
        "count_low", "count_likely", "count_high", "n_incidents",
    ]  # fmt: skip
    (incident,) = names["incidents"].to_pylist()
    assert incident["n_observations"] == 2
    assert (incident["p_side_left"] > 0.5) == (incident["offset_km"] > 0.0)
    assert names["membership"].num_rows == 4


def test_fuse_without_a_line_leaves_chainage_null(tmp_path):
    pq.write_table(table([fix("c", 0, 0, 0.0)]), tmp_path / "o.parquet")
    call("fuse", "o.parquet", "--out", "out", cwd=tmp_path)
    (row,) = pq.read_table(tmp_path / "out/incidents.parquet").to_pylist()
    assert row["chainage_km"] is None
    assert row["p_side_left"] is None


def test_fuse_keeps_every_refused_row_with_its_reason(tmp_path):
    head = "id,source,means,phenomenon,time,lon_deg,lat_deg,sigma_major_m\n"
    bad = "".join(f"b{n},s,uav,explosion,2026-03-04,38.5,48.7,50\n" for n in range(7))
    (tmp_path / "o.csv").write_text(head + "a,s,uav,explosion,2026-03-04T18:00:00Z,38.5,48.7,50\n" + bad)
    told = call("fuse", "o.csv", "--out", "out", cwd=tmp_path)
    kept = [json.loads(line) for line in (tmp_path / "out/rejected.ndjson").read_text().splitlines()]
    assert [one["row"] for one in kept] == [2, 3, 4, 5, 6, 7, 8]
    assert all("a date is no instant" in one["reason"] for one in kept)
    assert "2 more rejected rows: all of them are in rejected.ndjson" in told.stderr
    (tmp_path / "o.csv").write_text(head + "a,s,uav,explosion,2026-03-04T18:00:00Z,38.5,48.7,50\n")
    call("fuse", "o.csv", "--out", "out", cwd=tmp_path)
    assert not (tmp_path / "out/rejected.ndjson").exists()


def test_schema_is_published_as_json_and_as_arrow(tmp_path):
    schema = json.loads(call("schema", cwd=tmp_path).stdout)
    assert schema["properties"]["phenomenon"]["anyOf"][0]["enum"]
    raw = subprocess.run(
        [sys.executable, "-m", "truceline.cli.main", "schema", "engagements", "--format", "arrow"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert "count_high" in pa.ipc.read_schema(pa.BufferReader(raw)).names


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run", "--once", "nowhere"], 1, "is not a mission"),
        (["verify", "--mission", "."], 1, "no ledger yet"),
        (["fuse", "nothing.csv", "--out", "out"], 3, "Cannot read"),
        (["fuse", "x.csv", "--out", "o", "--line", "l", "--arrangement", "a"], 2, "not both"),
        (["explode"], 2, "No such command"),
        (["seal", "smm", "--mission", "."], 2, "holds no key"),
    ],
)
def test_wrong_usage_is_one_message_and_the_documented_code(tmp_path, words, code, said):
    assert said in call(*words, cwd=tmp_path, check=code).stderr


def test_seal_destroys_only_when_it_is_meant(tmp_path):
    folder = make_mission(tmp_path / "m")
    call("run", "--once", folder, cwd=folder)
    assert "Nothing was done" in call("seal", "smm", cwd=folder, check=2).stderr
    call("seal", "smm", "--for-ever", cwd=folder)
    assert "destroyed" in " ".join(call("run", "--once", folder, cwd=folder).stdout.split())
    call("verify", cwd=folder)
