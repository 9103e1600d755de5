"""How sure each membership is: what an event is worth with and without a row, and what its rivals offer."""

import math

import numpy as np
from numba import njit

from truceline.fusion.association.accept import Events
from truceline.fusion.association.claims import Claims
from truceline.fusion.association.grow import PAD, llr, plausible
from truceline.fusion.association.reach import gather
from truceline.fusion.association.refine import know_own
from truceline.fusion.association.scene import Scene, Work, best_kind
from truceline.geo.kernel import inner
from truceline.physics.columns import F64, I64

MOST_NATS = 60.0  # odds beyond this are certainty


@inner
def rival_odds(scene: Scene, events: Events, work: Work, out: F64) -> None:
    """Add to `out` (n,), for each row, the odds of each event that it is not in.

    Where its sensor has another report in that event, it would have to take the place of that one.
    """
    for k in range(events.size[0]):
        n = events.n_members[k]
        if n < 2:
            continue
        state, cov = events.state[k], events.cov[k]
        kind = best_kind(scene, events.members[k, :n])[0]
        n_near = gather(
            scene.near,
            state[0],
            state[1],
            state[2],
            PAD * math.sqrt(cov[0] + cov[3]),
            PAD * math.sqrt(cov[5]),
            work.near,
        )
        for c in range(n_near):
            j = work.near[c]
            if events.home[j] == k or not plausible(scene.rows, j, state, cov):
                continue
            ratio = llr(scene, j, kind, state, cov)
            for m in range(n):
                if scene.rows[events.members[k, m]].sensor == scene.rows[j].sensor:
                    ratio -= max(0.0, events.own[k, m])
            out[j] += math.exp(min(MOST_NATS, ratio))


@njit(cache=True, nogil=True, error_model="numpy")
def owned(scene: Scene, events: Events, inside: I64, start_s: float, end_s: float, work: Work) -> Claims:
    """The events whose origin lies in [start_s, end_s); `inside` (n,) says which rows of all those of the scene are."""
    first, total = [0], 0
    kept = [0]
    kept.pop()
    for k in range(events.size[0]):
        n = events.n_members[k]
        if n < 2:
            continue
        know_own(scene, events, k, work)
        if start_s <= events.state[k, 2] < end_s:
            kept.append(k)
            total += n
            first.append(total)
    rivals = np.zeros(len(scene.rows))
    rival_odds(scene, events, work, rivals)
    member, nats = np.empty(total, dtype=np.int64), np.empty(total)
    state, cov, value = np.empty((len(kept), 3)), np.empty((len(kept), 6)), np.empty(len(kept))
    for e in range(len(kept)):
        k, at = kept[e], first[e]
        for m in range(events.n_members[k]):
            member[at + m], nats[at + m] = inside[events.members[k, m]], min(MOST_NATS, events.own[k, m])
        state[e], cov[e], value[e] = events.state[k], events.cov[k], events.score[k]
    return Claims(np.array(first), member, nats, state, cov, value, inside, rivals)
