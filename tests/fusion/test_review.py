"""A source that makes things up, and sensors that err, on a simulated strip of a hundred kilometres."""

from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.fuse import fuse
from truceline.simulation.campaign import simulate
from truceline.simulation.rows import timestamps
from truceline.simulation.worlds import MIX, scaled


@cache
def world():
    return simulate(scaled(MIX, 1e5), seed=8101, n_observations=5_000)


def fused(table):
    return fuse(table, None, models=sensor_models(), line=None, regions=Regions(), prior=Prior())


@cache
def undisturbed():
    return fused(world().observations)


def with_column(table, name, values):
    return table.set_column(table.schema.get_field_index(name), name, values)


def flood():
    """As many rows of one source as two in three of the honest ones, anywhere among them, at any time."""
    honest, rng = world().observations, np.random.default_rng(3)
    fixes = honest.filter(pa.compute.is_valid(honest["lon_deg"]))
    made = fixes.take(pa.array(rng.integers(0, fixes.num_rows, 2_100)))
    n = made.num_rows
    for name, values in (
        ("id", pa.array([f"x{k:05d}" for k in range(n)])),
        ("source", pa.array(["flood"] * n)),
        ("sensor", pa.array([f"flood-{k % 3}" for k in range(n)])),
        ("time", timestamps(world().start, rng.uniform(0, world().days * 86_400, n))),
    ):
        made = with_column(made, name, values)
    return made


def test_a_flood_is_named_reaches_nothing_and_leaves_all_else_as_it_was():
    made = flood()
    found = fused(pa.concat_tables([world().observations, made]))
    suspected = {r["sensor"]: r["suspected"] for r in found.sensors.to_pylist()}
    assert {s for s, words in suspected.items() if "source_not_borne_out" in words} == {
        f"flood/flood-{k}" for k in range(3)
    }
    fake = {f"flood:{i}" for i in made["id"].to_pylist()}
    rows = found.membership.to_pylist()
    theirs = {r["incident_id"] for r in rows if r["observation_id"] in fake}
    assert not theirs & {r["incident_id"] for r in rows if r["observation_id"] not in fake}
    incidents = {r["id"]: r for r in found.incidents.to_pylist()}
    assert max(incidents[i]["p_exists"] for i in theirs) < 0.25
    before = {r["id"]: r for r in undisturbed().incidents.to_pylist()}
    same = ("time", "lon_deg", "lat_deg", "n_observations", "phenomenon")
    for name, was in before.items():
        assert [incidents[name][c] for c in same] == [was[c] for c in same]
        assert incidents[name]["p_exists"] == pytest.approx(was["p_exists"], abs=1.5e-4)


def test_honest_sensors_are_not_suspected():
    assert all(row["suspected"] == [] for row in undisturbed().sensors.to_pylist())
    assert not any(undisturbed().sensors["clock_corrected_s"].to_pylist())


@pytest.mark.parametrize(("word", "column", "off"), [("clock_off", "clock", 30.0), ("bearing_off", "bearing", 10.0)])
def test_a_sensor_that_errs_is_named_corrected_and_told(word, column, off):
    table = world().observations
    sensor, source = (np.array(table[c].to_pylist()) for c in ("sensor", "source"))
    names, count = np.unique(sensor[source == "camera"], return_counts=True)
    wrong = names[np.argsort(-count)[:2]]
    bad = np.isin(sensor, wrong)
    if column == "clock":
        moved = table["time"].cast(pa.int64()).to_numpy() + np.where(bad, int(off * 1e6), 0)
        table = with_column(table, "time", pa.array(moved).cast(table.schema.field("time").type))
    else:
        turned = np.mod(table["bearing_deg"].to_numpy(zero_copy_only=False) + off * bad, 360.0)
        table = with_column(table, "bearing_deg", pa.array(turned, mask=np.isnan(turned)))
    told = {row["sensor"]: row for row in fused(table).sensors.to_pylist()}
    assert {s for s, row in told.items() if word in row["suspected"]} == {f"camera/{name}" for name in wrong}
    for name in wrong:
        unit = "s" if column == "clock" else "deg"
        assert told[f"camera/{name}"][f"{column}_corrected_{unit}"] == pytest.approx(off, abs=0.15 * off)
        assert told[f"camera/{name}"]["n_joined"] > 0.5 * told[f"camera/{name}"]["n"]
