"""A million points against zones of 20 to 20,000 corners, beside shapely's prepared polygons.

taskset -c 0 python bench/geo/inside.py
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import shapely

from truceline.geo.region import Region, inside

N_POINTS = 1_000_000


def star(corners: int, rng: np.random.Generator) -> np.ndarray:
    """A ragged ring, 20-30 km from its middle."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = rng.uniform(20e3, 30e3, corners)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Best and median of five after one warm-up, seconds."""
    run()
    times_s = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times_s.append(time.perf_counter() - start)
    return min(times_s), statistics.median(times_s)


def main() -> None:
    """Print every figure."""
    rng = np.random.default_rng(20261122)
    x, y = rng.uniform(-32e3, 32e3, (2, N_POINTS))
    for corners in (20, 500, 2_500, 20_000):
        ring = star(corners, rng)
        region = Region(rings=(ring,))
        polygon = shapely.Polygon(ring)
        shapely.prepare(polygon)
        best, median = timed(lambda region=region: inside(region, x, y))
        peer, _ = timed(lambda polygon=polygon: shapely.contains_xy(polygon, x, y))
        differ = int((inside(region, x, y) != shapely.contains_xy(polygon, x, y)).sum())
        print(
            f"n {N_POINTS}, corners {corners}: best {best:.3f} s, median of 5 {median:.3f} s;"
            f" shapely prepared {peer:.3f} s; points that differ: {differ}"
        )


if __name__ == "__main__":
    main()
