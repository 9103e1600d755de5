"""A table fused in pieces gives the very tables that it gives in memory: random rows, tiny pieces, any order."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fusion.rows import at, fix, sector, table, throughout

from truceline import menu
from truceline.app import sensor_models
from truceline.cli import fuse as fuse_verb
from truceline.domain.arrangement import Line, Prior, Regions
from truceline.domain.columns import complete, from_rows
from truceline.domain.coverage import COLUMNS as COVERAGE
from truceline.domain.ids import SourceId
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.domain.observation import COLUMNS
from truceline.fusion import incidents
from truceline.fusion.fuse import fuse
from truceline.fusion.streamed import tables
from truceline.fusion.streamed.given import NotInPiecesError
from truceline.fusion.streamed.hashes import hashes
from truceline.geojson_file import load_line
from truceline.mission.publish import write_fused
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import WORLDS
from truceline.streaming import reading, results
from truceline.streaming.stream import Asked, stream

NAMES = ("incidents", "engagements", "membership")
ASKED = Asked(coverage=None, models=sensor_models(), line=None, regions=Regions(), prior=Prior())


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 700)
    monkeypatch.setattr(results, "AT_ONCE", 311)


def shuffled(rows: pa.Table, seed: int) -> pa.Table:
    return rows.take(pa.array(np.random.default_rng(seed).permutation(rows.num_rows)))


def parsed(path: Path) -> Parsed:
    payload = RawPayload(source=SourceId(path.stem), name=path.name, received_at=at(0.0), body=path.read_bytes())
    return menu.choose("source", "table").parse(payload, Setting(timezone="UTC", places={}, day_parts={}))


def both(rows: pa.Table, folder: Path, asked: Asked = ASKED, *, size: int = 1) -> tuple[Parsed, object]:
    """Fuse a file both ways and compare every table; what was read in memory, and what streaming says it did."""
    path = folder / "o.parquet"
    folder.mkdir(exist_ok=True)
    pq.write_table(rows, path, row_group_size=1500)
    whole = parsed(path)
    fused = fuse(
        whole.observations, asked.coverage, models=asked.models, line=asked.line, regions=asked.regions,
        prior=asked.prior, effort=asked.effort,
    )  # fmt: skip
    write_fused(fused, folder / "memory")
    told = stream(path, folder / "pieces", asked, rows=size)
    for name in NAMES:
        a, b = (pq.read_table(folder / way / f"{name}.parquet") for way in ("memory", "pieces"))
        assert a.schema.equals(b.schema, check_metadata=True)
        if name == "incidents":  # existence is learned from each stretch by itself
            a, b = a.drop_columns(["p_exists"]), b.drop_columns(["p_exists"])
        assert a.equals(b), name
    assert told.rejected == whole.rejected
    assert told.observations == whole.observations.num_rows
    assert sorted(p.name for p in (folder / "pieces").iterdir()) == sorted(f"{n}.parquet" for n in NAMES)
    return whole, told


@pytest.mark.parametrize(
    ("world", "seed", "effort"), [("mix", 8011, "thorough"), ("mixd", 8012, "fast"), ("arr", 8013, "fast")]
)
def test_pieces_as_short_as_a_block_give_the_tables_of_the_whole(tmp_path, world, seed, effort):
    made = simulate(WORLDS[world], n_observations=4000, seed=seed)
    rows = complete(COLUMNS, shuffled(made.observations, seed))
    both(rows, tmp_path / "a", replace(ASKED, effort=effort))
    both(shuffled(rows, 1), tmp_path / "b", replace(ASKED, effort=effort, threads=2), size=900)


def test_the_line_and_its_sides_come_out_the_same(tmp_path):
    made = simulate(WORLDS["mix"], n_observations=4000, seed=8014)
    drawn = tmp_path / "line.json"
    drawn.write_text(json.dumps({"type": "LineString", "coordinates": made.line_deg}))
    line = Line(id="l", name="l", left="a", right="b", versions=load_line(drawn))
    both(shuffled(made.observations, 3), tmp_path, replace(ASKED, line=line))


def test_refused_rows_repeats_and_clashes_are_told_as_in_memory(tmp_path):
    made = shuffled(simulate(WORLDS["mix"], n_observations=3000, seed=8015).observations, 4)
    again = made.slice(100, 40)  # the same rows once more
    other = made.slice(200, 30)
    other = other.set_column(other.column_names.index("time_sigma_s"), "time_sigma_s", pa.array(np.full(30, 9.75)))
    bad = made.slice(300, 20)
    bad = bad.set_column(bad.column_names.index("sensor_lat_deg"), "sensor_lat_deg", pa.array(np.full(20, 99.0)))
    named = [f"b{n}" for n in range(20)]
    bad = bad.set_column(0, "id", pa.array(named))
    rows = shuffled(pa.concat_tables([made, again, other, bad]), 5)
    whole, _ = both(complete(COLUMNS, rows), tmp_path)
    reasons = [one.reason for one in whole.rejected]
    assert sum(r.startswith("repeats row") for r in reasons) == 40
    assert sum("used before" in r for r in reasons) == 30
    assert len(reasons) == 90


def test_rows_without_id_sensor_or_place_and_kinds_that_are_no_observation(tmp_path):
    made = simulate(WORLDS["mix"], n_observations=2500, seed=8016).observations.to_pylist()
    for n, row in enumerate(made):
        if n % 7 == 0:
            row["sensor"] = None
        if n % 11 == 0:
            row["id"] = None
        if n % 13 == 0:
            row |= {"record_kind": "claim", "author_party": "a"}
        if n % 17 == 0:
            row |= {"phenomenon": "troops"}
        if n % 19 == 0:
            row |= {"area": "nowhere", "sensor_lon_deg": None, "sensor_lat_deg": None, "lon_deg": None,
                    "lat_deg": None, "sensor_sigma_m": None, "sigma_major_m": None, "sigma_minor_m": None,
                    "sigma_azimuth_deg": None, "bearing_deg": None, "sectors": None, "range_min_m": None,
                    "range_max_m": None}  # fmt: skip
    whole, _ = both(shuffled(table(made), 6), tmp_path)
    assert not whole.rejected


def test_ids_that_share_their_eight_digits_are_told_apart_as_in_memory(tmp_path, monkeypatch):
    """Ids are cut to their first two digits, so that many incidents share them."""

    def short(prefix: str, *founding: str, digits: int = 8) -> str:
        whole = hashlib.sha256("\x1f".join(founding).encode()).hexdigest()
        return f"{prefix}-{(whole[:2] + '000000' + whole[:8])[:digits]}"

    monkeypatch.setattr(incidents, "derived_id", short)
    monkeypatch.setattr(tables, "derived_id", short)
    both(shuffled(simulate(WORLDS["mix"], n_observations=2500, seed=8017).observations, 7), tmp_path)
    ids = pq.read_table(tmp_path / "pieces" / "incidents.parquet").column("id").to_pylist()
    assert {len(id) for id in ids} == {10, 18}


def test_coverage_says_the_same(tmp_path):
    made = simulate(WORLDS["mix"], n_observations=3000, seed=8018)
    watched = from_rows(COVERAGE, [watched_all(made) | {"sensor": "camera-0308", "p_detect": 0.9}, watched_all(made)])
    both(shuffled(made.observations, 8), tmp_path / "heard", replace(ASKED, coverage=watched))
    both(shuffled(made.observations, 8), tmp_path / "alone")
    heard, alone = (pq.read_table(tmp_path / way / "pieces" / "incidents.parquet") for way in ("heard", "alone"))
    assert not heard.column("p_exists").equals(alone.column("p_exists"))


def watched_all(made):
    """A source that watched everything and saw nothing of it, for the first hour."""
    lon, lat = np.array(made.line_deg).T
    west, south, east, north = lon.min() - 1, lat.min() - 1, lon.max() + 1, lat.max() + 1
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    start = made.observations.column("time").to_pylist()[0]
    return {"source": "camera", "state": "working", "time_start": start, "time_end": start + timedelta(hours=1),
            "area": f"POLYGON (({ring}))", "p_detect": 0.5}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (fix("x", 0.0, 0.0, 0.0) | {"time": None} | throughout(0.0, 600.0), "counts over an interval"),
        (fix("x", 0.0, 0.0, 0.0, sigma_s=3600.0), "minutes"),
        (fix("x", 0.0, 0.0, 0.0, derived_from=["t:a"]), "derived from"),
    ],
)
def test_what_reaches_over_pieces_is_refused_and_nothing_is_left_behind(tmp_path, more, reason):
    path = tmp_path / "o.parquet"
    pq.write_table(table([fix("a", 0.0, 0.0, 0.0), more]), path)
    with pytest.raises(NotInPiecesError, match=reason):
        stream(path, tmp_path / "out", ASKED)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_table_of_nothing_and_one_of_a_single_row(tmp_path):
    both(table([fix("a", 0.0, 0.0, 0.0)]), tmp_path / "one")
    both(table([]), tmp_path / "none")


def test_an_observation_is_hashed_as_fnv_1a_says():
    texts = ["", "a", "foobar", "Луганськ"]

    def plainly(text: str) -> int:
        h = 0xCBF29CE484222325
        for byte in text.encode():
            h = (h ^ byte) * 0x100000001B3 % 2**64
        return h

    assert plainly("foobar") == 0x85944171F73967E8  # from the authors' list
    assert hashes(pa.array(["x", *texts])[1:]).tolist() == [plainly(t) for t in texts]


@given(
    st.lists(st.tuples(st.floats(-3000, 3000), st.floats(0, 9000), st.booleans()), min_size=1, max_size=40),
    st.integers(1, 9),
    st.randoms(use_true_random=False),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_cut_anywhere_in_any_order(tmp_path_factory, drawn, size, random):
    rows = [
        sector(str(n), x, 0.0, (10.0, 60.0), (500.0, 4000.0), time=at(t), time_sigma_s=5.0)
        if heard
        else fix(str(n), x, 1500.0, t)
        for n, (x, t, heard) in enumerate(drawn)
    ]
    random.shuffle(rows)
    both(table(rows), tmp_path_factory.mktemp("any"), replace(ASKED, effort="fast"), size=size)


def test_the_verb_takes_large_files_in_pieces_and_says_why_not_where_it_cannot(tmp_path, monkeypatch):
    monkeypatch.setattr(fuse_verb, "IN_MEMORY_ROWS", 0)
    monkeypatch.setattr(fuse_verb, "shows_progress", lambda: True)
    plain, vague = (tmp_path / f"{name}.parquet" for name in ("plain", "vague"))
    one = [fix("a", 0.0, 0.0, 0.0), fix("b", 10.0, 0.0, 1.0), fix("b", 10.0, 0.0, 1.0)]
    pq.write_table(table(one), plain)
    pq.write_table(table([*one, fix("c", 0.0, 0.0, 0.0, sigma_s=3600.0)]), vague)
    said = []
    for path in (plain, vague):
        done = CliRunner().invoke(fuse_verb.fuse, [str(path), "--out", str(tmp_path / path.stem)])
        assert done.exit_code == 0, done.output
        said.append(done.output)
        assert (tmp_path / path.stem / "rejected.ndjson").read_text().count("repeats row 2") == 1
    assert "part 1 of 1" in said[0]
    assert "times known less well than to 20 minutes: it is fused in memory" in said[1]
    assert [len(pq.read_table(tmp_path / n / "membership.parquet")) for n in ("plain", "vague")] == [2, 3]
