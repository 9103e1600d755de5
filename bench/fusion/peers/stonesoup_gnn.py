"""Stone Soup: global nearest neighbour with (x, y, origin time) as the state and the true geometry of each sensor.

A scan is what one sensor reported within a window, so that no event gets two reports of one sensor; scans of the
sharpest sensors come first. Events are tracks that do not move.
"""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import common
import numpy as np
from stonesoup.base import Property
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.models.measurement.nonlinear import NonLinearGaussianMeasurement
from stonesoup.models.transition.linear import LinearGaussianTimeInvariantTransitionModel
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.updater.kalman import ExtendedKalmanUpdater, IteratedKalmanUpdater, UnscentedKalmanUpdater

FIX, SECTOR, BEARING, ARRIVAL = range(4)
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
UPDATERS = {
    "extended": ExtendedKalmanUpdater,
    "iterated": IteratedKalmanUpdater,
    "unscented": UnscentedKalmanUpdater,
}


class Sighting(NonLinearGaussianMeasurement):
    """What a sensor at a place tells of (x, y, t0): off its stated bearing, distance, time of arrival."""

    sensor_m: tuple = Property(doc="Where the sensor is")
    bearing_rad: float = Property(doc="The stated bearing, nan without one: measured is what lies off it")
    ranged: bool = Property(doc="Whether it states a distance")
    slowness_s_m: float = Property(doc="Seconds a metre, 0 for light")

    @property
    def ndim_meas(self) -> int:
        return 1 + self.ranged + (self.bearing_rad == self.bearing_rad)

    def function(self, state: Any, noise: Any = False, **kwargs: Any) -> Any:
        """Off-bearing (rad), distance (m), arrival (s), of those it has."""
        v = np.asarray(state.state_vector, dtype=float)
        dx, dy = v[0] - self.sensor_m[0], v[1] - self.sensor_m[1]
        range_m = np.hypot(dx, dy)
        rows = []
        if self.bearing_rad == self.bearing_rad:
            rows.append((np.arctan2(dx, dy) - self.bearing_rad + np.pi) % (2 * np.pi) - np.pi)
        if self.ranged:
            rows.append(range_m)
        rows.append(v[2] + range_m * self.slowness_s_m)
        told = np.array(rows)
        return StateVector(told) if told.shape[1] == 1 else StateVectors(told)

    def jacobian(self, state: Any, **kwargs: Any) -> np.ndarray:
        """(k, 3)."""
        v = np.asarray(state.state_vector, dtype=float).ravel()
        dx, dy = v[0] - self.sensor_m[0], v[1] - self.sensor_m[1]
        range_m = max(math.hypot(dx, dy), 1.0)
        rows = []
        if self.bearing_rad == self.bearing_rad:
            rows.append([dy / range_m**2, -dx / range_m**2, 0.0])
        if self.ranged:
            rows.append([dx / range_m, dy / range_m, 0.0])
        rows.append([dx / range_m * self.slowness_s_m, dy / range_m * self.slowness_s_m, 1.0])
        return np.array(rows)

    def rvs(self, *args: Any, **kwargs: Any) -> Any:
        """Not needed to track."""
        raise NotImplementedError


class Point(NonLinearGaussianMeasurement):
    """A fix: (x, y, t0) itself."""

    @property
    def ndim_meas(self) -> int:
        return 3

    def function(self, state: Any, noise: Any = False, **kwargs: Any) -> Any:
        """The state."""
        return state.state_vector

    def jacobian(self, state: Any, **kwargs: Any) -> np.ndarray:
        """(3, 3)."""
        return np.eye(3)

    def rvs(self, *args: Any, **kwargs: Any) -> Any:
        """Not needed to track."""
        raise NotImplementedError


@dataclass
class Event:
    """A track with what it is made of."""

    track: Track
    rows: list[int]
    sensors: set[int]
    kind: int


@dataclass
class Tracker:
    """The components, and the events so far; only the recent ones are asked."""

    c: common.Columns
    settings: dict[str, Any]
    updater: Any
    associators: dict[int, GNNWith2DAssignment]
    recent: list[Event] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def scan(self, rows: np.ndarray, time_s: float) -> None:
        """Give one sensor's reports of one window to the events near by; start new ones from the rest."""
        family = int(self.c["family"][rows[0]])
        stamp = EPOCH + datetime.timedelta(seconds=time_s)
        detections = {detection(self.c, row, stamp): int(row) for row in rows}
        near = [e for e in self.recent if self._near(e, rows)]
        left = dict(detections)
        if near:
            of_track = {e.track: e for e in near}
            given = self.associators[family].associate(set(of_track), set(detections), stamp)
            for track, hypothesis in given.items():
                if hypothesis:
                    track.append(self.updater.update(hypothesis))
                    row = left.pop(hypothesis.measurement)
                    of_track[track].rows.append(row)
                    of_track[track].sensors.add(int(self.c["sensor"][row]))
        if family in self.settings["start"]:
            for row in left.values():
                self._start(row, stamp)

    def forget(self, before_s: float) -> None:
        """Ask no more of events that began before."""
        self.recent = [e for e in self.recent if float(e.track.state_vector[2, 0]) >= before_s]

    def _near(self, event: Event, rows: np.ndarray) -> bool:
        if int(self.c["sensor"][rows[0]]) in event.sensors:
            return False
        v, row, reach_m = event.track.state_vector, rows[0], self.settings["reach_m"]
        if self.c["family"][row] == FIX:
            far_m = np.abs(v[0, 0] - self.c["x_m"][rows]).min()
        else:
            far_m = math.hypot(v[0, 0] - self.c["sensor_x_m"][row], v[1, 0] - self.c["sensor_y_m"][row])
        return far_m <= reach_m and (not self.settings["by_kind"] or event.kind in self.c["kind"][rows])

    def _start(self, row: int, stamp: datetime.datetime) -> None:
        mean, cov = prior(self.c, row)
        track = Track([GaussianState(StateVector(mean), CovarianceMatrix(cov), timestamp=stamp)])
        event = Event(track, [row], {int(self.c["sensor"][row])}, int(self.c["kind"][row]))
        self.recent.append(event)
        self.events.append(event)


def detection(c: common.Columns, row: int, stamp: datetime.datetime) -> Detection:
    """The observation with its model."""
    family = c["family"][row]
    if family == FIX:
        noise = np.diag([c["sigma_m"][row] ** 2, c["sigma_m"][row] ** 2, c["time_sigma_s"][row] ** 2])
        told = [c["x_m"][row], c["y_m"][row], c["time_s"][row]]
        model = Point(ndim_state=3, mapping=(0, 1, 2), noise_covar=noise)
        return Detection(StateVector(told), timestamp=stamp, measurement_model=model)
    slowness = 1.0 / c["speed_m_s"][row] if c["speed_m_s"][row] > 0 else 0.0
    delay_sigma_s = c["speed_sigma_share"][row] * c["range_m"][row] * slowness
    told, variances = [], []
    if family != ARRIVAL:
        told.append(0.0)
        variances.append(c["bearing_sigma_rad"][row] ** 2)
    if family == SECTOR:
        told.append(c["range_m"][row])
        variances.append(c["range_sigma_m"][row] ** 2)
    told.append(c["time_s"][row])
    variances.append(c["time_sigma_s"][row] ** 2 + delay_sigma_s**2)
    model = Sighting(
        ndim_state=3,
        mapping=(0, 1, 2),
        noise_covar=np.diag(variances),
        sensor_m=(c["sensor_x_m"][row], c["sensor_y_m"][row]),
        bearing_rad=math.nan if family == ARRIVAL else c["bearing_rad"][row],
        ranged=bool(family == SECTOR),
        slowness_s_m=slowness,
    )
    return Detection(StateVector(told), timestamp=stamp, measurement_model=model)


def prior(c: common.Columns, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of (x, y, t0) after this one observation."""
    mean = np.array([c["x_m"][row], c["y_m"][row], c["origin_s"][row]])
    sigma_s = c["time_sigma_s"][row]
    if c["family"][row] == FIX:
        return mean, np.diag([c["sigma_m"][row] ** 2, c["sigma_m"][row] ** 2, sigma_s**2])
    slowness = 1.0 / c["speed_m_s"][row] if c["speed_m_s"][row] > 0 else 0.0
    range_m, range_sigma_m = c["range_m"][row], c["range_sigma_m"][row]
    own = np.diag([0.0, 0.0, sigma_s**2 + (c["speed_sigma_share"][row] * range_m * slowness) ** 2])
    if c["family"][row] == ARRIVAL:
        spread = 0.5 * (range_m**2 + range_sigma_m**2)
        return mean, own + np.diag([spread, spread, (range_sigma_m * slowness) ** 2])
    sin, cos = math.sin(c["bearing_rad"][row]), math.cos(c["bearing_rad"][row])
    along = np.array([sin, cos, -slowness]) * range_sigma_m
    across = np.array([cos, -sin, 0.0]) * math.hypot(range_m, range_sigma_m) * c["bearing_sigma_rad"][row]
    return mean, own + np.outer(along, along) + np.outer(across, across)


def densities(c: common.Columns) -> dict[int, float]:
    """Reports of one sensor of a family per unit of what it measures: what a chance hit is weighed against."""
    span_s = float(np.ptp(c["time_s"]))
    found = {}
    for family in np.unique(c["family"]):
        rows = c["family"] == family
        rate = rows.sum() / len(np.unique(c["sensor"][rows])) / span_s
        if family == FIX:
            found[int(family)] = rate / (float(np.ptp(c["x_m"])) * float(np.ptp(c["y_m"])))
        elif family == SECTOR:
            found[int(family)] = rate / (2 * math.pi) / float(2 * c["range_m"][rows].mean())
        else:
            found[int(family)] = rate / (2 * math.pi) if family == BEARING else rate
    return found


def scans(c: common.Columns, window_s: float) -> Iterator[tuple[float, list[np.ndarray]]]:
    """Windows of origin time, in each the rows of one sensor after another, sharpest first."""
    window = np.floor(c["origin_s"] / window_s).astype(int)
    blur = np.argsort(np.argsort(c["sigma_m"] + 100.0 * c["time_error_s"], kind="stable"))
    of_sensor = {}
    for sensor in np.unique(c["sensor"]):
        of_sensor[sensor] = np.median(blur[c["sensor"] == sensor])
    rank = np.array([of_sensor[sensor] for sensor in c["sensor"]])
    order = np.lexsort((c["row"], c["sensor"], rank, window))
    for rows in np.split(order, np.flatnonzero(np.diff(window[order])) + 1):
        yield float(window[rows[0]] * window_s), np.split(rows, np.flatnonzero(np.diff(c["sensor"][rows])) + 1)


def associate(columns: common.Columns, settings: dict[str, Any]) -> common.Answer:
    """Labels of the tracks and where they end.

    `settings`: updater, window_s, keep_s, reach_m, start (families that start a track), by_kind, p_detect, p_gate,
    chance (times the density of reports).
    """
    predictor = KalmanPredictor(
        LinearGaussianTimeInvariantTransitionModel(transition_matrix=np.eye(3), covariance_matrix=np.zeros((3, 3)))
    )
    extra = {"max_iterations": 10, "tolerance": 1.0} if settings["updater"] == "iterated" else {}
    updater = UPDATERS[settings["updater"]](measurement_model=None, **extra)
    associators = {
        family: GNNWith2DAssignment(
            PDAHypothesiser(
                predictor,
                updater,
                clutter_spatial_density=density * settings["chance"],
                prob_detect=settings["p_detect"],
                prob_gate=settings["p_gate"],
            )
        )
        for family, density in densities(columns).items()
    }
    tracker = Tracker(columns, settings, updater, associators)
    for time_s, window in scans(columns, settings["window_s"]):
        tracker.forget(time_s - settings["keep_s"])
        for rows in window:
            tracker.scan(rows, time_s)
    labels = np.full(len(columns["row"]), common.ALONE)
    for k, event in enumerate(tracker.events):
        labels[event.rows] = k
    ends = np.array([np.asarray(e.track.state_vector, dtype=float).ravel()[:2] for e in tracker.events])
    return labels, {"label": np.arange(len(tracker.events)), "x_m": ends[:, 0], "y_m": ends[:, 1]}


if __name__ == "__main__":
    common.main(associate)
