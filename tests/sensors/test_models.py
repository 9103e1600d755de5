"""What the models say beside each other: which hears, which sees, which knows better."""

import pytest

from truceline import menu
from truceline.domain.ports import SensorModel, of_phenomenon


def _model(name: str) -> SensorModel:
    loaded: SensorModel = menu.choose("sensor", name)
    return loaded


@pytest.mark.parametrize("name", ["ear", "array"])
def test_sound_takes_about_three_seconds_a_kilometre(name: str) -> None:
    assert 1000.0 / _model(name).travel_speed_m_s.value == pytest.approx(2.95, abs=0.05)


def test_sound_far_off_is_slower_over_ground_and_less_certain() -> None:
    far, near = _model("infrasound"), _model("ear")
    assert 280.0 <= far.travel_speed_m_s.value <= 340.0
    assert far.travel_speed_m_s.value < near.travel_speed_m_s.value
    assert far.travel_speed_sigma_share.value > near.travel_speed_sigma_share.value > 0.0


def test_infrasound_reaches_farther_than_anything_else() -> None:
    reach = {name: _model(name).range_max_m[""].value for name in menu.names("sensor")}
    assert max(reach, key=reach.__getitem__) == "infrasound"


def test_only_a_fire_seen_in_passing_may_have_begun_long_before() -> None:
    for name in menu.names("sensor"):
        lasts = _model(name).lasts_s
        passing = name in ("thermal", "imagery")
        assert of_phenomenon(lasts, "fire") == (10_800.0 if passing else 0.0)
        assert of_phenomenon(lasts, "explosion") == of_phenomenon(lasts, None) == 0.0


@pytest.mark.parametrize("name", ["eye", "camera", "uav", "thermal", "imagery"])
def test_light_arrives_at_once(name: str) -> None:
    assert _model(name).travel_speed_m_s.value == 0.0
    assert _model(name).travel_speed_sigma_share.value == 0.0


def test_a_camera_knows_direction_better_than_an_eye_and_an_eye_better_than_an_ear() -> None:
    sigmas = [_model(name).sector_sigma_deg.value for name in ("camera", "eye", "ear")]
    assert sigmas == sorted(sigmas)
    assert sigmas[0] <= sigmas[2] / 3.0


def test_small_arms_are_heard_less_far_than_guns() -> None:
    heard = _model("ear").range_max_m
    assert heard["shot"].value < heard["burst"].value < heard["explosion"].value


def test_what_a_human_ear_does_in_the_field_is_graded_as_assumed() -> None:
    ear = _model("ear")
    assert ear.sector_sigma_deg.grade == ear.range_sigma_share.grade == "assumed"
    assert 10.0 <= ear.sector_sigma_deg.value <= 15.0
    assert 0.4 <= ear.range_sigma_share.value <= 0.5
