"""Blobs in a folder: bytes by their digest, on disk before anything may name them."""

import re
from pathlib import Path

from truceline.domain.ids import Digest, digest
from truceline.durable import sync_folder, write_durably
from truceline.errors import LedgerError, UnreachableError

_DIGEST = re.compile(r"sha256:([0-9a-f]{2})([0-9a-f]{62})")


class FolderBlobs:
    """The blobs port over a folder: `<first two hex digits>/<the rest>`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> Digest:
        """Keep `data` durably; the same data twice is kept once. A spoilt copy is repaired."""
        name = digest(data)
        path = self._path(name)
        try:
            kept = path.is_file() and path.read_bytes() == data
            if kept:
                for folder in (path.parent, self._folder):  # whoever put it may have been killed before this
                    sync_folder(folder)
        except OSError as error:
            raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
        if not kept:
            write_durably(path, data)
        return name

    def get(self, digest_: Digest) -> bytes:
        """The bytes called `digest_`. Raises LedgerError if they are missing or were changed."""
        path = self._path(digest_)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise LedgerError(f"Blob {digest_} is missing from {self._folder}. Restore it from a copy.") from error
        except OSError as error:
            raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
        if digest(data) != digest_:
            raise LedgerError(f"Blob {digest_} was changed: {path} holds other bytes. Restore it from a copy.")
        return data

    def _path(self, digest_: Digest) -> Path:
        parts = _DIGEST.fullmatch(digest_)
        if parts is None:
            raise LedgerError(f"'{digest_}' is not a digest: expected 'sha256:' and 64 hex digits.")
        return self._folder / parts[1] / parts[2]
