"""A long thin posterior, as slices: along its ridge by quadrature, across it as the normal that the slice says.

Where somebody tells a direction sharply the ridge is the ray, in polar coordinates; where there are only times it is a
hyperbola, in elliptic coordinates around two of the stations. What lies across is narrow beside what lies along.
"""

import math

import numpy as np
from numba import njit
from scipy.special import ndtri

from truceline.fusion.association.fit import CLOSE, evidence, look
from truceline.fusion.association.reach import far_m
from truceline.fusion.places.bent import at_point
from truceline.geo.kernel import inner
from truceline.physics.columns import ARRIVAL, BEARING, F64, I64, Records
from truceline.physics.weigh import LOG_FULL, NEAREST_M, NOTHING

ACROSS = 2  # points of half a gap between slices
COARSE = 9  # slices along the whole ridge, before it is known where the mass is
AROUND = (-2.5, -1.0, 0.0, 1.0, 2.5)  # deviations of a mode at which it is sliced
SHARP_RAD = 0.2  # a direction told so well makes a ray
WIDE = 3.8  # deviations of an edge that are looked at
STEPS = 2  # from one slice to the next
CLIMB = 3  # to the top of a hump
PEAKS = 2  # modes besides the one that was found
MOST_BEND = 2.0  # nats by which the middle between two slices may differ from their mean
FAINT = 60.0  # nats below the best slice at which a hump is not worth climbing
WIDEST_RAD = 0.5  # a step on an arc


@inner
def ridge_of(rows: Records, members: I64, ridge: F64) -> bool:
    """Write the coordinates that follow the ridge to `ridge` (8,); False where there is none.

    x0, y0, axis east, axis north, half the distance of the foci (0: polar around x0, y0), first and last place along,
    and how far away anything may be (m).
    """
    best, least = -1, np.inf
    first, first_s, second, apart = -1, np.inf, -1, 0.0
    for i in members:
        row = rows[i]
        if row.family == BEARING and row.angle_sigma_rad < SHARP_RAD and row.angle_sigma_rad < least:
            best, least = i, row.angle_sigma_rad
        if row.family == ARRIVAL and row.half_window_s <= 0.0 and row.time_s < first_s:
            first, first_s = i, row.time_s
    if best >= 0:
        low, far = max(0.0, rows[best].range_min_m - WIDE * rows[best].sigma_min_m), far_m(rows, best)
        ridge[0], ridge[1], ridge[4], ridge[7] = rows[best].x_m, rows[best].y_m, 0.0, far
        ridge[5], ridge[6] = low + NEAREST_M, max(far, low + 3.0 * NEAREST_M)
        return True
    for i in members:
        if i != first and rows[i].family == ARRIVAL and rows[i].half_window_s <= 0.0:
            away = math.hypot(rows[i].x_m - rows[first].x_m, rows[i].y_m - rows[first].y_m)
            if away > apart:
                second, apart = i, away
    if second < 0 or apart < NEAREST_M:
        return False
    a, b = rows[first], rows[second]
    ridge[0], ridge[1], ridge[4], ridge[7] = (
        0.5 * (a.x_m + b.x_m),
        0.5 * (a.y_m + b.y_m),
        0.5 * apart,
        far_m(rows, first),
    )
    ridge[2], ridge[3] = (b.x_m - a.x_m) / apart, (b.y_m - a.y_m) / apart
    ridge[6] = math.asinh(1.0 + 2.0 * ridge[7] / apart)
    ridge[5] = -ridge[6]
    return True


@inner
def put(ridge: F64, s: float, w: float, state: F64) -> tuple[float, float, float]:
    """Write the place at `s` along the ridge and `w` across it to `state`.

    Returns
    -------
    the direction across, and metres per unit of `w`
    """
    if ridge[4] <= 0.0:
        state[0], state[1] = ridge[0] + s * math.sin(w), ridge[1] + s * math.cos(w)
        return math.cos(w), -math.sin(w), max(s, NEAREST_M)
    a, ch, sh, cw, sw = ridge[4], math.cosh(s), math.sinh(s), math.cos(w), math.sin(w)
    along, aside = a * ch * cw, a * sh * sw
    state[0], state[1] = ridge[0] + along * ridge[2] - aside * ridge[3], ridge[1] + along * ridge[3] + aside * ridge[2]
    scale = max(a * math.sqrt(sh * sh + sw * sw), NEAREST_M)
    ex, ey = -a * ch * sw / scale, a * sh * cw / scale
    return ex * ridge[2] - ey * ridge[3], ex * ridge[3] + ey * ridge[2], scale


@inner
def take(ridge: F64, x_m: float, y_m: float) -> tuple[float, float]:
    """Where a place lies along the ridge and across it."""
    dx, dy = x_m - ridge[0], y_m - ridge[1]
    if ridge[4] <= 0.0:
        return math.hypot(dx, dy), math.atan2(dx, dy)
    a, along, aside = ridge[4], dx * ridge[2] + dy * ridge[3], dy * ridge[2] - dx * ridge[3]
    near, far = math.hypot(along + a, aside), math.hypot(along - a, aside)
    s = math.acosh(max(0.5 * (near + far) / a, 1.0))
    return (s if aside >= 0.0 else -s), math.acos(min(max(0.5 * (near - far) / a, -1.0), 1.0))


@inner
def cut(
    rows: Records, arcs: F64, rings: F64, members: I64, ridge: F64, windows_too: bool, state: F64, work: F64, at: F64
) -> None:
    """Cut the slice at `at[0]`, looking for its middle from `at[1]` and the time `at[7]` on.

    `at` (8,): along, across, log mass per unit along, deviation across (m), time: mean, variance, seconds a metre
    across, and the time (s) that a next slice starts from.
    """
    state[2] = at[7]
    alone, slope = 0.0, 0.0
    for _ in range(STEPS):
        ex, ey, scale = put(ridge, at[0], at[1], state)
        look(rows, arcs, members, state, windows_too, work)
        across = work[0] * ex * ex + 2.0 * work[1] * ex * ey + work[3] * ey * ey
        pull, both = work[6] * ex + work[7] * ey, work[2] * ex + work[4] * ey
        slope = -both / work[5] if work[5] > 0.0 else 0.0
        alone = across + slope * both
        if not alone > 0.0:
            at[2] = NOTHING
            return
        step = (pull + slope * work[8]) / alone
        state[2] += work[8] / work[5] + slope * step if work[5] > 0.0 else 0.0
        at[1] += min(max(step / scale, -WIDEST_RAD), WIDEST_RAD)
        if ridge[4] > 0.0:
            at[1] = min(max(at[1], 1e-4), math.pi - 1e-4)
    _, _, scale = put(ridge, at[0], at[1], state)
    mass = at_point(rows, arcs, rings, members, state[0], state[1], at[4:6])
    at[2], at[3], at[6], at[7] = NOTHING, 1.0 / math.sqrt(alone), slope, state[2]
    if mass > 0.5 * NOTHING:
        at[2] = mass + 0.5 * (LOG_FULL - math.log(alone)) + (math.log(scale) if ridge[4] > 0.0 else 0.0)


@inner
def _between(a: F64, b: F64) -> float:
    """Log of the mass between two slices, the density being taken as exponential there."""
    width, high, low = b[0] - a[0], max(a[2], b[2]), min(a[2], b[2])
    if high <= 0.5 * NOTHING or width <= 0.0:
        return NOTHING
    fall = high - low
    share = 1.0 - 0.5 * fall if fall < 1e-6 else -math.expm1(-min(fall, 700.0)) / fall
    return float(high + math.log(width * share))


@inner
def _worth(a: F64, b: F64, ridge: F64) -> float:
    """How much it is worth to look between two slices: log of the mass there, times how long the gap is."""
    mass = _between(a, b)
    if mass <= 0.5 * NOTHING or ridge[4] <= 0.0:
        return mass
    return mass + math.log((b[0] - a[0]) * (math.cosh(a[0]) + math.cosh(b[0])))


@inner
def _insert(slices: F64, n: int, one: F64) -> int:
    """Put a slice in its place along the ridge, if there is not one there already; how many there are then."""
    k = n
    while k > 0 and slices[k - 1, 0] > one[0]:
        k -= 1
    if n == len(slices) or (k > 0 and one[0] - slices[k - 1, 0] < 1e-9) or (k < n and slices[k, 0] - one[0] < 1e-9):
        return n
    for m in range(n, k, -1):
        for d in range(len(one)):
            slices[m, d] = slices[m - 1, d]
    for d in range(len(one)):
        slices[k, d] = one[d]
    return n + 1


@njit(cache=True, nogil=True)
def _around_mode(
    rows: Records, arcs: F64, rings: F64, members: I64, ridge: F64, windows_too: bool, state: F64, cov: F64,
    slices: F64, n: int, work: F64,
) -> tuple[int, float]:  # fmt: skip
    """Cut slices around a mode; how many there are then, and where along the ridge the mode is."""
    one, here = np.zeros(8), np.zeros(3)
    s, w = take(ridge, state[0], state[1])
    ex, ey, scale = put(ridge, s, w, here)
    variance = ey * ey * cov[0] - 2.0 * ex * ey * cov[1] + ex * ex * cov[3]
    sigma = math.sqrt(max(variance, 0.0)) / (scale if ridge[4] > 0.0 else 1.0)
    sigma = min(sigma, 0.1 * (ridge[6] - ridge[5]))
    for z in AROUND:
        one[0], one[1], one[7] = s + z * sigma, w, state[2]
        if ridge[5] < one[0] < ridge[6]:
            cut(rows, arcs, rings, members, ridge, windows_too, here, work, one)
            n = _insert(slices, n, one)
    return n, s


@njit(cache=True, nogil=True)
def _survey(
    rows: Records, arcs: F64, rings: F64, members: I64, ridge: F64, windows_too: bool, state: F64, cov: F64,
    slices: F64, work: F64,
) -> int:  # fmt: skip
    """Slices around the mode that is known, along the whole ridge, and around what other humps there are."""
    n, s = _around_mode(rows, arcs, rings, members, ridge, windows_too, state, cov, slices, 0, work)
    if n == 0:
        return 0
    one, here, spread = np.zeros(8), np.zeros(3), np.zeros(6)
    step = (ridge[6] - ridge[5]) / (COARSE - 1)
    for side in (1.0, -1.0):  # each starts from the one before
        one[:] = slices[n // 2]
        for k in range(COARSE):
            at = ridge[5] + k * step if side > 0.0 else ridge[6] - k * step
            if (at - s) * side >= 0.0:
                one[0] = at
                cut(rows, arcs, rings, members, ridge, windows_too, here, work, one)
                n = _insert(slices, n, one)
    best, found = slices[:n, 2].max(), 0
    humps = np.empty((PEAKS, 8))
    for k in range(n):
        top = (k == 0 or slices[k - 1, 2] < slices[k, 2]) and (k == n - 1 or slices[k + 1, 2] < slices[k, 2])
        if top and abs(slices[k, 0] - s) > 0.9 * step and slices[k, 2] > best - FAINT and found < PEAKS:
            humps[found] = slices[k]
            found += 1
    for h in range(found):
        put(ridge, humps[h, 0], humps[h, 1], here)
        here[2] = humps[h, 7]
        if evidence(rows, arcs, members, here, spread, work, CLIMB, CLOSE) > 0.5 * NOTHING:
            n, _ = _around_mode(rows, arcs, rings, members, ridge, windows_too, here, spread, slices, n, work)
    return n


@njit(cache=True, nogil=True)
def _refine(
    rows: Records, arcs: F64, rings: F64, members: I64, ridge: F64, windows_too: bool, slices: F64, n: int, work: F64
) -> int:
    """Halve the gap between slices that it is most worth to look into, until there are as many as there is room for."""
    one, here, worth = np.zeros(8), np.zeros(3), np.full(len(slices), NOTHING)
    for k in range(n - 1):
        worth[k] = _worth(slices[k], slices[k + 1], ridge)
    while n < len(slices):
        k = int(np.argmax(worth[: n - 1]))
        for d in range(len(one)):
            one[d] = 0.5 * (slices[k, d] + slices[k + 1, d])
        if worth[k] <= 0.5 * NOTHING:
            return n
        cut(rows, arcs, rings, members, ridge, windows_too, here, work, one)
        if _insert(slices, n, one) == n:
            return n
        for m in range(n - 1, k, -1):
            worth[m] = worth[m - 1]
        n += 1
        worth[k], worth[k + 1] = _worth(slices[k], slices[k + 1], ridge), _worth(slices[k + 1], slices[k + 2], ridge)
    return n


@njit(cache=True, nogil=True)
def ridge_cloud(
    rows: Records, arcs: F64, rings: F64, members: I64, state: F64, cov: F64, across: F64, xy: F64, weights: F64,
    when: F64,
) -> bool:  # fmt: skip
    """Points `xy` (n, 2) with `weights` (n,) along the ridge, and mean and variance of the time at each (n, 2).

    `state` and `cov` are a mode and the normal around it; `across` (n / ACROSS, ACROSS) are normal points, of mean 0
    and variance 1 together. False where there is no ridge, or nothing on it.
    """
    ridge = np.zeros(8)
    if not ridge_of(rows, members, ridge):
        return False
    windows_too = True
    for i in members:
        windows_too = windows_too and rows[i].half_window_s > 0.0
    slices, work = np.zeros((len(across) // 2 + 1, 8)), np.zeros(18)
    n = _survey(rows, arcs, rings, members, ridge, windows_too, state, cov, slices, work)
    if n < 2:
        return False
    n = _refine(rows, arcs, rings, members, ridge, windows_too, slices, n, work)
    return _spread(ridge, _with_middles(slices[:n]), across, xy, weights, when)


@njit(cache=True, nogil=True)
def _with_middles(slices: F64) -> F64:
    """The slices with one more between any two, its log mass bent as those around it are."""
    n = len(slices)
    out, bend = np.empty((2 * n - 1, 8)), np.zeros(n)
    for k in range(1, n - 1):
        before, after = slices[k, 0] - slices[k - 1, 0], slices[k + 1, 0] - slices[k, 0]
        rise = (slices[k + 1, 2] - slices[k, 2]) / after - (slices[k, 2] - slices[k - 1, 2]) / before
        bend[k] = 2.0 * rise / (before + after)
    for k in range(n - 1):
        for d in range(8):
            out[2 * k, d], out[2 * k + 1, d] = slices[k, d], 0.5 * (slices[k, d] + slices[k + 1, d])
        inner = 0.5 * (bend[k] + bend[k + 1]) if 0 < k < n - 2 else bend[min(max(k, 1), n - 2)]
        width = slices[k + 1, 0] - slices[k, 0]
        out[2 * k + 1, 2] -= min(max(0.125 * inner * width * width, -MOST_BEND), MOST_BEND)
    out[2 * n - 2] = slices[n - 1]
    return out


@njit(cache=True, nogil=True)
def _spread(ridge: F64, slices: F64, across: F64, xy: F64, weights: F64, when: F64) -> bool:
    """What lies between two slices is spread evenly over its points, along and across."""
    xy[:], weights[:], when[:] = 0.0, 0.0, 0.0
    here, mass, one = np.zeros(3), np.empty(len(slices) - 1), np.empty(slices.shape[1])
    for k in range(len(mass)):
        mass[k] = _between(slices[k], slices[k + 1])
    top = mass.max()
    if top <= 0.5 * NOTHING:
        return False
    for k in range(len(mass)):
        if slices[k, 2] <= 0.5 * NOTHING or slices[k + 1, 2] <= 0.5 * NOTHING:
            continue
        for m in range(ACROSS):
            part = _part(((m + k) % ACROSS + 0.5) / ACROSS, slices[k + 1, 2] - slices[k, 2])
            for d in range(len(one)):
                one[d] = slices[k, d] + part * (slices[k + 1, d] - slices[k, d])
            off, p = across[k, m] * one[3], k * ACROSS + m
            _, _, scale = put(ridge, one[0], one[1], here)
            put(ridge, one[0], one[1] + off / scale, here)
            xy[p, 0], xy[p, 1], weights[p] = here[0], here[1], math.exp(mass[k] - top)
            when[p, 0], when[p, 1] = one[4] + off * one[6], one[5]
    first = int(np.argmax(weights))
    for p in range(len(weights)):
        if weights[p] == 0.0:
            xy[p], when[p] = xy[first], when[first]
    total = weights.sum()
    if total > 0.0:
        weights /= total
    return bool(total > 0.0)


@inner
def _part(share: float, rise: float) -> float:
    """How far between two slices `share` of the mass lies, the log density rising by `rise` between them."""
    if abs(rise) < 1e-6:
        return share
    if rise > 0.0:  # from the higher end, where nothing overflows
        return 1.0 - _part(1.0 - share, -rise)
    return math.log1p(share * math.expm1(max(rise, -700.0))) / max(rise, -700.0)


def across_points(n: int) -> F64:
    """(n / ACROSS, ACROSS) normal points: each gap's share the normal evenly, and no two gaps at the same places."""
    turn = np.mod((np.arange(n // ACROSS) + 0.5) * 0.5 * (math.sqrt(5.0) - 1.0), 1.0)
    points = ndtri((np.arange(ACROSS) + turn[:, None]) / ACROSS)
    return np.asarray((points - points.mean()) / points.std())
