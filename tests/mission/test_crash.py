"""kill -9 at any moment of a run loses nothing acknowledged, and the next run finishes the work."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.mission.crash_parent import tree
from tests.mission.small_mission import AT, ledger_bodies, make_mission, run, with_keys_of

from truceline.app import verify_ledger

TRIALS = 50
FRESH = 3


@pytest.fixture(scope="module")
def trials(tmp_path_factory, root):
    """What became of fifty runs killed in forks of one warm process."""
    folder = tmp_path_factory.mktemp("crash")
    seed = random.SystemRandom().randrange(2**32)  # printed on failure by every assertion's message
    done = subprocess.run(
        [sys.executable, "tests/mission/crash_parent.py", str(folder), str(TRIALS), str(seed)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) | {"seed": seed} for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_fifty_kills_lose_nothing_acknowledged(trials):
    assert len(trials) == TRIALS
    assert sum(t["killed"] for t in trials) >= TRIALS // 2, "most kills came after the run had ended"
    for t in trials:
        assert all(entry < t["entries_after_kill"] for entry in t["acknowledged"]), t


@pytest.mark.slow
def test_after_each_kill_the_next_run_ends_where_an_undisturbed_one_does(trials):
    for t in trials:
        assert t["finished"], t
        assert t["verified"], t
        assert t["same_ledger"] and t["same_reports"] and t["same_tables"], t


@pytest.mark.slow
def test_the_kills_hit_different_stages_of_the_run(trials):
    stages = {t["entries_after_kill"] for t in trials if t["killed"]}
    assert len(stages) >= 4, f"kills hit only the stages {sorted(stages)}"


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.35, 0.6, 0.85])
def test_a_fresh_process_killed_is_finished_by_the_next(tmp_path: Path, share: float):
    reference = make_mission(tmp_path / "reference")
    run(reference)
    command = [sys.executable, "-m", "truceline.cli.main", "run", "--once", "--at", AT().isoformat()]
    timed = with_keys_of(make_mission(tmp_path / "timed"), reference)
    started = time.perf_counter()
    subprocess.run([*command, str(timed)], check=True, capture_output=True)
    whole_run_s = time.perf_counter() - started
    folder = with_keys_of(make_mission(tmp_path / "killed"), reference)
    process = subprocess.Popen([*command, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(share * whole_run_s * random.uniform(0.9, 1.1))
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run([*command, str(folder)], check=True, capture_output=True)
    assert verify_ledger(folder).ok
    assert ledger_bodies(folder) == ledger_bodies(reference)
    assert tree(folder / "reports") == tree(reference / "reports")
