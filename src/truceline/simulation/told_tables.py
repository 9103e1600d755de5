"""A world that is told of, as tables: rows that count over intervals, the few with exact times, and the truth."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from truceline.domain.observation import COLUMNS
from truceline.geo.frame import Frame
from truceline.simulation.engagements import LEFT, STRIKE_ARM, Exchanged, draw_exchanges
from truceline.simulation.rows import CLUTTER, Sightings, draw_rows, event_ids, sensor_names, timestamps
from truceline.simulation.shots import SIDES
from truceline.simulation.telling import Telling
from truceline.simulation.told import OUTGOING, PHASES, Post, Row, Signatures, row_of, signatures, told_rows
from truceline.simulation.violence import F64, I64, Ground
from truceline.simulation.worlds import Watch, World

TOLD_AFTER_S = 3_600.0
HOUR_S = 3_600.0
NOTICED_ROUNDS = 0.8  # of a strike's rounds by those who count what fell in a town
FALSE_MOST = 8
SAYS = (
    "id", "source", "sensor", "record_kind", "means", "phenomenon", "phase", "weapon", "flight_bearing_deg",
    "count_low", "count_high", "count_stated", "count_unit", "time", "time_sigma_s", "time_start", "time_end",
    "time_kind", "received_at", "sensor_lon_deg", "sensor_lat_deg", "sensor_sigma_m", "lon_deg", "lat_deg",
    "sigma_major_m", "sigma_minor_m", "sigma_azimuth_deg", "bearing_deg", "bearing_sigma_deg", "sectors",
    "range_min_m", "range_max_m", "track_id", "group_id", "reliability",
)  # fmt: skip
SCHEMA = pa.schema([(c.name, c.type) for c in COLUMNS if c.name in SAYS])


def told_campaign(
    world: World,
    telling: Telling,
    ground: Ground,
    stands: Sequence[tuple[F64, F64]],
    start: datetime,
    days: float,
    seed: int,
    most: int | None,
) -> tuple[Exchanged, pa.Table, Sightings]:
    """What happens in some days, the first `most` rows of what is told of it by the time they are received, and
    whose they are; `stands` are the true and the stated places (n, 2) of each watch's units."""
    kinds = tuple(kind for kind, _ in world.violence.kinds)
    made = draw_exchanges(telling, kinds, ground, days, world.violence.events_per_day, np.random.default_rng([seed, 1]))
    rng = np.random.default_rng([seed, 2])
    posts = [
        post
        for watch, (true_xy, _) in zip(world.watches, stands, strict=True)
        for post in _posts(watch, kinds, ground.frame, true_xy)
    ]
    rows = told_rows(world, telling, posts, made, rng)
    rows += _false_rows(telling, kinds, posts, len(rows), world.clutter_share, days, rng)
    rows += _authority_rows(world, kinds, made, rng)
    tables = [_interval_table(world, ground.frame, stands, start, rows)]
    seen = [_of_rows(world, rows)]
    for number, watch in enumerate(world.watches):
        if watch.family != "sector" and watch.means != "reported":
            sighted, more = _instants(number, watch, stands[number][0], telling, kinds, made, rng)
            columns = draw_rows(watch, world, ground.frame, start, stands[number][1], sighted, rng)
            tables.append(_with(pa.table(columns), more))
            seen.append(sighted)
    return (made, *_in_order(tables, seen, most))


def _posts(watch: Watch, kinds: tuple[str, ...], frame: Frame, true_xy: F64) -> list[Post]:
    if watch.family != "sector":
        return []
    turns = frame.convergence_deg(*frame.to_degrees(true_xy[:, 0], true_xy[:, 1]))
    scale_m = np.array([0.0 if kind == "uav" else watch.scale_of(kind) for kind in kinds])
    return [Post(watch=watch, unit=n, xy=xy, turn_deg=float(turns[n]), scale_m=scale_m) for n, xy in enumerate(true_xy)]


def _false_rows(
    telling: Telling, kinds: tuple[str, ...], posts: list[Post], n_true: int, share: float, days: float, rng: Generator
) -> list[Row]:
    """Rows of exchanges that nobody had: a few explosions anywhere that the post would notice them."""
    rows = []
    for _ in range(int(rng.poisson(n_true * share / (1.0 - share)))):
        post = posts[int(rng.integers(len(posts)))]
        r, turn, n = 6e3 * np.sqrt(rng.random()), 2.0 * np.pi * rng.random(), int(rng.integers(1, FALSE_MOST + 1))
        at = post.xy + r * np.array([np.sin(turn), np.cos(turn)]) + 500.0 * rng.standard_normal((n, 2))
        seen = Signatures(
            kind=np.full(n, kinds.index("explosion")),
            phase=np.full(n, OUTGOING),
            arm=np.full(n, STRIKE_ARM),
            xy=at,
            time_s=np.sort(days * 86_400.0 * rng.random() + 600.0 * rng.random(n)),
            way_rad=np.zeros(n),
        )
        row = row_of(telling, kinds, post, CLUTTER, seen, None, rng)
        first = HOUR_S * np.floor(seen.time_s[0] / HOUR_S)
        kind = "unknown_within" if n == 1 else None
        rows.append(row | {"start_s": first, "end_s": first + HOUR_S * rng.integers(2, 12), "time_kind": kind})
    return rows


def _authority_rows(world: World, kinds: tuple[str, ...], made: Exchanged, rng: Generator) -> list[Row]:
    """What towns and the press tell of strikes far behind the line: a place by its name, an hour or two."""
    rounds, rows = made.rounds, []
    for event in np.unique(rounds.exchange[rounds.arm == STRIKE_ARM]).tolist():
        which = np.flatnonzero(rounds.exchange == event)
        for watch in world.watches:
            n = int(rng.binomial(len(which), NOTICED_ROUNDS))
            if watch.means != "reported" or rng.random() >= watch.p_beside or n == 0:
                continue
            xy = rounds.to_xy[which].mean(axis=0) + watch.fix_sigma_m * rng.standard_normal(2)
            first = HOUR_S * np.floor(rounds.fell_s[which].min() / HOUR_S)
            rows.append(
                {"event": event, "kind": kinds.index("explosion"), "watch": watch, "xy": xy, "phase": "impact"}
                | {"phenomenon": "explosion", "count_low": n, "count_high": n, "count_unit": "signatures"}
                | {"count_stated": str(n), "start_s": first, "end_s": first + HOUR_S * rng.integers(1, 4)}
                | {"time_s": float(rounds.fell_s[which].min()), "time_kind": "unknown_within" if n == 1 else None}
            )
    return rows


def _interval_table(
    world: World, frame: Frame, stands: Sequence[tuple[F64, F64]], start: datetime, rows: Sequence[Row]
) -> pa.Table:
    """Rows that count over an interval, as columns of the interchange."""
    said = [_said(world, frame, stands, row) for row in rows]
    times = np.array([(row["start_s"], row["end_s"]) for row in rows]).reshape(-1, 2)
    columns: dict[str, Any] = {n: [one.get(n) for one in said] for n in SCHEMA.names}
    columns |= {
        "time_start": timestamps(start, times[:, 0]),
        "time_end": timestamps(start, times[:, 1]),
        "received_at": timestamps(start, times[:, 1] + TOLD_AFTER_S),
    }
    return pa.table(columns, schema=SCHEMA)


def _said(world: World, frame: Frame, stands: Sequence[tuple[F64, F64]], row: Row) -> dict[str, Any]:
    watch: Watch = row["watch"] if "watch" in row else row["post"].watch
    said = {n: row[n] for n in SCHEMA.names if n in row}
    said |= {"source": watch.source, "means": watch.means, "reliability": watch.reliability}
    said |= {"record_kind": "observation", "time_kind": row.get("time_kind") or "throughout"}
    if "post" in row:
        unit = row["post"].unit
        stated = stands[world.watches.index(watch)][1][unit]
        lon, lat = frame.to_degrees(stated[:1], stated[1:])
        where = {"sensor_lon_deg": lon, "sensor_lat_deg": lat}
        said |= {"sensor": sensor_names(watch)[unit], "sensor_sigma_m": watch.position_sigma_m}
    else:
        lon, lat = frame.to_degrees(row["xy"][:1], row["xy"][1:])
        where = {"lon_deg": lon, "lat_deg": lat}
        said |= {"sensor": watch.source, "sigma_major_m": watch.fix_sigma_m, "sigma_minor_m": watch.fix_sigma_m}
    return said | {name: round(float(value[0]), 6) for name, value in where.items()}


def _of_rows(world: World, rows: Sequence[Row]) -> Sightings:
    watches = [row["watch"] if "watch" in row else row["post"].watch for row in rows]
    xy = np.array([row["xy"] for row in rows]).reshape(-1, 2)
    return Sightings(
        watch=np.array([world.watches.index(watch) for watch in watches], dtype=np.int64),
        unit=np.array([row["post"].unit if "post" in row else 0 for row in rows], dtype=np.int64),
        event=np.array([row["event"] for row in rows], dtype=np.int64),
        kind=np.array([row["kind"] for row in rows], dtype=np.int64),
        x_m=xy[:, 0],
        y_m=xy[:, 1],
        time_s=np.array([row["time_s"] for row in rows], dtype=np.float64),
        from_xy=np.array([row["post"].xy if "post" in row else row["xy"] for row in rows]).reshape(-1, 2),
    )


def _instants(
    number: int, watch: Watch, true_xy: F64, telling: Telling, kinds: tuple[str, ...], made: Exchanged, rng: Generator
) -> tuple[Sightings, Mapping[str, list[Any]]]:
    """Single signatures that an instrument times: blasts heard by arrays, impacts seen by a UAV, firing and flights
    of UAVs followed by radar."""
    every = signatures(telling, kinds, made.rounds, np.arange(len(made.rounds.side)))
    event = np.concatenate(
        [made.rounds.exchange[made.rounds.arm != STRIKE_ARM], made.rounds.exchange[_falls(telling, kinds, made)]]
    )
    blast = every.kind == kinds.index("explosion")
    phase = {"uav": 1, "radar": 0}.get(watch.means)
    may = blast & (every.arm != STRIKE_ARM) & ((every.phase == phase) if phase is not None else True)
    if watch.is_feed:
        which = np.flatnonzero(may & (rng.random(len(may)) < watch.p_beside))
        unit, from_xy = np.zeros(len(which), dtype=np.int64), every.xy[which]
    else:
        near = np.flatnonzero(may)
        r_m = np.hypot(*(true_xy[:, None, :] - every.xy[near][None, :, :]).transpose(2, 0, 1))
        unit, at = np.nonzero(rng.random(r_m.shape) < watch.p_beside * np.exp(-((r_m / watch.scale_m) ** 2)))
        which, from_xy = near[at], true_xy[unit]
    tracked = made.tracks if watch.means == "radar" else None
    n = len(which)
    more: dict[str, list[Any]] = {"phase": [None if phase is None else PHASES[int(every.phase[w])] for w in which]}
    more["track_id"] = [None] * n
    xy, time_s, kind, whose = every.xy[which], every.time_s[which], every.kind[which], event[which]
    if tracked is not None:
        more["phase"] += ["in_flight"] * len(tracked.event)
        more["track_id"] += [f"track-{k}" for k in tracked.event.tolist()]
        xy, time_s = np.concatenate([xy, tracked.xy]), np.concatenate([time_s, tracked.time_s])
        kind = np.concatenate([kind, np.full(len(tracked.event), kinds.index("uav"))])
        whose, unit = (
            np.concatenate([whose, tracked.event]),
            np.concatenate([unit, np.zeros(len(tracked.event), dtype=np.int64)]),
        )
        from_xy = np.concatenate([from_xy, tracked.xy])
    found = Sightings(
        watch=np.full(len(unit), number),
        unit=unit,
        event=whose,
        kind=kind,
        x_m=xy[:, 0],
        y_m=xy[:, 1],
        time_s=time_s,
        from_xy=from_xy,
    )
    return found, more


def _falls(telling: Telling, kinds: tuple[str, ...], made: Exchanged) -> I64:
    arm = made.rounds.arm
    blasts = np.array([one.kind == "explosion" for one in telling.arms] + [True])
    return np.flatnonzero(blasts[np.where(arm == STRIKE_ARM, len(telling.arms), arm)])


def _with(table: pa.Table, more: Mapping[str, list[Any]]) -> pa.Table:
    for name, values in more.items():
        table = table.append_column(name, pa.array(values, pa.string()))
    missing = [f for f in SCHEMA if f.name not in table.column_names]
    for field in missing:
        table = table.append_column(field.name, pa.nulls(table.num_rows, field.type))
    return table.select(SCHEMA.names).cast(SCHEMA)


def _in_order(tables: Sequence[pa.Table], seen: Sequence[Sightings], most: int | None) -> tuple[pa.Table, Sightings]:
    """All rows by the time they were received, the first `most` of them."""
    table = pa.concat_tables(tables)
    order = np.argsort(np.asarray(table["received_at"].cast(pa.int64())), kind="stable")[:most]
    table = table.take(pa.array(order)).combine_chunks()
    ids = pa.array([f"r{n:07d}" for n in range(len(order))])
    fields = Sightings.__dataclass_fields__
    whose = Sightings(**{name: np.concatenate([getattr(s, name) for s in seen])[order] for name in fields})
    return table.set_column(table.column_names.index("id"), "id", ids), whose


def truth_of(world: World, frame: Frame, start: datetime, made: Exchanged, seen: Sightings, until_s: float) -> pa.Table:
    """What happened until then: id, first place and kind, how many rows tell of it, its last round, how many rounds,
    which side fired first and whether it was answered, and where firing and impacts of either side lay on average."""
    events, rounds = made.events, made.rounds
    n = int(np.searchsorted(events.time_s, until_s, side="right"))
    lon, lat = frame.to_degrees(events.x_m[:n], events.y_m[:n])
    reported = np.bincount(seen.event[seen.event != CLUTTER], minlength=len(events.time_s))
    count = np.bincount(rounds.exchange, minlength=len(events.time_s))
    order = np.lexsort((rounds.fired_s, rounds.exchange))
    number, first = np.unique(rounds.exchange[order], return_index=True)
    opener = dict(zip(number.tolist(), rounds.side[order][first].tolist(), strict=True))
    both = {
        k: len(np.unique(s)) == 2 for k, s in zip(number.tolist(), np.split(rounds.side[order], first[1:]), strict=True)
    }
    last = events.time_s.copy()
    np.maximum.at(last, rounds.exchange, rounds.fell_s)
    table = {
        "event_id": event_ids(np.arange(n)),
        "time": timestamps(start, events.time_s[:n]),
        "time_end": timestamps(start, last[:n]),
        "lon_deg": lon,
        "lat_deg": lat,
        "phenomenon": pa.array([kind for kind, _ in world.violence.kinds]).take(pa.array(events.kind[:n])),
        "n_observations": reported[:n],
        "n_rounds": count[:n],
        "first_side": pa.array([SIDES[opener[k]] if k in opener else None for k in range(n)], pa.string()),
        "answered": pa.array([both.get(k, False) for k in range(n)]),
    }
    for side, name in enumerate(SIDES):
        mine = rounds.side == (LEFT if side == LEFT else 1 - LEFT)
        for end, xy in (("from", rounds.from_xy), ("to", rounds.to_xy)):
            table |= _mean_place(frame, f"{name}_{end}", xy[mine], rounds.exchange[mine], len(events.time_s), n)
    return pa.table(table)


def _mean_place(frame: Frame, name: str, xy: F64, exchange: I64, n_all: int, n: int) -> dict[str, pa.Array]:
    many = np.bincount(exchange, minlength=n_all)[:n]
    x, y = (np.bincount(exchange, v, minlength=n_all)[:n] / np.maximum(many, 1) for v in (xy[:, 0], xy[:, 1]))
    lon, lat = frame.to_degrees(x, y)
    none = many == 0
    return {f"{name}_lon_deg": pa.array(lon, mask=none), f"{name}_lat_deg": pa.array(lat, mask=none)}
