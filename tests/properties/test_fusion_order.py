"""The bytes of what fusion finds depend neither on the order in which rows arrive nor on the number of threads."""

import hashlib
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fusion.rows import at, base, degrees, fix, fused, sector, throughout
from tests.fusion.test_along import EASTWARD, line, since
from tests.fusion.test_batch import ring

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions, Zone
from truceline.domain.columns import from_rows, to_ipc
from truceline.domain.dated import Dated
from truceline.domain.observation import COLUMNS
from truceline.fusion.fuse import fuse

ROWS = [
    fix("a", 0, 0, 0.0),
    fix("b", 60, 20, 0.7),
    fix("c", 900, -400, 1.5),
    fix("d", 0, 0, 0.0, sensor="uav-x"),
    sector("e", -4_000, 0, (60, 120), (3_000, 5_000), **throughout(-300, 600, 12, 12)),
    sector("f", 4_000, 0, (240, 300), (3_000, 5_000), **throughout(-200, 500, 9, None)),
    sector("g", 4_000, 500, (240, 300), (3_000, 5_000), sensor="post-f", **throughout(-200, 500, 2, 2)),
    sector("h", 0, 9_000, (170, 190), (7_000, 9_500), **throughout(900, 1_500, 30, 45)),
]


def report(rng, id, m, x, y, t):
    """One report of a blast at (x, y, t) by a sensor somewhere near, of any family, sometimes told as a window."""
    px, py = rng.uniform(-9_000, 9_000, 2)
    r, azimuth = np.hypot(x - px, y - py), float(np.degrees(np.arctan2(x - px, y - py)) % 360)
    lon, lat = degrees(px, py)
    post = {"sensor_lon_deg": lon, "sensor_lat_deg": lat, "sensor_sigma_m": 20.0, "time_sigma_s": 1.0}
    family, heard = rng.integers(5), {"time": at(t + r / 337.3)}
    if family == 0:
        row = fix(id, x, y, t, sensor="uav")
    elif family == 1:
        aimed = {"bearing_deg": azimuth, "bearing_sigma_deg": 0.7}
        row = base(id, f"c{m}", means="camera", **aimed, **post, time=at(t))
    elif family == 2:
        row = base(id, f"a{m}", means="acoustic", **post, **heard)
    elif family == 3:
        row = sector(id, px, py, ((azimuth - 20) % 360, (azimuth + 20) % 360), (0.7 * r, 1.4 * r), **heard)
    else:
        row = base(id, f"r{m}", means="reported", area=ring(x - 900, y - 700, 2_000.0), time=at(t))
    if rng.random() < 0.15:
        when = {"time_start": at(t - 900), "time_end": at(t + 1_800), "time_kind": "unknown_within"}
        row = {**row, "time": None, **when}
    return row


def blasts(seed, n):
    """Single reports about `n` blasts over six hours."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(n):
        x, y, t = *rng.uniform(-6_000, 6_000, 2), rng.uniform(0, 21_600)
        rows += [report(rng, f"{k}-{m}", m, x, y, t) for m in range(rng.integers(1, 5))]
    return rows


SINGLES = blasts(31, 40)
ZONE = Zone(
    id="z",
    name="zone",
    ring_deg=Dated(history=(since("2015-01-01", tuple(degrees(x, y) for x, y in [(0, 0), (5e3, 0), (0, 5e3)])),)),
)


def _bytes(found):
    tables = (found.incidents, found.engagements, found.membership, found.links)
    return [hashlib.sha256(to_ipc(t)).hexdigest() for t in tables]


def _fused(rows, threads):
    axis = line(("2015-01-01", EASTWARD), accuracy_m=300.0)
    given = {"models": sensor_models(), "line": axis, "regions": Regions(zones=(ZONE,)), "prior": Prior()}
    return _bytes(fuse(from_rows(COLUMNS, rows), None, **given, threads=threads))


@pytest.fixture(scope="module")
def expected():
    return _bytes(fused(*ROWS)), _fused([*SINGLES, *ROWS], 1)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_any_order_of_rows_gives_the_same_bytes(expected, seed):
    shuffled = ROWS.copy()
    random.Random(seed).shuffle(shuffled)
    assert _bytes(fused(*shuffled)) == expected[0]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_single_reports_of_all_kinds_in_any_order_and_on_any_threads_give_the_same_bytes(expected, seed, threads):
    shuffled = [*SINGLES, *ROWS]
    random.Random(seed).shuffle(shuffled)
    assert _fused(shuffled, threads) == expected[1]


def test_the_reports_make_events_of_several_and_of_one():
    found = fused(*SINGLES)
    sizes = found.incidents.column("n_observations").to_pylist()
    assert max(sizes) >= 3 and min(sizes) == 1
    assert sum(sizes) == len(SINGLES)
