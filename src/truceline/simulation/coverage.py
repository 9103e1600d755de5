"""Who was watching in a simulated world, as a coverage table: so that silence can count."""

import math

import numpy as np
import pyarrow as pa
import shapely

from truceline.domain import coverage
from truceline.domain.columns import complete
from truceline.geo.frame import Frame
from truceline.physics.notice import noticed_area_m2
from truceline.simulation.campaign import Posts, Simulated
from truceline.simulation.rows import F64, sensor_names, timestamps
from truceline.simulation.violence import DAY_S, Ground
from truceline.simulation.worlds import Watch

CORNERS = 16  # of the ring that stands for a disc
COARSE_M = 500.0  # how far the outline of the strip may leave the strip's own
STEP_M = 20e3  # between its corners: an edge that is straight in degrees leaves one straight in the plane by 10 m


def coverage_table(simulated: Simulated) -> pa.Table:
    """One row a post and scale: the disc of one scale around where it says it stands, with the mean chance in there.

    A post that notices some kinds from less far has a row for every kind. A feed watches the whole strip.
    """
    made = []
    for watch, posts in zip(simulated.world.watches, simulated.posts, strict=True):
        if watch.means == "reported":  # what is only told watches nothing
            continue
        kinds = [kind for kind, _ in simulated.world.violence.kinds] if watch.scales_m else [None]
        made += [_watch(simulated, watch, posts, kind) for kind in kinds]
    return pa.concat_tables(made)


def _watch(simulated: Simulated, watch: Watch, posts: Posts, kind: str | None) -> pa.Table:
    ground = simulated.ground
    if watch.is_feed:
        areas, p_detect = [_strip(ground)], watch.p_beside
    else:
        scale_m = watch.scale_m if kind is None else watch.scale_of(kind)
        areas, p_detect = _discs(ground.frame, posts.stated_xy, scale_m), mean_inside(watch.p_beside)
    n = len(areas)
    from_to = timestamps(simulated.start, np.array([0.0, simulated.days * DAY_S]))
    table = pa.table(
        {
            "source": pa.repeat(watch.source, n),
            "sensor": pa.array(sensor_names(watch)),
            "time_start": pa.repeat(from_to[0], n),
            "time_end": pa.repeat(from_to[1], n),
            "area": pa.array(areas),
            "phenomenon": pa.repeat(pa.scalar(kind, pa.string()), n),
            "p_detect": np.full(n, round(p_detect, 4)),
            "state": pa.repeat("working", n),
        }
    )
    return complete(coverage.COLUMNS, table)


def mean_inside(p_beside: float) -> float:
    """Mean chance to notice something within one scale, any place of the disc alike."""
    return noticed_area_m2(1.0, p_beside, scales=1.0) / math.pi


def _discs(frame: Frame, xy_m: F64, radius_m: float) -> list[str]:
    turn = 2.0 * np.pi * np.arange(CORNERS) / CORNERS
    ring = radius_m * np.column_stack([np.sin(turn), np.cos(turn)])
    corners = (xy_m[:, None, :] + ring).reshape(-1, 2)
    return _polygons(frame, corners, CORNERS)


def _strip(ground: Ground) -> str:
    axis = shapely.LineString(ground.axis.vertices_xy).simplify(COARSE_M)
    strip = axis.buffer(ground.half_width_m, quad_segs=4, cap_style="flat").simplify(COARSE_M)
    corners = np.asarray(shapely.segmentize(strip, STEP_M).exterior.coords)[:-1]
    return _polygons(ground.frame, corners, len(corners))[0]


def _polygons(frame: Frame, corners_m: F64, each: int) -> list[str]:
    """WKT of polygons with `each` corners, given one after the other."""
    lon, lat = frame.to_degrees(corners_m[:, 0], corners_m[:, 1])
    rings = shapely.polygons(np.column_stack([lon, lat]).reshape(-1, each, 2))
    return [str(text) for text in shapely.to_wkt(rings, rounding_precision=5)]
