"""The whole platform in one short function: observations to incidents, engagements and indications. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa

from truceline.domain.arrangement import Arrangement
from truceline.domain.columns import to_ipc
from truceline.domain.fused import Fused
from truceline.domain.ids import Digest
from truceline.domain.incident import Engagement, Incident, Link, Subject
from truceline.domain.indication import Indication
from truceline.domain.ports import Clause, SensorModel
from truceline.fusion.fuse import fuse
from truceline.judgement.judge import Previous, judge
from truceline.views.derived import engagements, incidents, links


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Everything computed from the inputs: as columns, and as records where people and clauses read it."""

    fused: Fused
    incidents: tuple[Incident, ...]
    engagements: tuple[Engagement, ...]
    links: tuple[Link, ...]
    indications: tuple[Indication, ...]


def step(
    arrangement: Arrangement,
    observations: pa.Table,
    coverage: pa.Table,
    *,
    models: Mapping[str, SensorModel],
    clauses: Sequence[Clause],
    previous: Previous,
) -> Derived:
    """Fuse, then judge. An incident inside an engagement is judged as part of it, so that nothing counts twice.

    `previous` are the indications held before, which new ones supersede.
    """
    fused = fuse(
        observations,
        coverage if coverage.num_rows else None,
        models=models,
        line=arrangement.lines[0],
        regions=arrangement.regions,
        prior=arrangement.prior.history[-1].value,
    )
    found, exchanges = incidents(fused), engagements(fused)
    subjects: list[Subject] = [*exchanges, *(i for i in found if i.engagement is None)]
    return Derived(
        fused=fused,
        incidents=found,
        engagements=exchanges,
        links=links(fused.links),
        indications=tuple(one for subject in subjects for one in judge(arrangement, clauses, subject, previous)),
    )


def derived_digest(derived: Derived) -> Digest:
    """One digest of all that was derived: two machines that agree on it agree on every row."""
    running = hashlib.sha256()
    for table in (derived.fused.incidents, derived.fused.engagements, derived.fused.membership, derived.fused.links):
        running.update(hashlib.sha256(to_ipc(table)).digest())
    text = json.dumps([asdict(i) for i in derived.indications], sort_keys=True, separators=(",", ":"))
    running.update(hashlib.sha256(text.encode()).digest())
    return Digest("sha256:" + running.hexdigest())
