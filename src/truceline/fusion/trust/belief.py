"""How probable it is that each event happened, learned from how often reports like its own are borne out by others.

Reports are of something or of nothing. How often each source's are of nothing is not known; how often a report of
something stays alone is, from events that several sensors confirm. So the share of reports that do stay alone tells
the first (`learn`); where rows are few, the reliability grade of the source does.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from truceline.domain.observation import PHENOMENA
from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.places.belonging import p_elsewhere
from truceline.fusion.places.lone import spread
from truceline.fusion.trust.learn import Evidence, learn
from truceline.fusion.trust.noticing import CERTAIN, RINGS, count_noticed, ring_of, unnoticed
from truceline.fusion.trust.surroundings import crowd, intensity, is_confirmed, own_shares, shares_at
from truceline.fusion.trust.witnesses import POST, Witnesses, witnesses
from truceline.geo.arrays import F64, I64
from truceline.physics.columns import ARRIVAL, BEARING, Records

AT_LEAST = 20.0  # events asked about that a share of noticed ones is drawn to the mean by, and the mean to none
SMALL = 4  # events of more members are no chance; of others it is asked who was silent
N_POINTS = 8  # that the place of a lone report is told by
N_STRATA = 8  # of how much fire there is around, over all time
CROWDS = np.array([1, 2, 4, 8, 16])  # of confirmed events around, just then
LONGEST = 30.0  # nats by which a fall with distance is undone, at most


class Noticed(NamedTuple):
    """What witnesses notice of what others confirm: the share by class and ring (groups, RINGS + 1), by kind as well
    (groups, kinds, RINGS + 1), and by sensor how many (s,) and how many such sensors would (s,)."""

    who: Witnesses
    by_class: F64
    by_kind: F64
    of_sensor: F64
    due_of_sensor: F64


class Belief(NamedTuple):
    """`p_exists` (k,): that each event happened; `p_false` (n,): that each row is of nothing, whatever others say."""

    p_exists: F64
    p_false: F64


def notice(batch: Batch, found: Found, told_elsewhere: frozenset[str] = frozenset()) -> Noticed:
    """How often each class of sensors notices what others confirm.

    Sensors `told_elsewhere` are those whose silence a coverage table tells: theirs is not learned here.
    """
    who = witnesses(batch, told_elsewhere)
    kind, sensor = _kinds(batch, found), batch.rows["sensor"].copy()
    shape, s = (who.n_groups, len(PHENOMENA), RINGS + 1), len(batch.sensors)
    noticed, asked, noticed_by, asked_of = np.zeros(shape), np.zeros(shape), np.zeros(s), np.zeros((s, RINGS + 1))
    state = np.column_stack([found.x_m, found.y_m, found.time_s])
    events = np.flatnonzero(is_confirmed(found.first))
    count_noticed(
        who, sensor, found.first, found.member, kind, state, found.gain_nats, found.llr_nats, events,
        noticed, asked, noticed_by, asked_of,
    )  # fmt: skip
    by_class = noticed.sum(axis=1) / (asked.sum(axis=1) + AT_LEAST)
    by_kind = (noticed + AT_LEAST * by_class[:, None, :]) / (asked + AT_LEAST)
    due = (asked_of * by_class[who.group]).sum(axis=1) if s else np.zeros(0)
    return Noticed(who, by_class, by_kind, noticed_by, due)


def _kinds(batch: Batch, found: Found) -> I64:
    return np.asarray(batch.rows["kind"][found.member[found.first[:-1]]].copy())


def believe(batch: Batch, found: Found, noticed: Noticed) -> Belief:
    """How probable it is that each event happened, before any coverage table is heard."""
    if not found.n_events:
        return Belief(np.empty(0), np.empty(0))
    who, by_class, by_kind = noticed.who, noticed.by_class, noticed.by_kind
    confirmed = is_confirmed(found.first)
    kind, sensor = _kinds(batch, found), batch.rows["sensor"].copy()
    field = intensity(who, found.x_m, found.y_m, confirmed, by_class)
    rate = np.empty(found.n_events)
    own_shares(field, found.x_m, found.y_m, confirmed, rate)
    small = np.flatnonzero(np.diff(found.first) <= SMALL)
    xy, weights = _places(batch, found, small)
    here = np.empty(weights.shape)
    shares_at(field, xy, here)
    lone = np.flatnonzero(np.diff(found.first)[small] == 1)
    rate[small[lone]] = (weights[lone] * here[lone]).sum(axis=1)
    weights *= here
    _as_noticed(batch.rows, who, found.member[found.first[small]], by_kind, lone, xy, weights)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    alone, others = np.ones(len(batch.rows)), np.zeros(found.n_events)
    silent = np.empty(len(small))
    miss = np.ascontiguousarray(1.0 - np.minimum(by_kind, CERTAIN).transpose(1, 0, 2))
    odds = 1.0 / miss - 1.0
    unnoticed(who, sensor, found.first, found.member, kind, found.time_s, small, xy, weights, miss, odds, alone, silent)
    others[small] = silent
    near = np.searchsorted(CROWDS, crowd(found.x_m, found.y_m, found.time_s, confirmed), side="right")
    edges = np.quantile(np.repeat(rate, np.diff(found.first)), np.linspace(0.0, 1.0, N_STRATA + 1)[1:-1])
    evidence = Evidence(
        first=found.first,
        member=found.member,
        gain=found.gain_nats + others,
        own=found.llr_nats,
        elsewhere=p_elsewhere(found.p_member[found.first[:-1]]),
        alone=alone,
        rate=np.searchsorted(edges, rate),
        crowd=near,
    )
    p_exists, p_false = learn(batch, who.group_of, evidence, N_STRATA, len(CROWDS) + 1)
    return Belief(p_exists, p_false)


def _places(batch: Batch, found: Found, small: I64) -> tuple[F64, F64]:
    """Points (k, N_POINTS, 2) and weights (k, N_POINTS) of where small events may have been."""
    xy, weights = np.zeros((len(small), N_POINTS, 2)), np.zeros((len(small), N_POINTS))
    middle = np.column_stack([found.x_m[small], found.y_m[small]])
    xx, xy_, yy = (found.cov[small, a, b] for a, b in ((0, 0), (0, 1), (1, 1)))
    half, mean = np.hypot(0.5 * (xx - yy), xy_), 0.5 * (xx + yy)
    angle, away = 0.5 * np.arctan2(2.0 * xy_, xx - yy), np.sqrt(3.0 * (mean + half))
    step = np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    for n, (by, weight) in enumerate(((0.0, 2 / 3), (1.0, 1 / 6), (-1.0, 1 / 6))):  # Gauss and Hermite's three
        xy[:, n], weights[:, n] = middle + by * step, weight
    lead = found.member[found.first[small]]
    lone, row = np.diff(found.first)[small] == 1, batch.rows[lead]
    round_ = np.flatnonzero(lone & np.isfinite(row["scale_m"]) & np.isin(row["family"], (BEARING, ARRIVAL)))
    own_xy, own_weights, told = spread(batch.reports, lead[round_], N_POINTS)
    xy[round_[told]], weights[round_[told]] = own_xy[told], own_weights[told]
    return xy, weights


@njit(cache=True, nogil=True)
def _as_noticed(rows: Records, who: Witnesses, lead: I64, by_kind: F64, lone: I64, xy: F64, weights: F64) -> None:
    """Weigh where a lone report of a post may be by what such posts really notice, not by what its model assumes."""
    for k in lone:
        row = rows[lead[k]]
        if row.sensor >= len(who.role) or who.role[row.sensor] != POST:
            continue
        group = who.group_of[lead[k]]
        for p in range(xy.shape[1]):
            r_m = np.hypot(xy[k, p, 0] - row.x_m, xy[k, p, 1] - row.y_m)
            fall = min(LONGEST, (r_m / row.scale_m) ** 2)
            weights[k, p] *= (by_kind[group, row.kind, ring_of(r_m)] + 1e-4) * np.exp(fall)
