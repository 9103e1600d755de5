"""The ground on one day: how likely an uncertain place lies in a zone, left of a line, or so far from it."""

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, owens_t

from truceline.domain.arrangement import Arrangement, Line, LineVersion
from truceline.domain.ids import LineId, PartyId, ZoneId
from truceline.domain.place import Fix
from truceline.domain.ports import Terrain
from truceline.geo.arrays import F64, sealed
from truceline.geo.frame import NORTH_STEP_DEG, Frame, fit_frame
from truceline.geo.line import LineAxis, build_axis, locate, point_at

Ring = tuple[tuple[float, float], ...]

# A place is cut into small Gaussians on a lattice in units of its own standard deviations. The lattice is symmetric
# under every mirror of the ellipse; across the line each piece is integrated exactly. With KERNEL = 0.7 the ripple of
# the lattice is below 1e-4 (trapezoid rule on a Gaussian: 2 exp(-2 pi^2 0.49)).
STEP = 0.5
KERNEL = 0.7  # standard deviation of a piece, in steps
REACH = 4.5
ROUND = 3.0  # an ellipse up to so many times as long as wide is cut alike in both directions
FINEST = 8  # a longer one into up to so many times more pieces along
CLEAR = 6.0  # standard deviations from an edge at which it no longer matters
ON_IT_M = 1e-6  # closer than this to a line, the direction away from it is its normal
LEAST_SIGMA_M = 0.01  # no place is known better; a ring is asked in units of this at least
DIGITS = 6  # of a probability: coarser than rounding, finer than anything anybody decides by


@lru_cache(maxsize=8)
def _lattice(finer: int) -> tuple[F64, F64, F64]:
    """Nodes (n, 2) in standard deviations, weights (n,) that sum to one, and the deviation of a piece on each axis."""
    n = round(REACH / STEP)
    x, y = np.meshgrid(np.arange(-n * finer, n * finer + 1) * (STEP / finer), np.arange(-n, n + 1) * STEP)
    nodes = np.column_stack([x.ravel(), y.ravel()])
    nodes = nodes[np.hypot(nodes[:, 0], nodes[:, 1]) <= REACH]
    piece = KERNEL * STEP * np.array([1.0 / finer, 1.0])
    weights = np.exp(-0.5 * (nodes**2 / (1.0 - piece**2)).sum(axis=1))
    return sealed(nodes), sealed(weights / weights.sum()), sealed(piece)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Curve:
    """A line in a plane of its own."""

    frame: Frame
    axis: LineAxis


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Across:
    """A place against a curve: pieces `offset_m` (n,) from it (left positive), each blurred by `sigma_m`.

    `least_m`, `most_m` and `widest_m` are the ends of both, so that what is far from an edge costs nothing.
    """

    offset_m: F64
    sigma_m: F64
    weights: F64
    least_m: float
    most_m: float
    widest_m: float


@lru_cache(maxsize=64)
def _line_curve(version: LineVersion) -> _Curve:
    frame = fit_frame(version.vertices_deg)
    return _Curve(frame=frame, axis=build_axis(_in_plane(frame, version.vertices_deg)))


@lru_cache(maxsize=256)
def _ring_in_plane(ring: Ring) -> tuple[Frame, F64]:
    """A ring closed, and the plane that is fitted to it."""
    closed = (*ring, ring[0])
    frame = fit_frame(closed)
    return frame, sealed(_in_plane(frame, closed))


@lru_cache(maxsize=16384)
def _p_in_ring(ring: Ring, where: Fix) -> float:
    """P(a place lies in a simple ring), exactly.

    In units of its own standard deviations a place is a standard normal, and a ring a sum of signed triangles from
    its middle to each edge. In the triangle to an edge at distance d, seen from -a to b along it, lies the share of
    its angle less what lies beyond the edge, which is Owen's T(d, b) - T(d, -a).

    Source
    ------
    Owen 1956, Tables for computing bivariate normal probabilities, Ann. Math. Stat. 27, 1075-1090, section 2.
    """
    frame, xy = _ring_in_plane(ring)
    middle, angle = _centre(frame, where)
    if not np.isfinite(middle).all() or not math.isfinite(angle):
        return 0.0
    squares, axes = np.linalg.eigh(_covariance(angle, where))
    seen = (xy - middle) @ axes / np.sqrt(np.maximum(squares, LEAST_SIGMA_M**2))
    edge = np.diff(seen, axis=0)
    length = np.hypot(edge[:, 0], edge[:, 1])
    cross = seen[:-1, 0] * edge[:, 1] - seen[:-1, 1] * edge[:, 0]
    told = (length > 0.0) & (cross != 0.0)
    edge, length, cross, start = edge[told], length[told], cross[told], seen[:-1][told]
    away = np.abs(cross) / length
    first = (start * edge).sum(axis=1) / length / away
    last = first + length / away
    beyond = owens_t(away, last) - owens_t(away, first)
    share = (np.arctan(last) - np.arctan(first)) / (2.0 * math.pi) - beyond
    return abs(float(np.sum(np.sign(cross) * share)))


def _in_plane(frame: Frame, vertices_deg: Ring) -> F64:
    lon, lat = np.array(vertices_deg, dtype=np.float64).T
    return np.column_stack(frame.to_plane(lon, lat))


@lru_cache(maxsize=1024)
def _across(curve: _Curve, where: Fix) -> _Across | None:
    """`where` against `curve`; None for a place that the plane cannot show."""
    middle, angle = _centre(curve.frame, where)
    if not np.isfinite(middle).all() or not math.isfinite(angle):
        return None
    root, finer = _root(_covariance(angle, where))
    alone = not root.any()
    nodes, weights, piece = (np.zeros((1, 2)), np.ones(1), np.zeros(2)) if alone else _lattice(finer)
    points = middle + nodes @ root.T
    chainage, offset = locate(curve.axis, points[:, 0], points[:, 1])
    sigma = np.linalg.norm(_away(curve.axis, points, chainage) @ (root * piece), axis=1)
    return _Across(
        offset_m=offset,
        sigma_m=sigma,
        weights=weights,
        least_m=float(offset.min()),
        most_m=float(offset.max()),
        widest_m=float(sigma.max()),
    )


def _centre(frame: Frame, where: Fix) -> tuple[F64, float]:
    """A place in the plane (2,), and the angle in radians, clockwise, from the plane's +y to true north there."""
    step = NORTH_STEP_DEG if where.lat_deg < 0.0 else -NORTH_STEP_DEG  # towards the equator, where there always is room
    x, y = frame.to_plane([where.lon_deg, where.lon_deg], [where.lat_deg, where.lat_deg + step])
    turn = math.copysign(1.0, step)
    return np.array([x[0], y[0]]), math.atan2(turn * (x[1] - x[0]), turn * (y[1] - y[0]))


def _covariance(angle: float, where: Fix) -> F64:
    """The covariance (2, 2) of a place in the plane, m2, true north turned to the plane's.

    The frame is fitted to what is asked about, so that its scale is 1 to some parts in a million wherever the answer
    is in doubt: no place is known that well.
    """
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    ground = np.array([[where.var_e_m2, where.cov_en_m2], [where.cov_en_m2, where.var_n_m2]])
    return np.asarray(turn @ ground @ turn.T)


def _root(cov: F64) -> tuple[F64, int]:
    """A square root (2, 2) of `cov` that a mirror only mirrors, and how much finer its first axis is to be cut.

    Lower triangular where the ellipse is round, since its axes are then nowhere; else along its axes, the longer first.
    """
    squares, axes = np.linalg.eigh(cov)
    minor, major = (math.sqrt(max(float(v), 0.0)) for v in squares)
    if major <= ROUND * minor or major == 0.0:
        a = math.sqrt(max(cov[0, 0], 0.0))
        b = cov[0, 1] / a if a > 0.0 else 0.0
        return np.array([[a, 0.0], [b, math.sqrt(max(cov[1, 1] - b * b, 0.0))]]), 1
    longer = min(major / (ROUND * minor), FINEST) if minor > 0.0 else FINEST
    return np.column_stack([axes[:, 1] * major, axes[:, 0] * minor]), math.ceil(longer)


def _away(axis: LineAxis, points: F64, chainage: F64) -> F64:
    """Unit vectors (n, 2) from the nearest point of the axis to each point."""
    foot = np.column_stack(point_at(axis, chainage))
    away = points - foot
    length = np.hypot(away[:, 0], away[:, 1])
    on_it = length < ON_IT_M
    segment = np.clip(np.searchsorted(axis.cum_m, chainage, side="right") - 1, 0, len(axis.vertices_xy) - 2)
    along = axis.vertices_xy[segment + 1] - axis.vertices_xy[segment]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    chosen = np.where(on_it[:, None], normal, away)
    return np.asarray(chosen / np.hypot(chosen[:, 0], chosen[:, 1])[:, None])


@lru_cache(maxsize=65536)
def _p_beyond(curve: _Curve, where: Fix, accuracy_m: float, sign: float, at_m: float) -> float:
    """P(a place lies more than `at_m` beyond a line, which may be `accuracy_m` off, on its left for `sign` 1)."""
    across = _across(curve, where)
    if across is None:
        return 0.5
    clear_m = CLEAR * math.hypot(across.widest_m, accuracy_m)
    least_m, most_m = (across.least_m, across.most_m) if sign > 0.0 else (-across.most_m, -across.least_m)
    if least_m - at_m > clear_m or most_m - at_m < -clear_m:
        return float(least_m > at_m)
    sigma = np.hypot(across.sigma_m, accuracy_m)
    return float(np.sum(across.weights * _above(sign * across.offset_m - at_m, sigma)))


def _above(offset_m: F64, sigma_m: F64) -> F64:
    """P(offset + error > 0), error of standard deviation `sigma_m`; a half exactly on the edge."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p = ndtr(offset_m / sigma_m)
    return np.where(sigma_m > 0.0, p, np.where(offset_m > 0.0, 1.0, np.where(offset_m < 0.0, 0.0, 0.5)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Terrain:
    """The lines and zones of one day; what they are and may be asked is in `domain.ports.Terrain`."""

    lines: dict[LineId, Line]
    versions: dict[LineId, LineVersion]
    curves: dict[LineId, _Curve]
    rings: dict[ZoneId, Ring]

    def p_in_zone(self, where: Fix, zone: ZoneId) -> float:
        """That it lies in `zone`; 0 for a zone that the arrangement does not know."""
        ring = self.rings.get(zone)
        return _round(_p_in_ring(ring, where)) if ring else 0.0

    def p_left(self, where: Fix, line: LineId) -> float:
        """That it lies left of `line`. Raises KeyError for a line that the arrangement does not know."""
        return self._beyond(where, line, 1.0, 0.0)

    def p_within(self, where: Fix, line: LineId, party: PartyId | None, from_m: float, to_m: float) -> float:
        """That it lies `from_m` to `to_m` from `line`, on the side of `party` (None: on either)."""
        if party is None:
            return _round(sum(self._band(where, line, sign, from_m, to_m) for sign in (1.0, -1.0)))
        side = self.side_of(line, party)
        return _round(self._band(where, line, 1.0 if side == "left" else -1.0, from_m, to_m)) if side else 0.0

    def side_of(self, line: LineId, party: PartyId) -> str:
        """ "left", "right", or "" if the party holds neither side of `line`."""
        of = self.lines[line]
        return "left" if of.left == party else "right" if of.right == party else ""

    def _band(self, where: Fix, line: LineId, sign: float, from_m: float, to_m: float) -> float:
        return max(self._raw(where, line, sign, from_m) - self._raw(where, line, sign, to_m), 0.0)

    def _beyond(self, where: Fix, line: LineId, sign: float, at_m: float) -> float:
        return _round(self._raw(where, line, sign, at_m))

    def _raw(self, where: Fix, line: LineId, sign: float, at_m: float) -> float:
        """P(it lies more than `at_m` on one side), the accuracy of the drawn line included."""
        return _p_beyond(self.curves[line], where, self.versions[line].accuracy_m, sign, at_m)


def _round(p: float) -> float:
    return round(min(max(p, 0.0), 1.0), DIGITS)


def make_terrain(arrangement: Arrangement, day: date) -> Terrain:
    """The ground as it was on `day`. Lines and rings are prepared once a version, places once a curve."""
    versions = {line.id: line.versions.at(day).value for line in arrangement.lines}
    return _Terrain(
        lines={line.id: line for line in arrangement.lines},
        versions=versions,
        curves={id: _line_curve(version) for id, version in versions.items()},
        rings={zone.id: zone.ring_deg.at(day).value for zone in arrangement.zones},
    )
