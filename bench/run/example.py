"""Seconds and peak memory of `truceline run --once` on the example mission, each step as a fresh process.

python bench/run/example.py
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "minsk-2018"
# A small process of its own starts the step, so that RUSAGE_CHILDREN is that step's peak and nobody else's.
MEASURE = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, done.stderr]))
"""
CALL = "from truceline.cli.main import main; main()"
RSS_BYTES = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss


def measured(*arguments: str, **variables: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MiB of one `truceline` call. Raises SystemExit if it fails."""
    command = [sys.executable, "-c", CALL, *arguments]
    runner = [sys.executable, "-c", MEASURE, *command]
    answer = subprocess.run(runner, stdout=subprocess.PIPE, check=True, env=os.environ | variables)
    code, wall_s, cpu_s, peak, said = json.loads(answer.stdout)
    if code != 0:
        raise SystemExit(f"truceline {' '.join(arguments)} ended with {code}:\n{said}")
    return wall_s, cpu_s, peak * RSS_BYTES / 2**20


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as temporary:
        mission, unspoilt, kernels = (Path(temporary) / name for name in ("minsk-2018", "fresh", "kernels"))
        shutil.copytree(EXAMPLE, mission)
        shutil.copytree(EXAMPLE, unspoilt)
        # a folder of its own for compiled kernels: the first call of all fills it, as on a fresh machine
        cache = {"NUMBA_CACHE_DIR": str(kernels)}
        steps = (
            ("--help", ("--help",)),
            ("run --once, kernels to compile", ("run", "--once", str(unspoilt))),
            ("run --once, first", ("run", "--once", str(mission))),
            ("run --once, nothing new", ("run", "--once", str(mission))),
            ("verify", ("verify", "--mission", str(mission))),
            ("verify --replay", ("verify", "--replay", "--mission", str(mission))),
        )
        start = time.perf_counter()
        for name, arguments in steps:
            wall_s, cpu_s, peak_mib = measured(*arguments, **cache)
            print(f"{name:30} {wall_s:6.2f} s wall, {cpu_s:6.2f} s CPU, peak {peak_mib:5.0f} MiB")
        pages = sorted(mission.glob("reports/*/*.html"))
        size_kib = sum(page.stat().st_size for page in pages) / 1024
        print(
            f"{len(pages)} pages, {size_kib / len(pages):.0f} KiB each; all steps {time.perf_counter() - start:.1f} s"
        )


if __name__ == "__main__":
    main()
