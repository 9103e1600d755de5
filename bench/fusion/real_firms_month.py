"""A month of FIRMS, the nine days that overlap dated maps, and a year without times of day, fused against the line.

python bench/fusion/real_firms_month.py

The only month of one satellite with minute times is of 2023, before the first dated map: it is fused against the
line of 15 July 2024, the nearest there is, ten months later, and its distances are to that line and no other. The
nine days of June and July 2026 (three satellites) lie inside the dated maps: fused against the line that moves. The
year 2022 names no satellite and no time of day: each row may be of any moment of its day, and of any instrument.
"""

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from click.testing import CliRunner

from real import KYIV, Run, fused, line_in, line_of, read, shared, shares
from truceline.cli.line import line as derive
from truceline.domain.arrangement import Line
from truceline.domain.dated import Dated

MONTH = "data/firms/viirs_snpp_nrt_20230224_20231111.csv.gz"
FIRST, AFTER = date(2023, 9, 1), date(2023, 10, 1)  # the month with the most detections
DAYS = "data/firms/viirs_multisat_202606.csv.gz"
YEAR = "data/firms/modis_viirs_dateonly_2022.csv.gz"
NOT_FRONT = (
    "data/lines/natural_earth_land_10m_ukraine_bbox.geojson",
    "data/admin/geoBoundaries-UKR-ADM1_simplified.geojson.gz",
)
CELL_DEG = 0.005


@dataclass(frozen=True, kw_only=True)
class Fires:
    """One fusion of thermal detections against a line, and how many are of places hot on `least_days` or more."""

    name: str
    line_since: tuple[str, ...]
    least_days: int
    persistent: int
    run: Run


def dated_line(folder: Path) -> Line:
    """The line of every dated map, as `truceline line` derives it. Raises SystemExit if it cannot."""
    maps = sorted(str(path) for path in (folder / "data/deepstate").glob("*.geojson.gz"))
    edges = [word for name in NOT_FRONT for word in ("--not-front", str(folder / name))]
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "line.geojson"
        done = CliRunner().invoke(derive, [*maps, *edges, "--out", str(out)])
        if done.exit_code:
            raise SystemExit(f"truceline line: {done.output}{done.exception}")
        return line_in(out)


def month_of(table: pa.Table) -> pa.Table:
    """The detections of the month, by UTC."""
    day = table["time"].cast(pa.date32())
    return table.filter(pc.and_(pc.greater_equal(day, FIRST), pc.less(day, AFTER)))


def hot_day_after_day(table: pa.Table, least_days: int) -> int:
    """Detections in cells of about half a kilometre that were hot on `least_days` days or more."""
    cells = np.column_stack([np.floor(table[name].to_numpy() / CELL_DEG) for name in ("lon_deg", "lat_deg")])
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    day = np.asarray(pc.coalesce(table["time"], table["time_start"]).cast(pa.date32()).cast(pa.int32()))
    days = np.bincount(np.unique(np.column_stack([cell, day]), axis=0)[:, 0])
    return int((days[cell] >= least_days).sum())


def measure(folder: Path) -> tuple[Fires, Fires, Fires]:
    """The month and the year against the nearest line, the nine days against the line that moves."""
    moving = dated_line(folder)
    first = moving.versions.history[0]
    nearest = line_of(Dated(history=(replace(first, day=date(2022, 1, 1)),)))
    month, days, year = (
        month_of(read("firms", folder / MONTH)),
        read("firms", folder / DAYS),
        read("firms", folder / YEAR),
    )
    return (
        _fires(f"S-NPP, {FIRST:%B %Y}, against the line of {first.day}", month, nearest, 10),
        _fires("three VIIRS satellites, 24 June to 2 July 2026, against the line of the day", days, moving, 5),
        _fires(f"MODIS and VIIRS, 2022, day only, against the line of {first.day}", year, nearest, 30),
    )


def _fires(name: str, table: pa.Table, line: Line, least_days: int) -> Fires:
    run = fused(table, line, timezone=KYIV)
    used = tuple(sorted(set(run.fused.incidents["line_since"].drop_null().to_pylist())))
    hot = hot_day_after_day(table, least_days)
    return Fires(name=name, line_since=used, least_days=least_days, persistent=hot, run=run)


def main() -> None:
    """Print every figure."""
    for fires in measure(shared()):
        incidents = fires.run.fused.incidents
        off_km = np.abs(incidents["offset_km"].to_numpy())
        p_left = incidents["p_side_left"].to_numpy()[off_km <= 20]
        print(fires.name)
        print(f"  {fires.run}")
        print(f"  incidents: {incidents.num_rows}; line versions used: {len(fires.line_since)}")
        near = {f"{km} km": lambda x, km=km: x <= km for km in (2, 5, 10, 20)}
        print(f"  off the line by at most: {shares(off_km, near)}")
        sides = {"left": lambda p: p > 0.9, "right": lambda p: p < 0.1, "open": lambda p: (p >= 0.1) & (p <= 0.9)}
        print(f"  side, of those within 20 km: {shares(p_left, sides)}")
        hot = f"in cells of {CELL_DEG} degrees that are hot on {fires.least_days} days or more"
        print(f"  detections {hot}: {fires.persistent} (furnaces, flares; or a front)")


if __name__ == "__main__":
    main()
