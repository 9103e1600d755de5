"""Rows of the observation table as the report lists them, and the reporting day that each belongs to."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from truceline.clock import Interval, reporting_day
from truceline.domain.arrangement import Arrangement
from truceline.domain.ids import observation_id
from truceline.domain.incident import Support
from truceline.domain.report import ReportedObservation, Restriction
from truceline.judgement.words import amount, clock_of, day_of, span

Row = Mapping[str, Any]

# What the OSCE SMM counted as one ceasefire violation each (domain: "one observed signature")
SIGNATURES = frozenset({"explosion", "projectile", "shot", "burst", "muzzle_flash", "tracer", "flare", "airburst"})


def is_observation(row: Row) -> bool:
    """Claims, notifications and restrictions are other kinds of record."""
    return (row["record_kind"] or "observation") == "observation"


def when(row: Row) -> Interval:
    """The time that a row states, as perceived."""
    if row["time"] is not None:
        return Interval(start=row["time"], end=row["time"])
    return Interval(start=row["time_start"], end=row["time_end"])


def day_of_row(row: Row, arrangement: Arrangement) -> date:
    """The reporting day in which the observation ended: an observer reports what is over, and each row counts once."""
    end = when(row).end
    local = end.astimezone(ZoneInfo(arrangement.timezone)).date()
    return reporting_day(end, arrangement.timezone, arrangement.cut_off(local))


def row_id(row: Row) -> str:
    """The mission-wide id of a row."""
    return observation_id(row["source"], row["id"])


def count_interval(row: Row) -> tuple[int, int | None]:
    """Smallest and largest count that the row states; a row without a count is one signature."""
    low, high = row["count_low"], row["count_high"]
    if low is None and high is None:
        return 1, 1
    return low or 0, high


def reported(table: pa.Table, home: Mapping[str, tuple[str, Support]], timezone: str) -> dict[str, ReportedObservation]:
    """Every observation by its id. `home` gives the subject that each belongs to."""
    local = ZoneInfo(timezone)
    return {
        row_id(row): _reported(row, home.get(row_id(row)), local) for row in table.to_pylist() if is_observation(row)
    }


def told_row(row: Row, home: tuple[str, Support] | None, timezone: str) -> ReportedObservation:
    """Any row of the observation table, a claim or a declared state too, as an observation is listed."""
    return _reported(row, home, ZoneInfo(timezone))


def _reported(row: Row, home: tuple[str, Support] | None, local: ZoneInfo) -> ReportedObservation:
    low, high = count_interval(row)
    has_sensor, has_fix = row["sensor_lon_deg"] is not None, row["lon_deg"] is not None
    return ReportedObservation(
        id=row_id(row),
        entry=f"{row['entry']}/{row['row']}",
        sensor=row["sensor"] or row["source"],
        means=row["means"] or "reported",
        phenomenon=row["phenomenon"] or "other",
        phase=row["phase"] or "",
        weapon=row["weapon"] or "",
        count=row["count_stated"] or amount(low, high),
        when=when(row),
        when_text=_when_text(row, local),
        sensor_deg=(row["sensor_lon_deg"], row["sensor_lat_deg"]) if has_sensor else None,
        arcs_deg=_arcs(row),
        range_m=(row["range_min_m"], row["range_max_m"]),
        fix_deg=(row["lon_deg"], row["lat_deg"]) if has_fix else None,
        subject=home[0] if home else None,
        p_member=home[1].p_member if home else 0.0,
        grade=f"{row['reliability'] or 'F'}{row['credibility'] or 6}",
        text=row["text"] or "",
    )


def _arcs(row: Row) -> tuple[tuple[float, float], ...]:
    if row["bearing_deg"] is not None:
        spread = row["bearing_sigma_deg"]
        return ((row["bearing_deg"] - spread, row["bearing_deg"] + spread),)
    return tuple((arc["from_deg"], arc["to_deg"]) for arc in row["sectors"] or ())


def _when_text(row: Row, local: ZoneInfo) -> str:
    at = when(row)
    if row["time"] is not None:
        return f"{day_of(at.start, local)}, about {clock_of(at.start, local)}"
    if row["time_kind"] == "unknown_within":
        return f"at an unknown moment within {span(at, local)}"
    return span(at, local)


def restrictions(table: pa.Table, arrangement: Arrangement, day: date) -> tuple[Restriction, ...]:
    """How monitors were hindered in the reporting day."""
    return tuple(
        Restriction(
            id=row_id(row),
            kind=row["restriction_kind"],
            when=when(row),
            where=row["area"] or row["sensor"] or "",
            imposed_by=row["imposed_by"] or "",
            text=row["text"] or "",
        )
        for row in table.to_pylist()
        if row["record_kind"] == "restriction" and day_of_row(row, arrangement) == day
    )
