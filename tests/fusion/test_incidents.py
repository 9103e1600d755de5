import numpy as np
import pytest
from scipy import stats
from tests.fusion.rows import FRAME, at, base, degrees, fix, fused, items, sector, table

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.fused import INCIDENT_COLUMNS, MEMBERSHIP_COLUMNS
from truceline.domain.ids import derived_id
from truceline.fusion.association.levels import LEVELS
from truceline.fusion.association.rates import P_ALONE, REPORTS_PER_EVENT
from truceline.fusion.fuse import fuse
from truceline.fusion.kinds import P_STATED, P_WRONG
from truceline.fusion.places.ninety import DOUBT


def bearing(id, x_m, y_m, azimuth, seconds=0.0, sigma_deg=0.7, **more):
    lon, lat = degrees(x_m, y_m)
    row = base(id, f"camera-{id}", means="camera", sensor_lon_deg=lon, sensor_lat_deg=lat, sensor_sigma_m=5.0)
    return (
        row | {"bearing_deg": azimuth, "bearing_sigma_deg": sigma_deg, "time": at(seconds), "time_sigma_s": 1.0} | more
    )


def groups(*rows):
    """Ids of the observations of each incident."""
    members = {}
    for row in fused(*rows).membership.to_pylist():
        members.setdefault(row["incident_id"], []).append(row["observation_id"])
    return sorted(tuple(ids) for ids in members.values())


def place(incident):
    """Mean place of an incident in the test plane."""
    x, y = FRAME.to_plane(np.array([incident["lon_deg"]]), np.array([incident["lat_deg"]]))
    return np.array([x[0], y[0]])


def test_what_a_pair_brings_is_the_closed_form_likelihood_ratio():
    """Place and time as Gaussians, against each alone as nobody else noticed it; and what the kinds say."""
    pair = fused(
        fix("a", 2_000, 2_000, 0.0, sigma_m=80), fix("b", 2_150, 1_910, 3.0, sigma_m=120, sigma_s=4.0)
    ).membership.to_pylist()
    place = stats.multivariate_normal([0, 0], (80**2 + 120**2) * np.eye(2)).logpdf([150, -90])
    time = stats.norm(0, np.hypot(2.0, 4.0)).logpdf(3.0)
    rate = np.log(2 / REPORTS_PER_EVENT / (LEVELS[0].cell_m ** 2 * LEVELS[0].cell_s))  # both are in one cell
    kinds = 2 * np.log((1 - P_WRONG) / P_STATED["explosion"])
    expected = place + time - rate - 2 * np.log(P_ALONE) + kinds
    assert [row["llr_nats"] for row in pair] == pytest.approx([expected] * 2, abs=0.02)
    assert pair[0]["probability"] == pytest.approx(1.0, abs=2e-3)


def test_two_fixes_meet_at_their_weighted_mean_and_the_nearer_they_are_the_surer_they_belong():
    pair = fused(fix("a", 0, 0, 0.0, sigma_m=80), fix("b", 150, -90, 3.0, sigma_m=120, sigma_s=4.0))
    (event,) = pair.incidents.to_pylist()
    weights = np.array([1 / 80**2, 1 / 120**2])
    assert place(event) == pytest.approx(weights[1] / weights.sum() * np.array([150, -90]), abs=3.0)
    assert event["sigma_major_m"] == pytest.approx(DOUBT / np.sqrt(weights.sum()), abs=0.2)
    assert event["time_sigma_s"] == pytest.approx(DOUBT / np.sqrt(1 / 4 + 1 / 16), abs=0.01)
    closer = fused(fix("a", 0, 0, 0.0, sigma_m=80), fix("b", 0, 0, 0.0, sigma_m=120, sigma_s=4.0))
    far, near = (table.membership.to_pylist()[0] for table in (pair, closer))
    assert near["llr_nats"] > far["llr_nats"] > 0.0
    assert near["probability"] >= far["probability"] > 0.99


def test_fixes_far_apart_in_place_or_in_time_stay_two_incidents():
    near, far = fix("a", 0, 0, 0.0), fix("b", 3_000, 0, 0.0)
    late = fix("c", 0, 0, 600.0)
    assert groups(near, far, late) == [("t:a",), ("t:b",), ("t:c",)]


def test_one_sensor_reports_an_event_once():
    twice = fix("a", 0, 0, 0.0, sensor="one"), fix("b", 10, 0, 0.5, sensor="one")
    assert groups(*twice) == [("t:a",), ("t:b",)]


def test_different_phenomena_are_different_events():
    assert len(groups(fix("a", 0, 0, 0.0), fix("b", 0, 0, 0.0, phenomenon="vehicle"))) == 2


def test_two_bearings_cross_where_they_cross():
    truth = np.array([4_000.0, 3_000.0])
    posts = [(0.0, 0.0), (9_000.0, 0.0), (2_000.0, 8_000.0)]
    rows = [
        bearing(str(n), x, y, float(np.degrees(np.arctan2(truth[0] - x, truth[1] - y)) % 360))
        for n, (x, y) in enumerate(posts)
    ]
    (event,) = fused(*rows).incidents.to_pylist()
    assert place(event) == pytest.approx(truth, abs=60.0)
    assert np.hypot(event["sigma_major_m"], event["sigma_minor_m"]) < 120.0


def test_sound_delay_decides_which_clock_times_agree():
    """One blast 1 km from one ear and 8 km from another: heard 21 s apart, it is one; heard at once, it is two."""
    apart = 7_000 / 337.3
    near = sector("near", -1_000, 0, (80, 100), (800, 1_200), time=at(1_000 / 337.3), time_sigma_s=1.0)
    far = sector("far", 8_000, 0, (260, 280), (7_500, 8_500), time=at(8_000 / 337.3), time_sigma_s=1.0)
    together = sector("far", 8_000, 0, (260, 280), (7_500, 8_500), time=at(1_000 / 337.3), time_sigma_s=1.0)
    assert apart > 20
    assert len(groups(near, far)) == 1
    assert len(groups(near, together)) == 2


def test_three_competing_observations_go_to_the_likelier_partner():
    a, b, c = fix("a", 0, 0, 0.0), fix("b", 80, 0, 0.5), fix("c", 700, 0, 4.0, sensor="uav-b")
    assert groups(a, b, c) == [("t:a", "t:b"), ("t:c",)]


def test_an_incident_is_named_by_what_founded_it_and_dated_to_its_origin():
    found = fused(fix("b", 50, 0, 1.0), fix("a", 0, 0, 0.0)).incidents.to_pylist()
    assert len(found) == 1
    assert found[0]["founding"] == "t:a"
    assert found[0]["n_observations"] == 2
    assert abs((found[0]["time"] - at(0.5)).total_seconds()) < 0.2
    assert 1 - 0.05**2 <= found[0]["p_exists"] <= 1.0  # that they agree so well is hardly chance
    assert found[0]["chainage_km"] is None
    assert found[0]["p_side_left"] is None


def test_nothing_and_one():
    assert fused().incidents.num_rows == 0
    alone = fused(fix("a", 0, 0, 0.0)).incidents.to_pylist()
    assert [r["n_observations"] for r in alone] == [1]
    assert alone[0]["sigma_major_m"] == pytest.approx(100.0, rel=0.03)


def test_simulate_then_fuse_recovers_most_events():
    """Draws within what cameras notice: a UAV's fix and two bearings a blast, blasts minutes apart."""
    rng = np.random.default_rng(11)
    rows = []
    for n in range(12):
        x, y, t = *rng.uniform(-2_000, 2_000, 2), 400.0 * n
        rows.append(fix(f"f{n}", x + rng.normal(0, 100), y + rng.normal(0, 100), t + rng.normal(0, 2), sensor="uav"))
        for k, (px, py) in enumerate([(-4_000.0, 0.0), (0.0, -4_000.0)]):
            azimuth = np.degrees(np.arctan2(x - px, y - py)) + rng.normal(0, 0.7)
            rows.append(bearing(f"b{n}-{k}", px, py, float(azimuth % 360), t + rng.normal(0, 1), sensor=f"camera-{k}"))
    truth = {f"t:f{n}": tuple(sorted((f"t:f{n}", f"t:b{n}-0", f"t:b{n}-1"))) for n in range(12)}
    right = sum(g in truth.values() for g in groups(*rows))
    assert right >= 11


def test_the_tables_have_their_columns_whether_or_not_anything_was_found():
    for found in (fused(), fused(fix("a", 0, 0, 0.0))):
        for columns, made in ((INCIDENT_COLUMNS, found.incidents), (MEMBERSHIP_COLUMNS, found.membership)):
            assert [(c.name, c.type) for c in columns] == [(f.name, f.type) for f in made.schema]


def test_an_incident_is_named_by_the_first_in_the_ledger_whatever_came_later():
    rows = table([fix("b", 50, 0, 1.0, tlp="red"), fix("a", 0, 0, 0.0, tlp="clear"), fix("far", 9_000, 0, 0.0)])
    rows = rows.append_column("entry", [[4, 7, 7]]).append_column("row", [[1, 0, 1]])
    given = {"models": sensor_models(), "line": None, "regions": Regions(), "prior": Prior()}
    incident = next(i for i in fuse(rows, None, **given).incidents.to_pylist() if i["n_observations"] == 2)
    assert (incident["id"], incident["founding"]) == (derived_id("I", "t:b"), "t:b")
    assert (incident["version"], incident["tlp"]) == (2, "red")


def test_a_single_report_has_the_place_of_what_it_states():
    heard = sector("s", 0, 0, (0, 90), (3_000, 5_000), time=at(0), time_sigma_s=1.0)
    (alone,) = fused(heard).incidents.to_pylist()
    (item,) = items(heard)
    assert place(alone) == pytest.approx(item.weights @ item.nodes, abs=120.0)
    assert alone["p_exists"] == 0.95


def test_of_two_incidents_whose_short_ids_are_the_same_the_later_in_the_ledger_gets_a_longer_one():
    seen = {}
    for n in range(1_000_000):  # some 80,000 hashes of 32 bits hold a pair of equals
        short = derived_id("I", f"t:{n}")
        if short in seen:
            break
        seen[short] = n
    one, other = str(seen[short]), str(n)
    rows = table([fix(one, 0, 0, 0.0), fix(other, 9_000, 0, 0.0)]).append_column("entry", [[9, 3]])
    given = {"models": sensor_models(), "line": None, "regions": Regions(), "prior": Prior()}
    found = fuse(rows.append_column("row", [[0, 0]]), None, **given)
    ids = {row["founding"]: row["id"] for row in found.incidents.to_pylist()}
    assert ids == {f"t:{other}": short, f"t:{one}": derived_id("I", f"t:{one}", digits=16)}
    assert {row["observation_id"]: row["incident_id"] for row in found.membership.to_pylist()} == ids


def test_two_rows_of_one_id_are_both_members_in_whatever_order():
    thrice = [
        fix("a", 8_000 * k, 0, 0.0, sensor=f"s{k}", phenomenon=what) for k, what in enumerate(("fire", "shot", "fire"))
    ]
    found = [fused(*rows) for rows in (thrice, thrice[::-1])]
    assert found[0].membership.equals(found[1].membership) and found[0].incidents.equals(found[1].incidents)
    assert found[0].membership.column("observation_id").to_pylist() == ["t:a"] * 3
    assert len(set(found[0].incidents.column("id").to_pylist())) == 3


def test_a_hundred_sensors_at_one_place_and_time_see_a_handful_of_events():
    found = fused(*(fix(f"f{n:03d}", 0.0, 0.0, 0.0) for n in range(100))).incidents
    assert found.num_rows <= 4
    assert sum(found["n_observations"].to_pylist()) == 100


def test_a_row_decades_away_costs_nothing():
    found = fused(fix("a", 0, 0, 0.0), fix("b", 10, 0, 0.5), fix("old", 0, 0, -1.5e9)).incidents
    assert sorted(found["n_observations"].to_pylist()) == [1, 2]
