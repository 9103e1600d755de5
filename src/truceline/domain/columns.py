"""A column of a published table, and the Arrow and JSON schemas that follow from a list of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")
ARC_LIST = pa.list_(pa.struct([("from_deg", pa.float64()), ("to_deg", pa.float64())]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its unit is in its name, its bounds are checked at the edge.

    `published` is False for columns that only the house reads: they are left out of the interchange files.
    """

    name: str
    type: pa.DataType
    meaning: str
    enum: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    published: bool = True


def arrow_schema(columns: Sequence[Column], *, version: str, published_only: bool = False) -> pa.Schema:
    """The Arrow schema of a table, with meaning and version as metadata."""
    fields = [
        pa.field(c.name, c.type, nullable=not c.required, metadata={"meaning": c.meaning})
        for c in columns
        if c.published or not published_only
    ]
    return pa.schema(fields, metadata={"truceline": version})


def empty(columns: Sequence[Column], n_rows: int = 0) -> pa.Table:
    """A table of `n_rows` nulls: the start of a source that fills only what it knows."""
    return pa.table({c.name: pa.nulls(n_rows, c.type) for c in columns})


def from_rows(columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> pa.Table:
    """A table from dictionaries; keys that are no column are a programming error and raise KeyError."""
    known = {c.name for c in columns}
    for row in rows:
        if unknown := row.keys() - known:
            raise KeyError(f"no such column: {sorted(unknown)}")
    return pa.table({c.name: pa.array([r.get(c.name) for r in rows], c.type) for c in columns})


def complete(columns: Sequence[Column], table: pa.Table) -> pa.Table:
    """`table` with absent columns added as nulls, in the published order, without schema metadata."""
    have = set(table.column_names)
    arrays = {
        c.name: table.column(c.name).cast(c.type) if c.name in have else pa.nulls(table.num_rows, c.type)
        for c in columns
    }
    return pa.table(arrays)


def to_ipc(table: pa.Table) -> bytes:
    """The bytes of `table` as one Arrow IPC stream: the same for the same rows, however they came together."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema.remove_metadata()) as writer:
        writer.write_table(table.combine_chunks().replace_schema_metadata(None))
    return bytes(sink.getvalue())


def from_ipc(data: bytes) -> pa.Table:
    """The table that `to_ipc` wrote."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def json_schema(columns: Sequence[Column], *, title: str, version: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row as it stands in NDJSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "version": version,
        "type": "object",
        "additionalProperties": False,
        "required": [c.name for c in columns if c.required],
        "properties": {c.name: _json_property(c) for c in columns if c.published},
    }


def _json_property(column: Column) -> dict[str, Any]:
    kind: dict[str, Any]
    if pa.types.is_timestamp(column.type):
        kind = {"type": "string", "format": "date-time"}
    elif column.type == ARC_LIST:
        arc = {"type": "object", "properties": {"from_deg": {"type": "number"}, "to_deg": {"type": "number"}}}
        kind = {"type": "array", "items": arc}
    elif pa.types.is_list(column.type):
        kind = {"type": "array", "items": {"type": "string"}}
    elif pa.types.is_integer(column.type):
        kind = {"type": "integer"}
    elif pa.types.is_floating(column.type):
        kind = {"type": "number"}
    else:
        kind = {"type": "string"}
    if column.enum:
        kind["enum"] = list(column.enum)
    if column.low is not None:
        kind["minimum"] = column.low
    if column.high is not None:
        kind["maximum"] = column.high
    if not column.required:
        kind = {"anyOf": [kind, {"type": "null"}]}
    return {"description": column.meaning, **kind}
