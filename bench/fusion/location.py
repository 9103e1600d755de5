"""Where events are said to be: errors against the floor and the Cramér-Rao bound, and what ellipses and times hold.

python bench/fusion/location.py [world ...]     the figures of location.md
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from judged import LEAST, NONE, chosen, most
from worlds import table

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.fusion.associate import associate
from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.fusion.places.bent import is_bent
from truceline.physics.columns import ARRIVAL, BEARING, FIX, SECTOR
from truceline.physics.lattice import normal_points
from truceline.simulation.bound import bound_covariances
from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.floor import locate_groups
from truceline.simulation.models import models_of
from truceline.simulation.worlds import WORLDS

N_OBSERVATIONS = 20_000
MANY = 3  # sensors of an event whose error is set beside the bound
ELLIPSE, INTERVAL = 4.605170, 1.644854  # squared deviations, deviations: what holds 90 % of a normal
UNIT = normal_points(64)
CLASSES = (
    "near normal",
    "one bearing",
    "bearings side by side",
    "arrivals only",
    "others bent",
    "fix alone",
    "others alone",
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Events as located: of which true event (NONE: of none), of what class, and errors in units that were told.

    `error_m` (k,); `square` (k,) squared deviations of the place; `late` (k,) deviations of the time.
    """

    of: np.ndarray
    size: np.ndarray
    kind: np.ndarray
    error_m: np.ndarray
    square: np.ndarray
    late: np.ndarray


def told(simulated: Simulated, batch: Batch, found: Found) -> Told:
    """Set what was found beside the truth; an incident of several rows is of an event that two of them are of."""
    event = simulated.seen.event[batch.table_row]
    incident = np.repeat(np.arange(found.n_events), np.diff(found.first))
    of, votes = most(event[found.member], incident, found.n_events)
    size = np.diff(found.first)
    of = np.where((size > 1) & (votes < LEAST), NONE, of)
    happened = simulated.happened
    dx, dy = happened.x_m[of] - found.x_m, happened.y_m[of] - found.y_m
    late = happened.time_s[of] + simulated.start.timestamp() - batch.epoch_s - found.time_s
    xx, xy, yy = found.cov[:, 0, 0], found.cov[:, 0, 1], found.cov[:, 1, 1]
    return Told(
        of=of,
        size=size,
        kind=_classes(batch, found),
        error_m=np.hypot(dx, dy),
        square=(yy * dx * dx - 2.0 * xy * dx * dy + xx * dy * dy) / (xx * yy - xy * xy),
        late=np.abs(late) / np.sqrt(found.cov[:, 2, 2]),
    )


def _classes(batch: Batch, found: Found) -> np.ndarray:
    """(k,) which of CLASSES each is."""
    six = found.cov.reshape(-1, 9)[:, [0, 1, 2, 4, 5, 8]]
    states = np.column_stack([found.x_m, found.y_m, found.time_s])
    out = np.empty(found.n_events, dtype=np.int64)
    for k in range(found.n_events):
        members = found.member[found.first[k] : found.first[k + 1]]
        families = batch.rows["family"][members]
        bearings = np.count_nonzero(families == BEARING)
        if len(members) == 1:
            out[k] = 5 if families[0] == FIX else 6
        elif not is_bent(batch.rows, members, states[k], six[k]):
            out[k] = 0
        elif bearings:
            out[k] = 1 if bearings == 1 else 2
        else:
            out[k] = 3 if np.all((families == ARRIVAL) | (families == SECTOR)) and np.any(families == ARRIVAL) else 4
    return out


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A world: events located from their true members and as found, and what the bound makes of them."""

    name: str
    floor: Told
    found: Told
    n_sensors: np.ndarray
    bound_m2: np.ndarray


def measure(name: str, seed: int, effort: str = "thorough") -> Measured:
    """Simulate, associate, locate, with the sensor models that the world was drawn by."""
    simulated = simulate(WORLDS[name], n_observations=N_OBSERVATIONS, seed=seed)
    models, frame = models_of(WORLDS[name], sensor_models()), simulated.ground.frame
    batch, _, _ = make_batch(
        simulated.observations, frame=frame, models=models, regions=Regions(), prior=Prior()
    )  # fmt: skip
    event = simulated.seen.event[batch.table_row]
    order = np.argsort(event, kind="stable")
    order = order[event[order] != NONE]
    first = np.append(np.unique(event[order], return_index=True)[1], len(order))
    found = associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior(), effort=effort)
    key = np.unique(np.column_stack([event, batch.rows["sensor"]])[event != NONE], axis=0)[:, 0]
    return Measured(
        name=f"{name} {seed}",
        floor=told(simulated, batch, locate_groups(batch.reports, first, order)),
        found=told(simulated, batch, found),
        n_sensors=np.bincount(key, minlength=len(simulated.happened.x_m)),
        bound_m2=bound_covariances(simulated)[:, :2, :2],
    )


def errors_of(one: Told, events: np.ndarray) -> np.ndarray:
    """(k,) error (m) of the largest group of each of `events`, of what nobody found as large as any."""
    order = np.argsort(one.size, kind="stable")
    best = np.full(max(one.of.max(), events.max(initial=0)) + 1, np.inf)
    kept = order[one.of[order] != NONE]
    best[one.of[kept]] = one.error_m[kept]
    return best[events]


def bound_median(covariances: np.ndarray) -> float:
    """Median of the error (m) of estimates that are normal around the truth with these covariances, all together."""
    return float(np.median(np.linalg.norm(UNIT @ np.linalg.cholesky(covariances).transpose(0, 2, 1), axis=2)))


def accuracy(m: Measured) -> tuple[str, ...]:
    """The row of a world: medians over events of two rows and more, and of MANY sensors and more."""
    rows = np.bincount(m.floor.of[m.floor.of != NONE], weights=m.floor.size[m.floor.of != NONE])
    several = np.flatnonzero(rows >= LEAST)
    many = np.flatnonzero((m.n_sensors >= MANY) & np.isfinite(m.bound_m2).all(axis=(1, 2)))
    floor, found = (float(np.median(errors_of(one, several))) for one in (m.floor, m.found))
    best, ours, bound = (
        float(np.median(errors_of(m.floor, many))),
        float(np.median(errors_of(m.found, many))),
        bound_median(m.bound_m2[many]),
    )
    return (
        m.name,
        f"{found:.1f}",
        f"{floor:.1f}",
        f"**{found / floor:.3f}**",
        f"{len(many):,}",
        f"{ours:.1f}",
        f"{best:.1f}",
        f"{bound:.1f}",
        f"**{ours / bound:.3f}**",
        f"{best / bound:.3f}",
    )


ACCURACY = ("world, seed", "median m", "floor m", "ratio", "events of 3 sensors", "median m", "floor m", "bound m",
            "ours / bound", "floor / bound")  # fmt: skip


def held(name: str, parts: Sequence[Told]) -> list[tuple[str, ...]]:
    """Rows of what 90 % ellipses and intervals hold: all, and each class with fifty events and more."""
    of, kind, square, late = (
        np.concatenate([getattr(part, field) for part in parts]) for field in ("of", "kind", "square", "late")
    )
    lines = []
    masks = {"all": of != NONE, "several rows": (of != NONE) & (kind < 5)}
    masks |= {what: (of != NONE) & (kind == k) for k, what in enumerate(CLASSES)}
    for what, mask in masks.items():
        if np.count_nonzero(mask) >= 50:
            inside, timely = np.mean(square[mask] < ELLIPSE), np.mean(late[mask] < INTERVAL)
            lines.append((name, what, f"{np.count_nonzero(mask):,}", f"**{inside:.3f}**", f"**{timely:.3f}**"))
    return lines


HELD = ("world", "events", "n", "ellipse holds", "interval holds")


def main() -> None:
    """Print every figure."""
    measured: dict[str, list[Measured]] = {}
    lines = []
    for name, seed in chosen(sys.argv[1:]):
        one = measure(name, seed)
        measured.setdefault(name, []).append(one)
        lines.append(accuracy(one))
        print(*lines[-1], file=sys.stderr, flush=True)
    print(f"### Errors\n\n{table(ACCURACY, lines)}\n")
    for what in ("floor", "found"):
        rows = [row for name, ones in measured.items() for row in held(name, [getattr(one, what) for one in ones])]
        rows += held("all worlds", [getattr(one, what) for ones in measured.values() for one in ones])
        print(f"### What 90 % hold, {'true members' if what == 'floor' else 'members found'}\n\n{table(HELD, rows)}\n")


if __name__ == "__main__":
    main()
