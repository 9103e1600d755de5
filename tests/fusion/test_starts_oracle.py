"""Starts of hypotheses in closed form, against the geometry that they solve."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.physics.records import Case, reports

from truceline.fusion.association.starts import arrival_starts, pair_starts, starts_scratch
from truceline.physics import arrival, bearing, fix, sector
from truceline.physics.columns import ARRIVAL, BEARING, FIX, SECTOR, Reports
from truceline.physics.weigh import origin_s, wrapped

SPEED = 337.3
AT_M = st.floats(-9000.0, 9000.0)


def _delay_s(case_xy: tuple[float, float], event: np.ndarray, speed_m_s: float) -> float:
    return math.hypot(event[0] - case_xy[0], event[1] - case_xy[1]) / speed_m_s if speed_m_s > 0.0 else 0.0


def ray(x_m: float, y_m: float, event: np.ndarray, speed_m_s: float) -> Case:
    azimuth = math.degrees(math.atan2(event[0] - x_m, event[1] - y_m))
    shape = bearing.build(x_m, y_m, 5.0, azimuth, 1.0, 0.0, math.inf, range_sigma_share=0.2, scale_m=2e4)
    time_s = event[2] + _delay_s((x_m, y_m), event, speed_m_s)
    return Case(family=BEARING, shape=shape, time_s=time_s, sigma_s=0.1, speed_m_s=speed_m_s, speed_sigma_share=0.01)


def sphere(x_m: float, y_m: float, event: np.ndarray, late_s: float = 0.0) -> Case:
    shape = arrival.build(x_m, y_m, 5.0, 0.0, math.inf, range_sigma_share=0.2, scale_m=2e4)
    time_s = event[2] + _delay_s((x_m, y_m), event, SPEED) + late_s
    return Case(family=ARRIVAL, shape=shape, time_s=time_s, sigma_s=0.1, speed_m_s=SPEED, speed_sigma_share=0.01)


def starts_of(*cases: Case) -> tuple[Reports, np.ndarray]:
    """The reports and their common origins (k, 3), of two cases or of three arrivals."""
    found = reports(*cases)
    work, out = starts_scratch()
    if len(cases) == 3:
        n = arrival_starts(found.rows, 0, 1, 2, out[:2])
    else:
        n = pair_starts(found.rows, 0, 1, work, out)
        back = out.copy()
        assert pair_starts(found.rows, 1, 0, work, back) == n, "the order of a pair must not matter"
        for one in out[:n]:
            assert np.abs(back[:n] - one).max(axis=1).min() < 1e-3
    return found, out[:n].copy()


def near(starts: np.ndarray, event: np.ndarray) -> float:
    """Metres from the nearest start to the event, with time by the speed of sound."""
    if len(starts) == 0:
        return math.inf
    return float(np.sqrt(np.sum((starts - event) ** 2 * [1.0, 1.0, SPEED**2], axis=1)).min())


def _apart(event: np.ndarray, *places: tuple[float, float]) -> bool:
    """Whether the event is neither beside an observer nor far beyond what one notices."""
    far = [math.hypot(event[0] - x, event[1] - y) for x, y in places]
    return min(far) > 300.0 and max(far) < 15_000.0


def _crossing(event: np.ndarray, a: tuple[float, float], b: tuple[float, float]) -> float:
    first, second = (math.atan2(event[0] - x, event[1] - y) for x, y in (a, b))
    return abs(math.sin(second - first))


@settings(max_examples=150, deadline=None)
@given(AT_M, AT_M, AT_M, AT_M, st.sampled_from([(0.0, 0.0), (SPEED, 0.0), (0.0, SPEED), (SPEED, SPEED)]))
def test_two_bearings_start_where_they_cross(ax: float, ay: float, bx: float, by: float, speeds: tuple) -> None:
    event = np.array([0.0, 0.0, 30.0])
    if not _apart(event, (ax, ay), (bx, by)) or _crossing(event, (ax, ay), (bx, by)) < 0.1:
        return
    _, starts = starts_of(ray(ax, ay, event, speeds[0]), ray(bx, by, event, speeds[1]))
    assert near(starts, event) < 1.0


def test_rays_that_run_along_each_other_meet_by_their_times() -> None:
    event = np.array([0.0, 6000.0, 30.0])
    _, starts = starts_of(ray(0.0, 0.0, event, SPEED), ray(10.0, -500.0, event, 0.0))
    assert near(starts, event) < 30.0
    _, starts = starts_of(ray(0.0, 0.0, event, 0.0), ray(10.0, -500.0, event, 0.0))
    assert len(starts) == 0, "two cameras side by side tell no distance"


@settings(max_examples=150, deadline=None)
@given(AT_M, AT_M, AT_M, AT_M, st.sampled_from([0.0, SPEED]))
def test_a_bearing_meets_an_arrival(ax: float, ay: float, bx: float, by: float, speed: float) -> None:
    """Every start lies on the ray and is heard when it was; one of them is the truth."""
    event = np.array([0.0, 0.0, 30.0])
    if not _apart(event, (ax, ay), (bx, by)) or _crossing(event, (ax, ay), (bx, by)) < 0.15:
        return
    found, starts = starts_of(ray(ax, ay, event, speed), sphere(bx, by, event))
    assert near(starts, event) < 1.0
    for x, y, t in starts:
        row = found.rows[0]
        assert wrapped(math.atan2(x - row["x_m"], y - row["y_m"]) - row["bearing_rad"]) == pytest.approx(0.0, abs=1e-6)
        for i in (0, 1):
            at, variance = origin_s(found.rows, i, x, y)
            assert abs(at - t) < 0.05 * math.sqrt(variance) + 1e-6


def test_a_ray_that_passes_a_sphere_by_starts_at_its_nearest_point() -> None:
    event = np.array([3000.0, 0.0, 0.0])
    early = sphere(0.0, 0.0, event, late_s=-0.1)  # a tenth of a second too near for a ray that only touches
    found, starts = starts_of(ray(3000.0, -4000.0, event, 0.0), early)
    assert len(starts) == 1
    assert starts[0, :2] == pytest.approx([3000.0, 0.0], abs=1.0)
    assert found.rows[1]["time_s"] < event[2] + 3000.0 / SPEED


@settings(max_examples=150, deadline=None)
@given(*[AT_M] * 6)
def test_three_arrivals_start_at_their_common_origin(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float
) -> None:
    event = np.array([0.0, 0.0, -12.0])
    places = ((ax, ay), (bx, by), (cx, cy))
    if not _apart(event, *places):
        return
    (ux, uy), (vx, vy) = (bx - ax, by - ay), (cx - ax, cy - ay)
    if abs(ux * vy - uy * vx) <= 0.1 * (ux * ux + uy * uy + vx * vx + vy * vy):
        return
    found, starts = starts_of(*(sphere(x, y, event) for x, y in places))
    for x, y, t in starts:
        late = [row["time_s"] - math.hypot(x - row["x_m"], y - row["y_m"]) / SPEED - t for row in found.rows]
        assert late == pytest.approx([0.0] * 3, abs=1e-3)
    # two spheres that touch each other, seen from the event, make the quadratic double: then rounding decides
    angles = [math.atan2(x, y) for x, y in places]
    spread = abs(sum(math.sin(angles[n] - angles[n - 1]) for n in range(3)))
    if spread > 0.05:
        assert near(starts, event) < 5.0


def test_stations_in_a_row_or_at_one_place_start_nothing() -> None:
    event = np.array([0.0, 4000.0, 0.0])
    assert len(starts_of(*(sphere(x, 0.0, event) for x in (-2000.0, 0.0, 2000.0)))[1]) == 0
    assert len(starts_of(*(sphere(500.0, 0.0, event) for _ in range(3)))[1]) == 0


def test_two_arrivals_start_between_their_stations() -> None:
    event = np.array([500.0, 0.0, 0.0])
    _, starts = starts_of(sphere(3000.0, 0.0, event), sphere(-2000.0, 0.0, event))
    assert near(starts, event) < 1.0
    beyond = np.array([4000.0, 0.0, 0.0])
    assert len(starts_of(sphere(3000.0, 0.0, beyond), sphere(-2000.0, 0.0, beyond))[1]) == 0


def test_two_fixes_start_at_their_weighted_mean() -> None:
    a, b = np.array([[4e4, 1e4], [1e4, 9e4]]), np.array([[1e4, 0.0], [0.0, 2.5e4]])
    first, second = np.array([0.0, 0.0]), np.array([200.0, 150.0])
    inverse = np.linalg.inv(a), np.linalg.inv(b)
    mean = np.linalg.solve(inverse[0] + inverse[1], inverse[0] @ first + inverse[1] @ second)
    cases = [
        Case(family=FIX, shape=fix.build(*at, cov[0, 0], cov[1, 1], cov[0, 1]), time_s=t, sigma_s=s)
        for at, cov, t, s in ((first, a, 10.0, 2.0), (second, b, 13.0, 4.0))
    ]
    _, starts = starts_of(*cases)
    assert starts == pytest.approx(np.array([[*mean, (10.0 * 16.0 + 13.0 * 4.0) / 20.0]]), rel=1e-6)


def test_a_ray_is_cut_where_a_sector_likes_it_best() -> None:
    event = np.array([0.0, 4500.0, 0.0])
    arcs = ((-20.0, 20.0),)
    said = sector.build(0, 0, 50.0, arcs, 3000.0, 6000.0, sector_sigma_deg=8.0, range_sigma_share=0.1)
    heard = Case(
        family=SECTOR, shape=said, time_s=4500.0 / SPEED, sigma_s=10.0, speed_m_s=SPEED, speed_sigma_share=0.02
    )
    _, starts = starts_of(ray(-6000.0, 4500.0, event, 0.0), heard)
    assert len(starts) == 1
    assert starts[0, :2] == pytest.approx(event[:2], abs=300.0)


def test_what_excludes_each_other_starts_nothing() -> None:
    event, elsewhere = np.array([0.0, 0.0, 0.0]), np.array([0.0, 0.0, 300.0])
    assert len(starts_of(ray(-4000.0, 0.0, event, 0.0), ray(0.0, -4000.0, elsewhere, 0.0))[1]) == 0
    behind = np.array([-8000.0, 0.0, 0.0])
    assert len(starts_of(ray(-4000.0, 0.0, behind, 0.0), ray(0.0, -4000.0, event, 0.0))[1]) == 0
