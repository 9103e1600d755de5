"""Verification: recompute the tree from the entries themselves, and name the first one that does not hold."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from truceline.domain.checkpoint import Checkpoint, leaf_hash
from truceline.domain.ids import Digest
from truceline.domain.ports import Blobs
from truceline.errors import LedgerError
from truceline.ledger.checkpoint import note_path, note_sizes, read_note
from truceline.ledger.codec import decode, named_blobs
from truceline.ledger.keys import Verifier
from truceline.ledger.merkle import Tree, TreeStore


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What verification found. `first_bad` is the lowest index of an entry that does not hold, if known;
    `n_checkpoints` counts the checkpoints whose signature holds; `problems` are sentences for people."""

    ok: bool
    size: int
    n_checkpoints: int
    first_bad: int | None
    problems: tuple[str, ...]


def verify_tree(
    store: TreeStore, checkpoints: Path, verifier: Verifier, *, origin: str, blobs: Blobs | None = None
) -> VerifyResult:
    """Check every entry, every checkpoint and, where `blobs` are given, every blob that an entry names.

    One page of entries at a time is in memory. What does not hold is the result, never raised; only a store
    that cannot say its size raises its own error. Entries appended while it runs are left to the next run.
    """
    size = store.size()
    walk = _Walk(size=size, checkpoints=checkpoints, verifier=verifier, origin=origin, blobs=blobs)
    walk.read_notes(store)
    walk.entries(store)
    walk.tail()
    bad = [index for index, _ in (*walk.broken, *walk.content)]
    problems = (*(text for _, text in walk.broken), *walk.spoilt, *(text for _, text in walk.content))
    return VerifyResult(
        ok=not problems,
        size=size,
        n_checkpoints=len(walk.notes),
        first_bad=min(bad, default=None),
        problems=problems,
    )


class _Walk:
    """One pass: two trees (one from the bodies, one from the stored leaves), held against the checkpoints."""

    def __init__(self, *, size: int, checkpoints: Path, verifier: Verifier, origin: str, blobs: Blobs | None) -> None:
        self.size = size
        self.broken: list[tuple[int, str]] = []  # entries that the tree tells on
        self.content: list[tuple[int, str]] = []  # entries whose kind or blobs fail
        self.spoilt: list[str] = []  # what is wrong with checkpoints
        self.notes: dict[int, Checkpoint] = {}
        self._folder = checkpoints
        self._verifier = verifier
        self._origin = origin
        self._blobs = blobs
        self._checked: set[Digest] = set()
        self._bodies, self._leaves = Tree(), Tree()
        self._good = 0  # entries below this are attested by a checkpoint that holds
        self._differing: list[int] = []  # entries since then whose body is not what its leaf was made of
        self._over = False  # a checkpoint did not fit: later ones cannot but fail too, and say nothing

    def read_notes(self, store: TreeStore) -> None:
        """Open every checkpoint; one that asks for more entries than there are means that the end is gone."""
        for at in note_sizes(self._folder):
            if at > self.size and at <= store.size():
                continue  # appended since we began
            try:
                note = read_note(self._folder, at, self._verifier, self._origin)
            except LedgerError as error:
                self.spoilt.append(str(error))
                continue
            self.notes[at] = note
        if (most := max(self.notes, default=0)) > self.size:
            text = (
                f"The ledger holds {_spaced(self.size)} entries, but {note_path(self._folder, most).name} "
                f"was signed for {_spaced(most)}. Gone: {_entries(self.size, most)}. Restore it from a copy."
            )
            self.broken.append((self.size, text))

    def entries(self, store: TreeStore) -> None:
        """Hold every entry against its leaf, its checkpoint, its kind and its blobs."""
        self._hold_against(0)
        pairs = _pairs(store, self.size)
        for index in range(self.size):
            try:
                body, leaf = next(pairs)
            except (LedgerError, StopIteration, ValueError) as error:
                reason = str(error) or "It is not there."
                text = f"Ledger entry {_spaced(index)} cannot be read. {reason} {_after(index)}"
                self.broken.append((index, text))
                self._over = True
                return
            self._bodies.append(computed := leaf_hash(body))
            self._leaves.append(leaf)
            if computed != leaf:
                self._differing.append(index)
            self._hold_against(index + 1)
            self._content(index, body)

    def tail(self) -> None:
        """Entries after the last checkpoint: signed a moment ago, or attested by nobody and reported."""
        if self._over or self._good == self.size:
            return
        if note_path(self._folder, self.size).exists():
            with suppress(LedgerError):  # one that was spoilt has been reported
                self.notes[self.size] = read_note(self._folder, self.size, self._verifier, self._origin)
                self._hold_against(self.size)
        if self._over or self._good == self.size:
            return
        self.broken.extend((index, _mismatch(index, "the leaf stored beside it")) for index in self._differing)
        self.spoilt.append(
            f"No checkpoint that holds attests {_entries(self._good, self.size)}. If a run was "
            "interrupted, run the mission once more and it signs them; if not, compare with a copy."
        )

    def _hold_against(self, at: int) -> None:
        note = self.notes.get(at)
        if note is None or self._over:
            return
        against = f"its checkpoint ({note_path(self._folder, at).name})"
        if self._bodies.root() == note.root:
            self.broken.extend((index, _leaf_changed(index)) for index in self._differing)
            self._good, self._differing, self._leaves = at, [], self._bodies.copy()
            return
        self._over = True
        first = self._good
        if self._leaves.root() == note.root and self._differing:
            first = self._differing[0]
            text = _mismatch(first, against)
        elif at - first > 1:
            text = f"A ledger entry between {_spaced(first)} and {_spaced(at - 1)} does not match {against}. "
            text += _after(first)
        else:
            text = _mismatch(first, against)
        self.broken.append((first, text))

    def _content(self, index: int, body: bytes) -> None:
        try:
            record = decode(body)
        except LedgerError as error:
            self.content.append((index, f"Ledger entry {_spaced(index)} cannot be understood. {error}"))
            return
        if self._blobs is None:
            return
        for field, digest in named_blobs(record):
            if digest in self._checked:
                continue
            self._checked.add(digest)
            try:
                self._blobs.get(digest)
            except (LedgerError, KeyError) as error:
                text = f"Ledger entry {_spaced(index)} rests on a blob ({field}) that fails. {error}"
                self.content.append((index, text))


def _pairs(store: TreeStore, size: int) -> Iterator[tuple[bytes, bytes]]:
    return zip(store.read(0, size), store.leaves(0, size), strict=True)


def _mismatch(index: int, against: str) -> str:
    return f"Ledger entry {_spaced(index)} does not match {against}. {_after(index)}"


def _leaf_changed(index: int) -> str:
    return (
        f"Ledger entry {_spaced(index)} matches its checkpoint, but the leaf stored beside it was changed. "
        "Its content can be relied on; restore the ledger from a copy."
    )


def _after(index: int) -> str:
    since = "Nothing in this ledger" if index == 0 else f"Nothing after {_spaced(index - 1)}"
    return f"{since} can be relied on. Compare with a copy or a witness, and restore from it."


def _entries(start: int, stop: int) -> str:
    if stop - start == 1:
        return f"entry {_spaced(start)}"
    return f"entries {_spaced(start)} to {_spaced(stop - 1)}"


def _spaced(number: int) -> str:
    """18204 as `18 204`, the way the reports write it."""
    return f"{number:,}".replace(",", " ")
