"""Events that stand at one level, by number; what has gone makes room for what comes."""

import numpy as np

from truceline.fusion.association.borders import Settled
from truceline.fusion.association.claims import Claims
from truceline.fusion.association.scene import MOST_MEMBERS
from truceline.fusion.live.columns import Column
from truceline.physics.columns import I64

ALONE, BELOW = -1, -2  # the event of a row that is one of its own; of a row that the finer levels speak for


class Events:
    """Events of several rows: `state` (k, 3), `cov` (k, 6), `score` and `size` (k,), `members` (k, MOST_MEMBERS).

    `home` is the event of each row, `own_nats` what each row brings to it; `older`, `claimed_score`, `claimed_s` and
    `lead` (its first row) tell where it stood among all that was claimed.
    """

    def __init__(self, nobody: int) -> None:
        self.nobody = nobody
        self.state, self.cov = Column(np.float64, 3), Column(np.float64, 6)
        self.score, self.size = Column(np.float64), Column(np.int64)
        self.members = Column(np.int32, MOST_MEMBERS)
        self.older, self.lead = Column(np.int64), Column(np.int64)
        self.claimed_score, self.claimed_s = Column(np.float64), Column(np.float64)
        self.home, self.own_nats = Column(np.int64), Column(np.float64)
        self._free: list[int] = []

    def grow(self, n_rows: int) -> None:
        """Make room for rows; they belong to nothing yet."""
        self.home.fill_to(n_rows, self.nobody)
        self.own_nats.fill_to(n_rows, 0.0)

    def replace(self, rows: I64, nobody: int, settled: Settled, every: Claims, older: I64) -> None:
        """Forget all events of `rows`, which are then `nobody`'s, and take in what was settled.

        `settled` and `every` name rows by their place in `rows`.
        """
        home = self.home.values
        gone = np.unique(home[rows])
        gone = gone[gone >= 0]
        self._free += gone.tolist()
        home[rows] = nobody
        claims, place = settled
        k = len(claims.score)
        slots = self._slots(k)
        size = np.diff(claims.first)
        self.size.values[slots], self.score.values[slots] = size, claims.score
        self.state.values[slots], self.cov.values[slots] = claims.state, claims.cov
        self.older.values[slots], self.claimed_score.values[slots] = older[place], every.score[place]
        self.claimed_s.values[slots] = every.state[place, 2]
        self.lead.values[slots] = rows[every.member[every.first[place]]] if k else 0
        member = rows[claims.member]
        event = np.repeat(slots, size)
        self.members.values[event, np.arange(len(member)) - np.repeat(claims.first[:-1], size)] = member
        home[member] = event
        self.own_nats.values[member] = claims.own_nats

    def _slots(self, k: int) -> I64:
        reused = [self._free.pop() for _ in range(min(k, len(self._free)))]
        at, more = self.size.n, k - len(reused)
        for column in (self.state, self.cov, self.score, self.size, self.members, self.older, self.lead,
                       self.claimed_score, self.claimed_s):  # fmt: skip
            column.fill_to(at + more, 0)
        return np.array(reused + list(range(at, at + more)), dtype=np.int64)

    def flat_members(self, events: I64) -> I64:
        """The rows of some events, one event after another."""
        size = self.size.values[events]
        flat: I64 = self.members.values[np.repeat(events, size), _counted(size)].astype(np.int64)
        return flat

    def claims(self, events: I64, place_of: "PlaceOf") -> Claims:
        """Some events as claims; `place_of` turns numbers of rows into places."""
        size = self.size.values[events]
        rows = self.flat_members(events)
        return Claims(
            np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
            place_of(rows),
            self.own_nats.values[rows],
            self.state.values[events],
            self.cov.values[events],
            self.score.values[events],
            np.empty(0, dtype=np.int64),
            np.empty(0),
        )


class PlaceOf:
    """Places of rows in a list of their numbers, no two of which are the same."""

    def __init__(self, numbers: I64) -> None:
        self._order = np.argsort(numbers, kind="stable")
        self._sorted = numbers[self._order]

    def __call__(self, rows: I64) -> I64:
        """Where each of `rows` stands; each must be there."""
        found: I64 = self._order[np.searchsorted(self._sorted, rows)]
        return found


def _counted(size: I64) -> I64:
    """0, 1, ... size[0] - 1, 0, 1, ... size[1] - 1, and so on."""
    ends = np.cumsum(size)
    return np.asarray(np.arange(int(size.sum())) - np.repeat(ends - size, size))
