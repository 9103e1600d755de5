"""Shots: who fired each event, with what and which way; the truth that attribution is held against."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.geo.line import LineAxis, locate
from truceline.judgement.reach import NEAREST_SHARE, REACH_M, among, classes_of
from truceline.simulation.fire import Fire
from truceline.simulation.violence import F64, I64, NOBODY, Events, Ground

OUTGOING, IN_FLIGHT, IMPACT = range(3)
PHASES = ("outgoing", "in_flight", "impact")
LEFT, RIGHT = range(2)
SIDES = ("left", "right")
TRIES = 400  # at a direction and distance that fit the ground
WELL_WITHIN = 0.9  # of its reach: farther than that nobody tries


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shots:
    """(n,) each, in the order of the events: side of the firer, phase perceived, class of weapon, direction of travel
    (radians, clockwise from the plane's +y)."""

    firer: I64
    phase: I64
    weapon: I64
    way_rad: F64


def draw_shots(fire: Fire, kinds: tuple[str, ...], ground: Ground, happened: Events, rng: Generator) -> Shots:
    """A shot for each event: the place of the event is the end of it that its phase says."""
    offset = locate(ground.line, happened.x_m, happened.y_m)[1]
    side = np.where(offset > 0.0, LEFT, RIGHT)
    allowed = np.array([among(classes_of(kind)) for kind in kinds])[happened.kind] > 0.0
    farthest = WELL_WITHIN * np.where(allowed, REACH_M, 0.0).max(axis=1)
    within = np.abs(offset) <= farthest  # the other side's ground is in reach at all
    phase, firer = _draw_firers(fire, kinds, happened, side, within, rng)
    infiltrated = rng.random(len(side)) < fire.p_infiltrated
    at_own = rng.random(len(side)) < np.array(fire.p_self)[firer]
    source = np.where(infiltrated, 1 - firer, firer)
    target = np.where(at_own, firer, 1 - firer)
    source = np.where(phase == OUTGOING, side, source)
    target = np.where(phase == IMPACT, side, target)
    far = ((phase != IMPACT) & (target != side)) | ((phase != OUTGOING) & (source != side))
    target = np.where((phase != IMPACT) & ~within, side, target)
    source = np.where((phase != OUTGOING) & ~within, side, source)
    fits = allowed & (~(far & within)[:, None] | (np.abs(offset)[:, None] <= WELL_WITHIN * REACH_M))
    weapon = np.argmax(np.where(fits, rng.random(fits.shape), -1.0), axis=1)
    way = _draw_ways(ground.line, happened, phase, source, target, REACH_M[weapon], rng)
    return Shots(firer=firer, phase=phase, weapon=weapon, way_rad=way)


def _draw_firers(
    fire: Fire, kinds: tuple[str, ...], happened: Events, side: I64, within: NDArray[np.bool_], rng: Generator
) -> tuple[I64, I64]:
    """(phase, firer) of each event, in order of time: by itself, or going on with or answering what excited it.

    Both ways leave the phase and the firer on given ground as likely as they are for an event by itself.
    """
    own = np.array([[1.0 - fire.p_infiltrated, 0.5, p] for p in fire.p_self])[side]  # P(its holder fired | phase)
    by_kind = np.array([fire.phase_of(kind) for kind in kinds])[happened.kind]
    shares = np.cumsum(np.stack([by_kind * own, by_kind * (1.0 - own)], axis=1), axis=2)  # (n, holder or not, phases)
    u = rng.random((len(side), 3))
    holds = u[:, 0] < shares[:, 0, -1]
    firer = np.where(holds, side, 1 - side)
    linked = (happened.parent != NOBODY) & (u[:, 1] < fire.p_linked)
    linked[linked] = happened.kind[linked] == happened.kind[happened.parent[linked]]
    for n in np.flatnonzero(linked).tolist():  # parents come before their children
        before = firer[happened.parent[n]]
        firer[n] = 1 - before if happened.is_answer[n] else before
    of = shares[np.arange(len(side)), np.where(firer == side, 0, 1)]
    phase = np.minimum((u[:, 2, None] * of[:, -1:] >= of).sum(axis=1), IMPACT)
    stranded = (phase != OUTGOING) & (firer != side) & ~within  # whom no weapon carries so far did not fire
    return phase, np.where(stranded, side, firer)


def _draw_ways(
    line: LineAxis, happened: Events, phase: I64, source: I64, target: I64, reach_m: F64, rng: Generator
) -> F64:
    """(n,) directions of travel, all alike likely of those in which the other end lies on the ground it has to."""
    here = np.column_stack([happened.x_m, happened.y_m])
    way = np.zeros(len(here))
    open_ = np.arange(len(here))
    for _ in range(TRIES):
        if len(open_) == 0:
            break
        way[open_] = 2.0 * np.pi * rng.random(len(open_))
        r = (NEAREST_SHARE + (1.0 - NEAREST_SHARE) * rng.random(len(open_))) * reach_m[open_]
        share = np.choose(phase[open_], [np.zeros(len(open_)), rng.random(len(open_)), np.ones(len(open_))])
        step = np.column_stack([np.sin(way[open_]), np.cos(way[open_])])
        fits = np.ones(len(open_), dtype=np.bool_)
        for wanted, along_m in ((source, -r * share), (target, r * (1.0 - share))):
            end = here[open_] + along_m[:, None] * step
            there = np.where(locate(line, *np.ascontiguousarray(end.T))[1] > 0.0, LEFT, RIGHT)
            fits &= (there == wanted[open_]) | (along_m == 0.0)
        open_ = open_[~fits]
    return way
