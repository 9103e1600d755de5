"""The line as an axis: chainage along it, signed offset across it, and the way back from a chainage."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.arrays import F64, columns, corners, sealed
from truceline.geo.line_kernels import FARTHEST_M, box_tree, distinct, locate_rows

SHORTEST_SEGMENT_M = 1e-9  # shorter ones are rounding of the projection, not bends of a line
FOLD = 1e-12  # unit normals that cancel to less than this: the line turns back on itself


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineAxis:
    """A line in the plane, ready to be asked; one axis per version of the line, sharing nothing with another.

    vertices_xy (n, 2) and cum_m (n,), the chainage of each vertex, are metres; the other arrays are what the
    compiled search reads (`line_kernels`). All of them refuse to be written to.
    """

    vertices_xy: F64
    cum_m: F64
    segments: F64
    normals: F64
    boxes: F64

    @property
    def length_m(self) -> float:
        """Length of the line, which is the chainage of its end."""
        return float(self.cum_m[-1])


def build_axis(vertices_xy: npt.ArrayLike) -> LineAxis:
    """Make a line ready to be asked.

    Consecutive vertices at the same place are taken once. A line whose end is its start is a ring: the corner
    there is a corner like any other, and chainage still starts at it.

    Parameters
    ----------
    vertices_xy : (n, 2), metres in the plane, in the order that makes left left; copied

    Raises
    ------
    ValueError
        if fewer than two vertices are distinct, or one is not a pair of finite numbers below 1e12.
    """
    given = corners(vertices_xy, "the line")
    if np.abs(given).max(initial=0.0) >= FARTHEST_M:
        raise ValueError("the line has a vertex beyond 1e12 m: are these metres in the plane?")
    vertices = np.ascontiguousarray(given[distinct(given, SHORTEST_SEGMENT_M)])
    if len(vertices) < 2:
        raise ValueError(
            f"a line needs at least two distinct vertices, got {len(given)} of which {len(vertices)} distinct"
        )
    steps = np.diff(vertices, axis=0)
    squared = steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1]
    lengths_m = np.sqrt(squared)
    cum_m = np.concatenate([[0.0], np.cumsum(lengths_m)])
    segments = np.column_stack([vertices[:-1], steps, 1.0 / squared])
    margin_m = 1e-14 * float(np.abs(vertices).max()) + SHORTEST_SEGMENT_M
    return LineAxis(
        vertices_xy=sealed(vertices),
        cum_m=sealed(cum_m),
        segments=sealed(np.ascontiguousarray(segments)),
        normals=sealed(_corner_normals(vertices, steps / lengths_m[:, None])),
        boxes=sealed(box_tree(vertices, margin_m)),
    )


def _corner_normals(vertices: F64, directions: F64) -> F64:
    """(n, 2): sum of the unit left normals of the segments that meet at a vertex; twice at an end."""
    left = np.stack([-directions[:, 1], directions[:, 0]], axis=1)
    before = np.concatenate([left[:1], left])
    after = np.concatenate([left, left[-1:]])
    if np.array_equal(vertices[0], vertices[-1]):
        before[0] = left[-1]
        after[-1] = left[0]
    normals = before + after
    folded = np.abs(normals).max(axis=1) < FOLD
    normals[folded] = before[folded]
    return np.ascontiguousarray(normals)


def locate(axis: LineAxis, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[F64, F64]:
    """Where points lie along and across the line.

    Chainage is that of the nearest point of the line; of exactly equal ones, the lowest. Beyond an end it
    stays at that end, and the end segment's direction tells the sides (exactly ahead counts as left). On the
    line offset is 0. Where a line crosses or runs back over itself it has no sides: the sign says nothing.

    Parameters
    ----------
    x_m, y_m : (n,) metres in the axis' plane; n may be 0

    Returns
    -------
    chainage_m, offset_m : (n,) float64; offset is positive left of the line in the direction of its vertices;
        both NaN where a coordinate is not a number (or beyond 1e12 m, which is no place)

    Raises
    ------
    ValueError
        if the columns differ in length.
    """
    x, y = columns(x_m, y_m)
    chainage_m, offset_m = locate_rows(axis.vertices_xy, axis.cum_m, axis.segments, axis.normals, axis.boxes, x, y)
    return chainage_m, offset_m


def point_at(axis: LineAxis, chainage_m: npt.ArrayLike) -> tuple[F64, F64]:
    """The line's point at a chainage: (x_m, y_m), shaped like the input; NaN before 0 or past the end."""
    chainage = np.asarray(chainage_m, dtype=np.float64)
    x_m = np.interp(chainage, axis.cum_m, axis.vertices_xy[:, 0], left=np.nan, right=np.nan)
    y_m = np.interp(chainage, axis.cum_m, axis.vertices_xy[:, 1], left=np.nan, right=np.nan)
    return np.asarray(x_m), np.asarray(y_m)
