"""The door of the sensor models: numbers of a family that physics has, each with where it comes from."""

import importlib.util
import math
from collections.abc import Iterator

import numpy as np
import pytest

from truceline import menu
from truceline.domain.observation import MEANS, PHENOMENA
from truceline.domain.place import Area, Bearing, Fix, Place, Sector
from truceline.domain.ports import Parameter, SensorModel
from truceline.geo.frame import local_frame
from truceline.physics.places import place_shape, shape_density, shape_draw, shape_nodes

GRADES = ("reported", "derived", "assumed")
LON, LAT = 38.4, 48.7


@pytest.fixture(params=menu.names("sensor"))
def model(request: pytest.FixtureRequest) -> SensorModel:
    loaded: SensorModel = menu.choose("sensor", request.param)
    assert loaded.name == request.param
    return loaded


def _parameters(model: SensorModel) -> Iterator[tuple[str, Parameter]]:
    yield "sector_sigma_deg", model.sector_sigma_deg
    yield "range_sigma_share", model.range_sigma_share
    yield "travel_speed_m_s", model.travel_speed_m_s
    yield "travel_speed_sigma_share", model.travel_speed_sigma_share
    for phenomenon, parameter in model.range_max_m.items():
        yield f"range_max_m[{phenomenon!r}]", parameter
    for phenomenon, parameter in model.lasts_s.items():
        yield f"lasts_s[{phenomenon!r}]", parameter


def _place(model: SensorModel, range_max_m: float) -> Place:
    """What such a sensor typically states; an infinite `range_max_m` is none."""
    at = {"lon_deg": LON, "lat_deg": LAT}
    match model.family:
        case "fix":
            return Fix(**at, var_e_m2=1e4, var_n_m2=4e4, cov_en_m2=1e3)
        case "bearing":
            band = {"range_min_m": 0.0, "range_max_m": range_max_m}
            return Bearing(**at, sigma_m=30.0, azimuth_deg=80.0, sigma_deg=model.sector_sigma_deg.value, **band)
        case "sector":
            return Sector(**at, sigma_m=100.0, arcs=((78.75, 101.25),), range_min_m=0.0, range_max_m=range_max_m)
        case "arrival":
            return Sector(**at, sigma_m=10.0, arcs=(), range_min_m=0.0, range_max_m=range_max_m)
        case "area":
            return Area(ring_deg=((LON, LAT), (LON + 0.02, LAT), (LON + 0.02, LAT + 0.02), (LON, LAT + 0.01)))
    raise AssertionError(f"{model.name}: no such family, {model.family}")


def test_it_is_a_row_of_a_family(model: SensorModel) -> None:
    assert isinstance(model, SensorModel)
    assert importlib.util.find_spec(f"truceline.physics.{model.family}") is not None
    assert hasattr(importlib.import_module(f"truceline.physics.{model.family}"), "build")


def test_every_number_is_usable(model: SensorModel) -> None:
    assert all(math.isfinite(parameter.value) for _, parameter in _parameters(model))
    assert 0.0 < model.sector_sigma_deg.value <= 180.0
    assert 0.0 < model.range_sigma_share.value <= 1.0
    assert model.travel_speed_m_s.value >= 0.0
    assert 0.0 <= model.travel_speed_sigma_share.value <= 0.3
    assert model.travel_speed_m_s.value > 0.0 or model.travel_speed_sigma_share.value == 0.0
    for values in (model.range_max_m, model.lasts_s):
        assert "" in values, "a phenomenon that is not named needs a number too"
        assert set(values) <= {"", *PHENOMENA}
    assert all(100.0 <= parameter.value <= 2_000_000.0 for parameter in model.range_max_m.values())
    assert all(0.0 <= parameter.value <= 7 * 86_400.0 for parameter in model.lasts_s.values())


def test_every_number_says_where_it_comes_from(model: SensorModel) -> None:
    for name, parameter in _parameters(model):
        assert parameter.reference.strip(), name
        assert parameter.grade in GRADES, name
        if parameter.grade == "reported":
            assert "http" in parameter.reference, f"{name}: reported by whom?"


def test_density_integrates_to_one_and_draws_come_from_it(model: SensorModel) -> None:
    far = sorted({parameter.value for parameter in model.range_max_m.values()})
    for stated_m, notice_m in [(bound, math.inf) for bound in far] + [(math.inf, bound) for bound in far]:
        shape = place_shape(
            _place(model, stated_m),
            local_frame(LON, LAT),
            sector_sigma_deg=model.sector_sigma_deg.value,
            range_sigma_share=model.range_sigma_share.value,
            notice_m=notice_m,
        )
        points = shape_draw(shape, np.random.default_rng(31), 50_000)
        low, high = points.min(axis=0) - 1.0, points.max(axis=0) + 1.0
        axes = [low[k] + (np.arange(500) + 0.5) * (high[k] - low[k]) / 500 for k in (0, 1)]
        grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
        mass = shape_density(shape, grid).sum() * np.prod(high - low) / 500**2
        assert mass == pytest.approx(1.0, abs=5e-3)
        xy_m, weights = shape_nodes(shape)
        off = np.hypot(*(weights @ xy_m - points.mean(axis=0)))
        assert off < 0.02 * math.sqrt(points.var(axis=0).sum())


def test_every_means_of_perception_has_exactly_one_model() -> None:
    assert set(menu.SENSOR_OF_MEANS) == set(MEANS)
    assert set(menu.SENSOR_OF_MEANS.values()) <= set(menu.names("sensor"))


def test_no_model_is_left_without_a_means() -> None:
    assert set(menu.names("sensor")) == set(menu.SENSOR_OF_MEANS.values())
