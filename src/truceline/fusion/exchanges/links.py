"""Pairs of reports near each other: can both have counted the same rounds, and what speaks for or against it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import Prior
from truceline.fusion.exchanges.engagements import EDGES, Evidence, report_part
from truceline.fusion.exchanges.windows import overlap_s
from truceline.fusion.intake.items import Item
from truceline.fusion.kinds import compatible, same_weapon
from truceline.fusion.places.posterior import Cloud, blur, intersect
from truceline.physics.places import shape_density

NEAR_S = 1800.0  # pairs with a longer gap between them are not worth a line in a report
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
    evidence = Evidence(parts, prior)
    found = []
    for j, b in enumerate(items):
        for i in range(j):
            near = overlap_s(items[i].origin_s, b.origin_s) > -NEAR_S
            if near and intersect(parts[i].box, parts[j].box) is not None:
                found.append(_pair(items[i], b, evidence, (i,), (j,), prior))
    return found


def _pair(a: Item, b: Item, evidence: Evidence, i: tuple[int], j: tuple[int], prior: Prior) -> Pair:
    overlap = overlap_s(a.origin_s, b.origin_s)
    sigma = float(np.hypot(a.sigma_s, b.sigma_s))
    gain = evidence.gain(i, j)
    p_engagement = float(1.0 / (1.0 + np.exp(-gain)))
    same, scattered, cosine = _place_overlap(a, b, prior.exchange_spread_m)
    two_ends = {a.phase, b.phase} == {"outgoing", "impact"}
    against = _against(a, b, overlap, sigma, cosine, two_ends)
    shared = prior.p_shared
    if two_ends:  # firing and arrival are kilometres apart: place tells nothing of their being the same rounds
        p_fire = shared
    else:
        total = shared * same + (1.0 - shared) * scattered
        p_fire = shared * same / total if total > 0 else 0.0
    return Pair(
        a=a,
        b=b,
        can=not against,
        p_same_fire=0.0 if against else p_fire * p_engagement,
        p_same_engagement=p_engagement,
        overlap_s=overlap,
        distance_m=float(np.hypot(*(a.weights @ a.nodes - b.weights @ b.nodes))),
        because=(*against, *_remarks(a, b, overlap, cosine, two_ends)),
    )


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


def _place_overlap(a: Item, b: Item, spread_m: float) -> tuple[float, float, float]:
    """Density (per m2) with which both mean one point, the same if they scatter, and their overlap from 0 to 1."""
    fine, other = (a, b) if _extent(a) <= _extent(b) else (b, a)
    same = float(fine.weights @ shape_density(other.shape, fine.nodes))
    cloud = Cloud(xy=other.nodes, weights=other.weights)
    scattered = float(fine.weights @ blur(cloud, float(np.sqrt(2.0)) * spread_m, fine.nodes))
    self_a = float(a.weights @ shape_density(a.shape, a.nodes))
    self_b = float(b.weights @ shape_density(b.shape, b.nodes))
    return same, scattered, same / float(np.sqrt(self_a * self_b))


def _extent(item: Item) -> float:
    return float(np.trace(Cloud(xy=item.nodes, weights=item.weights).covariance()))
