"""Checkpoints as other programs read them, keys on disk, and everything malformed that is refused."""

import base64
from pathlib import Path

import pytest

from truceline.domain.checkpoint import Checkpoint
from truceline.durable import write_durably
from truceline.errors import LedgerError, UnreachableError
from truceline.ledger.checkpoint import note_sizes, open_note, read_note, sign, write_note
from truceline.ledger.keys import Signer, load_signer, load_verifier, parse_signer, parse_verifier

# Source: golang.org/x/mod/sumdb/note, note_test.go (the example key and note of the reference implementation)
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
HEAD = Checkpoint(origin="example.org/minsk", size=18204, root=bytes(range(32)))


@pytest.fixture
def signer() -> Signer:
    return parse_signer(PRIVATE)


@pytest.fixture
def note(signer: Signer) -> str:
    return sign(HEAD, signer)


def test_keys_and_signatures_are_those_of_the_reference(signer: Signer) -> None:
    assert signer.verifier.text() == PUBLIC
    assert signer.text() == PRIVATE
    assert parse_verifier(PUBLIC) == signer.verifier
    assert signer.verifier.key_id.hex() == "c74f20a3"
    signature = signer.key.sign(TEXT.encode())
    assert base64.b64encode(signer.verifier.key_id + signature).decode() == SIGNATURE
    assert signer.verifier.accepts(signature, TEXT.encode())
    assert not signer.verifier.accepts(signature, TEXT.encode() + b"\n")


def test_a_well_signed_note_that_is_no_checkpoint(signer: Signer) -> None:
    with pytest.raises(LedgerError, match="Not a checkpoint"):
        open_note(f"{TEXT}\n— PeterNeumann {SIGNATURE}\n", signer.verifier)


def test_a_checkpoint_is_this_text(note: str, signer: Signer) -> None:
    body, _, tail = note.partition("\n\n")
    assert body == f"example.org/minsk\n18204\n{base64.b64encode(bytes(range(32))).decode()}"
    assert tail.startswith("— PeterNeumann x08go") and tail.endswith("\n") and tail.count("\n") == 1
    assert open_note(note, signer.verifier) == HEAD
    assert sign(HEAD, signer) == note


def test_witnesses_may_add_their_lines(note: str, signer: Signer) -> None:
    other = base64.b64encode(b"\x01\x02\x03\x04" + bytes(64)).decode()
    assert open_note(note + f"— witness.example {other}\n", signer.verifier) == HEAD
    same_name = f"— PeterNeumann {other}\n"  # another key of that name
    assert open_note(note + same_name, signer.verifier) == HEAD


@pytest.mark.parametrize("character", "e\n1A—Px=")
def test_every_changed_note_is_refused(note: str, signer: Signer, character: str) -> None:
    for at in range(len(note)):
        spoilt = note[:at] + character + note[at + 1 :]
        if spoilt != note:
            with pytest.raises(LedgerError):
                open_note(spoilt, signer.verifier)
        with pytest.raises(LedgerError):
            open_note(note[:at], signer.verifier)


def resigned(body: str, signer: Signer) -> str:
    """A note whose signature holds, whatever its body says."""
    signature = signer.verifier.key_id + signer.key.sign(body.encode())
    return f"{body}\n— {signer.name} {base64.b64encode(signature).decode()}\n"


@pytest.mark.parametrize(
    "body",
    [
        "\n5\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n05\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n-5\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n٥\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n5\n" + base64.b64encode(bytes(31)).decode() + "\n",
        "o\n5\n" + base64.b64encode(bytes(32)).decode().rstrip("=") + "\n",
        "o\n5\n" + base64.b64encode(bytes(32)).decode() + "\nextension\n",
        "o\r\n5\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n5\n",
    ],
)
def test_a_malformed_body_is_refused_even_if_signed(body: str, signer: Signer) -> None:
    with pytest.raises(LedgerError, match="Not a"):
        open_note(resigned(body, signer), signer.verifier)


def test_a_second_false_line_of_ours_spoils_the_note(note: str, signer: Signer) -> None:
    false = base64.b64encode(signer.verifier.key_id + bytes(64)).decode()
    with pytest.raises(LedgerError, match="signature"):
        open_note(note + f"— PeterNeumann {false}\n", signer.verifier)
    with pytest.raises(LedgerError, match="more than 100"):
        open_note(note + f"— w {false}\n" * 100, signer.verifier)


def test_unsignable_checkpoints_and_names(signer: Signer) -> None:
    for spoilt in (
        Checkpoint(origin="", size=0, root=bytes(32)),
        Checkpoint(origin="two\nlines", size=0, root=bytes(32)),
        Checkpoint(origin="o", size=-1, root=bytes(32)),
        Checkpoint(origin="o", size=0, root=b""),
    ):
        with pytest.raises(LedgerError):
            sign(spoilt, signer)
    for name in ("", "with space", "with+plus", "with\nline", "with nbsp"):
        with pytest.raises(LedgerError, match="cannot name a ledger key"):
            sign(HEAD, Signer(name=name, key=signer.key))


def test_every_changed_key_text_is_refused() -> None:
    for text, parse in ((PUBLIC, parse_verifier), (PRIVATE, parse_signer)):
        for at in range(len(text)):
            for spoilt in (text[:at], text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :]):
                with pytest.raises(LedgerError) as caught:
                    parse(spoilt)
                assert "AYEKFALV" not in str(caught.value)  # an error never shows a private key


def test_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load_signer(tmp_path / "keys", "example.org/minsk")
    again = load_signer(tmp_path / "keys", "example.org/minsk")
    assert first.text() == again.text()
    assert first.text() not in repr(first)
    assert load_verifier(tmp_path / "keys") == first.verifier
    assert (tmp_path / "keys" / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == ["ledger.key", "ledger.pub"]


def test_a_key_killed_half_way_is_completed_and_a_lost_one_is_not_replaced(tmp_path: Path) -> None:
    signer = load_signer(tmp_path, "example.org/minsk")
    (tmp_path / "ledger.pub").unlink()
    assert load_signer(tmp_path, "example.org/minsk").text() == signer.text()
    assert load_verifier(tmp_path) == signer.verifier
    (tmp_path / "ledger.key").unlink()
    with pytest.raises(LedgerError, match="Put the private key back"):
        load_signer(tmp_path, "example.org/minsk")


def test_keys_that_do_not_belong_together(tmp_path: Path) -> None:
    signer = load_signer(tmp_path / "a", "example.org/a")
    load_signer(tmp_path / "b", "example.org/a")
    (tmp_path / "b" / "ledger.pub").write_text(signer.verifier.text())
    with pytest.raises(LedgerError, match="not the public half"):
        load_signer(tmp_path / "b", "example.org/a")
    with pytest.raises(LedgerError, match=r"signs for 'example.org/a', not for 'example.org/c'"):
        load_signer(tmp_path / "a", "example.org/c")
    with pytest.raises(UnreachableError, match="Cannot read"):
        load_verifier(tmp_path / "none")
    (tmp_path / "a" / "ledger.pub").write_bytes(b"\xff")
    with pytest.raises(LedgerError, match="not a text file"):
        load_verifier(tmp_path / "a")


def test_files_of_checkpoints(tmp_path: Path, signer: Signer) -> None:
    assert note_sizes(tmp_path / "none") == []
    write_note(tmp_path, HEAD, signer)
    for stray in (".000000000007.txt.1.2.tmp", "7.txt", "000000000007.txt.bak"):
        (tmp_path / stray).write_text("stray")
    assert note_sizes(tmp_path) == [18204]
    assert read_note(tmp_path, 18204, signer.verifier, "example.org/minsk") == HEAD
    with pytest.raises(LedgerError, match=r"000000018204.txt is of another ledger, 'example.org/minsk'"):
        read_note(tmp_path, 18204, signer.verifier, "example.org/golan")


def test_a_durable_file_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "file"
    write_durably(path, b"one")
    write_durably(path, b"two")
    with pytest.raises(FileExistsError):
        write_durably(path, b"three", replace=False)
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["file"]
    with pytest.raises(UnreachableError, match="Cannot write"):
        write_durably(path / "below-a-file", b"")
    with pytest.raises(UnreachableError, match="Cannot write"):
        write_durably(path / "below-a-file", b"", replace=False)
