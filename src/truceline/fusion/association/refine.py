"""Local search: single rows move to events that explain them better, strangers leave, and events that are one merge."""

import numpy as np
from numba import njit

from truceline.fusion.association.accept import ELSEWHERE, Events
from truceline.fusion.association.grow import PAD, llr, plausible, score
from truceline.fusion.association.reach import gather
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Work, best_kind
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64

UNKNOWN = np.inf  # of what a member brings
GAIN = 1e-6  # a move has to gain this much, nats, so that none goes round in circles


@njit(cache=True, nogil=True)
def without(members: I64, row: int, out: I64) -> int:
    """Write `members` but for `row` to `out`; how many these are."""
    n = 0
    for member in members:
        if member != row:
            out[n] = member
            n += 1
    return n


@njit(cache=True, nogil=True)
def tried(scene: Scene, members: I64, start: F64, state: F64, cov: F64, fit: F64) -> float:
    """Score of `members`, from `start`; leaves the fit in `state` and `cov`."""
    state[:] = start
    return score(scene, members, state, cov, fit)


@njit(cache=True, nogil=True)
def settle(events: Events, k: int, members: I64, state: F64, cov: F64, value: float) -> None:
    """Event `k` becomes `members`; fewer than two are no event. What each brings has to be found out again."""
    events.own[k, 0] = UNKNOWN
    for m in range(events.n_members[k]):
        events.home[events.members[k, m]] = -1
    n = len(members)
    if n < 2:
        events.n_members[k], events.score[k] = 0, 0.0
        return
    events.n_members[k], events.score[k] = n, value
    events.state[k], events.cov[k] = state, cov
    for m in range(n):
        events.members[k, m] = members[m]
        events.home[members[m]] = k


@njit(cache=True, nogil=True)
def let_go(scene: Scene, events: Events, k: int, fit: F64) -> int:
    """Members that event `k` is likelier without leave it, one at a time; how many did."""
    left = 0
    rest = np.empty(MOST_MEMBERS, dtype=np.int64)
    state, cov, best_state, best_cov = np.zeros(3), np.zeros(6), np.zeros(3), np.zeros(6)
    while events.n_members[k] >= 2:
        best, worst = events.score[k] + GAIN, -1
        if events.n_members[k] == 2:  # apart, two are worth nothing
            events.own[k, :2] = events.score[k]
            if events.score[k] > GAIN:
                return left
        for m in range(events.n_members[k]):
            n = without(events.members[k, : events.n_members[k]], events.members[k, m], rest)
            value = tried(scene, rest[:n], events.state[k], state, cov, fit)
            events.own[k, m] = events.score[k] - max(0.0, value)
            if value > best:
                best, worst = value, events.members[k, m]
                best_state[:], best_cov[:] = state, cov
        if worst < 0:
            return left
        n = without(events.members[k, : events.n_members[k]], worst, rest)
        settle(events, k, rest[:n], best_state, best_cov, best)
        left += 1
    return left


@njit(cache=True, nogil=True)
def _joined(scene: Scene, members: I64, j: int, out: I64) -> tuple[int, int]:
    """Write `members` with row `j` to `out`, without the report that its sensor has there; how many, and which (-1)."""
    ousted, n = -1, 0
    for member in members:
        if scene.rows[member].sensor == scene.rows[j].sensor:
            ousted = member
        else:
            out[n] = member
            n += 1
    out[n] = j
    return n + 1, ousted


@njit(cache=True, nogil=True)
def draw_in(scene: Scene, events: Events, k: int, j: int, fit: F64) -> bool:
    """Row `j` joins event `k`, in the place of a report of the same sensor if there is one, if both gain by it."""
    if events.n_members[k] == 0 or events.n_members[k] >= MOST_MEMBERS - 1:
        return False
    joined, rest = np.empty(MOST_MEMBERS, dtype=np.int64), np.empty(MOST_MEMBERS, dtype=np.int64)
    state, cov, home_state, home_cov = np.zeros(3), np.zeros(6), np.zeros(3), np.zeros(6)
    n, ousted = _joined(scene, events.members[k, : events.n_members[k]], j, joined)
    value = tried(scene, joined[:n], events.state[k], state, cov, fit)
    home, home_value, n_rest = events.home[j], 0.0, 0
    if home >= 0:
        n_rest = without(events.members[home, : events.n_members[home]], j, rest)
        home_value = tried(scene, rest[:n_rest], events.state[home], home_state, home_cov, fit)
        if ousted >= 0:  # an exchange: what is ousted may go where the other came from
            rest[n_rest] = ousted
            swapped_state, swapped_cov = np.zeros(3), np.zeros(6)
            swapped = tried(scene, rest[: n_rest + 1], events.state[home], swapped_state, swapped_cov, fit)
            if swapped > home_value:
                home_value, n_rest = swapped, n_rest + 1
                home_state[:], home_cov[:] = swapped_state, swapped_cov
    before = events.score[k] + (events.score[home] if home >= 0 else 0.0)
    if value + home_value <= before + GAIN:
        return False
    if home >= 0:
        settle(events, home, rest[:n_rest], home_state, home_cov, home_value)
    settle(events, k, joined[:n], state, cov, value)
    if ousted >= 0 and n_rest >= 2 and rest[n_rest - 1] == ousted:
        events.home[ousted] = home  # settling its old event has just put it nowhere
    return True


@njit(cache=True, nogil=True)
def join(scene: Scene, events: Events, k: int, other: int, fit: F64) -> bool:
    """Two events become one where that is likelier; reports of one sensor keep them apart."""
    n = events.n_members[k]
    if n == 0 or events.n_members[other] == 0 or n + events.n_members[other] > MOST_MEMBERS:
        return False
    members = np.empty(MOST_MEMBERS, dtype=np.int64)
    members[:n] = events.members[k, :n]
    for m in range(events.n_members[other]):
        row = events.members[other, m]
        for a in range(n):
            if scene.rows[members[a]].sensor == scene.rows[row].sensor:
                return False
        members[n + m] = row
    n += events.n_members[other]
    state, cov = np.zeros(3), np.zeros(6)
    larger = k if events.score[k] >= events.score[other] else other
    value = tried(scene, members[:n], events.state[larger], state, cov, fit)
    if value <= events.score[k] + events.score[other] + GAIN:
        return False
    settle(events, other, members[:0], state, cov, 0.0)
    settle(events, k, members[:n], state, cov, value)
    return True


@njit(cache=True, nogil=True)
def refine(scene: Scene, events: Events, work: Work, sweeps: int) -> None:
    """Sweep over the events, at most `sweeps` times, until nothing moves; every move gains, so it ends."""
    moved = np.ones(len(events.n_members), dtype=np.bool_)
    for _ in range(sweeps):
        again = np.zeros(len(events.n_members), dtype=np.bool_)
        changed = 0
        for k in range(events.size[0]):
            if events.n_members[k] == 0 or not moved[k]:
                continue
            changed += let_go(scene, events, k, work.fit)
            changed += _attract(scene, events, k, again, work)
        if changed == 0:
            return
        moved = again


@njit(cache=True, nogil=True)
def _attract(scene: Scene, events: Events, k: int, again: Mask, work: Work) -> int:
    """Rows and events around event `k` join it where they gain; `again` marks what to look at in the next sweep."""
    if events.n_members[k] == 0:
        return 0
    changed = 0
    state, cov = events.state[k].copy(), events.cov[k].copy()
    kind = best_kind(scene, events.members[k, : events.n_members[k]])[0]
    pad_m, pad_s = PAD * np.sqrt(cov[0] + cov[3]), PAD * np.sqrt(cov[5])
    n_near = gather(scene.near, state[0], state[1], state[2], pad_m, pad_s, work.near)
    for c in range(n_near):
        j = work.near[c]
        if events.home[j] in (k, ELSEWHERE) or not plausible(scene.rows, j, state, cov):
            continue
        if llr(scene, j, kind, state, cov) <= 0.0:
            continue
        other = events.home[j]
        if other >= 0 and join(scene, events, k, other, work.fit):
            changed += 1
            again[k] = True
        elif draw_in(scene, events, k, j, work.fit):
            changed += 1
            again[k] = True
            if other >= 0:
                again[other] = True
    return changed
