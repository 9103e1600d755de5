"""The ledger: records appended in one order, with a signed checkpoint after every append."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from truceline.domain.checkpoint import Checkpoint
from truceline.errors import LedgerError
from truceline.ledger.checkpoint import note_path, note_sizes, read_note, read_text, write_note
from truceline.ledger.codec import Record, decode, encode
from truceline.ledger.keys import Signer
from truceline.ledger.merkle import Tree, TreeStore, leaf_hash
from truceline.ledger.verify import verify_tree


class Ledger:
    """The one way in: what `append` returned is on disk, attested, and never changes.

    Several processes may hold the same ledger open. Opening it checks the tree against its newest checkpoint
    and signs what a killed process committed but could not sign any more.
    """

    def __init__(self, store: TreeStore, checkpoints: Path, signer: Signer, origin: str) -> None:
        """Open the ledger `origin`. Raises LedgerError if it does not agree with its newest checkpoint."""
        self._store = store
        self._checkpoints = checkpoints
        self._signer = signer
        self._origin = origin
        self._tree = Tree()
        signed = note_sizes(checkpoints)  # before the store's size: others may append between the two
        size = store.size()
        if signed:
            self._check(signed[-1], size)
        self._follow(size)
        self._attest()

    @property
    def size(self) -> int:
        """How many entries there are now, whoever appended them."""
        return self._store.size()

    def append(self, records: Sequence[Record]) -> range:
        """Append all of `records` or none, and sign the checkpoint; the range of their indices.

        Raises LedgerError before anything is written if a record cannot be encoded. If the checkpoint cannot
        be written (UnreachableError) the entries stand; the next append or opening attests them.
        """
        bodies = [encode(record) for record in records]
        added = self._store.append(bodies)
        if added:
            self._follow(added.start)  # what other processes appended since
            for body in bodies:
                self._tree.append(leaf_hash(body))
            self._attest()
        return added

    def records(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Record]]:
        """(index, record) from `start` up to, not including, `stop`.

        Raises LedgerError for an entry that is unreadable or is not what its checkpoint attests: nothing may be
        derived from it.
        """
        end = self.size if stop is None else stop
        pairs = zip(self._store.read(start, end), self._store.leaves(start, end), strict=True)
        for index, (body, leaf) in enumerate(pairs, start):
            if leaf_hash(body) != leaf:
                raise LedgerError(
                    f"Ledger entry {index} does not match its checkpoint: its body was changed. Nothing from it on can "
                    "be relied on. Run `truceline verify`, and restore the ledger from a copy."
                )
            try:
                record = decode(body)
            except LedgerError as error:
                raise LedgerError(f"Ledger entry {index} cannot be read. {error}") from error
            yield index, record

    def checkpoint_at(self, size: int) -> str:
        """The signed checkpoint for `size` entries, as it stands on disk. Raises LedgerError if none is."""
        path = note_path(self._checkpoints, size)
        if not path.is_file():
            raise LedgerError(f"There is no checkpoint for {size} entries. One is signed after every append.")
        return read_text(path)

    def _check(self, signed: int, size: int) -> None:
        newest = read_note(self._checkpoints, signed, self._signer.verifier, self._origin)
        if signed <= size:
            self._follow(signed)
            if self._tree.root() == newest.root:
                return
        found = verify_tree(self._store, self._checkpoints, self._signer.verifier, origin=self._origin)
        raise LedgerError(" ".join(found.problems[:1]) or "The ledger changed while it was opened. Try again.")

    def _follow(self, size: int) -> None:
        for leaf in self._store.leaves(self._tree.size, size):
            self._tree.append(leaf)
        if self._tree.size != size:
            raise LedgerError(f"The ledger lost entries from {self._tree.size} on while it was open. Run verify.")

    def _attest(self) -> None:
        head = Checkpoint(origin=self._origin, size=self._tree.size, root=self._tree.root())
        if not note_path(self._checkpoints, head.size).exists():
            write_note(self._checkpoints, head, self._signer)
        elif read_note(self._checkpoints, head.size, self._signer.verifier, self._origin) != head:
            raise LedgerError(f"Another checkpoint was signed for {head.size} entries: two histories. Run verify.")
