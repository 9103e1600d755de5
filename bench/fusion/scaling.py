"""How the time of association grows with the number of observations, with tempo, and what a second thread gains.

python bench/fusion/scaling.py [most observations]
"""

import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from worlds import table

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.associate import associate
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.simulation.campaign import simulate
from truceline.simulation.worlds import WORLDS, World

SEED = 9001
MOST = 1_000_000
TEMPOS = (6_000, 12_000, 24_000, 48_000, 96_000, 192_000)  # events a day
AT_EACH = 50_000  # observations at each tempo
REPEATS = 3


def batch_of(world: World, n: int) -> Batch:
    """A world's observations, ready to be weighed."""
    made = simulate(world, n_observations=n, seed=SEED)
    given = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
    return make_batch(made.observations, frame=made.ground.frame, **given)[0]


def seconds(batch: Batch, threads: int, clock: Callable[[], float]) -> float:
    """The quickest of some runs, fast."""
    best = math.inf
    for _ in range(REPEATS):
        start = clock()
        associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior(), threads=threads, effort="fast")
        best = min(best, clock() - start)
    return best


def by_number(most: int) -> None:
    """Time against the number of observations; the exponent is that from one line to the next."""
    rows, before = [], (0, 0.0)
    n = 10_000
    while n <= most:
        batch = batch_of(WORLDS["mix"], n)
        cpu, one, two = (
            seconds(batch, k, c) for k, c in ((1, time.process_time), (1, time.perf_counter), (2, time.perf_counter))
        )
        grown = math.log(cpu / before[1]) / math.log(n / before[0]) if before[0] else math.nan
        rows.append((f"{n:,}", f"{cpu:.2f}", f"{n / cpu:,.0f}", f"{grown:.3f}", f"{one / two:.2f}"))
        before, n = (n, cpu), n * 10
    print(table(("mix, observations", "CPU s", "obs/CPU s", "exponent", "2 threads against 1"), rows), "\n")


def by_tempo() -> None:
    """Time an observation against how thick events come."""
    rows, first = [], 0.0
    for tempo in TEMPOS:
        violence = replace(WORLDS["mix"].violence, events_per_day=float(tempo))
        batch = batch_of(replace(WORLDS["mix"], violence=violence), AT_EACH)
        each_us = seconds(batch, 1, time.process_time) / AT_EACH * 1e6
        first = first or each_us
        rows.append((f"{tempo:,}", f"{each_us:.2f}", f"{each_us / first:.2f}", f"{tempo / TEMPOS[0]:.0f}"))
    print(table(("mix, events a day", "us an observation", "against the first", "tempo against the first"), rows))


if __name__ == "__main__":
    batch_of(WORLDS["mix"], 2_000)
    seconds(batch_of(WORLDS["mix"], 2_000), 1, time.process_time)  # compiles
    by_number(int(sys.argv[1]) if len(sys.argv) > 1 else MOST)
    by_tempo()
