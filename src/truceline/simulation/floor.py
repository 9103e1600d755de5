"""The floor of the places: each true event located from the reports that are truly of it."""

import numpy as np
from numba import njit

from truceline.fusion.association.claims import Claims
from truceline.fusion.association.fit import CLOSE, STEPS, evidence, scratch
from truceline.fusion.association.found import Found
from truceline.fusion.association.scene import MOST_MEMBERS
from truceline.fusion.association.starts import arrival_starts, pair_starts, starts_scratch
from truceline.fusion.places.clouds import locate
from truceline.physics.columns import F64, I64, Records, Reports
from truceline.physics.weigh import NOTHING


def locate_groups(reports: Reports, first: I64, member: I64) -> Found:
    """Locate given groups of rows as the association locates its own, knowing nothing of the truth but who belongs.

    Parameters
    ----------
    first, member : (k + 1,), (m,) group g has the rows `member[first[g]:first[g + 1]]`; every row in one at most

    Returns
    -------
    Found, in which rows of no group, and groups that settle nothing, are events of their own
    """
    size = len(first) - 1
    state, cov = np.zeros((size, 3)), np.zeros((size, 6))
    work, out = starts_scratch()
    value = _fit(reports.rows, reports.arcs_rad, reports.rings_m, first, member, state, cov, work, out, scratch())
    kept = value > 0.5 * NOTHING
    counts = np.diff(first)[kept]
    rows = member[np.repeat(kept, np.diff(first))]
    return locate(
        reports,
        Claims(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            rows,
            np.zeros(len(rows)),
            state[kept],
            cov[kept],
            value[kept],
            np.arange(len(reports.rows)),
            np.zeros(len(reports.rows)),
        ),
    )


@njit(cache=True, nogil=True)
def _fit(
    rows: Records, arcs: F64, rings: F64, first: I64, member: I64, state: F64, cov: F64, work: F64, out: F64, fit: F64
) -> F64:
    """Evidence of each group at the best of the starts that its pairs and triples give; fills `state` and `cov`."""
    value = np.full(len(first) - 1, NOTHING)
    three, here, spread = np.zeros((2, 3)), np.zeros(3), np.zeros(6)
    for g in range(len(value)):
        members = member[first[g] : first[g + 1]][:MOST_MEMBERS]
        for a in range(len(members)):
            for b in range(a):
                found = pair_starts(rows, members[b], members[a], work, out)
                for s in range(found):
                    here[:] = out[s]
                    now = evidence(rows, arcs, members, here, spread, fit, STEPS, CLOSE)
                    if now > value[g]:
                        value[g], state[g], cov[g] = now, here, spread
                for c in range(b):
                    if value[g] > NOTHING:
                        break
                    for s in range(arrival_starts(rows, members[c], members[b], members[a], three)):
                        here[:] = three[s]
                        now = evidence(rows, arcs, members, here, spread, fit, STEPS, CLOSE)
                        if now > value[g]:
                            value[g], state[g], cov[g] = now, here, spread
    return value
