"""The few array types and conversions that the geometry modules share."""

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def columns(x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[F64, F64]:
    """Two columns of equal length as compiled code wants them: (n,) float64, contiguous, writable.

    Arrow hands out read-only arrays, for which numba would compile every kernel a second time; so copied.

    Raises
    ------
    ValueError
        if the two are not one-dimensional and of one length.
    """
    x = np.require(x_m, np.float64, ["C", "W"])
    y = np.require(y_m, np.float64, ["C", "W"])
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"x and y must be two columns of one length, got shapes {x.shape} and {y.shape}")
    return x, y


def corners(points: npt.ArrayLike, what: str) -> F64:
    """A private copy of `points` as (n, 2) float64, checked to be finite; `what` names it in the error.

    Raises
    ------
    ValueError
        if the shape is not (n, 2), or a coordinate is not a finite number (its position is named).
    """
    array = np.array(points, dtype=np.float64, order="C")
    if array.size == 0:
        return array.reshape(0, 2)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"{what} must be a list of (x, y) pairs, got an array of shape {array.shape}")
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if bad.size:
        raise ValueError(f"{what}: vertex {int(bad[0])} is not a pair of finite numbers: {array[bad[0]].tolist()}")
    return array


def sealed(array: F64) -> F64:
    """`array`, which from now on refuses to be written to."""
    array.setflags(write=False)
    return array
