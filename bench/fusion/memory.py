"""Time and memory of `truceline fuse` from 1e4 to 1e7 rows, all interchange columns in the file, rows shuffled.

python bench/fusion/memory.py [rows ...]
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from truceline.domain.columns import complete
from truceline.domain.observation import COLUMNS
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import WORLDS

HOME = Path(__file__).resolve().parent.parent.parent / ".bench" / "memory"
WORLD, SEED = "mix", 9001
ROWS = (10_000, 100_000, 1_000_000, 10_000_000)
PIECE = 200_000  # rows simulated at a time; each piece begins on the day after the one before
DAY_US = 86_400_000_000
PARTS = 16  # of the shuffle: rows go to one of so many files, each is shuffled, and the files follow one another
RUN = """
import json, resource, sys, time
started = time.perf_counter()
from truceline.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as done:
    assert not done.code, done.code
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"wall_s": time.perf_counter() - started, "cpu_s": used.ru_utime + used.ru_stime,
                  "peak_mib": used.ru_maxrss / 1024}))
"""


def make(n_rows: int) -> Path:
    """The file of `n_rows` rows, made once."""
    path = HOME / f"{WORLD}-{n_rows}.parquet"
    if path.exists():
        return path
    HOME.mkdir(parents=True, exist_ok=True)
    rng, schema = np.random.default_rng(SEED), None
    writers: list[pq.ParquetWriter] = []
    parts = [HOME / f".part-{n_rows}-{k}.parquet" for k in range(PARTS if n_rows > PIECE else 1)]
    shift_us = 0
    for piece, at in enumerate(range(0, n_rows, PIECE)):
        made = simulate(WORLDS[WORLD], n_observations=min(PIECE, n_rows - at), seed=SEED + piece)
        table = complete(COLUMNS, _moved(made.observations, shift_us, piece))
        if piece == 0:
            (HOME / "line.json").write_text(json.dumps({"type": "LineString", "coordinates": made.line_deg}))
        shift_us += math.ceil(made.days + 0.1) * DAY_US
        writers = writers or [pq.ParquetWriter(part, table.schema) for part in parts]
        goes_to = rng.integers(len(parts), size=table.num_rows)
        for k, writer in enumerate(writers):
            writer.write_table(table.take(pa.array(rng.permutation(np.flatnonzero(goes_to == k)))))
        schema = table.schema
    for writer in writers:
        writer.close()
    with pq.ParquetWriter(path.with_suffix(".tmp"), schema) as whole:
        for part in parts:
            table = pq.read_table(part)
            whole.write_table(table.take(pa.array(rng.permutation(table.num_rows))))
            part.unlink()
    path.with_suffix(".tmp").rename(path)
    return path


def _moved(table: pa.Table, by_us: int, piece: int) -> pa.Table:
    """The rows so much later, under ids of their own."""
    for name in ("time", "received_at"):
        later = pc.add(table.column(name), pa.scalar(by_us, pa.duration("us")))
        table = table.set_column(table.column_names.index(name), name, later)
    ids = pc.binary_join_element_wise(pa.scalar(f"p{piece}"), table.column("id"), "-")
    return table.set_column(table.column_names.index("id"), "id", ids)


def run(path: Path, threads: int) -> dict[str, float]:
    """What `truceline fuse` takes in a process of its own."""
    out = HOME / f"out-{threads}"
    command = ["fuse", str(path), "--out", str(out), "--line", str(HOME / "line.json"), "--effort", "fast"]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command, "--threads", str(threads), "--json"],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    used: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return used


def main() -> None:
    """Print every figure."""
    if sys.argv[1:2] == ["make"]:
        make(int(sys.argv[2]))
        return
    wanted = [int(word) for word in sys.argv[1:]] or ROWS
    threads_at = [int(word) for word in os.environ.get("THREADS", "1,2").split(",")]
    for n in wanted:  # in processes of their own: what simulating takes is no part of this
        subprocess.run([sys.executable, __file__, "make", str(n)], check=True)
    run(make(ROWS[0]), 1)  # compiles, both ways: the smallest table is fused in memory
    run(make(300_000), 1)
    print("| rows | threads | wall s | CPU s | rows/CPU s | peak MiB |\n|---|---|---|---|---|---|")
    for threads in threads_at:
        took = {}
        for n in wanted:
            took[n] = used = run(HOME / f"{WORLD}-{n}.parquet", threads)
            cells = (f"{n:,}", threads, f"{used['wall_s']:.1f}", f"{used['cpu_s']:.1f}", f"{n / used['cpu_s']:,.0f}",
                     f"{used['peak_mib']:.0f}")  # fmt: skip
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
        _slopes(took, threads)


def _slopes(took: dict[int, dict[str, float]], threads: int) -> None:
    """Memory a row between the two largest tables, and the exponents of CPU time over rows."""
    n = sorted(took)
    if len(n) < 2:
        return
    grown = (took[n[-1]]["peak_mib"] - took[n[-2]]["peak_mib"]) * 2**20 / (n[-1] - n[-2])
    print(f"\n{threads} thread(s): {grown:.0f} bytes a row from {n[-2]:,} to {n[-1]:,}")
    per_row = (took[n[1]]["cpu_s"] - took[n[0]]["cpu_s"]) / (n[1] - n[0])
    start_s = took[n[0]]["cpu_s"] - n[0] * per_row
    for name, less in (("as it is", 0.0), (f"less {start_s:.1f} s of start-up", start_s)):
        cpu = [took[k]["cpu_s"] - less for k in n]
        fitted = np.polyfit(np.log(n), np.log(cpu), 1)[0]
        last = math.log(cpu[-1] / cpu[-2]) / math.log(n[-1] / n[-2])
        print(f"CPU time {name} grows as N to the {fitted:.3f} over all, {last:.3f} over the last step")
    print()


if __name__ == "__main__":
    main()
