"""What the observations of a subject say about who fired: phase, direction of flight, weapon; claims say nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from truceline.domain.ids import ObservationId, observation_id
from truceline.domain.incident import Support

PHASES = ("outgoing", "in_flight", "impact")  # the order of every array over phases
UNSTATED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observation as attribution reads it; "" and None are what it does not state."""

    id: ObservationId
    source: str
    sensor: str
    means: str
    phenomenon: str
    phase: str = ""
    flight_bearing_deg: float | None = None
    weapon: str = ""
    derived_from: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, str, str, int | None]:
        """What it states, coarsely: phenomenon, phase, weapon, eighth of the compass. The same twice is said once."""
        way = None if self.flight_bearing_deg is None else round(self.flight_bearing_deg / 45.0) % 8
        return self.phenomenon, self.phase, self.weapon, way


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A member of a subject with its evidence and how probably it belongs."""

    evidence: Evidence
    p_member: float


# Share of stated phases that are wrong, by means. By ear: at least a fifth beyond 3 km (a default of our notes on
# observation physics; no measurement found). The others are assumed: what follows the round errs less.
P_WRONG_PHASE: Mapping[str, float] = {
    "heard": 0.2,
    "seen": 0.1,
    "camera": 0.05,
    "uav": 0.03,
    "acoustic": 0.1,
    "seismic": 0.2,
    "infrasound": 0.2,
    "radar": 0.03,
    "thermal": 0.1,
    "imagery": 0.05,
    "reported": 0.2,
}
P_WRONG_UNKNOWN = 0.25  # of means not stated; assumed
# That posts which perceive one event by the same means err, or are right, together: wind, an echo, a hill; assumed.
P_TOGETHER = 0.3
PHASE_REFERENCE = "assumed, by means; by ear at least a fifth is wrong (docs/explanation/origin.md)"

# P(outgoing, in flight, impact) of a phenomenon that is named; assumed. An explosion is left to the arrangement.
P_PHASE: Mapping[str, tuple[float, float, float]] = {
    "shot": (0.9, 0.05, 0.05),
    "burst": (0.9, 0.05, 0.05),
    "muzzle_flash": (0.96, 0.02, 0.02),
    "projectile": (0.05, 0.9, 0.05),
    "tracer": (0.05, 0.9, 0.05),
    "airburst": (0.02, 0.03, 0.95),
    "damage": (0.01, 0.01, 0.98),
    "casualty": (0.01, 0.01, 0.98),
    "fire": (0.1, 0.0, 0.9),
}

P_MISNAMED = 0.07  # assumed: the phenomenon is another than was named; rare ones are misnamed explosions more often

_TEXTS = ("source", "id", "sensor", "means", "phenomenon", "phase", "weapon")


def phase_prior(phenomenon: str, p_outgoing: float) -> tuple[float, float, float]:
    """P(outgoing, in flight, impact) before anybody stated a phase."""
    plain = (p_outgoing, 0.0, 1.0 - p_outgoing)
    if phenomenon not in P_PHASE:
        return plain
    out, flight, impact = (
        (1.0 - P_MISNAMED) * p + P_MISNAMED * q for p, q in zip(P_PHASE[phenomenon], plain, strict=True)
    )
    return out, flight, impact


def phase_likelihood(stated: Evidence) -> tuple[float, float, float] | None:
    """P(the phase that it states | outgoing, in flight, impact); None where it states none."""
    if stated.phase not in PHASES:
        return None
    wrong = P_WRONG_PHASE.get(stated.means, P_WRONG_UNKNOWN)
    out, flight, impact = (1.0 - wrong if phase == stated.phase else 0.5 * wrong for phase in PHASES)
    return out, flight, impact


def evidence(observations: pa.Table) -> dict[ObservationId, Evidence]:
    """The observations of an interchange table by their mission-wide id; claims and other records are not evidence."""
    n = observations.num_rows
    kinds = _column(observations, "record_kind", n)
    texts = [[value or "" for value in _column(observations, name, n)] for name in _TEXTS]
    flights, origins = _column(observations, "flight_bearing_deg", n), _column(observations, "derived_from", n)
    found = {}
    for kind, flight, origin, source, own, sensor, means, phenomenon, phase, weapon in zip(
        kinds, flights, origins, *texts, strict=True
    ):
        if kind not in (None, "observation"):
            continue
        id = observation_id(source, own)
        found[id] = Evidence(
            id=id,
            source=source,
            sensor=sensor,
            means=means,
            phenomenon=phenomenon,
            phase="" if phase == UNSTATED else phase,
            flight_bearing_deg=flight,
            weapon="" if weapon == UNSTATED else weapon,
            derived_from=tuple(origin or ()),
        )
    return found


def _column(table: pa.Table, name: str, n: int) -> list[Any]:
    return table.column(name).to_pylist() if name in table.column_names else [None] * n


def members(support: tuple[Support, ...], known: Mapping[ObservationId, Evidence]) -> Iterator[Stated]:
    """What counts as evidence among the members of a subject, in the order of their ids.

    A row that repeats another member, or the source of one, counts once; so does what one sensor says twice.
    """
    belongs = {s.observation: s.p_member for s in support if s.observation in known}
    sources = {known[id].source for id in belongs}
    told: set[tuple[str, tuple[str, str, str, int | None]]] = set()
    for id in sorted(belongs):
        one = known[id]
        others = (set(one.derived_from) - {id, one.source}) if one.derived_from else ()
        if any(o in sources or (o in belongs and not _mutual(one, known[ObservationId(o)])) for o in others):
            continue
        key = (one.sensor or one.source, one.said)
        if key not in told:
            told.add(key)
            yield Stated(evidence=one, p_member=belongs[id])


def _mutual(one: Evidence, other: Evidence) -> bool:
    """Whether two rows name each other and this is the one that stands."""
    return one.id in other.derived_from and one.id < other.id
