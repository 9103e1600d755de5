"""Whether `p_exists` means what it says: calibration on simulated worlds, on seeds that nothing was tuned on.

python bench/fusion/existence.py [observations] [world ...]

An incident is real if the event that most of its rows speak of happened, and not if most of them speak of nothing (of
as many either way it is real). Draws the diagram `existence.svg` beside this file.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ours import fused, line_along

from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.worlds import WORLDS

HERE = Path(__file__).resolve().parent
SEEDS = (9001, 9002, 9003)
WORLDS_ASKED = ("mix", "mixd", "pts", "arr", "coarse", "sparse", "fast", "bent", "exercise")
N_OBSERVATIONS = 50_000
BINS = 15
SIDE, MARGIN = 220, 34


def existence(simulated: Simulated) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(k,) each, of the incidents that `fuse` finds: `p_exists`, whether they are real, how many rows they have."""
    found = fused(simulated.observations, line_along(simulated.line_deg), 1)
    at = pc.index_in(found.membership["incident_id"], value_set=found.incidents["id"].combine_chunks())
    row = pc.index_in(simulated.truth["observation_id"], value_set=found.membership["observation_id"].combine_chunks())
    incident = np.asarray(at.take(pa.array(np.asarray(row))))
    p = np.asarray(found.incidents["p_exists"])
    return p, is_real(incident, simulated.seen.event, len(p)), np.asarray(found.incidents["n_observations"])


def is_real(incident: np.ndarray, event: np.ndarray, n: int) -> np.ndarray:
    """(n,) whether no fewer rows of an incident speak of one event than of nothing."""
    of_nothing = np.bincount(incident[event < 0], minlength=n)
    pair, count = np.unique(np.stack([incident, event])[:, event >= 0], axis=1, return_counts=True)
    most = np.zeros(n, dtype=np.int64)
    np.maximum.at(most, pair[0], count)
    return most >= np.maximum(of_nothing, 1)


def bins_of(p: np.ndarray, *, equal_mass: bool) -> list[np.ndarray]:
    """The places of `p` in bins of as many each, or of the same width."""
    if equal_mass:
        return np.array_split(np.argsort(p, kind="stable"), BINS)
    which = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    return [np.flatnonzero(which == b) for b in range(BINS)]


def calibration_error(p: np.ndarray, real: np.ndarray, *, equal_mass: bool) -> float:
    """The expected calibration error: how far said and true shares are apart, bin by bin."""
    bins = bins_of(p, equal_mass=equal_mass)
    return sum(len(b) * abs(p[b].mean() - real[b].mean()) for b in bins if len(b)) / len(p)


def scores(p: np.ndarray, real: np.ndarray) -> tuple[float, float]:
    """The Brier score and the log score (nats an incident), both the less the better."""
    q = np.clip(np.where(real, p, 1.0 - p), 1e-4, 1.0)
    return float(((p - real) ** 2).mean()), float(-np.log(q).mean())


def row_of(name: str, seed: int, p: np.ndarray, real: np.ndarray, size: np.ndarray) -> str:
    """One line of the table."""
    brier, log = scores(p, real)
    base = scores(np.full(len(p), real.mean()), real)[0]
    mass, width = (calibration_error(p, real, equal_mass=m) for m in (True, False))
    lone = size == 1
    return (
        f"| {name} | {seed} | {len(p):,} | **{mass:.3f}** | **{width:.3f}** | {brier:.3f} | {base:.3f} | {log:.3f} | "
        f"{p[lone].mean():.3f} | {real[lone].mean():.3f} | {p[~lone].mean():.3f} | {real[~lone].mean():.3f} |"
    )


def diagram(told: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> str:
    """One reliability diagram a world: said against true share, the size of a dot by how many incidents."""
    parts = []
    for n, (name, p, real) in enumerate(told):
        x0, y0 = MARGIN + (n % 3) * (SIDE + MARGIN), MARGIN + (n // 3) * (SIDE + MARGIN)
        parts.append(f'<text x="{x0}" y="{y0 - 8}" font-size="14">{name}</text>')
        parts.append(f'<rect x="{x0}" y="{y0}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>')
        parts.append(f'<line x1="{x0}" y1="{y0 + SIDE}" x2="{x0 + SIDE}" y2="{y0}" stroke="#bbb"/>')
        for b in bins_of(p, equal_mass=False):
            if len(b):
                x, y = x0 + SIDE * p[b].mean(), y0 + SIDE * (1.0 - real[b].mean())
                radius = 2.0 + 10.0 * np.sqrt(len(b) / len(p))
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1f5fa8" fill-opacity="0.7"/>')
    wide, high = MARGIN + 3 * (SIDE + MARGIN), MARGIN + -(-len(told) // 3) * (SIDE + MARGIN)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" font-family="sans-serif">'
    title = "<title>Share of incidents that are real (up) against p_exists (right), 0 to 1</title>"
    return "\n".join([head, title, f'<rect width="{wide}" height="{high}" fill="white"/>', *parts, "</svg>", ""])


def main() -> None:
    """Print the table, draw the diagram."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    names = [word for word in sys.argv[1:] if not word.isdigit()] or list(WORLDS_ASKED)
    n = numbers[0] if numbers else N_OBSERVATIONS
    seeds = numbers[1:] or SEEDS
    print("| world | seed | incidents | ECE, equal mass | ECE, equal width | Brier | of the mean alone | log score |"
          " said of lone rows | true | said of several | true |")  # fmt: skip
    print("|" + "---|" * 12)
    told = []
    for name in names:
        parts = [existence(simulate(WORLDS[name], n_observations=n, seed=seed)) for seed in seeds]
        for seed, part in zip(seeds, parts, strict=True):
            print(row_of(name, seed, *part), flush=True)
        told.append((name, *(np.concatenate([part[c] for part in parts]) for c in (0, 1))))
    (HERE / "existence.svg").write_text(diagram(told))


if __name__ == "__main__":
    main()
