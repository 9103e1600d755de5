"""Sealed blobs: encrypted with a key per source, so that destroying the key destroys what it told."""

import os
import re
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from truceline.domain.ids import Digest, SourceId
from truceline.domain.ports import Blobs
from truceline.durable import sync_folder, write_durably
from truceline.errors import LedgerError, SealedError, UnreachableError

KEY_BITS = 512
_CONTEXT = [b"truceline/blob/1"]  # associated data
_FORMAT = b"\x01"  # goes before the content: some libraries refuse to encrypt an empty one
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SealedBlobs:
    """The blobs port with AES-SIV (RFC 5297) in front of it.

    SIV is deterministic: the same content from one source has one digest, so a repeated file is known.
    The digest is of the encrypted bytes, which can still be verified after the key is gone.
    """

    def __init__(self, blobs: Blobs, keys: Path, source: SourceId) -> None:
        """Seal for `source` over `blobs`, with its key in `keys`/sources, made by the first `put`."""
        self._blobs = blobs
        self._keys = keys
        self._source = source
        key_path(keys, source)  # refuse an impossible name now

    def put(self, data: bytes) -> Digest:
        """Encrypt and keep `data`; the digest of the encrypted bytes.

        Raises SealedError if the key was destroyed: taking the same file in again would undo the destruction.
        """
        cipher = AESSIV(_key(self._keys, self._source, make=True))
        return self._blobs.put(cipher.encrypt(_FORMAT + data, _CONTEXT))

    def get(self, digest: Digest) -> bytes:
        """What was put. Raises SealedError if the key is gone or another, LedgerError if the blob fails."""
        sealed = self._blobs.get(digest)
        key = _key(self._keys, self._source, make=False)
        try:
            data = AESSIV(key).decrypt(sealed, _CONTEXT)
        except InvalidTag as error:
            raise SealedError(
                f"The key of source '{self._source}' does not open {digest}: it was sealed with another key."
            ) from error
        return data.removeprefix(_FORMAT)


def key_path(keys: Path, source: SourceId) -> Path:
    """Where the key of `source` stands. Raises LedgerError for a name that no file could carry safely."""
    if not _NAME.fullmatch(source):
        raise LedgerError(
            f"'{source}' cannot name a source: use up to 64 letters, digits, dots, dashes and underscores."
        )
    return keys / "sources" / f"{source}.key"


def destroy_key(keys: Path, source: SourceId) -> None:
    """Destroy the key of `source`: nothing it told can be read again, here or from a copy of the blobs.

    A mark stays behind, so that nothing is sealed for that name any more. Copies of the key elsewhere are the
    duty of who made them. Killed half-way, the source is sealed already and calling again completes it.

    Raises
    ------
    UnreachableError
        if the file system refuses.
    """
    path = key_path(keys, source)
    write_durably(path.with_suffix(".destroyed"), b"")
    try:
        # a process killed while it made the key may have left a second name for it
        for copy in (*path.parent.glob(f".{path.name}.*.tmp"), path):
            if copy.exists():
                _overwrite(copy)  # where the disk writes in place, nothing is left to recover
                copy.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise UnreachableError(f"Cannot destroy {path}: {error.strerror}.") from error


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(KEY_BITS // 8))
        file.flush()
        os.fsync(file.fileno())


def _key(keys: Path, source: SourceId, *, make: bool) -> bytes:
    path = key_path(keys, source)
    if path.with_suffix(".destroyed").exists():
        raise SealedError(f"The key of source '{source}' was destroyed. Its entries stand, but nobody can read them.")
    if make and not path.exists():
        with suppress(FileExistsError):  # another process was faster: its key is the key
            write_durably(path, AESSIV.generate_key(KEY_BITS), mode=0o600, replace=False)
    try:
        key = path.read_bytes()
    except FileNotFoundError as error:
        raise SealedError(
            f"The key of source '{source}' is not here. If it was not destroyed on purpose, put {path} back."
        ) from error
    except OSError as error:
        raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
    if len(key) * 8 != KEY_BITS:
        raise LedgerError(f"{path} is not a source key: {len(key)} bytes instead of {KEY_BITS // 8}.")
    return key
