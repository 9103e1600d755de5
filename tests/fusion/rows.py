"""Rows of observations for tests of fusion: a station, a time, and only what a case needs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.columns import from_rows
from truceline.domain.fused import Fused
from truceline.domain.observation import COLUMNS
from truceline.fusion.fuse import fuse
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.fusion.intake.chosen import choose
from truceline.fusion.intake.items import Item, make_items
from truceline.geo.frame import Frame, local_frame

START = datetime(2018, 9, 5, 8, 0, tzinfo=UTC)
FRAME = local_frame(38.5, 48.7)
Row = dict[str, Any]


def at(seconds: float) -> datetime:
    """An instant this many seconds after the start of every test."""
    return START + timedelta(seconds=seconds)


def degrees(x_m: float, y_m: float, frame: Frame = FRAME) -> tuple[float, float]:
    """Longitude and latitude of a point of the test plane."""
    lon, lat = frame.to_degrees(np.array([x_m]), np.array([y_m]))
    return float(lon[0]), float(lat[0])


def base(id: str, sensor: str, **more: Any) -> Row:
    """An explosion reported by a reliable sensor."""
    row = {"id": id, "source": "t", "sensor": sensor, "phenomenon": "explosion", "reliability": "B", "credibility": 2}
    return row | more


def fix(
    id: str, x_m: float, y_m: float, seconds: float, *, sigma_m: float = 100.0, sigma_s: float = 2.0, **more: Any
) -> Row:
    """A UAV's fix of one explosion."""
    lon, lat = degrees(x_m, y_m)
    where = {"lon_deg": lon, "lat_deg": lat, "sigma_major_m": sigma_m}
    return base(id, f"uav-{id}", means="uav", time=at(seconds), time_sigma_s=sigma_s, **where) | more


def sector(id: str, x_m: float, y_m: float, arc: tuple[float, float], band_m: tuple[float, float], **more: Any) -> Row:
    """What somebody at (x, y) heard in a compass sector and a distance band."""
    lon, lat = degrees(x_m, y_m)
    row = base(id, f"post-{id}", means="heard", sensor_lon_deg=lon, sensor_lat_deg=lat, sensor_sigma_m=50.0)
    seen = {"sectors": [{"from_deg": arc[0], "to_deg": arc[1]}], "range_min_m": band_m[0], "range_max_m": band_m[1]}
    return row | seen | more


def throughout(start_s: float, end_s: float, low: int = 10, high: int | None = 10) -> Row:
    """Many signatures throughout an interval."""
    return {
        "time_start": at(start_s),
        "time_end": at(end_s),
        "time_kind": "throughout",
        "count_low": low,
        "count_high": high,
    }


def table(rows: Sequence[Row]) -> pa.Table:
    """The rows as the interchange table."""
    return from_rows(COLUMNS, rows)


def items(*rows: Row, prior: Prior | None = None) -> list[Item]:
    """The rows as the second level of fusion sees them, in order of time and id; single ones too."""
    given = table(rows)
    chosen = choose(given)
    taken = np.flatnonzero(chosen.single | chosen.many)
    found = make_items(
        given.take(pa.array(chosen.at[taken])),
        chosen.ids.take(pa.array(taken)).to_pylist(),
        frame=FRAME,
        models=sensor_models(),
        regions=Regions(),
        prior=prior or Prior(),
    )
    return sorted((i for i in found if i is not None), key=lambda i: (i.origin_s[0], i.origin_s[1], i.id))


def batch(*rows: Row, prior: Prior | None = None) -> Batch:
    """The single observations among the rows, ready to be weighed."""
    return make_batch(table(rows), frame=FRAME, models=sensor_models(), regions=Regions(), prior=prior or Prior())[0]


def fused(*rows: Row, prior: Prior | None = None, coverage: pa.Table | None = None, threads: int = 1) -> Fused:
    """The rows fused, without a line."""
    given = {"models": sensor_models(), "line": None, "regions": Regions(), "prior": prior or Prior()}
    return fuse(table(rows), coverage, **given, threads=threads)
