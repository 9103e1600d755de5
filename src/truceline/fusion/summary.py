"""Compiled: what the members of each event say of it besides place and time: who founded it, what it was, whether."""

from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.domain.observation import PHENOMENA
from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.kinds import FIRE
from truceline.geo.arrays import F64, I64, Mask

_FIRE = np.array([kind in FIRE for kind in PHENOMENA])


class Summary(NamedTuple):
    """For each event (k,): the row that founded it, the row that it is named after, how many submissions contributed,
    the strictest handling (a place in `TLP`), the probability that it happened, and its kinds as bits."""

    founder: I64
    named: I64
    version: I64
    tlp: I64
    p_exists: F64
    kinds: I64


def summarise(batch: Batch, found: Found, p_exists: F64) -> Summary:
    """What is told of each event besides place and time; `p_exists` (k,) is what is believed of it."""
    rows = batch.rows
    if not found.n_events:
        none = np.empty(0, dtype=np.int64)
        return Summary(none, none, none, none, np.empty(0), none)
    return _summarise(
        found.first,
        found.member,
        rows["kind"].copy(),
        _FIRE,
        batch.entry,
        batch.row,
        batch.place,
        batch.p_real,
        batch.tlp,
        p_exists,
    )


@njit(cache=True, nogil=True)
def _summarise(
    first: I64,
    member: I64,
    kind: I64,
    is_fire: Mask,
    entry: I64,
    row: I64,
    place: I64,
    p_real: F64,
    tlp: I64,
    p_exists: F64,
) -> Summary:
    k = len(first) - 1
    founder, named = np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    version, strictest = np.zeros(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    kinds = np.zeros(k, dtype=np.int64)
    for e in range(k):
        start, end = first[e], first[e + 1]
        founder[e] = named[e] = member[start]
        strictest[e] = tlp[member[start]]
        for m in range(start, end):
            i = member[m]
            kinds[e] |= np.int64(1) << kind[i]
            strictest[e] = min(strictest[e], tlp[i])
            f, c = founder[e], named[e]
            # lowest place in the ledger: its id names the event, so that late arrivals cannot rename it
            if (entry[i], row[i], place[i]) < (entry[f], row[f], place[f]):
                founder[e] = i
            # a shot that set something on fire is told as the shot, whoever is graded better
            if (not is_fire[kind[i]], -p_real[i], place[i]) < (not is_fire[kind[c]], -p_real[c], place[c]):
                named[e] = i
            new_entry = 1
            for other in range(start, m):
                if entry[member[other]] == entry[i]:
                    new_entry = 0
            version[e] += new_entry
    return Summary(founder, named, version, strictest, p_exists, kinds)
