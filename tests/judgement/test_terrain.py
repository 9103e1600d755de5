import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clauses import world

from truceline.domain.arrangement import Line, LineVersion, Zone
from truceline.domain.dated import Dated, Since
from truceline.domain.place import Fix
from truceline.geo.frame import fit_frame
from truceline.geo.line import build_axis, locate
from truceline.geo.region import Region, inside
from truceline.judgement.terrain import make_terrain

DAY = date(2018, 9, 5)
BENT = ((0, -40), (1, -10), (-1, 0), (3, 6), (2, 40))  # km east and north of the middle of the world
BAY = ((0, 0), (4, 0), (4, 3), (2, 2), (0, 3))
WORST = (
    0.012  # of a probability, against 100,000 draws (own error up to 0.0016), where the line bends within the ellipse
)


def ground(sign=1, accuracy_m=0.0, line=BENT, ring=BAY):
    """A bent line with A on its left and B on its right, and a zone; with sign -1 their mirror image."""
    vertices, corners = (tuple(world.degrees(sign * x, y) for x, y in shape) for shape in (line, ring))
    version = LineVersion(vertices_deg=vertices, accuracy_m=accuracy_m)
    lines = (Line(id="line", name="line", left="a", right="b", versions=world.since(version)),)
    zones = (Zone(id="bay", name="bay", ring_deg=world.since(corners)),)
    base = world.arrangement()
    changed = {name: getattr(base, name) for name in base.__slots__} | {"lines": lines, "zones": zones}
    return make_terrain(type(base)(**changed), DAY)


def fix(east_km, north_km, major_m, minor_m, turn_deg, sign=1):
    lon, lat = world.degrees(sign * east_km, north_km)
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return Fix(
        lon_deg=lon, lat_deg=lat,
        var_e_m2=(major_m * cos) ** 2 + (minor_m * sin) ** 2,
        var_n_m2=(major_m * sin) ** 2 + (minor_m * cos) ** 2,
        cov_en_m2=sign * (major_m**2 - minor_m**2) * sin * cos,
    )  # fmt: skip


places = st.tuples(st.floats(-8, 8), st.floats(-12, 12), st.floats(1, 4000), st.floats(1, 4000), st.floats(0, 180))
accuracies = st.sampled_from([0.0, 150.0, 2400.0])
distances = st.floats(0, 20_000)


@settings(max_examples=60, deadline=None)
@given(at=places, accuracy_m=accuracies, near=distances, far=distances)
def test_the_mirrored_ground_gives_the_mirrored_answer(at, accuracy_m, near, far):
    one, other = ground(1, accuracy_m), ground(-1, accuracy_m)
    here, there = fix(*at), fix(*at, sign=-1)
    near, far = sorted((near, far))
    assert one.p_left(here, "line") + other.p_left(there, "line") == pytest.approx(1.0, abs=3e-6)
    assert one.p_in_zone(here, "bay") == pytest.approx(other.p_in_zone(there, "bay"), abs=3e-6)
    for party, across in (("a", "b"), ("b", "a"), (None, None)):
        expected = one.p_within(here, "line", party, near, far)
        assert other.p_within(there, "line", across, near, far) == pytest.approx(expected, abs=3e-6)


@settings(max_examples=60, deadline=None)
@given(at=places, accuracy_m=accuracies, a=distances, b=distances, c=distances)
def test_sides_add_up_and_bands_are_monotone(at, accuracy_m, a, b, c):
    terrain, where = ground(1, accuracy_m), fix(*at)
    low, middle, high = sorted((a, b, c))
    left = terrain.p_within(where, "line", "a", 0.0, math.inf)
    right = terrain.p_within(where, "line", "b", 0.0, math.inf)
    assert left == pytest.approx(terrain.p_left(where, "line"), abs=2e-6)
    assert left + right == pytest.approx(1.0, abs=2e-6)
    assert terrain.p_within(where, "line", None, 0.0, math.inf) == pytest.approx(1.0, abs=2e-6)
    for party in ("a", "b", None):
        near, whole = (terrain.p_within(where, "line", party, low, to) for to in (middle, high))
        far = terrain.p_within(where, "line", party, middle, high)
        assert 0.0 <= near <= whole <= 1.0
        assert far <= whole
        assert near + far == pytest.approx(whole, abs=3e-6)


def drawn(where, n=100_000):
    """Draws of a place in degrees: an oracle that shares no plane with the code."""
    rng = np.random.default_rng(7)
    cov = [[where.var_e_m2, where.cov_en_m2], [where.cov_en_m2, where.var_n_m2]]
    east, north = rng.multivariate_normal([0, 0], cov, n).T
    lat = math.radians(where.lat_deg)
    curved = 1.0 - 0.00669438 * math.sin(lat) ** 2
    lon_deg = where.lon_deg + np.degrees(east * math.sqrt(curved) / (6378137.0 * math.cos(lat)))
    return lon_deg, where.lat_deg + np.degrees(north * curved**1.5 / (6378137.0 * (1.0 - 0.00669438)))


@pytest.mark.parametrize("accuracy_m", [0.0, 300.0, 2400.0])
@pytest.mark.parametrize(
    "at",
    [
        (0, 0, 100, 100, 0),
        (-0.8, 1, 2000, 2000, 0),
        (1, 3, 3000, 60, 40),
        (2, 2, 900, 200, 120),
        (3.5, -2, 4000, 1500, 75),
        (0, 39, 2500, 400, 10),
    ],
)
def test_terrain_agrees_with_drawing_at_random(at, accuracy_m):
    terrain, where = ground(1, accuracy_m), fix(*at)
    lon, lat = drawn(where)
    vertices = tuple(world.degrees(x, y) for x, y in BENT)
    frame = fit_frame(vertices)
    axis = build_axis(np.column_stack(frame.to_plane(*np.array(vertices).T)))
    x, y = frame.to_plane(lon, lat)
    offset = locate(axis, x, y)[1] + np.random.default_rng(8).normal(0, 1, len(x)) * accuracy_m
    corners = np.column_stack(frame.to_plane(*np.array([world.degrees(x, y) for x, y in BAY]).T))
    assert terrain.p_left(where, "line") == pytest.approx(np.mean(offset > 0), abs=WORST)
    for near, far in ((0, 1500), (500, 3000), (2000, math.inf)):
        left, right = (offset >= near) & (offset < far), (-offset >= near) & (-offset < far)
        assert terrain.p_within(where, "line", "a", near, far) == pytest.approx(np.mean(left), abs=WORST)
        assert terrain.p_within(where, "line", "b", near, far) == pytest.approx(np.mean(right), abs=WORST)
        assert terrain.p_within(where, "line", None, near, far) == pytest.approx(np.mean(left | right), abs=WORST)
    within = np.mean(inside(Region(rings=(corners,)), x, y))
    assert terrain.p_in_zone(where, "bay") == pytest.approx(within, abs=WORST)


def test_across_a_straight_line_the_answer_is_that_of_the_normal_curve():
    terrain = ground(accuracy_m=300.0, line=((0, -100), (0, 100)))
    phi = 0.5 * (1 + math.erf(1.2 / math.sqrt(2)))
    assert terrain.p_left(fix(-0.6, 0, 400, 400, 0), "line") == pytest.approx(phi, abs=2e-3)


def test_a_place_without_error_is_in_or_out():
    terrain = ground()
    assert terrain.p_in_zone(fix(1, 1, 0, 0, 0), "bay") == 1.0
    assert terrain.p_in_zone(fix(2, 2.5, 0, 0, 0), "bay") == 0.0
    assert terrain.p_left(fix(-5, 0, 0, 0, 0), "line") == 1.0
    assert terrain.p_within(fix(-5, 0, 0, 0, 0), "line", "a", 0, 3000) == 0.0


def test_what_the_arrangement_does_not_know():
    terrain, where = ground(), fix(0, 0, 10, 10, 0)
    assert terrain.p_in_zone(where, "nowhere") == 0.0
    assert terrain.side_of("line", "a") == "left"
    assert terrain.side_of("line", "b") == "right"
    assert terrain.side_of("line", "nobody") == ""
    assert terrain.p_within(where, "line", "nobody", 0, 1e6) == 0.0
    with pytest.raises(KeyError):
        terrain.p_left(where, "no line")


def test_the_ground_is_that_of_the_day():
    history = tuple(
        Since(day=day, value=tuple(world.degrees(x + east, y) for x, y in BAY), reference="map", grade="stated")
        for day, east in ((date(2015, 1, 1), 0), (date(2018, 1, 1), 10))
    )
    base = world.arrangement()
    zone = Zone(id="bay", name="bay", ring_deg=Dated(history=history))
    arrangement = type(base)(**{name: getattr(base, name) for name in base.__slots__} | {"zones": (zone,)})
    where = fix(1, 1, 50, 50, 0)
    assert make_terrain(arrangement, date(2017, 6, 1)).p_in_zone(where, "bay") == 1.0
    assert make_terrain(arrangement, DAY).p_in_zone(where, "bay") == 0.0
