"""A control map on a day: who holds the ground at a place, how far it is to the other's, and along a ray from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from truceline.domain.arrangement import Arrangement, ControlMap, LineVersion
from truceline.domain.dated import Since
from truceline.domain.ids import LineId, PartyId
from truceline.domain.place import Fix
from truceline.geo.arrays import F64, I64
from truceline.geo.frame import Frame, fit_frame
from truceline.geo.line import LineAxis, build_axis, locate

# Seven points that stand for a Gaussian place, exact to the fifth degree: the mean, and a hexagon two deviations out.
# Stroud, Approximate Calculation of Multiple Integrals (1971), E2 r2: 5-1.
_TURN = np.pi / 3.0 * np.arange(6)
NODES: F64 = np.vstack([[0.0, 0.0], 2.0 * np.column_stack([np.cos(_TURN), np.sin(_TURN)])])
NODE_WEIGHTS: F64 = np.array([0.5, *[1.0 / 12.0] * 6])
BEARINGS = 24  # directions of flight that are told apart: every 15 degrees


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Control:
    """One map's line as it ran on a day, ready to be asked; left and right are the parties that hold the sides."""

    map: ControlMap
    line: LineId
    left: PartyId
    right: PartyId
    since: date
    accuracy_m: float
    frame: Frame
    axis: LineAxis


def controls(arrangement: Arrangement, day: date) -> tuple[Control, ...]:
    """Every control map of the arrangement as of `day`."""
    return tuple(_control(arrangement, map, day) for map in arrangement.maps)


def _control(arrangement: Arrangement, map: ControlMap, day: date) -> Control:
    line = arrangement.line(map.line)
    version: Since[LineVersion] = line.versions.at(day)
    frame, axis = _axis(version.value.vertices_deg)
    return Control(
        map=map,
        line=line.id,
        left=line.left,
        right=line.right,
        since=version.day,
        accuracy_m=version.value.accuracy_m,
        frame=frame,
        axis=axis,
    )


@lru_cache(maxsize=64)
def _axis(vertices_deg: tuple[tuple[float, float], ...]) -> tuple[Frame, LineAxis]:
    frame = fit_frame(vertices_deg)
    return frame, build_axis(np.column_stack(frame.to_plane(*np.array(vertices_deg).T)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """Places as points: (n, 7, 2) metres in the plane of a control map, and how far true north is turned there (n,)."""

    xy_m: F64
    turn_rad: F64


def points(control: Control, places: Sequence[Fix]) -> Points:
    """The points that stand for each place; a mirrored world has the mirrored points."""
    told = np.array([(p.lon_deg, p.lat_deg, p.var_e_m2, p.var_n_m2, p.cov_en_m2) for p in places]).reshape(-1, 5)
    lon, lat, var_e, var_n, cov = told.T
    x, y = control.frame.to_plane(lon, lat)
    turn = np.radians(control.frame.convergence_deg(lon, lat))
    middle, half = 0.5 * (var_e + var_n), np.hypot(0.5 * (var_e - var_n), cov)
    major, minor = np.sqrt(middle + half), np.sqrt(np.maximum(middle - half, 0.0))
    along = 0.5 * np.arctan2(2.0 * cov, var_n - var_e) + turn  # clockwise from the plane's +y
    sin, cos = np.sin(along)[:, None], np.cos(along)[:, None]
    u, v = major[:, None] * NODES[:, 0], minor[:, None] * NODES[:, 1]
    xy = np.stack([x[:, None] + u * sin + v * cos, y[:, None] + u * cos - v * sin], axis=-1)
    return Points(xy_m=xy, turn_rad=turn)


def offsets(control: Control, xy_m: F64) -> F64:
    """(...) distance (m) of points (..., 2) from the line, positive on the left."""
    flat = np.ascontiguousarray(xy_m.reshape(-1, 2))
    return np.asarray(locate(control.axis, flat[:, 0].copy(), flat[:, 1].copy())[1]).reshape(xy_m.shape[:-1])


def p_left(control: Control, offset_m: F64) -> F64:
    """Probability that points so far from the drawn line lie left of the true one."""
    if control.accuracy_m > 0.0:
        return np.asarray(ndtr(offset_m / control.accuracy_m))
    return 0.5 * (1.0 + np.sign(offset_m))


def looks(control: Control, at: Points, which: I64, ranges_m: F64) -> F64:
    """(m, 7, bearings) share of the way from each point that is held by the left, for every direction of travel.

    `which` (m,) are the places asked about, `ranges_m` (m, r) the distances to look at, each alike. Directions are
    from true north, every 360 / `BEARINGS` degrees.
    """
    way = at.turn_rad[which][:, None] + 2.0 * np.pi * np.arange(BEARINGS) / BEARINGS
    step = np.stack([np.sin(way), np.cos(way)], axis=-1)  # (m, bearings, 2)
    out = step[:, :, None, :] * ranges_m[:, None, :, None]
    xy = at.xy_m[which][:, :, None, None, :] + out[:, None]
    return np.asarray(p_left(control, offsets(control, xy)).mean(axis=-1))


def side_weights(node_left: F64, p_side_left: F64) -> F64:
    """(n, 7, 2) weights of the points on the left and on the right, which sum to `p_side_left` and the rest.

    The points are few; how probable the side is, fusion or the terrain knows better, and is believed.
    """
    left = NODE_WEIGHTS * np.clip(node_left, 1e-9, 1.0 - 1e-9)
    right = NODE_WEIGHTS * np.clip(1.0 - node_left, 1e-9, 1.0 - 1e-9)
    left *= (p_side_left / left.sum(axis=1))[:, None]
    right *= ((1.0 - p_side_left) / right.sum(axis=1))[:, None]
    return np.stack([left, right], axis=-1)
