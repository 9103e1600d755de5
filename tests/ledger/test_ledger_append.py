"""Appending, reading back, opening again, and refusing to build on a broken history."""

from dataclasses import replace
from pathlib import Path

import pytest
from ledger_place import ORIGIN, Place

from truceline.domain.inputs import Charter, ReportEntry
from truceline.errors import LedgerError, UnreachableError
from truceline.ledger.checkpoint import note_path, note_sizes, open_note
from truceline.ledger.codec import encode
from truceline.ledger.keys import load_signer
from truceline.ledger.ledger import Ledger
from truceline.ledger.merkle import leaf_hash, root_of
from truceline.stores.memory import MemoryStore
from truceline.stores.sqlite import SqliteStore


def test_what_is_appended_is_read_back_in_order(place: Place, charter: Charter, report: ReportEntry) -> None:
    ledger = place.open()
    batch = [place.submission(n) for n in range(3)]
    assert place.blobs.put(b"bundle") == charter.bundle
    assert ledger.append([charter]) == range(0, 1)
    assert ledger.append(batch) == range(1, 4)
    assert ledger.append([]) == range(4, 4)
    assert ledger.append([report]) == range(4, 5)
    assert ledger.size == 5
    expected = list(enumerate([charter, *batch, report]))
    assert list(ledger.records()) == expected
    assert list(ledger.records(2, 4)) == expected[2:4]
    assert list(place.open().records(4)) == expected[4:]
    assert place.verify().ok


def test_a_checkpoint_after_every_append(place: Place) -> None:
    ledger = place.open()
    batch = [place.submission(n) for n in range(5)]
    ledger.append(batch[:2])
    ledger.append(batch[2:])
    assert note_sizes(place.checkpoints) == [0, 2, 5]
    for size in (0, 2, 5):
        head = open_note(ledger.checkpoint_at(size), place.signer.verifier)
        leaves = [leaf_hash(encode(record)) for record in batch[:size]]
        assert (head.origin, head.size, head.root) == (ORIGIN, size, root_of(leaves))
    with pytest.raises(LedgerError, match="no checkpoint for 3 entries"):
        ledger.checkpoint_at(3)


def test_a_record_that_cannot_be_written_leaves_nothing(place: Place) -> None:
    ledger = place.open()
    with pytest.raises(LedgerError, match="n_coverage"):
        ledger.append([place.submission(0), replace(place.submission(1), n_coverage=-1)])
    assert ledger.size == 0
    assert note_sizes(place.checkpoints) == [0]


def test_killed_between_commit_and_checkpoint(written: Place) -> None:
    SqliteStore(written.path).append([encode(written.submission(8)), encode(written.submission(9))])
    found = written.verify()
    assert not found.ok and "No checkpoint that holds attests entries 8 to 9." in found.problems[0]
    ledger = written.open()
    assert ledger.size == 10
    assert note_sizes(written.checkpoints)[-1] == 10
    assert written.verify().ok


def test_two_open_ledgers_interleave(place: Place) -> None:
    one, two = place.open(), place.open()
    assert one.append([place.submission(0)]) == range(0, 1)
    assert two.append([place.submission(1), place.submission(2)]) == range(1, 3)
    assert two.append([place.submission(3)]) == range(3, 4)
    assert one.append([place.submission(4)]) == range(4, 5)
    assert [record.name for _, record in two.records() if hasattr(record, "name")] == [f"day-{n}.csv" for n in range(5)]
    result = place.verify()
    assert result.ok and result.n_checkpoints == 5


def test_opening_never_overwrites_a_checkpoint(written: Place) -> None:
    path = note_path(written.checkpoints, 8)
    cosigned = path.read_text() + "— witness.example " + "AQIDBAAA" * 8 + "\n"
    path.write_text(cosigned)
    assert written.open().checkpoint_at(8) == cosigned
    assert written.verify().ok


def test_a_memory_ledger_does_the_same(tmp_path: Path, charter: Charter) -> None:
    store, signer = MemoryStore(), load_signer(tmp_path / "keys", ORIGIN)
    ledger = Ledger(store, tmp_path / "checkpoints", signer, ORIGIN)
    ledger.append([charter])
    assert list(Ledger(store, tmp_path / "checkpoints", signer, ORIGIN).records()) == [(0, charter)]


def test_a_ledger_that_lost_its_end_is_not_opened(written: Place) -> None:
    for file in written.folder.glob("ledger.sqlite*"):
        file.unlink()
    with pytest.raises(LedgerError, match=r"holds 0 entries, but 000000000008.txt was signed for 8"):
        written.open()
    assert note_sizes(written.checkpoints) == list(range(9))


def test_another_origin_or_key_is_not_signed_over(written: Place, tmp_path: Path) -> None:
    store = SqliteStore(written.path)
    with pytest.raises(LedgerError, match="of another ledger"):
        Ledger(store, written.checkpoints, written.signer, "example.org/golan")
    other = load_signer(tmp_path / "other", ORIGIN)
    with pytest.raises(LedgerError, match=r"not signed by example.org/minsk"):
        Ledger(store, written.checkpoints, other, ORIGIN)


def test_two_histories_of_one_size_are_refused(tmp_path: Path, charter: Charter) -> None:
    signer = load_signer(tmp_path / "keys", ORIGIN)
    one = Ledger(MemoryStore(), tmp_path / "checkpoints", signer, ORIGIN)
    two = Ledger(MemoryStore(), tmp_path / "checkpoints", signer, ORIGIN)
    one.append([charter])
    with pytest.raises(LedgerError, match="two histories"):
        two.append([replace(charter, arrangement_version=4)])


def test_a_store_that_shrinks_while_open(place: Place) -> None:
    shrinking = MemoryStore()
    ledger = Ledger(shrinking, place.checkpoints, place.signer, ORIGIN)
    ledger.append([place.submission(0), place.submission(1)])
    shrinking._entries.clear()
    with pytest.raises(LedgerError, match="lost entries"):
        ledger.append([place.submission(2)])


def test_a_checkpoint_that_cannot_be_written_is_made_up_for(place: Place) -> None:
    ledger = place.open()
    hidden = place.checkpoints.rename(place.folder / "hidden")
    place.checkpoints.write_text("a file where the folder was")
    with pytest.raises(UnreachableError):
        ledger.append([place.submission(0)])
    place.checkpoints.unlink()
    hidden.rename(place.checkpoints)
    assert place.open().size == 1
    assert place.verify().ok


def test_an_unreadable_entry_is_named(place: Place) -> None:
    place.open()
    SqliteStore(place.path).append([encode(place.submission(0)), b"{}"])
    with pytest.raises(LedgerError, match="Ledger entry 1 cannot be read"):
        list(place.open().records())
