"""One block of time from rows to events, compiled; and what is done with a row that two blocks both claim."""

from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.association.accept import ELSEWHERE, Events, find, found_event, make_events
from truceline.fusion.association.grow import score
from truceline.fusion.association.reach import EARLIEST, LATEST, RADIUS, Near, X, Y, build_near, gather
from truceline.fusion.association.refine import refine
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, make_work
from truceline.fusion.association.shares import MOST_NATS, own_nats, owned
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64, Records


class Table(NamedTuple):
    """All single observations with their circles (n, 5) and what they are weighed against, as `scene.Scene` has it."""

    rows: Records
    arcs: F64
    rings: F64
    kappa: F64
    log_rate: F64
    log_kind: F64
    circles: F64


class Claims(NamedTuple):
    """Events of at least two rows: `first` (k + 1,), `member` (m,) rows, `own_nats` (m,) what each brings, `state`
    (k, 3), `cov` (k, 6), `score` (k,). `inside` are the rows looked at, `rivals` the summed odds of events they are not
    in."""

    first: I64
    member: I64
    own_nats: F64
    state: F64
    cov: F64
    score: F64
    inside: I64
    rivals: F64


def no_claims(n: int) -> Claims:
    """Nothing found yet among `n` rows."""
    none = np.zeros(0)
    return Claims(
        np.zeros(1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        none,
        np.zeros((0, 3)),
        np.zeros((0, 6)),
        none,
        np.arange(n),
        np.zeros(n),
    )


def log_rates(circles: F64, cell_m: float, cell_s: float, least: float, reports_per_event: float) -> F64:
    """(n,) log of the rate of events, per m2 and s, around each row: what its cell of place and time holds.

    Rows of a longer reach notice rarer events: their cells are as much larger, and the `least` rate as much lower.
    """
    doublings = np.ceil(np.log2(np.maximum(1.0, 0.5 * circles[:, RADIUS] / cell_m)))
    side = cell_m * 2.0**doublings
    middle = 0.5 * (circles[:, EARLIEST] + circles[:, LATEST])
    key = np.zeros(len(circles), dtype=np.int64)
    for part in (middle / cell_s, circles[:, Y] / side, circles[:, X] / side, doublings):
        key = key * 1_000_003 + np.floor(part).astype(np.int64)
    _, cell, count = np.unique(key, return_inverse=True, return_counts=True)
    counted = count[cell] / (reports_per_event * side * side * cell_s)
    return np.asarray(np.log(np.maximum(least * (cell_m / side) ** 2, counted)))


def touching(circles: F64, own: Mask) -> Mask:
    """(n,) bool: rows of `own`, and rows that one of them may share an event with."""
    kept = own.copy()
    _touch(circles, build_near(circles[own]), kept)
    return kept


@njit(cache=True, nogil=True)
def _touch(circles: F64, near: Near, kept: Mask) -> None:
    one = np.empty(1, dtype=np.int64)
    for i in range(len(circles)):
        if not kept[i]:
            c = circles[i]
            middle, half = 0.5 * (c[EARLIEST] + c[LATEST]), 0.5 * (c[LATEST] - c[EARLIEST])
            kept[i] = gather(near, c[X], c[Y], middle, c[RADIUS], half, one) > 0


@njit(cache=True, nogil=True)
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
    table: Table, inside: I64, own: Mask, before: Claims, start_s: float, end_s: float, sweeps: int
) -> Claims:
    """Events with an origin in [start_s, end_s) among the rows `inside`; only rows of `own` start new ones."""
    scene = _scene(table, inside, build_near(table.circles[inside]))
    free = np.ones(len(inside), dtype=np.bool_)
    events, work = make_events(len(inside)), make_work()
    if len(before.score) > 0:
        _load(events, before, inside, free, len(table.rows))
    find(scene, free, own, events, work)
    refine(scene, events, work, sweeps)
    mine = owned(scene, events, start_s, end_s, work)
    return Claims(mine.first, inside[mine.member], mine.own_nats, mine.state, mine.cov, mine.score, inside, mine.rivals)


def _scene(table: Table, inside: I64, near: Near) -> Scene:
    rows, kappa, rate = table.rows[inside], table.kappa[inside], table.log_rate[inside]
    return Scene(rows, table.arcs, table.rings, near, kappa, rate, table.log_kind)


def settle_borders(table: Table, found: list[Claims], before: Claims) -> Claims:
    """All events of all blocks, and those found before that no block touched; every row in one at most.

    The best event keeps a row that several claim; the others are fitted again without it.
    """
    parts = [*found, before]
    rivals = before.rivals.copy()
    for part in found:
        rivals[part.inside] = np.maximum(rivals[part.inside], part.rivals)
    offsets = np.cumsum([0] + [len(part.member) for part in parts])
    every = Claims(
        np.concatenate([part.first[:-1] + at for part, at in zip(parts, offsets, strict=False)] + [offsets[-1:]]),
        np.concatenate([part.member for part in parts]),
        np.concatenate([part.own_nats for part in parts]),
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.cov for part in parts]),
        np.concatenate([part.score for part in parts]),
        before.inside,
        rivals,
    )
    lead = every.member[every.first[:-1]] if len(every.score) else np.zeros(0, dtype=np.int64)
    order = np.lexsort((lead, every.state[:, 2], -every.score))
    scene = _scene(table, np.arange(len(table.rows)), build_near(np.zeros((0, 5))))
    return _settle(scene, every, order, make_work().fit)


@njit(cache=True, nogil=True)
def _settle(scene: Scene, every: Claims, order: I64, fit: F64) -> Claims:
    taken = np.zeros(len(scene.rows), dtype=np.bool_)
    first = np.zeros(len(order) + 1, dtype=np.int64)
    member, own = np.empty(len(every.member), dtype=np.int64), np.empty(len(every.member))
    state, cov, value = np.empty((len(order), 3)), np.empty((len(order), 6)), np.empty(len(order))
    kept = 0
    for k in order:
        at, n, whole = first[kept], 0, every.first[k + 1] - every.first[k]
        for m in range(every.first[k], every.first[k + 1]):
            if not taken[every.member[m]]:
                member[at + n], own[at + n] = every.member[m], every.own_nats[m]
                n += 1
        if n < 2:
            continue
        state[kept], cov[kept], value[kept] = every.state[k], every.cov[k], every.score[k]
        if n < whole:
            value[kept] = score(scene, member[at : at + n], state[kept], cov[kept], fit)
            if value[kept] <= 0.0:
                continue
            own_nats(scene, member[at : at + n], state[kept], value[kept], fit, own[at : at + n])
            own[at : at + n] = np.minimum(own[at : at + n], MOST_NATS)
        for m in range(n):
            taken[member[at + m]] = True
        kept += 1
        first[kept] = at + n
    total = first[kept]
    return Claims(
        first[: kept + 1].copy(),
        member[:total].copy(),
        own[:total].copy(),
        state[:kept].copy(),
        cov[:kept].copy(),
        value[:kept].copy(),
        every.inside,
        every.rivals,
    )
