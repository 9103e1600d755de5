"""Observations as columns in the plane: the single ones ready to be weighed, the aggregated ones as items."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Prior, Regions
from truceline.domain.observation import RELIABILITIES, TLP
from truceline.domain.ports import SensorModel
from truceline.fusion.intake.chosen import Chosen, choose
from truceline.fusion.intake.draft import Drafted, make_draft
from truceline.fusion.intake.fields import coded, whole, words
from truceline.fusion.intake.fill import fill
from truceline.fusion.intake.items import NEEDED, Item, make_items
from truceline.geo.arrays import F64, I64
from truceline.geo.frame import Frame
from truceline.physics.columns import REPORT, SECTOR, Records, Reports

UNGRADED, HANDLING = "F", "green"  # of a row that states none


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Single observations (n,), in order of their time of origin and id, whatever order their rows had.

    `rows`, `arcs`, `rings` are as `physics.columns.Reports` has them, times in seconds since `epoch_s` (since 1970
    UTC, a whole day). `ids` are those of all observations (m,), in order, and `place` (n,) says which are in here.
    `rows["sensor"]` below len(sensors) is a place in `sensors` ("<source>/<sensor>"), above it a row of its own;
    `source` (n,) is a place in `sources`. `entry` and `row` are the place in the ledger, `p_real` the probability that
    the row is of something that happened, `tlp` its handling as a place in `TLP`, `table_row` its row of the table.
    """

    rows: Records
    arcs: F64
    rings: F64
    epoch_s: float
    ids: pa.Array
    place: I64
    sensors: tuple[str, ...]
    sources: tuple[str, ...]
    source: I64
    entry: I64
    row: I64
    p_real: F64
    tlp: I64
    table_row: I64

    @property
    def reports(self) -> Reports:
        """The columns that likelihoods read."""
        return Reports(rows=self.rows, arcs_rad=self.arcs, rings_m=self.rings)

    def ids_of(self, rows: I64) -> list[str]:
        """The mission-wide ids of some of the observations in here."""
        found: list[str] = self.ids.take(pa.array(self.place[rows])).to_pylist()
        return found


def make_batch(
    table: pa.Table,
    *,
    frame: Frame,
    models: Mapping[str, SensorModel],
    regions: Regions,
    prior: Prior,
    epoch_s: float | None = None,
) -> tuple[Batch, list[Item], list[str]]:
    """What fusion weighs: the batch of single observations, aggregated reports, and the ids of what is left out.

    Times count from `epoch_s` where it is given (a whole day, none later than the earliest row), else from that row's
    day. Left out are also rows of areas that no arrangement knows, and what no sensor model can make sense of.
    """
    table = table.select([n for n in (*NEEDED, "entry", "row") if n in table.column_names]).combine_chunks()
    chosen = choose(table)
    single, many = np.flatnonzero(chosen.single), np.flatnonzero(chosen.many)
    singles = table if len(single) == table.num_rows else table.take(pa.array(chosen.at[single]))
    sensor, sensors = _sensors(singles)
    drafted = make_draft(singles, sensor, frame=frame, models=models, regions=regions, prior=prior, epoch_s=epoch_s)
    order = _order(singles, drafted, chosen.rank[single], chosen.unique)
    batch = _batch(singles, drafted, order, sensors, chosen, single, prior)
    ids = chosen.ids.take(pa.array(many))
    told = table.take(pa.array(chosen.at[many]))
    items = make_items(told, ids.to_pylist(), frame=frame, models=models, regions=regions, prior=prior)
    taken = np.zeros(len(chosen.at), dtype=np.bool_)
    taken[single[order]] = True
    taken[many] = [item is not None for item in items]
    left_out: list[str] = sorted(chosen.ids.filter(pa.array(~taken)).to_pylist())
    reports = [item for item in items if item is not None]
    return batch, sorted(reports, key=lambda i: (i.origin_s[0], i.origin_s[1], i.id)), left_out


def _sensors(table: pa.Table) -> tuple[I64, tuple[str, ...]]:
    """The number of the sensor of each row, -1 where it names none, and the sensors in order of their names."""
    (source_code, source_names), (own_code, own_names) = coded(table, "source"), coded(table, "sensor")
    pair = source_code * max(1, len(own_names)) + own_code
    pairs, at = np.unique(pair, return_inverse=True)
    names = []
    for one in pairs.tolist():
        s, o = divmod(one, len(own_names))
        names.append(f"{source_names[s]}/{own_names[o]}" if own_names[o] else "")
    known = sorted(set(names) - {""})
    number = {name: n for n, name in enumerate(known)} | {"": -1}
    return np.array([number[name] for name in names], dtype=np.int64)[at], tuple(known)


def _order(table: pa.Table, drafted: Drafted, rank: I64, unique: bool) -> I64:
    """The usable rows by earliest and latest origin and by id; rows of one id by all that they say."""
    rows = np.flatnonzero(drafted.usable)
    keys: list[I64 | F64] = [] if unique else [_by_content(table, rows, rank[rows])]
    keys += [rank[rows], drafted.latest_s[rows], drafted.earliest_s[rows]]
    return rows[np.lexsort(keys)]


def _by_content(table: pa.Table, rows: I64, rank: I64) -> I64:
    """For rows that share their id with another: their place in an order of all that they say."""
    place = np.zeros(len(rows), dtype=np.int64)
    clash = np.flatnonzero(np.bincount(rank)[rank] > 1)
    said = [repr(sorted(row.items())) for row in table.take(pa.array(rows[clash])).to_pylist()]
    for n, k in enumerate(sorted(range(len(clash)), key=said.__getitem__)):
        place[clash[k]] = n
    return place


def _batch(
    table: pa.Table, drafted: Drafted, order: I64, sensors: tuple[str, ...], chosen: Chosen, single: I64, prior: Prior
) -> Batch:
    rows, arcs = _records(drafted, order)
    nameless = rows["sensor"] < 0  # a row that names no sensor can only be its own: two may well be two sensors
    rows["sensor"][nameless] = len(sensors) + np.flatnonzero(nameless)
    source, sources = coded(table, "source")
    place = np.empty(len(chosen.at), dtype=np.int64)
    place[chosen.order] = np.arange(len(chosen.at))
    p_real = np.array([prior.p_real[grade] for grade in RELIABILITIES])
    grade = words(table, "reliability", RELIABILITIES, nothing=UNGRADED)[order]
    return Batch(
        rows=rows,
        arcs=arcs,
        rings=drafted.rings_m,
        epoch_s=drafted.epoch_s,
        ids=chosen.ids.take(pa.array(chosen.order)),
        place=_own_place(place[single[order]], chosen.rank[single[order]], chosen.unique),
        sensors=sensors,
        sources=sources,
        source=source[order],
        entry=whole(table, "entry")[order],
        row=whole(table, "row")[order],
        p_real=p_real[np.where(grade < 0, RELIABILITIES.index(UNGRADED), grade)],
        tlp=np.maximum(words(table, "tlp", TLP, nothing=HANDLING)[order], 0),  # an unknown word is the strictest
        table_row=chosen.at[single[order]],
    )


def _own_place(place: I64, rank: I64, unique: bool) -> I64:
    """Places in the order of ids: rows of one `rank`, which share their id, have theirs in the order of the batch."""
    if unique:
        return place
    own = np.empty(len(place), dtype=np.int64)
    own[np.argsort(rank, kind="stable")] = np.sort(place)
    return own


def _records(drafted: Drafted, order: I64) -> tuple[Records, F64]:
    draft = drafted.draft
    sectors = order[draft.family[order] == SECTOR]
    arcs = np.empty((int(np.maximum(draft.arc_count[sectors], 1).sum()), 2))
    rows = np.zeros(len(order), dtype=REPORT)
    used = fill(rows, arcs, order, draft, drafted.givens) if len(order) else 0  # nothing compiles for nothing
    return rows, arcs[:used]
