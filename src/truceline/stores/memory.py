"""A store in memory: for tests, trials and anything that need not outlive its process."""

import threading
from collections.abc import Iterator, Sequence

from truceline.domain.checkpoint import leaf_hash
from truceline.errors import LedgerError


class MemoryStore:
    """The store contract over a list; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[tuple[bytes, bytes]] = []

    def append(self, bodies: Sequence[bytes]) -> range:
        """Append all of `bodies` or none; the range of their indices."""
        added = []
        for body in bodies:
            if not isinstance(body, bytes):
                raise LedgerError(f"The ledger keeps bytes, not {type(body).__name__}.")
            added.append((body, leaf_hash(body)))
        with self._lock:
            start = len(self._entries)
            self._entries.extend(added)
        return range(start, start + len(added))

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bodies from `start` up to, not including, `stop`, as far as there are any."""
        return (body for body, _ in self._slice(start, stop))

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """The RFC 6962 leaf hashes of the same entries."""
        return (leaf for _, leaf in self._slice(start, stop))

    def size(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def _slice(self, start: int, stop: int) -> list[tuple[bytes, bytes]]:
        if start < 0 or stop < 0:
            raise LedgerError(f"Ledger entries are numbered from 0; asked for {start} to {stop}.")
        return self._entries[start:stop]
