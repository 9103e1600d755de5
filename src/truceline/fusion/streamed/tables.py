"""One piece as columns: its incidents, and for each of its observations the incident that it belongs to."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from truceline.domain.ids import derived_id
from truceline.fusion.fuse import nodes_of, settled
from truceline.fusion.incidents import LONG_ID, incident_table
from truceline.fusion.rows import engagement_ids
from truceline.fusion.streamed.given import Given
from truceline.fusion.streamed.window import Piece
from truceline.fusion.summary import summarise
from truceline.fusion.trust.belief import believe, notice
from truceline.fusion.watching.silence import names_of
from truceline.geo.arrays import F64, I64

NO_INCIDENT = np.uint64(0)
U64 = np.ndarray[tuple[int], np.dtype[np.uint64]]


class Told(NamedTuple):
    """Incidents (k,) in order of time under their long ids, with these as numbers; and the observations (n,) told of.

    `incident` (n,) is the number of each observation's incident, NO_INCIDENT for none; `p` and `llr_nats` are NaN then.
    """

    incidents: pa.Table
    number: U64
    ids: pa.Array
    incident: U64
    p: F64
    llr_nats: F64


def tell(given: Given, piece: Piece) -> Told:
    """What is published of one piece, ids still to be shortened: which of them can be, only all pieces together say."""
    batch, found = piece.batch, piece.found
    if not found.n_events:
        return _nobody(given, piece)
    noticed = notice(batch, found, names_of(given.watching))
    summary = summarise(batch, found, believe(batch, found, noticed).p_exists)
    ids = [derived_id("I", founder, digits=LONG_ID) for founder in batch.ids_of(summary.founder)]
    nodes = partial(nodes_of, batch, found)
    places, p_exists = settled(batch, found, summary, given.ground, given.watching, nodes, given.threads)
    alone = engagement_ids([], np.full(found.n_events, -1, dtype=np.int64))
    incidents = incident_table(batch, found, summary, given.ground, places, p_exists, ids, alone)
    return Told(
        incidents=incidents,
        number=numbers_of(incidents.column("id").to_pylist()),
        ids=pa.concat_arrays([batch.ids.take(pa.array(batch.place[found.member])), _texts(piece.left_out)]),
        incident=_then(np.repeat(numbers_of(ids), np.diff(found.first)), piece, NO_INCIDENT),
        p=_then(np.round(found.p_member, 4), piece, np.nan),
        llr_nats=_then(np.round(found.llr_nats, 3), piece, np.nan),
    )


def numbers_of(ids: list[str]) -> U64:
    """Long ids as numbers: their sixteen digits."""
    return np.array([int(id[2:], 16) for id in ids], dtype=np.uint64)


def written(number: U64, is_long: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.Array:
    """The ids of incidents: eight digits, sixteen where `is_long`."""
    digits = np.frombuffer(number.astype(">u8").tobytes().hex().encode(), dtype=np.uint8).reshape(-1, LONG_ID)
    text = np.concatenate([np.tile(np.frombuffer(b"I-", dtype=np.uint8), (len(number), 1)), digits], axis=1)
    size = np.where(is_long, 2 + LONG_ID, 2 + LONG_ID // 2)
    shown = np.arange(2 + LONG_ID) < size[:, None]
    offsets = np.concatenate([[0], np.cumsum(size)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(number), pa.py_buffer(offsets), pa.py_buffer(text[shown]))


def _texts(ids: list[str]) -> pa.Array:
    return pa.array(ids, pa.string())


def _then(values: I64 | F64 | U64, piece: Piece, nothing: float | np.uint64) -> np.ndarray:
    """`values` of the members, then `nothing` for what is left out."""
    return np.concatenate([values, np.full(len(piece.left_out), nothing, dtype=values.dtype)])


def _nobody(given: Given, piece: Piece) -> Told:
    none = np.empty(0, dtype=np.uint64)
    nowhere = np.full(len(piece.left_out), np.nan)
    return Told(
        incidents=pa.table({}),
        number=none,
        ids=_texts(piece.left_out),
        incident=_then(none, piece, NO_INCIDENT),
        p=nowhere,
        llr_nats=nowhere,
    )
