"""Points that come again and again, each told apart once: a post reports thousands of times from one place."""

import numpy as np
from numba import njit

from truceline.geo.arrays import F64, I64

MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads neighbouring values over the table


@njit(cache=True, nogil=True)
def _first_rows(a: I64, b: I64, table: I64, code: I64, first: I64) -> int:
    """Fill `code` (n,) and `first` (n,), of which as many as are returned are used; `table` (2^k,) is all -1."""
    mask = np.uint64(len(table) - 1)
    found = 0
    for i in range(len(a)):
        mixed = (np.uint64(a[i]) * MIX ^ np.uint64(b[i])) * MIX
        slot = (mixed ^ (mixed >> np.uint64(29))) & mask
        while True:
            held = table[slot]
            if held < 0:
                table[slot] = found
                first[found] = i
                code[i] = found
                found += 1
                break
            if a[first[held]] == a[i] and b[first[held]] == b[i]:
                code[i] = held
                break
            slot = (slot + np.uint64(1)) & mask
    return found


def distinct_points(u: F64, v: F64) -> tuple[I64, I64]:
    """Which of the points (u, v), two (n,) float64, are the same to the last bit.

    Returns
    -------
    first (k,), the row in which each distinct point comes first, and code (n,), the point of each row in `first`
    """
    n = len(u)
    a, b = (np.array(w, dtype=np.float64).view(np.int64) for w in (u, v))  # copies: Arrow's arrays refuse writing
    table = np.full(1 << max(3, int(2 * n).bit_length()), -1, dtype=np.int64)
    code, first = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    found = _first_rows(a, b, table, code, first)
    return first[:found].copy(), code
