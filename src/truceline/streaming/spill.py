"""Rows put down on disk by the stretch of time that they state, so that each stretch can be read again by itself."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from truceline.fusion.streamed.window import LEVEL
from truceline.streaming.reading import FILE_ROW, Checked, stated_us

BLOCK_US = round(LEVEL.block_s * 1e6)
ROWS = 250_000  # of a stretch, about
MOST_STRETCHES = 400  # files that are written at a time
OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")

I64 = np.ndarray[Any, np.dtype[np.int64]]


def cut(times_us: Iterable[I64], rows: int) -> I64:
    """Where stretches of about `rows` rows end (us since 1970), all but the last: on edges of blocks."""
    counts: dict[int, int] = {}
    for part in times_us:
        blocks, many = np.unique(part // BLOCK_US, return_counts=True)
        for block, n in zip(blocks.tolist(), many.tolist(), strict=True):
            counts[block] = counts.get(block, 0) + n
    each = max(rows, sum(counts.values()) // MOST_STRETCHES)
    ends, sofar = [], 0
    for block in sorted(counts):
        if sofar >= each:
            ends.append(block * BLOCK_US)
            sofar = 0
        sofar += counts[block]
    return np.array(ends, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretches:
    """Rows on disk: stretch k ends at `ends_us[k]`, the last one nowhere; `schema` is that of the rows."""

    folder: Path
    ends_us: I64
    schema: pa.Schema

    def __len__(self) -> int:
        return len(self.ends_us) + 1

    def read(self, k: int, without: I64, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of stretch k but those at places `without` in the file."""
        path = self.folder / f"rows-{k}.arrow"
        if not path.exists():
            return self.schema.empty_table()
        with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
            table = reader.read_all()
        if len(without):
            table = table.filter(pa.array(~np.isin(table.column(FILE_ROW).to_numpy(), without)))
        return table if columns is None else table.select(columns)


def spill(folder: Path, ends_us: I64, batches: Iterable[Checked]) -> Iterator[Checked]:
    """Write the rows of each batch to their stretches in `folder`, and hand the batch on; see `Stretches`."""
    writers: dict[int, Any] = {}
    with ExitStack() as stack:
        for batch in batches:
            stretch = np.searchsorted(ends_us, stated_us(batch.table), side="right")
            order = np.argsort(stretch, kind="stable")
            table = batch.table.take(pa.array(order)).combine_chunks()
            found, first = np.unique(stretch[order], return_index=True)
            for k, start, end in zip(found.tolist(), first.tolist(), [*first[1:].tolist(), len(order)], strict=True):
                if k not in writers:
                    path = str(folder / f"rows-{k}.arrow")
                    writers[k] = stack.enter_context(pa.ipc.new_file(path, table.schema, options=OPTIONS))
                writers[k].write_table(table.slice(start, end - start))
            yield batch
