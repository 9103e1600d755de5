"""Checkpoints as signed text (C2SP tlog-checkpoint in a signed note) and the folder that keeps them."""

import base64
import re
from pathlib import Path

from truceline.domain.checkpoint import Checkpoint
from truceline.durable import write_durably
from truceline.errors import LedgerError, UnreachableError
from truceline.ledger.keys import Signer, Verifier, checked_name, strict_base64

_MARK = "\N{EM DASH} "  # C2SP signed-note: every signature line begins with it
_MAX_SIGNATURES = 100
_FILE = re.compile(r"([0-9]{12})\.txt")


def sign(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note of `checkpoint`; signing is deterministic (RFC 8032), so the same note every time."""
    text = _body(checkpoint)
    signature = signer.verifier.key_id + signer.key.sign(text.encode())
    return f"{text}\n{_MARK}{checked_name(signer.name)} {base64.b64encode(signature).decode()}\n"


def open_note(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in `note`, which `verifier` must have signed; other signatures are passed over.

    Raises
    ------
    LedgerError
        if the note is malformed, or not signed by `verifier`, or its signature does not hold.
    """
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise LedgerError("Not a signed note: expected a text, an empty line and signature lines.")
    if any(ord(character) < 0x20 and character != "\n" for character in note):
        raise LedgerError("Not a signed note: it contains control characters.")
    text += "\n"
    signatures = [_signature(line) for line in tail[:-1].split("\n")]
    if len(signatures) > _MAX_SIGNATURES:
        raise LedgerError(f"Not a signed note: more than {_MAX_SIGNATURES} signatures.")
    ours = [s for name, key_id, s in signatures if (name, key_id) == (verifier.name, verifier.key_id)]
    if not ours:
        raise LedgerError(f"It is not signed by {verifier.name} (key {verifier.key_id.hex()}).")
    if not all(verifier.accepts(signature, text.encode()) for signature in ours):
        raise LedgerError(f"Its signature is not that of {verifier.name}: the text or the signature was changed.")
    return _parse_body(text)


def note_path(folder: Path, size: int) -> Path:
    """Where the checkpoint for `size` entries stands."""
    return folder / f"{size:012d}.txt"


def note_sizes(folder: Path) -> list[int]:
    """The sizes for which `folder` holds a checkpoint, ascending."""
    if not folder.is_dir():
        return []
    return sorted(int(found[1]) for path in folder.iterdir() if (found := _FILE.fullmatch(path.name)))


def read_note(folder: Path, size: int, verifier: Verifier, origin: str) -> Checkpoint:
    """The checkpoint for `size` entries of `origin`, with its signature checked.

    Raises LedgerError, naming the file, if it is malformed, not ours, or speaks of another ledger or size.
    """
    path = note_path(folder, size)
    try:
        found = open_note(read_text(path), verifier)
    except LedgerError as error:
        raise LedgerError(f"Checkpoint {path.name} cannot be relied on. {error}") from error
    if found.origin != origin:
        raise LedgerError(f"Checkpoint {path.name} is of another ledger, '{found.origin}'; this one is '{origin}'.")
    if found.size != size:
        raise LedgerError(f"Checkpoint {path.name} speaks of {found.size} entries: it was exchanged for another.")
    return found


def write_note(folder: Path, checkpoint: Checkpoint, signer: Signer) -> None:
    """Sign `checkpoint` and keep it durably."""
    write_durably(note_path(folder, checkpoint.size), sign(checkpoint, signer).encode())


def read_text(path: Path) -> str:
    """The text of a checkpoint file, newlines as they are. Raises LedgerError, UnreachableError."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise LedgerError("It is not a text file.") from error
    except OSError as error:
        raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error


def _body(checkpoint: Checkpoint) -> str:
    if not checkpoint.origin or not checkpoint.origin.isprintable():
        raise LedgerError(f"'{checkpoint.origin}' cannot name a ledger: use one printable line.")
    if checkpoint.size < 0 or len(checkpoint.root) != 32:
        raise LedgerError("A checkpoint needs a size from 0 and a root of 32 bytes.")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def _parse_body(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    if len(lines) != 3:
        raise LedgerError("Not a checkpoint: expected three lines (origin, size, root).")
    origin, size, root = lines[0], lines[1], strict_base64(lines[2])
    if not origin or not re.fullmatch(r"0|[1-9][0-9]{0,18}", size) or root is None or len(root) != 32:
        raise LedgerError("Not a checkpoint: expected an origin, a decimal size and a base64 root of 32 bytes.")
    return Checkpoint(origin=origin, size=int(size), root=root)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    signature = strict_base64(encoded)
    if not line.startswith(_MARK) or not name or "+" in name or signature is None or len(signature) < 5:
        raise LedgerError("Not a signed note: a signature line is malformed.")
    return name, signature[:4], signature[4:]
