"""The events that stand at a level: its own, and those of finer levels where it has no say."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from truceline.fusion.association.borders import all_claims
from truceline.fusion.association.claims import Claims
from truceline.fusion.live.blocks import NONE, within
from truceline.fusion.live.events import BELOW, Events, PlaceOf
from truceline.fusion.live.rows import Rows
from truceline.physics.columns import I64


class Standing(NamedTuple):
    """Numbers of events by level, the coarsest first."""

    parts: tuple[tuple[Events, I64], ...]

    @property
    def rows(self) -> I64:
        """All their rows."""
        return np.concatenate([NONE, *(events.flat_members(which) for events, which in self.parts)])

    def claims(self, rows: Rows, place_of: PlaceOf, n_rows: int) -> Claims:
        """They as claims among `n_rows` rows, in the order in which a settlement of all would leave them."""
        every = all_claims([events.claims(which, place_of) for events, which in self.parts], NONE, np.empty(0))
        order = self._order(rows)
        at = within(every.first, order)
        first = np.concatenate([[0], np.cumsum(np.diff(every.first)[order])]).astype(np.int64)
        return Claims(
            first,
            every.member[at],
            every.own_nats[at],
            every.state[order],
            every.cov[order],
            every.score[order],
            np.arange(n_rows),
            np.zeros(n_rows),
        )

    def _order(self, rows: Rows) -> I64:
        """The best first, what was found at a finer level last; see `settle`."""
        older, score, time_s, lead = [], [], [], []
        for n, (events, which) in enumerate(self.parts):
            older.append(events.older.values[which] if n == 0 else np.ones(len(which), dtype=np.int64))
            score.append((events.claimed_score if n == 0 else events.score).values[which])
            time_s.append(events.claimed_s.values[which] if n == 0 else events.state.values[which, 2])
            lead.append(events.lead.values[which] if n == 0 else events.members.values[which, 0].astype(np.int64))
        first = np.concatenate(lead)
        keys = (rows.latest_s.values[first], rows.earliest_s.values[first], np.concatenate(time_s))
        return np.lexsort((*keys, -np.concatenate(score), np.concatenate(older)))


def stand(chain: Sequence[Events], rows: I64) -> Standing:
    """The events that hold some of `rows`, as the first of `chain` has them, or where it has no say, the next."""
    parts = []
    for events in chain:
        home = events.home.values[rows]
        parts.append((events, np.unique(home[home >= 0])))
        rows = rows[home == BELOW]
    return Standing(tuple(parts))
