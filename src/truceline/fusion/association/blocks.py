"""One block of time, from rows to events; which rows belong to it."""

import numpy as np
from numba import njit

from truceline.fusion.association.accept import ELSEWHERE, Events, find, found_event, make_events
from truceline.fusion.association.claims import Claims
from truceline.fusion.association.effort import Effort
from truceline.fusion.association.reach import EARLIEST, LATEST, RADIUS, Near, X, Y, build_near, gather
from truceline.fusion.association.refine import refine
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Table, make_work, scene_of
from truceline.fusion.association.shares import owned
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64


def touching(circles: F64, own: Mask) -> Mask:
    """(n,) bool: rows of `own`, and rows that one of them may share an event with."""
    kept = own.copy()
    _touch(circles, build_near(circles[own]), kept)
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def _touch(circles: F64, near: Near, kept: Mask) -> None:
    one = np.empty(1, dtype=np.int64)
    for i in range(len(circles)):
        if not kept[i]:
            c = circles[i]
            middle, half = 0.5 * (c[EARLIEST] + c[LATEST]), 0.5 * (c[LATEST] - c[EARLIEST])
            kept[i] = gather(near, c[X], c[Y], middle, c[RADIUS], half, one) > 0


@njit(cache=True, nogil=True, error_model="numpy")
def _load(events: Events, before: Claims, inside: I64, free: Mask, n_all: int) -> None:
    """Events found before, of which all rows are inside, become events of this block; their rows are not free."""
    local = np.full(n_all, -1, dtype=np.int64)
    for i in range(len(inside)):
        local[inside[i]] = i
    members = np.empty(MOST_MEMBERS, dtype=np.int64)
    for k in range(len(before.score)):
        n = 0
        for m in range(before.first[k], before.first[k + 1]):
            if local[before.member[m]] >= 0:
                members[n] = local[before.member[m]]
                n += 1
        for m in range(n):
            free[members[m]] = False
            events.home[members[m]] = ELSEWHERE
        if n >= 2 and n == before.first[k + 1] - before.first[k]:
            found_event(events, members[:n], before.state[k], before.cov[k], before.score[k])


def run_block(
    table: Table, inside: I64, own: Mask, before: Claims, start_s: float, end_s: float, effort: Effort
) -> Claims:
    """Events with an origin in [start_s, end_s) among the rows `inside`; only rows of `own` start new ones."""
    scene = scene_of(table, inside, build_near(table.circles[inside]))
    return _search(scene, inside, own, before, len(table.rows), start_s, end_s, effort)


@njit(cache=True, nogil=True, error_model="numpy")
def _search(
    scene: Scene, inside: I64, own: Mask, before: Claims, n_all: int, start_s: float, end_s: float, effort: Effort
) -> Claims:
    """The whole search in one call: blocks are many and small, and to cross over to compiled code takes its time."""
    free = np.ones(len(inside), dtype=np.bool_)
    events, work = make_events(len(inside)), make_work(len(inside))
    if len(before.score) > 0:
        _load(events, before, inside, free, n_all)
    find(scene, free, own, events, work, effort)
    refine(scene, events, work, effort.sweeps)
    return owned(scene, events, inside, start_s, end_s, work)
