"""Pairs of reports near each other: can both have counted the same rounds, and what speaks for or against it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.exchanges.engagements import pairs_that_meet
from truceline.fusion.exchanges.evidence import EDGES, EITHER, Evidence, alone, report_part, widths_of
from truceline.fusion.exchanges.lattice import Raster, place_raster, shared
from truceline.fusion.exchanges.windows import overlap_s
from truceline.fusion.intake.items import FloatArray, Item
from truceline.fusion.kinds import compatible, same_weapon
from truceline.fusion.places.posterior import Cloud
from truceline.physics.places import shape_density

NEAR_S = 1800.0  # pairs with a longer gap between them are not worth a line in a report
LOG_NOWHERE = math.log(1e-5)  # places that overlap less than this even when blurred are not looked at more closely
APART = 1e-3  # two places whose likelihoods overlap less than this share no common point


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A link between items `a` and `b`; `because` are codes with figures that people get in words."""

    a: Item
    b: Item
    can: bool
    p_same_fire: float
    p_same_engagement: float
    overlap_s: float
    distance_m: float
    because: tuple[str, ...]


def find_links(items: Sequence[Item], prior: Prior) -> list[Pair]:
    """Links between all items that are near in time and place, in the order of the items."""
    parts = [report_part(item, prior.exchange_spread_m) for item in items]
    wide = widths_of(EITHER, prior)
    evidence = Evidence([alone(part, wide) for part in parts], wide, prior)
    places = [_place_of(item, prior.exchange_spread_m) for item in items]
    window = np.array([item.origin_s for item in items]).reshape(len(items), 2)
    window = window + np.array([-0.5 * NEAR_S, 0.5 * NEAR_S])
    box = np.array([part.box for part in parts]).reshape(len(items), 4)
    a, b = pairs_that_meet(window, box, np.zeros(len(items), dtype=np.bool_))
    order = np.lexsort((a, b))
    return [
        _pair(places[i], places[j], evidence, (i,), (j,), prior)
        for i, j in zip(a[order].tolist(), b[order].tolist(), strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item with what a comparison of places asks of it: its density blurred by the spread and the log of that
    one's overlap with itself, how wide it is (m2), its mean (m), and the mean of its own density (per m2)."""

    item: Item
    blurred: Raster
    log_blurred: float
    extent_m2: float
    mean: FloatArray
    alone: float


def _place_of(item: Item, spread_m: float) -> Placed:
    cloud = Cloud(xy=item.nodes, weights=item.weights)
    blurred = place_raster(item.nodes, item.weights, spread_m)
    return Placed(
        item=item,
        blurred=blurred,
        log_blurred=shared(blurred, blurred),
        extent_m2=float(np.trace(cloud.covariance())),
        mean=cloud.mean(),
        alone=float(item.weights @ shape_density(item.shape, item.nodes)),
    )


def _pair(one: Placed, other: Placed, evidence: Evidence, i: tuple[int], j: tuple[int], prior: Prior) -> Pair:
    a, b = one.item, other.item
    overlap = overlap_s(a.origin_s, b.origin_s)
    sigma = float(np.hypot(a.sigma_s, b.sigma_s))
    p_engagement = _logistic(evidence.gain(i, j))
    same, scattered, cosine = _place_overlap(one, other, prior.exchange_spread_m)
    two_ends = {a.phase, b.phase} == {"outgoing", "impact"}
    against = _against(a, b, overlap, sigma, cosine, two_ends)
    shared_share = prior.p_shared
    if two_ends:  # firing and arrival are kilometres apart: place tells nothing of their being the same rounds
        p_fire = shared_share
    else:
        total = shared_share * same + (1.0 - shared_share) * scattered
        p_fire = shared_share * same / total if total > 0 else 0.0
    return Pair(
        a=a,
        b=b,
        can=not against,
        p_same_fire=0.0 if against else p_fire * p_engagement,
        p_same_engagement=p_engagement,
        overlap_s=overlap,
        distance_m=float(np.hypot(*(one.mean - other.mean))),
        because=(*against, *_remarks(a, b, overlap, cosine, two_ends)),
    )


def _logistic(gain: float) -> float:
    return 1.0 / (1.0 + math.exp(-gain)) if gain > -math.inf else 0.0


def _against(a: Item, b: Item, overlap: float, sigma: float, cosine: float, two_ends: bool) -> tuple[str, ...]:
    """What excludes that both counted the same rounds."""
    found = []
    # one observer counts a round once in each way of noticing it: a projectile and its explosion are two ways
    if a.sensor == b.sensor and a.phenomenon == b.phenomenon and not two_ends:
        found.append("same_sensor")
    if overlap < -EDGES * sigma:
        found.append(f"gap_s={-overlap:.0f}")
    if not compatible(a.phenomenon, b.phenomenon):
        found.append(f"kinds={a.phenomenon}|{b.phenomenon}")
    if not same_weapon(a.weapon, b.weapon):
        found.append(f"weapons={a.weapon}|{b.weapon}")
    if cosine < APART and not two_ends:
        found.append(f"places_apart={cosine:.4f}")
    return tuple(found)


def _remarks(a: Item, b: Item, overlap: float, cosine: float, two_ends: bool) -> tuple[str, ...]:
    found = []
    if overlap > 0:
        found.append(f"overlap_s={overlap:.0f}")
    if cosine >= APART:
        found.append(f"place_overlap={cosine:.2f}")
    if two_ends:
        found.append(f"phases={a.phase}|{b.phase}")
    found += [f"phase_open={item.id}" for item in (a, b) if item.phase in ("", "undetermined")]
    return tuple(found)


def _place_overlap(a: Placed, b: Placed, spread_m: float) -> tuple[float, float, float]:
    """Density (per m2) with which both mean one point, the same if they scatter, and their overlap from 0 to 1."""
    log_scattered = shared(a.blurred, b.blurred)
    if log_scattered - 0.5 * (a.log_blurred + b.log_blurred) < LOG_NOWHERE:
        return 0.0, 0.0, 0.0
    scattered = math.exp(log_scattered) * spread_m**2
    fine, other = (a, b) if a.extent_m2 <= b.extent_m2 else (b, a)
    same = float(fine.item.weights @ shape_density(other.item.shape, fine.item.nodes))
    return same, scattered, same / math.sqrt(a.alone * b.alone)
