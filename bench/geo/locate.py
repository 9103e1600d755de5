"""Chainage and signed offset of a million points along a 1,000 km line of 5,000 vertices, beside shapely.

taskset -c 0 python bench/geo/locate.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
import shapely

from truceline.geo.frame import fit_frame, local_frame
from truceline.geo.line import LineAxis, build_axis, locate

N_POINTS = 1_000_000
N_VERTICES = 5_000
WITHIN_M = 40_000.0
N_STRTREE = 20_000
N_LINEAR = 2_000
FIRST_CALL = """
import time
import numpy as np
from truceline.geo.line import build_axis, locate
start = time.perf_counter()
locate(build_axis([(0.0, 0.0), (1.0, 0.0)]), np.zeros(1), np.zeros(1))
print(time.perf_counter() - start)
"""


def rough_line(rng: np.random.Generator) -> np.ndarray:
    """(n, 2) degrees: bends of all sizes from 15 km down, 60 m of jitter, south-west to north-east."""
    along = np.linspace(-5e5, 5e5, N_VERTICES)
    across = np.zeros(N_VERTICES)
    for k in range(1, 200):
        across += 15e3 / k**1.2 * rng.normal() * np.sin(2 * np.pi * k * along / 1e6 + rng.uniform(0, 2 * np.pi))
    across += rng.normal(0, 60, N_VERTICES)
    turn = np.radians(53)
    x = along * np.sin(turn) - across * np.cos(turn)
    y = along * np.cos(turn) + across * np.sin(turn)
    return np.column_stack(local_frame(36.1, 48.1).to_degrees(x, y))


def scattered(vertices: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points even over discs of 40 km around places on the line, in random order."""
    middle = vertices[rng.integers(0, len(vertices), N_POINTS)]
    radius, angle = WITHIN_M * np.sqrt(rng.uniform(size=N_POINTS)), rng.uniform(0, 2 * np.pi, N_POINTS)
    return middle[:, 0] + radius * np.cos(angle), middle[:, 1] + radius * np.sin(angle)


def timed(what: str, run: Callable[[], object]) -> float:
    """Best of five after one warm-up; prints best and median."""
    run()
    times_s = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times_s.append(time.perf_counter() - start)
    print(f"{what}: best {min(times_s):.3f} s, median of 5 {statistics.median(times_s):.3f} s")
    return min(times_s)


def first_calls() -> None:
    """Time to the first answer in a fresh process, with an empty and with a filled kernel cache."""
    with tempfile.TemporaryDirectory() as cache:
        env = {**os.environ, "NUMBA_CACHE_DIR": cache}
        for state in ("compiling (once a machine)", "from the cache (once a process)"):
            run = subprocess.run(
                [sys.executable, "-c", FIRST_CALL], env=env, capture_output=True, text=True, check=True
            )
            print(f"first call, {state}: {float(run.stdout):.2f} s")


def peers(axis: LineAxis, x: np.ndarray, y: np.ndarray, ours_s: float) -> None:
    """shapely on part of the same points, extrapolated in proportion; and whether it says the same."""
    _, offset = locate(axis, x[:N_STRTREE], y[:N_STRTREE])
    points = shapely.points(x[:N_STRTREE], y[:N_STRTREE])
    v = axis.vertices_xy
    segments = shapely.linestrings(np.stack([v[:-1], v[1:]], axis=1))
    start = time.perf_counter()
    nearest = shapely.STRtree(segments).nearest(points)
    chainage = axis.cum_m[nearest] + shapely.line_locate_point(segments[nearest], points)
    distance = shapely.distance(segments[nearest], points)
    spent = (time.perf_counter() - start) * N_POINTS / N_STRTREE
    print(f"shapely STRtree.nearest, no side: {spent:.1f} s, {spent / ours_s:.0f}x (from {N_STRTREE} points)")
    print(f"  largest difference of distance: {np.abs(distance - np.abs(offset)).max():.1e} m")

    line, some = shapely.LineString(v), points[:N_LINEAR]
    start = time.perf_counter()
    along = shapely.line_locate_point(line, some)
    spent = (time.perf_counter() - start) * N_POINTS / N_LINEAR
    print(f"shapely line_locate_point: {spent:.0f} s, {spent / ours_s:.0f}x (from {N_LINEAR} points)")
    ours, _ = locate(axis, x[:N_LINEAR], y[:N_LINEAR])
    for name, theirs in (("line_locate_point", along), ("STRtree", chainage[:N_LINEAR])):
        print(f"  chainage within 1 mm of that of {name}: {(np.abs(theirs - ours) < 1e-3).mean():.4%}")


def main() -> None:
    """Print every figure."""
    rng = np.random.default_rng(20261122)
    degrees = rough_line(rng)
    frame = fit_frame(degrees)
    vertices = np.column_stack(frame.to_plane(degrees[:, 0], degrees[:, 1]))
    x, y = scattered(vertices, rng)
    lon, lat = frame.to_degrees(x, y)
    print(f"frame {frame.proj}")
    axis = build_axis(vertices)
    print(f"n {N_POINTS}, vertices {len(axis.vertices_xy)}, line {axis.length_m / 1000:.0f} km")
    first_calls()
    timed("build_axis", lambda: build_axis(vertices))
    ours_s = timed("locate, in the plane", lambda: locate(axis, x, y))
    order = np.argsort(x)
    x_sorted, y_sorted = x[order], y[order]
    timed("locate, rows sorted by x", lambda: locate(axis, x_sorted, y_sorted))
    timed("locate, from degrees", lambda: locate(axis, *frame.to_plane(lon, lat)))
    peers(axis, x, y, ours_s)


if __name__ == "__main__":
    main()
