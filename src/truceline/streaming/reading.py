"""A Parquet file of observations, a batch of rows at a time: the columns that fusion needs, checked like a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from truceline.domain.ids import SourceId
from truceline.domain.inputs import RawPayload, Rejected
from truceline.domain.observation import COLUMNS
from truceline.errors import SourceError, UnreachableError
from truceline.fusion.intake.items import NEEDED
from truceline.fusion.streamed.hashes import hashes
from truceline.sources.casting import cast_table
from truceline.sources.checks import clip, refuse, repeat_problems
from truceline.sources.reading import Sheet, check_names
from truceline.sources.table import CLASH, keys_of, read_rows

AT_ONCE = 100_000  # rows
BUFFER_BYTES = 1 << 20
TIMES = ("time", "time_start")
FILE_ROW = "file_row"  # the place of a row in the file

I64 = np.ndarray[Any, np.dtype[np.int64]]
U64 = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """Rows of one batch that stand, with their place in the file as FILE_ROW; what no other may share; the refused."""

    table: pa.Table
    keys: U64
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A Parquet file and the columns of it that are read; `received_at` is when the file came."""

    path: Path
    columns: tuple[str, ...]
    n_rows: int
    received_at: datetime

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[tuple[int, pa.Table]]:
        """The rows in the order of the file, AT_ONCE at a time, each with the place of its first."""
        at = 0
        try:
            with pq.ParquetFile(self.path, buffer_size=BUFFER_BYTES, pre_buffer=False) as file:
                given = file.iter_batches(AT_ONCE, columns=list(self.columns if columns is None else columns))
                for batch in given:
                    table = pa.table(batch)
                    table.validate(full=True)
                    yield at, table
                    at += table.num_rows
        except (pa.ArrowException, OSError, ValueError) as error:
            raise SourceError(f"{self.path.name}: not a readable Parquet file ({clip(str(error))}).") from error

    def payload(self) -> RawPayload:
        """The file as sources are given it, without its bytes."""
        return RawPayload(source=SourceId(self.path.stem), name=self.path.name, received_at=self.received_at, body=b"")


def open_sheets(path: Path) -> Sheets:
    """The file at `path`; all of its columns are read only where a row has no id and gets one from all that it says.

    Raises SourceError if it is no Parquet file or names a column that the interchange does not have.
    """
    try:
        with pq.ParquetFile(path) as file:
            names, n_rows = file.schema_arrow.names, file.metadata.num_rows
    except OSError as error:
        raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
    except (pa.ArrowException, ValueError) as error:
        raise SourceError(f"{path.name}: not a readable Parquet file ({clip(str(error))}).") from error
    check_names(path.name, names, [c.name for c in COLUMNS])
    sheets = Sheets(path=path, columns=tuple(names), n_rows=n_rows, received_at=datetime.now(UTC))
    if "id" not in names or any(_nameless(table) for _, table in sheets.batches(["id"])):
        return sheets
    return replace(sheets, columns=tuple(name for name in names if name in NEEDED))


def rows_in(path: Path) -> int:
    """How many rows a Parquet file says it has; 0 where it says nothing of the kind."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return 0


def _nameless(table: pa.Table) -> bool:
    typed, _ = cast_table([c for c in COLUMNS if c.name == "id"], table, table.num_rows)
    return bool(typed.column("id").null_count)


def stated_us(table: pa.Table) -> I64:
    """(n,) the time that each row states, or the start of its interval, microseconds since 1970 UTC; 0 for neither."""
    at = pc.coalesce(*(table.column(name) for name in TIMES)).cast(pa.int64())
    return np.asarray(pc.fill_null(at, 0).to_numpy())


def times_us(sheets: Sheets) -> Iterator[I64]:
    """The times that rows state, batch by batch: two columns are read."""
    wanted = [c for c in COLUMNS if c.name in TIMES]
    for _, table in sheets.batches([name for name in TIMES if name in sheets.columns]):
        typed, _ = cast_table(wanted, table, table.num_rows)
        yield stated_us(typed)


def checked(sheets: Sheets) -> Iterator[Checked]:
    """The rows, each checked by itself; only all together show which use the id of another (see `used_twice`)."""
    payload = sheets.payload()
    for at, sheet in sheets.batches():
        table, problems = read_rows(Sheet(table=sheet, n_rows=sheet.num_rows, problems=()), payload)
        stands, rejected = refuse(payload.name, sheet.num_rows, problems)
        table = table.select(NEEDED).append_column(FILE_ROW, pa.array(np.arange(at, at + sheet.num_rows)))
        if not stands.all():
            table = table.filter(pa.array(stands))
        moved = tuple(replace(one, row=one.row + at) for one in rejected)
        yield Checked(table=table, keys=hashes(keys_of(table)), rejected=moved)


def used_twice(sheets: Sheets, keys: U64, rows: I64) -> tuple[Rejected, ...]:
    """Rows that stand and use the id of an earlier one; `keys` and `rows` are the hashes and places of all that do.

    The few that share a hash are read again, whole, to see whether they say the same.
    """
    in_order = np.sort(keys)
    again = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    if not len(again):
        return ()
    asked = rows[np.isin(keys, again)]
    payload, parts = sheets.payload(), []
    with pq.ParquetFile(sheets.path) as file:
        names = file.schema_arrow.names
    for at, sheet in sheets.batches(names):
        mine = asked[(asked >= at) & (asked < at + sheet.num_rows)] - at
        if len(mine):
            some = sheet.take(pa.array(mine))
            parts.append(read_rows(Sheet(table=some, n_rows=len(mine), problems=()), payload)[0])
    table = pa.concat_tables(parts).combine_chunks()
    stands = np.ones(len(asked), dtype=bool)
    problems = repeat_problems(table, keys_of(table), stands, "id", CLASH, asked)
    _, rejected = refuse(payload.name, len(asked), problems)
    return tuple(replace(one, row=int(asked[one.row - 1]) + 1) for one in rejected)
