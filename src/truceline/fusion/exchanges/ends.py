"""The two ends of an exchange where they are stated: where it was fired from, where it fell, which side came first.

Where nothing is stated both stay open.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from truceline.fusion.intake.items import Item
from truceline.fusion.places.along import Ground, along
from truceline.fusion.places.posterior import Cloud, pool
from truceline.geo.arrays import F64

SAME_PLACE = 2.0  # deviations that two places of firing may lie apart and still be one
P_WRONG = 0.1  # a stated phase is wrong: assumed
ANSWERED = 0.65  # exchanges of which both sides take part: assumed
LASTS_S = 1_500.0  # an exchange, if its exact times do not say more: assumed
EARLY = 2.0  # a count throughout a window begins as the first of so many instants in it would
N_STEPS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One place of firing or of impact: where, and by how many rows."""

    cloud: Cloud
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The probability that the first firing place lay left, and right, of the line; what is missing to one is open."""

    left: float
    right: float


def places_of(phase: str, told: Sequence[tuple[Item, Cloud]]) -> list[End]:
    """The places of one end: rows that state this phase, those that can mean one place taken together."""
    groups: list[list[Cloud]] = []
    for item, cloud in told:
        if item.phase != phase:
            continue
        home = next((group for group in groups if _one_place(pool(group), cloud)), None)
        if home is None:
            groups.append([cloud])
        else:
            home.append(cloud)
    return [End(cloud=pool(group), n_rows=len(group)) for group in groups]


def _one_place(a: Cloud, b: Cloud) -> bool:
    off = a.mean() - b.mean()
    both = a.covariance() + b.covariance() + np.eye(2)
    return float(off @ np.linalg.solve(both, off)) < SAME_PLACE**2


def first_of(told: Sequence[tuple[Item, Cloud]], ground: Ground) -> First | None:
    """Which side of the line the first firing place lay on; None without a line.

    Of each side the first shot lies before the first that anybody noticed, by a gap that is the shorter the more were
    noticed. Of a side that nobody noticed firing nothing is known but that most exchanges are answered.
    """
    firing = [(item, cloud) for item, cloud in told if item.phase == "outgoing"]
    if not ground.axes:
        return None
    if not firing:
        return First(left=0.0, right=0.0)
    p_left = np.array([_p_left(ground, item, cloud) for item, cloud in firing])
    if np.isnan(p_left).any():
        return None
    at, onset = _onsets([item for item, _ in firing])
    p_side = (1.0 - P_WRONG) * np.stack([p_left, 1.0 - p_left])
    unseen = np.prod(1.0 - p_side, axis=1)
    later = np.prod(1.0 - p_side[:, :, None] * onset[None], axis=1)  # (2, steps): not yet noticed firing
    mass = -np.diff(later, axis=1, prepend=1.0)
    mass = np.stack([_earlier(m, at, _gap_s(p, firing)) for m, p in zip(mass, p_side, strict=True)])
    done = np.cumsum(mass, axis=1)
    before = [float(mass[s] @ (done[1 - s][-1] - done[1 - s] + 0.5 * mass[1 - s])) for s in (0, 1)]
    # of a side that is known to fire alone: it opened, or answered somebody whom nobody noticed
    alone = 0.5 / (0.5 * (1.0 - ANSWERED) + ANSWERED)
    only = [float((1.0 - unseen[s]) * unseen[1 - s]) * alone for s in (0, 1)]
    return First(left=before[0] + only[0], right=before[1] + only[1])


def _p_left(ground: Ground, item: Item, cloud: Cloud) -> float:
    p = along(ground, cloud, item.origin_s[0]).get("p_side_left")
    return p if isinstance(p, float) else math.nan


def _onsets(items: Sequence[Item]) -> tuple[F64, F64]:
    """Times (k,) and the chance (n, k) that what each item tells of had begun by then."""
    windows = np.array([item.origin_s for item in items])
    at = np.linspace(windows[:, 0].min() - 2.0 * LASTS_S, windows[:, 1].max(), N_STEPS)
    found = []
    for item, (start, end) in zip(items, windows.tolist(), strict=True):
        if item.start_s == item.end_s:
            found.append(ndtr((at - 0.5 * (start + end)) / max(item.sigma_s, at[1] - at[0])))
            continue
        gone = np.clip((at - start) / max(end - start, 1.0), 0.0, 1.0)
        found.append(1.0 - (1.0 - gone) ** min(EARLY, max(item.count_low, 1)))
    return at, np.array(found)


def _gap_s(p_side: F64, firing: Sequence[tuple[Item, Cloud]]) -> float:
    """How long before the first noticed shot of a side its first one was, on average."""
    noticed = float(p_side @ np.array([max(item.count_low, 1) for item, _ in firing]))
    return LASTS_S / (1.0 + noticed)


def _earlier(mass: F64, at: F64, gap_s: float) -> F64:
    """A density moved to earlier by an exponential gap."""
    step = float(at[1] - at[0])
    kernel = np.exp(-np.arange(len(at)) * step / gap_s)
    moved = np.convolve(mass[::-1], kernel / kernel.sum())[: len(at)][::-1]
    return np.asarray(moved)
