"""Chainage, offset and side: against a slow NumPy reading of the same words, and in the awkward places."""

import gzip
import json
import os
import subprocess
import sys
import time

import numba
import numpy as np
import pytest
import shapely

from truceline.geo.frame import fit_frame
from truceline.geo.line import build_axis, locate, point_at


def oracle_locate(vertices, x, y):
    """Every point against every segment, no tree: what the docstring of `locate` says, word for word."""
    a, b = vertices[:-1], vertices[1:]
    d = b - a
    length = np.hypot(d[:, 0], d[:, 1])
    unit = d / length[:, None]
    cum = np.concatenate([[0.0], np.cumsum(length)])
    chainage, offset = np.empty(len(x)), np.empty(len(x))
    for k, p in enumerate(np.column_stack([x, y])):
        s = np.clip(((p - a) * unit).sum(axis=1), 0.0, length)
        foot = a + s[:, None] * unit
        distance = np.hypot(*(p - foot).T)
        i = int(np.flatnonzero(distance <= distance.min() + 1e-9)[0])
        left = np.array([-unit[i, 1], unit[i, 0]])
        at_end, at_start = s[i] >= length[i], s[i] <= 0.0
        if at_end and i + 1 < len(d):
            left += np.array([-unit[i + 1, 1], unit[i + 1, 0]])
        if at_start and i > 0:
            left += np.array([-unit[i - 1, 1], unit[i - 1, 0]])
        chainage[k] = cum[i] + s[i]
        offset[k] = distance[i] * (-1.0 if left @ (p - foot[i]) < 0.0 else 1.0)
    return chainage, offset


def jagged(n, seed, length_m=1e6, roughness_m=4_000.0):
    """A rough line from west to east; x may run back."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0.0, length_m, n) + rng.normal(0.0, 0.3 * length_m / n, n)
    return np.column_stack([x, np.cumsum(rng.normal(0.0, roughness_m / np.sqrt(n), n)) + rng.normal(0, 200, n)])


def around(vertices, n, seed, width_m=40_000.0):
    """Points within `width_m` of the line, in no order."""
    rng = np.random.default_rng(seed)
    x, y = vertices[rng.integers(0, len(vertices), n)].T + rng.uniform(-width_m, width_m, (2, n))
    return x, y


@pytest.mark.parametrize("n", [2, 3, 8, 9, 10, 17, 65, 700])
def test_equals_the_oracle(n):
    vertices = jagged(n, n)
    x, y = around(vertices, 400, n)
    chainage, offset = locate(build_axis(vertices), x, y)
    expected_chainage, expected_offset = oracle_locate(vertices, x, y)
    np.testing.assert_allclose(chainage, expected_chainage, rtol=0, atol=1e-6)
    np.testing.assert_allclose(offset, expected_offset, rtol=0, atol=1e-6)


def test_left_is_left_in_the_direction_of_the_vertices():
    axis = build_axis([(0, 0), (100, 0), (100, 100)])
    chainage, offset = locate(axis, [50, 50, 110, 90, 50], [10, -10, 50, 50, 0])
    assert chainage.tolist() == [50, 50, 150, 150, 50]
    assert offset.tolist() == [10, -10, -10, 10, 0]
    assert axis.length_m == 200.0


def test_corners_are_decided_by_both_their_segments():
    spike = build_axis([(0, 0), (100, 0), (101, 500), (102, 0), (200, 0)])
    chainage, offset = locate(spike, [101, 90, 112, 101, 101], [510, 510, 510, -5, 490])
    assert (offset[:3] > 0).all()  # beyond the tip is left of a spike that points left, wherever one stands
    assert offset[3] < 0 and offset[4] < 0  # below the line, and inside the spike, which opens to the right
    assert chainage[0] == pytest.approx(100 + np.hypot(1, 500))
    hole = build_axis([(0, 0), (100, 0), (101, -500), (102, 0), (200, 0)])
    assert (locate(hole, [101, 90, 112], [-510, -510, -510])[1] < 0).all()


def test_needles_as_thin_as_a_micrometre_have_the_right_sides():
    for half_width in (1e-1, 1e-3, 1e-6):
        axis = build_axis([(-1000, 0), (-half_width, 0), (0, 300), (half_width, 0), (1000, 0)])
        angle = np.linspace(0.01, np.pi - 0.01, 50)
        _, offset = locate(axis, 20 * np.cos(angle), 300 + 20 * np.sin(angle))
        assert (offset > 0).all()


def test_beyond_the_ends_the_end_segment_decides():
    axis = build_axis([(0, 0), (100, 0), (200, 100)])
    chainage, offset = locate(axis, [-50, -50, 300, 300], [1, -1, 210, 190])
    assert chainage.tolist() == [0, 0, axis.length_m, axis.length_m]
    assert np.sign(offset).tolist() == [1, -1, 1, -1]
    assert abs(offset[0]) == pytest.approx(np.hypot(50, 1))
    assert locate(axis, [-50], [0])[1][0] == 50.0  # exactly ahead: left, as documented


def test_exact_ties_go_to_the_lowest_chainage():
    u_shape = build_axis([(0, 0), (0, 100), (40, 100), (40, 0)])
    assert locate(u_shape, [20], [30])[0][0] == 30.0
    backwards = build_axis([(40, 0), (40, 100), (0, 100), (0, 0)])
    assert locate(backwards, [20], [30])[0][0] == 30.0
    many = build_axis([(10.0 * (k // 2), 50.0 * ((k + 1) // 2 % 2)) for k in range(400)])  # square teeth
    chainage, _ = locate(many, [5.0 + 10 * k for k in range(150)], [20.0] * 150)
    assert (np.diff(chainage) > 0).all()


STRAIGHT = [(100.0 * k - 400.0, 100.0) for k in range(9)]  # a leaf of eight segments, 100 m above the origin
ARCH = [(400, 50), (450, 50), (450, 300), (0, 300), (-450, 300), (-450, 50), (-420, 50), (-420, 40)]  # box 40 m away
WOUND = [(-420, -100), (-300, -100), (-100, -100), (100, -100), (300, -100), (420, -100), (420, 20), (410, 20)]
TAIL = [(500.0, 20.0 - 100.0 * k) for k in range(8)]


@pytest.mark.parametrize("lowered_m", [0.0, 1e-6, 1e-3])
def test_near_ties_are_decided_by_the_line_and_never_by_the_boxes(lowered_m):
    """The leaf that is searched first is as near as another, or a hair farther; walked both ways."""
    line = np.array([*[(x, y - lowered_m) for x, y in STRAIGHT], *ARCH, *WOUND, *TAIL], dtype=float)
    chainage, offset = locate(build_axis(line), [0.0], [0.0])
    assert chainage[0] == 400.0
    assert abs(offset[0]) == 100.0 - lowered_m
    backwards = build_axis(line[::-1])
    chainage, offset = locate(backwards, [0.0], [0.0])
    assert abs(offset[0]) == 100.0 - lowered_m
    if lowered_m:
        assert chainage[0] == pytest.approx(backwards.length_m - 400.0)
    else:
        assert chainage[0] < backwards.length_m - 1_000.0


def test_a_ring_has_an_inside_all_the_way_round():
    ring = build_axis([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])
    chainage, offset = locate(ring, [50, 50, -3, -3, 1, 103], [50, -1, -1, -9, 1, 103])
    assert (offset > 0).tolist() == [True, False, False, False, True, False]
    assert chainage[2] == 0.0  # at the joint both 0 and 400 are nearest: the lowest


def test_rows_do_not_know_of_each_other():
    vertices = jagged(2_000, 5)
    axis = build_axis(vertices)
    x, y = around(vertices, 20_000, 6)
    straight_through = locate(axis, x, y)
    order = np.random.default_rng(7).permutation(len(x))
    shuffled = locate(axis, x[order], y[order])
    for whole, part in zip(straight_through, shuffled, strict=True):
        assert whole[order].tobytes() == part.tobytes()
    alone = [locate(axis, x[k : k + 1], y[k : k + 1])[1][0] for k in range(200)]
    assert straight_through[1][:200].tolist() == alone


def test_nothing_and_not_a_number():
    axis = build_axis([(0, 0), (100, 0)])
    assert [len(a) for a in locate(axis, [], [])] == [0, 0]
    chainage, offset = locate(axis, [1, np.nan, 1, np.inf, 1e200], [1, 1, np.nan, 1, 1])
    assert np.isnan(chainage).tolist() == np.isnan(offset).tolist() == [False, True, True, True, True]
    with pytest.raises(ValueError, match="two columns of one length"):
        locate(axis, [1, 2], [1])


def test_repeated_vertices_are_taken_once():
    doubled = build_axis([(0, 0), (0, 0), (100, 0), (100, 0), (100, 0), (100, 50), (100, 50)])
    assert doubled.vertices_xy.tolist() == [[0, 0], [100, 0], [100, 50]]
    assert doubled.cum_m.tolist() == [0, 100, 150]


@pytest.mark.parametrize(
    ("vertices", "words"),
    [
        ([], "at least two distinct vertices, got 0 of which 0"),
        ([(1, 1)], "got 1 of which 1"),
        ([(1, 1), (1, 1), (1, 1)], "got 3 of which 1 distinct"),
        ([(0, 0), (1, np.nan)], "vertex 1 is not a pair of finite numbers"),
        ([1, 2, 3], "pairs"),
        ([(0, 0), (1e13, 0)], "beyond 1e12 m"),
    ],
)
def test_what_is_no_line_is_refused_in_words(vertices, words):
    with pytest.raises(ValueError, match=words):
        build_axis(vertices)


def test_point_at_is_the_way_back():
    vertices = jagged(300, 1)
    axis = build_axis(vertices)
    chainage = np.linspace(0, axis.length_m, 1_001)
    x, y = point_at(axis, chainage)
    expected = shapely.line_interpolate_point(shapely.LineString(vertices), chainage)
    np.testing.assert_allclose(x, shapely.get_x(expected), atol=1e-6)
    np.testing.assert_allclose(y, shapely.get_y(expected), atol=1e-6)
    assert [v.tolist() for v in point_at(axis, axis.length_m)] == vertices[-1].tolist()
    assert np.isnan(point_at(axis, [-1.0, axis.length_m + 1, np.nan])).all()


def test_an_axis_refuses_to_be_changed_and_keeps_no_tie_to_its_input():
    vertices = jagged(50, 2)
    axis = build_axis(vertices)
    before = locate(axis, [5e5], [1e3])
    vertices[:] = 0.0
    assert locate(axis, [5e5], [1e3]) == before
    with pytest.raises(ValueError, match="read-only"):
        axis.vertices_xy[0, 0] = 1.0


def opened_ring(path, corner):
    """The largest polygon's ring, opened at the vertex nearest to `corner`."""
    features = json.loads(gzip.decompress(path.read_bytes()))["features"]
    rings = [part[0] for feature in features for part in feature["geometry"]["coordinates"]]
    ring = np.array(max(rings, key=len))[:-1, :2]
    return np.roll(ring, -int(np.hypot(*(ring - corner).T).argmin()), axis=0)


def test_a_line_that_moves_with_its_date(shared):
    folder = shared / "data" / "deepstate"
    corner = (
        40.2193,
        49.2652,
    )  # the easternmost point of the boundary, on the state border: it does not move
    old, new = (opened_ring(folder / f"territory_{day}.geojson.gz", corner) for day in ("20240715", "20260822"))
    frame = fit_frame(old)
    places = np.array([[37.2, 48.25], [37.6, 48.6], [36.9, 47.9], [38.0, 49.3]])
    x, y = frame.to_plane(places[:, 0], places[:, 1])
    axis_old = build_axis(np.column_stack(frame.to_plane(old[:, 0], old[:, 1])))
    first = np.array(locate(axis_old, x, y))
    axis_new = build_axis(np.column_stack(frame.to_plane(new[:, 0], new[:, 1])))
    second = np.array(locate(axis_new, x, y))
    assert (np.abs(first - second) > 100.0).all()  # chainage and offset of all four
    assert (np.sign(first[1]) != np.sign(second[1])).any()  # at least one place changed hands
    assert np.array_equal(first, np.array(locate(axis_old, x, y)))  # nothing of the new one in the old one
    assert not np.shares_memory(axis_old.vertices_xy, axis_new.vertices_xy)
    for axis, values in ((axis_old, first), (axis_new, second)):
        line = shapely.LineString(axis.vertices_xy)
        np.testing.assert_allclose(np.abs(values[1]), shapely.distance(line, shapely.points(x, y)), rtol=1e-12)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="a speed of compiled code")
def test_building_is_cheap_enough_to_do_for_every_day():
    vertices = jagged(5_000, 3)
    build_axis(vertices)
    times_s = []
    for _ in range(5):
        start = time.perf_counter()
        build_axis(vertices)
        times_s.append(time.perf_counter() - start)
    assert min(times_s) < 0.020


BOTH_WAYS = """
import sys
import numba, numpy as np
from truceline.geo.line import build_axis, locate
from truceline.geo.region import Region, inside
rng = np.random.default_rng(11)
x, y = rng.uniform(-60, 60, (2, 300))
vertices = np.cumsum(rng.normal(0, 10, (60, 2)), axis=0)
ring = rng.uniform(-50, 50, (25, 2))
found = [*locate(build_axis(vertices), x, y), inside(Region(rings=(ring,)), x, y)]
sys.stdout.write(f"{bool(numba.config.DISABLE_JIT)} " + b"".join(a.tobytes() for a in found).hex())
"""


def test_compiled_and_interpreted_kernels_give_the_same_bytes():
    said = {}
    for disabled in ("0", "1"):
        path = os.pathsep.join(p for p in sys.path if p)
        env = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": path}
        run = subprocess.run(
            [sys.executable, "-c", BOTH_WAYS],
            env=env,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        state, _, said[disabled] = run.stdout.partition(" ")
        assert state == str(disabled == "1")
    assert said["0"] == said["1"]
    assert len(said["0"]) == 2 * (300 * 8 * 2 + 300)
