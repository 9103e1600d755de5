from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses import world

from truceline.clauses.nearby import offset_m
from truceline.domain.columns import from_rows
from truceline.domain.observation import COLUMNS
from truceline.fusion.intake.chosen import choose
from truceline.judgement.subjects import holdings, notices, obstructions

AT = datetime(2018, 9, 5, 7, tzinfo=UTC)
P_REAL = {"A": 0.99, "B": 0.95, "C": 0.85, "D": 0.6, "E": 0.3, "F": 0.5}
PLACE = {"lon_deg": 38.0, "lat_deg": 48.5, "sigma_major_m": 100.0}


def table(*rows):
    return from_rows(
        COLUMNS, [{"id": f"r{n}", "source": "s", "time": AT, **PLACE, **row} for n, row in enumerate(rows)]
    )


def test_a_row_of_weapons_is_a_holding_with_all_that_it_says():
    row = {
        "phenomenon": "weapon", "weapon": "tank", "weapon_model": "T-72", "calibre_mm": 125.0, "count_low": 8,
        "count_high": 8, "count_unit": "weapons", "reliability": "B", "site_id": "depot", "count_declared": 9,
        "tlp": "red", "time": None, "time_start": AT, "time_end": AT + timedelta(hours=24),
    }  # fmt: skip
    (one,) = holdings(table(row), P_REAL)
    assert (one.weapon, one.weapon_model, one.calibre_mm) == ("tank", "T-72", 125.0)
    assert (one.count_low, one.count_high, one.declared, one.site) == (8, 8, 9, "depot")
    assert (one.p_exists, one.tlp, one.held_by) == (0.95, "red", None)
    assert one.when.seconds == 86400
    assert [s.observation for s in one.support] == ["s:r0"]
    assert one.where.var_e_m2 == pytest.approx(1e4)
    assert one.id == holdings(table(row), P_REAL)[0].id != holdings(table({}, row), P_REAL)[0].id


@pytest.mark.parametrize(
    ("row", "n"),
    [
        ({"phenomenon": "weapon"}, 1),
        ({"phenomenon": "troops", "count_low": 10, "count_high": 10, "count_unit": "persons"}, 1),
        ({"phenomenon": "troops", "record_kind": "state"}, 1),
        ({"phenomenon": "vehicle"}, 0),  # a single one is an event
        ({"phenomenon": "vehicle", "count_low": 3, "count_high": 3, "count_unit": "vehicles"}, 1),
        ({"phenomenon": "works", "record_kind": "state"}, 1),
        ({"phenomenon": "weapon", "count_low": 0, "count_high": 0}, 0),  # none seen
        ({"phenomenon": "explosion", "count_low": 3, "count_high": 3}, 0),
        ({"phenomenon": "weapon", "record_kind": "claim"}, 0),
        ({"phenomenon": "weapon", "record_kind": "restriction"}, 0),
        ({"phenomenon": "weapon", "time": None}, 0),  # nothing dated can be asked of it
    ],
)
def test_what_is_a_holding(row, n):
    assert len(holdings(table(row), P_REAL)) == n


kinds = st.sampled_from(["weapon", "troops", "vehicle", "works", "explosion", "burst"])
counts = st.sampled_from([(None, None), (1, 1), (3, 3), (0, 4), (0, 0), (2, None)])
units = st.sampled_from([None, "signatures", "weapons", "vehicles", "persons"])


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(kinds, counts, units), min_size=1, max_size=8))
def test_what_fusion_leaves_out_of_weapons_and_troops_is_a_holding(rows):
    given_ = table(
        *({"phenomenon": k, "count_low": low, "count_high": high, "count_unit": unit} for k, (low, high), unit in rows)
    )
    chosen = choose(given_)
    seen = {s.observation for h in holdings(given_, P_REAL) for s in h.support}
    for n, (kind, (_, high), _) in enumerate(rows):
        fused = bool(chosen.single[n] or chosen.many[n])
        if kind in ("weapon", "troops", "vehicle", "works") and high != 0 and not fused:
            assert f"s:r{n}" in seen
        if kind in ("explosion", "burst") or high == 0 or (kind in ("vehicle", "works") and fused):
            assert f"s:r{n}" not in seen


def test_a_row_that_repeats_another_counts_once():
    rows = ({"phenomenon": "weapon"}, {"phenomenon": "weapon", "derived_from": ["s:r0"]})
    assert [h.support[0].observation for h in holdings(table(*rows), P_REAL)] == ["s:r0"]
    restricted = ({"record_kind": "restriction"}, {"record_kind": "restriction", "derived_from": ["s:r0"]})
    assert len(obstructions(table(*restricted), P_REAL)) == 1


def test_a_count_that_may_be_none_exists_as_often_as_its_counts_are_not_zero():
    (one,) = holdings(table({"phenomenon": "troops", "count_low": 0, "count_high": 3, "reliability": "A"}), P_REAL)
    assert one.p_exists == pytest.approx(0.99 * 0.75)


def seen_from(**row):
    (one,) = holdings(
        table({"phenomenon": "weapon", **dict.fromkeys(PLACE), "sensor_lon_deg": 38.0, "sensor_lat_deg": 48.5} | row),
        P_REAL,
    )
    return one.where


def test_a_sector_with_a_distance_is_a_place():
    where = seen_from(sectors=[{"from_deg": 45.0, "to_deg": 135.0}], range_min_m=2000.0, range_max_m=4000.0)
    east, north = offset_m(world.place([0, 0, 0]), where)
    assert east == pytest.approx(2800, abs=100)
    assert north == pytest.approx(0, abs=20)
    assert where.var_n_m2 > where.var_e_m2 > 100.0**2


def test_a_bearing_with_a_distance_is_a_place():
    where = seen_from(bearing_deg=180.0, bearing_sigma_deg=2.0, range_min_m=2900.0, range_max_m=3100.0)
    east, north = offset_m(world.place([0, 0, 0]), where)
    assert (round(east), round(north, -2)) == (0, -3000)


def test_a_direction_without_a_distance_is_no_place():
    assert seen_from(bearing_deg=180.0, bearing_sigma_deg=2.0) is None


def test_restrictions_are_obstructions_at_the_place_of_the_monitors():
    row = {
        "record_kind": "restriction", "restriction_kind": "denial", "imposed_by": "a", "reliability": "A",
        **dict.fromkeys(PLACE), "sensor_lon_deg": 38.1, "sensor_lat_deg": 48.6, "area": "buffer",
    }  # fmt: skip
    (one,) = obstructions(table(row, {"phenomenon": "weapon"}), P_REAL)
    assert (one.kind, one.imposed_by, one.area, one.p_exists) == ("denial", "a", "buffer", 0.99)
    assert (one.where.lon_deg, one.where.lat_deg) == (38.1, 48.6)


def test_notifications_are_notices_of_the_party_that_wrote_them():
    rows = (
        {"record_kind": "notification", "author_party": "b", "phenomenon": "uav", "area": "buffer", "text": "a flight"},
        {"record_kind": "notification", "time": AT - timedelta(hours=1)},
        {"record_kind": "claim", "author_party": "b"},
    )
    first, second = notices(table(*rows))
    assert (first.id, first.party, first.phenomenon) == ("s:r1", "s", "")
    assert (second.party, second.phenomenon, second.area, second.text) == ("b", "uav", "buffer", "a flight")


def test_nothing_comes_of_nothing():
    assert holdings(table(), P_REAL) == obstructions(table(), P_REAL) == notices(table()) == ()


def test_they_come_in_order_of_time():
    rows = ({"phenomenon": "weapon"}, {"phenomenon": "weapon", "time": AT - timedelta(hours=3)})
    assert [h.when.start.hour for h in holdings(table(*rows), P_REAL)] == [4, 7]
