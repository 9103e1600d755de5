"""The whole Minsk ceasefire from UCDP: how much of it lies near the derived line, then fused against that line.

python bench/fusion/real_minsk.py
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from real import KYIV, Run, distance_km, fused, line_in, read, shared, shares

EVENTS = "data/ucdp_ged_ukraine/ucdp_ged_ukraine_2014_2022.csv.gz"
LINE = "data/lines/minsk_contact_line_derived.geojson"
CEASEFIRE = date(2015, 2, 15)  # 00:00 local time: Package of Measures of 12 February 2015, point 1
NEAR_KM = 20.0


@dataclass(frozen=True, kw_only=True)
class Minsk:
    """`near` is the share of events whose stated point lies within 20 km of the line."""

    events: pa.Table
    near: float
    run: Run


def since_the_ceasefire(table: pa.Table) -> pa.Table:
    """Events of which no possible day lies before the ceasefire."""
    start = datetime.combine(CEASEFIRE, datetime.min.time(), tzinfo=ZoneInfo(KYIV))
    return table.filter(pc.greater_equal(table["time_start"], pa.scalar(start, table.schema.field("time_start").type)))


def measure(folder: Path) -> Minsk:
    """Read, count and fuse."""
    events = since_the_ceasefire(read("ucdp", folder / EVENTS, timezone=KYIV))
    line = line_in(folder / LINE)
    near = float(np.mean(distance_km(events, line, CEASEFIRE) <= NEAR_KM))
    return Minsk(events=events, near=near, run=fused(events, line, timezone=KYIV))


def main() -> None:
    """Print every figure."""
    found = measure(shared())
    totals = pc.sum(pc.equal(found.events["time_kind"], "throughout")).as_py()
    print(f"UCDP events since {CEASEFIRE}: {found.events.num_rows}")
    print(f"stated point within {NEAR_KM:.0f} km of the derived line: {100 * found.near:.1f} %")
    print(found.run)
    incidents, membership = found.run.fused.incidents, found.run.fused.membership
    alone = pc.sum(pc.is_null(membership["incident_id"])).as_py()
    print(f"incidents: {incidents.num_rows}; rows in none: {alone} (totals of several events: {totals})")
    sides = {"left over .9": lambda p: p > 0.9, "right over .9": lambda p: p < 0.1}
    open_ = {"open": lambda p: (p >= 0.1) & (p <= 0.9)}
    print("side of the line:", shares(incidents["p_side_left"].to_numpy(), sides | open_))
    width_m, p_left = (incidents[name].to_numpy() for name in ("sigma_major_m", "p_side_left"))
    for least_m, most_m, name in (
        (0, 2e3, "a named place"),
        (2e3, 13e3, "near one"),
        (13e3, np.inf, "a district or more"),
    ):
        these = (width_m > least_m) & (width_m <= most_m)
        print(f"  {name}: {int(these.sum())} incidents,", shares(p_left[these], open_))


if __name__ == "__main__":
    main()
