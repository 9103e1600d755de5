"""One timed run of `fuse` in a process of its own, as the peers have it: parquet in, parquet out, seconds as JSON.

python bench/fusion/ours.py OBSERVATIONS LINE_JSON OUT_FOLDER THREADS REPEATS EFFORT
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from truceline.app import sensor_models
from truceline.domain.arrangement import Line, LineVersion, Prior, Regions
from truceline.domain.dated import Dated, Since
from truceline.domain.fused import Fused
from truceline.domain.ids import LineId, PartyId
from truceline.fusion.associate import associate
from truceline.fusion.fuse import fuse
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.intake.plane import frame_for

WARM_UP = 2_000  # observations: enough to compile and to load every kernel
RSS_BYTES = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss


def line_along(vertices_deg: tuple[tuple[float, float], ...]) -> Line:
    """A line without an arrangement: one version, always in force."""
    version = LineVersion(vertices_deg=tuple((lon, lat) for lon, lat in vertices_deg), accuracy_m=0.0)
    since = Since(day=date.min, value=version, reference="simulated", grade="stated")
    return Line(
        id=LineId("line"), name="line", left=PartyId("left"), right=PartyId("right"), versions=Dated(history=(since,))
    )


def fused(observations: pa.Table, line: Line | None, threads: int, effort: str) -> Fused:
    """The whole way from columns to tables."""
    given = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
    return fuse(observations, None, line=line, threads=threads, effort=effort, **given)


def timed(run: Callable[[], object], repeats: int) -> tuple[float, float]:
    """CPU and wall seconds of the quickest of some runs."""
    best = (float("inf"), float("inf"))
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        best = min(best, (time.process_time() - cpu, time.perf_counter() - wall))
    return best


def main() -> None:
    """Warm up, run, write incidents and membership, print what it took."""
    observations = pq.read_table(sys.argv[1])
    line = line_along(json.loads(Path(sys.argv[2]).read_text()))
    out, threads, repeats, effort = Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
    start = time.perf_counter()
    fused(observations.slice(0, WARM_UP), line, threads, effort)
    first_s = time.perf_counter() - start
    again_s = timed(lambda: fused(observations.slice(0, WARM_UP), line, threads, effort), 1)[1]
    before_mib = peak_mib()
    kept: list[Fused] = []
    cpu_s, wall_s = timed(lambda: kept.append(fused(observations, line, threads, effort)), repeats)
    peak = peak_mib()
    bare_cpu_s, _ = timed(lambda: fused(observations, None, threads, effort), repeats)
    given = {"frame": frame_for(observations, line), "models": sensor_models(), "regions": Regions(), "prior": Prior()}
    batch_cpu_s, _ = timed(lambda: make_batch(observations, **given), repeats)
    batch, _, _ = make_batch(observations, **given)
    kernel_cpu_s, kernel_wall_s = timed(
        lambda: associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior(), threads=threads, effort=effort), repeats
    )
    pq.write_table(kept[-1].incidents, out / "incidents.parquet")
    pq.write_table(kept[-1].membership, out / "membership.parquet")
    spent = {
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "bare_cpu_s": bare_cpu_s,
        "batch_cpu_s": batch_cpu_s,
        "kernel_cpu_s": kernel_cpu_s,
        "kernel_wall_s": kernel_wall_s,
        "compile_s": first_s - again_s,
        "peak_mib": peak,
        "before_mib": before_mib,
    }
    print(json.dumps(spent))


def peak_mib() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 2**20


if __name__ == "__main__":
    main()
