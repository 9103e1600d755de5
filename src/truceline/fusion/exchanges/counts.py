"""How many rounds or bursts there were, given that observers miss some, overlap, and round what they count.

Each report perceived a share of the rounds that it could have: the nearer, the more. Two reports of one exchange say
together how many there were, as two catches of marked fish do; their overlap needs no deciding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaln, logsumexp

from truceline.fusion.intake.items import Item
from truceline.fusion.kinds import FLIGHTS, SMALL_ARMS
from truceline.geo.arrays import F64

# How far off things are noticed, one scale of exp(-(r / scale)^2): half of what the sensor models have (`sensors/`).
SCALE_M = {("heard", "small"): 2_500.0, ("heard", "blast"): 7_500.0, ("camera", "blast"): 4_500.0,
           ("camera", "small"): 4_500.0, ("heard", "flight"): 7_500.0, ("camera", "flight"): 4_500.0}  # fmt: skip
ELSE_SHARE = 0.7  # of rounds that those count who do not observe from a post: assumed
# The share of rounds that a report perceives: what is left of the scale's fall, times this, and a little that a report
# has by being one; and how firmly (a beta distribution's sum of parameters). A round is heard where it is fired and
# where it falls, so a count without phase is of up to twice as many. Fitted on simulated worlds, seeds 8001 and 8002;
# no field figure found.
BESIDE = {"heard": 0.55, "camera": 0.4}
BESIDE_OPEN = {"heard": 0.55, "camera": 0.3}
BY_BEING = 0.06
FIRMNESS = 4.0
MOST = 20_000  # rounds that are asked about, at least
LARGEST = 2**53  # whole numbers beyond are not told apart
MIDDLE, SPREAD = 30.0, 1.6  # median and log deviation of the rounds of one family in an exchange: assumed
P_UNREPORTED = {"blast": 0.15, "small": 0.3}  # that there was such fire though no row tells of it: fitted alike
TEMPER = 0.6  # how much of what a report says is new: rows of one exchange err together
BOUND = 0.05  # of the posterior on either side of the interval
N_INSIDE = 5  # counts that stand for all that a statement allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The interval that holds 90 % of the posterior of the number of rounds or bursts, and its median."""

    low: int
    likely: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a count says: how many it allows, of which family, whether of firing and impacts alike, and the share of
    rounds that such a report is expected to perceive."""

    low: int
    high: int | None
    family: str
    both_ends: bool
    share: float


@lru_cache(maxsize=16)
def grid(most: float = MOST) -> F64:
    """Numbers of rounds that stand for all up to `most`: each to 10, then some 7 % apart."""
    steps = np.unique(np.round(np.geomspace(1.0, most, 150)))
    steps.setflags(write=False)
    return np.asarray(steps)


def told_of(item: Item) -> Told:
    """What an aggregated report says of how many rounds there were."""
    family = "small" if item.phenomenon in SMALL_ARMS else "flight" if item.phenomenon in FLIGHTS else "blast"
    both = family == "blast" and item.phase not in ("outgoing", "impact")
    if item.sensor_xy is None:
        return Told(low=item.count_low, high=item.count_high, family=family, both_ends=False, share=ELSE_SHARE)
    scale_m = SCALE_M.get((item.means, family), SCALE_M["heard", family])
    r_m = np.hypot(*(item.nodes - np.array(item.sensor_xy)).T)
    seen = float(item.weights @ np.exp(-((r_m / scale_m) ** 2)))
    share = BY_BEING + (BESIDE_OPEN if both else BESIDE).get(item.means, 0.5) * seen
    return Told(low=item.count_low, high=item.count_high, family=family, both_ends=both, share=share)


def rounds_of(reports: Sequence[Item], events: Sequence[Item]) -> Rounds:
    """The posterior of all rounds and bursts of an exchange.

    Parameters
    ----------
    reports : its aggregated reports
    events : one observation of each of its incidents: so many rounds there were at least
    """
    told = [told_of(item) for item in reports]
    singles = [told_of(item).family for item in events]
    n = grid(_most(told, len(events)))
    families = {t.family for t in told} | set(singles)
    blast = _family("blast", told, singles, families, n)
    small = _family("small", told, singles, families, n)
    many = np.concatenate([[0.0], n])
    total = many[:, None] + many[None, :]
    log_p = blast[:, None] + small[None, :]
    for t in told:
        if t.family == "flight":
            log_p = log_p + log_told(t, total)
    least = len(events)
    log_p = np.where((total >= max(least, 1)), log_p, -np.inf)
    return _interval(total.ravel(), log_p.ravel())


def _most(told: Sequence[Told], n_events: int) -> float:
    """As many rounds as are asked about: several times what anybody counted, in powers of two."""
    stated = max([n_events, *(t.low for t in told), *(t.high or 0 for t in told)])
    return float(min(max(MOST, 2 ** math.ceil(math.log2(4 * stated + 1))), LARGEST))


def _family(name: str, told: Sequence[Told], singles: Sequence[str], families: set[str], n: F64) -> F64:
    """Log posterior of the number of rounds of one family: none at all first, then those of the grid.

    A family that nobody reports may have been there all the same, more so if projectiles were seen, which come from one
    of the two.
    """
    out = np.full(len(n) + 1, -np.inf)
    width = np.gradient(n)
    out[1:] = -0.5 * (np.log(n / MIDDLE) / SPREAD) ** 2 - np.log(n) + np.log(width)
    out[1:] -= logsumexp(out[1:])
    if name not in families:
        p_there = 0.5 if "flight" in families else P_UNREPORTED[name]
        out[0], out[1:] = np.log(1.0 - p_there), out[1:] + np.log(p_there)
    else:
        for t in told:
            if t.family == name:
                out[1:] += log_told(t, n)
        out[1:] = np.where(n >= singles.count(name), out[1:], -np.inf)
    return out


def log_told(told: Told, n: F64) -> F64:
    """Log probability of a statement given that there were `n` rounds: beta-binomial, over what the words allow."""
    of = np.where(told.both_ends, 2.0, 1.0) * n
    high = told.high if told.high is not None else max(MOST, 8 * told.low)
    if told.high is None:
        counts = np.unique(np.round(np.geomspace(max(told.low, 1), high, 40)))
    else:
        counts = np.unique(np.round(np.linspace(told.low, high, min(N_INSIDE, high - told.low + 1))))
    weight = (high - told.low + 1) / len(counts)
    a, b = FIRMNESS * told.share, FIRMNESS * (1.0 - told.share)
    logs = np.array([_log_beta_binomial(m, of, a, b) for m in counts])
    return np.asarray(TEMPER * (logsumexp(logs, axis=0) + np.log(weight)))


def _log_beta_binomial(m: float, n: F64, a: float, b: float) -> F64:
    """Log probability of perceiving `m` of `n` when the share perceived is beta distributed; a little for m > n."""
    inside = np.maximum(n - m, 0.0)
    log_p = (
        gammaln(n + 1.0) - gammaln(m + 1.0) - gammaln(inside + 1.0)
        + gammaln(m + a) + gammaln(inside + b) - gammaln(m + inside + a + b)
        + gammaln(a + b) - gammaln(a) - gammaln(b)
    )  # fmt: skip
    return np.asarray(np.where(m <= n, log_p, -np.inf))


def _interval(total: F64, log_p: F64) -> Rounds:
    order = np.argsort(total, kind="stable")
    p = np.exp(log_p[order] - log_p.max())
    cumulative = np.cumsum(p) / p.sum()
    low, likely, high = (total[order][np.searchsorted(cumulative, q)] for q in (BOUND, 0.5, 1.0 - BOUND))
    return Rounds(low=int(low), likely=int(likely), high=int(high))
