"""Ours on every simulated world: agreement, places, sides, speed, memory, on seeds that nothing was tuned on.

python bench/fusion/worlds.py [observations] [world ...]
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from plain import Prepared, prepared
from scoring import Limit, Score, limit, score_ours

from truceline.simulation.worlds import WORLDS, World

HERE = Path(__file__).resolve().parent
SEEDS = (9001, 9002, 9003)
PRESETS = ("mix", "mixd", "pts", "arr")  # the others differ from `mix` in one respect each
N_OBSERVATIONS = 100_000
EFFORTS = ("fast", "thorough")
REPEATS = 3


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One world on one seed and effort: what came out, what could have, and what it took with one thread and two."""

    world: World
    seed: int
    effort: str
    n: int
    score: Score
    limit: Limit
    one: dict[str, float]
    two: dict[str, float] | None


def measure(
    data: Prepared, ceiling: Limit, effort: str, *, two_threads: bool = True, repeats: int = REPEATS
) -> Measured:
    """Run `fuse` on the world's file in fresh processes and score what it wrote."""
    folder = data.observations.parent
    one = run_ours(data, 1, repeats, effort)
    incidents, membership = (pq.read_table(folder / f"{name}.parquet") for name in ("incidents", "membership"))
    return Measured(
        world=data.simulated.world,
        seed=data.simulated.seed,
        effort=effort,
        n=data.simulated.observations.num_rows,
        score=score_ours(data, incidents, membership),
        limit=ceiling,
        one=one,
        two=run_ours(data, 2, repeats, effort) if two_threads else None,
    )


def run_ours(data: Prepared, threads: int, repeats: int, effort: str, **environment: str) -> dict[str, float]:
    """The seconds and memory that `ours.py` prints."""
    folder = data.observations.parent
    line = folder / "line.json"
    line.write_text(json.dumps(data.simulated.line_deg))
    command = [sys.executable, HERE / "ours.py", data.observations, line, folder, str(threads), str(repeats), effort]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)
    if done.returncode != 0:
        raise SystemExit(f"ours.py failed on {folder.name}:\n{done.stderr}")
    spent: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return spent


def compile_seconds(data: Prepared) -> float:
    """First call less second call where no kernel has been compiled before."""
    with tempfile.TemporaryDirectory() as cache:
        return run_ours(data, 1, 1, EFFORTS[0], NUMBA_CACHE_DIR=cache)["compile_s"]


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


AGREEMENT = ("world", "seed", "effort", "F1", "precision", "recall", "ARI", "oracle F1", "regret",
             "median error km", "floor km", "ratio", "side right")  # fmt: skip


def agreement(m: Measured) -> tuple[str, ...]:
    """The row of a world and seed."""
    pairs, ceiling = m.score.pairs, m.limit.oracle.f1
    return (
        m.world.name,
        str(m.seed),
        m.effort,
        f"**{pairs.f1:.3f}**",
        f"{pairs.precision:.3f}",
        f"{pairs.recall:.3f}",
        f"{pairs.adjusted_rand:.3f}",
        f"{ceiling:.3f}",
        f"{ceiling - pairs.f1:.3f}",
        f"{m.score.error_km:.3f}",
        f"{m.limit.floor_km:.3f}",
        f"{m.score.error_km / m.limit.floor_km:.2f}",
        f"{m.score.side:.3f}",
    )


SPEED = ("world", "seed", "effort", "association obs/CPU s", "fuse without a line", "fuse with a line",
         "columns in, share", "fuse obs/s, 1 thread", "2 threads",
         "association, 2 threads against 1", "peak MiB", "of which before")  # fmt: skip


def speed(m: Measured) -> tuple[str, ...]:
    """The row of a world and seed."""
    one, two = m.one, m.two or m.one
    return (
        m.world.name,
        str(m.seed),
        m.effort,
        f"**{m.n / one['kernel_cpu_s']:,.0f}**",
        f"{m.n / one['bare_cpu_s']:,.0f}",
        f"{m.n / one['cpu_s']:,.0f}",
        f"{one['batch_cpu_s'] / one['cpu_s']:.0%}",
        f"{m.n / one['wall_s']:,.0f}",
        f"{m.n / two['wall_s']:,.0f}",
        f"{one['kernel_wall_s'] / two['kernel_wall_s']:.2f}",
        f"{one['peak_mib']:.0f}",
        f"{one['before_mib']:.0f}",
    )


def main() -> None:
    """Print every figure."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    names = [word for word in sys.argv[1:] if not word.isdigit()]
    n = numbers[0] if numbers else N_OBSERVATIONS
    measured = []
    for name in names or WORLDS:
        for seed in SEEDS if name in PRESETS else SEEDS[:1]:
            data = prepared(WORLDS[name], n, seed)
            ceiling = limit(data)
            for effort in EFFORTS:
                measured.append(measure(data, ceiling, effort, two_threads=seed == SEEDS[0]))
                print(" ".join(agreement(measured[-1])), file=sys.stderr, flush=True)
    print(f"{n:,} observations a world\n")
    print(table(AGREEMENT, map(agreement, measured)), "\n")
    print(table(SPEED, (speed(m) for m in measured if m.two is not None)), "\n")
    print(f"compiling, once a machine: {compile_seconds(prepared(WORLDS['mix'], 4_000, SEEDS[0])):.1f} s")


if __name__ == "__main__":
    main()
