"""Nine days of three VIIRS satellites: which detections are grouped with another satellite's, and how many by chance.

python bench/fusion/real_multisat.py
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from real_firms_month import CELL_DEG
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial import KDTree

from real import Run, fused, plane, read, shared
from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.associate import associate
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.intake.plane import frame_for

DETECTIONS = "data/firms/viirs_multisat_202606.csv.gz"
DAYS, DAY_US = 9, 86_400_000_000
MOVES_DAYS, MOVES_EAST_M = (3, 4, 5), (10_000.0, -10_000.0)  # of one satellite against the others
STANDING_DAYS = 5  # a cell that is hot on so many of the nine days is a furnace, a flare, or a front
DEGREE_M = 111_195.0
NEAR_M, NEAR_S = 1_000.0, 7_200.0  # what SOURCES.md counts: another satellite's detection within 1 km and 2 h


@dataclass(frozen=True, kw_only=True)
class Multisat:
    """Per detection: has it another satellite's near it, and is it in an incident with one; per incident: members.

    `most` is how many could be grouped at all, one detection a satellite an incident, among those near each other;
    `free` how many are alone although another satellite's detection near them is alone, too.
    """

    near: np.ndarray
    most: int
    free: int
    grouped: np.ndarray
    sizes: Counter[int]
    apart_m: np.ndarray
    run: Run

    @property
    def share_near(self) -> float:
        """Share of detections with another satellite's detection within 1 km and 2 h."""
        return float(self.near.mean())

    @property
    def share_grouped(self) -> float:
        """Share of detections in an incident with another satellite's detection."""
        return float(self.grouped.mean())


def neighbours(table: pa.Table) -> tuple[csr_array, np.ndarray]:
    """Which detections (n, n) are within NEAR_M and NEAR_S of another satellite's; which satellite saw each (n,)."""
    xy = plane(table, frame_for(table, None))
    at_s = np.asarray(table["time"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()))
    satellite = np.asarray(table["sensor"].combine_chunks().dictionary_encode().indices)
    a, b = KDTree(xy).query_pairs(NEAR_M, output_type="ndarray").T
    other = (np.abs(at_s[a] - at_s[b]) <= NEAR_S) & (satellite[a] != satellite[b])
    ends = np.concatenate([a[other], b[other]]), np.concatenate([b[other], a[other]])
    return csr_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(len(xy), len(xy))), satellite


def most_grouped(near: csr_array, satellite: np.ndarray) -> int:
    """No more detections than this can be grouped: each needs a neighbour that no other of its own satellite takes."""
    found = 0
    for one in np.unique(satellite):
        pairs = near[satellite == one][:, satellite != one]
        found += int((maximum_bipartite_matching(pairs, perm_type="column") >= 0).sum())
    return found


@dataclass(frozen=True, kw_only=True)
class Control:
    """Shares of one satellite's detections that are grouped with another's: as they are, and where none can be right.

    `other_day`: its detections so many days later, those of the last days on the first ones (what burns for days is
    still there); `elsewhere`: so many metres farther east. `_new` counts only cells that were not hot day after day;
    `near_` is the share with another satellite's detection within NEAR_M and NEAR_S.
    """

    satellite: str
    real: float
    real_new: float
    other_day: tuple[float, ...]
    other_day_new: tuple[float, ...]
    elsewhere: tuple[float, ...]
    near_elsewhere: tuple[float, ...]


def moved(table: pa.Table, satellite: str, *, days: int = 0, east_m: float = 0.0) -> pa.Table:
    """The detections with one satellite's moved, in days round the nine or in metres."""
    own = np.asarray(pc.equal(table["sensor"], satellite))
    at_us = np.asarray(table["time"].cast(pa.int64()))
    first = at_us.min() // DAY_US * DAY_US
    round_us = first + (at_us - first + days * DAY_US) % (DAYS * DAY_US)
    lon, lat = (table[name].to_numpy() for name in ("lon_deg", "lat_deg"))
    columns = {
        "time": pa.array(np.where(own, round_us, at_us), table.schema.field("time").type),
        "lon_deg": pa.array(lon + np.where(own, east_m / (DEGREE_M * np.cos(np.radians(lat))), 0.0)),
    }
    for name, column in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def standing(table: pa.Table) -> np.ndarray:
    """(n,) bool: detections in cells of half a kilometre that are hot on STANDING_DAYS or more."""
    cells = np.column_stack([np.floor(table[name].to_numpy() / CELL_DEG) for name in ("lon_deg", "lat_deg")])
    cell = np.unique(cells, axis=0, return_inverse=True)[1]
    day = np.asarray(table["time"].cast(pa.int64())) // DAY_US
    n_days = np.bincount(np.unique(np.column_stack([cell, day]), axis=0)[:, 0])
    return np.asarray(n_days[cell] >= STANDING_DAYS)


def in_company(table: pa.Table) -> np.ndarray:
    """(n,) bool: detections in an incident with another satellite's."""
    given = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
    batch = make_batch(table, frame=frame_for(table, None), **given)[0]
    # association alone: fusion would set a satellite apart that no other bears out, and this one is moved on purpose
    found = associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior())
    together = np.zeros(table.num_rows, dtype=bool)
    together[batch.table_row[found.member]] = np.repeat(np.diff(found.first) > 1, np.diff(found.first))
    return together  # a satellite reports an event once


def control(
    table: pa.Table,
    satellite: str,
    days: tuple[int, ...] = MOVES_DAYS,
    east_m: tuple[float, ...] = MOVES_EAST_M,
) -> Control:
    """What chance alone groups of one satellite's detections."""
    own = np.asarray(pc.equal(table["sensor"], satellite))
    new = own & ~standing(table)
    real = in_company(table)
    other_day = [in_company(moved(table, satellite, days=n)) for n in days]
    elsewhere = [moved(table, satellite, east_m=m) for m in east_m]
    return Control(
        satellite=satellite,
        real=float(real[own].mean()),
        real_new=float(real[new].mean()),
        other_day=tuple(float(found[own].mean()) for found in other_day),
        other_day_new=tuple(float(found[new].mean()) for found in other_day),
        elsewhere=tuple(float(in_company(one)[own].mean()) for one in elsewhere),
        near_elsewhere=tuple(float((np.diff(neighbours(one)[0].indptr) > 0)[own].mean()) for one in elsewhere),
    )


def incidents_of(table: pa.Table, membership: pa.Table) -> list[str]:
    """The incident of each detection."""
    of = dict(zip(membership["observation_id"].to_pylist(), membership["incident_id"].to_pylist(), strict=True))
    return [of[f"firms:{id}"] for id in table["id"].to_pylist()]


def measure(folder: Path) -> Multisat:
    """Read, look for neighbours, and fuse."""
    table = read("firms", folder / DETECTIONS)
    run = fused(table, None)
    own = incidents_of(table, run.fused.membership)
    sizes = Counter(own)
    xy = plane(table, frame_for(table, None))
    code = np.unique(own, return_inverse=True)[1]
    middle = np.column_stack([np.bincount(code, xy[:, k]) / np.bincount(code) for k in (0, 1)])
    near, satellite = neighbours(table)
    grouped = np.array([sizes[incident] > 1 for incident in own])  # a satellite reports an event once
    return Multisat(
        near=np.diff(near.indptr) > 0,
        most=most_grouped(near, satellite),
        free=int(np.count_nonzero(near @ ~grouped & ~grouped)),
        grouped=grouped,
        sizes=Counter(sizes.values()),
        apart_m=np.hypot(*(xy - middle[code]).T),
        run=run,
    )


def main() -> None:
    """Print every figure."""
    found = measure(shared())
    print(f"detections: {found.run.n}")
    print(f"with another satellite's detection within 1 km and 2 h: {100 * found.share_near:.1f} %")
    print(f"grouped with another satellite's detection: {100 * found.share_grouped:.1f} %")
    most = found.most / found.run.n
    print(
        f"  at most {100 * most:.1f} % can be: a fire wider than a pixel is a row a pixel, one a satellite an incident"
    )
    print(f"  of those that have one so near: {100 * float(found.grouped[found.near].mean()):.1f} %")
    print(f"  of those that have none: {100 * float(found.grouped[~found.near].mean()):.1f} %")
    print(f"  alone with a near detection of another satellite that is alone, too: {found.free}")
    print("incidents by number of detections:", ", ".join(f"{k}: {found.sizes[k]}" for k in sorted(found.sizes)))
    apart_m = found.apart_m[found.grouped]
    print(f"grouped, off the middle of their group: median {np.median(apart_m):.0f} m, at most {apart_m.max():.0f} m")
    print(found.run)
    tell_controls(read("firms", shared() / DETECTIONS))


def tell_controls(table: pa.Table) -> None:
    """Print what chance groups, satellite by satellite: an estimate of the share of groupings that are false."""
    print("grouped as they are, and with one satellite moved against the others:")
    for satellite in sorted(set(table["sensor"].to_pylist())):
        one = control(table, satellite)
        day, new, away = (float(np.mean(shares)) for shares in (one.other_day, one.other_day_new, one.elsewhere))
        print(
            f"  {satellite}: {100 * one.real:.1f} %; 10 km east or west {100 * away:.1f} %, which makes"
            f" {100 * away / one.real:.1f} % of groupings false; 3 to 5 days later {100 * day:.1f} %,"
            f" {100 * day / one.real:.1f} %"
        )
        print(
            f"    without cells hot on {STANDING_DAYS} days or more: {100 * one.real_new:.1f} %, 3 to 5 days later"
            f" {100 * new:.1f} %, {100 * new / one.real_new:.1f} %; within 1 km and 2 h by chance (east or west):"
            f" {100 * float(np.mean(one.near_elsewhere)):.1f} %"
        )


if __name__ == "__main__":
    main()
