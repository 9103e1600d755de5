"""Local search: single rows move to events that explain them better, strangers leave, and events that are one merge.

A move is first judged from what is known of both events; only one that may gain is fitted, and only one that gains is
made.
"""

import math

import numpy as np
from numba import njit

from truceline.fusion.association.accept import ELSEWHERE, UNKNOWN, Events, put
from truceline.fusion.association.fit import LOG_FULL, solve, without_each
from truceline.fusion.association.grow import PAD, llr, plausible, prior_nats, score
from truceline.fusion.association.reach import gather
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Work, best_kind
from truceline.geo.arrays import Mask
from truceline.geo.kernel import inner
from truceline.physics.columns import F64, I64
from truceline.physics.weigh import NOTHING

GAIN = 1e-6  # a move has to gain this much, nats, so that none goes round in circles
SLACK = 2.0  # nats by which a move may seem to lose before it is fitted


@inner
def without(members: I64, row: int, out: I64) -> int:
    """Write `members` but for `row` to `out`; how many these are."""
    n = 0
    for member in members:
        if member != row:
            out[n] = member
            n += 1
    return n


@inner
def tried(scene: Scene, members: I64, start: F64, state: F64, cov: F64, fit: F64) -> float:
    """Score of `members`, from `start`; leaves the fit in `state` and `cov`."""
    for d in range(3):
        state[d] = start[d]
    return score(scene, members, state, cov, fit)


@inner
def own_nats(scene: Scene, members: I64, at: F64, value: float, work: Work, out: F64) -> None:
    """For each of `members` of an event at `at` worth `value`: how much less it is worth without that one, to `out`."""
    if len(members) == 2:  # apart, two are worth nothing
        out[0] = out[1] = value
        return
    without_each(scene.rows, scene.arcs, members, at, work.covs[3], work.fit, work.parts, out)
    for m in range(len(members)):
        rest = work.rest[: without(members, members[m], work.rest)]
        if math.isnan(out[m]):
            less = tried(scene, rest, at, work.states[3], work.covs[3], work.fit)
        else:
            less = out[m] + prior_nats(scene, rest)
        out[m] = value - max(0.0, less)


@inner
def know_own(scene: Scene, events: Events, k: int, work: Work) -> None:
    """Find out what each member of event `k` brings, if that is not known."""
    if events.own[k, 0] == UNKNOWN and events.n_members[k] >= 2:
        members = events.members[k, : events.n_members[k]]
        own_nats(scene, members, events.state[k], events.score[k], work, events.own[k])


@inner
def settle(events: Events, k: int, members: I64, state: F64, cov: F64, value: float) -> None:
    """Event `k` becomes `members`; fewer than two are no event. What each brings has to be found out again."""
    events.own[k, 0] = UNKNOWN
    for m in range(events.n_members[k]):
        events.home[events.members[k, m]] = -1
    n = len(members)
    if n < 2:
        events.n_members[k], events.score[k] = 0, 0.0
        return
    events.n_members[k] = n
    put(events, k, state, cov, value)
    for m in range(n):
        events.members[k, m] = members[m]
        events.home[members[m]] = k


@inner
def let_go(scene: Scene, events: Events, k: int, work: Work) -> int:
    """Members that event `k` is likelier without leave it, one at a time; how many did."""
    left = 0
    while events.n_members[k] >= 2:
        know_own(scene, events, k, work)
        n, worst = events.n_members[k], 0
        for m in range(n):
            if events.own[k, m] < events.own[k, worst]:
                worst = m
        if events.own[k, worst] > (0.0 if n == 2 else SLACK) - GAIN:
            return left
        n = without(events.members[k, :n], events.members[k, worst], work.rest)
        state, cov = work.states[0], work.covs[0]
        value = tried(scene, work.rest[:n], events.state[k], state, cov, work.fit)
        if value <= events.score[k] + GAIN:
            events.own[k, worst] = events.score[k] - max(0.0, value)
            return left
        settle(events, k, work.rest[:n], state, cov, value)
        left += 1
    return left


@inner
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


@inner
def _own_of(events: Events, k: int, row: int) -> float:
    """What `row` brings to event `k`."""
    for m in range(events.n_members[k]):
        if events.members[k, m] == row:
            return max(0.0, float(events.own[k, m]))
    return 0.0


@inner
def _may_gain(scene: Scene, events: Events, k: int, j: int, ousted: int, ratio: float, work: Work) -> bool:
    """Whether row `j` joining event `k`, where its log ratio is `ratio`, may gain more than it costs elsewhere."""
    home, gain = events.home[j], ratio
    if ousted >= 0:
        know_own(scene, events, k, work)
        gain -= _own_of(events, k, ousted)
    if home >= 0:
        know_own(scene, events, home, work)
        gain -= _own_of(events, home, j)
        if ousted >= 0 and gain <= -SLACK:
            kind = best_kind(scene, events.members[home, : events.n_members[home]])[0]
            gain += max(0.0, llr(scene, ousted, kind, events.state[home], events.cov[home]))
    return gain > -SLACK


@inner
def draw_in(scene: Scene, events: Events, k: int, j: int, ratio: float, work: Work) -> bool:
    """Row `j` joins event `k`, in the place of a report of the same sensor if there is one, if both gain by it."""
    if events.n_members[k] == 0 or events.n_members[k] >= MOST_MEMBERS - 1:
        return False
    joined, rest, fit = work.joined, work.rest, work.fit
    n, ousted = _joined(scene, events.members[k, : events.n_members[k]], j, joined)
    if not _may_gain(scene, events, k, j, ousted, ratio, work):
        return False
    state, cov, at_home = work.states[0], work.covs[0], 1
    value = tried(scene, joined[:n], events.state[k], state, cov, fit)
    home, home_value, n_rest = events.home[j], 0.0, 0
    if home >= 0:
        n_rest = without(events.members[home, : events.n_members[home]], j, rest)
        home_value = tried(scene, rest[:n_rest], events.state[home], work.states[1], work.covs[1], fit)
        if ousted >= 0:  # an exchange: what is ousted may go where the other came from
            rest[n_rest] = ousted
            swapped = tried(scene, rest[: n_rest + 1], events.state[home], work.states[2], work.covs[2], fit)
            if swapped > home_value:
                home_value, n_rest, at_home = swapped, n_rest + 1, 2
    before = events.score[k] + (events.score[home] if home >= 0 else 0.0)
    if value + home_value <= before + GAIN:
        return False
    if home >= 0:
        settle(events, home, rest[:n_rest], work.states[at_home], work.covs[at_home], home_value)
    settle(events, k, joined[:n], state, cov, value)
    if ousted >= 0 and n_rest >= 2 and rest[n_rest - 1] == ousted:
        events.home[ousted] = home  # settling its old event has just put it nowhere
    return True


@inner
def _may_be_one(scene: Scene, events: Events, k: int, other: int, work: Work) -> bool:
    """Whether two events lie so close, for how well both are known, that they may be one."""
    total, fit = work.parts[0], work.fit
    for d in range(6):
        total[d] = events.cov[k, d] + events.cov[other, d]
    for d in range(3):
        total[6 + d] = events.state[k, d] - events.state[other, d]
    log_det = solve(total, fit, work.covs[3])
    if log_det == NOTHING:
        return True
    square = fit[0] * total[6] + fit[1] * total[7] + fit[2] * total[8]
    rate = 0.5 * (scene.log_rate[events.members[k, 0]] + scene.log_rate[events.members[other, 0]])
    return bool(-0.5 * (square + log_det) - 1.5 * LOG_FULL - rate > -SLACK)


@inner
def join(scene: Scene, events: Events, k: int, other: int, work: Work) -> bool:
    """Two events become one where that is likelier; reports of one sensor keep them apart."""
    n = events.n_members[k]
    if n == 0 or events.n_members[other] == 0 or n + events.n_members[other] > MOST_MEMBERS:
        return False
    members = work.joined
    for m in range(n):
        members[m] = events.members[k, m]
    for m in range(events.n_members[other]):
        row = events.members[other, m]
        for a in range(n):
            if scene.rows[members[a]].sensor == scene.rows[row].sensor:
                return False
        members[n + m] = row
    n += events.n_members[other]
    if not _may_be_one(scene, events, k, other, work):
        return False
    state, cov = work.states[0], work.covs[0]
    larger = k if events.score[k] >= events.score[other] else other
    value = tried(scene, members[:n], events.state[larger], state, cov, work.fit)
    if value <= events.score[k] + events.score[other] + GAIN:
        return False
    settle(events, other, members[:0], state, cov, 0.0)
    settle(events, k, members[:n], state, cov, value)
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def refine(scene: Scene, events: Events, work: Work, sweeps: int) -> None:
    """Sweep over the events, at most `sweeps` times, until nothing moves; every move gains, so it ends."""
    moved = np.ones(len(events.n_members), dtype=np.bool_)
    for _ in range(sweeps):
        again = np.zeros(len(events.n_members), dtype=np.bool_)
        if _sweep(scene, events, moved, again, work) == 0:
            return
        moved = again


@inner
def _sweep(scene: Scene, events: Events, moved: Mask, again: Mask, work: Work) -> int:
    """Look at all events that have `moved` once; how many moves gained, and which to look at `again`."""
    changed = 0
    for k in range(events.size[0]):
        if events.n_members[k] > 0 and moved[k]:
            changed += let_go(scene, events, k, work)
            changed += _attract(scene, events, k, again, work)
    return changed


@inner
def _attract(scene: Scene, events: Events, k: int, again: Mask, work: Work) -> int:
    """Rows and events around event `k` join it where they gain; `again` marks what to look at in the next sweep."""
    if events.n_members[k] == 0:
        return 0
    changed = 0
    state, cov = work.state, work.cov
    for d in range(3):
        state[d] = events.state[k, d]
    for d in range(6):
        cov[d] = events.cov[k, d]
    kind = best_kind(scene, events.members[k, : events.n_members[k]])[0]
    pad_m, pad_s = PAD * math.sqrt(cov[0] + cov[3]), PAD * math.sqrt(cov[5])
    n_near = gather(scene.near, state[0], state[1], state[2], pad_m, pad_s, work.near)
    for c in range(n_near):
        j = work.near[c]
        if events.home[j] in (k, ELSEWHERE) or not plausible(scene.rows, j, state, cov):
            continue
        ratio = llr(scene, j, kind, state, cov)
        if ratio <= 0.0:
            continue
        other = events.home[j]
        if other >= 0 and join(scene, events, k, other, work):
            changed += 1
            again[k] = True
        elif draw_in(scene, events, k, j, ratio, work):
            changed += 1
            again[k] = True
            if other >= 0:
                again[other] = True
    return changed
