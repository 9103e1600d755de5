"""What a store is: every name on the menu has to pass, and needs a fixture here."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from truceline import menu
from truceline.domain.ports import Store
from truceline.errors import LedgerError
from truceline.ledger.merkle import TreeStore, leaf_hash

Opening = Callable[[], Any]  # every call opens the same entries again


def memory(_: Path) -> Opening:
    store = menu.choose("store", "memory")()
    return lambda: store


def sqlite(folder: Path) -> Opening:
    return lambda: menu.choose("store", "sqlite")(folder / "ledger.sqlite")


FIXTURES: dict[str, Callable[[Path], Opening]] = {"memory": memory, "sqlite": sqlite}


@pytest.fixture(params=menu.names("store"))
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opening]:
    if request.param not in FIXTURES:
        pytest.fail(f"store '{request.param}' is on the menu, but has no fixture in {Path(__file__).name}")
    yield FIXTURES[request.param](tmp_path)


@pytest.fixture
def store(opening: Opening) -> Any:
    return opening()


def test_starts_empty(store: Store) -> None:
    assert store.size() == 0
    assert list(store.read(0, 10)) == []


def test_indices_are_contiguous_from_zero(store: Store) -> None:
    assert store.append([b"a"]) == range(0, 1)
    assert store.append([b"b", b"c"]) == range(1, 3)
    assert store.append([]) == range(3, 3)
    assert store.append([b"", b"a"]) == range(3, 5)
    assert store.size() == 5
    assert list(store.read(0, 5)) == [b"a", b"b", b"c", b"", b"a"]


def test_reads_like_a_slice(store: Store) -> None:
    bodies = [f"{n}".encode() * (n % 40) for n in range(700)]
    store.append(bodies)
    for start, stop in (
        (0, 700),
        (0, 0),
        (5, 5),
        (5, 6),
        (255, 257),
        (256, 512),
        (699, 900),
        (900, 950),
        (9, 3),
    ):
        assert list(store.read(start, stop)) == bodies[start:stop]
    for start, stop in ((-1, 5), (0, -1)):
        with pytest.raises(LedgerError, match="numbered from 0"):
            list(store.read(start, stop))


def test_append_is_all_or_nothing(store: Store) -> None:
    store.append([b"kept"])
    for bad in ("text", None, 5, bytearray(b"mutable")):
        with pytest.raises(LedgerError, match="keeps bytes"):
            store.append([b"good", bad, b"good"])  # type: ignore[list-item]
    assert store.size() == 1
    assert store.append([b"next"]) == range(1, 2)


def test_the_caller_cannot_change_what_was_appended(store: Store) -> None:
    bodies = [b"one", b"two"]
    store.append(bodies)
    bodies[0] = b"other"
    assert list(store.read(0, 2)) == [b"one", b"two"]


def test_leaves_are_those_of_the_bodies(store: TreeStore) -> None:
    bodies = [f"body {n}".encode() for n in range(300)]
    store.append(bodies)
    assert list(store.leaves(0, 300)) == [leaf_hash(body) for body in bodies]
    assert list(store.leaves(254, 258)) == [leaf_hash(body) for body in bodies[254:258]]


def test_what_one_opening_appends_the_other_sees(opening: Opening) -> None:
    one, two = opening(), opening()
    one.append([b"a"])
    assert two.append([b"b"]) == range(1, 2)
    assert list(one.read(0, 2)) == list(two.read(0, 2)) == [b"a", b"b"]


def test_a_reader_at_work_does_not_hold_up_a_writer(opening: Opening) -> None:
    one, two = opening(), opening()
    one.append([b"%d" % n for n in range(600)])
    reading = one.read(0, 600)
    assert next(reading) == b"0"
    assert two.append([b"later"]) == range(600, 601)
    assert list(reading) == [b"%d" % n for n in range(1, 600)]


def test_concurrent_writers_interleave_without_gaps(opening: Opening) -> None:
    opening()
    start = threading.Barrier(4)

    def write(writer: int) -> list[range]:
        store = opening()
        start.wait()
        return [store.append([f"{writer}.{n}.{part}".encode() for part in range(3)]) for n in range(10)]

    with ThreadPoolExecutor(4) as pool:
        ranges = list(pool.map(write, range(4)))
    store = opening()
    bodies = [body.decode() for body in store.read(0, store.size())]
    assert sorted(index for mine in ranges for one in mine for index in one) == list(range(120))
    for writer, mine in enumerate(ranges):
        assert all(before.stop <= after.start for before, after in pairwise(mine))
        for n, one in enumerate(mine):
            assert [bodies[index] for index in one] == [f"{writer}.{n}.{part}" for part in range(3)]


def test_a_reader_never_sees_a_later_entry_before_an_earlier_one(opening: Opening) -> None:
    opening()
    done = threading.Event()

    def write() -> None:
        store = opening()
        for n in range(60):
            store.append([b"%d" % n])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    store = opening()
    sizes = []
    while not done.is_set():
        size = store.size()
        seen = list(store.read(0, size))
        assert seen == [b"%d" % n for n in range(size)]
        sizes.append(size)
    writer.join()
    assert sizes == sorted(sizes) and store.size() == 60
