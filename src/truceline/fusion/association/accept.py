"""Which hypotheses become events: the best first, each scored again from what is still free when its turn comes."""

import heapq
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.association.effort import Effort
from truceline.fusion.association.grow import grow, score
from truceline.fusion.association.propose import Pool, propose
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Work, best_kind
from truceline.geo.arrays import Mask
from truceline.geo.kernel import inner, outer
from truceline.physics.columns import F64, I64
from truceline.physics.weigh import NOTHING

MOST_ROUNDS = 64  # where more report one place than an event may have members
ELSEWHERE = -2  # the event of a row whose event lies partly outside
UNKNOWN = np.inf  # of what a member brings
TRIES = 3  # times a hypothesis may come back with fewer members


class Events(NamedTuple):
    """Events being built: `members` (k, MOST_MEMBERS), `n_members` (k,), `state` (k, 3), `cov` (k, 6), `score` (k,).

    `own` (k, MOST_MEMBERS) is what each member brings (nats), where it has been found out (else own[k, 0] is infinite);
    `home` (n,) is the event of each row, -1 for none, ELSEWHERE for one not in here; `size` (1,) how many there are; an
    event of no members is gone.
    """

    members: I64
    n_members: I64
    state: F64
    cov: F64
    score: F64
    own: F64
    home: I64
    size: I64


@outer
def make_events(n: int) -> Events:
    """No events yet among `n` rows."""
    room = n // 2 + 1
    return Events(
        np.empty((room, MOST_MEMBERS), dtype=np.int64),
        np.zeros(room, dtype=np.int64),
        np.empty((room, 3)),
        np.empty((room, 6)),
        np.zeros(room),
        np.empty((room, MOST_MEMBERS)),
        np.full(n, -1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@inner
def put(events: Events, k: int, state: F64, cov: F64, value: float) -> None:
    """Where event `k` is and what it is worth."""
    for d in range(3):
        events.state[k, d] = state[d]
    for d in range(6):
        events.cov[k, d] = cov[d]
    events.score[k] = value


@inner
def found_event(events: Events, members: I64, state: F64, cov: F64, value: float) -> int:
    """Add an event of `members`; its number."""
    k = int(events.size[0])
    events.size[0] += 1
    events.n_members[k] = len(members)
    put(events, k, state, cov, value)
    events.own[k, 0] = UNKNOWN
    for m in range(len(members)):
        events.members[k, m] = members[m]
        events.home[members[m]] = k
    return k


@inner
def _still_free(pool: Pool, h: int, free: Mask, work: Work) -> int:
    """Write the members of hypothesis `h` that are still free to `work.members`; how many these are."""
    left = 0
    for m in range(pool.n_members[h]):
        if free[pool.members[h, m]]:
            work.members[left] = pool.members[h, m]
            left += 1
    return left


@njit(cache=True, nogil=True, error_model="numpy")
def accept(scene: Scene, pool: Pool, free: Mask, events: Events, work: Work) -> None:
    """Turn hypotheses into events, lazily: what lost members to a better one is fitted again and waits its turn."""
    tries = np.zeros(pool.size[0], dtype=np.int64)
    heap = [(-pool.score[h], h) for h in range(pool.size[0])]
    heapq.heapify(heap)
    while len(heap) > 0:
        h = heapq.heappop(heap)[1]
        bar = -heap[0][0] if len(heap) > 0 else 0.0
        if _take(scene, pool, h, tries, bar, free, events, work):
            heapq.heappush(heap, (-pool.score[h], h))


@inner
def _take(scene: Scene, pool: Pool, h: int, tries: I64, bar: float, free: Mask, events: Events, work: Work) -> bool:
    """Hypothesis `h` becomes an event, or is dropped, or (True) has fallen below `bar` and has to wait."""
    n, left = pool.n_members[h], _still_free(pool, h, free, work)
    if left < 2 or (left < n and tries[h] == TRIES):
        return False
    for d in range(3):
        work.state[d] = pool.state[h, d]
    for d in range(6):
        work.cov[d] = pool.cov[h, d]
    value = pool.score[h]
    if left < n:
        value, n = _again(scene, free, left, work)
        if n < 2 or value <= 0.0:
            return False
        if bar > value:
            tries[h] += 1
            _wait(pool, h, value, n, work)
            return True
    found_event(events, work.members[:n], work.state, work.cov, value)
    for m in range(n):
        free[work.members[m]] = False
    return False


@inner
def _wait(pool: Pool, h: int, value: float, n: int, work: Work) -> None:
    """Write what is left of hypothesis `h` back to the pool."""
    pool.n_members[h], pool.score[h] = n, value
    for d in range(3):
        pool.state[h, d] = work.state[d]
    for d in range(6):
        pool.cov[h, d] = work.cov[d]
    for m in range(n):
        pool.members[h, m] = work.members[m]


@inner
def _again(scene: Scene, free: Mask, left: int, work: Work) -> tuple[float, int]:
    """What a hypothesis is worth with the members that are left, and whatever else is free now."""
    kind = best_kind(scene, work.members[:left])[0]
    if score(scene, work.members[:left], work.state, work.cov, work.fit) == NOTHING:
        return NOTHING, 0
    return grow(scene, free, kind, work)


@outer
def find(scene: Scene, free: Mask, starting: Mask, events: Events, work: Work, effort: Effort) -> None:
    """Propose and accept; what is left over tries among itself again."""
    for number in range(MOST_ROUNDS):
        pool, before, largest = propose(scene, free, starting, work, effort.enough), events.size[0], 0
        if pool.size[0] == 0:
            return
        accept(scene, pool, free, events, work)
        for k in range(before, events.size[0]):
            largest = max(largest, events.n_members[k])
        crowded = pool.size[0] == len(pool.score) or largest == MOST_MEMBERS
        if number + 1 >= effort.rounds and not crowded:
            return
