"""How probably events lie in regions: plainly in or out where the ellipse is far from the border, else by nodes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.places.spots import Spots
from truceline.geo.arrays import F64, I64, Mask
from truceline.geo.line import LineAxis, build_axis, locate
from truceline.geo.region import Region, inside

CLEAR = 6.0  # largest deviations that an ellipse is away from a border that cannot matter to it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ask:
    """A region, its border, and for which events (in ascending order) the share of their place in it is asked."""

    region: Region
    borders: tuple[LineAxis, ...]
    which: I64


def make_ask(region: Region, which: I64) -> Ask:
    """Prepare to ask for the share of events in a region."""
    closed = [np.vstack([ring, ring[:1]]) for ring in region.rings]
    return Ask(region=region, borders=tuple(build_axis(ring) for ring in closed), which=which)


def plain_shares(ask: Ask, spots: Spots, major_m: F64) -> tuple[F64, Mask]:
    """The share of each event asked for that the border does not concern, and which events it does concern."""
    x, y, reach = spots.x_m[ask.which], spots.y_m[ask.which], CLEAR * major_m[ask.which]
    near = np.zeros(len(x), dtype=np.bool_)
    for ring in ask.region.rings:
        low, high = ring.min(axis=0), ring.max(axis=0)
        near |= (x >= low[0] - reach) & (x <= high[0] + reach) & (y >= low[1] - reach) & (y <= high[1] + reach)
    share, concerned = np.zeros(len(x)), np.zeros(len(x), dtype=np.bool_)
    close = np.flatnonzero(near)
    share[close] = inside(ask.region, x[close], y[close])
    for border in ask.borders:
        _, offset = locate(border, x[close], y[close])
        concerned[close] |= ~(np.abs(offset) > reach[close])
    return share, concerned


def node_shares(region: Region, xy_m: F64, weights: F64) -> F64:
    """(k,) share of the nodes (k, N, 2) with weights (k, N), summing to one, in a region."""
    hit = inside(region, xy_m[:, :, 0].ravel(), xy_m[:, :, 1].ravel()).reshape(weights.shape)
    return np.asarray(np.minimum((weights * hit).sum(axis=1), 1.0))


def asked_for(asks: Sequence[Ask], concerned: Sequence[Mask]) -> I64:
    """Events that some border concerns, in ascending order."""
    parts = [ask.which[mask] for ask, mask in zip(asks, concerned, strict=True)]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *parts]))
