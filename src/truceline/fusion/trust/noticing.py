"""Compiled: how often each class of sensors notices what others confirm, and how likely nobody else would have."""

import math

import numpy as np
from numba import njit

from truceline.fusion.trust.witnesses import FEED, REACH_M, Witnesses, posts_near
from truceline.geo.arrays import F64, I64

NARROW, NEAR_M, FAR_M = 6, 500.0, 1_300.0  # so many rings of the one width, then those of the other
RINGS = 16  # of distance; the last place of a table of shares is for feeds
CONFIRMED = 3  # sensors besides the one that is asked about: so many are hardly ever by chance ...
CONFIRMED_NATS = 12.0  # ... and so likely to be one event that they would have been found without it
MOST_POSTS = 512  # around one event that are asked
CERTAIN = 0.98  # nobody notices everything
P_APART_PAIR = 0.07  # two reports of one event that stay apart, most for a kind misnamed (seeds 8001, 8002)
P_SPLIT = 1e-5  # an event of several reports that is found as two (likewise)
P_APART = 0.004  # a report that stays apart from several others of its event (likewise)


@njit(cache=True, nogil=True)
def ring_of(r_m: float) -> int:
    """The ring of a distance, narrow ones near by."""
    if r_m < NARROW * NEAR_M:
        return int(r_m / NEAR_M)
    return min(RINGS - 1, NARROW + int((r_m - NARROW * NEAR_M) / FAR_M))


@njit(cache=True, nogil=True)
def _around(who: Witnesses, x_m: float, y_m: float, time_s: float, wide_m: float, out: I64) -> int:
    """Write who may have noticed something within `wide_m` of a point to `out`; how many."""
    found = posts_near(who, x_m, y_m, wide_m, out)
    kept = 0
    for n in range(found):
        s = out[n]
        if who.first_s[s] <= time_s <= who.last_s[s]:
            out[kept] = s
            kept += 1
    for s in who.feeds:
        if kept < len(out) and who.first_s[s] <= time_s <= who.last_s[s]:
            out[kept] = s
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _among(who: Witnesses, posts: I64, n: int, x_m: float, y_m: float, group: I64, rings: I64) -> None:
    """The class of each of `n` witnesses and the ring it would have noticed a point from; beyond all rings -1."""
    for k in range(n):
        s = posts[k]
        group[k] = who.group[s]
        if who.role[s] == FEED:
            rings[k] = RINGS
            continue
        dx, dy = who.x_m[s] - x_m, who.y_m[s] - y_m
        r_m = math.sqrt(dx * dx + dy * dy)
        rings[k] = ring_of(r_m) if r_m < REACH_M else -1


@njit(cache=True, nogil=True)
def count_noticed(
    who: Witnesses,
    sensor: I64,
    first: I64,
    member: I64,
    kind: I64,
    state: F64,
    gain: F64,
    own: F64,
    events: I64,
    noticed: F64,
    asked: F64,
    noticed_by: F64,
    asked_of: F64,
) -> None:
    """For each of `events`: who was there, asked where CONFIRMED others reported it, and whether it did too.

    `noticed` and `asked` (groups, kinds, RINGS + 1) are added to, and by sensor `noticed_by` (s,), `asked_of` (s,
    RINGS + 1). Because the others decide who is asked, the share is
    that of a witness who knows nothing of the rest (tag and probe).
    """
    posts, rings = np.empty(MOST_POSTS, dtype=np.int64), np.empty(MOST_POSTS, dtype=np.int64)
    group = np.empty(MOST_POSTS, dtype=np.int64)
    last, brings = np.full(len(who.role), -1, dtype=np.int64), np.zeros(len(who.role))
    for e in events:
        n = first[e + 1] - first[e]
        for m in range(first[e], first[e + 1]):
            s = sensor[member[m]]
            if s < len(last):
                last[s], brings[s] = e, own[m]
        found = _around(who, state[e, 0], state[e, 1], state[e, 2], 0.0, posts)
        _among(who, posts, found, state[e, 0], state[e, 1], group, rings)
        for k in range(found):
            s = posts[k]
            told = 1 if last[s] == e else 0
            if n - told >= CONFIRMED and gain[e] - told * brings[s] >= CONFIRMED_NATS:
                asked[group[k], kind[e], rings[k]] += 1.0
                noticed[group[k], kind[e], rings[k]] += told
                asked_of[s, rings[k]] += 1.0
                noticed_by[s] += told


@njit(cache=True, nogil=True)
def _asked(who: Witnesses, of_member: I64, time_s: float, xy: F64, weights: F64, posts: I64, mine: I64) -> int:
    """Write who may have noticed something at one of the points (p, 2) to `posts`, and to `mine` which member each is,
    or -1; how many. `of_member` are the sensors of the members."""
    wide = 0.0
    for p in range(len(xy)):
        if weights[p] > 0.0:
            wide = max(wide, abs(xy[p, 0] - xy[0, 0]), abs(xy[p, 1] - xy[0, 1]))
    n = _around(who, xy[0, 0], xy[0, 1], time_s, math.sqrt(2.0) * wide, posts)
    for a in range(n):
        mine[a] = -1
        for m in range(len(of_member)):
            if of_member[m] == posts[a]:
                mine[a] = m
    return n


@njit(cache=True, nogil=True)
def _missed(miss: F64, odds: F64, group: I64, rings: I64, mine: I64, n: int, own: F64) -> tuple[float, float]:
    """The chance that none of `n` witnesses but the members notices something, and the summed odds of all who may.

    Writes to `own` the chance that each member would have missed it; `miss`, `odds` are those for the kind.
    """
    rest, sum_odds = 1.0, 0.0
    own[:] = 1.0
    for a in range(n):
        if rings[a] < 0:
            continue
        share = miss[group[a], rings[a]]
        if mine[a] >= 0:
            own[mine[a]] = share
        else:
            rest *= share
        sum_odds += odds[group[a], rings[a]]
    return rest, sum_odds


@njit(cache=True, nogil=True)
def unnoticed(
    who: Witnesses,
    sensor: I64,
    first: I64,
    member: I64,
    kind: I64,
    time_s: F64,
    events: I64,
    xy: F64,
    weights: F64,
    miss: F64,
    odds: F64,
    alone: F64,
    others: F64,
) -> None:
    """How likely nobody else would have noticed what `events` (k,) report, were it real.

    `xy` (k, p, 2) and `weights` (k, p) are where it may have been, `miss` (kinds, groups, RINGS + 1) the share not
    noticed and `odds` those of noticing. Writes to `others` (k,) the log chance that no more than its members report
    it, and for each member to `alone` (rows,) the chance that it stays alone.
    """
    posts, rings = np.empty(MOST_POSTS, dtype=np.int64), np.empty(MOST_POSTS, dtype=np.int64)
    group, mine = np.empty(MOST_POSTS, dtype=np.int64), np.empty(MOST_POSTS, dtype=np.int64)
    for k in range(len(events)):
        e = events[k]
        rows = member[first[e] : first[e + 1]]
        own = np.ones(len(rows))
        n = _asked(who, sensor[rows], time_s[e], xy[k], weights[k], posts, mine)
        alone[rows] = 0.0
        missed = 0.0
        for p in range(xy.shape[1]):
            if weights[k, p] <= 0.0:
                continue
            _among(who, posts, n, xy[k, p, 0], xy[k, p, 1], group, rings)
            rest, sum_odds = _missed(miss[kind[e]], odds[kind[e]], group, rings, mine, n, own)
            missed += weights[k, p] * rest
            every = rest * own.prod()
            for m in range(len(rows)):
                none = every / own[m]
                one = none * max(0.0, sum_odds - (1.0 / own[m] - 1.0))
                stays = none + P_APART_PAIR * one + P_APART * max(0.0, 1.0 - none - one)
                alone[rows[m]] += weights[k, p] * stays
        others[k] = math.log(missed + P_SPLIT * (1.0 - missed))
