from datetime import date

import numpy as np
import pytest
from tests.fusion.rows import at, degrees, fix, items, table

from truceline.app import sensor_models
from truceline.domain.arrangement import Line, LineSector, LineVersion, Prior, Regions, Zone
from truceline.domain.dated import Dated, Since
from truceline.fusion.fuse import frame_for, fuse
from truceline.fusion.places.along import along, make_ground, where
from truceline.fusion.places.posterior import Cloud
from truceline.geo.frame import local_frame

FRAME = local_frame(38.5, 48.7)


def since(day, value):
    return Since(day=date.fromisoformat(day), value=value, reference="test", grade="stated")


def line(*versions, accuracy_m=0.0):
    """A line by (day, [(x, y), ...]) in the test plane."""
    history = tuple(
        since(day, LineVersion(vertices_deg=tuple(degrees(x, y) for x, y in points), accuracy_m=accuracy_m))
        for day, points in versions
    )
    return Line(id="l", name="line", left="north", right="south", versions=Dated(history=history))


EASTWARD = [(-20_000.0, 0.0), (20_000.0, 0.0)]
NORTHWARD = [(3_000.0, -20_000.0), (3_000.0, 20_000.0)]


def cloud(x, y, spread=200.0):
    rng = np.random.default_rng(5)
    return Cloud(xy=rng.normal((x, y), spread, (4_000, 2)), weights=np.full(4_000, 1 / 4_000))


def told(cloud_, line_, when=0.0, **regions):
    return along(make_ground(FRAME, line_, Regions(**regions)), cloud_, at(when).timestamp())


def test_left_of_the_line_is_left_as_one_walks_it():
    north = told(cloud(0, 1_000), line(("2015-01-01", EASTWARD)))
    assert north["chainage_km"] == pytest.approx(20.0, abs=0.1)
    assert north["offset_km"] == pytest.approx(1.0, abs=0.02)
    assert north["p_side_left"] == pytest.approx(1.0)
    assert told(cloud(0, -1_000), line(("2015-01-01", EASTWARD)))["p_side_left"] == pytest.approx(0.0)
    assert told(cloud(0, 0), line(("2015-01-01", EASTWARD)))["p_side_left"] == pytest.approx(0.5, abs=0.03)


def test_a_line_drawn_roughly_makes_the_side_less_certain():
    sharp = told(cloud(0, 1_000), line(("2015-01-01", EASTWARD)))
    rough = told(cloud(0, 1_000), line(("2015-01-01", EASTWARD), accuracy_m=2_000.0))
    assert sharp["p_side_left"] > 0.999
    assert rough["p_side_left"] == pytest.approx(0.69, abs=0.02)  # Phi(1000 / hypot(2000, 200))


def test_the_line_of_the_day_is_used_and_no_other():
    moved = line(("2015-01-01", EASTWARD), ("2018-09-05", NORTHWARD))
    day_s = 86_400.0
    before = told(cloud(1_000, 2_000), moved, -day_s)
    after = told(cloud(1_000, 2_000), moved, 0.0)
    assert (before["line_since"], after["line_since"]) == ("2015-01-01", "2018-09-05")
    assert before["chainage_km"] == pytest.approx(21.0, abs=0.1)
    assert after["chainage_km"] == pytest.approx(22.0, abs=0.1)
    assert after["offset_km"] == pytest.approx(2.0, abs=0.05)
    assert told(cloud(0, 0), moved, -10 * 365 * day_s).keys() == {"p_region"}


def test_the_local_day_decides_and_not_the_one_in_utc():
    moved = line(("2015-01-01", EASTWARD), ("2018-09-06", NORTHWARD))
    late_evening = 13.5 * 3600.0  # 21:30 UTC on the 5th is the 6th in Kyiv
    assert told(cloud(0, 0), moved, late_evening)["line_since"] == "2015-01-01"
    assert told(cloud(0, 0), moved, late_evening, timezone="Europe/Kyiv")["line_since"] == "2018-09-06"


def test_sectors_share_a_place_that_lies_across_their_border():
    border = degrees(5_000.0, 300.0)
    sectors = (
        LineSector(id="w", name="West", until_deg=border, region="", reference="t", grade="stated"),
        LineSector(id="e", name="East", until_deg=None, region="", reference="t", grade="stated"),
    )
    found = told(cloud(5_000, 100), line(("2015-01-01", EASTWARD)), sectors=sectors)
    shares = {s["name"]: s["p"] for s in found["p_sector"]}
    assert shares["w"] == pytest.approx(0.5, abs=0.03)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-3)


def test_a_zone_has_the_share_of_the_place_inside_it_on_its_day():
    ring = tuple(degrees(x, y) for x, y in [(-1_000, 0), (1_000, 0), (1_000, 2_000), (-1_000, 2_000)])
    small = tuple(degrees(x, y) for x, y in [(9_000, 0), (9_500, 0), (9_500, 500), (9_000, 500)])
    zone = Zone(id="z", name="zone", ring_deg=Dated(history=(since("2015-01-01", ring), since("2018-09-05", small))))
    before = told(cloud(0, 0), line(("2015-01-01", EASTWARD)), -86_400.0, zones=(zone,))
    after = told(cloud(0, 0), line(("2015-01-01", EASTWARD)), 0.0, zones=(zone,))
    assert before["p_region"][0]["p"] == pytest.approx(0.5, abs=0.03)
    assert after["p_region"][0]["p"] == 0.0


def test_the_published_ellipse_is_turned_to_true_north():
    far = local_frame(30.0, 48.7)  # there the plane's north and true north differ by degrees
    x, y = far.to_plane(np.array([38.5]), np.array([48.7]))
    north = np.column_stack(far.to_plane(np.full(400, 38.5), np.linspace(48.68, 48.72, 400)))
    assert abs(float(far.convergence_deg(38.5, 48.7))) > 3.0
    ground = make_ground(far, None, Regions())
    found = where(ground, Cloud(xy=north, weights=np.full(400, 1 / 400)))
    assert found["lon_deg"] == pytest.approx(38.5, abs=1e-3)
    assert min(found["sigma_azimuth_deg"], 180 - found["sigma_azimuth_deg"]) < 0.2
    assert x[0] == pytest.approx(float(np.mean(north[:, 0])), abs=500.0) and y.shape == (1,)


def test_incidents_of_two_days_get_the_chainage_of_their_own_line():
    moved = line(("2015-01-01", EASTWARD), ("2018-09-06", NORTHWARD))
    rows = table([fix("a", 0, 1_000, 0.0), fix("b", 0, 1_000, 86_400.0)])
    found = fuse(rows, None, models=sensor_models(), line=moved, regions=Regions(), prior=Prior())
    first, second = found.incidents.sort_by("time").to_pylist()
    assert (first["line_since"], second["line_since"]) == ("2015-01-01", "2018-09-06")
    assert first["chainage_km"] == pytest.approx(20.0, abs=0.1)
    assert second["chainage_km"] == pytest.approx(21.0, abs=0.1)
    assert second["p_side_left"] == pytest.approx(1.0)


def test_the_plane_is_the_first_lines_and_never_moves_with_it():
    one = line(("2015-01-01", EASTWARD))
    two = line(("2015-01-01", EASTWARD), ("2018-09-06", NORTHWARD))
    empty = table([])
    assert frame_for(empty, one) == frame_for(empty, two)
    assert frame_for(table([fix("a", 0, 0, 0.0)]), None).kind == "tmerc"
    assert len(items(fix("a", 0, 0, 0.0))) == 1
