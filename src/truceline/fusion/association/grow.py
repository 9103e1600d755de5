"""Hypotheses of events: from a start they recruit what they explain, are fitted, and get a score."""

import math

import numpy as np

from truceline.fusion.association.fit import CLOSE, STEPS, evidence
from truceline.fusion.association.reach import gather
from truceline.fusion.association.scene import MOST_MEMBERS, Scene, Work, best_kind
from truceline.geo.kernel import inner
from truceline.physics.columns import AREA, BEARING, F64, FIX, I64, Records
from truceline.physics.see import clear, log_density, see
from truceline.physics.weigh import NOTHING, log_predictive

MISS = 5.0  # deviations by which a row may miss before it is not even weighed
PAD = 3.5  # standard deviations of a hypothesis that its surroundings reach
ROUGH = 2.0  # nats: a step that gains less is good enough to go and look for members
TIGHT_M2, TIGHT_S2 = 300.0**2, 1.0  # a start known so well recruits as it will when it is fitted


@inner
def llr(scene: Scene, j: int, kind: int, state: F64, cov: F64) -> float:
    """Log ratio of row `j` being of an event at `state` +- `cov` to its being alone, nats."""
    kinds: float = scene.log_kind[kind, scene.rows[j].kind]
    return log_predictive(scene.rows, j, scene.arcs, scene.rings, state, cov) - float(scene.kappa[j]) + kinds


@inner
def plausible(rows: Records, j: int, state: F64, cov: F64) -> bool:
    """Whether row `j` is worth weighing: its time and direction miss an event at `state` +- `cov` by few deviations."""
    row = rows[j]
    variance, late, direction = row.time_sigma_s * row.time_sigma_s + cov[5], state[2] - row.time_s, False
    if row.family != FIX and row.family != AREA:
        dx, dy = state[0] - row.x_m, state[1] - row.y_m
        r_m = math.sqrt(dx * dx + dy * dy)
        spread = cov[0] + cov[3]
        if row.speed_m_s > 0.0:
            delay = r_m / row.speed_m_s
            stretch = row.speed_sigma_share * delay
            late += delay
            variance += stretch * stretch + (spread + row.position_sigma_m**2) / (row.speed_m_s * row.speed_m_s)
            variance += 2.0 * math.sqrt(spread * cov[5]) / row.speed_m_s
        if row.family == BEARING and row.angle_sigma_rad < 0.2:
            across = abs(dx * math.cos(row.bearing_rad) - dy * math.sin(row.bearing_rad))
            direction = across > MISS * (row.angle_sigma_rad * r_m + row.position_sigma_m + math.sqrt(spread))
    return not direction and abs(late) - row.half_window_s <= MISS * math.sqrt(variance)


@inner
def recruit(scene: Scene, free: np.ndarray, state: F64, cov: F64, kind: int, work: Work) -> int:
    """Write to `work.members` the free rows that an event explains better than chance, the best one a sensor."""
    pad_m, pad_s = PAD * math.sqrt(cov[0] + cov[3]), PAD * math.sqrt(cov[5])
    n_near = gather(scene.near, state[0], state[1], state[2], pad_m, pad_s, work.near)
    members, ratios = work.members, work.llr
    n = 0
    for c in range(n_near):
        j = work.near[c]
        if not free[j] or not plausible(scene.rows, j, state, cov):
            continue
        ratio = llr(scene, j, kind, state, cov)
        if ratio <= 0.0:
            continue
        at = n
        for m in range(n):
            if scene.rows[members[m]].sensor == scene.rows[j].sensor:
                at = m
                break
        if at < n:
            if ratio > ratios[at]:
                members[at], ratios[at] = j, ratio
        elif n < MOST_MEMBERS:
            members[n], ratios[n] = j, ratio
            n += 1
        else:
            worst = np.argmin(ratios)
            if ratio > ratios[worst]:
                members[worst], ratios[worst] = j, ratio
    return n


@inner
def prior_nats(scene: Scene, members: I64) -> float:
    """What `members` are weighed against, and what their kinds say, nats: the part of a score that no place changes."""
    against, rate = 0.0, 0.0
    for i in members:
        against += scene.kappa[i]
        rate += scene.log_rate[i]
    return rate / len(members) - against + best_kind(scene, members)[1]


@inner
def score(scene: Scene, members: I64, state: F64, cov: F64, fit: F64) -> float:
    """Log odds of `members` being one event against each alone; moves `state`, `cov` to their common origin."""
    if len(members) < 2:
        return 0.0
    total = evidence(scene.rows, scene.arcs, members, state, cov, fit, STEPS, CLOSE)
    return total + prior_nats(scene, members) if total > 0.5 * NOTHING else NOTHING


@inner
def _stranger(scene: Scene, members: I64, work: Work) -> int:
    """Which member, if any (-1), what the others say leaves less likely than if it were alone; windows alone are asked.

    Rows are recruited around an event that is itself uncertain. A window of a day may then be taken in for its moments
    though its end has passed, and it would draw the event to midnight.
    """
    worst, least, one = -1, 0.0, work.parts[0]
    for m in range(len(members)):
        if scene.rows[members[m]].half_window_s > 0.0:
            clear(one)
            see(scene.rows, members[m], scene.arcs, work.state[0], work.state[1], work.state[2], True, one)
            own = log_density(one) - scene.kappa[members[m]]
            if own < least:
                worst, least = m, own
    return worst


@inner
def reconcile(scene: Scene, n: int, work: Work) -> tuple[float, int]:
    """Score of the `n` rows in `work.members` without those that are strangers there, and how many are left."""
    value = score(scene, work.members[:n], work.state, work.cov, work.fit)
    while n > 2:
        worst = _stranger(scene, work.members[:n], work)
        if worst < 0:
            break
        for m in range(worst, n - 1):
            work.members[m] = work.members[m + 1]
        n -= 1
        value = score(scene, work.members[:n], work.state, work.cov, work.fit)
    return value, n


@inner
def grow(scene: Scene, free: np.ndarray, kind: int, work: Work) -> tuple[float, int]:
    """From `work.state` +- `work.cov` to a scored set of rows in `work.members`: recruit, fit, recruit again, score.

    A start that is known well enough to tell its members needs to recruit only once.
    """
    tight = work.cov[0] + work.cov[3] < TIGHT_M2 and work.cov[5] < TIGHT_S2
    n = recruit(scene, free, work.state, work.cov, kind, work)
    if n < 2:
        return NOTHING, 0
    if not tight:
        members = work.members[:n]
        if evidence(scene.rows, scene.arcs, members, work.state, work.cov, work.fit, 2, ROUGH) <= 0.5 * NOTHING:
            return NOTHING, 0
        n = recruit(scene, free, work.state, work.cov, best_kind(scene, members)[0], work)
    return reconcile(scene, n, work)
