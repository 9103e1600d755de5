"""One block of time from rows to events, compiled; and what is done with a row that two blocks both claim."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.accept import ELSEWHERE, Events, find, found_event, make_events
from truceline.fusion.hypotheses import MOST_MEMBERS, Scene, make_work, score
from truceline.fusion.reach import EARLIEST, LATEST, RADIUS, X, Y, build_near, circles_of, gather
from truceline.fusion.refine import refine
from truceline.fusion.shares import MOST_NATS, own_nats, owned
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64, Records


class Table(NamedTuple):
    """All single observations and what they are weighed against, as `hypotheses.Scene` has it."""

    rows: Records
    arcs: F64
    rings: F64
    kappa: F64
    log_rate: F64
    log_kind: F64


class Claims(NamedTuple):
    """Events of at least two rows: `first` (k + 1,), `member` (m,) rows, `own_nats` (m,) what each brings, `state` (k, 3),
    `cov` (k, 6), `score` (k,). `inside` are the rows looked at and `rivals` the summed odds of events they are not in."""

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


@njit(cache=True, nogil=True)
def log_rates(circles: F64, cell_m: float, cell_s: float, least: float, reports_per_event: float) -> F64:
    """(n,) log of the rate of events, per m2 and s, around each row: what its cell of place and time holds.

    Rows of a longer reach notice rarer events: their cells are as much larger, and the `least` rate as much lower.
    """
    n = len(circles)
    key, area = np.empty(n, dtype=np.int64), np.empty(n)
    for i in range(n):
        doublings = max(0, math.ceil(math.log2(max(1.0, 0.5 * circles[i, RADIUS] / cell_m))))
        side = cell_m * 2.0**doublings
        area[i] = side * side
        ix, iy = math.floor(circles[i, X] / side), math.floor(circles[i, Y] / side)
        it = math.floor(0.5 * (circles[i, EARLIEST] + circles[i, LATEST]) / cell_s)
        key[i] = ((it * 1_000_003 + iy) * 1_000_003 + ix) * 64 + doublings
    order = np.argsort(key, kind="mergesort")
    out = np.empty(n)
    a = 0
    while a < n:
        b = a
        while b < n and key[order[b]] == key[order[a]]:
            b += 1
        side2 = area[order[a]]
        value = math.log(max(least * cell_m * cell_m / side2, (b - a) / (reports_per_event * side2 * cell_s)))
        for k in range(a, b):
            out[order[k]] = value
        a = b
    return out


@njit(cache=True, nogil=True)
def touching(circles: F64, own: Mask) -> Mask:
    """(n,) bool: rows of `own`, and rows that one of them may share an event with."""
    near = build_near(circles[own])
    kept = own.copy()
    one = np.empty(1, dtype=np.int64)
    for i in range(len(circles)):
        if not kept[i]:
            c = circles[i]
            middle, half = 0.5 * (c[EARLIEST] + c[LATEST]), 0.5 * (c[LATEST] - c[EARLIEST])
            kept[i] = gather(near, c[X], c[Y], middle, c[RADIUS], half, one) > 0
    return kept


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


@njit(cache=True, nogil=True)
def run_block(table: Table, inside: I64, own: Mask, before: Claims, start_s: float, end_s: float) -> Claims:
    """Events with an origin in [start_s, end_s) among the rows `inside`; only rows of `own` start new ones."""
    rows = table.rows[inside]
    scene = Scene(
        rows,
        table.arcs,
        table.rings,
        build_near(circles_of(rows)),
        table.kappa[inside],
        table.log_rate[inside],
        table.log_kind,
    )
    free = np.ones(len(rows), dtype=np.bool_)
    events, work = make_events(len(rows)), make_work()
    if len(before.score) > 0:
        _load(events, before, inside, free, len(table.rows))
    find(scene, free, own, events, work)
    refine(scene, events, work)
    mine = owned(scene, events, start_s, end_s, work)
    return Claims(
        mine.first, inside[mine.member], mine.own_nats, mine.state, mine.cov, mine.score, inside, mine.rivals
    )


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
    return _settle(table, every, order)


@njit(cache=True, nogil=True)
def _settle(table: Table, every: Claims, order: I64) -> Claims:
    none = build_near(np.zeros((0, 5)))
    scene = Scene(table.rows, table.arcs, table.rings, none, table.kappa, table.log_rate, table.log_kind)
    taken = np.zeros(len(table.rows), dtype=np.bool_)
    fit = make_work().fit
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
