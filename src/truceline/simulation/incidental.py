"""What a mission sees besides fire, for exercises: weapons, troops, flights and restrictions, a few a day."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import shapely
from numpy.random import Generator

from truceline.domain.arrangement import Arrangement
from truceline.domain.columns import TIMESTAMP
from truceline.geo.frame import Frame
from truceline.simulation.campaign import Simulated
from truceline.simulation.rows import timestamps
from truceline.simulation.violence import DAY_S, F64, Ground, beside

SOURCE = "sightings"
A_DAY = (("weapon", 4.0), ("troops", 3.0), ("uav", 5.0), ("restriction", 2.0))  # assumed: enough to exercise clauses
IN_ZONES = 0.6  # assumed: share that lies in a zone, where the arrangement has any
NEAR_M = 15e3  # assumed: the others lie within so far of the line, on either side
SIGMA_M = 100.0
WEAPONS_SEEN = ("mortar", "tank", "artillery", "multiple launch rocket system")
RESTRICTIONS = ("denial", "delay", "condition", "jamming")
MOST = {"weapon": 6, "troops": 30, "uav": 1}
UNITS = {"weapon": "weapons", "troops": "persons", "uav": "signatures"}
NOTE = "EXERCISE: drawn by a computer"

_TEXTS = ("id", "source", "sensor", "record_kind", "means", "phenomenon", "weapon", "count_unit")
_WHERE = ("lon_deg", "lat_deg", "sigma_major_m", "sigma_minor_m", "sigma_azimuth_deg")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in _TEXTS),
        ("count_low", pa.int64()),
        ("count_high", pa.int64()),
        ("time", TIMESTAMP),
        ("time_sigma_s", pa.float64()),
        ("received_at", TIMESTAMP),
        *((name, pa.float64()) for name in _WHERE),
        *((name, pa.string()) for name in ("restriction_kind", "imposed_by", "reliability", "text")),
    ]
)


def sightings(simulated: Simulated, arrangement: Arrangement) -> pa.Table:
    """Rows of the interchange for the days of an exercise along the line of `arrangement`, by time.

    The same seed gives the same rows. A restriction is imposed by one of the parties, each as often.
    """
    rng = np.random.default_rng([simulated.seed, 3])
    ground = simulated.ground
    kinds = [kind for kind, a_day in A_DAY for _ in range(rng.poisson(a_day * simulated.days))]
    n = len(kinds)
    xy = _places(n, ground, _zones(arrangement, simulated, ground.frame), rng)
    lon, lat = ground.frame.to_degrees(*xy.T)
    time_s = np.round(DAY_S * simulated.days * np.sort(rng.random(n)))
    times = timestamps(simulated.start, time_s)
    parties = [party.id for party in arrangement.parties]
    rows = [_row(kinds[k], parties, rng) for k in rng.permutation(n)]
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in SCHEMA.names}
    columns |= {
        "id": [f"s{k:06d}" for k in range(n)],
        "source": [SOURCE] * n,
        "time": times,
        "time_sigma_s": [60.0] * n,
        "received_at": times,
        "lon_deg": np.round(lon, 6),
        "lat_deg": np.round(lat, 6),
        "sigma_major_m": [SIGMA_M] * n,
        "sigma_minor_m": [SIGMA_M] * n,
        "sigma_azimuth_deg": [0.0] * n,
        "reliability": ["B"] * n,
        "text": [NOTE] * n,
    }
    return pa.table(columns, schema=SCHEMA)


def _row(kind: str, parties: Sequence[str], rng: Generator) -> dict[str, object]:
    """What one row says besides its place and time."""
    if kind == "restriction":
        told = {"restriction_kind": str(rng.choice(RESTRICTIONS)), "imposed_by": str(rng.choice(parties))}
        return {"record_kind": "restriction", "sensor": "patrol", **told}
    n = int(rng.integers(1, MOST[kind] + 1))
    row: dict[str, object] = {"record_kind": "observation", "phenomenon": kind, "count_unit": UNITS[kind]}
    row |= {"sensor": "uav", "means": "uav", "count_low": n, "count_high": n}
    return row | {"weapon": str(rng.choice(WEAPONS_SEEN))} if kind == "weapon" else row


def _zones(arrangement: Arrangement, simulated: Simulated, frame: Frame) -> list[shapely.Polygon]:
    """The zones of the first day in the plane, those that have an inside."""
    rings = [zone.ring_deg.at(simulated.start.date()).value for zone in arrangement.zones]
    shapes = [shapely.Polygon(np.column_stack(frame.to_plane(*np.array(ring).T))) for ring in rings]
    return [shape for shape in shapes if shape.is_valid and shape.area > 0.0]


def _places(n: int, ground: Ground, zones: Sequence[shapely.Polygon], rng: Generator) -> F64:
    """(n, 2) places in the plane, in a zone or near the line."""
    xy = beside(ground.line, rng.random(n) * ground.line.length_m, NEAR_M * (2.0 * rng.random(n) - 1.0))
    for k in np.flatnonzero(rng.random(n) < (IN_ZONES if zones else 0.0)).tolist():
        zone = zones[int(rng.integers(len(zones)))]
        low, high = np.array(zone.bounds).reshape(2, 2)
        tried = low + (high - low) * rng.random((100, 2))
        inside = tried[shapely.contains_xy(zone, tried[:, 0], tried[:, 1])]
        xy[k] = inside[0] if len(inside) else zone.representative_point().coords[0]
    return xy
