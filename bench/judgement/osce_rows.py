"""Origin of the explosion rows of the OSCE example: how much of their mass stays undetermined.

python bench/judgement/osce_rows.py
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.app import sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.ids import SourceId
from truceline.domain.incident import Subject
from truceline.domain.inputs import RawPayload, Setting
from truceline.domain.origin import UNDETERMINED, Origin
from truceline.fusion.fuse import fuse
from truceline.judgement.attribution import attribute
from truceline.judgement.evidence import evidence
from truceline.judgement.terrain import make_terrain
from truceline.mission_file import load_places, resolve
from truceline.sources.smm import SOURCE
from truceline.views.derived import engagements, incidents

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "minsk-2018"
ROWS = EXAMPLE / "inbox" / "smm" / "osce_observations.csv"


def observed(arrangement: Arrangement) -> pa.Table:
    """The rows as the mission takes them in."""
    setting = Setting(
        timezone=arrangement.timezone,
        places=load_places(EXAMPLE / "places.csv"),
        day_parts=arrangement.day_parts.history[-1].value,
    )
    payload = RawPayload(
        source=SourceId("smm"), name=ROWS.name, received_at=datetime(2021, 1, 1, tzinfo=UTC), body=ROWS.read_bytes()
    )
    table = SOURCE.parse(payload, setting).observations
    return table if "source" in table.column_names else table.append_column("source", pa.array(["smm"] * len(table)))


def alone(observations: pa.Table, arrangement: Arrangement) -> list[tuple[dict[str, object], Subject, Origin]]:
    """Each explosion row with the subject that it makes by itself, and that subject's origin."""
    found = []
    for n in np.flatnonzero(pc.equal(observations["phenomenon"], "explosion")).tolist():
        row = observations.slice(n, 1)
        for subject, origin in subjects(row, arrangement):
            found.append((row.to_pylist()[0], subject, origin))
    return found


def subjects(observations: pa.Table, arrangement: Arrangement) -> list[tuple[Subject, Origin]]:
    """What rows come to, with the origin of each."""
    fused = fuse(
        observations, None, models=sensor_models(), line=arrangement.lines[0], regions=arrangement.regions,
        prior=arrangement.prior.history[-1].value,
    )  # fmt: skip
    told: list[Subject] = [*engagements(fused), *(i for i in incidents(fused) if i.engagement is None)]
    origins = attribute(arrangement, told, evidence(observations), lambda day: make_terrain(arrangement, day))
    return [(subject, origins[subject.id]) for subject in told]


def main() -> None:
    """Print each explosion row alone, then all rows fused."""
    arrangement = load_arrangement(resolve("minsk-2015", Path()))
    observations = observed(arrangement)
    rows = alone(observations, arrangement)
    for row, _, origin in rows:
        masses = "  ".join(f"{party} {mass:.2f}" for party, mass in origin.p_party)
        held = dict(origin.maps[0].p_held)
        side = max(held, key=lambda party: held[party])
        said = f"{row['phase'] or '-':13} {row['weapon'] or '-':26}"
        print(f"{row['id']:>4} {said} held by {side} {held[side]:.2f}  {masses}")
    for name, phased in (("no phase stated", False), ("phase stated", True)):
        mass = [dict(o.p_party)[UNDETERMINED] for r, _, o in rows if (r["phase"] in ("outgoing", "impact")) == phased]
        if mass:
            print(
                f"{name}: {len(mass)} rows, undetermined {np.mean(mass):.3f} on average, {min(mass):.3f} at the least"
            )
    together = [dict(origin.p_party)[UNDETERMINED] for _, origin in subjects(observations, arrangement)]
    print(f"all rows fused: {len(together)} subjects, undetermined {np.mean(together):.3f} on average")


if __name__ == "__main__":
    main()
