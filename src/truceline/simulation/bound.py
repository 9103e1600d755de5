"""The Cramér-Rao bound of the places: what the errors of an event's reports leave unknown, whoever estimates it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from truceline.simulation.campaign import Simulated
from truceline.simulation.rows import CLUTTER
from truceline.simulation.worlds import Watch, World

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

LEAST_P = 1e-12  # of a word that is never said
NEAREST_M = 1.0
COMPASS = 16
LEAST_TOLD = 1e-9  # of the determinant
NUDGE = 1e-4  # for derivatives of how likely a word is, as a share of the distance or in radians


def bound_covariances(simulated: Simulated) -> F64:
    """(k, 3, 3) covariance of (x, y, t) that no unbiased estimate of each event undercuts; NaN where nothing bounds it.

    The Fisher information of every report of an event, by the law that it was drawn from, at the true place and time:
    directions, times whose error grows with the distance, fixes; of a compass point or a distance band that of the word
    itself. Errors of a post's own position count as independent ones of what it says. That a post noticed the event
    at all counts as a normal prior, with the curvature of its chance to notice.
    """
    seen, world = simulated.seen, simulated.world
    info = np.zeros((len(simulated.happened.x_m), 3, 3))
    for number, watch in enumerate(world.watches):
        mine = np.flatnonzero((seen.watch == number) & (seen.event != CLUTTER))
        away = np.column_stack([seen.x_m[mine], seen.y_m[mine]]) - seen.from_xy[mine]
        np.add.at(info, seen.event[mine], information(watch, away, simulated.happened.kind[seen.event[mine]], world))
    out = np.full(info.shape, np.nan)
    usable = np.flatnonzero((np.einsum("kii->ki", info) > 0.0).all(axis=1))
    usable = usable[_told(info[usable]) > LEAST_TOLD]
    out[usable] = np.linalg.inv(info[usable])
    return out


def information(watch: Watch, away_m: F64, kind: I64, world: World) -> F64:
    """(n, 3, 3) information about (x, y, t) in reports of one watch on what lies `away_m` (n, 2) from its posts."""
    n, clock_s2 = len(away_m), watch.time_sigma_s**2 + watch.clock_step_s**2 / 12.0
    if watch.family == "fix":
        diagonal = np.array([watch.fix_sigma_m**-2.0, watch.fix_sigma_m**-2.0, 1.0 / clock_s2])
        return np.broadcast_to(np.diag(diagonal), (n, 3, 3)).copy()
    r_m = np.maximum(np.hypot(*away_m.T), NEAREST_M)
    along, across = away_m / r_m[:, None], np.column_stack([away_m[:, 1], -away_m[:, 0]]) / r_m[:, None]
    info = _of_time(watch, r_m, along, clock_s2)
    blur = watch.position_sigma_m / r_m
    if watch.family == "bearing":
        info += _squared(across, 1.0 / (np.radians(watch.bearing_sigma_deg) ** 2 + blur**2) / r_m**2)
    elif watch.family == "sector":
        theta = np.arctan2(away_m[:, 0], away_m[:, 1])
        info += _squared(across, _of_compass(theta, np.hypot(np.radians(watch.bearing_sigma_deg), blur)) / r_m**2)
        info += _squared(along, _of_band(watch, r_m))
    scales = np.array([watch.scale_of(name) for name, _ in world.violence.kinds])[kind]
    info[:, [0, 1], [0, 1]] += 2.0 / np.square(scales)[:, None]
    return info


def _of_time(watch: Watch, r_m: F64, along: F64, clock_s2: float) -> F64:
    """Of an instant, normal around t + r / v, whose variance itself tells of the distance."""
    gradient = np.zeros((len(r_m), 3))
    gradient[:, 2] = 1.0
    variance, slope = np.full(len(r_m), clock_s2), np.zeros(len(r_m))
    if watch.speed_m_s > 0.0:
        gradient[:, :2] = along / watch.speed_m_s
        share2 = (watch.speed_sigma_share / watch.speed_m_s) ** 2
        variance += share2 * r_m**2 + (watch.position_sigma_m / watch.speed_m_s) ** 2
        slope = 2.0 * share2 * r_m / variance
    mean = np.einsum("ni,nj->nij", gradient, gradient) / variance[:, None, None]
    return np.asarray(mean + _squared(along, 0.5 * slope**2))


def _of_compass(theta_rad: F64, sigma_rad: F64) -> F64:
    """About a direction, per square radian, in which of the compass points is named."""
    step = 2.0 * np.pi / COMPASS

    def p(at: F64) -> F64:
        off = at[:, None] - step * np.arange(-COMPASS, 2 * COMPASS)
        share = ndtr((0.5 * step - off) / sigma_rad[:, None]) - ndtr((-0.5 * step - off) / sigma_rad[:, None])
        return np.asarray(share.reshape(len(at), 3, COMPASS).sum(axis=1))

    return _of_words(p, np.mod(theta_rad, 2.0 * np.pi), np.full(len(theta_rad), NUDGE))


def _of_band(watch: Watch, r_m: F64) -> F64:
    """About a distance, per square metre, in which band is named: what seems r / (1 + e) away lies in it."""
    edges = np.array(watch.band_edges_m)

    def p(at: F64) -> F64:
        with np.errstate(divide="ignore"):
            below = ndtr((at[:, None] / edges[1:-1] - 1.0) / watch.range_sigma_share)  # seems beyond the edge
        beyond = np.column_stack([np.ones(len(at)), below, np.zeros(len(at))])
        return np.asarray(beyond[:, :-1] - beyond[:, 1:])

    return _of_words(p, r_m, NUDGE * r_m)


def _of_words(p: Callable[[F64], F64], at: F64, nudge: F64) -> F64:
    """Sum of p'^2 / p over the words."""
    slope = (p(at + nudge) - p(at - nudge)) / (2.0 * nudge)[:, None]
    return np.asarray((slope**2 / np.maximum(p(at), LEAST_P)).sum(axis=1))


def _squared(unit: F64, weight: F64) -> F64:
    out = np.zeros((len(unit), 3, 3))
    out[:, :2, :2] = np.einsum("ni,nj->nij", unit, unit) * weight[:, None, None]
    return out


def _told(info: F64) -> F64:
    """Determinant with ones on the diagonal: near zero where something is not told."""
    root = np.sqrt(np.einsum("kii->ki", info))
    a, b, c = (info[:, i, j] / (root[:, i] * root[:, j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    return np.asarray(1.0 + 2.0 * a * b * c - a * a - b * b - c * c)
