"""The table of incidents, whole columns at a time; rounded here and nowhere else."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from truceline.domain.columns import TIMESTAMP
from truceline.domain.fused import INCIDENT_COLUMNS, P_BY_NAME
from truceline.domain.ids import derived_id
from truceline.domain.observation import PHENOMENA, TLP
from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.places.along import Ground
from truceline.fusion.places.alongside import Alongside, in_km
from truceline.fusion.places.spots import Spots, where_columns
from truceline.fusion.places.whereabouts import Whereabouts
from truceline.fusion.summary import Summary
from truceline.geo.arrays import F64, I64, Mask

TENTH_US = 100_000
LONG_ID = 16  # digits of an id whose first eight another incident has
NINETY = 1.645  # deviations either side that hold 90 %


def spots_of(batch: Batch, found: Found) -> Spots:
    """Where and when the events are."""
    return Spots(
        x_m=found.x_m,
        y_m=found.y_m,
        xx_m2=found.cov[:, 0, 0],
        xy_m2=found.cov[:, 0, 1],
        yy_m2=found.cov[:, 1, 1],
        time_s=found.time_s + batch.epoch_s,
    )


def window_of(spots: Spots, found: Found) -> tuple[F64, F64]:
    """Start and end of the 90 % interval of the time of origin, seconds since 1970 UTC."""
    half = NINETY * np.sqrt(found.cov[:, 2, 2])
    return spots.time_s - half, spots.time_s + half


def incident_ids(batch: Batch, summary: Summary) -> list[str]:
    """The id of each event, from the observation that founded it; no two are the same.

    Among a hundred thousand a few share their eight digits: all but the one that stands first in the ledger get twice
    as many, so that a late arrival renames nothing here either.
    """
    founders = batch.ids_of(summary.founder)
    ids = [derived_id("I", founder) for founder in founders]
    often = Counter(ids) if len(set(ids)) < len(ids) else {}
    for shared in [id for id, count in often.items() if count > 1]:
        events = [k for k, id in enumerate(ids) if id == shared]
        row = summary.founder[events]
        order = np.lexsort((batch.place[row], batch.row[row], batch.entry[row])).tolist()
        for n, k in enumerate(order[1:], start=1):
            twin = any(founders[events[j]] == founders[events[k]] for j in order[:n])  # one id, used for two rows
            also = (str(n),) if twin else ()
            ids[events[k]] = derived_id("I", founders[events[k]], *also, digits=LONG_ID)
    return ids


def incident_table(
    batch: Batch,
    found: Found,
    summary: Summary,
    ground: Ground,
    places: Whereabouts,
    p_exists: F64,
    ids: Sequence[str],
    engagement: pa.Array,
) -> pa.Table:
    """The incidents in order of time and id.

    `ids` and `engagement` (null for none) are those of each event, `p_exists` (k,) what silence left of it.
    """
    spots = spots_of(batch, found)
    start, end = window_of(spots, found)
    line_since = pa.array([axis.since.isoformat() for axis in ground.axes], pa.string())
    columns = {
        "id": pa.array(ids, pa.string()),
        "time": instants(spots.time_s),
        "time_sigma_s": pa.array(np.round(np.sqrt(found.cov[:, 2, 2]), 2)),
        **{name: pa.array(values) for name, values in where_columns(ground.frame, spots).items()},
        "phenomenon": pa.array(PHENOMENA).take(pa.array(batch.rows["kind"][summary.named])),
        "p_exists": pa.array(np.round(p_exists, 4)),
        "n_observations": pa.array(np.diff(found.first)),
        **_line_columns(places.alongside, ground),
        "line_since": line_since.take(_or_null(places.alongside.version)),
        "p_region": by_name([name for name, _ in ground.zones], places.p_zone),
        "time_start": instants(start),
        "time_end": instants(end),
        "engagement_id": engagement,
        "founding": pa.array(batch.ids_of(summary.founder), pa.string()),
        "version": pa.array(summary.version),
        "tlp": pa.array(TLP).take(pa.array(summary.tlp)),
    }
    order = np.lexsort((np.array(ids, dtype=np.str_), tenths_us(spots.time_s)))
    return pa.table({c.name: columns[c.name] for c in INCIDENT_COLUMNS}).take(pa.array(order))


def _line_columns(alongside: Alongside, ground: Ground) -> dict[str, pa.Array]:
    none = alongside.version < 0
    metres = {
        "chainage_km": alongside.chainage_m,
        "offset_km": alongside.offset_m,
        "chainage_low_km": alongside.low_m,
        "chainage_high_km": alongside.high_m,
    }
    return {
        **{name: pa.array(in_km(values), mask=none) for name, values in metres.items()},
        "p_side_left": pa.array(np.round(alongside.p_left, 4), mask=none),
        "p_sector": by_name([sector.id for sector in ground.sectors], alongside.p_sector, none),
    }


def by_name(names: Sequence[str], p: F64, null: Mask | None = None) -> pa.Array:
    """Lists of (name, p) from columns (k, names); a NaN leaves its name out, `null` the whole list."""
    told = ~np.isnan(p)
    if null is not None:
        told &= ~null[:, None]
    offsets = np.concatenate([[0], np.cumsum(told.sum(axis=1))]).astype(np.int32)
    name = pa.array(names, pa.string()).take(pa.array(np.nonzero(told)[1]))
    pairs = pa.StructArray.from_arrays([name, pa.array(np.round(p[told], 4))], fields=list(P_BY_NAME.value_type))
    mask = None if null is None else pa.array(null)
    return pa.ListArray.from_arrays(pa.array(offsets), pairs, type=P_BY_NAME, mask=mask)


def tenths_us(time_s: F64) -> I64:
    """Seconds since 1970 UTC as whole microseconds, to a tenth of a second."""
    return np.rint(time_s * 10.0).astype(np.int64) * TENTH_US


def instants(time_s: F64) -> pa.Array:
    """Seconds since 1970 UTC as published."""
    return pa.array(tenths_us(time_s)).cast(TIMESTAMP)


def _or_null(place: I64) -> pa.Array:
    return pa.array(place, mask=place < 0)
