"""Whether probabilities are true: of memberships and of the side of the line, on seeds that nothing was fitted on.

python bench/fusion/calibration.py [world ...]     the figures of calibration.md, and its pictures
python bench/fusion/calibration.py fit             the constants of fusion/places/belonging.py, from tuning seeds
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from diagrams import diagram
from judged import N_OBSERVATIONS, PRESETS, chosen, judged, most, right
from worlds import table

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.associate import associate
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.places import belonging, clouds
from truceline.simulation.campaign import simulate
from truceline.simulation.models import models_of
from truceline.simulation.worlds import WORLDS

HERE = Path(__file__).resolve().parent
BINS = 15
NEAR_M = 2_000.0
TUNING_SEEDS = (8001, 8002)
LEAST_P = 1e-4  # the finest that is published


def ece(p: np.ndarray, true: np.ndarray, *, equal_mass: bool) -> float:
    """Expected calibration error over BINS bins: mean distance of what was said from how often it was so."""
    return float(sum(len(part) * abs(p[part].mean() - true[part].mean()) for part in bins(p, equal_mass)) / len(p))


def bins(p: np.ndarray, equal_mass: bool) -> list[np.ndarray]:
    """Places of `p` (n,) in bins of as many each, or of the same width; empty ones left out."""
    if equal_mass:
        parts = np.array_split(np.argsort(p, kind="stable"), BINS)
    else:
        which = np.minimum((p * BINS).astype(int), BINS - 1)
        parts = [np.flatnonzero(which == k) for k in range(BINS)]
    return [part for part in parts if len(part)]


def brier(p: np.ndarray, true: np.ndarray) -> float:
    """Mean squared distance of what was said from what was so."""
    return float(np.mean((p - true) ** 2))


def log_score(p: np.ndarray, true: np.ndarray) -> float:
    """Mean nats of surprise; 0 and 1 count as the finest that is published."""
    p = np.clip(p, LEAST_P, 1.0 - LEAST_P)
    return float(-np.mean(np.where(true, np.log(p), np.log1p(-p))))


def row(what: str, p: np.ndarray, true: np.ndarray) -> tuple[str, ...]:
    """A line of the table."""
    return (
        what,
        f"{len(p):,}",
        f"{p.mean():.4f}",
        f"{true.mean():.4f}",
        f"**{ece(p, true, equal_mass=True):.4f}**",
        f"**{ece(p, true, equal_mass=False):.4f}**",
        f"{brier(p, true):.4f}",
        f"{log_score(p, true):.4f}",
    )


HEADER = ("world, seed", "n", "mean p", "true", "ECE, equal mass", "ECE, equal width", "Brier", "log score")


def report(words: Sequence[str]) -> None:
    """Print every figure and draw the diagrams."""
    tables: dict[str, list[tuple[str, ...]]] = {"membership": [], "side": [], "side within 2 km": []}
    pooled: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for name, seed in chosen(words):
        one = judged(name, seed)
        p, left, offset = one.side()
        near = np.abs(offset) < NEAR_M
        said = {
            "membership": (one.p_member(), one.right()),
            "side": (p, left),
            "side within 2 km": (p[near], left[near]),
        }
        for what, (q, true) in said.items():
            tables[what].append(row(f"{name} {seed}", q, true))
            pooled.setdefault(f"{what}, {_kind(name)}", []).append((q, true))
        print(name, seed, tables["membership"][-1], tables["side within 2 km"][-1], file=sys.stderr, flush=True)
    for what, lines in tables.items():
        alike = [(k, v) for k, v in pooled.items() if k.startswith(f"{what}, ")]
        lines += [row(k.removeprefix(f"{what}, "), *map(np.concatenate, zip(*v, strict=True))) for k, v in alike]
        print(f"### {what}\n\n{table(HEADER, lines)}\n")
    if not words:
        for what in tables:
            parts = [part for k, v in pooled.items() if k.startswith(f"{what}, ") for part in v]
            p, true = map(np.concatenate, zip(*parts, strict=True))
            drawn = [(float(p[b].mean()), float(true[b].mean()), len(b)) for b in bins(p, equal_mass=False)]
            (HERE / f"reliability-{what.replace(' ', '-')}.svg").write_text(diagram(what, drawn), encoding="utf-8")


def _kind(name: str) -> str:
    return "presets together" if name in PRESETS else "variants together"


def fit() -> None:
    """Print the constants: logistic regression of "belongs" on what speaks for and against, every world alike."""
    for effort in ("fast", "thorough", ""):
        x, y = [], []
        for one, own, rivals, size in _seen(effort):
            x.append(_columns(own, rivals, size))
            y.append(one)
        b = logistic(np.vstack(x), np.concatenate(y).astype(float))
        print(effort or "both:")
        print(f"AT_ZERO = ({b[0]:.2f}, {b[2]:.2f}, {b[4]:.2f})\nPER_NAT = ({b[1]:.2f}, {b[3]:.2f}, {b[5]:.2f})")
        print(f"PER_RIVAL = {-b[6]:.2f}\nALONE_AT_ZERO = {b[7]:.2f}\nALONE_PER_RIVAL = {-b[8]:.2f}\n", flush=True)


def _seen(effort: str) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Of each tuning world: what belonged, what spoke for it, what against, and how many rows its event had."""
    out = []
    for one in ("fast", "thorough") if not effort else (effort,):
        if one not in _KEPT:
            _KEPT[one] = [_evidence(name, seed, one) for name in PRESETS for seed in TUNING_SEEDS]
        out += _KEPT[one]
    return out


_KEPT: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]] = {}


def _evidence(name: str, seed: int, effort: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What the kernel hands to `p_member` where it asks for probabilities, row by row of the events found."""
    simulated = simulate(WORLDS[name], n_observations=N_OBSERVATIONS, seed=seed)
    models = models_of(WORLDS[name], sensor_models())
    frame = simulated.ground.frame
    batch, _, _ = make_batch(
        simulated.observations, frame=frame, models=models, regions=Regions(), prior=Prior()
    )  # fmt: skip
    asked: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    told = clouds.p_member

    def listening(own: np.ndarray, rivals: np.ndarray, size: np.ndarray) -> np.ndarray:
        asked.append((own, rivals, size))
        return told(own, rivals, size)

    clouds.p_member = listening
    try:
        found = associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior(), effort=effort)
    finally:
        clouds.p_member = told
    event = simulated.seen.event[batch.table_row[found.member]]
    incident = np.repeat(np.arange(found.n_events), np.diff(found.first))
    return right(event, incident, *most(event, incident, found.n_events)), *asked[-1]


def _columns(own: np.ndarray, rivals: np.ndarray, size: np.ndarray) -> np.ndarray:
    """What the log odds are linear in."""
    which, capped = np.clip(size, 2, 4), np.minimum(own, belonging.MOST_NATS)
    several = [c for n in (2, 3, 4) for c in ((size > 1) & (which == n), ((size > 1) & (which == n)) * capped)]
    against = np.log1p(rivals)
    return np.column_stack([*several, (size > 1) * against, size == 1, (size == 1) * against]).astype(float)


def logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1e-3) -> np.ndarray:
    """Coefficients of a logistic regression, by Newton's method."""
    b = np.zeros(x.shape[1])
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ b, -30.0, 30.0)))
        curvature = (x * (p * (1.0 - p))[:, None]).T @ x + ridge * np.eye(len(b))
        step = np.linalg.solve(curvature, x.T @ (y - p) - ridge * b)
        b += step
        if np.abs(step).max() < 1e-9:
            break
    return b


if __name__ == "__main__":
    if sys.argv[1:2] == ["fit"]:
        fit()
    else:
        report(sys.argv[1:])
