"""The tree over the entries (RFC 6962), kept as its frontier so that appending is O(log n)."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from truceline.domain.checkpoint import leaf_hash

__all__ = ["EMPTY_ROOT", "Tree", "TreeStore", "leaf_hash", "node_hash", "root_of"]

EMPTY_ROOT = hashlib.sha256(b"").digest()


class TreeStore(Protocol):
    """A store that also remembers the leaf it computed for each entry when it took it."""

    def append(self, bodies: Sequence[bytes]) -> range:
        """Append all of `bodies` or none; the range of their indices."""

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bodies from `start` up to, not including, `stop`."""

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """Their leaf hashes, as stored."""

    def size(self) -> int:
        """How many entries there are."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree of which only the roots of its complete subtrees are kept, largest first."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash: every trailing one-bit of the size is a subtree that it completes."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def copy(self) -> "Tree":
        """A tree of the same leaves that grows on its own."""
        twin = Tree()
        twin.size, twin._peaks = self.size, self._peaks.copy()
        return twin

    def root(self) -> bytes:
        """The root over all leaves so far; of none, the hash of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over `leaves` (leaf hashes)."""
    return Tree(leaves).root()
