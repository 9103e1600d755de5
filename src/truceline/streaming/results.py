"""What pieces have told, put down on disk and put in order at the end."""

import os
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from truceline.domain.columns import arrow_schema
from truceline.domain.fused import VERSION
from truceline.durable import sync_folder
from truceline.errors import UnreachableError
from truceline.fusion.streamed.given import NotInPiecesError
from truceline.fusion.streamed.tables import NO_INCIDENT, Told, written
from truceline.mission.publish import PUBLISHED

AT_ONCE = 131_072  # rows of the results that are written at a time
HALF = np.uint64(32)  # bits of the digits of a short id
INCIDENTS = arrow_schema(PUBLISHED["incidents"], version=VERSION, published_only=True)
MEMBERSHIP = arrow_schema(PUBLISHED["membership"], version=VERSION, published_only=True)
OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")

U64 = np.ndarray[Any, np.dtype[np.uint64]]
I64 = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(slots=True, kw_only=True, eq=False)
class Results:
    """What has been told so far: incidents as files in `folder`, their times and numbers and all observations here."""

    folder: Path
    sizes: list[int] = field(default_factory=list)
    times: list[I64] = field(default_factory=list)
    numbers: list[U64] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def add(results: Results, told: Told) -> None:
    """Take in what one piece tells."""
    results.told.append(told._replace(incidents=pa.table({}), number=told.number[:0]))
    if not len(told.number):
        return
    path = str(results.folder / f"incidents-{len(results.sizes)}.arrow")
    table = told.incidents.select([*INCIDENTS.names, "founding"])
    with pa.ipc.new_file(path, table.schema, options=OPTIONS) as writer:
        writer.write_table(table)
    results.sizes.append(len(told.number))
    results.times.append(table.column("time").cast(pa.int64()).to_numpy())
    results.numbers.append(told.number)


def write_incidents(results: Results, path: Path) -> tuple[int, U64]:
    """The file of incidents in order of time and id; how many there are, and the numbers of those with long ids."""
    number = np.concatenate([np.empty(0, dtype=np.uint64), *results.numbers])
    time = np.concatenate([np.empty(0, dtype=np.int64), *results.times])
    starts = np.concatenate([[0], np.cumsum(results.sizes)]).astype(np.int64)
    is_long = _lengthened(results, number, starts)
    order = np.lexsort((number, is_long, number >> HALF, time))
    loaded: dict[int, pa.Table] = {}
    with pq.ParquetWriter(path, INCIDENTS) as writer:
        for at in range(0, max(1, len(order)), AT_ONCE):
            which = order[at : at + AT_ONCE]
            table = _rows(results.folder, loaded, starts, which) if len(which) else INCIDENTS.empty_table()
            ids = written(number[which], is_long[which])
            writer.write_table(table.set_column(0, "id", ids).cast(INCIDENTS))
    return len(number), np.sort(number[is_long])


def _lengthened(results: Results, number: U64, starts: I64) -> Flags:
    """Which incidents share their eight digits with one whose founder has a lower id."""
    is_long = np.zeros(len(number), dtype=np.bool_)
    short = number >> HALF
    in_order = np.sort(short)
    shared = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    which = np.flatnonzero(np.isin(short, shared))
    if len(which):
        founding = _founding(results.folder, starts, which)
        order = sorted(range(len(which)), key=lambda n: (int(short[which[n]]), founding[n].encode()))
        same = np.array([short[which[b]] == short[which[a]] for a, b in pairwise(order)])
        is_long[which[np.array(order[1:])[same]]] = True
    return is_long


def _founding(folder: Path, starts: I64, which: I64) -> list[str]:
    found: list[str] = []
    for k in np.unique(np.searchsorted(starts, which, side="right") - 1).tolist():
        mine = which[(which >= starts[k]) & (which < starts[k + 1])] - starts[k]
        found += _chunk(folder, k).column("founding").take(pa.array(mine)).to_pylist()
    return found


def _chunk(folder: Path, k: int) -> pa.Table:
    with pa.OSFile(str(folder / f"incidents-{k}.arrow")) as file, pa.ipc.open_file(file) as reader:
        return reader.read_all()


def _rows(folder: Path, loaded: dict[int, pa.Table], starts: I64, which: I64) -> pa.Table:
    """Some incidents in the order of `which`; `loaded` keeps the files that are read, for the next call."""
    chunk = np.searchsorted(starts, which, side="right") - 1
    used = np.unique(chunk)
    for k in set(loaded) - set(used.tolist()):
        del loaded[k]
    place = np.zeros(int(used[-1]) + 1, dtype=np.int64)
    at, tables = 0, []
    for k in used.tolist():
        if k not in loaded:
            loaded[k] = _chunk(folder, k).select(INCIDENTS.names)
        tables.append(loaded[k])
        place[k] = at
        at += loaded[k].num_rows
    return pa.concat_tables(tables).combine_chunks().take(pa.array(place[chunk] + which - starts[chunk]))


def write_membership(results: Results, long_numbers: U64, path: Path) -> int:
    """The file of membership in order of observation; how many there are. What was told is let go of."""
    told, results.told = results.told, []
    incident = np.concatenate([np.empty(0, dtype=np.uint64), *(one.incident for one in told)])
    p = np.concatenate([np.empty(0), *(one.p for one in told)])
    llr = np.concatenate([np.empty(0), *(one.llr_nats for one in told)])
    chunks = [one.ids for one in told]
    del told
    ids = pa.chunked_array(chunks, pa.string()).cast(pa.large_string()).combine_chunks()
    del chunks
    order = np.asarray(pc.sort_indices(ids))
    last = ""
    with pq.ParquetWriter(path, MEMBERSHIP) as writer:
        for at in range(0, max(1, len(order)), AT_ONCE):
            which = order[at : at + AT_ONCE]
            own = ids.take(pa.array(which)).cast(pa.string())
            last = _all_differ(last, own)
            writer.write_table(_membership(own, incident[which], p[which], llr[which], long_numbers))
    return len(order)


def _all_differ(last: str, ids: pa.Array) -> str:
    """The last of `ids`, which are in order and come after `last`: raises NotInPiecesError if one comes twice."""
    if not len(ids):
        return last
    if ids[0].as_py() == last or (len(ids) > 1 and pc.any(pc.equal(ids[1:], ids[:-1])).as_py()):
        raise NotInPiecesError("an id that two sources share")
    return str(ids[-1].as_py())


def _membership(
    ids: pa.Array,
    incident: U64,
    p: np.ndarray[Any, np.dtype[np.float64]],
    llr: np.ndarray[Any, np.dtype[np.float64]],
    long_numbers: U64,
) -> pa.Table:
    nobody = incident == NO_INCIDENT
    named = written(incident, np.isin(incident, long_numbers))
    columns = {
        "observation_id": ids,
        "incident_id": pc.if_else(pa.array(nobody), pa.scalar(None, pa.string()), named),
        "engagement_id": pa.nulls(len(ids), pa.string()),
        "probability": pa.array(p, mask=np.isnan(p)),
        "llr_nats": pa.array(llr, mask=np.isnan(llr)),
    }
    return pa.table({name: columns[name] for name in MEMBERSHIP.names}).cast(MEMBERSHIP)


def put(path: Path, folder: Path) -> None:
    """Move a file to `folder`, on disk when this returns: whole or, after a power cut, not there."""
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(folder / path.name)
        sync_folder(folder)
    except OSError as error:
        raise UnreachableError(
            f"Cannot write {folder / path.name}: {error.strerror}. Check free space and permissions."
        ) from error
