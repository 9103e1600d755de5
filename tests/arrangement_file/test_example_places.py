"""The example's gazetteer: every position of the 58 rows is there and lies where its row says."""

import csv
import math
from pathlib import Path

import pytest
from pyproj import Geod

from truceline.domain.inputs import NamedPlace
from truceline.mission_file import load_places

POINTS = (
    *("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE"),
    *("S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"),
)
WGS84 = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def places(root: Path) -> dict[str, NamedPlace]:
    return load_places(root / "examples" / "minsk-2018" / "places.csv")


@pytest.fixture(scope="module")
def rows(root: Path) -> list[dict[str, str]]:
    path = root / "examples" / "minsk-2018" / "inbox" / "smm" / "osce_observations.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def apart(one: NamedPlace, other: NamedPlace) -> tuple[float, float]:
    """Azimuth in degrees and distance in km from `one` to `other`."""
    azimuth, _, metres = WGS84.inv(one.lon_deg, one.lat_deg, other.lon_deg, other.lat_deg)
    return azimuth % 360.0, metres / 1000.0


def turned(azimuth_deg: float, point: str) -> float:
    """Angle between an azimuth and a compass point, 0 to 180."""
    return abs((azimuth_deg - 22.5 * POINTS.index(point) + 180.0) % 360.0 - 180.0)


def test_the_rows_are_the_ones_compiled(root: Path, shared: Path) -> None:
    inbox = root / "examples" / "minsk-2018" / "inbox"
    for folder, name in (("smm", "osce_observations.csv"), ("smm_counts", "osce_daily_counts.csv")):
        assert (inbox / folder / name).read_bytes() == (shared / "data" / "osce_smm" / name).read_bytes()


def test_every_position_lies_at_its_distance_and_direction(
    places: dict[str, NamedPlace], rows: list[dict[str, str]]
) -> None:
    """Within what rounding and the place's own sigma allow.

    The SMM gives whole kilometres to a town, not to the post in it, and its compass words to towns are loose:
    it calls Maiorsk NE of Donetsk at 16 degrees. So a word may be one sixteenth off beyond its 45-degree sector.
    """
    assert len(rows) == 58
    for row in rows:
        place, town = places[row["position"].casefold()], places[row["ref_place"].casefold()]
        azimuth, km = apart(town, place)
        two_sigma_km = 2.0 * place.sigma_m / 1000.0
        assert abs(km - float(row["ref_km"])) <= 1.5 + two_sigma_km, row["position"]
        if row["ref_dir"]:
            slack_deg = 22.5 + 11.25 + math.degrees(math.atan2(two_sigma_km, km))
            assert turned(azimuth, row["ref_dir"]) <= slack_deg, row["position"]


@pytest.mark.parametrize(
    ("position", "from_place", "km", "direction"),
    [
        ("1km SW of Pyshchevyk", "Pyshchevyk", 1.0, "SW"),
        ("1.5km NE of Hnutove", "Hnutove", 1.5, "NE"),
        ("about 2km N of Petrivske", "Petrivske", 2.0, "N"),
        ("about 5km NW of that checkpoint", "checkpoint on T1316", 5.0, "NW"),
    ],
)
def test_offsets_are_what_their_names_say(
    places: dict[str, NamedPlace], position: str, from_place: str, km: float, direction: str
) -> None:
    azimuth, measured_km = apart(places[from_place.casefold()], places[position.casefold()])
    assert measured_km == pytest.approx(km, abs=0.05)
    assert turned(azimuth, direction) < 1.0


def test_the_three_positions_near_zolote_agree_with_what_their_rows_say_of_each_other(
    places: dict[str, NamedPlace],
) -> None:
    camera, checkpoint = places["zolote"], places["checkpoint on t1316"]
    # The checkpoint is 0.4 km north of the area's northern edge; the camera saw impacts at most 1.6 km SE or SSE
    # of itself and south of that edge: so the camera is at most 1.6 km less 0.4 km north of the checkpoint.
    camera_north_km = (camera.lat_deg - checkpoint.lat_deg) * 111.2
    assert camera_north_km < 1.6 - 0.4
    # Nothing published fixes either better than a few hundred metres.
    assert min(camera.sigma_m, checkpoint.sigma_m) >= 500


def test_every_reference_says_how_the_position_is_known(places: dict[str, NamedPlace]) -> None:
    words = ("UCDP", "GeoNames", "derived", "general knowledge")
    for place in places.values():
        assert any(word in place.reference for word in words), place.name
