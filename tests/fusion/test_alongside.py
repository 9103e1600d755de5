"""What is told of many events at once, against what the slow way tells of each."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.fusion.rows import FRAME, at, degrees
from tests.fusion.test_along import EASTWARD, NORTHWARD, line, since

from truceline.domain.arrangement import LineSector, Regions, Zone
from truceline.domain.dated import Dated
from truceline.fusion.intake.days import versions_at
from truceline.fusion.places.along import along, make_ground, where
from truceline.fusion.places.posterior import Cloud
from truceline.fusion.places.spots import Spots, ellipses, where_columns
from truceline.fusion.places.whereabouts import find_whereabouts
from truceline.physics.lattice import normal_points

UNIT = normal_points(610)
SECTORS = (
    LineSector(id="w", name="West", until_deg=degrees(5_000.0, 300.0), region="", reference="t", grade="stated"),
    LineSector(id="e", name="East", until_deg=None, region="", reference="t", grade="stated"),
)
RING = tuple(degrees(x, y) for x, y in [(-1_000, 0), (1_500, 0), (1_000, 2_000), (-1_000, 2_000)])
SMALL = tuple(degrees(x, y) for x, y in [(9_000, 0), (9_500, 0), (9_500, 500), (9_000, 500)])
ZONES = (
    Zone(id="z", name="zone", ring_deg=Dated(history=(since("2015-01-01", RING), since("2018-09-06", SMALL)))),
    Zone(id="y", name="later", ring_deg=Dated(history=(since("2018-09-06", RING),))),
)


def random_spots(rng, n):
    major, minor = np.sort(rng.choice([40.0, 300.0, 2_500.0], (n, 2)) * rng.uniform(0.5, 1.5, (n, 2)))[:, ::-1].T
    azimuth = rng.uniform(0, np.pi, n)
    s, c = np.sin(azimuth), np.cos(azimuth)
    return Spots(
        x_m=rng.uniform(-12_000, 12_000, n),
        y_m=rng.uniform(-6_000, 6_000, n),
        xx_m2=(major * s) ** 2 + (minor * c) ** 2,
        xy_m2=(major**2 - minor**2) * s * c,
        yy_m2=(major * c) ** 2 + (minor * s) ** 2,
        time_s=at(0).timestamp() + rng.choice([-86_400.0, 0.0, 86_400.0, -9e8], n, p=[0.3, 0.3, 0.3, 0.1]),
    )


def cloud_of(spots, k):
    root = np.linalg.cholesky([[spots.xx_m2[k], spots.xy_m2[k]], [spots.xy_m2[k], spots.yy_m2[k]]])
    return np.array([spots.x_m[k], spots.y_m[k]]) + UNIT @ root.T


def nodes_of(spots, asked):
    def nodes(which):
        asked.update(which.tolist())
        xy = np.array([cloud_of(spots, k) for k in which]).reshape(len(which), len(UNIT), 2)
        groups = np.arange(0, len(which), 3), np.setdiff1d(np.arange(len(which)), np.arange(0, len(which), 3))
        return [(at, xy[at], np.full((len(at), len(UNIT)), 1 / len(UNIT))) for at in groups]

    return nodes


@pytest.mark.parametrize("accuracy_m", [0.0, 700.0])
def test_many_at_once_are_told_as_each_alone(accuracy_m):
    moved = line(("2015-01-01", EASTWARD), ("2018-09-06", NORTHWARD), accuracy_m=accuracy_m)
    ground = make_ground(FRAME, moved, Regions(sectors=SECTORS, zones=ZONES))
    spots, asked = random_spots(np.random.default_rng(5), 300), set()
    found = find_whereabouts(ground, spots, (), nodes_of(spots, asked))
    beside = found.alongside
    for k in range(len(spots.x_m)):
        xy = cloud_of(spots, k)
        told = along(ground, Cloud(xy=xy, weights=np.full(len(xy), 1 / len(xy))), spots.time_s[k])
        p_zone = {name: p for (name, _), p in zip(ground.zones, found.p_zone[k], strict=True) if not np.isnan(p)}
        assert p_zone == pytest.approx({z["name"]: z["p"] for z in told["p_region"]}, abs=1e-4)
        if "chainage_km" not in told:
            assert beside.version[k] == -1
            continue
        assert ground.axes[beside.version[k]].since.isoformat() == told["line_since"]
        assert beside.chainage_m[k] == pytest.approx(1_000 * told["chainage_km"], abs=2.0)
        assert beside.offset_m[k] == pytest.approx(1_000 * told["offset_km"], abs=2.0)
        assert beside.p_left[k] == pytest.approx(told["p_side_left"], abs=2e-3)
        assert beside.p_sector[k] == pytest.approx([s["p"] for s in told["p_sector"]], abs=1e-4)
        close = 0.1 * spots.major_m[k] + 2.0
        assert beside.low_m[k] == pytest.approx(1_000 * told["chainage_low_km"], abs=close)
        assert beside.high_m[k] == pytest.approx(1_000 * told["chainage_high_km"], abs=close)
    assert 30 < len(asked) < 270  # only for those whom a border concerns


def test_without_a_line_only_zones_are_told():
    spots = random_spots(np.random.default_rng(6), 40)
    found = find_whereabouts(make_ground(FRAME, None, Regions(zones=ZONES)), spots, (), nodes_of(spots, set()))
    assert (found.alongside.version == -1).all() and np.isnan(found.alongside.chainage_m).all()
    assert found.p_zone.shape == (40, 2) and np.nanmax(found.p_zone) <= 1.0


def test_published_ellipses_are_those_of_the_slow_way():
    spots = random_spots(np.random.default_rng(7), 50)
    columns = where_columns(FRAME, spots)
    ground = make_ground(FRAME, None, Regions())
    for k in range(50):
        xy = cloud_of(spots, k)
        told = where(ground, Cloud(xy=xy, weights=np.full(len(xy), 1 / len(xy))))
        for name, value in told.items():
            if name == "sigma_azimuth_deg":
                turned = abs(columns[name][k] - value) % 180.0
                assert min(turned, 180.0 - turned) < 0.3 or spots.major_m[k] < 1.01 * ellipses(spots)[1][k]
            else:
                assert columns[name][k] == pytest.approx(value, rel=1e-4, abs=2e-6)


@settings(deadline=None)
@given(st.lists(st.integers(-20_000, 20_000), min_size=1, max_size=5, unique=True), st.integers(-20_000, 20_000))
def test_a_version_holds_from_its_local_midnight(days, hours):
    zone = ZoneInfo("Europe/Kyiv")
    since_days = sorted(date.fromordinal(736_000 + d) for d in days)
    moment = 1.45e9 + 3_600.0 * hours
    local = datetime.fromtimestamp(moment, tz=UTC).astimezone(zone).date()
    expected = sum(day <= local for day in since_days) - 1
    assert versions_at(since_days, zone, np.array([moment])).tolist() == [expected]


def test_a_line_that_was_always_there_is_there():
    assert versions_at([date.min], ZoneInfo("Europe/Kyiv"), np.array([-5e9, 0.0])).tolist() == [0, 0]


def test_clear_of_a_rough_line_the_side_is_the_normal_share():
    ground = make_ground(FRAME, line(("2015-01-01", EASTWARD), accuracy_m=2_000.0), Regions())
    spots = Spots(
        x_m=np.zeros(1), y_m=np.full(1, 1_500.0), xx_m2=np.full(1, 1e4), xy_m2=np.zeros(1), yy_m2=np.full(1, 2e4),
        time_s=np.full(1, at(0).timestamp()),
    )  # fmt: skip
    found = find_whereabouts(ground, spots, (), nodes_of(spots, asked := set()))
    assert found.alongside.p_left[0] == pytest.approx(stats.norm.cdf(1_500.0 / np.sqrt(4e6 + 2e4)), abs=1e-4)
    assert not asked
