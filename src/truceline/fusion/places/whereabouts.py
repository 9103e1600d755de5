"""Where events lie with regard to the line, its sectors and all regions asked about, each as exactly as it needs."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from truceline.fusion.intake.days import versions_at
from truceline.fusion.places.along import Ground
from truceline.fusion.places.alongside import Alongside, plain_alongside, take_nodes
from truceline.fusion.places.spots import Nodes, Spots
from truceline.fusion.places.within import Ask, asked_for, make_ask, node_shares, plain_shares
from truceline.geo.arrays import F64, I64, Mask

AT_ONCE = 1024  # events whose nodes are in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whereabouts:
    """`alongside` the line; `p_zone` (k, zones), NaN where a zone is not in force; `shares` of the events asked for."""

    alongside: Alongside
    p_zone: F64
    shares: tuple[F64, ...]


def find_whereabouts(ground: Ground, spots: Spots, asks: Sequence[Ask], nodes: Nodes, threads: int = 1) -> Whereabouts:
    """Chainage, side, sectors, zones and `asks` of all events.

    An ellipse far from every border says all there is to say; for the others `nodes` gives the points of the place,
    which are looked at by `threads` at a time.
    """
    major = spots.major_m
    alongside = plain_alongside(ground, spots, major)
    zones = _zone_asks(ground, spots)
    every = [*(ask for _, ask in zones), *asks]
    plain = [plain_shares(ask, spots, major) for ask in every]
    shares, concerned = [share for share, _ in plain], [mask for _, mask in plain]
    open_ = [ask.which[mask] for ask, mask in zip(every, concerned, strict=True)]
    pending = np.union1d(np.flatnonzero(alongside.concerned), asked_for(every, concerned))

    def settle(rows: I64) -> None:
        for place, xy_m, weights in nodes(rows):
            group = rows[place]
            at = np.flatnonzero(alongside.concerned[group])
            take_nodes(alongside, ground, group[at], xy_m[at], weights[at])
            for ask, share, events in zip(every, shares, open_, strict=True):
                at = np.flatnonzero(_among(events, group))
                if len(at):
                    share[np.searchsorted(ask.which, group[at])] = node_shares(ask.region, xy_m[at], weights[at])

    parts = [pending[start : start + AT_ONCE] for start in range(0, len(pending), AT_ONCE)]
    with ThreadPoolExecutor(threads) as pool:  # each part writes to rows of its own
        list(pool.map(settle, parts))
    p_zone = np.full((len(spots.x_m), len(ground.zones)), np.nan)
    for (zone, ask), share in zip(zones, shares, strict=False):
        p_zone[ask.which, zone] = share
    return Whereabouts(alongside=alongside, p_zone=p_zone, shares=tuple(shares[len(zones) :]))


def _among(events: I64, group: I64) -> Mask:
    """Which of `group` (k,) are among `events`, which ascend."""
    if len(events) == 0:
        return np.zeros(len(group), dtype=np.bool_)
    found: Mask = events[np.minimum(np.searchsorted(events, group), len(events) - 1)] == group
    return found


def _zone_asks(ground: Ground, spots: Spots) -> list[tuple[int, Ask]]:
    """Each version of each zone with the events of the days on which it was in force."""
    found: list[tuple[int, Ask]] = []
    for zone, (_, versions) in enumerate(ground.zones):
        version: I64 = versions_at([since for since, _ in versions], ground.timezone, spots.time_s)
        for v, (_, region) in enumerate(versions):
            which = np.flatnonzero(version == v)
            if len(which):
                found.append((zone, make_ask(region, which)))
    return found
