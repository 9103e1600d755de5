"""Observations made ready for fusion: a place as a likelihood, a time window at the origin, and who noticed it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely

from truceline.domain.arrangement import Prior, Regions
from truceline.domain.ids import ObservationId, observation_id
from truceline.domain.observation import TLP, stated_count
from truceline.domain.place import Area, Bearing, Fix, Place, Sector, fix_from_ellipse
from truceline.domain.ports import SensorModel
from truceline.domain.repeat import repeats
from truceline.fusion.kinds import EXCHANGED
from truceline.geo.frame import Frame
from truceline.physics.places import Shape, place_shape, shape_nodes

Ring = tuple[tuple[float, float], ...]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]
OBSERVATION = "observation"

# Which columns fusion needs: a table may hold all of the interchange, only these are read.
NEEDED = (
    "id", "source", "sensor", "record_kind", "means", "phenomenon", "phase", "weapon", "count_low", "count_high",
    "count_unit", "time", "time_sigma_s", "time_start", "time_end", "time_kind", "sensor_lon_deg", "sensor_lat_deg",
    "sensor_sigma_m", "lon_deg", "lat_deg", "sigma_major_m", "sigma_minor_m", "sigma_azimuth_deg", "bearing_deg",
    "bearing_sigma_deg", "sectors", "range_min_m", "range_max_m", "area", "group_id", "derived_from", "reliability",
    "tlp",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One observation as fusion weighs it.

    `start_s` and `end_s` bound the time it was perceived (seconds since 1970 UTC; equal for an instant), `sigma_s`
    is the error of the instant or of each edge. `speed_m_s` is 0 where the signal arrives at once. `ordinal` is its
    place in the ledger, which decides what founds an incident.
    """

    id: str
    ordinal: tuple[int, int]
    sensor: str
    means: str
    phenomenon: str
    phase: str
    weapon: str
    told: str  # rows that their source reported together share this; "" if it says nothing
    count_low: int
    count_high: int | None
    aggregated: bool
    start_s: float
    end_s: float
    sigma_s: float
    delay_s: tuple[float, float]
    sensor_xy: tuple[float, float] | None
    speed_m_s: float
    shape: Shape
    nodes: FloatArray
    weights: FloatArray
    p_real: float
    tlp: str

    @property
    def origin_s(self) -> tuple[float, float]:
        """Earliest and latest time of origin (s), travel time of the signal removed.

        An instant is given the width of a box as high as its Gaussian, so that it compares with windows.
        """
        soft = 0.5 * math.sqrt(2.0 * math.pi) * self.sigma_s if self.start_s == self.end_s else 0.0
        return self.start_s - soft - self.delay_s[1], self.end_s + soft - self.delay_s[0]


def make_items(
    table: pa.Table,
    *,
    frame: Frame,
    models: Mapping[str, SensorModel],
    regions: Regions,
    prior: Prior,
) -> tuple[list[Item], list[str]]:
    """Items of all rows that can be fused, ordered by time and id whatever the order of the rows.

    Claims, restrictions and notifications are not observations. The second list names observations that are not
    fused: a repeat of another row counts once; an area that no arrangement knows is no place; "none seen" is no
    event; a count of weapons or troops is no exchange of fire; and what no sensor model can make sense of is left
    out rather than guessed.
    """
    have = [name for name in NEEDED if name in table.column_names]
    ledger = [name for name in ("entry", "row") if name in table.column_names]
    rows = [r for r in table.select(have + ledger).to_pylist() if (r.get("record_kind") or OBSERVATION) == OBSERVATION]
    again = repeats(rows)
    items, left_out = [], []
    for n, row in enumerate(rows):
        id = observation_id(row["source"], row.get("id") or f"row-{n}")
        ordinal = (row["entry"], row["row"]) if ledger else (0, 0)
        try:
            model = models[row.get("means") or "reported"]
            place = None if id in again or not _is_event(row) else place_of(row, model, regions)
            item = _item(row, id, ordinal, place, model, frame, prior) if place is not None else None
        except (ValueError, OverflowError):  # a place that the plane or the sensor model cannot hold
            item = None
        if item is None:
            left_out.append(str(id))
        else:
            items.append(item)
    return sorted(items, key=lambda i: (i.origin_s[0], i.origin_s[1], i.id)), sorted(left_out)


def _is_event(row: Mapping[str, Any]) -> bool:
    """Whether the row speaks of something that happened and that this level can count."""
    if stated_count(row.get("count_low"), row.get("count_high"))[1] == 0:
        return False
    counts_fire = row.get("phenomenon") in EXCHANGED and (row.get("count_unit") or "signatures") == "signatures"
    return counts_fire or not _is_aggregated(row)


def place_of(row: Mapping[str, Any], model: SensorModel, regions: Regions) -> Place | None:
    """The place a row speaks of; None where it names an area that is not known here."""
    if row.get("lon_deg") is not None:
        return _fix(row)
    if row.get("sensor_lon_deg") is not None:
        bound = model.range_max_m.get(row.get("phenomenon") or "", model.range_max_m[""])
        near, far = row.get("range_min_m") or 0.0, row.get("range_max_m")
        at = {
            "lon_deg": row["sensor_lon_deg"],
            "lat_deg": row["sensor_lat_deg"],
            "sigma_m": row.get("sensor_sigma_m") or 0.0,
            "range_min_m": near,
            # a statement without a far limit is bounded by what such a sensor can notice at all
            "range_max_m": far if far is not None else max(bound.value, 2.0 * near),
        }
        if row.get("bearing_deg") is not None:
            return Bearing(azimuth_deg=row["bearing_deg"], sigma_deg=row["bearing_sigma_deg"], **at)
        arcs = tuple((arc["from_deg"], arc["to_deg"]) for arc in row.get("sectors") or ())
        return Sector(arcs=arcs, **at)
    return _area(row, regions)


def _fix(row: Mapping[str, Any]) -> Fix:
    major, minor = row["sigma_major_m"], row.get("sigma_minor_m")
    return fix_from_ellipse(
        row["lon_deg"],
        row["lat_deg"],
        major,
        major if minor is None else minor,
        row.get("sigma_azimuth_deg") or 0.0,
    )


def _area(row: Mapping[str, Any], regions: Regions) -> Area | None:
    moment: datetime = row["time"] if row.get("time") is not None else row["time_start"]
    ring = ring_of(row["area"], regions, moment) if row.get("area") else None
    return Area(ring_deg=ring) if ring else None


def ring_of(area: str, regions: Regions, moment: datetime) -> Ring | None:
    """The ring of a zone as it was on the local day of `moment`, or of a WKT polygon; None for any other name."""
    for zone in regions.zones:
        if zone.id == area:
            return zone.ring_deg.at(moment.astimezone(ZoneInfo(regions.timezone)).date()).value
    polygon = shapely.from_wkt(area, on_invalid="ignore") if "(" in area else None
    if polygon is None or polygon.geom_type != "Polygon":
        return None
    return tuple((x, y) for x, y in shapely.force_2d(polygon).exterior.coords[:-1])


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _window(row: Mapping[str, Any], prior: Prior) -> tuple[float, float, float]:
    """Start, end and error of the time perceived, seconds; no clock is better than a millisecond."""
    sigma = max(row.get("time_sigma_s") or prior.watch_sigma_s, 1e-3)
    if row.get("time") is not None:
        at = _seconds(row["time"])
        return at, at, sigma
    return _seconds(row["time_start"]), _seconds(row["time_end"]), sigma


def _p_any(low: int, high: int | None) -> float:
    """Probability that a count is not zero, all counts that the statement allows being equally likely."""
    return 1.0 if low > 0 or high is None else high / (high + 1.0)


def _signal(
    place: Place, model: SensorModel, frame: Frame
) -> tuple[float, tuple[float, float] | None, tuple[float, float]]:
    """Speed of the signal (m/s, 0 for at once), where its sensor stood, and its shortest and longest travel (s)."""
    if not isinstance(place, Sector | Bearing):
        return 0.0, None, (0.0, 0.0)
    x, y = frame.to_plane(np.array([place.lon_deg]), np.array([place.lat_deg]))
    speed = model.travel_speed_m_s.value
    delay = (place.range_min_m / speed, place.range_max_m / speed) if speed > 0 else (0.0, 0.0)
    return speed, (float(x[0]), float(y[0])), delay


def _is_aggregated(row: Mapping[str, Any]) -> bool:
    stated = (row.get("count_low"), row.get("count_high"))
    return row.get("time_kind") == "throughout" or stated not in ((None, None), (1, 1))


def _item(
    row: Mapping[str, Any],
    id: ObservationId,
    ordinal: tuple[int, int],
    place: Place,
    model: SensorModel,
    frame: Frame,
    prior: Prior,
) -> Item:
    errors = {
        "sector_sigma_deg": model.sector_sigma_deg.value,
        "range_sigma_share": model.range_sigma_share.value,
    }
    shape = place_shape(place, frame, **errors)
    nodes, weights = shape_nodes(shape)
    speed, sensor_xy, delay = _signal(place, model, frame)
    start, end, sigma = _window(row, prior)
    low, high = stated_count(row.get("count_low"), row.get("count_high"))
    return Item(
        id=id,
        ordinal=ordinal,
        # a row that names no sensor can only be its own: two of them may well be two sensors
        sensor=f"{row['source']}/{row.get('sensor') or id}",
        means=row.get("means") or "reported",
        phenomenon=row.get("phenomenon") or "other",
        phase=row.get("phase") or "",
        weapon=row.get("weapon") or "",
        told=f"{row['source']}/{row['group_id']}" if row.get("group_id") else "",
        count_low=low,
        count_high=high,
        aggregated=_is_aggregated(row),
        start_s=start,
        end_s=end,
        sigma_s=sigma,
        delay_s=delay,
        sensor_xy=sensor_xy,
        speed_m_s=speed,
        shape=shape,
        nodes=nodes,
        weights=weights,
        p_real=prior.p_real[row.get("reliability") or "F"] * _p_any(low, high),
        tlp=row.get("tlp") or "green",
    )


def strictest(items: Sequence[Item]) -> str:
    """The strictest handling among `items`: derived records inherit it."""
    return min((i.tlp for i in items), key=TLP.index)


def founding(items: Sequence[Item]) -> Item:
    """The item with the lowest ledger place: its id names what it founded, so that late arrivals cannot rename it."""
    return min(items, key=lambda i: (i.ordinal, i.id))
