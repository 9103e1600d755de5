"""Groupings of three satellites' fires by chance: one satellite moved against the others, where none can be right."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest


@pytest.fixture(scope="module")
def multisat(bench):
    yield bench("real_multisat")
    for name in ("real_multisat", "real_firms_month"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def table(bench, multisat, shared: Path) -> pa.Table:
    return bench("real").read("firms", shared / multisat.DETECTIONS)


def test_a_moved_satellite_keeps_its_times_of_day_and_the_others_stay(multisat, table) -> None:
    later = multisat.moved(table, "NOAA-21", days=3)
    own = np.asarray(pc.equal(table["sensor"], "NOAA-21"))
    before, after = (np.asarray(one["time"].cast(pa.int64())) for one in (table, later))
    assert np.array_equal(before[~own], after[~own])
    assert set(((after - before)[own] // multisat.DAY_US).tolist()) == {3, -6}
    assert not ((after - before) % multisat.DAY_US).any()
    east = multisat.moved(table, "NOAA-21", east_m=10_000.0)
    apart = (east["lon_deg"].to_numpy() - table["lon_deg"].to_numpy()) * np.cos(np.radians(table["lat_deg"].to_numpy()))
    assert np.allclose(apart[own] * multisat.DEGREE_M, 10_000.0)
    assert not apart[~own].any()


def test_few_groupings_are_by_chance(multisat, table) -> None:
    """Elsewhere hardly anything is grouped; days later only what goes on burning, which is less where cells are new."""
    found = multisat.control(table, "Suomi NPP", days=(4,), east_m=(10_000.0,))
    assert found.real > 0.7
    assert found.elsewhere[0] < 0.03 * found.real
    assert found.elsewhere[0] < found.other_day_new[0] < found.other_day[0] < 0.17 * found.real
    assert found.elsewhere[0] < found.near_elsewhere[0] < 0.03
