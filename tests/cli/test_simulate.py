"""`truceline simulate`: a mission folder like a real one, the same bytes for the same seed, and errors in words."""

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from tests.cli.test_verbs import call

from truceline.domain.coverage import COLUMNS
from truceline.physics.notice import p_noticed
from truceline.simulation.campaign import simulate
from truceline.simulation.coverage import coverage_table, mean_inside
from truceline.simulation.worlds import WORLDS


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated") / "m"
    call("simulate", "exercise", "--out", folder, "--observations", 150, "--seed", 4, cwd=folder.parent)
    return folder


def test_the_folder_has_the_form_of_a_mission_and_says_that_it_is_an_exercise(exercise):
    assert {
        "mission.yaml", "README.md", "arrangement/arrangement.yaml", "arrangement/line.geojson",
        "inbox/table/patrol.parquet", "inbox/coverage/watch.parquet",
        "truth/events.parquet", "truth/members.parquet", "truth/world.json",
    } <= set(files(exercise))  # fmt: skip
    for name in ("mission.yaml", "README.md", "arrangement/arrangement.yaml"):
        assert "EXERCISE" in (exercise / name).read_text(encoding="utf-8")
    world = json.loads((exercise / "truth/world.json").read_text(encoding="utf-8"))
    assert (world["seed"], world["n_observations"], world["world"]["clutter_share"]) == (4, 150, 0.13)
    members, events = (pq.read_table(exercise / f"truth/{name}.parquet") for name in ("members", "events"))
    assert members.num_rows == 150
    assert pc.all(pc.is_in(members["event_id"].drop_null(), value_set=events["event_id"].combine_chunks())).as_py()


def test_it_runs_and_verifies_like_a_real_mission(exercise, tmp_path):
    folder = tmp_path / "m"
    for name, body in files(exercise).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    done = json.loads(call("run", "--once", "--json", folder, cwd=tmp_path).stdout)
    assert done["observations"] == 150
    assert done["rejected"] == 0
    assert done["reports_issued"]
    page = next((folder / "reports").rglob("*.html")).read_text(encoding="utf-8")
    assert "EXERCISE" in page
    assert "byte for byte" in call("verify", "--replay", cwd=folder).stdout
    told = pq.read_table(folder / "derived/membership.parquet")["observation_id"].combine_chunks()
    truth = pq.read_table(folder / "truth/members.parquet")["observation_id"].combine_chunks()
    assert pc.all(pc.is_in(truth, value_set=told)).as_py()


def test_the_same_seed_gives_the_same_folder(exercise, tmp_path):
    call("simulate", "exercise", "--out", tmp_path / "n", "--observations", 150, "--seed", 4, cwd=tmp_path)
    assert files(tmp_path / "n") == files(exercise)
    call("simulate", "exercise", "--out", tmp_path / "o", "--observations", 150, "--seed", 5, cwd=tmp_path)
    assert files(tmp_path / "o")["truth/events.parquet"] != files(exercise)["truth/events.parquet"]


def test_an_exercise_along_the_line_of_an_arrangement(tmp_path):
    call("new", tmp_path / "own", cwd=tmp_path)
    told = call(
        *("simulate", tmp_path / "own" / "arrangement", "--like", "mix", "--days", 0.2, "--json"),
        *("--out", tmp_path / "m"),
        cwd=tmp_path,
    ).stdout
    assert json.loads(told)["world"] == "mix"
    for name in ("arrangement.yaml", "line.geojson"):
        assert (tmp_path / "m/arrangement" / name).read_bytes() == (tmp_path / "own/arrangement" / name).read_bytes()
    events = pq.read_table(tmp_path / "m/truth/events.parquet")
    assert events.num_rows > 20
    assert pc.min(events["time"]).as_py().isoformat()[:10] == "2026-01-02", "the first whole day under the arrangement"
    assert -0.5 < pc.min(events["lon_deg"]).as_py() < pc.max(events["lon_deg"]).as_py() < 1.1
    shipped = call("simulate", "minsk-2015", "--days", 0.5, "--out", tmp_path / "s", cwd=tmp_path).stdout
    besides = pq.read_table(tmp_path / "s/inbox/table/sightings.parquet").to_pylist()
    assert {row["imposed_by"] for row in besides} <= {None, "ukraine", "armed_formations"}
    assert all("EXERCISE" in row["text"] for row in besides)
    assert set(pq.read_table(tmp_path / "s/truth/events.parquet")["firer"].to_pylist()) <= {"left", "right"}
    assert "EXERCISE" in shipped


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mixx", "--out", "x"), "Worlds: mix, mixd"),
        (("mix", "--out", "x", "--days", 1, "--observations", 5), "not both"),
        (("mix", "--out", "x", "--like", "pts"), "goes with an arrangement"),
        (("minsk-2015", "--out", "x", "--like", "nowhere"), "No world called 'nowhere'"),
        (("mix", "--out", "full"), "not an empty folder"),
        (("mix", "--out", "x", "--days", 0), "days"),
        (("mix",), "--out"),
    ],
)
def test_what_cannot_be_is_said_in_words(tmp_path, words, said):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")
    assert said in call("simulate", *words, cwd=tmp_path, check=2).stderr
    assert not (tmp_path / "x").exists()


def test_the_help_names_every_world():
    words = call("simulate", "--help", cwd=Path()).stdout.replace(",", " ").replace(")", " ").replace("(", " ").split()
    assert set(WORLDS) <= set(words)


def test_the_coverage_table_says_who_was_watching_and_how_well():
    made = simulate(WORLDS["exercise"], days=0.5, seed=2)
    table = coverage_table(made)
    assert table.column_names == [column.name for column in COLUMNS]
    patrols = table.filter(pc.equal(table["source"], "patrol"))
    assert patrols.num_rows == 3 * 120
    shot = patrols.filter(pc.equal(patrols["phenomenon"], "shot"))
    area = shapely.from_wkt(shot["area"][7].as_py())
    x, y = made.ground.frame.to_plane(*np.asarray(area.exterior.coords).T)
    away = np.hypot(x - made.posts[0].stated_xy[7, 0], y - made.posts[0].stated_xy[7, 1])
    assert np.abs(away - 1_500).max() < 2
    r = np.sqrt(np.random.default_rng(1).random(100_000))  # places of a disc of one scale
    assert mean_inside(0.9) == pytest.approx(p_noticed(r, 1.0, 0.9).mean(), rel=0.01)
    assert shot["p_detect"][7].as_py() == pytest.approx(mean_inside(0.9), abs=1e-4)
    (uav,) = table.filter(pc.equal(table["source"], "uav")).to_pylist()
    assert uav["p_detect"] == 0.1
    strip = shapely.from_wkt(uav["area"])
    seen = made.events.slice(0, 200)
    inside = shapely.intersects_xy(strip, np.asarray(seen["lon_deg"]), np.asarray(seen["lat_deg"]))
    assert inside.mean() > 0.85
    assert (uav["time_end"] - uav["time_start"]).total_seconds() == 0.5 * 86_400
