"""One observation as a shape of the plane with a time, and as the record that compiled kernels read."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr
from scipy.stats import norm

from truceline.physics.area import AreaShape
from truceline.physics.columns import AREA, ARRIVAL, BEARING, FIX, REPORT, SECTOR, Reports, derive
from truceline.physics.fix import FixShape
from truceline.physics.places import Shape, shape_density
from truceline.physics.sector import SectorShape

__all__ = ["Case", "log_moment", "log_truth", "log_within", "reports"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A statement: where (a shape, and by which family it was stated), when, and how its signal travels."""

    family: int
    shape: Shape
    time_s: float = 0.0
    sigma_s: float = 1.0
    half_window_s: float = 0.0
    speed_m_s: float = 0.0
    speed_sigma_share: float = 0.0


def reports(*cases: Case) -> Reports:
    """The records of `cases`, filled field by field from their shapes."""
    rows = np.zeros(len(cases), dtype=REPORT)
    arcs, rings = [np.empty((0, 2))], [np.empty((0, 2))]
    for n, case in enumerate(cases):
        row = rows[n]
        row["family"], row["sensor"], row["kind"] = case.family, n, 0
        row["time_s"], row["time_sigma_s"], row["half_window_s"] = case.time_s, case.sigma_s, case.half_window_s
        row["speed_m_s"], row["speed_sigma_share"] = case.speed_m_s, case.speed_sigma_share
        row["arc_first"], row["ring_first"] = sum(map(len, arcs)), sum(map(len, rings))
        match case.shape:
            case FixShape() as shape:
                row["x_m"], row["y_m"] = shape.x_m, shape.y_m
                _fill_ellipse(row, shape.root_m @ shape.root_m.T)
                row["log_peak"] = -math.log(2.0 * math.pi * shape.root_m[0, 0] * shape.root_m[1, 1])
            case AreaShape() as shape:
                corners = shape.triangles_m
                middles = corners.mean(axis=1)
                centre = shape.share @ middles
                # second moments of a triangle about its own middle: those of its corners, over 12
                own = np.einsum("kij,kil->kjl", corners - middles[:, None], corners - middles[:, None]) / 12.0
                between = np.einsum("kj,kl->kjl", middles - centre, middles - centre)
                row["x_m"], row["y_m"] = centre
                _fill_ellipse(row, np.einsum("k,kjl->jl", shape.share, own + between))
                row["log_peak"], row["ring_count"] = -math.log(shape.area_m2), len(shape.ring_m)
                rings.append(shape.ring_m)
            case SectorShape() as shape:
                _fill_polar(row, shape)
                if case.family == SECTOR:
                    row["arc_count"] = len(shape.arcs_rad)
                    arcs.append(shape.arcs_rad)
    derive(rows.view(np.recarray))  # uncompiled, only this one knows row.field
    return Reports(rows, np.concatenate(arcs), np.concatenate(rings))


def log_truth(case: Case, state: np.ndarray) -> np.ndarray:
    """Log of the density of place and time at `state` (n, 3), from the shape and from scipy; -inf where it is zero."""
    density = shape_density(case.shape, state[:, :2])
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(density) + log_moment(case, state))


def log_moment(case: Case, state: np.ndarray) -> np.ndarray:
    """Log density per second that something of `state` (n, 3) was perceived when `case` says."""
    late, sigma_s = state[:, 2] - case.time_s, np.full(len(state), case.sigma_s)
    if case.speed_m_s > 0.0 and isinstance(case.shape, SectorShape):
        r_m = np.hypot(state[:, 0] - case.shape.x_m, state[:, 1] - case.shape.y_m)
        late = late + r_m / case.speed_m_s
        stretch = case.speed_sigma_share * r_m / case.speed_m_s
        sigma_s = np.sqrt(sigma_s**2 + stretch**2 + (case.shape.edge_sigma_m / case.speed_m_s) ** 2)
    if case.half_window_s == 0.0:
        return np.asarray(norm.logpdf(late, scale=sigma_s))
    h = case.half_window_s
    return log_within((-h - late) / sigma_s, (h - late) / sigma_s) - math.log(2.0 * h)


def log_within(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Log of the share of a standard normal between `low` and `high`, from whichever tail is the shorter."""
    flip = low > 0.0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    with np.errstate(divide="ignore"):
        near = np.log(np.maximum(ndtr(high) - ndtr(low), 0.0))
        far = log_ndtr(high) + np.log1p(-np.exp(np.minimum(log_ndtr(low) - log_ndtr(high), 0.0)))
    return np.where(high < -5.0, far, near)


def _fill_ellipse(row: np.void, cov_m2: np.ndarray) -> None:
    inverse = np.linalg.inv(cov_m2)
    row["ixx_per_m2"], row["ixy_per_m2"], row["iyy_per_m2"] = inverse[0, 0], inverse[0, 1], inverse[1, 1]


def _fill_polar(row: np.void, shape: SectorShape) -> None:
    assert shape.blur_m == 0.0, "kernels hold the position error in the edges"
    span = shape.arcs_rad.min(), shape.arcs_rad.max()
    row["x_m"], row["y_m"], row["position_sigma_m"] = shape.x_m, shape.y_m, shape.edge_sigma_m
    row["bearing_rad"] = 0.5 * (span[0] + span[1])
    row["half_arc_rad"] = 0.0 if row["family"] == BEARING else min(0.5 * (span[1] - span[0]), math.pi)
    row["angle_sigma_rad"] = shape.angle_sigma_rad
    band = shape.band
    row["range_min_m"], row["range_max_m"], row["scale_m"] = band.range_min_m, band.range_max_m, band.scale_m
    row["sigma_min_m"], row["sigma_max_m"] = band.sigma_min_m, band.sigma_max_m
    row["log_mass"] = math.log(band.mass_m2)
    assert row["family"] in (SECTOR, BEARING, ARRIVAL) and row["family"] not in (FIX, AREA)
