"""What only the SQLite store promises: refusal by trigger, several processes, and surviving a kill."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from truceline.errors import LedgerError, UnreachableError
from truceline.stores.sqlite import SqliteStore

FORKS = pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")


def in_child(work: Callable[[], None]) -> int:
    """Run `work` in a forked process; its id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE entry SET body = x'00' WHERE idx = 0", "never changed"),
        ("UPDATE entry SET idx = 9 WHERE idx = 0", "never changed"),
        ("DELETE FROM entry WHERE idx = 1", "never deleted"),
        ("DELETE FROM entry", "never deleted"),
        ("INSERT INTO entry VALUES (3, x'00', zeroblob(32))", "without gaps"),
        ("INSERT INTO entry (body, leaf) VALUES (x'00', zeroblob(32))", "without gaps"),
        ("INSERT OR REPLACE INTO entry VALUES (0, x'00', zeroblob(32))", "without gaps"),
        ("INSERT INTO entry VALUES (2, 'text', zeroblob(32))", "typeof"),
        ("INSERT INTO entry VALUES (2, x'00', x'00')", "length"),
    ],
)
def test_the_file_itself_refuses(path: Path, statement: str, says: str) -> None:
    SqliteStore(path).append([b"a", b"b"])
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match=says):
        connection.execute(statement)
    assert list(SqliteStore(path).read(0, 9)) == [b"a", b"b"]


def test_dropped_triggers_come_back(path: Path) -> None:
    SqliteStore(path).append([b"a"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entry_no_delete")
    SqliteStore(path)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="deleted"):
        connection.execute("DELETE FROM entry")


def test_durability_settings(path: Path) -> None:
    store = SqliteStore(path)
    assert store._number("PRAGMA synchronous") == 2  # FULL
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@FORKS
def test_four_processes_create_and_append_at_once(path: Path) -> None:
    def work(name: int) -> Callable[[], None]:
        def appends() -> None:
            store = SqliteStore(path)
            for n in range(25):
                added = store.append([f"{name}.{n}.{part}".encode() for part in range(2)])
                assert list(store.read(added.start, added.stop)) == [f"{name}.{n}.{p}".encode() for p in range(2)]

        return appends

    children = [in_child(work(name)) for name in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
    store = SqliteStore(path)
    bodies = [body.decode() for body in store.read(0, store.size())]
    assert store.size() == len(bodies) == 200
    assert Counter(body.split(".")[0] for body in bodies) == {"0": 50, "1": 50, "2": 50, "3": 50}
    for name in "0123":
        mine = [body for body in bodies if body.startswith(name + ".")]
        assert mine == [f"{name}.{n}.{part}" for n in range(25) for part in range(2)]


@FORKS
def test_killed_while_it_creates_the_file(tmp_path: Path) -> None:
    moments = random.Random(7)
    for attempt in range(12):
        path = tmp_path / f"{attempt}.sqlite"
        child = in_child(lambda path=path: SqliteStore(path).append([b"first"]))  # type: ignore[misc]
        time.sleep(moments.uniform(0.0, 0.012))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        store = SqliteStore(path)
        size = store.size()
        assert size in (0, 1)
        assert store.append([b"next"]) == range(size, size + 1)
        store.close()


def test_a_stump_of_a_file_is_completed(path: Path) -> None:
    path.touch()
    assert SqliteStore(path).append([b"a"]) == range(0, 1)


@FORKS
def test_a_store_does_not_cross_a_fork(path: Path) -> None:
    store = SqliteStore(path)

    def use() -> None:
        with pytest.raises(LedgerError, match="opened before a fork"):
            store.append([b"a"])

    assert os.waitpid(in_child(use), 0)[1] == 0
    assert store.size() == 0


def test_a_failed_transaction_is_rolled_back(path: Path) -> None:
    store = SqliteStore(path)
    store.append([b"a"])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.idx = 3 BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(LedgerError, match="no"):
        store.append([b"b", b"c", b"d"])
    assert store.size() == 1
    assert store.append([b"b"]) == range(1, 2)


def test_locked(path: Path) -> None:
    store = SqliteStore(path, busy_s=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnreachableError, match="is locked: another program is writing to it"):
            store.append([b"a"])
        assert store.size() == 0  # readers are not held up
        other.execute("ROLLBACK")
    assert store.append([b"a"]) == range(0, 1)


def test_waits_for_another_process_that_is_creating_the_file(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM sqlite_master").fetchall()  # holds the file as it was, so no WAL yet
        with pytest.raises(UnreachableError, match="is locked"):
            SqliteStore(path, busy_s=0.05)
        release = threading.Timer(0.2, other.execute, ["COMMIT"])
        release.start()
        assert SqliteStore(path).append([b"a"]) == range(0, 1)
        release.join()


def test_not_ours(tmp_path: Path) -> None:
    text = tmp_path / "text.sqlite"
    text.write_text("this is certainly no database, but long enough to have a header" * 40)
    with pytest.raises(LedgerError, match="is not a SQLite file"):
        SqliteStore(text)
    foreign = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
    with pytest.raises(LedgerError, match="not a ledger of this version"):
        SqliteStore(foreign)
    with closing(sqlite3.connect(foreign)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]
    later = tmp_path / "later.sqlite"
    SqliteStore(later).close()
    with closing(sqlite3.connect(later)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="not a ledger of this version"):
        SqliteStore(later)
    with pytest.raises(UnreachableError, match="cannot be opened"):
        SqliteStore(tmp_path / "no" / "folder.sqlite")
    with pytest.raises(UnreachableError, match="cannot be opened"):
        SqliteStore(tmp_path)


def test_a_hole_is_not_read_over(path: Path) -> None:
    store = SqliteStore(path)
    store.append([b"a", b"b", b"c"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entry_no_delete")
        connection.execute("DELETE FROM entry WHERE idx = 1")
        connection.commit()
    reading = store.read(0, 3)
    assert next(reading) == b"a"
    with pytest.raises(LedgerError, match="entry 1 is missing"):
        next(reading)
