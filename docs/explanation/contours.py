"""Outlines of the smallest regions that hold a share of a density on a grid (marching squares)."""

from typing import Any

import numpy as np
import shapely

F64 = np.ndarray[Any, np.dtype[np.float64]]

FLOOR = -60.0  # nats below the peak: less is nothing on any picture
# Sides of a cell: 0 low row, 1 right, 2 high row, 3 left. Which are joined, by the corners above the level
# (1 low left, 2 low right, 4 high right, 8 high left).
JOINED = {
    1: [(3, 0)], 2: [(0, 1)], 3: [(3, 1)], 4: [(1, 2)], 5: [(3, 0), (1, 2)], 6: [(0, 2)], 7: [(3, 2)],
    8: [(2, 3)], 9: [(2, 0)], 10: [(2, 3), (0, 1)], 11: [(2, 1)], 12: [(1, 3)], 13: [(1, 0)], 14: [(0, 3)],
}  # fmt: skip


def level_of(log_density: F64, share: float, *, whole: float | None = None) -> float:
    """Log of the density above which `share` of the mass lies.

    `whole` is the mass that the grid would hold if it had no end, in sums of exp(log_density); without it the grid is
    taken to hold everything.
    """
    value = np.sort(np.exp(log_density.ravel() - log_density.max()))[::-1]
    mass = np.cumsum(value)
    total = mass[-1] if whole is None else whole * np.exp(-log_density.max())
    at = int(np.searchsorted(mass, share * total))
    # a little lower, so that a plateau is inside whole
    return float(np.log(value[at]) + log_density.max()) - 1e-6 if at < len(value) else -np.inf


def rings(log_density: F64, level: float) -> list[F64]:
    """Closed outlines of where a grid (rows, columns) is above `level`, as (n, 2) of column, row; ends at its rim.

    Between two middles of cells the log is taken as straight, so that a ridge one cell wide stays one.
    """
    floor = log_density.max() + FLOOR
    above = np.pad(np.maximum(log_density, floor) - max(level, floor + 1e-9), 1, constant_values=FLOOR)
    rows, columns = above.shape
    case = sum(
        weight * (corner > 0.0)
        for weight, corner in ((1, above[:-1, :-1]), (2, above[:-1, 1:]), (4, above[1:, 1:]), (8, above[1:, :-1]))
    )
    pieces = []
    for kind, pairs in JOINED.items():
        i, j = np.nonzero(case == kind)
        for one, other in pairs:
            pieces.append(np.stack([_crossing(above, i, j, one), _crossing(above, i, j, other)], axis=1))
    if not pieces or sum(map(len, pieces)) == 0:
        return []
    lines = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(np.concatenate(pieces))))
    found = [shapely.get_coordinates(part) for part in shapely.get_parts(lines)]
    return sorted(
        (np.clip(ring - 1.0, 0.0, [columns - 3, rows - 3]) for ring in found), key=lambda r: tuple(r.min(axis=0))
    )


def simple(ring: F64, rough_px: float) -> F64:
    """The ring without corners that lie closer than this to a straight line."""
    return shapely.get_coordinates(shapely.simplify(shapely.linestrings(ring), rough_px))


def _crossing(above: F64, i: np.ndarray, j: np.ndarray, side: int) -> F64:
    """Where the level crosses one side of cells (i, j): (n, 2) of column, row. The same number from either cell."""
    di, dj = ((0, 0), (0, 1), (1, 0), (0, 0))[side]
    across = side in (0, 2)
    a = above[i + di, j + dj]
    b = above[i + di, j + dj + 1] if across else above[i + di + 1, j + dj]
    share = a / (a - b)
    return np.column_stack([j + dj + share, i + di] if across else [j + dj, i + di + share])
