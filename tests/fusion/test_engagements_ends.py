"""Both ends of an exchange, and who fired first: only what rows state, the rest left open."""

import pytest
from tests.fusion.rows import FRAME, fix, fused, items, sector, table, throughout
from tests.fusion.test_along import EASTWARD, line

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.exchanges.ends import first_of, places_of
from truceline.fusion.fuse import fuse
from truceline.fusion.places.along import make_ground
from truceline.fusion.places.posterior import Cloud

EAST = (67.5, 112.5)
GROUND = make_ground(FRAME, line(("2018-01-01", EASTWARD)), Regions())  # left is north


def told(*rows):
    return [(item, Cloud(xy=item.nodes, weights=item.weights)) for item in items(*rows)]


def shot(id, y_m, seconds, phase="outgoing"):
    return fix(id, 0, y_m, seconds, phase=phase)


def test_with_exact_times_of_both_sides_the_earlier_one_was_first():
    many_left = [shot(f"l{k}", 2_000, 10.0 * k) for k in range(30)]
    many_right = [shot(f"r{k}", -2_000, 1_200.0 + 10.0 * k) for k in range(30)]
    found = first_of(told(*many_left, *many_right), GROUND)
    assert found.left > 0.85
    assert found.left + found.right <= 1.0 + 1e-9
    late_left = [shot(f"l{k}", 2_000, 1_200.0 + 10.0 * k) for k in range(30)]
    early_right = [shot(f"r{k}", -2_000, 10.0 * k) for k in range(30)]
    turned = first_of(told(*late_left, *early_right), GROUND)
    assert turned.right == pytest.approx(found.left, abs=0.01)


def test_firing_seen_on_one_side_only_says_little():
    found = first_of(told(shot("a", 2_000, 0.0)), GROUND)
    assert 0.4 < found.left < 0.7
    assert found.right < 0.1


def test_without_a_stated_firing_place_all_stays_open():
    for phase in ("impact", "undetermined", None):
        found = first_of(told(shot("a", 2_000, 0.0, phase), shot("b", -2_000, 60.0, phase)), GROUND)
        assert (found.left, found.right) == (0.0, 0.0)


def test_without_a_line_nothing_is_said():
    assert first_of(told(shot("a", 2_000, 0.0)), make_ground(FRAME, None, Regions())) is None


def test_long_windows_that_overlap_decide_nothing():
    one = sector("a", -2_000, 3_000, EAST, (1_000, 3_000), phase="outgoing", **throughout(0, 36_000))
    other = sector("b", -2_000, -3_000, EAST, (1_000, 3_000), phase="outgoing", **throughout(0, 36_000))
    found = first_of(told(one, other), GROUND)
    assert found.left == pytest.approx(found.right, abs=0.05)
    assert max(found.left, found.right) < 0.6


def test_places_of_firing_are_pooled_with_each_other_and_never_with_impacts():
    rows = told(shot("a", 2_000, 0.0), shot("b", 2_050, 5.0), shot("c", -2_000, 9.0), shot("d", -2_500, 30.0, "impact"))
    fired, fell = places_of("outgoing", rows), places_of("impact", rows)
    assert sorted(end.n_rows for end in fired) == [1, 2]
    (impact,) = fell
    assert impact.cloud.mean()[1] == pytest.approx(-2_500, abs=50)


def test_an_engagement_names_both_ends():
    fired = sector("fired", 0, 0, EAST, (100, 300), **throughout(0, 600)) | {"phase": "outgoing"}
    fell = sector("fell", 2_500, -500, (330, 30), (200, 700), **throughout(0, 600)) | {"phase": "impact"}
    rows = fused(fired, fell).engagements.to_pylist()
    assert sum(len(row["fired_from"]) for row in rows) == sum(len(row["fell_at"]) for row in rows) == 1
    assert all(row["p_first_left"] is None for row in rows)
    given = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
    lined = fuse(table([fired, fell]), None, line=line(("2018-01-01", EASTWARD)), **given).engagements.to_pylist()
    assert all(0.0 <= row["p_first_left"] + row["p_first_right"] <= 1.0 for row in lined)
