"""The truth: a line on the Earth, hot spots along it, and a self-exciting process of events."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from truceline.geo.frame import Frame, fit_frame
from truceline.geo.line import LineAxis, build_axis, locate, point_at
from truceline.simulation.worlds import Land, Violence

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

DAY_S = 86_400.0
STEP_M = 1e3  # between the vertices of a drawn line
WARM_UP_DELAYS = 45.0  # mean delays after which next to nothing of a family is left (0.8^k falls to 1e-4)
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """The land in the plane of its line: where the line runs, the axis of the strip, and the hot spots.

    `hot_xy` (k, 2) metres, `hot_weight` (k,) summing to one.
    """

    frame: Frame
    line_deg: tuple[tuple[float, float], ...]
    line: LineAxis
    axis: LineAxis
    half_width_m: float
    hot_xy: F64
    hot_weight: F64
    hot_share: float
    hot_spread_m: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """What happened, in order of time: (n,) each; `parent` is the row that excited it or NOBODY."""

    x_m: F64
    y_m: F64
    time_s: F64
    kind: I64
    parent: I64
    is_answer: NDArray[np.bool_]


def draw_ground(
    land: Land, violence: Violence, rng: Generator, line_deg: tuple[tuple[float, float], ...] | None = None
) -> Ground:
    """The land with its hot spots; with `line_deg` (longitude, latitude) along that line instead of a drawn one."""
    drawn, axis_deg = (line_deg, line_deg) if line_deg is not None else _draw_line(land, rng)
    frame = fit_frame(drawn)
    line, axis = (build_axis(np.column_stack(frame.to_plane(*np.array(v).T))) for v in (drawn, axis_deg))
    chainage = rng.random(violence.n_hot_spots) * line.length_m
    offset = np.clip(violence.hot_offset_m * rng.standard_normal(len(chainage)), *_within(land, 0.6))
    weight = rng.standard_gamma(violence.hot_evenness, len(chainage))
    return Ground(
        frame=frame,
        line_deg=drawn,
        line=line,
        axis=axis,
        half_width_m=land.half_width_m,
        hot_xy=beside(line, chainage, offset),
        hot_weight=weight / weight.sum(),
        hot_share=violence.hot_share,
        hot_spread_m=violence.hot_spread_m,
    )


def draw_events(violence: Violence, ground: Ground, days: float, rng: Generator) -> Events:
    """The process from time 0 to `days`; what began before and still excites is there too, the older no more."""
    warm_s, end_s = WARM_UP_DELAYS * violence.mean_delay_s, days * DAY_S
    rate_s = violence.events_per_day * (1.0 - violence.branching) / DAY_S
    n = rng.poisson(rate_s * (end_s + warm_s))
    xy = draw_places(ground, n, rng)
    time_s = rng.random(n) * (end_s + warm_s) - warm_s
    generations = [(xy, time_s, np.full(n, NOBODY), np.zeros(n, dtype=bool))]
    first = 0
    while len(time_s):
        n_children = rng.poisson(violence.branching, len(time_s))
        parent = np.repeat(np.arange(len(time_s)), n_children)
        born_s = time_s[parent] + violence.mean_delay_s * rng.standard_exponential(len(parent))
        answer = rng.random(len(parent)) < violence.answer_share
        at = xy[parent]
        at[answer] = mirrored(ground.line, at[answer])
        at = at + violence.spread_m * rng.standard_normal(at.shape)
        kept = born_s < end_s
        generations.append((at[kept], born_s[kept], first + parent[kept], answer[kept]))
        first += len(time_s)
        xy, time_s = at[kept], born_s[kept]
    xy, time_s, parent, answer = (np.concatenate(part) for part in zip(*generations, strict=True))
    return _in_order(xy, time_s, parent, answer, _draw_kinds(violence, len(time_s), rng))


def draw_places(ground: Ground, n: int, rng: Generator) -> F64:
    """`n` places (n, 2) where violence begins: on hot spots, or anywhere in the strip."""
    chainage = rng.random(n) * ground.axis.length_m
    xy = beside(ground.axis, chainage, (2.0 * rng.random(n) - 1.0) * ground.half_width_m)
    hot = rng.random(n) < ground.hot_share
    which = rng.choice(len(ground.hot_weight), size=n, p=ground.hot_weight)
    near = ground.hot_xy[which] + ground.hot_spread_m * rng.standard_normal((n, 2))
    return np.where(hot[:, None], near, xy)


def place_density(ground: Ground, xy_m: F64) -> F64:
    """Density per square metre of `draw_places` at points (n, 2)."""
    spread2 = ground.hot_spread_m**2
    hot = np.zeros(len(xy_m))
    for at, weight in zip(ground.hot_xy, ground.hot_weight, strict=True):
        away2 = np.sum((xy_m - at) ** 2, axis=1)
        hot += weight * np.exp(-0.5 * away2 / spread2)
    hot /= 2.0 * math.pi * spread2
    chainage, offset = locate(ground.axis, *np.ascontiguousarray(xy_m.T))
    beyond = (chainage <= 0.0) | (chainage >= ground.axis.length_m)
    inside = (np.abs(offset) <= ground.half_width_m) & ~beyond
    even = inside / (2.0 * ground.half_width_m * ground.axis.length_m)
    return np.asarray(ground.hot_share * hot + (1.0 - ground.hot_share) * even)


def beside(axis: LineAxis, chainage_m: F64, offset_m: F64) -> F64:
    """Places (n, 2) at a chainage and an offset, left of the line positive, square to the segment there."""
    x, y = point_at(axis, chainage_m)
    segment = np.clip(np.searchsorted(axis.cum_m, chainage_m, side="right") - 1, 0, len(axis.cum_m) - 2)
    step = np.diff(axis.vertices_xy, axis=0)[segment]
    step /= np.linalg.norm(step, axis=1)[:, None]
    return np.column_stack([x - offset_m * step[:, 1], y + offset_m * step[:, 0]])


def mirrored(line: LineAxis, xy_m: F64) -> F64:
    """Places (n, 2) on the other side of the line: as far beyond its nearest point as they are from it."""
    chainage, _ = locate(line, *np.ascontiguousarray(xy_m.T))
    return 2.0 * np.column_stack(point_at(line, chainage)) - xy_m


def _within(land: Land, share: float) -> tuple[float, float]:
    return -share * land.half_width_m, share * land.half_width_m


def _draw_line(land: Land, rng: Generator) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]:
    """Line and axis in degrees, drawn in a plane whose axis leaves the centre at the land's azimuth."""
    base = Frame(
        kind="omerc",
        lon_0_deg=land.centre_lon_deg,
        lat_0_deg=land.centre_lat_deg,
        azimuth_deg=land.azimuth_deg,
        k_0=1.0,
    )
    s = np.linspace(0.0, land.length_m, round(land.length_m / STEP_M) + 1)
    heading = math.radians(land.azimuth_deg) + land.bend_rad * np.sin(2.0 * np.pi * s / land.length_m)
    steps = np.diff(s)[:, None] * np.column_stack([np.sin(heading), np.cos(heading)])[:-1]
    axis = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    axis -= 0.5 * (axis.min(axis=0) + axis.max(axis=0))
    across = np.zeros(len(s))
    for amplitude, wavelength in land.wiggles_m:
        across += amplitude * np.sin(2.0 * np.pi * (s / wavelength + rng.random()))
    line = axis + across[:, None] * np.column_stack([-np.cos(heading), np.sin(heading)])
    return _degrees(base, line), _degrees(base, axis)


def _degrees(frame: Frame, xy_m: F64) -> tuple[tuple[float, float], ...]:
    """Vertices in degrees, rounded to a decimetre as a line on file is."""
    lon, lat = frame.to_degrees(xy_m[:, 0], xy_m[:, 1])
    return tuple(zip(np.round(lon, 6).tolist(), np.round(lat, 6).tolist(), strict=True))


def _draw_kinds(violence: Violence, n: int, rng: Generator) -> I64:
    shares = np.array([share for _, share in violence.kinds])
    return np.asarray(rng.choice(len(shares), size=n, p=shares / shares.sum()))


def _in_order(xy: F64, time_s: F64, parent: I64, answer: NDArray[np.bool_], kind: I64) -> Events:
    """Events from time 0 on by time; parents from before are NOBODY."""
    order = np.argsort(time_s, kind="stable")
    order = order[time_s[order] >= 0.0]
    rank = np.full(len(time_s) + 1, NOBODY)
    rank[order] = np.arange(len(order))
    return Events(
        x_m=np.ascontiguousarray(xy[order, 0]),
        y_m=np.ascontiguousarray(xy[order, 1]),
        time_s=time_s[order],
        kind=kind[order],
        parent=rank[parent[order]],  # NOBODY is the last entry, which is NOBODY
        is_answer=answer[order],
    )
