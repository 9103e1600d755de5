"""Columns that grow at the end, so that what a batch costs does not hang on how many rows are behind it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from truceline.physics.columns import F64, I64, REPORT, Records, Reports

FIRST_ROOM = 1024
PAGE_BITS = 13
WORDS = REPORT.itemsize // 8
PAGE = 1 << PAGE_BITS  # rows of a page: records are too large to be moved when room runs out


class Column:
    """Numbers by row; room is doubled when it runs out."""

    def __init__(self, dtype: Any, width: int = 0) -> None:
        self.n = 0
        self._room = np.empty((FIRST_ROOM, width) if width else FIRST_ROOM, dtype=dtype)

    @property
    def values(self) -> Any:
        """All of them, to be read and written in place until the next `extend`."""
        return self._room[: self.n]

    def extend(self, more: Any) -> None:
        """Add at the end."""
        need = self.n + len(more)
        if need > len(self._room):
            larger = np.empty((max(need, 2 * len(self._room)), *self._room.shape[1:]), dtype=self._room.dtype)
            larger[: self.n] = self.values
            self._room = larger
        self._room[self.n : need] = more
        self.n = need

    def fill_to(self, n: int, value: Any) -> None:
        """Add `value` until there are `n`."""
        if n > self.n:
            self.extend(np.full((n - self.n, *self._room.shape[1:]), value, dtype=self._room.dtype))


class Pages:
    """Records and their circles (n, 5) by row, in pages that never move, and what records point into."""

    def __init__(self) -> None:
        self.n = 0
        self._rows: list[Records] = []
        self._circles: list[F64] = []
        self._arcs = Column(np.float64, 2)
        self._rings = Column(np.float64, 2)
        self._ring_at: dict[bytes, int] = {}

    @property
    def arcs(self) -> F64:
        """Arcs of all sectors (k, 2), radians."""
        arcs: F64 = self._arcs.values
        return arcs

    @property
    def rings(self) -> F64:
        """Corners of all areas (m, 2), metres; an area that was named before is not kept twice."""
        rings: F64 = self._rings.values
        return rings

    def extend(self, reports: Reports, circles: F64) -> I64:
        """Add rows at the end; their numbers."""
        rows, at = reports.rows.copy(), 0
        rows["arc_first"] += self._arcs.n
        self._arcs.extend(reports.arcs_rad)
        for i in np.flatnonzero(rows["ring_count"]).tolist():
            rows["ring_first"][i] = self._ring(reports.rings_m, rows[i])
        while at < len(rows):
            place = self.n & (PAGE - 1)
            if place == 0:
                self._rows.append(np.empty(PAGE, dtype=REPORT))
                self._circles.append(np.empty((PAGE, 5)))
            many = min(PAGE - place, len(rows) - at)
            self._rows[-1][place : place + many] = rows[at : at + many]
            self._circles[-1][place : place + many] = circles[at : at + many]
            self.n += many
            at += many
        return np.arange(self.n - len(rows), self.n)

    def redo(self, change: Callable[[Records], F64]) -> None:
        """Let `change` write to the records of each page and say their circles anew."""
        for n, page in enumerate(self._rows):
            size = min(PAGE, self.n - n * PAGE)
            self._circles[n][:size] = change(page[:size])

    def _ring(self, rings: F64, row: Any) -> int:
        ring = rings[row["ring_first"] : row["ring_first"] + row["ring_count"]]
        key = ring.tobytes()
        if key not in self._ring_at:
            self._ring_at[key] = self._rings.n
            self._rings.extend(ring)
        return self._ring_at[key]

    def take(self, which: I64) -> tuple[Records, F64]:
        """Records and circles of the rows `which`, copied."""
        rows = _gather(self._rows, which, WORDS)
        return rows.view(REPORT).reshape(len(which)), self.circles_of(which)

    def circles_of(self, which: I64) -> F64:
        """Circles of the rows `which`, copied."""
        circles: F64 = _gather(self._circles, which, 5).view(np.float64)
        return circles


def _gather(pages: Sequence[Any], which: I64, words: int) -> Any:
    """Rows of `words` numbers out of pages, as whole numbers of eight bytes."""
    page, place = which >> PAGE_BITS, which & (PAGE - 1)
    if not len(which):
        return np.empty((0, words), dtype=np.int64)
    low, high = int(page.min()), int(page.max())
    if low == high:
        return pages[low].view(np.int64).reshape(-1, words).take(place, axis=0)
    out = np.empty((len(which), words), dtype=np.int64)
    for p in range(low, high + 1):
        at = np.flatnonzero(page == p)
        if len(at):
            out[at] = pages[p].view(np.int64).reshape(-1, words).take(place[at], axis=0)
    return out
