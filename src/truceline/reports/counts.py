"""Counts per sector of the line, what was watched there, and what other bodies published."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import pyarrow as pa

from truceline.clock import Interval
from truceline.domain.arrangement import LineSector
from truceline.domain.incident import Subject
from truceline.domain.report import CarryOver, SectorCount
from truceline.reports.observed import SIGNATURES, count_interval, row_id

Row = Mapping[str, Any]
WATCHING = frozenset({"working", "degraded"})


def sector_of(subject: Subject | None) -> str | None:
    """The sector that a subject most probably lies in; None where no line says."""
    if subject is None or not subject.p_sector:
        return None
    return max(subject.p_sector, key=lambda named: named[1])[0]


def signatures(rows: Iterable[Row]) -> tuple[int, int | None]:
    """Sum of the stated counts, as an interval open above where any statement is."""
    intervals = [count_interval(row) for row in rows]
    low = sum(i[0] for i in intervals)
    return low, None if any(i[1] is None for i in intervals) else sum(i[1] or 0 for i in intervals)


def sector_counts(
    sectors: Sequence[LineSector],
    today: Sequence[Row],
    yesterday: Sequence[Row],
    home: Mapping[str, Subject],
    subjects: Sequence[Subject],
    watched: Mapping[str, float | None],
) -> tuple[SectorCount, ...]:
    """SMM-style counts per sector, the previous period beside; None where nothing is held of that period."""

    def of(rows: Sequence[Row], sector: str | None) -> list[Row]:
        return [r for r in rows if r["phenomenon"] in SIGNATURES and sector_of(home.get(row_id(r))) == sector]

    counted = []
    for id, name in [*((s.id, s.name) for s in sectors), (None, "No place along the line")]:
        here = of(today, id)
        inside = [s for s in subjects if sector_of(s) == id]
        if id is None and not here and not inside and not of(yesterday, None):
            continue
        low, high = signatures(here)
        blasts_low, blasts_high = signatures([r for r in here if r["phenomenon"] == "explosion"])
        before = signatures(of(yesterday, id)) if yesterday else (None, None)
        counted.append(
            SectorCount(
                sector=id or "",
                name=name,
                signatures_low=low,
                signatures_high=high,
                explosions_low=blasts_low,
                explosions_high=blasts_high,
                incidents=sum(not hasattr(s, "count_low") for s in inside),
                engagements=sum(hasattr(s, "count_low") for s in inside),
                previous_low=before[0],
                previous_high=before[1],
                watched=watched.get(id or ""),
            )
        )
    return tuple(counted)


def watched_share(rows: Iterable[Row], sectors: Sequence[LineSector], period: Interval) -> dict[str, float | None]:
    """Share of the period in which somebody watched each sector; None where no coverage is known."""
    rows = list(rows)
    found: dict[str, float | None] = {}
    for sector in sectors:
        here = [r for r in rows if r["area"] == sector.id]
        spans = [(r["time_start"], r["time_end"]) for r in here if r["state"] in WATCHING]
        found[sector.id] = round(_union_s(spans, period) / period.seconds, 3) if here else None
    return found


def _union_s(spans: Iterable[tuple[datetime, datetime]], period: Interval) -> float:
    total, reached = 0.0, period.start
    for start, end in sorted(spans):
        first, last = max(start, reached), min(end, period.end)
        if last > first:
            total += (last - first).total_seconds()
            reached = last
    return total


def carry_over(table: pa.Table) -> tuple[CarryOver, ...]:
    """Another body's count of a period against what its next report repeats of it.

    Two reports are compared where the later one's period begins at the instant the earlier one's ends.
    """
    by_region: dict[tuple[str, str], list[Row]] = {}
    for row in table.to_pylist():
        by_region.setdefault((row["source"], row["region"]), []).append(row)
    found = []
    for (_, region), rows in sorted(by_region.items()):
        ordered = sorted(rows, key=lambda r: (r["period_end"], r["report"]))
        for earlier, later in pairwise(ordered):
            compared = _compared(region, earlier, later)
            if compared:
                found.append(compared)
    return tuple(found)


def _compared(region: str, earlier: Row, later: Row) -> CarryOver | None:
    published, repeated = earlier["signatures"], later["previous_stated"]
    if later["period_start"] != earlier["period_end"] or published is None or repeated is None:
        return None
    days = round((earlier["period_end"] - earlier["period_start"]).total_seconds() / 86400)
    return CarryOver(
        region=region,
        earlier_report=earlier["report"],
        later_report=later["report"],
        published=published,
        repeated=repeated,
        agrees=published == repeated,
        note=f"the earlier report covered {days} days" if days > 1 else "",
    )
