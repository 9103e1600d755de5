"""What every peer's script shares: columns in, labels out, and the seconds and memory that it took between."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Columns = dict[str, np.ndarray]
Places = dict[str, np.ndarray]  # label, x_m, y_m of those labels that the peer itself put somewhere
Answer = tuple[np.ndarray, Places | None]
FITTING = 4  # arguments, when told to learn
ALONE = -1  # the label of what was put with nothing
RSS_BYTES = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss


def main(
    associate: Callable[[Columns, dict[str, Any]], Answer],
    fit: Callable[[Columns, dict[str, Any]], dict[str, Any]] | None = None,
) -> None:
    """Run `associate` on the observations of argv[1], settings argv[3]; write labels (and places) beside argv[2].

    With a fourth argument, `fit` prints what it learns from the truth among the observations' columns.
    """
    observations, out = Path(sys.argv[1]), Path(sys.argv[2])
    settings = json.loads(sys.argv[3])
    columns = read(observations)
    if fit is not None and len(sys.argv) > FITTING:
        print(json.dumps(fit(columns, settings)))
        return
    wall, cpu = time.perf_counter(), time.process_time()
    labels, places = associate(columns, settings)
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    pq.write_table(pa.table({"label": np.asarray(labels, dtype=np.int64)}), out)
    if places is not None:
        pq.write_table(pa.table(places), out.with_suffix(".places"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 2**20
    print(json.dumps(spent | {"peak_mib": peak, "settings": settings}))


def read(path: Path) -> Columns:
    """The columns of a parquet file as NumPy arrays."""
    table = pq.read_table(path)
    return {name: table[name].to_numpy() for name in table.column_names}
