"""Observations made ready for fusion: a place as a likelihood, a time window at the origin, and who noticed it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from truceline.domain.arrangement import Prior, Regions
from truceline.domain.ids import ObservationId
from truceline.domain.observation import TLP, stated_count
from truceline.domain.place import Area, Bearing, Fix, Place, Sector, fix_from_ellipse
from truceline.domain.ports import SensorModel, of_phenomenon
from truceline.fusion.intake.grounds import Ring, polygon_of
from truceline.geo.frame import Frame
from truceline.physics.places import Shape, place_shape, shape_nodes
from truceline.physics.polar import falloff_m

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

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

    `start_s` and `end_s` bound the time it was perceived, or began if it lasts (seconds since 1970 UTC; equal for an
    instant), `sigma_s` is the error of the instant or of each edge. `speed_m_s` is 0 where the signal arrives at once.
    `ordinal` is its place in the ledger, which decides what founds an incident.
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
    ids: Sequence[str],
    *,
    frame: Frame,
    models: Mapping[str, SensorModel],
    regions: Regions,
    prior: Prior,
) -> list[Item | None]:
    """One item a row, `ids` being their mission-wide ids.

    None stands for an area that no arrangement knows, and for what no sensor model can make sense of: it is left out
    rather than guessed.
    """
    have = [name for name in (*NEEDED, "entry", "row") if name in table.column_names]
    found: list[Item | None] = []
    for id, row in zip(ids, table.select(have).to_pylist(), strict=True):
        try:
            place = place_of(row, regions)
            model = models.get(row.get("means") or "reported")
            item = _item(row, ObservationId(id), place, model, frame, prior) if place and model else None
        except (ValueError, OverflowError):  # what the plane or the sensor model cannot hold
            item = None
        found.append(item)
    return found


def _said(row: Mapping[str, Any], name: str) -> Any:
    """What the row says; what it does not say is refused as a value out of range would be."""
    if row.get(name) is None:
        raise ValueError(f"{name} is missing")
    return row[name]


def place_of(row: Mapping[str, Any], regions: Regions) -> Place | None:
    """The place a row speaks of; None where it names an area that is not known here."""
    if row.get("lon_deg") is not None:
        return _fix(row)
    if row.get("sensor_lon_deg") is not None:
        far = row.get("range_max_m")
        at = {
            "lon_deg": row["sensor_lon_deg"],
            "lat_deg": _said(row, "sensor_lat_deg"),
            "sigma_m": row.get("sensor_sigma_m") or 0.0,
            "range_min_m": row.get("range_min_m") or 0.0,
            "range_max_m": far if far is not None else math.inf,
        }
        if row.get("bearing_deg") is not None:
            return Bearing(azimuth_deg=row["bearing_deg"], sigma_deg=_said(row, "bearing_sigma_deg"), **at)
        arcs = tuple((arc["from_deg"], arc["to_deg"]) for arc in row.get("sectors") or ())
        return Sector(arcs=arcs, **at)
    return _area(row, regions)


def _fix(row: Mapping[str, Any]) -> Fix:
    major, minor = _said(row, "sigma_major_m"), row.get("sigma_minor_m")
    return fix_from_ellipse(
        row["lon_deg"],
        _said(row, "lat_deg"),
        major,
        major if minor is None else minor,
        row.get("sigma_azimuth_deg") or 0.0,
    )


def _area(row: Mapping[str, Any], regions: Regions) -> Area | None:
    moment: datetime = row["time"] if row.get("time") is not None else _said(row, "time_start")
    ring = ring_of(row["area"], regions, moment) if row.get("area") else None
    return Area(ring_deg=ring) if ring else None


def ring_of(area: str, regions: Regions, moment: datetime) -> Ring | None:
    """The ring of a zone as it was on the local day of `moment`, or of a WKT polygon; None for any other name."""
    for zone in regions.zones:
        if zone.id == area:
            return zone.ring_deg.at(moment.astimezone(ZoneInfo(regions.timezone)).date()).value
    return polygon_of(area)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _window(row: Mapping[str, Any], lasts_s: float, prior: Prior) -> tuple[float, float, float]:
    """Start, end and error of the time perceived, seconds; no clock is better than a millisecond.

    What may have been going on for `lasts_s` when it was noticed began in a window that ends then.
    """
    sigma = max(row.get("time_sigma_s") or prior.watch_sigma_s, 1e-3)
    if row.get("time") is not None:
        at = _seconds(row["time"])
        return at - lasts_s, at, sigma
    return _seconds(_said(row, "time_start")) - lasts_s, _seconds(_said(row, "time_end")), sigma


def _p_any(low: int, high: int | None) -> float:
    """Probability that a count is not zero, all counts that the statement allows being equally likely."""
    return 1.0 if low > 0 or high is None else high / (high + 1.0)


def _signal(
    place: Place, model: SensorModel, notice_m: float, frame: Frame
) -> tuple[float, tuple[float, float] | None, tuple[float, float]]:
    """Speed of the signal (m/s, 0 for at once), where its sensor stood, and its shortest and longest travel (s)."""
    if not isinstance(place, Sector | Bearing):
        return 0.0, None, (0.0, 0.0)
    x, y = frame.to_plane(np.array([place.lon_deg]), np.array([place.lat_deg]))
    speed = model.travel_speed_m_s.value
    far_m = 2.0 * falloff_m(place.range_min_m, notice_m) if math.isinf(place.range_max_m) else place.range_max_m
    delay = (place.range_min_m / speed, far_m / speed) if speed > 0 else (0.0, 0.0)
    return speed, (float(x[0]), float(y[0])), delay


def _item(
    row: Mapping[str, Any],
    id: ObservationId,
    place: Place,
    model: SensorModel,
    frame: Frame,
    prior: Prior,
) -> Item:
    notice_m = of_phenomenon(model.range_max_m, row.get("phenomenon"))
    shape = place_shape(
        place,
        frame,
        sector_sigma_deg=model.sector_sigma_deg.value,
        range_sigma_share=model.range_sigma_share.value,
        notice_m=notice_m,
    )
    nodes, weights = shape_nodes(shape)
    speed, sensor_xy, delay = _signal(place, model, notice_m, frame)
    start, end, sigma = _window(row, of_phenomenon(model.lasts_s, row.get("phenomenon")), prior)
    low, high = stated_count(row.get("count_low"), row.get("count_high"))
    return Item(
        id=id,
        ordinal=(row.get("entry") or 0, row.get("row") or 0),
        # a row that names no sensor can only be its own: two of them may well be two sensors
        sensor=f"{row['source']}/{row.get('sensor') or id}",
        means=row.get("means") or "reported",
        phenomenon=row.get("phenomenon") or "other",
        phase=row.get("phase") or "",
        weapon=row.get("weapon") or "",
        told=f"{row['source']}/{row['group_id']}" if row.get("group_id") else "",
        count_low=low,
        count_high=high,
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
