"""Identifiers: short, typed, and derived from what they name, never from where it is stored."""

import hashlib
from typing import NewType

PartyId = NewType("PartyId", str)
LineId = NewType("LineId", str)
ZoneId = NewType("ZoneId", str)
ClauseId = NewType("ClauseId", str)
ActorId = NewType("ActorId", str)
BodyId = NewType("BodyId", str)
RungId = NewType("RungId", str)
SectorId = NewType("SectorId", str)
SourceId = NewType("SourceId", str)
ObservationId = NewType("ObservationId", str)  # "<source>:<the source's own id>"
IncidentId = NewType("IncidentId", str)
EngagementId = NewType("EngagementId", str)
IndicationId = NewType("IndicationId", str)
Digest = NewType("Digest", str)  # "sha256:<64 hex digits>"


def digest(data: bytes) -> Digest:
    """SHA-256 of `data`, written as the ledger writes it."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


def observation_id(source: str, own_id: str) -> ObservationId:
    """The mission-wide id of a row: unique because a source may use an own id once."""
    return ObservationId(f"{source}:{own_id}")


def derived_id(prefix: str, *founding: str, digits: int = 8) -> str:
    """An id such as `E-3fa9c1d2`: the hash of what founded it, so late arrivals cannot rename it."""
    return f"{prefix}-" + hashlib.sha256("\x1f".join(founding).encode()).hexdigest()[:digits]
