"""What the door lets in, fusion has to bear: a row that no model can make sense of is left out, and named."""

import pytest
from tests.fusion.rows import at, base, fix, fused, items, sector, throughout

from truceline.domain.observation import stated_count
from truceline.domain.repeat import repeats

POST = {"sensor_lon_deg": 38.5, "sensor_lat_deg": 48.7, "sensor_sigma_m": 50.0, "means": "heard"}
WHEN = {"time": at(0), "time_sigma_s": 5.0}


@pytest.mark.parametrize(
    "row",
    [
        {"area": "POLYGON Z ((38 48 1, 39 48 1, 39 49 1, 38 48 1))", **WHEN},
        {"area": "POLYGON ((-180 -90, 180 -90, 180 90, -180 90, -180 -90))", **WHEN},
        {"area": "POLYGON ((38 48, 39 49, 38 49, 39 48, 38 48))", **WHEN},
        {"area": "POLYGON ((0 0, 0 0, 0 0, 0 0))", **WHEN},
        POST | WHEN | {"range_min_m": 0.0, "range_max_m": 0.0},
        POST | WHEN | {"range_max_m": 1e9},
        POST | WHEN | {"range_min_m": 2e7},
        POST | WHEN | {"sensor_sigma_m": 1e9},
        POST | WHEN | {"time_sigma_s": 1e-200},
        POST | {"time": at(0), "time_sigma_s": 1e8},
        POST | WHEN | {"sectors": [{"from_deg": 10.0, "to_deg": 10.0}]},
        POST | WHEN | {"bearing_deg": 20.0, "bearing_sigma_deg": 0.0},
        POST | throughout(0, 0, 3, 3),
        POST | throughout(0, 1e8, 10**9, 10**9),
        {"lon_deg": 38.5, "lat_deg": 48.7, "sigma_major_m": 0.0, **WHEN},
        {"lon_deg": 38.5, "lat_deg": 48.7, "sigma_major_m": 1e200, **WHEN},
        {"lon_deg": 38.5, "lat_deg": 90.0, "sigma_major_m": 10.0, **WHEN},
    ],
)
def test_no_accepted_row_stops_fusion_and_none_is_lost(row):
    odd = base("odd", "odd") | row
    found = fused(
        odd,
        odd | {"id": "twin", "sensor": "twin"},
        fix("a", 0, 0, 0.0),
        sector("s", 0, 0, (0, 90), (1_000, 2_000), **throughout(0, 600)),
    )
    assert sorted(found.membership.column("observation_id").to_pylist()) == ["t:a", "t:odd", "t:s", "t:twin"]


def test_none_seen_is_no_event_and_a_count_from_zero_is_half_a_one():
    nothing = sector("z", 0, 0, (0, 90), (1_000, 2_000), **throughout(0, 600, 0, 0))
    found = fused(nothing)
    assert found.engagements.num_rows == found.incidents.num_rows == 0
    (row,) = found.membership.to_pylist()
    assert (row["observation_id"], row["engagement_id"]) == ("t:z", None)
    (perhaps,) = items(nothing | {"count_high": 3})
    assert perhaps.p_real == pytest.approx(0.95 * 3 / 4)


def test_weapons_and_troops_are_no_exchange_of_fire():
    fire = sector("f", 0, 0, (0, 90), (1_000, 2_000), reliability="E", **throughout(0, 600, 3, 3))
    troops = fire | {"id": "t", "sensor": "x", "phenomenon": "troops", "count_unit": "persons", "reliability": "A"}
    found = fused(fire, troops)
    (engagement,) = found.engagements.to_pylist()
    assert (engagement["stated_high"], engagement["n_reports"]) == (3, 1)
    assert engagement["p_exists"] == pytest.approx(0.3, abs=0.01)


def test_a_shot_that_set_something_on_fire_is_told_as_the_shot():
    (incident,) = fused(
        fix("a", 0, 0, 0.0), fix("b", 20, 0, 3.0, phenomenon="fire", reliability="A")
    ).incidents.to_pylist()
    assert incident["phenomenon"] == "explosion"


def test_one_more_report_never_lowers_that_there_was_fire():
    one = sector("a", 0, 0, (60, 120), (1_000, 9_000), **throughout(0, 36_000, 78, 78))
    two = one | {"id": "b", "sensor": "other", "count_low": 62, "count_high": 62}
    alone, together = fused(one).engagements.to_pylist(), fused(one, two).engagements.to_pylist()
    assert min(e["p_exists"] for e in together) >= alone[0]["p_exists"]


def test_an_unrelated_report_breaks_no_link():
    sharp, wide = fix("i", 0, 0, 0.0, sigma_s=1.0), fix("k", 0, 0, 881.0, sigma_s=600.0)
    away = fix("j", 110_000, 0, 100.0, sigma_s=1.0)
    assert fused(sharp, wide).incidents.num_rows == 1
    assert fused(sharp, wide, away).incidents.num_rows == 2


@pytest.mark.parametrize(
    ("low", "high", "stated"),
    [(None, None, (1, 1)), (None, 5, (1, 5)), (None, 0, (0, 0)), (98, None, (98, None)), (0, 3, (0, 3))],
)
def test_a_count_is_read_one_way_everywhere(low, high, stated):
    assert stated_count(low, high) == stated


def test_of_two_rows_that_name_each_other_one_stands():
    def row(id, source, *origins):
        return {"id": id, "source": source, "derived_from": list(origins)}

    assert repeats([row("a", "s", "s:b"), row("b", "s", "s:a")]) == {"s:b"}
    assert repeats([row("a", "s"), row("b", "press", "s:a"), row("c", "wire", "s")]) == {"press:b", "wire:c"}
    assert repeats([row("a", "s", "elsewhere:9"), row("b", "s", "s:b")]) == set()
