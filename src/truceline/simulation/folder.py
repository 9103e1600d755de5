"""A simulated world written as a mission folder: its form is that of a real one, with the truth beside it."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from truceline.durable import write_durably
from truceline.simulation.agreed import agreed_files
from truceline.simulation.campaign import Simulated
from truceline.simulation.coverage import coverage_table
from truceline.simulation.incidental import SOURCE as SIGHTINGS

EXERCISE = "EXERCISE"

_MISSION = """\
# EXERCISE: everything in this folder is simulated. Nothing of it happened.
format: mission/1
name: {name}
arrangement: arrangement
audiences: [mission, public]
people:
  - {{name: Exercise officer, may: [find, confirm]}}
  - {{name: Exercise second officer, may: [find, confirm]}}
  - {{name: Exercise secretary, may: [rule, speak, confirm]}}
"""

_README = """\
# EXERCISE: nothing here happened

A simulated mission: world `{world}`, seed {seed}, {days:.3f} days from {start}, {n_observations} observations of
{n_events} events that a computer drew. It has the form of a real mission folder:

    truceline run --once .

What really happened in it is in `truth/`, which no verb reads: `events.parquet` (what, when, where, how many reported
it), `members.parquet` (which event each observation speaks of; null for false reports) and `world.json` (every number
that went into it). The same world, seed and version of Truceline give the same bytes.
"""


def write_mission(
    folder: Path,
    simulated: Simulated,
    arrangement: Mapping[str, str] | None = None,
    besides: pa.Table | None = None,
) -> None:
    """Write the mission into `folder`; `arrangement` (file name -> text) governs it, else one made for the world.

    `besides` are rows that no watch of the world reported (`simulation.incidental`).

    Raises UnreachableError where the file system refuses.
    """
    agreed = arrangement or agreed_files(simulated.world, simulated.line_deg, simulated.start.date())
    name = f"{EXERCISE}, simulated: {simulated.world.name}, seed {simulated.seed}"
    texts = {
        "mission.yaml": _MISSION.format(name=json.dumps(name)),
        "README.md": _readme(simulated),
        "truth/world.json": json.dumps(parameters(simulated), indent=2, sort_keys=True, allow_nan=False) + "\n",
        **{f"arrangement/{name}": text for name, text in agreed.items()},
    }
    tables = {
        "truth/events": simulated.events,
        "truth/members": simulated.truth,
        "inbox/coverage/watch": coverage_table(simulated),
    }
    for watch in simulated.world.watches:
        told = simulated.observations.filter(pc.equal(simulated.observations["source"], watch.source))
        if told.num_rows:
            tables[f"inbox/table/{watch.source}"] = told
    if besides is not None and besides.num_rows:
        tables[f"inbox/table/{SIGHTINGS}"] = besides
    for path, text in texts.items():
        write_durably(folder / path, text.encode())
    for path, table in tables.items():
        write_durably(folder / f"{path}.parquet", _parquet(table))


def parameters(simulated: Simulated) -> dict[str, Any]:
    """Everything that went into a simulation, as JSON has it: null for what is infinite."""
    world = asdict(simulated.world)
    if simulated.world.fire is None:
        del world["fire"]  # a world without it says what it said before there was any
    if simulated.world.telling is None:
        del world["telling"]
    return {
        "seed": simulated.seed,
        "start": simulated.start.isoformat(),
        "days": simulated.days,
        "n_observations": simulated.observations.num_rows,
        "n_events": simulated.events.num_rows,
        "world": _finite(world),
        "line_deg": simulated.line_deg,
    }


def _readme(simulated: Simulated) -> str:
    return _README.format(
        world=simulated.world.name,
        seed=simulated.seed,
        days=simulated.days,
        start=simulated.start.isoformat(),
        n_observations=simulated.observations.num_rows,
        n_events=simulated.events.num_rows,
    )


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())
