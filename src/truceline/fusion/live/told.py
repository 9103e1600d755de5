"""What was last told of each incident."""

import numpy as np

from truceline.domain.ids import derived_id
from truceline.fusion.incidents import LONG_ID
from truceline.fusion.live.columns import Column
from truceline.fusion.live.rows import Rows
from truceline.geo.frame import Frame


class Told:
    """What was last told of the incident that each row founded: `size` 0 where it founds none (any more)."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.version, self.size = Column(np.int64), Column(np.int64)
        self.fit, self.shown = Column(np.float64, 3), Column(np.float64, 3)
        self._first_with: dict[str, int] = {}
        self._ids: dict[int, str] = {}

    def grow(self, n: int) -> None:
        """Make room for rows."""
        self.version.fill_to(n, 0)
        self.size.fill_to(n, 0)
        self.fit.fill_to(n, np.nan)
        self.shown.fill_to(n, np.nan)

    def id_of(self, rows: Rows, founder: int) -> str:
        """The id of the incident that a row founded; of two rows whose short ids are the same the first keeps it."""
        known = self._ids.get(founder)
        if known is not None:
            return known
        id = derived_id("I", rows.ids[founder])
        if self._first_with.setdefault(id, founder) != founder:
            id = derived_id("I", rows.ids[founder], digits=LONG_ID)
        self._ids[founder] = id
        return id
