import numpy as np
import pytest
from scipy import stats
from tests.fusion.rows import at, base, degrees, fix, fused, items, sector

from truceline.domain.arrangement import Prior
from truceline.fusion.incidents import find_events

RATE = Prior().incident_rate_per_km2_h / 1e6 / 3600


def bearing(id, x_m, y_m, azimuth, seconds=0.0, sigma_deg=0.7, **more):
    lon, lat = degrees(x_m, y_m)
    row = base(id, f"camera-{id}", means="camera", sensor_lon_deg=lon, sensor_lat_deg=lat, sensor_sigma_m=5.0)
    return (
        row | {"bearing_deg": azimuth, "bearing_sigma_deg": sigma_deg, "time": at(seconds), "time_sigma_s": 1.0} | more
    )


def groups(events):
    return sorted(tuple(sorted(m.id for m in e.members)) for e in events)


def test_the_gain_of_two_fixes_is_the_closed_form_likelihood_ratio():
    pair = items(fix("a", 0, 0, 0.0, sigma_m=80), fix("b", 150, -90, 3.0, sigma_m=120, sigma_s=4.0))
    (event,) = find_events(pair, Prior())
    place = stats.multivariate_normal([0, 0], (80**2 + 120**2) * np.eye(2)).logpdf([150, -90])
    time = stats.norm(0, np.hypot(2.0, 4.0)).logpdf(3.0)
    assert event.llr_nats == pytest.approx([place + time - np.log(RATE)] * 2, abs=0.02)
    assert event.p_member[0] == pytest.approx(1.0, abs=1e-3)
    weights = np.array([1 / 80**2, 1 / 120**2])
    assert event.cloud.mean() == pytest.approx(weights[1] / weights.sum() * np.array([150, -90]), abs=3.0)


def test_fixes_far_apart_in_place_or_in_time_stay_two_incidents():
    near, far = fix("a", 0, 0, 0.0), fix("b", 3_000, 0, 0.0)
    late = fix("c", 0, 0, 600.0)
    assert groups(find_events(items(near, far, late), Prior())) == [("t:a",), ("t:b",), ("t:c",)]


def test_one_sensor_reports_an_event_once():
    twice = items(fix("a", 0, 0, 0.0, sensor="one"), fix("b", 10, 0, 0.5, sensor="one"))
    assert groups(find_events(twice, Prior())) == [("t:a",), ("t:b",)]


def test_different_phenomena_are_different_events():
    pair = items(fix("a", 0, 0, 0.0), fix("b", 0, 0, 0.0, phenomenon="vehicle"))
    assert len(find_events(pair, Prior())) == 2


def test_two_bearings_cross_where_they_cross():
    truth = np.array([4_000.0, 3_000.0])
    posts = [(0.0, 0.0), (9_000.0, 0.0), (2_000.0, 8_000.0)]
    rows = [
        bearing(str(n), x, y, float(np.degrees(np.arctan2(truth[0] - x, truth[1] - y)) % 360))
        for n, (x, y) in enumerate(posts)
    ]
    (event,) = find_events(items(*rows), Prior())
    assert event.cloud.mean() == pytest.approx(truth, abs=60.0)
    assert np.sqrt(np.trace(event.cloud.covariance())) < 120.0


def test_sound_delay_decides_which_clock_times_agree():
    """One blast 1 km from one ear and 8 km from another: heard 21 s apart, it is one; heard at once, it is two."""
    apart = 7_000 / 337.3
    near = sector("near", -1_000, 0, (80, 100), (800, 1_200), time=at(1_000 / 337.3), time_sigma_s=1.0)
    far = sector("far", 8_000, 0, (260, 280), (7_500, 8_500), time=at(8_000 / 337.3), time_sigma_s=1.0)
    together = sector("far", 8_000, 0, (260, 280), (7_500, 8_500), time=at(1_000 / 337.3), time_sigma_s=1.0)
    assert apart > 20
    assert len(find_events(items(near, far), Prior())) == 1
    assert len(find_events(items(near, together), Prior())) == 2


def test_three_competing_observations_go_to_the_likelier_partner():
    a, b, c = fix("a", 0, 0, 0.0), fix("b", 80, 0, 0.5), fix("c", 700, 0, 4.0, sensor="uav-b")
    assert groups(find_events(items(a, b, c), Prior())) == [("t:a", "t:b"), ("t:c",)]


def test_an_incident_is_named_by_what_founded_it_and_dated_to_its_origin():
    found = fused(fix("b", 50, 0, 1.0), fix("a", 0, 0, 0.0)).incidents.to_pylist()
    assert len(found) == 1
    assert found[0]["founding"] == "t:a"
    assert found[0]["n_observations"] == 2
    assert abs((found[0]["time"] - at(0.5)).total_seconds()) < 0.2
    assert found[0]["p_exists"] == pytest.approx(1 - 0.05**2, abs=1e-3)
    assert found[0]["chainage_km"] is None
    assert found[0]["p_side_left"] is None


def test_nothing_and_one():
    assert fused().incidents.num_rows == 0
    alone = fused(fix("a", 0, 0, 0.0)).incidents.to_pylist()
    assert [r["n_observations"] for r in alone] == [1]
    assert alone[0]["sigma_major_m"] == pytest.approx(100.0, rel=0.03)


def test_simulate_then_fuse_recovers_most_events():
    """Draws from the same sensor models: pairs of a UAV fix and two bearings a blast, blasts minutes apart."""
    rng = np.random.default_rng(11)
    rows = []
    for n in range(12):
        x, y, t = *rng.uniform(-4_000, 4_000, 2), 400.0 * n
        rows.append(fix(f"f{n}", x + rng.normal(0, 100), y + rng.normal(0, 100), t + rng.normal(0, 2), sensor="uav"))
        for k, (px, py) in enumerate([(-9_000.0, 0.0), (0.0, -9_000.0)]):
            azimuth = np.degrees(np.arctan2(x - px, y - py)) + rng.normal(0, 0.7)
            rows.append(bearing(f"b{n}-{k}", px, py, float(azimuth % 360), t + rng.normal(0, 1), sensor=f"camera-{k}"))
    events = find_events(items(*rows), Prior())
    truth = {f"t:f{n}": tuple(sorted((f"t:f{n}", f"t:b{n}-0", f"t:b{n}-1"))) for n in range(12)}
    right = sum(g in truth.values() for g in groups(events))
    assert right >= 11
