"""One simulated world, fused, with the truth beside each membership and each incident: what calibration is asked of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from ours import line_along

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.fused import Fused
from truceline.fusion.fuse import fuse
from truceline.geo.line import locate
from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.models import models_of
from truceline.simulation.score import labels
from truceline.simulation.worlds import WORLDS

SEEDS = (9001, 9002, 9003)
PRESETS = ("mix", "mixd", "pts", "arr")
VARIANTS = ("coarse", "sparse", "fast", "bent")
N_OBSERVATIONS = 30_000
LEAST = 2  # rows of one event that make an incident one of it
NONE = -1


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Rows (n,) and incidents (k,) of a world, each with what is true of it.

    `event` (n,) of each row, NONE for clutter; `incident` (n,) its place in `fused.incidents`; `size` (k,) rows;
    `of` (k,) the event that most rows of an incident are of, the lowest of several, and `votes` (k,) how many they are.
    """

    simulated: Simulated
    fused: Fused
    event: np.ndarray
    incident: np.ndarray
    size: np.ndarray
    of: np.ndarray
    votes: np.ndarray

    def p_member(self) -> np.ndarray:
        """(n,) as published."""
        told = self.fused.membership
        at = pc.index_in(self.simulated.truth["observation_id"], value_set=_flat(told["observation_id"]))
        return np.asarray(told["probability"].take(at), dtype=float)

    def right(self) -> np.ndarray:
        """(n,) whether each row belongs where it was put."""
        return right(self.event, self.incident, self.of, self.votes)

    def side(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of incidents that are of an event: `p_side_left`, whether it truly is left, and the published offset (m)."""
        happened, rows = self.simulated.happened, np.flatnonzero(self.of != NONE)
        at = self.of[rows]
        _, offset = locate(self.simulated.ground.line, happened.x_m[at].copy(), happened.y_m[at].copy())
        p = self.fused.incidents["p_side_left"].to_numpy()[rows]
        return p, offset > 0, 1e3 * self.fused.incidents["offset_km"].to_numpy()[rows]


def judged(name: str, seed: int, n: int = N_OBSERVATIONS, effort: str = "thorough") -> Judged:
    """Simulate and fuse a world with the sensor models that it was drawn by, and a line drawn without error."""
    simulated = simulate(WORLDS[name], n_observations=n, seed=seed)
    models = models_of(WORLDS[name], sensor_models())
    line = line_along(simulated.line_deg)
    fused = fuse(
        simulated.observations, None, models=models, line=line, regions=Regions(), prior=Prior(), effort=effort
    )
    ids = simulated.truth["observation_id"]
    label = labels(ids, fused.membership["observation_id"], fused.membership["incident_id"])
    names = _flat(fused.membership["incident_id"]).dictionary_encode().dictionary
    incident = np.asarray(pc.index_in(names, value_set=_flat(fused.incidents["id"])))[label]
    event = simulated.seen.event
    of, votes = most(event, incident, fused.incidents.num_rows)
    size = np.bincount(incident, minlength=len(of))
    return Judged(simulated=simulated, fused=fused, event=event, incident=incident, size=size, of=of, votes=votes)


def right(event: np.ndarray, incident: np.ndarray, of: np.ndarray, votes: np.ndarray) -> np.ndarray:
    """(n,) whether each row belongs where it was put.

    Beside others: it is of the incident's event, which is that of most of its rows, at least two. Alone: no other row
    is of its event.
    """
    alone = np.bincount(incident, minlength=len(of))[incident] == 1
    others = np.bincount(event[event != NONE], minlength=event.max() + 1)[event] > 1
    told = (event == of[incident]) & (votes[incident] >= LEAST)
    return np.where(alone, (event == NONE) | ~others, (event != NONE) & told)


def most(event: np.ndarray, incident: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(k,) the event that most rows of each incident are of, NONE without any; and how many."""
    real = event != NONE
    width = event.max() + 1
    cell, count = np.unique(incident[real] * width + event[real], return_counts=True)
    order = np.lexsort((-(cell % width), count, cell // width))  # the best of an incident comes last
    of, votes = np.full(k, NONE), np.zeros(k, dtype=np.int64)
    of[cell[order] // width], votes[cell[order] // width] = cell[order] % width, count[order]
    return of, votes


def chosen(words: Sequence[str]) -> list[tuple[str, int]]:
    """Worlds and seeds: those named, or all; the variants only on the first seed."""
    names = [word for word in words if word in WORLDS]
    pairs = [(name, seed) for name in names or PRESETS for seed in SEEDS]
    return pairs if names else pairs + [(name, SEEDS[0]) for name in VARIANTS]


def _flat(column):
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column
