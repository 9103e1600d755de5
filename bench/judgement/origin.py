"""Calibration of origin on simulated truth: simulate, fuse, attribute, and hold the probabilities against who fired.

python bench/judgement/origin.py [observations a seed] [variant ...]
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from truceline.app import sensor_models
from truceline.domain.arrangement import (
    STANDARDS,
    Arrangement,
    Line,
    LineVersion,
    OriginPrior,
    Party,
    Prior,
    Regions,
    Standards,
)
from truceline.domain.dated import Dated, Since
from truceline.domain.ids import LineId, PartyId
from truceline.domain.origin import UNDETERMINED, Origin
from truceline.fusion.fuse import fuse
from truceline.judgement.attribution import attribute
from truceline.judgement.evidence import Evidence, evidence
from truceline.judgement.terrain import make_terrain
from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.fire import Fire
from truceline.simulation.models import models_of
from truceline.simulation.worlds import WORLDS, World
from truceline.views.derived import incidents

F64 = NDArray[np.float64]

SEEDS = (7101, 7102, 7103)
N_OBSERVATIONS = 40_000
BINS = 12
STANDARD = Standards(suspicion=0.25, reasonable_grounds=0.40, balance=0.51, clear_and_convincing=0.75)
FALSE_FLAGS = 0.3
DAY = date(2025, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A world to be calibrated on, and what attribution assumes of it."""

    world: World
    prior: OriginPrior


@dataclass(frozen=True, kw_only=True)
class Judged:
    """(n,) each: P(left fired), masses of both and of undetermined, whether the left did, and what was stated."""

    p_left: F64
    mass_left: F64
    mass_right: F64
    undetermined: F64
    left_fired: NDArray[np.bool_]
    decidable: NDArray[np.bool_]

    def __add__(self, other: "Judged") -> "Judged":
        return Judged(**{k: np.concatenate([getattr(self, k), getattr(other, k)]) for k in self.__dataclass_fields__})


def variants() -> dict[str, Variant]:
    """The worlds: as assumed, without any fire on one's own ground, with three times as much, with access to one side
    only, and with more of it than is assumed, by both or by one, which no calibration can survive unharmed."""
    base = WORLDS["origin"]
    one = (FALSE_FLAGS, OriginPrior().p_self_inflicted)
    fire = base.fire or Fire()
    plain = OriginPrior()
    across = {"p_self_inflicted": 0.0, "p_infiltrated": 0.0}
    return {
        "as assumed": Variant(world=base, prior=plain),
        "cross-line only": Variant(world=replace(base, fire=replace(fire, **across)), prior=replace(plain, **across)),
        "false flags 30 %": Variant(
            world=replace(base, fire=replace(fire, p_self_inflicted=FALSE_FLAGS)),
            prior=replace(plain, p_self_inflicted=FALSE_FLAGS),
        ),
        "access left only": Variant(world=replace(base, fire=replace(fire, access="left")), prior=plain),
        "access right only": Variant(world=replace(base, fire=replace(fire, access="right")), prior=plain),
        "false flags 30 %, 10 % assumed": Variant(
            world=replace(base, fire=replace(fire, p_self_inflicted=FALSE_FLAGS)), prior=plain
        ),
        "false flags 30 % by the left only, 10 % assumed": Variant(
            world=replace(base, fire=replace(fire, p_self_by_side=one)), prior=plain
        ),
    }


def arrangement_along(line_deg: tuple[tuple[float, float], ...], prior: OriginPrior) -> Arrangement:
    """An arrangement of two parties, left and right of a line, and nothing else agreed."""
    day = {"day": DAY, "reference": "simulated", "grade": "assumed"}
    always = lambda value: Dated(history=(Since(value=value, **day),))  # noqa: E731
    left, right = PartyId("left"), PartyId("right")
    version = LineVersion(vertices_deg=line_deg, accuracy_m=0.0)
    return Arrangement(
        id="simulated", version=1, title="simulated", reference="simulated",
        in_force_from=datetime(2025, 1, 1, tzinfo=UTC), timezone="UTC", languages=("en",),
        day_ends=always(datetime.min.time()),
        parties=tuple(Party(id=id, name=id, side=id, reference="simulated") for id in (left, right)),
        lines=(Line(id=LineId("line"), name="line", left=left, right=right, versions=always(version)),),
        sectors=(), landmarks=(), zones=(), clauses=(), standards=always(STANDARD), day_parts=always({}),
        prior=always(Prior()), release=always({}), origin=always(prior),
    )  # fmt: skip


def judged(made: Simulated, prior: OriginPrior) -> tuple[Judged, float]:
    """The incidents most of whose members speak of one event, with its firer; and incidents per second of processor."""
    arrangement = arrangement_along(made.line_deg, prior)
    fused = fuse(
        made.observations, None, models=models_of(made.world, sensor_models()), line=arrangement.lines[0],
        regions=Regions(), prior=Prior(),
    )  # fmt: skip
    found, stated = incidents(fused), evidence(made.observations)
    start = time.process_time()
    origins = attribute(arrangement, found, stated, lambda day: make_terrain(arrangement, day))
    seconds = time.process_time() - start
    of_event = dict(zip(*(made.truth[name].to_pylist() for name in ("observation_id", "event_id")), strict=True))
    firer = dict(zip(*(made.events[name].to_pylist() for name in ("event_id", "firer")), strict=True))
    rows = []
    for incident in found:
        event = main_event([of_event[s.observation] for s in incident.support])
        if event is not None:
            row = _row(origins[incident.id])
            said = [stated[s.observation] for s in incident.support]
            plain = incident.phenomenon == "explosion" and not any(states(one) for one in said)
            rows.append((*row, firer[event] == "left", not plain))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Judged(**dict(zip(Judged.__dataclass_fields__, columns, strict=True))), len(found) / seconds


def main_event(events: Sequence[str | None]) -> str | None:
    """The event that more than half of the members speak of; None where that is clutter, or there is none."""
    best = max(set(events), key=lambda event: (events.count(event), event or ""))
    return best if 2 * events.count(best) > len(events) else None


def states(one: Evidence) -> bool:
    """Whether a row states a phase, a direction or a weapon."""
    return bool(one.phase or one.weapon or one.flight_bearing_deg is not None)


def _row(origin: Origin) -> tuple[float, float, float, float]:
    mass = dict(origin.p_party)
    return dict(origin.p_fired)[PartyId("left")], mass["left"], mass["right"], mass[UNDETERMINED]


def calibration_error(p: F64, hit: F64, edges: F64) -> float:
    """Mean over bins, weighed by what is in them, of |mean probability - share that came true|."""
    at = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, len(edges) - 2)
    n, sp, sh = (np.bincount(at, weights=w, minlength=len(edges) - 1) for w in (np.ones(len(p)), p, hit))
    return float(np.abs(sp - sh).sum() / n.sum())


def figures(found: Judged) -> dict[str, float]:
    """What the table shows."""
    p, hit = found.p_left, found.left_fired.astype(np.float64)
    by_rank = np.array_split(np.argsort(p, kind="stable"), BINS)
    safe = np.clip(p, 1e-6, 1.0 - 1e-6)
    return {
        "n": len(p),
        "ece_mass": sum(abs(p[b].sum() - hit[b].sum()) for b in by_rank) / len(p),
        "ece_width": calibration_error(p, hit, np.linspace(0.0, 1.0, BINS + 1)),
        "brier": float(np.mean((p - hit) ** 2)),
        "log_score": float(-np.mean(np.log(np.where(found.left_fired, safe, 1.0 - safe)))),
        "undetermined": float(found.undetermined.mean()),
        "undecidable": float(found.undetermined[~found.decidable].mean()),
        "n_undecidable": int(np.count_nonzero(~found.decidable)),
    }


def wrong_rates(found: Judged) -> Mapping[str, tuple[tuple[int, float], tuple[int, float]]]:
    """By standard, for the left and the right: how many were indicated, and the share of them that did not fire."""
    out = {}
    for name in STANDARDS:
        bar = getattr(STANDARD, name)
        pair = []
        for mass, fired in ((found.mass_left, found.left_fired), (found.mass_right, ~found.left_fired)):
            indicated = mass >= bar
            pair.append((int(indicated.sum()), float(np.mean(~fired[indicated])) if indicated.any() else 0.0))
        out[name] = (pair[0], pair[1])
    return out


def reliability(found: Judged) -> list[tuple[int, float, float]]:
    """(n, mean p, share) of each equal-mass bin."""
    by_rank = np.array_split(np.argsort(found.p_left, kind="stable"), BINS)
    return [(len(b), float(found.p_left[b].mean()), float(found.left_fired[b].mean())) for b in by_rank]


def main() -> None:
    """Print a table for each variant."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_OBSERVATIONS
    asked = sys.argv[2:] or list(variants())
    for name in asked:
        variant = variants()[name]
        parts = [judged(simulate(variant.world, n_observations=n, seed=seed), variant.prior) for seed in SEEDS]
        found = sum((part for part, _ in parts[1:]), parts[0][0])
        told = figures(found)
        print(f"\n## {name}: {told['n']} incidents, {min(rate for _, rate in parts):.0f} a second of processor")
        print("  ".join(f"{key} {value:.4f}" for key, value in told.items() if key != "n"))
        for standard, (left, right) in wrong_rates(found).items():
            print(f"{standard:22} left {left[0]:6} wrong {left[1]:.3f}   right {right[0]:6} wrong {right[1]:.3f}")
        print("bins  " + "  ".join(f"{p:.3f}/{share:.3f}" for _, p, share in reliability(found)))


if __name__ == "__main__":
    main()
