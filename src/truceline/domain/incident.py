"""Incident and engagement as records: one row of a fused table, for people and for judgement."""

from dataclasses import dataclass

import pyarrow as pa

from truceline.clock import Interval
from truceline.domain.ids import EngagementId, IncidentId, ObservationId
from truceline.domain.place import Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """An observation's part in an incident or engagement, and how far it moved the belief."""

    observation: ObservationId
    p_member: float
    llr_nats: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlongLine:
    """A place told in the terms of the line in force on its day. Offset is positive on the left."""

    chainage_km: float
    chainage_low_km: float
    chainage_high_km: float
    offset_km: float
    line_since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One physical event inferred from observations. `where` is a summary; probabilities integrate the posterior."""

    id: IncidentId
    version: int
    when: Interval
    time_sigma_s: float
    where: Fix
    along: AlongLine | None
    phenomenon: str
    p_exists: float
    p_side_left: float | None
    p_region: tuple[tuple[str, float], ...]
    p_sector: tuple[tuple[str, float], ...]
    support: tuple[Support, ...]
    engagement: EngagementId | None
    tlp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """An exchange: reports and incidents that belong together, counted as an interval.

    `counts` holds (phenomenon, low, high or None) of distinct signatures; `p_side_left` is the share of its
    signatures expected left of the line. Where they fell is not who fired.
    """

    id: EngagementId
    version: int
    when: Interval
    where: Fix
    along: AlongLine | None
    count_low: int
    count_likely: int
    count_high: int | None
    counts: tuple[tuple[str, int, int | None], ...]
    n_incidents: int
    p_exists: float
    p_side_left: float | None
    p_region: tuple[tuple[str, float], ...]
    p_sector: tuple[tuple[str, float], ...]
    support: tuple[Support, ...]
    tlp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two reports near each other: can they have counted the same rounds, and why or why not.

    `overlap_s` is negative where a gap lies between the two times.
    """

    a: ObservationId
    b: ObservationId
    verdict: str
    p_same_fire: float
    p_same_engagement: float
    overlap_s: float
    distance_m: float
    because: tuple[str, ...]


Subject = Incident | Engagement


def supports(membership: pa.Table, column: str) -> dict[str, tuple[Support, ...]]:
    """Observations by the incident or engagement (`column`) that they belong to."""
    found: dict[str, list[Support]] = {}
    rows = membership.select(["observation_id", column, "probability", "llr_nats"]).to_pylist()
    for row in rows:
        if row[column] is not None:
            one = Support(
                observation=row["observation_id"], p_member=row["probability"], llr_nats=row["llr_nats"] or 0.0
            )
            found.setdefault(row[column], []).append(one)
    return {subject: tuple(members) for subject, members in found.items()}
