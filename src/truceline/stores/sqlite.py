"""The default store: one SQLite file, append-only by trigger, durable when `append` returns."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from truceline.domain.checkpoint import leaf_hash
from truceline.errors import LedgerError, UnreachableError

APPLICATION_ID = 0x7472756C  # "trul": tells our files from other SQLite files
SCHEMA_VERSION = 1
_PAGE = 256  # entries a read takes at a time, so that a slow reader never pins the write-ahead log
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS entry (
        idx INTEGER PRIMARY KEY,
        body BLOB NOT NULL CHECK (typeof(body) = 'blob'),
        leaf BLOB NOT NULL CHECK (typeof(leaf) = 'blob' AND length(leaf) = 32)
    )""",
    # not only against gaps: INSERT OR REPLACE deletes a row without firing a delete trigger
    """CREATE TRIGGER IF NOT EXISTS entry_in_order BEFORE INSERT ON entry
        WHEN NEW.idx != (SELECT coalesce(max(idx) + 1, 0) FROM entry)
        BEGIN SELECT RAISE(ABORT, 'ledger entries are appended in order, without gaps'); END""",
    """CREATE TRIGGER IF NOT EXISTS entry_no_update BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS entry_no_delete BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'ledger entries are never deleted'); END""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_NAMES = {"entry", "entry_in_order", "entry_no_update", "entry_no_delete"}


class SqliteStore:
    """The store contract over a file. Several processes may append at once; each opens its own."""

    def __init__(self, path: Path, *, busy_s: float = 30.0, read_only: bool = False) -> None:
        """Open the file, or create it; killed half-way, the next opening completes it.

        `busy_s` is how long to wait for other processes; `read_only` opens a copy that may not be written to, as
        who verifies it has. Raises LedgerError if `path` is something else or damaged, UnreachableError if it
        cannot be read or written.
        """
        self._path = path
        self._pid = os.getpid()
        self._busy_s = busy_s
        with self._explained():
            where = _read_only_uri(path) if read_only else str(path)
            self._connection = sqlite3.connect(where, timeout=busy_s, isolation_level=None, uri=read_only)
            try:
                self._prepare(read_only)
            except BaseException:
                self._connection.close()
                raise

    def append(self, bodies: Sequence[bytes]) -> range:
        """Append all of `bodies` or none; the range of their indices. On disk when this returns."""
        for body in bodies:
            if not isinstance(body, bytes):
                raise LedgerError(f"The ledger keeps bytes, not {type(body).__name__}.")
        with self._explained(), self._transaction():
            start = self._size()
            rows = ((index, body, leaf_hash(body)) for index, body in enumerate(bodies, start))
            self._connection.executemany("INSERT INTO entry (idx, body, leaf) VALUES (?, ?, ?)", rows)
        return range(start, start + len(bodies))

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bodies from `start` up to, not including, `stop`, as far as there are any.

        Raises LedgerError where an entry is missing that later ones follow.
        """
        return self._pages("body", start, stop)

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """The RFC 6962 leaf hashes of the same entries, as they were stored."""
        return self._pages("leaf", start, stop)

    def size(self) -> int:
        """How many entries there are."""
        with self._explained():
            return self._size()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _prepare(self, read_only: bool) -> None:
        with self._transaction("DEFERRED"):  # one view of all three: another process may be creating the file
            names = {str(name) for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
            application = self._number("PRAGMA application_id")
            version = self._number("PRAGMA user_version")
        if (application, version) not in ((0, 0), (APPLICATION_ID, SCHEMA_VERSION)) or (names and not application):
            raise LedgerError(
                f"{self._path} is a SQLite file, but not a ledger of this version. Name another, or update."
            )
        if read_only:
            return
        self._write_ahead()
        self._connection.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits at a power cut
        if not names >= _NAMES:
            with self._transaction():
                for statement in _SCHEMA:
                    self._connection.execute(statement)

    def _write_ahead(self) -> None:
        """Switch to WAL, which SQLite refuses without waiting while another process creates the file."""
        give_up = time.monotonic() + self._busy_s
        while True:
            try:
                (mode,) = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                time.sleep(0.01)
                continue
            if mode != "wal":
                raise UnreachableError(
                    f"{self._path}: no write-ahead log can be kept here. Move the mission to a local disk."
                )
            return

    def _size(self) -> int:
        return self._number("SELECT coalesce(max(idx) + 1, 0) FROM entry")

    def _number(self, query: str) -> int:
        (value,) = self._connection.execute(query).fetchone()
        return int(value)

    def _pages(self, column: str, start: int, stop: int) -> Iterator[bytes]:
        if start < 0 or stop < 0:
            raise LedgerError(f"Ledger entries are numbered from 0; asked for {start} to {stop}.")
        query = f"SELECT idx, {column} FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT {_PAGE}"
        while start < stop:
            with self._explained():
                rows = self._connection.execute(query, (start, stop)).fetchall()
            for index, value in rows:
                if index != start or not isinstance(value, bytes):
                    raise LedgerError(f"{self._path}: entry {start} is missing. Restore the file from a copy.")
                yield value
                start += 1
            if not rows:
                return

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        self._connection.execute(f"BEGIN {kind}")  # immediate: lock, then read the size; order is made once
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if os.getpid() != self._pid:
            raise LedgerError(f"{self._path} was opened before a fork; SQLite needs it opened again in the child.")
        try:
            yield
        except sqlite3.Error as error:
            raise _in_words(self._path, error) from error


def _read_only_uri(path: Path) -> str:
    """Where the folder may not be written to either, SQLite has to be told that nobody else writes.

    Raises UnreachableError if committed entries still stand in a write-ahead log, which only a writer can read.
    """
    log = path.with_name(path.name + "-wal")
    uri = path.resolve().as_uri()
    if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
        return f"{uri}?mode=ro"
    if log.is_file() and log.stat().st_size:
        raise UnreachableError(
            f"{log.name} beside {path} holds entries that a read-only copy cannot show. Copy the folder to a place "
            "where you may write, and verify it there."
        )
    return f"{uri}?mode=ro&immutable=1"


def _in_words(path: Path, error: sqlite3.Error) -> LedgerError | UnreachableError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the family of the error
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreachableError(f"{path} is locked: another program is writing to it. Let it finish, then try again.")
    if code == sqlite3.SQLITE_NOTADB:
        return LedgerError(f"{path} is not a SQLite file. Put the ledger back from a copy, or name another file.")
    if code == sqlite3.SQLITE_CORRUPT:
        return LedgerError(f"{path} is damaged ({error}). Keep it as it is, and restore the ledger from a copy.")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return UnreachableError(f"{path} cannot be opened for writing ({error}). Check the folder and its permissions.")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return UnreachableError(f"{path} could not be read or written ({error}). Check the disk and its free space.")
    return LedgerError(f"{path}: {error}.")
