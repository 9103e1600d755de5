"""What a small batch costs when a million observations are behind it: the world `mixd`, in order of receipt.

python bench/fusion/live.py [observations behind] [batches] [check]

At 190 times its own pace the world sends 500 observations a second, ten batches of 50. Each figure is CPU time of the
one thread that does the work. With `check`, everything is fused once more in one go and compared to the bit.
"""

import gc
import resource
import sys
import time
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

import truceline.fusion.live.intake as reading
import truceline.fusion.live.stage as stages
from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.associate import associate
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.live.live import Live
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import WORLDS

SEED = 9001
SIZE = 50  # observations a batch
MOST_ROWS = 1_000  # worked a batch, on average: fewer than half of the batches then work a block
SETTLING = 40  # batches before anything is measured, so that what waits is as much as it will be
MIB = 2**20 if sys.platform == "darwin" else 2**10


@dataclass
class Watch:
    """CPU seconds inside one function, and how much it was given."""

    spent_s: float = 0.0
    rows: int = 0
    calls: int = 0


@dataclass
class Run:
    """Milliseconds of each batch by part, blocks worked, and after how many batches each observation was told of."""

    whole: list[float] = field(default_factory=list)
    kernels: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)
    worked: list[int] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)


def watched(module, name: str) -> Watch:
    """Count what a function that `module` calls by `name` spends."""
    watch, real = Watch(), getattr(module, name)

    def call(*given, **more):
        start = time.thread_time()
        found = real(*given, **more)
        watch.spent_s += time.thread_time() - start
        watch.calls += 1
        watch.rows += len(given[1]) if len(given) > 1 else 0
        return found

    setattr(module, name, call)
    return watch


def as_received(n: int, behind: int):
    """The world in order of receipt with its places in the ledger, and the plane of its line."""
    made = simulate(WORLDS["mixd"], seed=SEED, n_observations=n)
    table = made.observations.sort_by("received_at").combine_chunks()
    place = np.arange(table.num_rows)
    entry = np.where(place < behind, 0, 1 + (place - behind) // SIZE)
    row = np.where(place < behind, place, (place - behind) % SIZE)
    return table.append_column("entry", pa.array(entry)).append_column("row", pa.array(row)), made.ground.frame


def replay(live: Live, table: pa.Table, most_rows: int | None, kernels: Watch, read: Watch) -> Run:
    """Add the batches of a table one by one."""
    run, sent = Run(), {}
    for batch, at in enumerate(range(0, table.num_rows, SIZE)):
        part = pa.table(table.slice(at, SIZE).to_pydict(), schema=table.schema)  # as it would come in: nobody's slice
        sent |= {f"{s}:{i}": batch for s, i in zip(part["source"].to_pylist(), part["id"].to_pylist(), strict=True)}
        spent = kernels.spent_s, read.spent_s
        start = time.thread_time()
        changes = live.add(part, most_rows=most_rows)
        whole = time.thread_time() - start
        told = {id for change in changes.incidents for id in change.observations}
        waited = [batch - sent.pop(id) for id in told if id in sent]
        if batch >= SETTLING:
            run.whole.append(1e3 * whole)
            run.kernels.append(1e3 * (kernels.spent_s - spent[0]))
            run.reading.append(1e3 * (read.spent_s - spent[1]))
            run.worked.append(changes.worked)
            run.changes.append(len(changes.incidents))
            run.waited += waited
    return run


def line(name: str, values) -> str:
    """A row of the table: median, 99th percentile and largest."""
    return f"| {name} | " + " | ".join(f"{v:,.1f}" for v in (*np.percentile(values, [50, 99]), max(values))) + " |"


def tell(title: str, run: Run) -> None:
    """Print what the batches took."""
    whole, kernels, read = (np.array(v) for v in (run.whole, run.kernels, run.reading))
    print(f"\n{title}, {len(whole)} batches:\n\n| | p50 | p99 | most |\n|---|---|---|---|")
    print(line("**a batch, ms**", whole))
    print(line("of which `run_block`, ms", kernels))
    print(line("of which `make_batch`, ms", read))
    print(line("all else, ms", whole - kernels - read))
    print(line("rows in blocks worked", run.worked))
    print(line("changes told", run.changes))
    print(line("batches until an observation is told of", run.waited))
    rate, busy = 1e3 * sum(run.worked) / kernels.sum(), np.count_nonzero(kernels) / len(kernels)
    print(f"\n{whole.mean():,.1f} ms a batch on average; {busy:.0%} of the batches worked a block;")
    print(f"`run_block` did {rate:,.0f} rows a CPU-second")


def peak_mib() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


def same(live: Live, table: pa.Table, given) -> bool:
    """Whether fusing everything in one go finds the same, to the bit."""
    batch, _, _ = make_batch(table, **given)
    once = associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior(), effort="fast")
    found = live.found()
    names = ("first", "member", "llr_nats", "p_member", "x_m", "y_m", "time_s", "cov", "gain_nats")
    return all(np.array_equal(getattr(once, name), getattr(found, name)) for name in names)


def main() -> None:
    """Fill, replay within bounds, replay without."""
    numbers = [int(given) for given in sys.argv[1:] if given.isdigit()]
    behind, batches = [*numbers, 1_000_000, 400][:2] if len(numbers) < 2 else numbers[:2]
    n = behind + 2 * (batches + SETTLING) * SIZE
    table, frame = as_received(n, behind)
    given = {"frame": frame, "models": sensor_models(), "regions": Regions(), "prior": Prior()}
    live, before = Live(**given), peak_mib()
    live.add(table.slice(0, 5 * SIZE))  # loads the kernels
    start = time.thread_time()
    live.add(table.slice(5 * SIZE, behind - 5 * SIZE))
    print(f"behind: {behind:,} observations, taken in at {behind / (time.thread_time() - start):,.0f} a CPU-second,")
    print(f"peak memory {peak_mib():,.0f} MiB, of which {before:,.0f} before (the world itself)")
    kernels, read = watched(stages, "run_block"), watched(reading, "make_batch")
    gc.freeze()
    middle = behind + (batches + SETTLING) * SIZE
    bounded = replay(live, table.slice(behind, middle - behind), MOST_ROWS, kernels, read)
    tell(f"`most_rows={MOST_ROWS}`", bounded)
    live.settle()
    tell("Everything that is touched at once", replay(live, table.slice(middle), None, kernels, read))
    if "check" in sys.argv:
        print(f"\nthe same as in one go: {same(live, table.slice(0, n), given)}")


if __name__ == "__main__":
    main()
