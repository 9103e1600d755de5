"""Which sensors err in direction, in time or in how far they notice, and by how much: tests over their residuals.

A sensor whose rows still join events is judged by what they miss these by (`left_out`). One whose rows no longer do
has hardly any such residuals: for it, all events that could explain its rows but for one fault are asked, and a fault
shows as one offset that many of its rows share (`around`).
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import poisson

from truceline.fusion.association.fit import scratch
from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.trust.belief import Noticed
from truceline.fusion.trust.residuals import (
    ANGLE,
    ANGLE_SIGMA,
    DELAY,
    FAR,
    LATE,
    LATE_SIGMA,
    NEAR_MISS,
    OTHERS,
    around,
    left_out,
)
from truceline.geo.arrays import F64, I64, Mask

ASKED, ONE_IN, MOST_ASKED = (
    12,
    8,
    400,
)  # rows of a sensor whose residuals are looked at: one in so many, at least and at most
LEAST_ROWS = 6  # of a sensor, else nothing is said of it
P_FALSE = 0.01  # chance that any sensor at all is named by chance, in one table and by one test
STRAY = 4.0  # standard deviations beyond which a residual counts no more
WIDE_S, WIDE_RAD = 120.0, math.radians(40.0)  # the largest faults that are looked for
LONGEST_S = 60.0  # the largest delay of a signal that is looked for
JOINS_LESS = 0.75  # of what its like join and report: a sensor below is looked at more closely
UNLIKELY = 2.5  # standard deviations by which that has to fall short
SHARES, LEAST_SHARED = 0.3, 0.25  # of the rows of one sensor, or of many alike, that have to share one offset
KIND_JOINS_LESS = 0.85  # of what the rows of the best kind join: the others are asked for a common offset
MANY, MOST_POOLED = 5, 250  # sensors of a kind, at least, and rows of all of them, at most
CANDIDATES = 200  # events that one row is compared with, at most
WORTH = 1.0  # of its own error: a smaller offset is no fault


class Faults(NamedTuple):
    """By sensor of the batch (s,): `n` rows, `n_joined` of them in events of several; offsets of direction (rad) and of
    time (s) with their standard scores; how far it notices beside what is modelled, with its score, and the score of
    the delay beside what is modelled. NaN where nothing is known. `named` are the offsets that are no chance."""

    n: I64
    n_joined: I64
    angle_rad: F64
    angle_z: F64
    late_s: F64
    late_z: F64
    range_scale: F64
    range_z: F64
    delay_scale: F64
    angle_named: Mask
    late_named: Mask
    range_named: Mask


def find_faults(batch: Batch, found: Found, noticed: Noticed) -> Faults:
    """Offsets of every sensor of the batch that has rows enough, and which of them are no chance."""
    s = len(batch.sensors)
    sensor, size = batch.rows["sensor"], np.diff(found.first)
    event = np.empty(len(sensor), dtype=np.int64)
    event[found.member] = np.repeat(np.arange(found.n_events), size)
    of_named = sensor < s
    n = np.bincount(sensor[of_named], minlength=s)
    joined = np.bincount(sensor[of_named & (size[event] > 1)], minlength=s)
    faults = _joined_faults(batch, found, event, n, joined)
    suspect = _suspects(n, joined, noticed) | faults.angle_named | faults.late_named
    return _loose_faults(batch, found, faults, suspect, _kinds(batch))


def _joined_faults(batch: Batch, found: Found, event: I64, n: I64, joined: I64) -> Faults:
    """What the residuals of rows say that joined events, a few of each sensor."""
    rows, s = batch.rows, len(batch.sensors)
    usable = np.flatnonzero((rows["sensor"] < s) & (np.diff(found.first)[event] > OTHERS))
    usable = usable[np.argsort(rows["sensor"][usable], kind="stable")]
    own = rows["sensor"][usable]
    start = np.searchsorted(own, np.arange(s + 1))
    count, rank = np.diff(start)[own], np.arange(len(own)) - start[own]
    asked = np.minimum(count, np.clip(count // ONE_IN, ASKED, MOST_ASKED))  # evenly over time
    which = usable[(rank * asked) // np.maximum(count, 1) != ((rank - 1) * asked) // np.maximum(count, 1)]
    who, out = rows["sensor"][which], np.full((len(which), 6), np.nan)
    state = np.column_stack([found.x_m, found.y_m, found.time_s])
    left_out(rows, batch.arcs, found.first, found.member, state, which, event[which], scratch(), out)
    angle, angle_z = _mean(out[:, ANGLE], out[:, ANGLE_SIGMA], who, s)
    late, late_z = _mean(out[:, LATE], out[:, LATE_SIGMA], who, s)
    family = _of_sensor(rows["family"], rows["sensor"], s) * len(batch.sources) + _of_sensor(
        batch.source, rows["sensor"], s
    )
    far, far_z = _reach(out[:, FAR], who, s, family)
    bar = -ndtri(P_FALSE / 2.0 / max(1, s))
    return Faults(
        n=n,
        n_joined=joined,
        angle_rad=angle,
        angle_z=_calmed(angle_z, family),
        late_s=late,
        late_z=_calmed(late_z, family),
        range_scale=far,
        range_z=far_z,
        delay_scale=_delays(out, who, s, family),
        angle_named=(np.abs(_calmed(angle_z, family)) > bar) & _worth(angle, out[:, ANGLE_SIGMA], who, s),
        late_named=(np.abs(_calmed(late_z, family)) > bar) & _worth(late, out[:, LATE_SIGMA], who, s),
        range_named=np.abs(far_z) > bar,
    )


def _kinds(batch: Batch) -> I64:
    """A number for the source and family of each sensor."""
    s, sensor = len(batch.sensors), batch.rows["sensor"]
    return _of_sensor(batch.rows["family"], sensor, s) * len(batch.sources) + _of_sensor(batch.source, sensor, s)


def _of_sensor(values: I64, sensor: I64, s: int) -> I64:
    """One value of a column for each sensor."""
    out, named = np.zeros(s, dtype=np.int64), sensor < s
    out[sensor[named]] = values[named]
    return out


def _mean(off: F64, sigma: F64, who: I64, s: int) -> tuple[F64, F64]:
    """The mean of the residuals of each sensor (s,), weighed by their precision, and its standard score; strays cut."""
    ok = np.isfinite(off)
    weight = np.where(ok, 1.0 / np.where(ok, sigma, 1.0) ** 2, 0.0)
    centre = np.zeros(s)
    for _ in range(3):
        away = np.where(ok, off - centre[who], 0.0)
        kept = np.where(np.abs(away) <= STRAY * np.where(ok, sigma, 1.0), weight, 0.0)
        total = np.bincount(who, kept, minlength=s)
        centre = np.bincount(who, kept * np.where(ok, off, 0.0), minlength=s) / np.maximum(total, 1e-300)
    few = np.bincount(who, ok, minlength=s) < LEAST_ROWS
    return np.where(few, np.nan, centre), np.where(few, np.nan, centre * np.sqrt(total))


def _calmed(z: F64, family: I64) -> F64:
    """Scores over the spread that those of the same source and family have: where all scatter, none stands out."""
    out = z.copy()
    for f in np.unique(family):
        own = np.flatnonzero((family == f) & np.isfinite(z))
        if len(own):
            spread = np.median(np.abs(z[own] - np.median(z[own]))) / 0.6745
            out[own] /= max(1.0, spread)
    return out


def _worth(off: F64, sigma: F64, who: I64, s: int) -> Mask:
    """Which offsets are larger than the error of a single row."""
    ok = np.isfinite(sigma)
    usual = np.bincount(who[ok], sigma[ok], minlength=s) / np.maximum(np.bincount(who[ok], minlength=s), 1)
    return np.asarray(np.abs(off) > WORTH * usual)


def _reach(far: F64, who: I64, s: int, family: I64) -> tuple[F64, F64]:
    """How far each sensor notices beside what is modelled, and how unusual that is among its like.

    The square of the distance, in scales, of what is noticed is about exponential.
    """
    ok = np.isfinite(far)
    n = np.bincount(who[ok], minlength=s)
    mean = np.bincount(who[ok], far[ok] ** 2, minlength=s) / np.maximum(n, 1)
    scale, z = np.full(s, np.nan), np.full(s, np.nan)
    for f in np.unique(family):
        own = np.flatnonzero((family == f) & (n >= LEAST_ROWS))
        if len(own) == 0:
            continue
        usual = np.median(mean[own])
        scale[own] = np.sqrt(mean[own])
        # cube root of a gamma variable over its mean is about normal (Wilson and Hilferty 1931)
        root, spread = np.cbrt(mean[own] / usual), np.sqrt(1.0 / (9.0 * n[own]))
        z[own] = (root - np.median(root)) / spread
        z[own] /= max(1.0, float(np.median(np.abs(z[own]))) / 0.6745)
    return scale, z


def _delays(out: F64, who: I64, s: int, family: I64) -> F64:
    """The delay of signals beside what is modelled, by source and family: the slope of lateness over delay."""
    ok = np.isfinite(out[:, LATE]) & (out[:, DELAY] > 0.0)
    ok &= np.abs(out[:, LATE]) < STRAY * out[:, LATE_SIGMA]
    weight = np.where(ok, 1.0 / np.maximum(out[:, LATE_SIGMA], 1e-9) ** 2, 0.0)
    of_row, n = family[who], int(family.max(initial=0)) + 1
    late, delay = np.where(ok, out[:, LATE], 0.0), np.where(ok, out[:, DELAY], 0.0)
    square = np.bincount(of_row, weight * delay * delay, minlength=n)
    slope = np.bincount(of_row, weight * delay * late, minlength=n) / np.maximum(square, 1e-300)
    return np.asarray(np.where(square > 0.0, 1.0 + slope, np.nan)[family])


def _suspects(n: I64, joined: I64, noticed: Noticed) -> Mask:
    """Sensors whose rows join events, or that report what others confirm, much less often than their like do."""
    enough = n >= LEAST_ROWS
    usual = float(np.median(joined[enough] / n[enough])) if enough.any() else 0.0
    short = np.zeros(len(n), dtype=np.bool_)
    for have, due, spread in (
        (joined, usual * n, usual * (1.0 - usual) * n),
        (noticed.of_sensor, noticed.due_of_sensor, noticed.due_of_sensor),
    ):
        short |= (due - have > UNLIKELY * np.sqrt(np.maximum(spread, 1e-9))) & (have < JOINS_LESS * due)
    return np.asarray(enough & short)


def _loose_faults(batch: Batch, found: Found, faults: Faults, suspect: Mask, like: I64) -> Faults:
    """For each suspect the offset that many of its rows share against events of others, where there is one.

    Where many of a kind (`like`, one number a source and family) are suspect, the offset that they share comes first:
    a whole network may be set up wrongly. What is left of each then shows when it has been taken out.
    """
    faults = faults._replace(**{name: values.copy() for name, values in faults._asdict().items()})
    sensor = batch.rows["sensor"]
    order = np.argsort(sensor, kind="stable")
    start = np.searchsorted(sensor[order], np.arange(len(batch.sensors) + 1))
    bar = P_FALSE / max(1, int(suspect.sum()))
    enough = faults.n >= LEAST_ROWS
    shares = {k: faults.n_joined[like == k].sum() / max(1, faults.n[like == k].sum()) for k in np.unique(like[enough])}
    for kind, share in shares.items():
        own = np.flatnonzero((like == kind) & enough)
        many = suspect[own].sum() >= SHARES * len(own) or share < KIND_JOINS_LESS * max(shares.values())
        if many and len(own) >= MANY:
            rows = np.flatnonzero(np.isin(sensor, own))
            rows = rows[np.argsort(sensor[rows], kind="stable")]
            rank = np.arange(len(rows)) - np.searchsorted(sensor[rows], sensor[rows])
            some = rows[rank < max(1, MOST_POOLED // len(own))]  # as many of each: no two busy ones speak for all
            if _name(batch, found, faults, np.flatnonzero(like == kind), some, bar, LEAST_SHARED):
                suspect = suspect & (like != kind)
    for s in np.flatnonzero(suspect).tolist():
        _name(batch, found, faults, np.array([s]), order[start[s] : start[s + 1]], bar, SHARES)
    return faults


def _name(batch: Batch, found: Found, faults: Faults, sensors: I64, which: I64, bar: float, shares: float) -> bool:
    """Write to `faults` the offset that rows `which` share, as one of all `sensors`; whether there is one."""
    rows, cov = batch.rows, found.cov.reshape(-1, 9)[:, [0, 1, 2, 4, 5, 8]]
    state = np.column_stack([found.x_m, found.y_m, found.time_s])
    events = np.flatnonzero(np.diff(found.first) >= OTHERS)
    of_row, out = np.empty(CANDIDATES * len(which), dtype=np.int64), np.empty((CANDIDATES * len(which), 6))
    k = around(rows, found.first, found.member, state, cov, events, which, WIDE_S, LONGEST_S, of_row, out)
    of_row, out = of_row[:k], out[:k]
    angle, angle_sigma, late, late_sigma = (out[:, c] for c in (ANGLE, ANGLE_SIGMA, LATE, LATE_SIGMA))
    in_line = ~(np.abs(angle) > NEAR_MISS * angle_sigma)
    in_time = (np.abs(late) <= NEAR_MISS * late_sigma) & np.isfinite(angle)
    least = max(LEAST_ROWS - 1, shares * len(which))
    by_time = _shared(of_row[in_line], late[in_line], late_sigma[in_line], WIDE_S, least, bar)
    by_angle = _shared(of_row[in_time], angle[in_time], angle_sigma[in_time], WIDE_RAD, least, bar)
    if by_angle is not None and (by_time is None or by_angle[2] >= by_time[2]):
        faults.angle_rad[sensors], faults.angle_z[sensors], faults.angle_named[sensors] = *by_angle[:2], True
    elif by_time is not None:
        faults.late_s[sensors], faults.late_z[sensors], faults.late_named[sensors] = *by_time[:2], True
    return by_angle is not None or by_time is not None


def _shared(
    of_row: I64, off: F64, sigma: F64, wide: float, least: float, bar: float
) -> tuple[float, float, int] | None:
    """The offset that most rows share, its standard score and how many do; None if it may be chance, or is none.

    `bar` is the chance that is let pass, `least` how many rows have to share it. By chance offsets are spread evenly
    over `wide` to either side.
    """
    keep = np.abs(off) <= wide
    of_row, off, sigma = of_row[keep], off[keep], sigma[keep]
    if len(off) == 0:
        return None
    within = np.abs(off[:, None] - off[None, :]) < 2.0 * sigma[:, None]
    count = np.array([len(np.unique(of_row[hit])) for hit in within])
    chance = 2.0 * sigma / wide * (len(off) - count)
    p = poisson.sf(count - 2, np.maximum(chance, 1e-9)) * len(off)
    best = int(np.lexsort((p, -(count - chance)))[0])
    centre, hit = off[best], within[best]
    weight = 1.0 / sigma[hit] ** 2
    mean = float((weight * off[hit]).sum() / weight.sum())
    z = mean * math.sqrt(weight.sum())
    usual = abs(centre) <= 2.0 * sigma[best] or abs(mean) < WORTH * float(np.median(sigma[hit]))
    if p[best] > bar or usual or count[best] < least:
        return None
    return mean, z, int(count[best])
