"""What is done with a row that two blocks both claim: the best event keeps it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.association.claims import Claims
from truceline.fusion.association.grow import score
from truceline.fusion.association.reach import build_near
from truceline.fusion.association.refine import own_nats
from truceline.fusion.association.scene import Scene, Table, Work, make_work
from truceline.fusion.association.shares import MOST_NATS
from truceline.physics.columns import F64, I64


class Settled(NamedTuple):
    """The events that stand, the best first, and which of all that were claimed each of them was."""

    claims: Claims
    place: I64


def all_claims(parts: Sequence[Claims], inside: I64, rivals: F64) -> Claims:
    """Claims of several blocks one after another; `inside` and `rivals` are those of all rows."""
    offsets = np.cumsum([0] + [len(part.member) for part in parts])
    return Claims(
        np.concatenate([part.first[:-1] + at for part, at in zip(parts, offsets, strict=False)] + [offsets[-1:]]),
        np.concatenate([part.member for part in parts]),
        np.concatenate([part.own_nats for part in parts]),
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.cov for part in parts]),
        np.concatenate([part.score for part in parts]),
        inside,
        rivals,
    )


def settle_borders(table: Table, found: Sequence[Claims], before: Claims) -> Claims:
    """All events of all blocks, and those found before that no block touched; every row in one at most.

    The best event keeps a row that several claim; the others are fitted again without it. What was found before comes
    last: where a block has looked at it, its word is the newer one.
    """
    rivals = before.rivals.copy()
    for part in found:
        rivals[part.inside] = np.maximum(rivals[part.inside], part.rivals)
    every = all_claims([*found, before], before.inside, rivals)
    return settle(table, every, len(before.score)).claims


def settle(table: Table, every: Claims, n_older: int) -> Settled:
    """Settle what is claimed, the last `n_older` claims coming last.

    Claims that share rows, directly or through others, decide each other's fate and nobody else's: to settle such a
    group by itself comes to the same as to settle all that there is.
    """
    lead = every.member[every.first[:-1]] if len(every.score) else np.zeros(0, dtype=np.int64)
    older = np.arange(len(every.score)) >= len(every.score) - n_older
    order = np.lexsort((lead, every.state[:, 2], -every.score, older))
    scene = Scene(
        table.rows, table.arcs, table.rings, build_near(np.zeros((0, 5))), table.kappa, table.log_rate, table.log_kind
    )
    claims, which = _settle(scene, every, order, make_work(0))
    return Settled(claims, order[which])


@njit(cache=True, nogil=True, error_model="numpy")
def _settle(scene: Scene, every: Claims, order: I64, work: Work) -> tuple[Claims, I64]:
    """What stands, and which places of `order` that is."""
    taken = np.zeros(len(scene.rows), dtype=np.bool_)
    first = np.zeros(len(order) + 1, dtype=np.int64)
    member, own = np.empty(len(every.member), dtype=np.int64), np.empty(len(every.member))
    state, cov, value = np.empty((len(order), 3)), np.empty((len(order), 6)), np.empty(len(order))
    kept, which = 0, np.empty(len(order), dtype=np.int64)
    for place in range(len(order)):
        k = order[place]
        at, n, whole = first[kept], 0, every.first[k + 1] - every.first[k]
        for m in range(every.first[k], every.first[k + 1]):
            if not taken[every.member[m]]:
                member[at + n], own[at + n] = every.member[m], every.own_nats[m]
                n += 1
        if n < 2:
            continue
        state[kept], cov[kept], value[kept] = every.state[k], every.cov[k], every.score[k]
        if n < whole:
            value[kept] = score(scene, member[at : at + n], state[kept], cov[kept], work.fit)
            if value[kept] <= 0.0:
                continue
            own_nats(scene, member[at : at + n], state[kept], value[kept], work, own[at : at + n])
            own[at : at + n] = np.minimum(own[at : at + n], MOST_NATS)
        for m in range(n):
            taken[member[at + m]] = True
        which[kept] = place
        kept += 1
        first[kept] = at + n
    total = first[kept]
    claims = Claims(
        first[: kept + 1].copy(),
        member[:total].copy(),
        own[:total].copy(),
        state[:kept].copy(),
        cov[:kept].copy(),
        value[:kept].copy(),
        every.inside,
        every.rivals,
    )
    return claims, which[:kept].copy()
