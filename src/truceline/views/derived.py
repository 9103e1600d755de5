"""Fused tables as records, for judgement and for people."""

from typing import Any

import pyarrow as pa

from truceline.clock import Interval
from truceline.domain.fused import Fused
from truceline.domain.incident import AlongLine, Engagement, Incident, Link, supports
from truceline.domain.place import Fix, fix_from_ellipse


def incidents(fused: Fused) -> tuple[Incident, ...]:
    """One record an incident, in order of time."""
    members = supports(fused.membership, "incident_id")
    return tuple(
        Incident(
            id=row["id"],
            version=row["version"],
            when=Interval(start=row["time_start"], end=row["time_end"]),
            time_sigma_s=row["time_sigma_s"],
            where=_where(row),
            along=_along(row),
            phenomenon=row["phenomenon"],
            p_exists=row["p_exists"],
            p_side_left=row["p_side_left"],
            p_region=_by_name(row["p_region"]),
            p_sector=_by_name(row["p_sector"]),
            support=members[row["id"]],
            engagement=row["engagement_id"],
            tlp=row["tlp"],
        )
        for row in fused.incidents.to_pylist()
    )


def engagements(fused: Fused) -> tuple[Engagement, ...]:
    """One record an engagement, in order of time."""
    members = supports(fused.membership, "engagement_id")
    return tuple(
        Engagement(
            id=row["id"],
            version=row["version"],
            when=Interval(start=row["time_start"], end=row["time_end"]),
            where=_where(row),
            along=_along(row),
            count_low=row["stated_low"],
            count_likely=row["stated_likely"],
            count_high=row["stated_high"],
            counts=tuple((c["name"], c["low"], c["high"]) for c in row["counts"]),
            n_incidents=row["n_incidents"],
            p_exists=row["p_exists"],
            p_side_left=row["p_side_left"],
            p_region=_by_name(row["p_region"]),
            p_sector=_by_name(row["p_sector"]),
            support=members[row["id"]],
            tlp=row["tlp"],
        )
        for row in fused.engagements.to_pylist()
    )


def links(table: pa.Table) -> tuple[Link, ...]:
    """One record a link."""
    return tuple(Link(**{**row, "because": tuple(row["because"])}) for row in table.to_pylist())


def _where(row: dict[str, Any]) -> Fix:
    return fix_from_ellipse(
        row["lon_deg"], row["lat_deg"], row["sigma_major_m"], row["sigma_minor_m"], row["sigma_azimuth_deg"]
    )


def _along(row: dict[str, Any]) -> AlongLine | None:
    if row["chainage_km"] is None:
        return None
    return AlongLine(
        chainage_km=row["chainage_km"],
        chainage_low_km=row["chainage_low_km"],
        chainage_high_km=row["chainage_high_km"],
        offset_km=row["offset_km"],
        line_since=row["line_since"],
    )


def _by_name(values: list[dict[str, Any]] | None) -> tuple[tuple[str, float], ...]:
    return tuple((v["name"], v["p"]) for v in values or ())
