"""Subjects besides fire: weapons and troops seen, monitors hindered, and what parties announced, from the rows."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.clock import Interval
from truceline.domain.holding import Holding, Obstruction
from truceline.domain.ids import derived_id, observation_id
from truceline.domain.incident import Support
from truceline.domain.observation import stated_count
from truceline.domain.place import Fix, fix_from_ellipse
from truceline.domain.ports import Notice
from truceline.domain.repeat import repeats

Row = Mapping[str, Any]

ALWAYS = ("weapon", "troops")  # things that stay, however many
WHERE_MANY = ("vehicle", "works")  # a single one is an event, which fusion takes
UNGRADED = "F"  # reliability that cannot be judged: what a row without a grade has
HANDLING = "green"  # what a row without handling has
EARTH_RADIUS_M = 6_371_008.8  # mean radius of WGS 84 (IUGG)
TIME_SIGMAS = 2.0  # standard deviations of a stated time that its window reaches to either side
# Where from a sensor: quantile nodes of a bearing (in its standard deviations), and shares of a sector and a distance.
_NORMAL = (-1.6449, -0.8416, -0.3853, 0.0, 0.3853, 0.8416, 1.6449)
_EVEN = tuple((n + 0.5) / 16 for n in range(16))


def holdings(observations: pa.Table, p_real: Mapping[str, float]) -> tuple[Holding, ...]:
    """Weapons, troops and counts of vehicles and works: the rows that are no fire and no single event.

    "None seen" is no holding, and a row that repeats another row here counts once. `p_real` is the probability that
    a report of a reliability grade is of something real.
    """
    rows = _standing(observations, ("observation", "state"), (*ALWAYS, *WHERE_MANY))
    return _in_order(_holding(row, when, p_real) for row, when in _timed(rows) if _stays(row))


def obstructions(observations: pa.Table, p_real: Mapping[str, float]) -> tuple[Obstruction, ...]:
    """Every restriction that monitors reported, once."""
    rows = _standing(observations, ("restriction",), None)
    return _in_order(_obstruction(row, when, p_real) for row, when in _timed(rows))


def notices(observations: pa.Table) -> tuple[Notice, ...]:
    """What was announced, by whom: the party that wrote it, else the source that passed it on."""
    found = [
        Notice(
            id=observation_id(row["source"], row.get("id") or ""),
            party=row.get("author_party") or row["source"],
            phenomenon=row.get("phenomenon") or "",
            when=when,
            where=_where(row),
            area=row.get("area") or "",
            text=row.get("text") or "",
        )
        for row, when in _timed(_standing(observations, ("notification",), None))
    ]
    return tuple(sorted(found, key=lambda n: (n.when.start, n.id)))


def _in_order(subjects: "Iterable[Any]") -> tuple[Any, ...]:
    return tuple(sorted(subjects, key=lambda s: (s.when.start, s.id)))


def _standing(table: pa.Table, kinds: tuple[str, ...], phenomena: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """Rows of these kinds that repeat no other row of the table."""
    have = set(table.column_names)
    kind = table["record_kind"] if "record_kind" in have else pa.nulls(table.num_rows, pa.string())
    chosen = pc.is_in(pc.fill_null(kind, "observation"), pa.array(kinds))
    if phenomena is not None:
        named = table["phenomenon"] if "phenomenon" in have else pa.nulls(table.num_rows, pa.string())
        chosen = pc.and_(chosen, pc.is_in(named, pa.array(phenomena)))
    rows = table.filter(chosen).to_pylist()
    if not any(row.get("derived_from") for row in rows):
        return list(rows)
    columns = [name for name in ("id", "source", "derived_from") if name in have]
    again = repeats(table.select(columns).to_pylist())
    return [row for row in rows if observation_id(row["source"], row.get("id") or "") not in again]


def _timed(rows: Iterable[Row]) -> Iterator[tuple[Row, Interval]]:
    """Rows with the window of their time; a row that states none cannot be held against anything dated."""
    for row in rows:
        start, end = row.get("time_start"), row.get("time_end")
        at: datetime | None = row.get("time")
        if at is not None:
            soft = timedelta(seconds=TIME_SIGMAS * (row.get("time_sigma_s") or 0.0))
            yield row, Interval(start=at - soft, end=at + soft)
        elif start is not None and end is not None:
            yield row, Interval(start=start, end=end)


def _stays(row: Row) -> bool:
    if row.get("count_high") == 0:
        return False
    single = (row.get("count_low"), row.get("count_high")) in ((None, None), (1, 1))
    event = single and row.get("time_kind") != "throughout" and row.get("record_kind") != "state"
    return row["phenomenon"] in ALWAYS or not event


def _support(row: Row) -> tuple[Support, ...]:
    return (Support(observation=observation_id(row["source"], row.get("id") or ""), p_member=1.0, llr_nats=0.0),)


def _p_exists(row: Row, p_real: Mapping[str, float]) -> float:
    """That there was at least one: by the grade of the source, and by whether the count allows none."""
    low, high = stated_count(row.get("count_low"), row.get("count_high"))
    some = 1.0 if low > 0 or high is None else high / (high + 1.0)
    return float(p_real[row.get("reliability") or UNGRADED]) * some


def _holding(row: Row, when: Interval, p_real: Mapping[str, float]) -> Holding:
    low, high = stated_count(row.get("count_low"), row.get("count_high"))
    support = _support(row)
    return Holding(
        id=derived_id("H", support[0].observation),
        version=1,
        when=when,
        where=_where(row),
        area=row.get("area") or "",
        phenomenon=row["phenomenon"],
        weapon=row.get("weapon") or "",
        weapon_model=row.get("weapon_model") or "",
        calibre_mm=row.get("calibre_mm"),
        count_low=low,
        count_high=high,
        declared=row.get("count_declared"),
        site=row.get("site_id") or "",
        held_by=None,
        p_exists=_p_exists(row, p_real),
        support=support,
        tlp=row.get("tlp") or HANDLING,
    )


def _obstruction(row: Row, when: Interval, p_real: Mapping[str, float]) -> Obstruction:
    support = _support(row)
    return Obstruction(
        id=derived_id("O", support[0].observation),
        version=1,
        when=when,
        where=_where(row) or _sensor(row),
        area=row.get("area") or "",
        kind=row.get("restriction_kind") or "",
        imposed_by=row.get("imposed_by") or "",
        p_exists=float(p_real[row.get("reliability") or UNGRADED]),
        support=support,
        tlp=row.get("tlp") or HANDLING,
    )


def _where(row: Row) -> Fix | None:
    """The position that a row states, or what it says as seen from its sensor; None where it says neither."""
    if row.get("lon_deg") is not None and row.get("lat_deg") is not None:
        major, minor = row.get("sigma_major_m"), row.get("sigma_minor_m")
        if major is None:
            return None
        azimuth_deg = row.get("sigma_azimuth_deg") or 0.0
        return fix_from_ellipse(row["lon_deg"], row["lat_deg"], major, major if minor is None else minor, azimuth_deg)
    sensor = _sensor(row)
    return _seen_from(sensor, row) if sensor is not None and row.get("range_max_m") is not None else None


def _sensor(row: Row) -> Fix | None:
    if row.get("sensor_lon_deg") is None or row.get("sensor_lat_deg") is None:
        return None
    sigma = row.get("sensor_sigma_m") or 0.0
    return fix_from_ellipse(row["sensor_lon_deg"], row["sensor_lat_deg"], sigma, sigma, 0.0)


def _seen_from(sensor: Fix, row: Row) -> Fix:
    """Mean and covariance of a bearing or of sectors with a distance: even over the area, as fusion reads them too."""
    near, far = row.get("range_min_m") or 0.0, row["range_max_m"]
    if row.get("bearing_deg") is not None:
        degrees = [row["bearing_deg"] + (row.get("bearing_sigma_deg") or 0.0) * z for z in _NORMAL]
        share = np.full(len(degrees), 1.0 / len(degrees))
    else:
        arcs = [(a["from_deg"], a["to_deg"]) for a in row.get("sectors") or ()] or [(0.0, 360.0)]
        widths = [(to - start) % 360.0 or 360.0 for start, to in arcs]
        degrees = [start + wide * e for (start, _), wide in zip(arcs, widths, strict=True) for e in _EVEN]
        share = np.repeat(np.array(widths) / (sum(widths) * len(_EVEN)), len(_EVEN))
    distance = np.sqrt(near**2 + (far**2 - near**2) * np.array(_EVEN))
    angle = np.radians(np.array(degrees))
    weight = np.repeat(share, len(distance)) / len(distance)
    east = np.outer(np.sin(angle), distance).ravel()
    north = np.outer(np.cos(angle), distance).ravel()
    mean_e, mean_n = float(weight @ east), float(weight @ north)
    away_e, away_n = east - mean_e, north - mean_n
    return Fix(
        lon_deg=sensor.lon_deg + math.degrees(mean_e / (EARTH_RADIUS_M * math.cos(math.radians(sensor.lat_deg)))),
        lat_deg=sensor.lat_deg + math.degrees(mean_n / EARTH_RADIUS_M),
        var_e_m2=sensor.var_e_m2 + float(weight @ away_e**2),
        var_n_m2=sensor.var_n_m2 + float(weight @ away_n**2),
        cov_en_m2=sensor.cov_en_m2 + float(weight @ (away_e * away_n)),
    )
