"""Columns of the interchange table as plain arrays; a column that is absent is all null."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.geo.arrays import F64, I64, Mask

UNKNOWN = -1


def column(table: pa.Table, name: str) -> pa.Array | None:
    """One column in one piece, or None where it is absent or says nothing at all."""
    if name not in table.column_names:
        return None
    given = table.column(name)
    return None if given.null_count == len(given) else given.combine_chunks()


def stated(table: pa.Table, name: str) -> Mask:
    """(n,) bool: which rows say anything."""
    given = column(table, name)
    if given is None:
        return np.zeros(table.num_rows, dtype=np.bool_)
    if not given.null_count:
        return np.ones(table.num_rows, dtype=np.bool_)
    return np.asarray(pc.is_valid(given).to_numpy(zero_copy_only=False))


def numbers(table: pa.Table, name: str, nothing: float = np.nan) -> F64:
    """(n,) float64 that may be written to; `nothing` where a row says none."""
    given = column(table, name)
    if given is None:
        return np.full(table.num_rows, nothing)
    filled = pc.fill_null(given, nothing) if given.null_count else given
    return np.array(filled.to_numpy(zero_copy_only=False), dtype=np.float64)


def whole(table: pa.Table, name: str, nothing: int = 0) -> I64:
    """(n,) int64; `nothing` where a row says none. Instants are microseconds since 1970 UTC."""
    given = column(table, name)
    if given is None:
        return np.full(table.num_rows, nothing, dtype=np.int64)
    if pa.types.is_timestamp(given.type):
        given = given.cast(pa.timestamp("us", tz="UTC"), safe=False).cast(pa.int64())
    filled = pc.fill_null(given, nothing) if given.null_count else given
    return np.array(filled.to_numpy(zero_copy_only=False), dtype=np.int64)


def words(table: pa.Table, name: str, known: Sequence[str], *, nothing: str) -> I64:
    """(n,) int64: place of each row's word in `known`, UNKNOWN where it is not there; an empty one is `nothing`."""
    given = column(table, name)
    if given is None:
        return np.full(table.num_rows, known.index(nothing), dtype=np.int64)
    at = pc.index_in(given, pa.array([*known, ""], pa.string()))
    place = np.asarray(pc.fill_null(at, UNKNOWN).to_numpy(zero_copy_only=False)).astype(np.int64)
    silent = place == len(known)
    if given.null_count:
        silent |= ~np.asarray(pc.is_valid(given).to_numpy(zero_copy_only=False))
    place[silent] = known.index(nothing)
    return place


def texts(table: pa.Table, name: str) -> pa.Array:
    """The text of each row, "" where there is none."""
    given = column(table, name)
    if given is None:
        return pa.array([""]).take(pa.array(np.zeros(table.num_rows, dtype=np.int64)))
    return pc.fill_null(given, "") if given.null_count else given


def coded(table: pa.Table, name: str) -> tuple[I64, tuple[str, ...]]:
    """(n,) int64: place of each row's text among all that occur, in their order; "" where there is none."""
    encoded = texts(table, name).dictionary_encode()
    found = encoded.dictionary.to_pylist()
    order = sorted(range(len(found)), key=found.__getitem__)
    place = np.empty(len(found), dtype=np.int64)
    place[order] = np.arange(len(found))
    return place[np.asarray(encoded.indices.to_numpy(zero_copy_only=False))], tuple(found[k] for k in order)
