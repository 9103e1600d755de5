"""A process that appends is killed at random moments: what it acknowledged is there, and the tree holds."""

import os
import random
import signal
import struct
import time
from pathlib import Path

import pytest
from ledger_place import ORIGIN, Place

from truceline.ledger.keys import load_signer

N_KILLS = 10


def append_until_killed(place: Place, pipe: int) -> None:
    """Append one batch after another and report each last index; never returns."""
    try:
        ledger = place.open()
        while True:
            start = ledger.size
            added = ledger.append([place.submission(n) for n in range(start, start + start % 3 + 1)])
            os.write(pipe, struct.pack(">Q", added[-1]))
    finally:
        os._exit(1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_nothing_acknowledged_is_lost(place: Place) -> None:
    moments = random.Random(20180905)
    acknowledged = -1
    for _ in range(N_KILLS):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            append_until_killed(place, writer)
        os.close(writer)
        time.sleep(moments.uniform(0.0, 0.25))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the child ended by itself"
        with os.fdopen(reader, "rb") as pipe:
            reported = pipe.read()
        for (index,) in struct.iter_unpack(">Q", reported[: len(reported) // 8 * 8]):
            assert index > acknowledged
            acknowledged = index
        ledger = place.open()  # signs what was committed and not yet attested
        assert ledger.size > acknowledged
        result = place.verify()
        assert result.ok, result.problems
    assert acknowledged > N_KILLS
    names = [getattr(record, "name", "") for _, record in place.open().records()]
    assert names == [f"day-{n}.csv" for n in range(len(names))]
    assert not list(place.folder.rglob("*.sqlite-journal"))


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_four_processes_agree_on_one_key_though_one_is_killed(tmp_path: Path) -> None:
    moments = random.Random(3)
    for attempt in range(8):
        keys = tmp_path / str(attempt)
        children = []
        for _ in range(4):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    made = load_signer(keys, ORIGIN).text()
                    code = 0 if load_signer(keys, ORIGIN).text() == made else 1
                finally:
                    os._exit(code)
            children.append(child)
        time.sleep(moments.uniform(0.0, 0.01))
        os.kill(children[0], signal.SIGKILL)
        ends = [os.waitpid(child, 0)[1] for child in children]
        assert ends[1:] == [0, 0, 0]
        assert load_signer(keys, ORIGIN).verifier.text() == (keys / "ledger.pub").read_text().strip()
