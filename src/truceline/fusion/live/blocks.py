"""One absolute block that is kept: which rows belong to it, what it found when it was last worked, and what is new."""

import numpy as np
from numba import njit

from truceline.fusion.association.claims import Claims, no_claims
from truceline.geo.arrays import Mask
from truceline.physics.columns import I64

NONE = np.empty(0, dtype=np.int64)


class Block:
    """The rows that may belong to a span of time, by number, and the events claimed among them.

    `rows` are in order and `new` have come since; `claims` names rows by number, `rivals` goes with `worked`, the rows
    as they were then. `waits` counts the batches that it has waited to be worked again. A block is
    `opened` by a row that may have its origin in it; until then only rows in its margin are in here.
    """

    def __init__(self) -> None:
        self.rows = NONE
        self.new: list[I64] = []
        self.worked, self.rivals = NONE, np.empty(0)
        self.claims: Claims = no_claims(0)
        self.waits = 0
        self.opened = False
        self._index(self.claims)

    @property
    def n_new(self) -> int:
        """How many rows have come since it was last worked."""
        return sum(len(part) for part in self.new)

    def everybody(self) -> I64:
        """All rows, in no order."""
        return np.concatenate([self.rows, *self.new]) if self.new else self.rows

    def remove(self, rows: I64) -> None:
        """Forget some rows."""
        self.rows = self.rows[~np.isin(self.rows, rows)]
        self.new = [part[~np.isin(part, rows)] for part in self.new]

    def found(self, rows: I64, claims: Claims) -> I64:
        """Take in what was claimed among `rows`, which are all there are, in order; the rows of what changed."""
        self.rows, self.new, self.waits = rows, [], 0
        self.worked, self.rivals = rows, claims.rivals
        before, self.claims = self.claims, claims
        old, now = changed(before, claims)
        self._index(self.claims)
        return np.concatenate([_members(before, old), _members(self.claims, now)])

    def claims_with(self, rows: I64) -> I64:
        """Places of the claims that hold one of `rows`."""
        if not len(self._member) or not len(rows):
            return NONE
        at = np.minimum(np.searchsorted(self._member, rows), len(self._member) - 1)
        return np.unique(self._claim[at[self._member[at] == rows]])

    def holds(self, rows: I64) -> Mask:
        """(n,) bool: which of `rows` some claim holds."""
        if not len(self._member):
            return np.zeros(len(rows), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self._member, rows), len(self._member) - 1)
        held: Mask = self._member[at] == rows
        return held

    def part(self, which: I64) -> Claims:
        """Some of the claims."""
        c = self.claims
        size = np.diff(c.first)[which]
        at = within(c.first, which)
        first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        return Claims(
            first, c.member[at], c.own_nats[at], c.state[which], c.cov[which], c.score[which], NONE, np.empty(0)
        )

    def _index(self, claims: Claims) -> None:
        order = np.argsort(claims.member)
        self._member = claims.member[order]
        self._claim = np.repeat(np.arange(len(claims.score)), np.diff(claims.first))[order]


def _members(claims: Claims, which: I64) -> I64:
    return claims.member[within(claims.first, which)]


def within(first: I64, which: I64) -> I64:
    """Places of the members of some claims, one claim after another."""
    size = np.diff(first)[which]
    ends = np.cumsum(size)
    return np.asarray(np.arange(int(size.sum())) + np.repeat(first[which] - (ends - size), size))


def changed(before: Claims, now: Claims) -> tuple[I64, I64]:
    """Places of the claims that are not, to the bit, among the other's; claims name rows by number."""
    old, new = np.ones(len(before.score), dtype=np.bool_), np.ones(len(now.score), dtype=np.bool_)
    if len(old) and len(new):
        lead = before.member[before.first[:-1]]
        order = np.argsort(lead)
        twin = np.minimum(np.searchsorted(lead[order], now.member[now.first[:-1]]), len(order) - 1)
        _compare(before[:6], now[:6], order[twin], old, new)
    return np.flatnonzero(old), np.flatnonzero(new)


@njit(cache=True, nogil=True)
def _compare(before, now, twin, old, new):  # type: ignore[no-untyped-def]
    """Clear the marks of claims of `now` that equal their `twin` of `before`, and of those."""
    for k in range(len(new)):
        j = twin[k]
        a, b, n = before[0][j], now[0][k], now[0][k + 1] - now[0][k]
        same = before[0][j + 1] - a == n and before[5][j] == now[5][k]
        for m in range(n):
            same = same and before[1][a + m] == now[1][b + m] and before[2][a + m] == now[2][b + m]
        for d in range(3):
            same = same and before[3][j, d] == now[3][k, d]
        for d in range(6):
            same = same and before[4][j, d] == now[4][k, d]
        if same:
            old[j], new[k] = False, False
