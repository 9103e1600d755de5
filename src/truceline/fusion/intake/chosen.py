"""Which rows of a table speak of one event, which of many together, and which are left out."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.observation import COUNT_UNITS, PHENOMENA, RECORD_KINDS, TIME_KINDS
from truceline.domain.repeat import repeats
from truceline.fusion.intake.fields import column, stated, texts, whole, words
from truceline.fusion.kinds import EXCHANGED, STAYING
from truceline.geo.arrays import I64, Mask

OBSERVATION = "observation"
SIGNATURES = COUNT_UNITS.index("signatures")
_EXCHANGED = np.array([kind in EXCHANGED for kind in PHENOMENA])
_STAYING = np.array([kind in STAYING for kind in PHENOMENA])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """The observations (m,) of a table, in its order, and what fusion makes of each.

    `at` is the row of the table, `ids` the mission-wide id, `order` sorts by id and `rank` is the place in that
    order, the same for rows of the same id. `single` rows are weighed as one event, `many` as an aggregated report;
    the others are left out.
    """

    at: I64
    ids: pa.Array
    order: I64
    rank: I64
    single: Mask
    many: Mask

    @property
    def unique(self) -> bool:
        """Whether every id is used once."""
        return len(self.rank) == 0 or bool(self.rank.max() == len(self.rank) - 1)


def choose(table: pa.Table) -> Chosen:
    """Sort the rows of the interchange table.

    Claims, restrictions and notifications are not observations. Left out: a repeat of another row counts once; "none
    seen" is no event; weapons and troops stay and are none either, and counts of vehicles are no exchange of fire.
    """
    kinds = words(table, "record_kind", RECORD_KINDS, nothing=OBSERVATION)
    at = np.flatnonzero(kinds == RECORD_KINDS.index(OBSERVATION))
    if len(at) < table.num_rows:
        table = table.take(pa.array(at))
    ids = observation_ids(table)
    order, rank = _by_id(ids)
    many = is_aggregated(table)
    taken = _is_event(table, many) & ~_repeats(table, ids)
    return Chosen(at=at, ids=ids, order=order, rank=rank, single=taken & ~many, many=taken & many)


def observation_ids(table: pa.Table) -> pa.Array:
    """`<source>:<id>` of each row, as `domain.ids.observation_id` writes it; a row without id is named by its place."""
    own, source = texts(table, "id"), texts(table, "source")
    nameless = pc.equal(own, "")
    if pc.any(nameless).as_py():
        named = pa.array([f"row-{n}" for n in range(table.num_rows)], pa.string())
        own = pc.if_else(nameless, named, own)
    return pc.binary_join_element_wise(source, own, ":")


def _by_id(ids: pa.Array) -> tuple[I64, I64]:
    order = np.asarray(pc.sort_indices(ids)).astype(np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    in_order = ids.take(pa.array(order))
    new = np.zeros(len(order), dtype=np.int64)
    if len(order) > 1:
        new[1:] = ~np.asarray(pc.equal(in_order[1:], in_order[:-1]).to_numpy(zero_copy_only=False))
    rank[order] = np.cumsum(new)
    return order, rank


def is_aggregated(table: pa.Table) -> Mask:
    """Which rows tell of several signatures, or of some throughout an interval."""
    throughout = words(table, "time_kind", TIME_KINDS, nothing="unknown_within") == TIME_KINDS.index("throughout")
    low, high = whole(table, "count_low", -1), whole(table, "count_high", -1)
    one = ((low == -1) & (high == -1)) | ((low == 1) & (high == 1))
    many: Mask = throughout | ~one
    return many


def _is_event(table: pa.Table, many: Mask) -> Mask:
    """Which rows speak of something that happened and that can be counted here."""
    none_seen = stated(table, "count_high") & (whole(table, "count_high") == 0)
    kind = words(table, "phenomenon", PHENOMENA, nothing="other")
    unit = words(table, "count_unit", COUNT_UNITS, nothing="signatures")
    counts_fire = (kind >= 0) & _EXCHANGED[kind] & (unit == SIGNATURES)
    stays = (kind >= 0) & _STAYING[kind]
    event: Mask = ~none_seen & ~stays & (counts_fire | ~many)
    return event


def _repeats(table: pa.Table, ids: pa.Array) -> Mask:
    """Which rows repeat another that is here (see `domain.repeat`), looked up only where rows name what they repeat."""
    origins = column(table, "derived_from")
    naming = np.zeros(table.num_rows, dtype=np.bool_)
    if origins is not None:
        naming = np.asarray(pc.fill_null(pc.list_value_length(origins), 0).to_numpy(zero_copy_only=False)) > 0
    if origins is None or not naming.any():
        return naming
    named = np.asarray(pc.is_in(ids, pc.unique(pc.list_flatten(origins))).to_numpy(zero_copy_only=False))
    source = texts(table, "source").dictionary_encode().indices.to_numpy()
    one_each = np.unique(source, return_index=True)[1]
    asked = np.unique(np.concatenate([np.flatnonzero(naming | named), one_each]))
    columns = [name for name in ("id", "source", "derived_from") if name in table.column_names]
    rows = table.select(columns).take(pa.array(asked)).to_pylist()
    again = repeats(sorted(rows, key=lambda r: (r["source"], r.get("id") or "", r.get("derived_from") or [])))
    return np.asarray(pc.is_in(ids, pa.array(sorted(again), pa.string())).to_numpy(zero_copy_only=False))
