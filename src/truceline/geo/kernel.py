"""How inner kernels are compiled: those that are called millions of times and make no arrays of their own."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

# `_nrt=False`: references to arrays are not counted. A kernel that borrows its arrays from its caller need not count
# them, and does so twice for each array at every call otherwise: more than half of the time that fusion takes. What
# allocates cannot be compiled so (numba says so), which keeps allocation out of inner loops.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def inner(function: Kernel) -> Kernel:
    """Compile a kernel that makes no arrays, for other kernels to call."""
    return cast(Kernel, njit(**_OPTIONS)(function))


def outer(function: Kernel) -> Kernel:
    """Compile a kernel that makes arrays, also where an inner one calls it."""
    return cast(Kernel, njit(**(_OPTIONS | {"_nrt": True}))(function))
