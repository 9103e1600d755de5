"""Compiled: how often each class of sensors notices what others confirm, and how likely nobody else would have."""

import math

import numpy as np
from numba import njit

from truceline.fusion.trust.witnesses import FEED, POST, REACH_M, UNPLACED, Witnesses, posts_near
from truceline.geo.arrays import F64, I64

RINGS = 16  # of distance; the last but one place of a table of shares is for feeds
CONFIRMED = 3  # sensors besides the one that is asked about: so many are hardly ever by chance ...
CONFIRMED_NATS = 12.0  # ... and so likely to be one event that they would have been found without it
MOST_POSTS = 512  # around one event that are asked
CERTAIN = 0.98  # nobody notices everything
P_APART_PAIR = 0.07  # two reports of one event that stay apart, most of them for a kind misnamed (on seeds 8000 to 8002)
P_APART = 0.004  # a report that stays apart from several others of its event (likewise)


@njit(cache=True, nogil=True)
def ring_of(r_m: float) -> int:
    """The ring of a distance: their width grows with it."""
    return min(RINGS - 1, int(RINGS * math.sqrt(r_m / REACH_M)))


@njit(cache=True, nogil=True)
def _around(who: Witnesses, x_m: float, y_m: float, time_s: float, posts: I64, rings: I64) -> int:
    """Write who may have noticed something to `posts` and from which ring to `rings`; how many."""
    found = posts_near(who, x_m, y_m, posts)
    kept = 0
    for n in range(found):
        s = posts[n]
        if who.first_s[s] <= time_s <= who.last_s[s]:
            posts[kept] = s
            rings[kept] = ring_of(math.hypot(who.x_m[s] - x_m, who.y_m[s] - y_m))
            kept += 1
    for s in who.feeds:
        if kept < len(posts) and who.first_s[s] <= time_s <= who.last_s[s]:
            posts[kept], rings[kept] = s, RINGS
            kept += 1
    return kept


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
) -> None:
    """For each of `events`: who was there, asked where CONFIRMED others reported it, and whether it did too.

    `noticed` and `asked` (groups, kinds, RINGS + 1) are added to. Because the others decide who is asked, the share is
    that of a witness who knows nothing of the rest (tag and probe).
    """
    posts, rings = np.empty(MOST_POSTS, dtype=np.int64), np.empty(MOST_POSTS, dtype=np.int64)
    last, brings = np.full(len(who.role), -1, dtype=np.int64), np.zeros(len(who.role))
    for e in events:
        n = first[e + 1] - first[e]
        for m in range(first[e], first[e + 1]):
            s = sensor[member[m]]
            if s < len(last):
                last[s], brings[s] = e, own[m]
        for k in range(_around(who, state[e, 0], state[e, 1], state[e, 2], posts, rings)):
            s = posts[k]
            told = 1 if last[s] == e else 0
            if n - told >= CONFIRMED and gain[e] - told * brings[s] >= CONFIRMED_NATS:
                asked[who.group[s], kind[e], rings[k]] += 1.0
                noticed[who.group[s], kind[e], rings[k]] += told


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
    log_miss: F64,
    alone: F64,
    others: F64,
) -> None:
    """How likely nobody else would have noticed what `events` (k,) report, were it real.

    `xy` (k, p, 2) and `weights` (k, p) are where it may have been, `log_miss` (groups, kinds, RINGS + 1) the log of the
    share not noticed. Writes to `others` (k,) the log chance that no more than its members report it, and for each
    member to `alone` (rows,) the chance that nobody but that one would have.
    """
    posts, rings = np.empty(MOST_POSTS, dtype=np.int64), np.empty(MOST_POSTS, dtype=np.int64)
    last = np.full(len(who.role), -1, dtype=np.int64)
    own = np.zeros(len(who.role))
    for k in range(len(events)):
        e = events[k]
        for m in range(first[e], first[e + 1]):
            alone[member[m]] = 0.0
            if sensor[member[m]] < len(last):
                last[sensor[member[m]]] = e
        missed = 0.0
        for p in range(xy.shape[1]):
            if weights[k, p] <= 0.0:
                continue
            for m in range(first[e], first[e + 1]):
                if sensor[member[m]] < len(last):
                    own[sensor[member[m]]] = 0.0
            every, rest, odds = 0.0, 0.0, 0.0
            for a in range(_around(who, xy[k, p, 0], xy[k, p, 1], time_s[e], posts, rings)):
                s = posts[a]
                log_p = log_miss[who.group[s], kind[e], rings[a]]
                every += log_p
                odds += math.exp(-log_p) - 1.0
                if last[s] == e:
                    own[s] = log_p
                else:
                    rest += log_p
            missed += weights[k, p] * math.exp(rest)
            for m in range(first[e], first[e + 1]):
                s = sensor[member[m]]
                log_own = own[s] if s < len(last) else 0.0
                none = math.exp(every - log_own)
                one = none * (odds - math.exp(-log_own) + 1.0)
                alone[member[m]] += weights[k, p] * (none + P_APART_PAIR * one + P_APART * (1.0 - none - one))
        others[k] = math.log(max(missed, 1e-300))
