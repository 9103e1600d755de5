"""The whole platform in one short function: observations to incidents, indications and what they rest on. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

import pyarrow as pa

from truceline.clock import Interval
from truceline.domain.arrangement import Arrangement
from truceline.domain.columns import to_ipc
from truceline.domain.decided import Contact
from truceline.domain.fused import Fused
from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.ids import Digest
from truceline.domain.incident import Engagement, Incident, Link, Subject
from truceline.domain.indication import Indication
from truceline.domain.origin import Origin
from truceline.domain.ports import AnySubject, Clause, SensorModel, Undertakes, Watched
from truceline.fusion.fuse import fuse
from truceline.judgement.attribution import attribute
from truceline.judgement.evidence import evidence
from truceline.judgement.judge import Previous, judge
from truceline.judgement.scene import ContextOf, make_scene, span_of
from truceline.judgement.subjects import holdings, notices, obstructions
from truceline.judgement.terrain import make_terrain
from truceline.judgement.watched import make_watched
from truceline.plain import plain
from truceline.views.derived import engagements, incidents, links


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Everything computed from the inputs: as columns, and as records where people and clauses read it."""

    fused: Fused
    incidents: tuple[Incident, ...]
    engagements: tuple[Engagement, ...]
    links: tuple[Link, ...]
    indications: tuple[Indication, ...]
    holdings: tuple[Holding, ...] = ()
    obstructions: tuple[Obstruction, ...] = ()
    undertakings: tuple[Undertaking, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)  # by engagement or lone incident


def step(
    arrangement: Arrangement,
    observations: pa.Table,
    coverage: pa.Table,
    *,
    models: Mapping[str, SensorModel],
    clauses: Sequence[Clause],
    previous: Previous,
    contacts: Sequence[Contact] = (),
) -> Derived:
    """Fuse, say whose fire it may have been, then judge. An incident inside an engagement is judged as part of it, so
    that nothing counts twice.

    `previous` are the indications held before, which new ones supersede; `contacts` the calls over the hotline.
    """
    prior = arrangement.prior.history[-1].value
    fused = fuse(
        observations,
        coverage if coverage.num_rows else None,
        models=models,
        line=arrangement.lines[0],
        regions=arrangement.regions,
        prior=prior,
    )
    found, exchanges = incidents(fused), engagements(fused)
    fire: list[Subject] = [*exchanges, *(i for i in found if i.engagement is None)]
    terrain_of = lru_cache(maxsize=None)(partial(make_terrain, arrangement))
    origins = attribute(arrangement, fire, evidence(observations), terrain_of)
    held, hindered = holdings(observations, prior.p_real), obstructions(observations, prior.p_real)
    seen: list[AnySubject] = [*fire, *held, *hindered]
    context_at = make_scene(arrangement, seen, origins, notices(observations), contacts, terrain_of)
    asked = _undertakings(clauses, span_of(seen, coverage), context_at, make_watched(coverage, arrangement))
    return Derived(
        fused=fused,
        incidents=found,
        engagements=exchanges,
        links=links(fused.links),
        indications=tuple(
            one
            for subject in (*seen, *asked)
            for one in judge(arrangement, clauses, subject, context_at(subject.when.start), previous)
        ),
        holdings=held,
        obstructions=hindered,
        undertakings=asked,
        origins=origins,
    )


def _undertakings(
    clauses: Sequence[Clause], span: Interval | None, context_at: ContextOf, watched: Watched
) -> tuple[Undertaking, ...]:
    """What the clauses asked over `span`."""
    if span is None:
        return ()
    asking = [clause for clause in clauses if isinstance(clause, Undertakes)]
    return tuple(one for clause in asking for one in clause.undertakings(span, context_at(span.start), watched))


def derived_digest(derived: Derived) -> Digest:
    """One digest of all that was derived: two machines that agree on it agree on every row."""
    running = hashlib.sha256()
    fused = derived.fused
    for table in (fused.incidents, fused.engagements, fused.membership, fused.links, fused.sensors):
        running.update(hashlib.sha256(to_ipc(table)).digest())
    records = (derived.indications, derived.holdings, derived.obstructions, derived.undertakings)
    text = json.dumps(records, sort_keys=True, separators=(",", ":"), default=plain)
    running.update(hashlib.sha256(text.encode()).digest())
    return Digest("sha256:" + running.hexdigest())
