"""How zones lie to each other: overlaps of their rings, day by day, small slivers left aside."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from truceline.domain.arrangement import Arrangement, ClauseText, Zone
from truceline.domain.ids import ZoneId
from truceline.geo.arrays import F64
from truceline.geojson_file import Vertices

KM_PER_DEG = 111.195
SLIVER = 0.01  # of the smaller zone: borders drawn twice differ by as much (assumed)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where two zones overlap: how much, around which point, and since when."""

    km2: float
    at_deg: tuple[float, float]
    since: date


def overlap(one: Zone, other: Zone) -> Overlap | None:
    """The overlap of two zones on the first day that they have one of more than a sliver; None if they never do."""
    for day in sorted({since.day for zone in (one, other) for since in zone.ring_deg.history}):
        if not (one.ring_deg.history and other.ring_deg.history):
            return None
        first, second = polygon(one.ring_deg.at(day).value), polygon(other.ring_deg.at(day).value)
        if first is None or second is None:
            continue
        both = shapely.intersection(first, second)
        if both.area > SLIVER * min(first.area, second.area):
            inside = both.representative_point()
            shrink = float(np.cos(np.radians(inside.y)))
            return Overlap(both.area * KM_PER_DEG**2 * shrink, (float(inside.x), float(inside.y)), day)
    return None


def polygon(ring: Vertices) -> shapely.Polygon | None:
    """A ring as a polygon in degrees; None if it is none, which reading told."""
    if len(ring) < 3:
        return None
    shape = shapely.Polygon(ring)
    return shape if shape.is_valid and shape.area > 0 else None


def meet(said: Arrangement, first: tuple[ZoneId, ...], second: tuple[ZoneId, ...]) -> bool:
    """Whether two lists of zones have ground in common; an empty one is everywhere."""
    if not first or not second or set(first) & set(second):
        return True
    return any(
        overlap(one, other) is not None
        for one in said.zones
        if one.id in first
        for other in said.zones
        if other.id in second
    )


def together(said: Arrangement, one: ClauseText, other: ClauseText) -> bool:
    """Whether two clauses apply at one time, to one party, on common ground."""
    ends = [clause.until for clause in (one, other) if clause.until is not None]
    begins = max(one.since, other.since)
    same_time = begins.year < date.max.year and all(begins < end for end in ends)
    same_party = not one.binds or not other.binds or bool(set(one.binds) & set(other.binds))
    return same_time and same_party and meet(said, one.zones, other.zones)


def in_km(degrees: F64, around_deg: float | None = None) -> F64:
    """Degrees to kilometres in a plane good to a few per cent around a latitude (theirs): for checks only."""
    around = float(degrees[:, 1].mean()) if around_deg is None else around_deg
    return np.asarray(degrees * np.array([KM_PER_DEG * np.cos(np.radians(around)), KM_PER_DEG]))
