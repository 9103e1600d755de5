"""The ceiling: the true events are given, and only which observation speaks of which is left to find out."""

import numpy as np
from numba import njit

from truceline.fusion.association.reach import circles_of
from truceline.geo.frame import Frame
from truceline.physics.columns import F64, I64, Records, Reports
from truceline.physics.notice import noticed_area_m2
from truceline.physics.weigh import log_predictive
from truceline.simulation.campaign import Simulated
from truceline.simulation.rows import CLUTTER
from truceline.simulation.score import ALONE
from truceline.simulation.violence import DAY_S, place_density

ROOM = 8  # candidates a row that are made room for at first
X, Y, RADIUS, EARLIEST, LATEST = range(5)


def oracle(simulated: Simulated, reports: Reports, frame: Frame, index: I64, epoch_s: float) -> I64:
    """Assign observations to the true events by likelihood, best first, one of each sensor to an event.

    An observation is compared with the clutter of its sensor, as the world makes it: rate of real reports, share of
    false ones, where they point. Nothing is known that an ideal association could not know, but for the events.

    Parameters
    ----------
    reports : the observations in the plane of `frame`, times in seconds since `epoch_s` (1970, UTC)
    index : (n,) row of `simulated.observations` that each of the reports is

    Returns
    -------
    (n,) int64, row of the true event (`simulated.events`), ALONE for what is taken for clutter
    """
    truth = simulated.events
    x_m, y_m = frame.to_plane(np.asarray(truth["lon_deg"]), np.asarray(truth["lat_deg"]))
    time_s = np.asarray(truth["time"].cast("int64")) / 1e6 - epoch_s
    states = np.column_stack([x_m, y_m, time_s])
    log_clutter = clutter_rates(simulated)[index]
    told, happened = simulated.seen.kind[index], simulated.happened.kind[: len(states)]
    sensor = _sensors(simulated)[index]
    room = ROOM * len(index) + 1
    circles = circles_of(reports.rows)
    while True:
        row, event, score = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        found = _candidates(
            reports.rows, reports.arcs_rad, reports.rings_m, states, circles, log_clutter, told, happened,
            log_kinds(simulated), row, event, score,
        )  # fmt: skip
        if found <= room:
            break
        room = found
    best = np.argsort(-score[:found], kind="stable")
    return _best_first(row[best], event[best], sensor, len(states))


def clutter_rates(simulated: Simulated) -> F64:
    """(n,) log of the rate, per m2 and s, with which a false report of the row's sensor points where the row does,
    against one real report: the share of clutter times how often the sensor reports what happened."""
    world, seen, sensor = simulated.world, simulated.seen, _sensors(simulated)
    odds = world.clutter_share / (1.0 - world.clutter_share)
    real = np.maximum(np.bincount(sensor[seen.event != CLUTTER], minlength=sensor.max(initial=0) + 1), 1)
    out = np.log(odds * real[sensor] / (simulated.days * DAY_S))
    for number, watch in enumerate(world.watches):
        mine = seen.watch == number
        if watch.is_feed:
            at = np.column_stack([seen.x_m[mine], seen.y_m[mine]])
            out[mine] += np.log(np.maximum(place_density(simulated.ground, at), 1e-30))
        else:
            areas = [noticed_area_m2(watch.scale_of(kind)) for kind, _ in world.violence.kinds]
            out[mine] -= np.log(areas)[seen.kind[mine]]
    return out


def log_kinds(simulated: Simulated) -> F64:
    """(told, true) log of how much likelier that kind is told of that one than of any."""
    world = simulated.world
    shares = np.array([share for _, share in world.violence.kinds])
    shares /= shares.sum()
    wrong = world.wrong_kind_share if len(shares) > 1 else 0.0
    given = np.full((len(shares), len(shares)), wrong / max(len(shares) - 1, 1))
    np.fill_diagonal(given, 1.0 - wrong)
    ratio = given / (given @ shares)[:, None]
    return np.asarray(np.log(np.maximum(ratio, 1e-30)))


def _sensors(simulated: Simulated) -> I64:
    first = np.cumsum([0, *(watch.units for watch in simulated.world.watches)])
    return np.asarray(first[simulated.seen.watch] + simulated.seen.unit)


@njit(cache=True, nogil=True)
def _candidates(
    rows: Records,
    arcs: F64,
    rings: F64,
    states: F64,
    circles: F64,
    log_clutter: F64,
    told: I64,
    happened: I64,
    log_kind: F64,
    row: I64,
    event: I64,
    score: F64,
) -> int:
    """Pairs of a row and an event that is likelier than clutter; how many there are, written as far as room goes."""
    known = np.zeros(6)
    times = states[:, 2].copy()
    found = 0
    for i in range(len(rows)):
        k = np.searchsorted(times, circles[i, EARLIEST])
        while k < len(times) and times[k] <= circles[i, LATEST]:
            dx, dy = states[k, 0] - circles[i, X], states[k, 1] - circles[i, Y]
            if dx * dx + dy * dy <= circles[i, RADIUS] * circles[i, RADIUS]:
                odds = log_predictive(rows, i, arcs, rings, states[k], known) - log_clutter[i]
                odds += log_kind[told[i], happened[k]]
                if odds > 0.0:
                    if found < len(row):
                        row[found], event[found], score[found] = i, k, odds
                    found += 1
            k += 1
    return found


@njit(cache=True, nogil=True)
def _best_first(row: I64, event: I64, sensor: I64, n_events: int) -> I64:
    """Accept pairs in the order given: a row once, a sensor once an event."""
    out = np.full(len(sensor), ALONE)
    last = np.full(n_events, ALONE)  # rows of an event as a chain
    before = np.full(len(sensor), ALONE)
    for n in range(len(row)):
        i, k = row[n], event[n]
        if out[i] != ALONE:
            continue
        member = last[k]
        while member != ALONE and sensor[member] != sensor[i]:
            member = before[member]
        if member == ALONE:
            out[i] = k
            before[i] = last[k]
            last[k] = i
    return out
