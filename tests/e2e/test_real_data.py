"""What the benches on real data print, held to: each figure as the data notes or the physics say it must be."""

import importlib
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def bench(root: Path):
    """bench(name): a module of bench/fusion, which are scripts beside each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "bench/fusion"))
        loaded: Callable[[str], Any] = importlib.import_module
        yield loaded
        for name in [n for n in sys.modules if n == "real" or n.startswith("real_")]:
            del sys.modules[name]


def every_row_once(run) -> None:
    """Each observation stands in the membership once; incidents hold as many as they say."""
    membership, incidents = run.fused.membership, run.fused.incidents
    assert membership.num_rows == run.n == len(set(membership["observation_id"].to_pylist()))
    inside = membership["incident_id"].drop_null()
    assert sum(incidents["n_observations"].to_pylist()) == len(inside)
    assert set(inside.to_pylist()) == set(incidents["id"].to_pylist())


def test_the_minsk_ceasefire_reproduces_the_figures_of_the_data_notes(bench, shared: Path) -> None:
    """SOURCES.md: 1,447 events since Minsk II, 83 % within 20 km of the derived line."""
    found = bench("real_minsk").measure(shared)
    assert found.events.num_rows == 1_447
    assert round(100 * found.near) == 83
    every_row_once(found.run)
    incidents = found.run.fused.incidents
    # one desk codes an event once; totals of several events are no single incident
    assert set(incidents["n_observations"].to_pylist()) == {1}
    assert incidents.num_rows == found.events["time_kind"].to_pylist().count("unknown_within")
    p_left, width_m = (incidents[name].to_numpy() for name in ("p_side_left", "sigma_major_m"))
    shares_open = [
        float(np.mean((p_left >= 0.1) & (p_left <= 0.9))[()])
        for p_left in (p_left[(width_m > low) & (width_m <= high)] for low, high in pairwise((0, 2e3, 13e3, np.inf)))
    ]
    assert shares_open == sorted(shares_open)  # the less is known of the place, the more sides stay open
    assert shares_open[0] < 0.5
    assert shares_open[-1] > 0.95
    assert found.run.cpu_s < 30


def test_detections_of_three_satellites_are_grouped_as_far_as_they_can_be(bench, shared: Path) -> None:
    """SOURCES.md: 87 % have another satellite's detection within 1 km and 2 h; one satellite reports a fire once."""
    found = bench("real_multisat").measure(shared)
    assert found.run.n == 18_289
    assert round(100 * found.share_near) == 87
    every_row_once(found.run)
    assert set(found.sizes) == {1, 2, 3}
    reachable = found.most / found.run.n
    assert found.share_grouped <= found.share_near
    assert 0.85 * reachable < found.share_grouped
    assert float(found.grouped[~found.near].mean()) < 0.03
    assert float(np.median(found.apart_m[found.grouped])) < 200
    assert found.run.cpu_s < 60


def test_no_group_has_two_detections_of_one_satellite(bench, shared: Path) -> None:
    real, multisat = bench("real"), bench("real_multisat")
    table = real.read("firms", shared / multisat.DETECTIONS).slice(0, 4_000)
    sensor = dict(zip(table["id"].to_pylist(), table["sensor"].to_pylist(), strict=True))
    groups: dict[str, list[str]] = {}
    for row in real.fused(table, None).fused.membership.to_pylist():
        groups.setdefault(row["incident_id"], []).append(sensor[row["observation_id"].removeprefix("firms:")])
    assert any(len(satellites) > 1 for satellites in groups.values())
    assert all(len(set(satellites)) == len(satellites) for satellites in groups.values())


@pytest.mark.slow
def test_months_and_days_of_fires_are_placed_along_the_line_of_their_time(bench, shared: Path) -> None:
    month, days, year = bench("real_firms_month").measure(shared)
    assert (month.run.n, days.run.n, year.run.n) == (11_912, 18_289, 133_979)
    for fires in (month, days, year):
        every_row_once(fires.run)
        assert len(fires.line_since) == 1
        assert fires.run.fused.incidents["offset_km"].null_count == 0
        assert 0 < fires.persistent < fires.run.n
        assert fires.run.cpu_s < 120
    # one satellite alone sees a fire once; with three, and with none named, fires are seen together
    assert month.run.fused.incidents.num_rows == month.run.n
    assert days.run.fused.incidents.num_rows < 0.7 * days.run.n
    assert year.run.fused.incidents.num_rows < 0.5 * year.run.n
    assert days.line_since == ("2026-06-01",)


def test_the_true_place_of_the_infrasound_event_is_inside_the_ninety_percent_region(bench, shared: Path) -> None:
    found = bench("real_hrr5").measure(shared)
    assert found.run.fused.incidents.num_rows == 1
    assert found.incident["n_observations"] == 5
    assert found.inside
    assert found.off_km < 60
    # a region that holds everything would hold the truth too
    assert found.incident["sigma_major_m"] < 60_000
    assert found.incident["sigma_minor_m"] < 15_000
