"""Payload bytes to columns as they were written: format by suffix, text decoding, and rows that are no rows."""

import csv
import difflib
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from truceline.domain.columns import Column
from truceline.domain.inputs import RawPayload
from truceline.errors import SourceError
from truceline.sources.casting import json_column
from truceline.sources.checks import WHOLE_ROW, Problem, clip

FORMATS = (".csv", ".ndjson", ".parquet")
CHUNK_ROWS = 50_000  # rows are Python objects only a chunk at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Columns as received, one entry a data row in the order of the file; a row that is no row is all null there."""

    table: pa.Table
    n_rows: int
    problems: tuple[Problem, ...]


def unpack(payload: RawPayload, formats: Sequence[str]) -> tuple[str, bytes]:
    """The format of a payload, told by the suffix of its name, and its bytes with gzip taken off.

    Raises SourceError for a suffix that is not in `formats`, and for a gzip file that cannot be opened.
    """
    name, body = payload.name.casefold(), payload.body
    if name.endswith(".gz"):
        try:
            name, body = name.removesuffix(".gz"), gzip.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{payload.name}: not a gzip file ({error}). Pack it again or send it plain.") from error
    for suffix in formats:
        if name.endswith(suffix):
            return suffix, body
    raise SourceError(f"{payload.name}: the suffix tells no known format. Known: {', '.join(formats)}, each also .gz.")


def decode(file: str, body: bytes) -> str:
    """UTF-8 text, with or without a byte order mark. Raises SourceError for any other encoding."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{file}:{line}: not UTF-8 text (byte {body[error.start]:#04x}). Save the file as UTF-8."
        ) from error
    if not text.strip():
        raise SourceError(f"{file}: empty. Send the header and at least one row.")
    return text


def check_names(file: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Raises SourceError if a column is unknown, with the nearest known one, or comes twice."""
    seen: set[str] = set()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name[:80], known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known)}."
            raise SourceError(f"{file}: unknown column {clip(name)!a}. {hint}")
        if name in seen:
            raise SourceError(f"{file}: column '{name}' comes twice. Keep one.")
        seen.add(name)


def csv_rows(
    file: str, text: str, known: Sequence[str] | None
) -> tuple[tuple[str, ...], Iterator[list[str] | Problem]]:
    """Header of a CSV text and its rows in order; a row that does not fit the header comes as a Problem at its place.

    Blank lines are no rows; `known` None takes any column names. Raises SourceError where the header cannot be used.
    """
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = tuple(cell.strip() for cell in next((row for row in lines if row), []))
    except csv.Error as error:
        raise SourceError(f"{file}: the header cannot be read ({error}).") from error
    check_names(file, header, header if known is None else known)
    return header, _fitting(lines, len(header))


def _fitting(lines: Iterator[list[str]], width: int) -> Iterator[list[str] | Problem]:
    while True:
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem.of_row(f"the row cannot be read ({error}): check its quotes", "")
            continue
        if len(row) == width:
            yield row
        elif row:
            reason = f"{len(row)} cells where the header has {width}: check its commas and quotes"
            yield Problem.of_row(reason, ",".join(row))


def read_sheet(payload: RawPayload, columns: Sequence[Column]) -> Sheet:
    """The columns of a payload in one of the three interchange formats. Raises SourceError (see `unpack`)."""
    suffix, body = unpack(payload, FORMATS)
    if suffix == ".parquet":
        return _read_parquet(payload.name, body, columns)
    text = decode(payload.name, body)
    if suffix == ".csv":
        return csv_sheet(payload.name, text, [c.name for c in columns])
    return _read_ndjson(payload.name, text, columns)


def _read_parquet(file: str, body: bytes, columns: Sequence[Column]) -> Sheet:
    try:
        table = pq.ParquetFile(pa.BufferReader(body)).read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"{file}: not a readable Parquet file ({clip(str(error))}).") from error
    check_names(file, table.column_names, [c.name for c in columns])
    return Sheet(table=table, n_rows=table.num_rows, problems=())


def csv_sheet(file: str, text: str, known: Sequence[str] | None) -> Sheet:
    """The columns of a CSV text as it was written (see `csv_rows`), all of them text."""
    header, rows = csv_rows(file, text, known)

    def chunk(cells: Sequence[Any]) -> tuple[pa.Table, list[Problem]]:
        turned = zip(*cells, strict=True)
        return pa.table({name: pa.array(cell, pa.string()) for name, cell in zip(header, turned, strict=True)}), []

    return _gather(rows, chunk)


def _read_ndjson(file: str, text: str, columns: Sequence[Column]) -> Sheet:
    known = [c.name for c in columns]

    def chunk(rows: Sequence[Any]) -> tuple[pa.Table, list[Problem]]:
        arrays, problems = {WHOLE_ROW: pa.nulls(len(rows))}, []
        present = frozenset().union(*rows)
        for column in columns:
            if column.name in present:
                arrays[column.name], found = json_column(column, [row.get(column.name) for row in rows])
                problems += found
        return pa.table(arrays), problems

    return _gather(_json_rows(file, text, known), chunk)


def _json_rows(file: str, text: str, known: Sequence[str]) -> Iterator[dict[str, Any] | Problem]:
    names = frozenset(known)
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            yield Problem.of_row(f"not JSON ({clip(str(error))}): write one object a line", line)
            continue
        if not isinstance(row, dict):
            yield Problem.of_row("not a JSON object: write one object a line", line)
            continue
        if row.keys() - names:
            check_names(file, list(row), known)
        yield row


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in one object")
    return found


def _gather(rows: Iterator[Any], chunk: Callable[[Sequence[Any]], tuple[pa.Table, list[Problem]]]) -> Sheet:
    """Rows to columns, a chunk at a time; every Problem keeps its place as a row of nulls."""
    tables: list[pa.Table] = []
    problems: list[Problem] = []
    start = 0
    while batch := list(islice(rows, CHUNK_ROWS)):
        whole = np.array([not isinstance(row, Problem) for row in batch])
        problems += [row.moved(start + n) for n, row in enumerate(batch) if isinstance(row, Problem)]
        if whole.any():
            table, found = chunk([row for row in batch if not isinstance(row, Problem)])
            place = np.flatnonzero(whole)
            problems += [problem.placed(start + place) for problem in found]
            tables.append(_spread(table, place, len(batch)))
        else:
            tables.append(pa.table({WHOLE_ROW: pa.nulls(len(batch))}))
        start += len(batch)
    joined = pa.concat_tables(tables, promote_options="default") if tables else pa.table({})
    kept = [name for name in joined.column_names if name != WHOLE_ROW]
    return Sheet(table=joined.select(kept), n_rows=start, problems=tuple(problems))


def _spread(table: pa.Table, place: np.ndarray[Any, Any], n_rows: int) -> pa.Table:
    if table.num_rows == n_rows:
        return table
    source = np.full(n_rows, -1, dtype=np.int64)
    source[place] = np.arange(len(place))
    return table.take(pa.array(source, mask=source < 0))
