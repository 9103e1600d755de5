"""How often the reports of each source are of nothing, and what follows for each event: expectation and maximisation.

The odds that a row is of nothing are a product: of its class (source, family and grade), of how much fire there is
around it over all time, and just then. Each factor is moved until as many rows are expected to be of nothing as the
events say.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.fusion.association.rates import P_ALONE, REPORTS_PER_EVENT
from truceline.fusion.intake.batch import Batch
from truceline.geo.arrays import F64, I64

GRADE_ROWS = 100.0  # rows that a reliability grade is worth
STRATUM_ROWS = 20.0  # rows that the mean over all surroundings is worth beside those of one
ROUNDS, SETTLED = 16, 1e-3
SMALL = 4  # events of more members are hardly ever of nothing: while it learns they count as real
LEAST_ODDS, MOST_ODDS = 1e-6, 1e6


class Evidence(NamedTuple):
    """What is known of events (k,) and rows (n,).

    `first`, `member`: the members of each event; `gain` (k,): log odds of one event against each row alone, the
    silence of others included; `own` what each member brings to it; `elsewhere` (k,): that a lone row belongs to
    another event; `alone` (n,): that nobody else would have reported what a row does, were it real; `rate`, `crowd`
    (k,): strata of the surroundings.
    """

    first: I64
    member: I64
    gain: F64
    own: F64
    elsewhere: F64
    alone: F64
    rate: I64
    crowd: I64


def learn(batch: Batch, group: I64, evidence: Evidence, n_rates: int, n_crowds: int) -> tuple[F64, F64]:
    """That each event happened (k,), and that each row is of nothing, before others are heard (n,)."""
    size = np.diff(evidence.first)
    event = np.empty(len(group), dtype=np.int64)
    event[evidence.member] = np.repeat(np.arange(len(size)), size)
    grades, grade = np.unique(batch.p_real, return_inverse=True)
    codes, kind = np.unique(group * len(grades) + grade, return_inverse=True)
    prior = np.clip(1.0 / np.maximum(grades[codes % len(grades)], 1e-12) - 1.0, LEAST_ODDS, MOST_ODDS)
    cell = (kind * n_rates + evidence.rate[event]) * n_crowds + evidence.crowd[event]
    shape = (len(codes), n_rates, n_crowds)
    count = np.bincount(cell, minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)
    factors = [np.ones(n) for n in shape]
    p, small = np.ones(len(size)), np.flatnonzero(size <= SMALL)
    crowded = 0.0
    for _ in range(ROUNDS):
        odds = _odds(prior, factors)
        want = np.zeros(odds.size)
        _expect(evidence, cell, odds.ravel(), small, crowded, p, want)
        # association counts so many reports an event; how many there are is seen now
        per_event = (len(group) + REPORTS_PER_EVENT * GRADE_ROWS) / (p.sum() + GRADE_ROWS)
        crowded = float(np.log(per_event / REPORTS_PER_EVENT))
        moved = max(_moved(prior, factors, axis, count, want.reshape(shape)) for axis in range(3))
        if moved < SETTLED:
            break
    odds = _odds(prior, factors).ravel()
    _expect(evidence, cell, odds, np.arange(len(size)), crowded, p, np.zeros(odds.size))
    return p, odds[cell] / (1.0 + odds[cell])


def _odds(prior: F64, factors: list[F64]) -> F64:
    odds = (prior * factors[0])[:, None, None] * factors[1][:, None] * factors[2]
    return np.asarray(np.clip(odds, LEAST_ODDS, MOST_ODDS))


def _moved(prior: F64, factors: list[F64], axis: int, count: F64, want: F64) -> float:
    """Move one factor until the expected number of rows of nothing is as `want`ed, or as the prior where rows are few.

    Returns how far, as a share of its rows.
    """
    odds, other = _odds(prior, factors), tuple(a for a in range(3) if a != axis)
    n = count.sum(axis=other)
    told = np.maximum(n, 1e-9)
    have = np.clip((count * odds / (1.0 + odds)).sum(axis=other) / told, 1e-9, 1.0 - 1e-9)
    anchor, worth = (prior / (1.0 + prior), GRADE_ROWS) if axis == 0 else (have, STRATUM_ROWS)
    due = want.sum(axis=other)
    if axis > 0:  # surroundings only move it from one stratum to another: the level is that of the classes
        due *= (n * have).sum() / max(due.sum(), 1e-9)
    wanted = np.clip((due + worth * anchor) / (n + worth), 1e-9, 1.0 - 1e-9)
    step = np.where(n > 0, wanted / (1.0 - wanted) * (1.0 - have) / have, 1.0)
    factors[axis] *= step
    return float(np.abs(np.where(n > 0, wanted - have, 0.0)).max(initial=0.0))


@njit(cache=True, nogil=True)
def _expect(evidence: Evidence, cell: I64, odds: F64, events: I64, crowded: float, p: F64, want: F64) -> None:
    """Write to `p` (k,) that each event happened, and add to `want` (cells,) the rows that are then of nothing.

    An event is of nothing if each of its rows is, alone, and they only seem to belong together. What a member brings
    to that last is never less than nothing: one report more cannot make an event less probable.
    """
    for e in events:
        start, end = evidence.first[e], evidence.first[e + 1]
        gain, none = evidence.gain[e] + (end - start - 1) * crowded, 1.0
        for m in range(start, end):
            i = evidence.member[m]
            unreal, alone = odds[cell[i]], evidence.alone[i]
            none *= unreal / (unreal + alone)
            gain -= min(np.log((unreal + alone) / P_ALONE), evidence.own[m])
        if end - start == 1:
            p[e] = 1.0 - none * (1.0 - evidence.elsewhere[e])
        else:
            p[e] = 1.0 - none / (1.0 + np.exp(min(max(gain, -50.0), 50.0)))
        for m in range(start, end):
            want[cell[evidence.member[m]]] += 1.0 - p[e]
