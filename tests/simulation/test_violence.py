"""The drawn violence has the statistics that its description says."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from truceline.geo.line import locate
from truceline.simulation.violence import DAY_S, NOBODY, draw_events, draw_ground, draw_places, mirrored, place_density
from truceline.simulation.worlds import WORLDS, Land, Violence

RARE = 1e-4
DAYS = 8.0


@pytest.fixture(scope="module")
def ground():
    return draw_ground(Land(), Violence(), np.random.default_rng(3))


@pytest.fixture(scope="module")
def events(ground):
    return draw_events(Violence(), ground, DAYS, np.random.default_rng(4))


@pytest.fixture(scope="module")
def children(events):
    """Rows of children whose parents had time enough for all of theirs."""
    row = np.flatnonzero(events.parent != NOBODY)
    return row[events.time_s[events.parent[row]] < DAYS * DAY_S - 20 * 480.0]


def test_events_come_in_order_of_time_within_the_days(events):
    assert (np.diff(events.time_s) >= 0).all()
    assert events.time_s[0] >= 0
    assert events.time_s[-1] < DAYS * DAY_S
    real = events.parent != NOBODY
    assert (events.parent[real] < np.flatnonzero(real)).all()


def test_the_tempo_is_the_stated_one_from_the_first_hour_on(events):
    # families make counts scatter more than Poisson: variance times 1 / (1 - branching)^2
    expected = 6_000 * DAYS
    assert abs(len(events.time_s) - expected) < 4 * np.sqrt(expected) / 0.2
    first = np.count_nonzero(events.time_s < 0.25 * DAY_S)
    assert abs(first - 1_500) < 4 * np.sqrt(1_500) / 0.2


def test_branching_delay_and_spread(ground, events, children):
    early = np.flatnonzero(events.time_s < DAYS * DAY_S - 20 * 480.0)
    assert abs(len(children) / len(early) - 0.8) < 4 * np.sqrt(0.8 / len(early))
    parent = events.parent[children]
    delay = events.time_s[children] - events.time_s[parent]
    assert stats.kstest(delay[delay < 20 * 480.0], stats.expon(scale=480.0).cdf).pvalue > RARE
    xy = np.column_stack([events.x_m, events.y_m])
    from_where = np.where(events.is_answer[children][:, None], mirrored(ground.line, xy[parent]), xy[parent])
    for off in (xy[children] - from_where).T:
        assert stats.kstest(off / 800.0, "norm").pvalue > RARE


def test_a_quarter_of_the_children_answer_from_across_the_line(ground, events, children):
    answers = events.is_answer[children]
    assert abs(answers.mean() - 0.25) < 4 * np.sqrt(0.25 * 0.75 / len(children))
    own = (events.parent == NOBODY) & (events.time_s > 20 * 480.0)  # before, parents are from before the beginning
    assert own.any()
    assert not events.is_answer[own].any()
    _, offset = locate(ground.line, events.x_m, events.y_m)
    parent = events.parent[children]
    clear = np.abs(offset[parent]) > 4_000.0
    across = np.sign(offset[children]) != np.sign(offset[parent])
    assert across[answers & clear].mean() > 0.97
    assert across[~answers & clear].mean() < 0.01


def test_kinds_have_their_shares(events):
    seen = np.bincount(events.kind, minlength=3)
    assert stats.chisquare(seen, np.array([0.6, 0.3, 0.1]) * seen.sum()).pvalue > RARE


def test_immigrants_come_to_hot_spots_of_unequal_weight_and_elsewhere_evenly(ground):
    assert len(ground.hot_weight) == 40
    assert ground.hot_weight.max() > 3 * ground.hot_weight.min()
    xy = draw_places(ground, 200_000, np.random.default_rng(5))
    density = place_density(ground, xy)
    _, offset = locate(ground.axis, xy[:, 0].copy(), xy[:, 1].copy())
    strip = np.abs(offset) <= 20e3
    # the mean of 1 / density over draws is the area that they can reach: each density checks the other
    assert np.mean(strip / density) == pytest.approx(1e6 * 40e3, rel=0.02)
    away = np.linalg.norm(xy[:, None, :] - ground.hot_xy[None, :, :], axis=2).min(axis=1)
    assert 0.7 < np.mean(away < 4 * ground.hot_spread_m) < 1.0


def test_the_line_wiggles_in_the_middle_and_a_mirror_image_lies_across_it(ground):
    chainage, offset = locate(ground.axis, *np.ascontiguousarray(ground.line.vertices_xy.T))
    assert np.abs(offset).max() < 6e3
    assert np.abs(offset.mean()) < 1e3
    assert chainage.max() == pytest.approx(1e6, rel=1e-3)
    xy = np.array([[0.0, 500.0], [10e3, -700.0]]) + ground.line.vertices_xy[400]
    twice = mirrored(ground.line, mirrored(ground.line, xy))
    assert np.abs(twice - xy).max() < 150.0  # exact where the line is straight


def test_a_bent_line_turns_and_is_as_long_as_it_says():
    world = WORLDS["bent"]
    ground = draw_ground(world.land, world.violence, np.random.default_rng(3))
    step = np.diff(ground.axis.vertices_xy, axis=0)
    heading = np.degrees(np.unwrap(np.arctan2(step[:, 0], step[:, 1])))
    assert np.ptp(heading) == pytest.approx(2 * np.degrees(1.2), abs=1.0)
    assert ground.axis.length_m == pytest.approx(6e5, rel=1e-3)


def test_one_seed_one_world():
    violence = replace(Violence(), events_per_day=600.0)
    drawn = [draw_ground(Land(), violence, np.random.default_rng(9)) for _ in range(2)]
    assert drawn[0].line_deg == drawn[1].line_deg
    one, two = (draw_events(violence, ground, 1.0, np.random.default_rng(1)) for ground in drawn)
    assert np.array_equal(one.x_m, two.x_m)
    assert np.array_equal(one.time_s, two.time_s)
    other = draw_ground(Land(), violence, np.random.default_rng(10))
    assert other.line_deg != drawn[0].line_deg
