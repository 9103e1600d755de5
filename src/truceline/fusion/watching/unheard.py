"""Silence over many events at once: the same rule as `silence.p_after_silence`, asked only where a watcher watched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.observation import PHENOMENA
from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.intake.spans import make_spans, meeting
from truceline.fusion.places.spots import Spots
from truceline.fusion.places.within import CLEAR, Ask, make_ask
from truceline.fusion.watching.silence import CERTAIN, Watcher
from truceline.geo.arrays import F64, I64, Mask
from truceline.geo.region import Region

Reported = Callable[[Watcher], I64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unheard:
    """A watcher and the events (ascending) that it may have missed: `watched` is the share of their time that it
    watched, `ask` the place of its region among the asks, or -1 where it watches a sector of the line."""

    watcher: Watcher
    events: I64
    watched: F64
    ask: int


def reporters(batch: Batch, found: Found) -> Reported:
    """For a watcher the events that it reported itself, in ascending order."""
    event = np.empty(len(batch.rows), dtype=np.int64)
    event[found.member] = np.repeat(np.arange(found.n_events), np.diff(found.first))
    by_sensor, by_source = (np.argsort(codes, kind="stable") for codes in (batch.rows["sensor"], batch.source))
    sensors, sources = batch.rows["sensor"][by_sensor], batch.source[by_source]

    def reported(watcher: Watcher) -> I64:
        if watcher.sensor is None:
            return _with_code(watcher.source, batch.sources, sources, by_source, event)
        return _with_code(watcher.sensor, batch.sensors, sensors, by_sensor, event)

    return reported


def _with_code(name: str, names: Sequence[str], codes: I64, order: I64, event: I64) -> I64:
    if name not in names:
        return np.empty(0, dtype=np.int64)
    code = names.index(name)
    first, last = np.searchsorted(codes, [code, code + 1])
    return np.unique(event[order[first:last]])


def find_unheard(
    watching: Sequence[Watcher], spots: Spots, window_s: tuple[F64, F64], kinds: I64, reported: Reported
) -> tuple[list[Unheard], list[Ask]]:
    """What watchers may have missed, and the regions whose share of events has to be known.

    `window_s` are start and end (k,) of when each event can have been, `kinds` (k,) its phenomena as bits.
    """
    start, end = window_s
    spans, major = make_spans(start, end), spots.major_m
    found: list[Unheard] = []
    regions: dict[int, tuple[Region, int]] = {}  # by identity: rows of one area share their region
    for watcher in watching:
        near = meeting(spans, watcher.start_s, watcher.end_s)
        if watcher.phenomenon:
            near = near[kinds[near] & (1 << PHENOMENA.index(watcher.phenomenon)) > 0]
        if watcher.region is not None:
            near = near[_close(watcher.region, spots, major, near)]
        near = np.setdiff1d(near, reported(watcher), assume_unique=True) if len(near) else near
        if len(near) == 0:
            continue
        ask = -1
        if watcher.region is not None:
            ask = regions.setdefault(id(watcher.region), (watcher.region, len(regions)))[1]
        watched = _watched(watcher, start[near], end[near])
        found.append(Unheard(watcher=watcher, events=near, watched=watched, ask=ask))
    asked: list[list[I64]] = [[] for _ in regions]
    for one in found:
        if one.ask >= 0:
            asked[one.ask].append(one.events)
    return found, [make_ask(region, np.unique(np.concatenate(asked[n]))) for region, n in regions.values()]


def _close(region: Region, spots: Spots, major_m: F64, events: I64) -> Mask:
    x, y, reach = spots.x_m[events], spots.y_m[events], CLEAR * major_m[events]
    low = np.min([ring.min(axis=0) for ring in region.rings], axis=0)
    high = np.max([ring.max(axis=0) for ring in region.rings], axis=0)
    close: Mask = (x >= low[0] - reach) & (x <= high[0] + reach) & (y >= low[1] - reach) & (y <= high[1] + reach)
    return close


def _watched(watcher: Watcher, start_s: F64, end_s: F64) -> F64:
    """Share of each window that the watcher watched."""
    shared = np.minimum(watcher.end_s, end_s) - np.maximum(watcher.start_s, start_s)
    length = end_s - start_s
    share = np.clip(shared / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
    return np.where(length > 0.0, share, (shared >= 0.0).astype(np.float64))


def p_when_unheard(
    p_exists: F64,
    unheard: Sequence[Unheard],
    asks: Sequence[Ask],
    shares: Sequence[F64],
    sectors: Sequence[str],
    p_sector: F64,
) -> F64:
    """`p_exists` (k,) once every silent watcher is heard.

    `shares` are those of the events of each of `asks`, `p_sector` (k, sectors) those of the line's `sectors`. Of
    several rows about one watcher the strongest counts.
    """
    log_silence, strongest = np.zeros(len(p_exists)), np.zeros(len(p_exists))
    by_who: dict[str, list[Unheard]] = {}
    for one in unheard:
        by_who.setdefault(one.watcher.sensor or one.watcher.source, []).append(one)
    for _, ones in sorted(by_who.items()):
        for one in ones:
            if one.ask >= 0:
                place = np.searchsorted(asks[one.ask].which, one.events)
                inside = shares[one.ask][place]
            else:
                inside = p_sector[one.events, sectors.index(one.watcher.sector or "")]
            p = np.minimum(CERTAIN, one.watcher.p_detect * one.watched * inside)
            strongest[one.events] = np.maximum(strongest[one.events], p)
        touched = np.unique(np.concatenate([one.events for one in ones]))
        log_silence[touched] += np.log1p(-strongest[touched])
        strongest[touched] = 0.0
    factor = np.exp(log_silence)
    return np.where(p_exists < 1.0, p_exists * factor / (p_exists * factor + 1.0 - p_exists), 1.0)
