import math

import pytest
from pyproj import Geod

from truceline.domain.inputs import NamedPlace, Setting
from truceline.sources.smm_where import Reference, from_reference, locate, read_reference
from truceline.sources.smm_words import WordError

TOWN = NamedPlace(name="Town", lon_deg=37.8, lat_deg=48.0, sigma_m=0.0, reference="made for this test")


def reference(km: str, direction: str) -> Reference:
    found = read_reference("Town", km, direction, {"town": TOWN})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("km", "direction", "azimuth"), [("57", "NE", 45.0), ("10", "NNW", -22.5), ("1.5", "s", 180.0)]
)
def test_a_reference_lies_where_it_says(km, direction, azimuth) -> None:
    at = from_reference(reference(km, direction), name="x")
    turned, _, distance_m = Geod(ellps="WGS84").inv(37.8, 48.0, at.lon_deg, at.lat_deg)
    assert distance_m == pytest.approx(float(km) * 1000, abs=1)
    assert math.remainder(turned - azimuth, 360) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("km", "direction", "sigma_m"),
    [
        ("57", "NE", 57_000 * math.tan(math.radians(22.5 / math.sqrt(3)))),
        ("57", "NNE", 57_000 * math.tan(math.radians(11.25 / math.sqrt(3)))),
        ("1", "NE", 500.0),
        ("0.4", "NE", 400 * math.tan(math.radians(22.5 / math.sqrt(3)))),
        ("0", "", 500.0),
    ],
)
def test_its_error_is_rounding_or_compass_word_whichever_is_larger(km, direction, sigma_m) -> None:
    assert from_reference(reference(km, direction), name="x").sigma_m == pytest.approx(sigma_m, abs=0.1)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("Svitlodarsk", "Svitlodarsk"),
        ("  SVITLODARSK ", "Svitlodarsk"),
        ("Donetsk city centre", "Donetsk"),
        ("1km SW of Pyshchevyk", "1km SW of Pyshchevyk"),
        ("1 km south-west of pyshchevyk", "1km SW of Pyshchevyk"),
        ("about 2km N of Zolote", "about 2km N of Zolote"),
        ("~400m N of Zolote", "about 0.4km N of Zolote"),
    ],
)
def test_a_phrase_names_one_place_however_it_is_written(setting: Setting, phrase, name) -> None:
    assert locate(phrase, None, setting.places, {}).name == name


def test_about_doubles_the_rounding(setting: Setting) -> None:
    plain, about = (locate(p, None, setting.places, {}) for p in ("1km N of Zolote", "about 1km N of Zolote"))
    assert plain.sigma_m == pytest.approx(math.hypot(500, 700), abs=0.1)
    assert about.sigma_m == pytest.approx(math.hypot(1000, 700), abs=0.1)


def test_an_unknown_place_falls_back_to_its_reference(setting: Setting) -> None:
    told = read_reference("Donetsk", "16", "NE", setting.places)
    at = locate("NW of  Yasynuvata", told, setting.places, {})
    assert at.name == "NW of Yasynuvata"
    assert at.sigma_m > 3000


def test_a_reference_from_an_unknown_town_is_no_reference(setting: Setting) -> None:
    assert read_reference("Atlantis", "5", "N", setting.places) is None


@pytest.mark.parametrize(
    ("km", "direction", "fits"),
    [("57", "NE", True), ("45", "N", True), ("57", "E", False), ("57", "SW", False), ("25", "NE", False)],
)
def test_a_named_place_and_its_reference_must_not_contradict(setting: Setting, km, direction, fits) -> None:
    told = read_reference("Donetsk", km, direction, setting.places)
    if fits:
        assert locate("Svitlodarsk", told, setting.places, {}).name == "Svitlodarsk"
    else:
        with pytest.raises(
            WordError, match=f"57km at 33 degrees from Donetsk.*the row says {km}km {direction} of Donetsk"
        ):
            locate("Svitlodarsk", told, setting.places, {})


def test_a_named_place_close_to_its_reference_town_may_lie_any_way(setting: Setting) -> None:
    told = read_reference("Donetsk", "2", "S", setting.places)
    assert locate("Donetsk", told, setting.places, {}).name == "Donetsk"
