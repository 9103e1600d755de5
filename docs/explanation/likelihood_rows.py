"""Rows of the interchange for the pictures of fusion.md, and what the compiled likelihoods make of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.columns import from_rows
from truceline.domain.observation import COLUMNS
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.geo.frame import local_frame
from truceline.physics.weigh import NOTHING, weigh

F64 = np.ndarray[Any, np.dtype[np.float64]]
Row = dict[str, Any]

START = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
FRAME = local_frame(38.5, 48.7)


def row(id: str, means: str, seconds: float, **more: Any) -> Row:
    """An explosion that one sensor noticed so many seconds after the start."""
    when = {"time": START + timedelta(seconds=seconds)} if "time_start" not in more else {}
    given = {"id": id, "source": "s", "sensor": id, "means": means, "phenomenon": "explosion", "reliability": "B"}
    return given | when | more


def seen_from(x_m: float, y_m: float, sigma_m: float = 10.0) -> Row:
    """Columns that say where the observer was."""
    lon, lat = FRAME.to_degrees(np.array([x_m]), np.array([y_m]))
    return {"sensor_lon_deg": float(lon[0]), "sensor_lat_deg": float(lat[0]), "sensor_sigma_m": sigma_m}


def found_at(x_m: float, y_m: float, major_m: float, minor_m: float, azimuth_deg: float) -> Row:
    """Columns of a fix with its ellipse."""
    lon, lat = FRAME.to_degrees(np.array([x_m]), np.array([y_m]))
    place = {"lon_deg": float(lon[0]), "lat_deg": float(lat[0])}
    return place | {"sigma_major_m": major_m, "sigma_minor_m": minor_m, "sigma_azimuth_deg": azimuth_deg}


def arc(start_deg: float, end_deg: float) -> list[dict[str, float]]:
    """One compass sector."""
    return [{"from_deg": start_deg, "to_deg": end_deg}]


def batch_of(*rows: Row) -> Batch:
    """The rows as fusion weighs them; times are seconds since the day began."""
    table = from_rows(COLUMNS, rows)
    batch, items, left_out = make_batch(table, frame=FRAME, models=sensor_models(), regions=Regions(), prior=Prior())
    if items or left_out or len(batch.rows) != len(rows):
        raise SystemExit(f"rows are missing from the batch: {left_out}, {len(items)} aggregated")
    return batch


def log_at(batch: Batch, which: int, states: F64) -> F64:
    """Log likelihood of one row at states (n, 3), in the time of the batch."""
    rows, arcs, corners = batch.reports
    return weigh(rows, arcs, corners, np.full(len(states), which, dtype=np.int64), states)


def start_s(batch: Batch) -> float:
    """`START` in the time of the batch."""
    return START.timestamp() - batch.epoch_s


def log_over_time(batch: Batch, which: Sequence[int], xy: F64) -> F64:
    """Log of the integral over time of the product of several rows, at places (n, 2): where, whenever it was."""
    lead = min(which, key=lambda i: (batch.rows[i]["half_window_s"], batch.rows[i]["time_sigma_s"]))
    one = batch.rows[lead]
    r_m = np.hypot(xy[:, 0] - one["x_m"], xy[:, 1] - one["y_m"])
    delay = r_m / one["speed_m_s"] if one["speed_m_s"] > 0.0 else np.zeros(len(xy))
    sigma = np.sqrt(one["time_sigma_s"] ** 2 + (one["speed_sigma_share"] * delay) ** 2)
    reach = one["half_window_s"] + 5.0 * sigma
    total = np.full(len(xy), -np.inf)
    for share in (np.arange(81) + 0.5) / 40.5 - 1.0:
        states = np.column_stack([xy, one["time_s"] - delay + share * reach])
        total = np.logaddexp(total, sum(log_at(batch, i, states) for i in which) + np.log(reach / 40.5))
    return np.maximum(total, NOTHING)
