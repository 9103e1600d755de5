"""A warm process that forks runs and kills them: started by test_crash.py, it prints one JSON line a trial."""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.mission.small_mission import ledger_bodies, make_mission, run, with_keys_of

from truceline.app import verify_ledger
from truceline.mission import loop
from truceline.mission.intake import ingest


def acknowledge(pipe: int) -> None:
    """From now on every file taken in and every report issued is acknowledged through `pipe`, once it returned."""

    def taking_in(mission, source, path):
        one = ingest(mission, source, path)
        os.write(pipe, f"{one.entry}\n".encode())
        return one

    loop.ingest = taking_in


def forked(folder: Path, pipe: int) -> int:
    """The process id of a fork that runs one pass."""
    child = os.fork()
    if child == 0:
        acknowledge(pipe)
        run(folder)
        os._exit(0)
    return child


def trial(root: Path, n: int, reference: Path, whole_run_s: float, chance: random.Random) -> dict:
    """Kill a run at a random moment, let the next one finish, and compare with a run that nobody killed."""
    folder = with_keys_of(make_mission(root / f"trial-{n}"), reference)
    read, write = os.pipe()
    child = forked(folder, write)
    moment_s = chance.uniform(0.0, 1.1 * whole_run_s)
    time.sleep(moment_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.set_blocking(read, False)
    try:
        acknowledged = [int(line) for line in os.read(read, 65536).split()]
    except BlockingIOError:
        acknowledged = []
    survived = ledger_bodies(folder)
    finish = forked(folder, write)
    _, finished = os.waitpid(finish, 0)
    os.close(read)
    os.close(write)
    verified = verify_ledger(folder)
    return {
        "moment_s": round(moment_s, 3),
        "killed": os.WIFSIGNALED(status),
        "acknowledged": acknowledged,
        "entries_after_kill": len(survived),
        "finished": finished == 0,
        "verified": verified.ok,
        "problems": verified.problems,
        "same_ledger": ledger_bodies(folder) == ledger_bodies(reference),
        "same_reports": tree(folder / "reports") == tree(reference / "reports"),
        "same_tables": tree(folder / "derived") == tree(reference / "derived"),
        "left_over": sorted(str(p.relative_to(folder)) for p in folder.rglob("*.tmp")),
    }


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` that is not a temporary one."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".tmp"}


def main(root: Path, trials: int, seed: int) -> None:
    """Warm up on the reference, then run the trials."""
    reference = make_mission(root / "reference")
    run(reference)
    timed = with_keys_of(make_mission(root / "timed"), reference)
    started = time.perf_counter()
    run(timed)
    whole_run_s = time.perf_counter() - started
    chance = random.Random(seed)
    for n in range(trials):
        sys.stdout.write(json.dumps(trial(root, n, reference, whole_run_s, chance)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
