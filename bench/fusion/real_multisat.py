"""Nine days of three VIIRS satellites: which detections are grouped with another satellite's, beside plain nearness.

python bench/fusion/real_multisat.py
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial import KDTree

from real import Run, fused, plane, read, shared
from truceline.fusion.intake.plane import frame_for

DETECTIONS = "data/firms/viirs_multisat_202606.csv.gz"
NEAR_M, NEAR_S = 1_000.0, 7_200.0  # what SOURCES.md counts: another satellite's detection within 1 km and 2 h


@dataclass(frozen=True, kw_only=True)
class Multisat:
    """Per detection: has it another satellite's near it, and is it in an incident with one; per incident: members.

    `most` is how many could be grouped at all, one detection a satellite an incident, among those near each other.
    """

    near: np.ndarray
    most: int
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


def measure(folder: Path) -> Multisat:
    """Read, look for neighbours, and fuse."""
    table = read("firms", folder / DETECTIONS)
    run = fused(table, None)
    membership = run.fused.membership
    incident_of = dict(
        zip(membership["observation_id"].to_pylist(), membership["incident_id"].to_pylist(), strict=True)
    )
    own = [incident_of[f"firms:{id}"] for id in table["id"].to_pylist()]
    sizes = Counter(own)
    xy = plane(table, frame_for(table, None))
    code = np.unique(own, return_inverse=True)[1]
    middle = np.column_stack([np.bincount(code, xy[:, k]) / np.bincount(code) for k in (0, 1)])
    near, satellite = neighbours(table)
    return Multisat(
        near=np.diff(near.indptr) > 0,
        most=most_grouped(near, satellite),
        grouped=np.array([sizes[incident] > 1 for incident in own]),  # a satellite reports an event once
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
    print("incidents by number of detections:", ", ".join(f"{k}: {found.sizes[k]}" for k in sorted(found.sizes)))
    apart_m = found.apart_m[found.grouped]
    print(f"grouped, off the middle of their group: median {np.median(apart_m):.0f} m, at most {apart_m.max():.0f} m")
    print(found.run)


if __name__ == "__main__":
    main()
