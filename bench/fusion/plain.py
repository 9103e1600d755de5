"""A world's observations in the common simple form that the peers are given: centres and times without sound delay.

In metres of the line's own plane, so that no peer has to project; where a distance was not stated, the mean of those
that such a sensor really noticed in another world, which is more than an engine without a simulator would know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from truceline.app import sensor_models
from truceline.domain.observation import PHENOMENA
from truceline.geo.frame import Frame
from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.worlds import WORLDS, World

HOME = Path(__file__).resolve().parent.parent.parent / ".bench"
LEARNING_SEED, LEARNING_ROWS = 8000, 20_000
FIX, SECTOR, BEARING, ARRIVAL = range(4)
Distances = Mapping[str, tuple[float, float]]  # by source: mean and standard deviation of what it noticed, m
CLUTTER = -1
DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A simulated world with its files: `observations` for us, `plain` for peers, `with_truth` for those that learn."""

    simulated: Simulated
    observations: Path
    plain: Path
    with_truth: Path

    @property
    def event(self) -> np.ndarray:
        """(n,) the event of each row, -1 where there was none."""
        return self.simulated.seen.event

    @property
    def true_xy(self) -> np.ndarray:
        """(k, 2) where the events were."""
        return np.column_stack([self.simulated.happened.x_m, self.simulated.happened.y_m])


def prepared(world: World, n_observations: int, seed: int) -> Prepared:
    """Simulate and write the files, in a folder of their own under .bench/."""
    simulated = simulate(world, n_observations=n_observations, seed=seed)
    folder = HOME / "worlds" / f"{world.name}-{n_observations}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    made = Prepared(
        simulated=simulated,
        observations=folder / "observations.parquet",
        plain=folder / "plain.parquet",
        with_truth=folder / "with_truth.parquet",
    )
    table = plain_form(simulated, distances_in(world.name))
    pq.write_table(simulated.observations, made.observations)
    pq.write_table(table, made.plain)
    pq.write_table(table.append_column("event", pa.array(made.event)), made.with_truth)
    return made


@cache
def distances_in(world: str) -> Distances:
    """How far away what each source notices is, learned from the truth of another seed."""
    return learn_distances(simulate(WORLDS[world], n_observations=LEARNING_ROWS, seed=LEARNING_SEED))


def plain_form(simulated: Simulated, distances: Distances) -> pa.Table:
    """The table of the common form; see `peers/common.py` for who reads it."""
    told, frame, models = simulated.observations, simulated.ground.frame, sensor_models()
    means = told["means"].to_pylist()
    at_x, at_y = _plane(frame, told, "sensor_lon_deg", "sensor_lat_deg")
    fix_x, fix_y = _plane(frame, told, "lon_deg", "lat_deg")
    bearing, bearing_sigma, stated = _directions(told, means)
    bearing = np.nan_to_num(bearing + np.radians(_turn(frame, told)))
    is_fix, has_bearing = np.isfinite(fix_x), np.isfinite(bearing_sigma)
    family = np.select([is_fix, stated, has_bearing], [FIX, SECTOR, BEARING], ARRIVAL)
    range_m, range_sigma_m = _ranges(told, distances, is_fix)
    speed = np.array([models[m].travel_speed_m_s.value for m in means])
    slowness = np.divide(1.0, speed, out=np.zeros(len(speed)), where=speed > 0)
    time_s, time_sigma_s = told["time"].cast(pa.int64()).to_numpy() / 1e6, _floats(told, "time_sigma_s")
    time_s = time_s - np.floor(time_s.min() / DAY_S) * DAY_S
    # an arrival lies around its station, a bearing along itself
    across = np.where(has_bearing, range_m * np.nan_to_num(bearing_sigma), np.hypot(range_m, range_sigma_m))
    sigma_fix = np.hypot(_floats(told, "sigma_major_m"), _floats(told, "sigma_minor_m")) / np.sqrt(2)
    out_m = np.where(has_bearing, range_m, 0.0)
    columns = {
        "row": np.arange(told.num_rows),
        "family": family,
        "sensor": _numbered(told["source"].to_pylist(), told["sensor"].to_pylist()),
        "kind": np.array([PHENOMENA.index(p) for p in told["phenomenon"].to_pylist()]),
        "sensor_x_m": np.nan_to_num(at_x),
        "sensor_y_m": np.nan_to_num(at_y),
        "bearing_rad": bearing,
        "bearing_sigma_rad": np.nan_to_num(bearing_sigma),
        "range_m": range_m,
        "range_sigma_m": range_sigma_m,
        "speed_m_s": speed,
        "speed_sigma_share": np.array([models[m].travel_speed_sigma_share.value for m in means]),
        "time_s": time_s,
        "time_sigma_s": time_sigma_s,
        "origin_s": time_s - range_m * slowness,
        "time_error_s": np.hypot(time_sigma_s, range_sigma_m * slowness),
        "x_m": np.where(is_fix, fix_x, at_x + out_m * np.sin(bearing)),
        "y_m": np.where(is_fix, fix_y, at_y + out_m * np.cos(bearing)),
        "sigma_m": np.where(is_fix, sigma_fix, np.hypot(across, range_sigma_m) / np.sqrt(2)),
    }
    return pa.table(columns)


def learn_distances(simulated: Simulated) -> Distances:
    """How far away what each source noticed really was."""
    told = simulated.observations
    at_x, at_y = _plane(simulated.ground.frame, told, "sensor_lon_deg", "sensor_lat_deg")
    event, happened = simulated.seen.event, simulated.happened
    real = (event != CLUTTER) & np.isfinite(at_x)
    range_m = np.hypot(happened.x_m[event] - at_x, happened.y_m[event] - at_y)
    source = np.array(told["source"].to_pylist())
    return {
        str(s): (float(range_m[real & (source == s)].mean()), float(range_m[real & (source == s)].std()))
        for s in np.unique(source[real])
    }


def _ranges(told: pa.Table, distances: Distances, is_fix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middle and spread of how far away it was: of the stated band, else of what the source notices; 0 of a fix."""
    near, far = np.nan_to_num(_floats(told, "range_min_m")), _floats(told, "range_max_m")
    learned = np.array([distances.get(source, (0.0, 0.0)) for source in told["source"].to_pylist()])
    banded = np.isfinite(far)
    middle = np.where(banded, 0.5 * (near + far), learned[:, 0])
    spread = np.where(banded, (far - near) / np.sqrt(12), learned[:, 1])
    return np.where(is_fix, 0.0, middle), np.where(is_fix, 0.0, spread)


def _directions(told: pa.Table, means: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plane bearing and its error (rad; nan without), and whether it was stated as sectors."""
    bearing, sigma = np.radians(_floats(told, "bearing_deg")), np.radians(_floats(told, "bearing_sigma_deg"))
    stated = np.zeros(told.num_rows, dtype=bool)
    models = sensor_models()
    if "sectors" in told.column_names:
        for n, arcs in enumerate(told["sectors"].to_pylist()):
            if arcs:
                start, stop = arcs[0]["from_deg"], arcs[-1]["to_deg"]
                span = (stop - start) % 360.0 or 360.0
                bearing[n] = np.radians((start + 0.5 * span) % 360.0)
                blur = models[means[n]].sector_sigma_deg.value
                sigma[n] = np.radians(np.hypot(span / np.sqrt(12), blur))
                stated[n] = True
    return bearing, sigma, stated


def _plane(frame: Frame, told: pa.Table, lon: str, lat: str) -> tuple[np.ndarray, np.ndarray]:
    lon_deg, lat_deg = _floats(told, lon), _floats(told, lat)
    x, y = np.full(len(lon_deg), np.nan), np.full(len(lon_deg), np.nan)
    have = np.isfinite(lon_deg)
    if have.any():
        x[have], y[have] = frame.to_plane(lon_deg[have], lat_deg[have])
    return x, y


def _turn(frame: Frame, told: pa.Table) -> np.ndarray:
    """From true north to the plane's, at each sensor, degrees."""
    lon_deg, lat_deg = _floats(told, "sensor_lon_deg"), _floats(told, "sensor_lat_deg")
    turn, have = np.zeros(len(lon_deg)), np.isfinite(lon_deg)
    if have.any():
        turn[have] = frame.convergence_deg(lon_deg[have], lat_deg[have])
    return turn


def _floats(told: pa.Table, name: str) -> np.ndarray:
    if name not in told.column_names:
        return np.full(told.num_rows, np.nan)
    return np.array(told[name].to_numpy(zero_copy_only=False), dtype=np.float64)


def _numbered(*columns: list[str]) -> np.ndarray:
    number: dict[tuple[str, ...], int] = {}
    return np.array([number.setdefault(key, len(number)) for key in zip(*columns, strict=True)])
