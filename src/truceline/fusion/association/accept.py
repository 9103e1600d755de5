"""Which hypotheses become events: the best first, each scored again from what is still free when its turn comes."""

import heapq
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.association.grow import grow, score
from truceline.fusion.association.propose import Pool, propose
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Work, best_kind
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64
from truceline.physics.weigh import NOTHING

MOST_ROUNDS = 64  # where more report one place than an event may have members
ROUNDS = 2  # rows that are left over start hypotheses among themselves once more
ELSEWHERE = -2  # the event of a row whose event lies partly outside
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


def make_events(n: int) -> Events:
    """No events yet among `n` rows."""
    room = n // 2 + 1
    return Events(
        np.zeros((room, MOST_MEMBERS), dtype=np.int64),
        np.zeros(room, dtype=np.int64),
        np.zeros((room, 3)),
        np.zeros((room, 6)),
        np.zeros(room),
        np.full((room, MOST_MEMBERS), np.inf),
        np.full(n, -1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def found_event(events: Events, members: I64, state: F64, cov: F64, value: float) -> int:
    """Add an event of `members`; its number."""
    k = int(events.size[0])
    events.size[0] += 1
    events.n_members[k] = len(members)
    events.state[k], events.cov[k], events.score[k] = state, cov, value
    for m in range(len(members)):
        events.members[k, m] = members[m]
        events.home[members[m]] = k
    return k


@njit(cache=True, nogil=True)
def _still_free(pool: Pool, h: int, free: Mask, work: Work) -> int:
    """Write the members of hypothesis `h` that are still free to `work.members`; how many these are."""
    left = 0
    for m in range(pool.n_members[h]):
        if free[pool.members[h, m]]:
            work.members[left] = pool.members[h, m]
            left += 1
    return left


@njit(cache=True, nogil=True)
def accept(scene: Scene, pool: Pool, free: Mask, events: Events, work: Work) -> None:
    """Turn hypotheses into events, lazily: what lost members to a better one is fitted again and waits its turn."""
    heap = [(0.0, -1)]
    heap.pop()
    tries = np.zeros(pool.size[0], dtype=np.int64)
    for h in range(pool.size[0]):
        heapq.heappush(heap, (-pool.score[h], h))
    while len(heap) > 0:
        _, h = heapq.heappop(heap)
        n, left = pool.n_members[h], _still_free(pool, h, free, work)
        if left < 2 or (left < n and tries[h] == TRIES):
            continue
        work.state[:] = pool.state[h]
        if left == n and tries[h] == 0:
            value = score(scene, work.members[:n], work.state, work.cov, work.fit)
        else:
            value, n = _again(scene, free, left, work)
        if n < 2 or value <= 0.0:
            continue
        if left < pool.n_members[h] and len(heap) > 0 and -heap[0][0] > value:
            tries[h] += 1
            pool.n_members[h], pool.score[h] = n, value
            pool.state[h] = work.state
            for m in range(n):
                pool.members[h, m] = work.members[m]
            heapq.heappush(heap, (-value, h))
            continue
        found_event(events, work.members[:n], work.state, work.cov, value)
        for m in range(n):
            free[work.members[m]] = False


@njit(cache=True, nogil=True)
def _again(scene: Scene, free: Mask, left: int, work: Work) -> tuple[float, int]:
    """What a hypothesis is worth with the members that are left, and whatever else is free now."""
    kind = best_kind(scene, work.members[:left])[0]
    if score(scene, work.members[:left], work.state, work.cov, work.fit) == NOTHING:
        return NOTHING, 0
    return grow(scene, free, kind, work)


def find(scene: Scene, free: Mask, starting: Mask, events: Events, work: Work) -> None:
    """Propose and accept; what is left over tries among itself once more."""
    for number in range(MOST_ROUNDS):
        pool, before = propose(scene, free, starting, work), int(events.size[0])
        if pool.size[0] == 0:
            return
        accept(scene, pool, free, events, work)
        largest = events.n_members[before : events.size[0]].max(initial=0)
        crowded = pool.size[0] == len(pool.score) or largest == MOST_MEMBERS
        if number + 1 >= ROUNDS and not crowded:
            return
