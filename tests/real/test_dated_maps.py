"""What the truce bench measures on dated maps, on maps of which the change is known."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truceline.domain.arrangement import LineVersion
from truceline.domain.dated import Dated, Since

DAYS = (date(2025, 4, 15), date(2025, 4, 19), date(2025, 4, 20))
WEST, EAST, SOUTH, NORTH = 37.0, 37.9, 48.0, 48.5
M_PER_DEG_LAT = 111_200.0


def write(folder: Path, day: date, *rings: list[tuple[float, float]]) -> None:
    shapes = [[[*ring, ring[0]]] for ring in rings]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": shapes}}
    (folder / f"territory_{day:%Y%m%d}.geojson.gz").write_bytes(gzip.compress(json.dumps(feature).encode()))


def square(bump_m: float, west: float = 37.4, east: float = 37.5) -> list[tuple[float, float]]:
    """Held ground south of 48.5 N, pushed north by `bump_m` between two meridians."""
    top = NORTH + bump_m / M_PER_DEG_LAT
    return [
        (WEST, SOUTH),
        (WEST, NORTH),
        (west, NORTH),
        (west, top),
        (east, top),
        (east, NORTH),
        (EAST, NORTH),
        (EAST, SOUTH),
    ]


def line(bench, *bumps_m: float):
    """The line along the northern edge, a version a map; the held ground is to its right."""
    versions = tuple(
        Since(
            day=day,
            value=LineVersion(vertices_deg=tuple(square(bump)[1:7]), accuracy_m=0.0),
            reference="made for this test",
            grade="assumed",
        )
        for day, bump in zip(DAYS, bumps_m, strict=True)
    )
    return bench("real").line_of(Dated(history=versions))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grow=st.integers(600, 5_000), back=st.integers(100, 480))
def test_area_depth_and_chainage_of_a_known_change(bench, tmp_path_factory, grow: int, back: int) -> None:
    """0.1 degrees of longitude at 48.5 N are 7.39 km; the bump begins 0.4 degrees (29.6 km) along the line."""
    folder = tmp_path_factory.mktemp("maps")
    for day, bump in zip(DAYS, (0, grow, grow - back), strict=True):
        write(folder, day, square(bump))
    one, two = bench("dated_maps").changes(folder, line(bench, 0, grow, grow - back), DAYS[0], DAYS[2])
    assert (one.since, one.until, one.days) == (DAYS[0], DAYS[1], 4)
    assert one.grown_km2 == pytest.approx(7.39 * grow / 1_000, rel=0.02)
    assert one.shrunk_km2 == pytest.approx(0, abs=0.01)
    [edit] = one.edits
    assert edit.grown
    assert edit.depth_km == pytest.approx(grow / 1_000, rel=0.02)
    assert (edit.from_km, edit.to_km) == (pytest.approx(29.5, abs=0.5), pytest.approx(36.9, abs=0.5))
    assert one.moved_km >= 6.5
    # the next map takes some of it back, and what is taken back is told
    assert two.shrunk_km2 == pytest.approx(7.39 * back / 1_000, rel=0.03)
    assert one.undone_km2 == pytest.approx(two.shrunk_km2, rel=0.01)
    assert two.undone_km2 == pytest.approx(0, abs=0.01)
    assert two.moved_km == 0.0  # nearer than half a kilometre


def test_two_equal_maps_show_no_change(bench, tmp_path: Path) -> None:
    for day in DAYS:
        write(tmp_path, day, square(1_000))
    for one in bench("dated_maps").changes(tmp_path, line(bench, 1_000, 1_000, 1_000), DAYS[0], DAYS[2]):
        assert (one.grown_km2, one.shrunk_km2, one.moved_km, one.edits) == (0.0, 0.0, 0.0, ())


def test_ground_far_from_the_line_is_area_but_no_edit_of_it(bench, tmp_path: Path) -> None:
    island = [(37.4, 47.0), (37.4, 47.05), (37.5, 47.05), (37.5, 47.0)]
    write(tmp_path, DAYS[0], square(0))
    write(tmp_path, DAYS[1], square(0), island)
    write(tmp_path, DAYS[2], square(0), island)
    one, _ = bench("dated_maps").changes(tmp_path, line(bench, 0, 0, 0), DAYS[0], DAYS[2])
    assert one.grown_km2 > 30
    assert one.edits == ()
    assert one.moved_km == 0.0


def test_only_steps_that_touch_the_days_are_looked_at(bench, tmp_path: Path) -> None:
    for day in DAYS:
        write(tmp_path, day, square(0))
    of = bench("dated_maps").changes
    moving = line(bench, 0, 0, 0)
    assert len(of(tmp_path, moving, date(2025, 4, 16), date(2025, 4, 17))) == 1
    assert len(of(tmp_path, moving, date(2025, 4, 16), date(2025, 4, 20))) == 2
    assert of(tmp_path, moving, date(2025, 5, 16), date(2025, 5, 17)) == ()
