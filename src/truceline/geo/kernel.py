"""How inner kernels are compiled: those that are called millions of times and make no arrays of their own."""

from numba import njit

# `_nrt=False`: references to arrays are not counted. A kernel that borrows its arrays from its caller need not count
# them, and does so twice for each array at every call otherwise: more than half of the time that fusion takes. What
# allocates cannot be compiled so (numba says so), which keeps allocation out of inner loops.
inner = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
