"""The observations that are weighed, in the order in which they came, and the order in which fusion reads them."""

import numpy as np

from truceline.fusion.association.rates import LOG_ALONE
from truceline.fusion.association.reach import circles_of
from truceline.fusion.association.scene import Table
from truceline.fusion.intake.draft import SECOND_US, SOFT
from truceline.fusion.kinds import log_kind
from truceline.fusion.live.columns import Column, Pages
from truceline.geo.arrays import Mask
from truceline.physics.columns import AREA, F64, FIX, I64, Records, Reports

NEVER = -1  # the incident of a row that has not been told of yet


class Rows:
    """Single observations by their number, which is their place in the order of arrival.

    `rate` is the log rate of events around each, `level` its place in `LEVELS`, `entry` and `row` its place in the
    ledger; `incident` is the row that founded the incident it was last told to belong to, NEVER for none.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.pages = Pages()
        self.earliest_s, self.latest_s = Column(np.float64), Column(np.float64)
        self.rate, self.level = Column(np.float64), Column(np.int8)
        self.entry, self.row = Column(np.int64), Column(np.int64)
        self.incident = Column(np.int64)
        self.active = Column(np.bool_)
        self._log_kind = log_kind()

    def extend(self, reports: Reports, ids: list[str], entry: I64, row: I64) -> I64:
        """Add rows at the end; their numbers."""
        circles = circles_of(reports.rows)
        numbers = self.pages.extend(reports, circles)
        earliest, latest = origin_bounds(reports.rows)
        self.ids += ids
        self.earliest_s.extend(earliest)
        self.latest_s.extend(latest)
        self.entry.extend(entry)
        self.row.extend(row)
        for column, value in ((self.rate, np.nan), (self.level, 0), (self.incident, NEVER), (self.active, True)):
            column.fill_to(self.pages.n, value)
        return numbers

    def rebase(self, by_s: float) -> None:
        """Let all times count from an epoch that is `by_s` earlier."""
        bounds = []

        def change(rows: Records) -> F64:
            rebase(rows, by_s)
            bounds.append(origin_bounds(rows))
            return circles_of(rows)

        self.pages.redo(change)
        if bounds:
            self.earliest_s.values[:] = np.concatenate([earliest for earliest, _ in bounds])
            self.latest_s.values[:] = np.concatenate([latest for _, latest in bounds])

    def in_order(self, which: I64) -> I64:
        """Rows by earliest and latest origin and by id, which is the order that fusion reads them in."""
        earliest, latest = self.earliest_s.values[which], self.latest_s.values[which]
        order = np.lexsort((latest, earliest))
        which, earliest, latest = which[order], earliest[order], latest[order]
        equal = (earliest[1:] == earliest[:-1]) & (latest[1:] == latest[:-1])
        if equal.any():
            for first, end in _runs(equal):
                which[first:end] = sorted(which[first:end].tolist(), key=self.ids.__getitem__)
        return which

    def merged(self, ordered: I64, new: I64) -> I64:
        """Rows `ordered`, which are in order, and some new ones, in order."""
        if 4 * len(new) > len(ordered):
            return self.in_order(np.concatenate([ordered, new]))
        earliest, latest = self.earliest_s.values, self.latest_s.values
        new = self.in_order(new)
        there = earliest[ordered]
        low = np.searchsorted(there, earliest[new])
        high = np.searchsorted(there, earliest[new], side="right")
        for n in np.flatnonzero(low < high).tolist():
            one = int(new[n])
            key = (latest[one], self.ids[one])
            low[n] += sum((latest[row], self.ids[row]) < key for row in ordered[low[n] : high[n]].tolist())
        return np.insert(ordered, low, new)

    def table(self, which: I64) -> Table:
        """Some rows, in the order given, with what they are weighed against."""
        rows, circles = self.pages.take(which)
        rate = self.rate.values[which]
        return Table(rows, self.pages.arcs, self.pages.rings, rate + LOG_ALONE, rate, self._log_kind, circles)

    def founder(self, which: I64) -> int:
        """Of these rows the one that stands first in the ledger."""
        if len(which) == 1:
            return int(which[0])
        entry, row = self.entry.values[which], self.row.values[which]
        first = np.flatnonzero(entry == entry.min())
        first = first[row[first] == row[first].min()]
        return int(min(which[first].tolist(), key=self.ids.__getitem__))


def _runs(equal: Mask) -> list[tuple[int, int]]:
    """Stretches of places that equal the next one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]]).astype(np.int8)))
    return [(int(a), int(b) + 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def edges_us(rows: Records) -> tuple[I64, I64]:
    """Start and end of what each row says of its time, whole microseconds since the epoch: what they were read from."""
    time_s, half_s = rows["time_s"], rows["half_window_s"]
    start, end = np.rint((time_s - half_s) * SECOND_US), np.rint((time_s + half_s) * SECOND_US)
    return start.astype(np.int64), end.astype(np.int64)


def rebase(rows: Records, by_s: float) -> None:
    """Let times count from an epoch that is `by_s` (whole seconds) earlier, to the bit as if read so."""
    start, end = (edge + round(by_s) * SECOND_US for edge in edges_us(rows))
    begin_s, end_s = start / SECOND_US, end / SECOND_US
    rows["time_s"], rows["half_window_s"] = 0.5 * (begin_s + end_s), 0.5 * (end_s - begin_s)


def origin_bounds(rows: Records) -> tuple[F64, F64]:
    """Earliest and latest time of origin (n,), seconds, that the order of rows goes by (see `intake.draft`)."""
    start, end = edges_us(rows)
    begin_s, end_s = start / SECOND_US, end / SECOND_US
    speed = rows["speed_m_s"]
    moving = (rows["family"] != FIX) & (rows["family"] != AREA) & (speed > 0.0)
    far = np.where(np.isposinf(rows["range_max_m"]), 2.0 * rows["scale_m"], rows["range_max_m"])
    soft = np.where(begin_s == end_s, SOFT * rows["time_sigma_s"], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        late, soon = (np.where(moving, range_m / speed, 0.0) for range_m in (far, rows["range_min_m"]))
    return begin_s - soft - late, end_s + soft - soon
