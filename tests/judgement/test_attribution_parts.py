"""The parts of attribution by themselves: points, rays, reach, phases, and the joint likelihood against plain loops."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.judgement.test_attribution import START, arrangement, fix, incident, line, of, row

from truceline.domain.arrangement import OriginPrior
from truceline.domain.weapons import WEAPONS
from truceline.judgement.control import BEARINGS, NODE_WEIGHTS, controls, looks, offsets, p_left, points, side_weights
from truceline.judgement.evidence import P_TOGETHER, PHASES, phase_likelihood, phase_prior
from truceline.judgement.firer import p_side
from truceline.judgement.reach import REACH, classes_of, ray_points, reaches, stated_classes
from truceline.judgement.strands import P_ASTRAY, columns, strands


def control(**given):
    return controls(arrangement(line(**given)), START.date())[0]


def test_the_points_have_the_mean_and_the_ellipse_of_the_place():
    place = replace(fix(-3.0), var_e_m2=4e4, var_n_m2=1e4, cov_en_m2=1.2e4)
    on = control()
    at = points(on, [place])
    turn = at.turn_rad[0]
    east_north = (at.xy_m[0] - NODE_WEIGHTS @ at.xy_m[0]) @ np.array(
        [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]
    )
    cov = east_north.T @ (NODE_WEIGHTS[:, None] * east_north)
    assert cov == pytest.approx(np.array([[4e4, 1.2e4], [1.2e4, 1e4]]), rel=1e-6)
    assert offsets(on, at.xy_m)[0, 0] == pytest.approx(3_000.0, rel=0.01)
    assert NODE_WEIGHTS.sum() == pytest.approx(1.0)


def test_a_ray_sees_whose_ground_it_crosses():
    on = control()
    at = points(on, [fix(-4.0, sigma_m=1.0)])
    seen = looks(on, at, np.array([0]), np.array([[2e3, 6e3]]))[0, 0]
    east, west, north = BEARINGS // 4, 3 * BEARINGS // 4, 0
    assert (seen[west], seen[east], seen[north]) == (1.0, 0.5, 1.0)
    assert p_left(control(accuracy_m=500.0), np.array([0.0, 500.0])) == pytest.approx([0.5, 0.8413], abs=1e-3)


def test_the_weights_come_to_the_side_that_is_told():
    weights = side_weights(np.array([[1.0] * 7, [0.0] * 7, [1, 0, 1, 0, 1, 0, 1]]), np.array([0.3, 0.6, 1.0]))
    assert weights.sum(axis=1) == pytest.approx(np.array([[0.3, 0.7], [0.6, 0.4], [1.0, 0.0]]))
    assert (weights >= 0.0).all()


def test_every_class_has_a_reach_and_says_how_well_it_is_known():
    assert tuple(REACH) == WEAPONS
    assert all(one.reference and one.grade for one in REACH.values())
    beyond = reaches(np.array([0.0, 1e6]))
    assert (beyond[0] > 0.999).all() and (beyond[1] < 1e-9).all()
    for kind in ("explosion", "burst", "fire"):
        points_m = ray_points(frozenset(classes_of(kind)))
        assert list(points_m) == sorted(points_m)
        assert points_m[0] > 0.0 and points_m[-1] <= 1e3 * max(REACH[c].km for c in classes_of(kind))
    assert stated_classes("artillery+mortar") == {"artillery", "mortar"}
    assert stated_classes("undetermined") == stated_classes("") == frozenset()


def test_phases_are_probabilities_and_by_ear_a_fifth_is_wrong():
    for kind in ("explosion", "burst", "projectile", "damage", "", "anything"):
        assert sum(phase_prior(kind, 0.4)) == pytest.approx(1.0)
    assert phase_prior("explosion", 0.4) == (0.4, 0.0, 0.6)
    assert phase_likelihood(row(phase="impact")) == pytest.approx((0.1, 0.1, 0.8))
    assert phase_likelihood(row()) is None


def test_posts_that_agree_by_one_means_are_worth_less_than_by_two():
    def certainty(*means):
        rows = [row(str(n), means=m, phase="outgoing") for n, m in enumerate(means)]
        told = columns(strands([incident(rows)], {r.id: r for r in rows}), OriginPrior())
        return told.phase[0, 0] / told.phase[0, 2]

    assert certainty("camera") < certainty("camera", "camera") < certainty("camera", "uav")
    bound = (0.95 / 0.025) * (P_TOGETHER + (1 - P_TOGETHER) * 0.95) / (P_TOGETHER + (1 - P_TOGETHER) * 0.025)
    assert certainty("camera", "camera") == pytest.approx(bound)


def test_a_stated_direction_is_likeliest_along_itself_and_never_certain():
    rows = [row(flight_bearing_deg=92.0), row("b", flight_bearing_deg=88.0)]
    told = columns(strands([incident(rows)], {r.id: r for r in rows}), OriginPrior())
    likelihood = told.flight[0]
    assert np.argmax(likelihood) == BEARINGS // 4
    assert likelihood.min() == pytest.approx(P_ASTRAY**2, rel=0.01)
    assert likelihood[1] == pytest.approx(likelihood[BEARINGS // 2 - 1])


def plain_loops(p_west, rows, phenomenon, prior):
    """P(the west fired) by going through every phase, side and firer; for places from where everything reaches."""
    odds = []
    for firer in ("west", "east"):
        total = 0.0
        for k, side in itertools.product(range(len(PHASES)), ("west", "east")):
            p = phase_prior(phenomenon, prior.p_outgoing)[k] * (p_west if side == "west" else 1.0 - p_west)
            p *= p_side(prior)[int(side == "east"), k, int(firer == "east")]
            by_means = {}
            for one in rows:
                by_means.setdefault(one.means, []).append(one)
            for same in by_means.values():
                likelihood = [phase_likelihood(one)[k] for one in same]
                agree = len({one.phase for one in same}) == 1
                p *= P_TOGETHER * agree * likelihood[0] + (1.0 - P_TOGETHER) * math.prod(likelihood)
            total += p
        odds.append(total)
    return odds[0] / sum(odds)


@given(
    p_west=st.floats(0.001, 0.999),
    said=st.lists(st.tuples(st.sampled_from(["heard", "camera", "uav"]), st.sampled_from(PHASES)), max_size=5),
    phenomenon=st.sampled_from(["explosion", "muzzle_flash", "projectile", "damage"]),
    p_self=st.floats(0.0, 0.4),
    p_outgoing=st.floats(0.1, 0.9),
)
def test_place_and_phase_are_what_plain_loops_make_of_them(p_west, said, phenomenon, p_self, p_outgoing):
    prior = OriginPrior(p_self_inflicted=p_self, p_outgoing=p_outgoing)
    rows = [row(str(n), means=means, phase=phase) for n, (means, phase) in enumerate(said)]
    one = incident(rows, phenomenon=phenomenon, east_km=-0.2, sigma_m=1.0, p_side_left=p_west)
    found = of([one], rows, arrangement(prior=prior))["I-1"]
    assert dict(found.p_fired)["west"] == pytest.approx(plain_loops(p_west, rows, phenomenon, prior), abs=2e-4)
