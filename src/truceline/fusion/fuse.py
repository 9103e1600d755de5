"""Observations to incidents and engagements: the one pure function that outside programs are measured against."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from truceline.domain.arrangement import Line, Prior, Regions
from truceline.domain.fused import Fused
from truceline.domain.ports import SensorModel
from truceline.fusion.along import make_ground
from truceline.fusion.engagements import Part, event_part, find_exchanges, report_part
from truceline.fusion.incidents import Event, find_events
from truceline.fusion.items import Item, make_items
from truceline.fusion.links import find_links
from truceline.fusion.rows import tables
from truceline.fusion.silence import watchers
from truceline.geo.frame import Frame, fit_frame, local_frame


def fuse(
    observations: pa.Table,
    coverage: pa.Table | None,
    *,
    models: Mapping[str, SensorModel],
    line: Line | None,
    regions: Regions,
    prior: Prior,
) -> Fused:
    """Which observations are the same incident or engagement, where and when; never whose fire it was.

    Parameters
    ----------
    observations : the interchange table; `entry` and `row` columns, where present, give each row's ledger place
    coverage : the coverage table; without it silence says nothing
    models : sensor model by `means`
    line, regions : the axis for chainage, offset and side, and the zones and sectors to ask about
    prior : what is assumed before anything is seen

    Returns
    -------
    Fused, whose bytes do not depend on the order of the rows.
    """
    frame = frame_for(observations, line)
    items, left_out = make_items(observations, frame=frame, models=models, regions=regions, prior=prior)
    ground = make_ground(frame, line, regions)
    watching = watchers(coverage, ground, regions)
    events = find_events([i for i in items if not i.aggregated], prior)
    parts = _parts(items, events, prior)
    exchanges, _ = find_exchanges(parts, prior)
    exchanges = [e for e in exchanges if any(p.event is None for p in e.parts)]
    exchanged = {item.id for e in exchanges for part in e.parts for item in part.items}
    links = find_links([i for i in items if i.id in exchanged], prior)
    return tables(ground, watching, events, exchanges, links, left_out)


def frame_for(observations: pa.Table, line: Line | None) -> Frame:
    """The plane to work in: fitted to the line's first version, so that it never moves; else around the sensors."""
    if line is not None:
        return fit_frame(line.versions.history[0].value.vertices_deg)
    for lon, lat in (("sensor_lon_deg", "sensor_lat_deg"), ("lon_deg", "lat_deg")):
        if lon in observations.column_names and observations[lon].null_count < observations.num_rows:
            lon_deg = observations[lon].drop_null().to_numpy()
            lat_deg = observations[lat].drop_null().to_numpy()
            # whole tenths of a degree, from the extremes: the same plane whatever the order of the rows
            centre = [round(0.5 * float(v.min() + v.max()), 1) for v in (lon_deg, lat_deg)]
            return local_frame(centre[0], centre[1])
    return local_frame(0.0, 0.0)


def _parts(items: Sequence[Item], events: Sequence[Event], prior: Prior) -> list[Part]:
    parts = [report_part(i, prior.exchange_spread_m) for i in items if i.aggregated]
    # A single event can only join an exchange that some report spans; without such reports there is none to join.
    if parts:
        parts += [event_part(e, prior.exchange_spread_m) for e in events]
    return sorted(parts, key=lambda p: (p.window_s, p.items[0].id))
