"""What rows state of a shot besides place and time: phase, direction of flight, weapon; with each means' errors."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.domain.weapons import WEAPONS
from truceline.geo.line import locate
from truceline.simulation.fire import Fire
from truceline.simulation.rows import CLUTTER, Sightings
from truceline.simulation.shots import LEFT, PHASES, SIDES, Shots
from truceline.simulation.violence import F64, I64, Ground
from truceline.simulation.worlds import World


def with_statements(
    observations: pa.Table, world: World, fire: Fire, ground: Ground, seen: Sightings, shots: Shots, rng: Generator
) -> pa.Table:
    """The observation table with what its rows state of the shots; false reports state something or other."""
    n = len(seen.event)
    real = seen.event != CLUTTER
    event = np.where(real, seen.event, 0)
    by_chance = rng.integers(0, len(WEAPONS), n)
    right = real & (rng.random(n) >= fire.p_weapon_wrong)
    weapon = np.where(right, shots.weapon[event], by_chance)
    turn_deg = ground.frame.convergence_deg(*ground.frame.to_degrees(seen.x_m, seen.y_m))
    way = np.degrees(shots.way_rad[event]) - turn_deg + fire.flight_sigma_deg * rng.standard_normal(n)
    way = np.where(real, way, 360.0 * rng.random(n))
    phase = _phases(world, fire, seen, shots.phase[event], rng)
    may = _may_state(world, fire, ground, seen)
    for name, values, share in (
        ("phase", pa.array(PHASES).take(pa.array(phase)), _shares(world, fire.states_phase, seen)),
        ("flight_bearing_deg", pa.array(np.mod(np.round(way, 1), 360.0)), _shares(world, fire.states_flight, seen)),
        ("weapon", pa.array(WEAPONS).take(pa.array(weapon)), np.full(n, fire.states_weapon)),
    ):
        states = pa.array(may & (rng.random(n) < share))
        observations = observations.append_column(name, pc.if_else(states, values, pa.scalar(None, values.type)))
    return observations


def truth_columns(events: pa.Table, shots: Shots) -> pa.Table:
    """The table of what happened with whose fire it was: side of the line, phase perceived, class of weapon."""
    n = events.num_rows
    for name, words, which in (
        ("firer", SIDES, shots.firer),
        ("phase", PHASES, shots.phase),
        ("weapon", WEAPONS, shots.weapon),
    ):
        events = events.append_column(name, pa.array(words).take(pa.array(which[:n])))
    return events


def _phases(world: World, fire: Fire, seen: Sightings, true: I64, rng: Generator) -> I64:
    """The phase that each row would state: wrong as often as its means is; of false reports any that its kind has."""
    n = len(true)
    chance, other = rng.random(n), rng.integers(1, len(PHASES), n)
    leader = _leaders(world, seen)
    follows = (rng.random(n) < fire.p_together)[leader]
    chance, other = np.where(follows, chance[leader], chance), np.where(follows, other[leader], other)
    told = np.where(chance < _shares(world, fire.wrong_phase, seen), (true + other) % len(PHASES), true)
    by_kind = np.cumsum([fire.phase_of(kind) for kind, _ in world.violence.kinds], axis=1)[seen.kind]
    by_chance = np.minimum((rng.random(n)[:, None] >= by_kind).sum(axis=1), len(PHASES) - 1)
    return np.where(seen.event == CLUTTER, by_chance, told)


def _leaders(world: World, seen: Sightings) -> I64:
    """(n,) the first row of the same event by the same means; of a false report itself."""
    means = np.unique([watch.means for watch in world.watches], return_inverse=True)[1][seen.watch]
    _, first, group = np.unique(seen.event * len(world.watches) + means, return_index=True, return_inverse=True)
    return np.where(seen.event == CLUTTER, np.arange(len(means)), first[group])


def _shares(world: World, by_means: Sequence[tuple[str, float]], seen: Sightings) -> F64:
    """(n,) the share for the means of each row; 0 for means that are not named."""
    shares = dict(by_means)
    return np.array([shares.get(watch.means, 0.0) for watch in world.watches])[seen.watch]


def _may_state(world: World, fire: Fire, ground: Ground, seen: Sightings) -> NDArray[np.bool_]:
    """Whether there is access enough to state anything: posts of one side only, where the world says so."""
    if not fire.access:
        return np.ones(len(seen.watch), dtype=np.bool_)
    offset = locate(ground.line, *np.ascontiguousarray(seen.from_xy.T))[1]
    side = np.where(offset > 0.0, LEFT, 1 - LEFT)
    feed = np.array([watch.is_feed for watch in world.watches])[seen.watch]
    return np.asarray(~feed & (side == SIDES.index(fire.access)))
