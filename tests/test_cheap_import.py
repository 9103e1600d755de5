"""The command line answers at once: nothing heavy is loaded until a verb needs it."""

import json
import subprocess
import sys
import time

HEAVY = ("numba", "numpy", "fastapi", "pydantic", "sqlite3", "pyarrow", "scipy", "rich")
PROBE = "import json, sys; import {module}; print(json.dumps(sorted(sys.modules)))"
# 0.3 s is what we want on a free machine; several times that still tells a heavy import (numba alone is 0.5 s) on a
# loaded one, since the best of five is taken.
WANTED_S, BOUND_S = 0.3, 0.9


def loaded_by(module: str) -> set[str]:
    """Top-level names of everything that importing `module` loads, in a fresh process."""
    probe = PROBE.format(module=module)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, encoding="utf-8", timeout=60)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_command_line_loads_nothing_heavy() -> None:
    assert not loaded_by("truceline.cli.main") & set(HEAVY)


def test_the_menu_and_the_errors_load_nothing_heavy() -> None:
    assert not loaded_by("truceline.menu") & set(HEAVY)


def test_the_probe_sees_what_is_loaded() -> None:
    assert {"numpy", "truceline"} <= loaded_by("truceline.geo.arrays")


def test_help_is_quick() -> None:
    command = [sys.executable, "-c", "from truceline.cli.main import main; main(['--help'])"]
    times_s = []
    for _ in range(5):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60)
        times_s.append(time.perf_counter() - start)
        assert "verify" in done.stdout
    assert min(times_s) < BOUND_S, f"truceline --help took {min(times_s):.2f} s at best; wanted {WANTED_S} s"
