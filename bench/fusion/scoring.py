"""What an answer is worth: pairs, places and sides of the line against the truth; and the best that could be had."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from plain import Prepared

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.geo.line import locate
from truceline.simulation.floor import locate_groups
from truceline.simulation.oracle import oracle
from truceline.simulation.score import ALONE, Pairs, labels, location_errors, matches, pair_scores

NEAR_LINE_M = 2_000.0
LEAST = 2  # observations of an event whose place is asked for


@dataclass(frozen=True, kw_only=True)
class Score:
    """Agreement of pairs, median error of places (km), share of sides right near the line."""

    pairs: Pairs
    error_km: float
    side: float


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What nobody can beat: the pairs when the true events are known, the places when the true members are."""

    oracle: Pairs
    floor_km: float


def score(data: Prepared, label: np.ndarray, found_xy: np.ndarray, left: np.ndarray | None = None) -> Score:
    """Score labels (n,) of no ALONE with the place (m, 2) of each label and whether it is left of the line (m,)."""
    line = data.simulated.ground.line
    if left is None:
        left = locate(line, found_xy[:, 0].copy(), found_xy[:, 1].copy())[1] > 0
    _, offset = locate(line, data.true_xy[:, 0].copy(), data.true_xy[:, 1].copy())
    match = matches(data.event, label, len(data.true_xy))
    seen = np.bincount(data.event[data.event != ALONE], minlength=len(data.true_xy)) >= LEAST
    near = seen & (np.abs(offset) < NEAR_LINE_M)
    errors = location_errors(data.true_xy, data.event, label, found_xy, LEAST)
    return Score(
        pairs=pair_scores(data.event, label),
        error_km=float(np.median(errors)) / 1e3,
        side=float((left[match[near]] == (offset[near] > 0)).mean()),
    )


def score_ours(data: Prepared, incidents: pa.Table, membership: pa.Table) -> Score:
    """Score the tables that `fuse` returned: its own places, and its own word on the side."""
    told = data.simulated.truth["observation_id"]
    label = labels(told, membership["observation_id"], membership["incident_id"])
    names = membership["incident_id"].combine_chunks().dictionary_encode().dictionary
    at = pc.index_in(names, value_set=incidents["id"].combine_chunks())
    rows = incidents.take(at)
    x, y = data.simulated.ground.frame.to_plane(np.asarray(rows["lon_deg"]), np.asarray(rows["lat_deg"]))
    return score(data, label, np.column_stack([x, y]), np.asarray(rows["p_side_left"]) > 0.5)


def score_peer(data: Prepared, label: np.ndarray, places: Mapping[str, np.ndarray] | None) -> Score:
    """Score a peer: where it says no place itself, its members' centres weighed by their precision."""
    told = pq.read_table(data.plain, columns=["x_m", "y_m", "sigma_m"])
    x, y, sigma = (told[name].to_numpy() for name in ("x_m", "y_m", "sigma_m"))
    label = label.astype(np.int64).copy()
    alone = label == ALONE
    label[alone] = label.max(initial=-1) + 1 + np.arange(alone.sum())
    weight = 1.0 / sigma**2
    total = np.maximum(np.bincount(label, weight), 1e-30)
    xy = np.column_stack([np.bincount(label, weight * v) / total for v in (x, y)])
    if places is not None:
        xy[places["label"]] = np.column_stack([places["x_m"], places["y_m"]])
    return score(data, label, xy)


def limit(data: Prepared) -> Limit:
    """The oracle's pairs and the floor of the places."""
    frame = data.simulated.ground.frame
    given = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
    batch, _, _ = make_batch(data.simulated.observations, frame=frame, **given)
    index = batch.table_row
    found = np.full(len(data.event), ALONE)
    found[index] = oracle(data.simulated, batch.reports, frame, index, batch.epoch_s)
    return Limit(oracle=pair_scores(data.event, found), floor_km=_floor_km(data, batch))


def _floor_km(data: Prepared, batch: Batch) -> float:
    event = data.event[batch.table_row]
    order = np.argsort(event, kind="stable")
    order = order[event[order] != ALONE]
    first = np.append(np.unique(event[order], return_index=True)[1], len(order))
    found = locate_groups(batch.reports, first, order)
    label = np.empty(len(event), dtype=np.int64)
    label[found.member] = np.repeat(np.arange(found.n_events), np.diff(found.first))
    found_xy = np.column_stack([found.x_m, found.y_m])
    return float(np.median(location_errors(data.true_xy, event, label, found_xy, LEAST))) / 1e3
