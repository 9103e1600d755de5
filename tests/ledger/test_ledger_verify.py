"""Tampering for real, one way at a time: each is found, and the first bad entry is named."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ledger_place import ORIGIN, Place

from truceline.domain.checkpoint import Checkpoint
from truceline.domain.inputs import Submission
from truceline.errors import LedgerError
from truceline.ledger.checkpoint import note_path, sign
from truceline.ledger.codec import encode
from truceline.ledger.keys import load_signer
from truceline.ledger.merkle import leaf_hash
from truceline.ledger.verify import verify_tree
from truceline.stores.sqlite import SqliteStore


def tamper(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """What somebody with the file and a little SQL can do."""
    with closing(sqlite3.connect(path)) as connection:
        for trigger in ("entry_no_update", "entry_no_delete", "entry_in_order"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement, values in statements:
            connection.execute(statement, values)
        connection.commit()


def body_of(place: Place, index: int) -> bytes:
    return next(SqliteStore(place.path).read(index, index + 1))


def test_an_untouched_ledger_is_fine(written: Place) -> None:
    result = written.verify()
    assert (result.ok, result.size, result.n_checkpoints) == (True, 8, 9)
    assert (result.first_bad, result.problems) == (None, ())


def test_an_empty_place_is_fine(place: Place) -> None:
    assert place.verify().ok
    place.open()
    assert place.verify().ok


@pytest.mark.parametrize("index", [0, 3, 7])
def test_one_byte_of_a_body(written: Place, index: int) -> None:
    body = bytearray(body_of(written, index))
    body[body.index(b"day-")] = ord("D")
    tamper(written.path, ("UPDATE entry SET body = ? WHERE idx = ?", (bytes(body), index)))
    result = written.verify()
    assert not result.ok and result.first_bad == index and result.size == 8
    rest = "Nothing in this ledger" if index == 0 else f"Nothing after {index - 1}"
    assert result.problems == (
        f"Ledger entry {index} does not match its checkpoint ({index + 1:012d}.txt). {rest} can be relied "
        "on. Compare with a copy or a witness, and restore from it.",
    )


def test_one_byte_of_the_file_itself(written: Place) -> None:
    with closing(sqlite3.connect(written.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = written.path.read_bytes()
    assert raw.count(b"day-5.csv") == 1
    written.path.write_bytes(raw.replace(b"day-5.csv", b"day-6.csv"))
    result = written.verify()
    assert result.first_bad == 5 and "Ledger entry 5 does not match" in result.problems[0]


def test_body_and_leaf_together(written: Place) -> None:
    forged = encode(written.submission(77))
    change = ("UPDATE entry SET body = ?, leaf = ? WHERE idx = 3", (forged, leaf_hash(forged)))
    tamper(written.path, change)
    result = written.verify()
    assert result.first_bad == 3
    assert result.problems[0].startswith("Ledger entry 3 does not match its checkpoint (000000000004.txt).")
    with pytest.raises(LedgerError, match="Ledger entry 3 does not match its checkpoint"):
        written.open()


def test_between_two_checkpoints(place: Place) -> None:
    ledger = place.open()
    ledger.append([place.submission(0)])
    ledger.append([place.submission(n) for n in range(1, 6)])
    forged = encode(place.submission(77))
    tamper(place.path, ("UPDATE entry SET body = ?, leaf = ? WHERE idx = 3", (forged, leaf_hash(forged))))
    result = place.verify()
    assert result.first_bad == 1
    assert "A ledger entry between 1 and 5 does not match its checkpoint" in result.problems[0]
    assert "Nothing after 0 can be relied on" in result.problems[0]


def test_the_exact_entry_between_two_checkpoints_if_only_its_body_changed(place: Place) -> None:
    ledger = place.open()
    ledger.append([place.submission(n) for n in range(6)])
    tamper(place.path, ("UPDATE entry SET body = ? WHERE idx = 3", (encode(place.submission(77)),)))
    result = place.verify()
    assert result.first_bad == 3 and "Ledger entry 3 does not match its checkpoint" in result.problems[0]


def test_only_a_leaf(written: Place) -> None:
    tamper(written.path, ("UPDATE entry SET leaf = ? WHERE idx = 2", (bytes(32),)))
    result = written.verify()
    assert result.first_bad == 2 and len(result.problems) == 1
    assert "Ledger entry 2 matches its checkpoint, but the leaf stored beside it was changed" in result.problems[0]
    with pytest.raises(LedgerError, match="Ledger entry 2"):
        written.open()


def test_a_leaf_and_later_a_body(place: Place) -> None:
    ledger = place.open()
    ledger.append([place.submission(n) for n in range(3)])
    ledger.append([place.submission(n) for n in range(3, 7)])
    forged = encode(place.submission(77))
    leaf = ("UPDATE entry SET leaf = ? WHERE idx = 1", (bytes(32),))
    tamper(place.path, leaf, ("UPDATE entry SET body = ? WHERE idx = 5", (forged,)))
    problems = place.verify().problems
    assert "Ledger entry 1 matches its checkpoint, but the leaf" in problems[0]
    assert "Ledger entry 5 does not match its checkpoint (000000000007.txt)" in problems[1]


def test_two_entries_exchanged(written: Place) -> None:
    one, two = body_of(written, 2), body_of(written, 5)
    statement = "UPDATE entry SET body = ?, leaf = ? WHERE idx = ?"
    tamper(written.path, (statement, (two, leaf_hash(two), 2)), (statement, (one, leaf_hash(one), 5)))
    assert written.verify().first_bad == 2


def test_truncated(written: Place) -> None:
    tamper(written.path, ("DELETE FROM entry WHERE idx >= 5", ()))
    result = written.verify()
    assert (result.size, result.first_bad) == (5, 5)
    assert result.problems[0].startswith(
        "The ledger holds 5 entries, but 000000000008.txt was signed for 8. Gone: entries 5 to 7."
    )
    with pytest.raises(LedgerError, match="Gone: entries 5 to 7"):
        written.open()


def test_truncated_with_its_checkpoints_and_refilled(written: Place) -> None:
    """Whoever also holds no key cannot hide it: the refilled end is attested by nobody."""
    tamper(written.path, ("DELETE FROM entry WHERE idx >= 7", ()))
    note_path(written.checkpoints, 8).unlink()
    SqliteStore(written.path).append([encode(written.submission(77))])
    result = written.verify()
    assert not result.ok
    assert result.problems[0].startswith("No checkpoint that holds attests entry 7.")


def test_an_entry_taken_from_the_middle(written: Place) -> None:
    tamper(written.path, ("DELETE FROM entry WHERE idx = 4", ()))
    result = written.verify()
    assert result.first_bad == 4
    assert "Ledger entry 4 cannot be read" in result.problems[0]
    assert "entry 4 is missing" in result.problems[0]


def test_a_body_that_is_no_record_but_was_signed(place: Place) -> None:
    place.open()
    SqliteStore(place.path).append([encode(place.submission(0)), b'{"body":{},"kind":"omen/1"}'])
    place.open()
    result = place.verify()
    assert result.first_bad == 1 and "Ledger entry 1 cannot be understood" in result.problems[0]


def test_exchanged_checkpoints(written: Place) -> None:
    three, six = note_path(written.checkpoints, 3), note_path(written.checkpoints, 6)
    texts = three.read_text(), six.read_text()
    three.write_text(texts[1])
    six.write_text(texts[0])
    result = written.verify()
    assert not result.ok and result.n_checkpoints == 7
    assert [p[:51] for p in result.problems] == [
        "Checkpoint 000000000003.txt speaks of 6 entries: it",
        "Checkpoint 000000000006.txt speaks of 3 entries: it",
    ]


@pytest.mark.parametrize("size", [4, 8])
def test_a_forged_checkpoint(written: Place, tmp_path: Path, size: int) -> None:
    forger = load_signer(tmp_path / "forger", ORIGIN)
    forged = Checkpoint(origin=ORIGIN, size=size, root=bytes(32))
    path = note_path(written.checkpoints, size)
    path.write_text(sign(forged, forger))
    assert "is not signed by example.org/minsk" in written.verify().problems[0]
    ours = sign(forged, written.signer).splitlines()[-1].split()
    path.write_text(sign(forged, forger).rpartition("— ")[0] + f"— {ORIGIN} {ours[-1][:-8]}AAAAAA==\n")
    result = written.verify()
    assert not result.ok and f"Checkpoint {size:012d}.txt cannot be relied on" in result.problems[0]


def test_a_changed_root_in_a_checkpoint(written: Place) -> None:
    path = note_path(written.checkpoints, 5)
    other = note_path(written.checkpoints, 4).read_text().split("\n")[2]
    lines = path.read_text().split("\n")
    path.write_text("\n".join([*lines[:2], other, *lines[3:]]))
    result = written.verify()
    assert not result.ok and "the text or the signature was changed" in result.problems[0]
    path.write_bytes(b"\xff\xfe")
    assert "It is not a text file" in written.verify().problems[0]


def test_the_newest_checkpoint_gone_or_spoilt(written: Place) -> None:
    note_path(written.checkpoints, 8).write_text("spoilt")
    problems = written.verify().problems
    assert "Checkpoint 000000000008.txt cannot be relied on" in problems[0]
    assert "attests entry 7" in problems[1]
    with pytest.raises(LedgerError, match=r"000000000008.txt cannot be relied on"):
        written.open()
    note_path(written.checkpoints, 8).unlink()
    assert "attests entry 7" in written.verify().problems[0]


def test_a_signed_falsehood_about_an_empty_ledger(written: Place) -> None:
    path = note_path(written.checkpoints, 0)
    path.write_text(sign(Checkpoint(origin=ORIGIN, size=0, root=bytes(32)), written.signer))
    result = written.verify()
    assert not result.ok and "000000000000.txt" in result.problems[0]


def test_a_blob_gone_and_a_blob_changed(written: Place) -> None:
    _, fourth = next(written.open().records(4, 5))
    _, sixth = next(written.open().records(6, 7))
    assert isinstance(fourth, Submission) and isinstance(sixth, Submission) and sixth.observations
    folder = written.folder / "blobs"
    gone = folder / fourth.raw[7:9] / fourth.raw[9:]
    gone.unlink()
    spoilt = folder / sixth.observations[7:9] / sixth.observations[9:]
    data = bytearray(spoilt.read_bytes())
    data[2] ^= 1
    spoilt.write_bytes(data)
    result = written.verify()
    assert result.first_bad == 4 and len(result.problems) == 2
    assert f"Ledger entry 4 rests on a blob (raw) that fails. Blob {fourth.raw} is missing" in result.problems[0]
    assert "Ledger entry 6 rests on a blob (observations) that fails." in result.problems[1]
    assert f"Blob {sixth.observations} was changed" in result.problems[1]


def test_a_damaged_file(written: Place) -> None:
    with closing(sqlite3.connect(written.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(written.path.read_bytes())
    page = int.from_bytes(raw[16:18], "big")
    raw[page : page + 8] = b"\xff" * 8  # the head of the table's root page
    written.path.write_bytes(raw)
    with pytest.raises(LedgerError, match=r"damaged|missing"):
        verify_tree(SqliteStore(written.path), written.checkpoints, written.signer.verifier, origin=ORIGIN)


def test_entries_appended_while_it_runs_are_left_to_the_next_run(written: Place) -> None:
    class Growing(SqliteStore):
        """Another process appends right after the size was read."""

        grown = False

        def size(self) -> int:
            size = super().size()
            if not self.grown:
                self.grown = True
                written.open().append([written.submission(8)])
            return size

    store = Growing(written.path)
    result = verify_tree(store, written.checkpoints, written.signer.verifier, origin=ORIGIN)
    assert (result.ok, result.size) == (True, 8)
