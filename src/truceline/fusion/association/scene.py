"""What hypotheses are made from: the rows, what they are weighed against, and the arrays that work is done in."""

import math
from typing import NamedTuple

import numpy as np

from truceline.fusion.association.fit import N_SUMS, scratch
from truceline.fusion.association.reach import Near
from truceline.fusion.association.starts import MOST_STARTS
from truceline.geo.kernel import inner, outer
from truceline.physics.columns import F64, I64, Records

MOST_MEMBERS = 32
STATIONS = 8  # arrivals that one arrival is tried with, at most: the nearest stations


class Scene(NamedTuple):
    """Everything that hypotheses are made from and weighed by.

    `kappa` (n,): log density, per m2 and s, of rows like this one that are alone; `log_rate` (n,): log rate of events
    around it, per m2 and s; `log_kind` (kinds, kinds): log ratio of stating a kind given the true one to how often it
    is stated at all.
    """

    rows: Records
    arcs: F64
    rings: F64
    near: Near
    kappa: F64
    log_rate: F64
    log_kind: F64


class Table(NamedTuple):
    """All single observations with their circles (n, 5) and what they are weighed against, as `Scene` has it."""

    rows: Records
    arcs: F64
    rings: F64
    kappa: F64
    log_rate: F64
    log_kind: F64
    circles: F64


def scene_of(table: Table, inside: I64, near: Near) -> Scene:
    """Some rows of a table, as a scene."""
    whole = table.rows.view(f"V{table.rows.itemsize}")  # numpy copies records field by field, bytes at once
    rows, kappa, rate = whole[inside].view(table.rows.dtype), table.kappa[inside], table.log_rate[inside]
    return Scene(rows, table.arcs, table.rings, near, kappa, rate, table.log_kind)


class Work(NamedTuple):
    """Scratch arrays, made once for a block: inner kernels make none.

    `state`, `cov`, `members`, `llr`, `kept` are of the hypothesis at work, `fit` and `parts` of `fit.evidence` and
    `fit.parts_of`, the rest of whoever is named.
    """

    near: I64  # gather, around an event
    wide: I64  # gather, around a row
    members: I64
    llr: F64
    cov: F64
    state: F64
    fit: F64
    parts: F64
    starts: F64  # starts
    pair: F64
    three: F64
    seeds: I64  # propose
    stations: I64
    far_m: F64
    joined: I64  # refine
    rest: I64
    states: F64
    covs: F64


@outer
def make_work(n: int) -> Work:
    """Scratch for a block of `n` rows."""
    return Work(
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(MOST_MEMBERS, dtype=np.int64),
        np.empty(MOST_MEMBERS),
        np.zeros(6),
        np.zeros(3),
        scratch(),
        np.zeros((MOST_MEMBERS + 1, N_SUMS)),
        np.zeros((MOST_STARTS, 3)),
        np.zeros(10),
        np.zeros((2, 3)),
        np.zeros(3, dtype=np.int64),
        np.zeros(STATIONS, dtype=np.int64),
        np.zeros(STATIONS),
        np.zeros(MOST_MEMBERS, dtype=np.int64),
        np.zeros(MOST_MEMBERS, dtype=np.int64),
        np.zeros((4, 3)),
        np.zeros((4, 6)),
    )


@inner
def best_kind(scene: Scene, members: I64) -> tuple[int, float]:
    """The kind, of those stated, that explains what `members` state best, and its log ratio."""
    kind, best = -1, -math.inf
    for i in members:
        tried = scene.rows[i].kind
        if tried == kind:
            continue
        total = 0.0
        for j in members:
            total += scene.log_kind[tried, scene.rows[j].kind]
        if total > best or (total == best and tried < kind):
            kind, best = tried, total
    return kind, best
