"""What fusion found, as the published tables; rounded here and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.columns import from_rows
from truceline.domain.fused import ENGAGEMENT_COLUMNS, LINK_COLUMNS, MEMBERSHIP_COLUMNS
from truceline.domain.ids import derived_id
from truceline.fusion.association.found import Found
from truceline.fusion.exchanges.counts import rounds_of
from truceline.fusion.exchanges.ends import first_of, places_of
from truceline.fusion.exchanges.engagements import Exchange
from truceline.fusion.exchanges.links import Pair
from truceline.fusion.exchanges.tally import tally
from truceline.fusion.intake.batch import Batch
from truceline.fusion.intake.items import Item, founding, strictest
from truceline.fusion.places.along import Ground, along, where
from truceline.fusion.watching.silence import Watcher, p_after_silence
from truceline.geo.arrays import I64

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An engagement as found: its id, its exchange, and the observations of each part of it."""

    id: str
    exchange: Exchange
    items: tuple[tuple[Item, ...], ...]


def join(exchange: Exchange, members: Mapping[int, tuple[Item, ...]]) -> Joined:
    """An exchange with its observations; `members` are those of each incident in it."""
    parts = exchange.parts
    items = tuple((p.item,) if p.item is not None else members[p.event if p.event is not None else -1] for p in parts)
    founder = founding([item for of_part in items for item in of_part])
    return Joined(id=derived_id("E", founder.id), exchange=exchange, items=items)


def engagement_table(
    joined: Sequence[Joined], links: Sequence[Pair], ground: Ground, watching: Sequence[Watcher]
) -> pa.Table:
    """The engagements in order of time and id."""
    p_same = {(min(k.a.id, k.b.id), max(k.a.id, k.b.id)): k.p_same_fire for k in links if k.can}
    rows = [_engagement_row(one, ground, watching, p_same) for one in joined]
    return from_rows(ENGAGEMENT_COLUMNS, sorted(rows, key=lambda r: (r["time_start"], r["id"])))


def _engagement_row(
    joined: Joined, ground: Ground, watching: Sequence[Watcher], p_same: dict[tuple[str, str], float]
) -> Row:
    exchange, items = joined.exchange, [item for of_part in joined.items for item in of_part]
    line_row: Row = along(ground, exchange.cloud, exchange.window_s[0])
    p = p_after_silence(
        _p_any(items),
        watching,
        reported_by={i.sensor for i in items},
        phenomena={i.phenomenon for i in items},
        p_sector={s["name"]: s["p"] for s in line_row.get("p_sector") or ()},
        cloud=exchange.cloud,
        window_s=exchange.window_s,
    )
    # an incident that several sensors noticed is one round, so one of its members stands for it
    counts, stated = tally([of_part[0] for of_part in joined.items], p_same)
    reports = [part.item for part in exchange.parts if part.item is not None]
    events = [told[0] for part, told in zip(exchange.parts, joined.items, strict=True) if part.item is None]
    rounds = rounds_of(reports, events)
    return {
        "id": joined.id,
        "time_start": _utc(exchange.window_s[0]),
        "time_end": _utc(exchange.window_s[1]),
        "count_low": rounds.low,
        "count_likely": rounds.likely,
        "count_high": rounds.high,
        "n_incidents": sum(part.event is not None for part in exchange.parts),
        "p_exists": round(p, 4),
        "counts": [{"name": kind, "low": t.low, "high": t.high} for kind, t in counts.items()],
        "n_reports": sum(part.item is not None for part in exchange.parts),
        "founding": founding(items).id,
        # every submission that contributed made a new version of what was known
        "version": len({item.ordinal[0] for item in items}),
        "tlp": strictest(items),
        "stated_low": stated.low,
        "stated_likely": max(stated.low, round(stated.likely)),
        "stated_high": stated.high,
        **_ends(joined, ground),
        **where(ground, exchange.cloud),
        **line_row,
    }


def _ends(joined: Joined, ground: Ground) -> Row:
    """Where it was fired from and where it fell, as far as rows state it, and on which side of the line first."""
    parts = zip(joined.items, joined.exchange.clouds, strict=True)
    told = [(item, cloud) for of_part, cloud in parts for item in of_part]
    row: Row = {}
    for name, phase in (("fired_from", "outgoing"), ("fell_at", "impact")):
        row[name] = [where(ground, end.cloud) | {"n_rows": end.n_rows} for end in places_of(phase, told)]
    first = first_of(told, ground)
    row["p_first_left"] = round(first.left, 4) if first is not None else None
    row["p_first_right"] = round(first.right, 4) if first is not None else None
    return row


def _p_any(items: Sequence[Item]) -> float:
    """How probable it is that something happened at all.

    Rows of one sensor are one witness: only its best counts. Doubt about which exchange a report belongs to is no
    doubt that there was fire.
    """
    best: dict[str, float] = {}
    for item in items:
        best[item.sensor] = max(best.get(item.sensor, 0.0), item.p_real)
    return 1.0 - float(np.prod([1.0 - p for p in best.values()]))


def engagements_of(joined: Sequence[Joined], n_events: int) -> I64:
    """For each incident the place of its engagement in `joined`, -1 for none."""
    place = np.full(n_events, -1, dtype=np.int64)
    for n, one in enumerate(joined):
        place[[part.event for part in one.exchange.parts if part.event is not None]] = n
    return place


def membership_table(
    batch: Batch, found: Found, incident_ids: Sequence[str], joined: Sequence[Joined], engagement: I64
) -> pa.Table:
    """One row an observation, in order of its id; `engagement` (k,) is the place of each incident's in `joined`."""
    n = len(batch.ids)
    incident, exchange = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    p, llr = np.full(n, np.nan), np.full(n, np.nan)
    at = batch.place[found.member]
    incident[at] = np.repeat(np.arange(found.n_events), np.diff(found.first))
    exchange[at] = engagement[incident[at]]
    p[at], llr[at] = found.p_member, found.llr_nats
    reports = [
        (part.item.id, n, p_part, llr_part)
        for n, one in enumerate(joined)
        for part, p_part, llr_part in zip(one.exchange.parts, one.exchange.p_member, one.exchange.llr_nats, strict=True)
        if part.item is not None
    ]
    if reports:
        ids, places, p_parts, llr_parts = zip(*reports, strict=True)
        at = np.asarray(pc.index_in(pa.array(ids, pa.string()), batch.ids))
        exchange[at], p[at], llr[at] = places, p_parts, llr_parts
    columns = {
        "observation_id": batch.ids,
        "incident_id": pa.array(incident_ids, pa.string()).take(pa.array(incident, mask=incident < 0)),
        "engagement_id": engagement_ids(joined, exchange),
        "probability": pa.array(np.round(p, 4), mask=np.isnan(p)),
        "llr_nats": pa.array(np.round(llr, 3), mask=np.isnan(llr)),
    }
    table = pa.table({c.name: columns[c.name] for c in MEMBERSHIP_COLUMNS})
    repeated = n > 1 and pc.any(pc.equal(batch.ids[1:], batch.ids[:-1])).as_py()
    return table.sort_by([(name, "ascending") for name in table.column_names]) if repeated else table


def engagement_ids(joined: Sequence[Joined], place: I64) -> pa.Array:
    """The id of the engagement at each place in `joined`, null for -1."""
    return pa.array([one.id for one in joined], pa.string()).take(pa.array(place, mask=place < 0))


def link_table(links: Sequence[Pair]) -> pa.Table:
    """The links in the order of their reports."""
    return from_rows(LINK_COLUMNS, [_link_row(k) for k in links])


def _link_row(pair: Pair) -> Row:
    return {
        "a": pair.a.id,
        "b": pair.b.id,
        "verdict": "can_be_same_fire" if pair.can else "cannot_be_same_fire",
        "p_same_fire": round(pair.p_same_fire, 4),
        "p_same_engagement": round(pair.p_same_engagement, 4),
        "overlap_s": round(pair.overlap_s, 1),
        "distance_m": round(pair.distance_m, 0),
        "because": list(pair.because),
    }


def _utc(time_s: float) -> datetime:
    return datetime.fromtimestamp(round(time_s, 1), tz=UTC)
