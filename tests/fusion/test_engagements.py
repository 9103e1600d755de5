import pytest
from tests.fusion.rows import at, fix, fused, sector, throughout

from truceline.domain.arrangement import Prior

EAST = (67.5, 112.5)
WEST = (247.5, 292.5)


def engagements(found):
    members = {}
    for row in found.membership.to_pylist():
        members.setdefault(row["engagement_id"], []).append(row["observation_id"])
    return sorted(tuple(m) for id, m in members.items() if id is not None)


def facing_pair(start_b=0.0, end_b=600.0, **more):
    """Two posts 8 km apart that look at each other and hear fire between them."""
    a = sector("a", -4_000, 0, EAST, (3_000, 5_000), **throughout(0, 600, 12, 12))
    b = sector("b", 4_000, 0, WEST, (3_000, 5_000), **throughout(start_b, end_b, 9, 9))
    return a, b | more


def test_reports_of_the_same_place_and_time_are_one_engagement():
    found = fused(*facing_pair())
    assert engagements(found) == [("t:a", "t:b")]
    (row,) = found.engagements.to_pylist()
    assert (row["stated_low"], row["stated_high"], row["n_reports"], row["n_incidents"]) == (12, 21, 2, 0)
    assert 12 <= row["stated_likely"] <= 21
    assert row["time_start"] < at(0) < row["time_end"]
    assert row["p_exists"] == pytest.approx(1 - 0.05**2, abs=0.005)


def test_reports_that_meet_at_no_time_are_two_engagements_however_near():
    found = fused(*facing_pair(start_b=1_500.0, end_b=2_100.0))
    assert engagements(found) == [("t:a",), ("t:b",)]
    (link,) = found.links.to_pylist()
    assert link["verdict"] == "cannot_be_same_fire"
    assert link["overlap_s"] < -800
    assert any(code.startswith("gap_s=") for code in link["because"])


def test_reports_of_different_places_are_two_engagements_however_simultaneous():
    a, _ = facing_pair()
    away = sector("b", 4_000, 0, EAST, (3_000, 5_000), **throughout(0, 600, 9, 9))
    assert engagements(fused(a, away)) == [("t:a",), ("t:b",)]


def test_place_is_the_meeting_of_the_sectors_and_not_the_mean_of_the_posts():
    a = sector("a", -6_000, 0, (35, 55), (4_000, 9_000), **throughout(0, 600))
    b = sector("b", 6_000, 0, (305, 325), (4_000, 9_000), **throughout(0, 600))
    (row,) = fused(a, b).engagements.to_pylist()
    assert row["lat_deg"] == pytest.approx(48.7 + 6.0 / 111.2, abs=0.02)
    assert row["lon_deg"] == pytest.approx(38.5, abs=0.02)


def test_one_sensor_that_reports_two_kinds_together_tells_of_one_exchange():
    night = throughout(0, 36_000, 43, 43)
    blasts = sector("blasts", 0, 0, EAST, (4_000, 6_000), sensor="camera", **night)
    flights = sector("flights", 0, 0, EAST, (4_000, 6_000), sensor="camera", **night) | {"phenomenon": "projectile"}
    flights |= {"count_low": 84, "count_high": 84}
    apart = fused(blasts, flights)
    together = fused(blasts | {"group_id": "one"}, flights | {"group_id": "one"})
    assert engagements(together) == [("t:blasts", "t:flights")]
    p_apart, p_together = (f.links.to_pylist()[0]["p_same_engagement"] for f in (apart, together))
    assert p_together > p_apart
    (row,) = together.engagements.to_pylist()
    assert (row["stated_low"], row["stated_high"]) == (84, 127)  # a projectile may be the other half of an explosion


def test_a_single_event_inside_an_exchange_joins_it_and_is_not_counted_twice():
    a, b = facing_pair()
    found = fused(a, b, fix("c", 100, 100, 300.0), fix("d", 90, 110, 300.5))
    (incident,) = found.incidents.to_pylist()
    (row,) = found.engagements.to_pylist()
    assert incident["engagement_id"] == row["id"]
    assert row["n_incidents"] == 1
    assert row["stated_high"] == 12 + 9 + 1


def test_single_events_alone_make_no_engagement():
    found = fused(fix("a", 0, 0, 0.0), fix("b", 0, 0, 30.0, sensor="uav-a"))
    assert found.engagements.num_rows == 0
    assert found.incidents.num_rows == 2


def test_a_statement_without_upper_bound_leaves_the_count_open():
    a, b = facing_pair(count_low=98, count_high=None)
    (row,) = fused(a, b).engagements.to_pylist()
    assert (row["stated_low"], row["stated_high"]) == (98, None)


def test_more_fire_about_makes_one_exchange_less_likely():
    def p(rate):
        link = fused(*facing_pair(), prior=Prior(exchange_rate_per_km2_h=rate)).links.to_pylist()[0]
        return link["p_same_engagement"]

    assert p(0.0005) > p(0.005) > p(0.05)


def test_claims_restrictions_and_repeats_are_not_observations():
    a, b = facing_pair()
    claim = b | {"id": "claim", "record_kind": "claim", "author_party": "x"}
    repeat = b | {"id": "repeat", "sensor": "press", "derived_from": ["t:a"]}
    placeless = b | {
        "id": "placeless",
        "sensor": "z",
        "sensor_lon_deg": None,
        "sensor_lat_deg": None,
        "area": "nowhere",
    }
    assert engagements(fused(a, claim, repeat, placeless)) == [("t:a",)]


def test_links_name_what_excludes_that_two_counted_the_same():
    a, b = facing_pair()

    def because(**more):
        (link,) = fused(a | {"weapon": "mortar"}, b | more).links.to_pylist()
        return link["verdict"], {code.partition("=")[0] for code in link["because"]}

    verdict, codes = because(weapon="mortar")
    assert verdict == "can_be_same_fire"
    assert {"overlap_s", "place_overlap", "phase_open"} <= codes
    assert because(weapon="automatic grenade launcher") == ("cannot_be_same_fire", {*codes, "weapons"})
    assert because(phenomenon="burst") == ("cannot_be_same_fire", {*codes, "kinds"})
    assert because(sensor="post-a") == ("cannot_be_same_fire", {*codes, "same_sensor"})
    assert because(weapon="undetermined")[0] == "can_be_same_fire"


def test_firing_and_arrival_may_be_the_same_rounds_though_their_places_differ():
    fired = sector("fired", 0, 0, EAST, (100, 300), **throughout(0, 600)) | {"phase": "outgoing"}
    fell = sector("fell", 2_500, -500, (330, 30), (200, 700), **throughout(0, 600)) | {"phase": "impact"}
    (link,) = fused(fired, fell).links.to_pylist()
    assert link["verdict"] == "can_be_same_fire"
    assert any(code.startswith("phases=") for code in link["because"])
    both_fell = fused(fired | {"phase": "impact"}, fell).links.to_pylist()
    assert not both_fell or both_fell[0]["p_same_fire"] < link["p_same_fire"]
