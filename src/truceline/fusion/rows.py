"""What fusion found, written as rows of the published tables; rounded here and nowhere else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from truceline.domain.columns import from_rows
from truceline.domain.fused import ENGAGEMENT_COLUMNS, INCIDENT_COLUMNS, LINK_COLUMNS, MEMBERSHIP_COLUMNS, Fused
from truceline.domain.ids import derived_id
from truceline.fusion.along import Ground, along, where
from truceline.fusion.engagements import Exchange
from truceline.fusion.incidents import Event
from truceline.fusion.items import Item, founding, strictest
from truceline.fusion.kinds import FIRE
from truceline.fusion.links import Pair
from truceline.fusion.silence import Watcher, p_after_silence
from truceline.fusion.tally import tally

Row = dict[str, Any]


def tables(
    ground: Ground,
    watching: Sequence[Watcher],
    events: Sequence[Event],
    exchanges: Sequence[Exchange],
    links: Sequence[Pair],
    left_out: Sequence[str],
) -> Fused:
    """The tables of `fuse`, sorted and rounded to the precision that they state."""
    p_same = {(min(k.a.id, k.b.id), max(k.a.id, k.b.id)): k.p_same_fire for k in links if k.can}
    engagement_rows = [_engagement_row(e, ground, watching, p_same) for e in exchanges]
    engagement_of = {
        item.id: (row["id"], p, llr)
        for exchange, row in zip(exchanges, engagement_rows, strict=True)
        for part, p, llr in zip(exchange.parts, exchange.p_member, exchange.llr_nats, strict=True)
        for item in part.items
    }
    incident_rows = [_incident_row(e, ground, watching, engagement_of) for e in events]
    members = [
        _member(item.id, row["id"], p, llr, engagement_of)
        for event, row in zip(events, incident_rows, strict=True)
        for item, p, llr in zip(event.members, event.p_member, event.llr_nats, strict=True)
    ]
    reports = [
        _member(part.items[0].id, None, p, llr, engagement_of)
        for exchange in exchanges
        for part, p, llr in zip(exchange.parts, exchange.p_member, exchange.llr_nats, strict=True)
        if part.event is None
    ]
    every = [*members, *reports, *({"observation_id": id} for id in left_out)]
    return Fused(
        incidents=from_rows(INCIDENT_COLUMNS, sorted(incident_rows, key=lambda r: (r["time"], r["id"]))),
        engagements=from_rows(ENGAGEMENT_COLUMNS, sorted(engagement_rows, key=lambda r: (r["time_start"], r["id"]))),
        membership=from_rows(MEMBERSHIP_COLUMNS, sorted(every, key=lambda r: r["observation_id"])),
        links=from_rows(LINK_COLUMNS, [_link_row(k) for k in links]),
    )


def _member(
    id: str, incident: str | None, p: float, llr: float, engagement_of: Mapping[str, tuple[str, float, float]]
) -> Row:
    engagement = engagement_of.get(id)
    return {
        "observation_id": id,
        "incident_id": incident,
        "engagement_id": engagement[0] if engagement else None,
        "probability": round(p, 4),
        "llr_nats": round(llr, 3),
    }


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


def _shared(items: Sequence[Item]) -> tuple[Row, float]:
    """Columns common to incidents and engagements, and how probable it is that something happened at all.

    Rows of one sensor are one witness: only its best counts. Doubt about which exchange a report belongs to is no
    doubt that there was one, so that one more report never lowers it.
    """
    best: dict[str, float] = {}
    for item in items:
        best[item.sensor] = max(best.get(item.sensor, 0.0), item.p_real)
    founder = founding(items)
    columns = {
        "founding": founder.id,
        # every submission that contributed made a new version of what was known
        "version": len({item.ordinal[0] for item in items}),
        "tlp": strictest(items),
    }
    return columns, 1.0 - float(np.prod([1.0 - p for p in best.values()]))


def _silenced(
    p: float, watching: Sequence[Watcher], items: Sequence[Item], ground_row: Row, **where_when: Any
) -> float:
    sectors = {s["name"]: s["p"] for s in ground_row.get("p_sector") or ()}
    return p_after_silence(
        p,
        watching,
        reported_by={i.sensor for i in items},
        phenomena={i.phenomenon for i in items},
        p_sector=sectors,
        **where_when,
    )


def _incident_row(
    event: Event, ground: Ground, watching: Sequence[Watcher], engagement_of: Mapping[str, tuple[str, float, float]]
) -> Row:
    items = event.members
    columns, p = _shared(items)
    line_row = along(ground, event.cloud, event.time_s)
    window = (event.time_s - 1.645 * event.time_sigma_s, event.time_s + 1.645 * event.time_sigma_s)
    p = _silenced(p, watching, items, line_row, cloud=event.cloud, window_s=window)
    # a shot that set something on fire is told as the shot, whoever is graded better
    named = sorted(items, key=lambda i: (i.phenomenon not in FIRE, -i.p_real, i.id))
    engagement = engagement_of.get(items[0].id)
    return {
        "id": derived_id("I", columns["founding"]),
        "time": _utc(event.time_s),
        "time_sigma_s": round(event.time_sigma_s, 2),
        "phenomenon": named[0].phenomenon,
        "p_exists": round(p, 4),
        "n_observations": len(items),
        "time_start": _utc(window[0]),
        "time_end": _utc(window[1]),
        "engagement_id": engagement[0] if engagement else None,
        **where(ground, event.cloud),
        **line_row,
        **columns,
    }


def _engagement_row(
    exchange: Exchange, ground: Ground, watching: Sequence[Watcher], p_same: dict[tuple[str, str], float]
) -> Row:
    items = [item for part in exchange.parts for item in part.items]
    columns, p = _shared(items)
    line_row = along(ground, exchange.cloud, exchange.window_s[0])
    p = _silenced(p, watching, items, line_row, cloud=exchange.cloud, window_s=exchange.window_s)
    # an incident that several sensors noticed is one round, so one of its members stands for it
    counted = [item for part in exchange.parts for item in (part.items if part.event is None else part.items[:1])]
    counts, whole = tally(counted, p_same)
    return {
        "id": derived_id("E", columns["founding"]),
        "time_start": _utc(exchange.window_s[0]),
        "time_end": _utc(exchange.window_s[1]),
        "count_low": whole.low,
        "count_likely": max(whole.low, round(whole.likely)),
        "count_high": whole.high,
        "n_incidents": sum(part.event is not None for part in exchange.parts),
        "p_exists": round(p, 4),
        "counts": [{"name": kind, "low": t.low, "high": t.high} for kind, t in counts.items()],
        "n_reports": sum(part.event is None for part in exchange.parts),
        **where(ground, exchange.cloud),
        **line_row,
        **columns,
    }
