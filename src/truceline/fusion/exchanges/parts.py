"""Incidents that can belong to an exchange of fire, as parts of one: only those near an aggregated report."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Prior
from truceline.domain.observation import PHENOMENA
from truceline.fusion.association.found import Found
from truceline.fusion.exchanges.evidence import BOX_SPREADS, EDGES, Part, box_of
from truceline.fusion.intake.batch import Batch
from truceline.fusion.intake.draft import SOFT
from truceline.fusion.intake.spans import make_spans, meeting
from truceline.fusion.kinds import EXCHANGED
from truceline.fusion.places.posterior import Bounds, Cloud
from truceline.fusion.places.spots import Nodes, Spots
from truceline.fusion.places.within import CLEAR
from truceline.geo.arrays import F64, I64, Mask

FIRE_KINDS = [n for n, kind in enumerate(PHENOMENA) if kind in EXCHANGED]
LIGHTEST = 1e-6  # nodes with less weight than this share of the heaviest are left out
COARSEST_S = 1.0  # the clock error of an incident is at least this: nobody times an exchange more finely


def event_parts(
    reports: Sequence[Part],
    table: pa.Table,
    batch: Batch,
    found: Found,
    spots: Spots,
    nodes: Nodes,
    prior: Prior,
) -> list[Part]:
    """The incidents within reach of any of `reports`, which are parts of aggregated reports."""
    if not reports or not found.n_events:
        return []
    half = SOFT * np.sqrt(found.cov[:, 2, 2])  # as wide as a box as high as its Gaussian
    window = spots.time_s - half, spots.time_s + half
    sigma = np.maximum(np.minimum.reduceat(batch.rows["time_sigma_s"][found.member], found.first[:-1]), COARSEST_S)
    which = _near(reports, window, sigma, _boxes(spots, prior.exchange_spread_m))
    kind = batch.rows["kind"][found.member[found.first[which]]]
    which = which[np.isin(kind, FIRE_KINDS)]  # what flies or drives past is no part of an exchange of fire
    first = found.member[found.first[which]]
    ids, told = batch.ids_of(first), _told(table, batch.table_row[first])
    alone = np.diff(found.first)[which] == 1
    clouds = {n: _cloud(xy[k], w[k]) for place, xy, w in nodes(which) for k, n in enumerate(place.tolist())}
    parts = []
    for n, event in enumerate(which.tolist()):
        cloud = clouds[n]
        parts.append(
            Part(
                item=None,
                event=event,
                first_id=ids[n],
                told=told[n] if alone[n] else "",
                cloud=cloud,
                box=box_of(cloud, prior.exchange_spread_m),
                window_s=(float(window[0][event]), float(window[1][event])),
                sigma_s=float(sigma[event]),
            )
        )
    return parts


def _boxes(spots: Spots, spread_m: float) -> F64:
    """(k, 4) x0, y0, x1, y1 of where the centre of an exchange can be of which each event is a signature."""
    reach = CLEAR * spots.major_m + BOX_SPREADS * spread_m
    return np.column_stack([spots.x_m - reach, spots.y_m - reach, spots.x_m + reach, spots.y_m + reach])


def _near(reports: Sequence[Part], window_s: tuple[F64, F64], sigma_s: F64, boxes: F64) -> I64:
    """Events, in ascending order, whose time and box meet those of a report."""
    spans = make_spans(window_s[0] - EDGES * sigma_s, window_s[1] + EDGES * sigma_s)
    near = [np.empty(0, dtype=np.int64)]
    for report in reports:
        edge = EDGES * report.sigma_s
        events = meeting(spans, report.window_s[0] - edge, report.window_s[1] + edge)
        near.append(events[_meets(report.box, boxes[events])])
    return np.unique(np.concatenate(near))


def _meets(box: Bounds, boxes: F64) -> Mask:
    x0, y0, x1, y1 = boxes.T
    meets: Mask = (x0 < box[2]) & (x1 > box[0]) & (y0 < box[3]) & (y1 > box[1])
    return meets


def _told(table: pa.Table, rows: I64) -> list[str]:
    """The group that the source reported each row in, "" for none."""
    if "group_id" not in table.column_names:
        return [""] * len(rows)
    told = table.select(["source", "group_id"]).take(pa.array(rows)).to_pylist()
    return [f"{row['source']}/{row['group_id']}" if row["group_id"] else "" for row in told]


def _cloud(xy: F64, weights: F64) -> Cloud:
    kept = weights > LIGHTEST * weights.max()
    return Cloud(xy=xy[kept], weights=weights[kept] / weights[kept].sum())
