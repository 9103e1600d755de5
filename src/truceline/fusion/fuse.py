"""Observations to incidents and engagements: the one pure function that outside programs are measured against."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Line, Prior, Regions
from truceline.domain.fused import Fused
from truceline.domain.ports import SensorModel
from truceline.fusion.associate import associate
from truceline.fusion.association.found import Found, no_events
from truceline.fusion.exchanges.engagements import Exchange, find_exchanges, report_part
from truceline.fusion.exchanges.links import find_links
from truceline.fusion.exchanges.parts import event_parts
from truceline.fusion.incidents import incident_ids, incident_table, spots_of, window_of
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.fusion.intake.items import Item, make_items
from truceline.fusion.intake.plane import frame_for
from truceline.fusion.places.along import Ground, make_ground
from truceline.fusion.places.clouds import clouds
from truceline.fusion.places.lone import spread
from truceline.fusion.places.spots import Nodes
from truceline.fusion.places.whereabouts import Whereabouts, find_whereabouts
from truceline.fusion.rows import (
    Joined,
    engagement_ids,
    engagement_table,
    engagements_of,
    join,
    link_table,
    membership_table,
)
from truceline.fusion.summary import Summary, summarise
from truceline.fusion.trust.review import review
from truceline.fusion.trust.sensor_table import sensor_table
from truceline.fusion.watching.silence import Watcher, names_of, watchers
from truceline.fusion.watching.unheard import find_unheard, p_when_unheard, reporters
from truceline.geo.arrays import F64, I64


def fuse(
    observations: pa.Table,
    coverage: pa.Table | None,
    *,
    models: Mapping[str, SensorModel],
    line: Line | None,
    regions: Regions,
    prior: Prior,
    threads: int = 1,
    effort: str = "thorough",
    found: Found | None = None,
) -> Fused:
    """Which observations are the same incident or engagement, where and when; never whose fire it was.

    Parameters
    ----------
    observations : the interchange table; `entry` and `row` columns, where present, give each row's ledger place
    coverage : the coverage table; without it silence says nothing
    models : sensor model by `means`
    line, regions : the axis for chainage, offset and side, and the zones and sectors to ask about
    prior : what is assumed before anything is seen
    threads, effort : as `associate` takes them
    found : what is known already that `associate` finds among these rows

    Returns
    -------
    Fused, whose bytes depend neither on the order of the rows nor on the number of threads.
    """
    frame = frame_for(observations, line, regions)
    batch, reports, _ = make_batch(observations, frame=frame, models=models, regions=regions, prior=prior)
    ground = make_ground(frame, line, regions)
    watching = watchers(coverage, ground, regions)
    search = partial(_associate, prior=prior, threads=threads, effort=effort)
    reviewed = review(batch, found or search(batch), search, names_of(watching))
    batch, found = reviewed.batch, reviewed.found
    nodes = partial(nodes_of, batch, found)
    items_of = partial(make_items, frame=frame, models=models, regions=regions, prior=prior)
    joined = _join(reports, observations, batch, found, nodes, items_of, prior)
    links = find_links(_linked(joined), prior)
    engagement = engagements_of(joined, found.n_events)
    summary = summarise(batch, found, reviewed.p_exists)
    ids, in_engagement = incident_ids(batch, summary), engagement_ids(joined, engagement)
    places, p_exists = settled(batch, found, summary, ground, watching, nodes, threads)
    return Fused(
        incidents=incident_table(batch, found, summary, ground, places, p_exists, ids, in_engagement),
        engagements=engagement_table(joined, links, ground, watching),
        membership=membership_table(batch, found, ids, joined, engagement),
        links=link_table(links),
        sensors=sensor_table(batch, reviewed),
    )


def _join(
    reports: Sequence[Item],
    observations: pa.Table,
    batch: Batch,
    found: Found,
    nodes: Nodes,
    items_of: Callable[[pa.Table, Sequence[str]], list[Item | None]],
    prior: Prior,
) -> list[Joined]:
    """The exchanges of fire, with the observations of each incident in them."""
    exchanges = _exchanges(reports, observations, batch, found, nodes, prior)
    rows = _rows_in(exchanges, found)
    items = items_of(observations.take(pa.array(batch.table_row[rows])), batch.ids_of(rows))
    members = _by_event(exchanges, found, dict(zip(rows.tolist(), items, strict=True)))
    return [join(exchange, members) for exchange in exchanges]


def _linked(joined: Sequence[Joined]) -> list[Item]:
    """The observations of all engagements in order of their time."""
    items = [item for one in joined for of_part in one.items for item in of_part]
    return sorted(items, key=lambda i: (i.origin_s[0], i.origin_s[1], i.id))


def _associate(batch: Batch, prior: Prior, threads: int, effort: str) -> Found:
    """The events of a batch; a batch of nothing has none, and compiles nothing."""
    if len(batch.rows):
        return associate(batch.reports, epoch_s=batch.epoch_s, prior=prior, threads=threads, effort=effort)
    return no_events()


def nodes_of(batch: Batch, found: Found, which: I64) -> list[tuple[I64, F64, F64]]:
    """Points of the posterior place of chosen events (see `Nodes`): single reports tell theirs without a search."""
    alone = np.flatnonzero(np.diff(found.first)[which] == 1)
    xy, weights, told = spread(batch.reports, found.member[found.first[which[alone]]])
    searched = np.setdiff1d(np.arange(len(which)), alone[told], assume_unique=True)
    return [(alone[told], xy[told], weights[told]), (searched, *clouds(batch.reports, found, which[searched]))]


def _exchanges(
    reports: Sequence[Item], table: pa.Table, batch: Batch, found: Found, nodes: Nodes, prior: Prior
) -> list[Exchange]:
    """Exchanges of fire that some report spans, of reports and of the incidents near them."""
    parts = [report_part(item, prior.exchange_spread_m) for item in reports]
    parts += event_parts(parts, table, batch, found, spots_of(batch, found), nodes, prior)
    exchanges, _ = find_exchanges(sorted(parts, key=lambda p: (p.window_s, p.first_id)), prior)
    return [e for e in exchanges if any(p.event is None for p in e.parts)]


def _rows_in(exchanges: Sequence[Exchange], found: Found) -> I64:
    """Rows of the batch whose incident belongs to an exchange."""
    events = [part.event for e in exchanges for part in e.parts if part.event is not None]
    parts = [found.member[found.first[k] : found.first[k + 1]] for k in events]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _by_event(
    exchanges: Sequence[Exchange], found: Found, items: Mapping[int, Item | None]
) -> dict[int, tuple[Item, ...]]:
    """The observations of each incident that belongs to an exchange."""
    events = [part.event for e in exchanges for part in e.parts if part.event is not None]
    members = {k: [items[i] for i in found.member[found.first[k] : found.first[k + 1]].tolist()] for k in events}
    return {k: tuple(item for item in of_event if item is not None) for k, of_event in members.items()}


def settled(
    batch: Batch,
    found: Found,
    summary: Summary,
    ground: Ground,
    watching: Sequence[Watcher],
    nodes: Nodes,
    threads: int,
) -> tuple[Whereabouts, F64]:
    """Where the incidents lie with regard to the line and zones, and how probable they are after all silence."""
    spots = spots_of(batch, found)
    window = window_of(spots, found)
    unheard, asks = find_unheard(watching, spots, window, summary.kinds, reporters(batch, found))
    places = find_whereabouts(ground, spots, asks, nodes, threads)
    sectors = [sector.id for sector in ground.sectors]
    p_sector = places.alongside.p_sector
    return places, p_when_unheard(summary.p_exists, unheard, asks, places.shares, sectors, p_sector)
