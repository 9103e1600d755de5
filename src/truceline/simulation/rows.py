"""What was noticed, drawn as reports and written as interchange columns, with the truth beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.domain.columns import ARC_LIST, TIMESTAMP
from truceline.geo.frame import Frame
from truceline.physics.arrival import draw_arrival
from truceline.physics.bearing import draw_bearing
from truceline.physics.fix import draw_fix
from truceline.physics.sector import draw_arc, draw_band
from truceline.simulation.violence import Events
from truceline.simulation.worlds import Watch, World

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

CLUTTER = -1
US = 1e6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sightings:
    """What a unit of a watch noticed, or only thought that it did (`event` is CLUTTER); (n,) each.

    `kind` is the kind as told, place and time are the true ones and `from_xy` (n, 2) is where the unit stood.
    """

    watch: I64
    unit: I64
    event: I64
    kind: I64
    x_m: F64
    y_m: F64
    time_s: F64
    from_xy: F64


SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("sensor", pa.string()),
        ("record_kind", pa.string()),
        ("means", pa.string()),
        ("phenomenon", pa.string()),
        ("time", TIMESTAMP),
        ("time_sigma_s", pa.float64()),
        ("received_at", TIMESTAMP),
        ("sensor_lon_deg", pa.float64()),
        ("sensor_lat_deg", pa.float64()),
        ("sensor_sigma_m", pa.float64()),
        ("lon_deg", pa.float64()),
        ("lat_deg", pa.float64()),
        ("sigma_major_m", pa.float64()),
        ("sigma_minor_m", pa.float64()),
        ("sigma_azimuth_deg", pa.float64()),
        ("bearing_deg", pa.float64()),
        ("bearing_sigma_deg", pa.float64()),
        ("sectors", ARC_LIST),
        ("range_min_m", pa.float64()),
        ("range_max_m", pa.float64()),
        ("reliability", pa.string()),
    ]
)


def observation_table(
    world: World,
    frame: Frame,
    start: datetime,
    stated_xy: Sequence[F64],
    parts: Sequence[Sightings],
    rng: Generator,
    most: int | None,
) -> tuple[pa.Table, Sightings]:
    """The reports of all sightings in order of the time perceived, the first `most` of them, and their sightings."""
    drawn = [
        draw_rows(watch, world, frame, start, xy, seen, rng)
        for watch, xy, seen in zip(world.watches, stated_xy, parts, strict=True)
    ]
    table = pa.concat_tables([pa.table(columns, schema=SCHEMA) for columns in drawn])
    order = np.argsort(np.asarray(table.column("time").cast(pa.int64())), kind="stable")[:most]
    numbers = pc.utf8_lpad(pa.array(np.arange(len(order))).cast(pa.string()), 8, "0")
    table = table.take(pa.array(order)).combine_chunks()
    table = table.set_column(0, "id", pc.binary_join_element_wise("o", numbers, ""))
    fields = Sightings.__dataclass_fields__
    seen = Sightings(**{name: np.concatenate([getattr(p, name) for p in parts])[order] for name in fields})
    return table, seen


def event_table(
    world: World, frame: Frame, start: datetime, happened: Events, seen: Sightings, until_s: float
) -> pa.Table:
    """What happened until then: id, time, place, kind, and how many reported it."""
    n = int(np.searchsorted(happened.time_s, until_s, side="right"))
    reported = np.bincount(seen.event[seen.event != CLUTTER], minlength=len(happened.time_s))
    lon, lat = frame.to_degrees(happened.x_m[:n], happened.y_m[:n])
    return pa.table(
        {
            "event_id": event_ids(np.arange(n)),
            "time": timestamps(start, happened.time_s[:n]),
            "lon_deg": lon,
            "lat_deg": lat,
            "phenomenon": _names([kind for kind, _ in world.violence.kinds], happened.kind[:n]),
            "n_observations": reported[:n],
        }
    )


def truth_table(observations: pa.Table, seen: Sightings) -> pa.Table:
    """Which event each observation speaks of; null for clutter."""
    ids = pc.binary_join_element_wise(observations.column("source"), observations.column("id"), ":")
    event = pc.if_else(pa.array(seen.event == CLUTTER), pa.scalar(None, pa.string()), event_ids(seen.event))
    return pa.table({"observation_id": ids.combine_chunks(), "event_id": event})


def draw_rows(
    watch: Watch, world: World, frame: Frame, start: datetime, stated_xy: F64, seen: Sightings, rng: Generator
) -> dict[str, pa.Array]:
    """One report of each sighting of a watch, as columns; what the family does not use is null."""
    n = len(seen.unit)
    dx, dy = seen.x_m - seen.from_xy[:, 0], seen.y_m - seen.from_xy[:, 1]
    r_m, theta = np.hypot(dx, dy), np.arctan2(dx, dy)
    perceived_s = draw_arrival(
        seen.time_s,
        r_m,
        rng,
        speed_m_s=watch.speed_m_s,
        speed_sigma_share=watch.speed_sigma_share,
        sigma_s=watch.time_sigma_s,
    )
    if watch.clock_step_s > 0.0:
        perceived_s = np.rint(perceived_s / watch.clock_step_s) * watch.clock_step_s
    columns: dict[str, pa.Array] = {
        "id": pa.nulls(n, pa.string()),
        "source": _same(watch.source, n),
        "sensor": _names(sensor_names(watch), seen.unit),
        "record_kind": _same("observation", n),
        "means": _same(watch.means, n),
        "phenomenon": _names([kind for kind, _ in world.violence.kinds], seen.kind),
        "time": timestamps(start, perceived_s),
        "time_sigma_s": np.full(n, round(np.hypot(watch.time_sigma_s, watch.clock_step_s / np.sqrt(12.0)), 3)),
        "received_at": timestamps(start, perceived_s + watch.latency_s),
        "reliability": _same(watch.reliability, n),
    }
    if watch.family == "fix":
        columns |= _fixes(watch, frame, seen, rng)
    else:
        columns |= _from_posts(watch, frame, stated_xy, seen.unit)
        true_rad = theta - np.radians(_turns(frame, stated_xy))[seen.unit]
        if watch.family == "bearing":
            read = np.degrees(draw_bearing(true_rad, rng, sigma_rad=np.radians(watch.bearing_sigma_deg)))
            columns |= {"bearing_deg": np.round(read, 3), "bearing_sigma_deg": np.full(n, watch.bearing_sigma_deg)}
        elif watch.family == "sector":
            columns |= _sectors(watch, true_rad, r_m, rng)
    return {name: columns.get(name, pa.nulls(n, SCHEMA.field(name).type)) for name in SCHEMA.names}


def _fixes(watch: Watch, frame: Frame, seen: Sightings, rng: Generator) -> dict[str, F64]:
    sigma = watch.fix_sigma_m
    at = draw_fix(np.column_stack([seen.x_m, seen.y_m]), rng, sigma_major_m=sigma, sigma_minor_m=sigma, azimuth_rad=0.0)
    lon, lat = frame.to_degrees(at[:, 0], at[:, 1])
    same = np.full(len(at), sigma)
    return {
        "lon_deg": np.round(lon, 6),
        "lat_deg": np.round(lat, 6),
        "sigma_major_m": same,
        "sigma_minor_m": same,
        "sigma_azimuth_deg": np.zeros(len(at)),
    }


def _from_posts(watch: Watch, frame: Frame, stated_xy: F64, unit: I64) -> dict[str, F64]:
    lon, lat = frame.to_degrees(stated_xy[:, 0], stated_xy[:, 1])
    return {
        "sensor_lon_deg": np.round(lon, 6)[unit],
        "sensor_lat_deg": np.round(lat, 6)[unit],
        "sensor_sigma_m": np.full(len(unit), watch.position_sigma_m),
    }


def _turns(frame: Frame, stated_xy: F64) -> F64:
    """Degrees that true bearings are turned by in the plane, at each post."""
    return frame.convergence_deg(*frame.to_degrees(stated_xy[:, 0], stated_xy[:, 1]))


def _sectors(watch: Watch, true_rad: F64, r_m: F64, rng: Generator) -> dict[str, pa.Array]:
    start, end = draw_arc(true_rad, rng, sigma_rad=np.radians(watch.bearing_sigma_deg))
    near, far = draw_band(r_m, rng, sigma_share=watch.range_sigma_share, edges_m=np.array(watch.band_edges_m))
    arcs = pa.StructArray.from_arrays(
        [np.mod(np.degrees(edge), 360.0).round(6) for edge in (start, end)], names=["from_deg", "to_deg"]
    )
    offsets = pa.array(np.arange(len(r_m) + 1), pa.int32())
    return {"sectors": pa.ListArray.from_arrays(offsets, arcs), "range_min_m": near, "range_max_m": far}


def sensor_names(watch: Watch) -> list[str]:
    """The name of each unit of a watch."""
    return [f"{watch.source}-{number:04d}" for number in range(1, watch.units + 1)]


def timestamps(start: datetime, seconds: F64) -> pa.Array:
    """Instants some seconds after the start, to the microsecond."""
    start_us = int(start.timestamp()) * 10**6
    return pa.array(start_us + np.rint(seconds * US).astype(np.int64)).cast(TIMESTAMP)


def _same(value: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), n)


def _names(words: Sequence[str], which: I64) -> pa.Array:
    return pa.array(list(words)).take(pa.array(which))


def event_ids(number: I64) -> pa.Array:
    return pc.binary_join_element_wise("T", pc.utf8_lpad(pa.array(number).cast(pa.string()), 7, "0"), "")
