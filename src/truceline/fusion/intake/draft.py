"""What single observations say of place and time, column by column, and which of them no model can make sense of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.arrangement import Prior, Regions
from truceline.domain.observation import MEANS, PHENOMENA
from truceline.domain.ports import SensorModel
from truceline.fusion.intake.fields import column, numbers, stated, texts, whole, words
from truceline.fusion.intake.fill import Draft, Givens
from truceline.fusion.intake.grounds import Grounds, find_grounds
from truceline.fusion.intake.sensing import Sensing, make_sensing
from truceline.geo.arrays import F64, I64, Mask
from truceline.geo.distinct import distinct_points
from truceline.geo.frame import Frame
from truceline.physics.checks import FARTHEST_M
from truceline.physics.columns import AREA, ARRIVAL, BEARING, FIX, SECTOR
from truceline.physics.polar import NARROWEST_ARC_DEG, NARROWEST_BAND_M

NOWHERE = -1
DAY_S = 86_400
SECOND_US = 1_000_000
FIRST_US, LAST_US = -62_135_596_800 * SECOND_US, 253_402_300_799 * SECOND_US  # what a calendar can write
FINEST_CLOCK_S = 1e-3
LARGEST_ERROR_M = 1e76  # beyond, the square of a covariance is no number
SOFT = 0.5 * np.sqrt(2.0 * np.pi)  # half the width of a box as high as a Gaussian, in its deviations


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drafted:
    """A draft (n,) with what it points into, its time still in seconds since `epoch_s`.

    `usable` are the rows that stand; `earliest_s` and `latest_s` bound the time of origin, as `Item.origin_s` does.
    """

    draft: Draft
    givens: Givens
    rings_m: F64
    epoch_s: float
    usable: Mask
    earliest_s: F64
    latest_s: F64


def make_draft(
    table: pa.Table,
    sensor: I64,
    *,
    frame: Frame,
    models: Mapping[str, SensorModel],
    regions: Regions,
    prior: Prior,
    epoch_s: float | None = None,
) -> Drafted:
    """Read the rows of `table`, each of one event, `sensor` (n,) being who noticed it; times count from `epoch_s`."""
    sensing = make_sensing(models)
    means = words(table, "means", MEANS, nothing="reported")
    kind = words(table, "phenomenon", PHENOMENA, nothing="other")
    kind[kind < 0] = PHENOMENA.index("other")
    family = _families(table, sensing.speed_m_s[means])
    start_us, end_us, timed = _times(table)
    where, placed = _where(table, family, frame)
    ranged, in_range = _ranges(table, family, sensing.notice_m[means, kind])
    arcs, arcs_deg, arcs_fit = _arcs(table, family)
    ground, grounds = _ground(table, family, start_us, regions, frame)
    sigma_s = _clock_sigma(table, prior)
    usable = (means >= 0) & np.isfinite(sensing.notice_m[means, kind]) & timed & np.isfinite(sigma_s)
    usable &= placed & in_range & arcs_fit & ((family != AREA) | (ground >= 0))
    start_us = start_us - _microseconds(sensing.lasts_s[means, kind])
    epoch_us = _whole_day(start_us[usable]) if epoch_s is None else round(epoch_s) * SECOND_US
    begin_s, end_s = (start_us - epoch_us) / SECOND_US, (end_us - epoch_us) / SECOND_US
    columns: dict[str, Any] = {**where, **ranged, **arcs}
    draft = Draft(
        family=family,
        sensor=sensor,
        kind=kind,
        means=means,
        **columns,
        ground=ground,
        time_s=0.5 * (begin_s + end_s),
        half_s=0.5 * (end_s - begin_s),
        sigma_s=sigma_s,
    )
    earliest_s, latest_s = _origin(draft, sensing, begin_s, end_s)
    return Drafted(
        draft=draft,
        givens=_givens(arcs_deg, grounds, sensing),
        rings_m=grounds.rings_m,
        epoch_s=epoch_us / SECOND_US,
        usable=usable,
        earliest_s=earliest_s,
        latest_s=latest_s,
    )


def _families(table: pa.Table, speed_m_s: F64) -> I64:
    """What each row gives its place by; NOWHERE where it gives none."""
    fix, post = stated(table, "lon_deg"), stated(table, "sensor_lon_deg")
    directed = stated(table, "bearing_deg")
    bounded = stated(table, "range_min_m") | stated(table, "range_max_m") | (_arc_counts(table) > 0)
    # light from a post that says nothing more tells no time of travel: it is a sector all round
    timed_only = ~bounded & (speed_m_s > 0.0)
    family = np.where(timed_only, ARRIVAL, SECTOR)
    family = np.where(directed, BEARING, family)
    family = np.where(post, family, np.where(stated(table, "area"), AREA, NOWHERE))
    return np.where(fix, FIX, family).astype(np.int64)


def _times(table: pa.Table) -> tuple[I64, I64, Mask]:
    """Start and end of when it was perceived, microseconds since 1970 UTC (equal for an instant), and who says when."""
    instant = stated(table, "time")
    at = whole(table, "time")
    start, end = (np.where(instant, at, whole(table, name)) for name in ("time_start", "time_end"))
    timed = instant | (stated(table, "time_start") & stated(table, "time_end"))
    return start, end, timed & (start <= end) & (start >= FIRST_US) & (end <= LAST_US)


def _microseconds(seconds: F64) -> I64:
    return np.rint(np.nan_to_num(seconds) * SECOND_US).astype(np.int64)


def _whole_day(start_us: I64) -> int:
    """The day on which the earliest of these instants lies, so that times since then are small."""
    if len(start_us) == 0:
        return 0
    day_us = DAY_S * SECOND_US
    return int(start_us.min()) // day_us * day_us


def _clock_sigma(table: pa.Table, prior: Prior) -> F64:
    sigma = numbers(table, "time_sigma_s", 0.0)
    sigma[sigma == 0.0] = prior.watch_sigma_s
    return np.maximum(sigma, FINEST_CLOCK_S)


def _where(table: pa.Table, family: I64, frame: Frame) -> tuple[dict[str, F64], Mask]:
    """Where observers and fixes are, with their errors, and for which rows that can be told."""
    fix, n = family == FIX, table.num_rows
    post = (family == SECTOR) | (family == BEARING) | (family == ARRIVAL)
    lon = np.where(fix, numbers(table, "lon_deg"), numbers(table, "sensor_lon_deg"))
    lat = np.where(fix, numbers(table, "lat_deg"), numbers(table, "sensor_lat_deg"))
    major = numbers(table, "sigma_major_m")
    minor, azimuth = numbers(table, "sigma_minor_m"), numbers(table, "sigma_azimuth_deg", 0.0)
    minor = np.where(stated(table, "sigma_minor_m"), minor, major)
    directed = post | (fix & (major != minor))
    x, y, turn = np.zeros(n), np.zeros(n), np.zeros(n)
    rows = np.flatnonzero(fix | post)
    if len(rows):
        x[rows], y[rows], turn[rows] = _plane(frame, lon[rows], lat[rows], directed[rows])
    sigma = numbers(table, "sensor_sigma_m", 0.0)
    bearing, bearing_sigma = numbers(table, "bearing_deg"), numbers(table, "bearing_sigma_deg")
    on_earth = (np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0)
    shown = np.isfinite(x) & np.isfinite(y) & np.isfinite(turn)
    sized = (np.abs(major) <= LARGEST_ERROR_M) & (np.abs(minor) <= LARGEST_ERROR_M) & np.isfinite(azimuth)
    aimed = np.isfinite(bearing) & np.isfinite(bearing_sigma) & (bearing_sigma >= 0.0)
    stands = post & (sigma >= 0.0) & (sigma <= FARTHEST_M) & (aimed | (family != BEARING))
    placed = (family == AREA) | (on_earth & shown & (stands | (fix & sized)))
    columns = {
        "x_m": x,
        "y_m": y,
        "turn_deg": turn,
        "position_sigma_m": sigma,
        "bearing_deg": bearing,
        "bearing_sigma_deg": bearing_sigma,
        "major_m": major,
        "minor_m": minor,
        "azimuth_deg": azimuth,
    }
    return columns, placed


def _plane(frame: Frame, lon: F64, lat: F64, directed: Mask) -> tuple[F64, F64, F64]:
    """x, y (m) and the turn from true north (degrees, 0 where nothing is `directed`), once for each distinct point."""
    first, code = distinct_points(lon, lat)
    lon, lat = lon[first], lat[first]
    x, y = frame.to_plane(lon, lat)
    asked = np.zeros(len(first), dtype=np.bool_)
    asked[code[directed]] = True
    turn = np.zeros(len(first))
    turn[asked] = frame.convergence_deg(lon[asked], lat[asked])
    return x[code], y[code], turn[code]


def _ranges(table: pa.Table, family: I64, notice_m: F64) -> tuple[dict[str, F64], Mask]:
    near, far = numbers(table, "range_min_m", 0.0), numbers(table, "range_max_m", np.inf)
    bounded = ~np.isposinf(far)
    scale = np.where(bounded, np.inf, np.maximum(0.5 * notice_m, near))  # as polar.falloff_m
    fits = (near >= 0.0) & (near <= FARTHEST_M)
    fits &= np.where(
        bounded, (far > 0.0) & (far >= near) & (far <= FARTHEST_M), (scale >= NARROWEST_BAND_M) & (scale <= FARTHEST_M)
    )
    return {"near_m": near, "far_m": far, "scale_m": scale}, fits | (family == FIX) | (family == AREA)


def _arc_counts(table: pa.Table) -> I64:
    given = column(table, "sectors")
    if given is None:
        return np.zeros(table.num_rows, dtype=np.int64)
    counts = pc.fill_null(pc.list_value_length(given), 0)
    return np.asarray(counts.to_numpy(zero_copy_only=False)).astype(np.int64)


def _arcs(table: pa.Table, family: I64) -> tuple[dict[str, I64], F64, Mask]:
    """Where the arcs of each row lie, all arcs (k, 2) in degrees, and which rows have none without width."""
    counts, given = _arc_counts(table), column(table, "sectors")
    where = {"arc_first": np.cumsum(counts) - counts, "arc_count": counts}
    fits = np.ones(table.num_rows, dtype=np.bool_)
    if given is None:
        return where, np.empty((0, 2)), fits
    flat = pc.list_flatten(given)
    ends = [pc.fill_null(pc.struct_field(flat, name), np.nan) for name in ("from_deg", "to_deg")]
    arcs = np.column_stack([end.to_numpy(zero_copy_only=False) for end in ends])
    turned = np.abs(arcs[:, 1] - arcs[:, 0])
    width = np.where(turned >= 360.0, 360.0, np.mod(arcs[:, 1] - arcs[:, 0], 360.0))
    narrow = ~(np.isfinite(turned) & (width >= NARROWEST_ARC_DEG))
    fits[np.repeat(np.arange(table.num_rows), counts)[narrow]] = False
    return where, arcs, fits | (family != SECTOR)


def _ground(table: pa.Table, family: I64, start_us: I64, regions: Regions, frame: Frame) -> tuple[I64, Grounds]:
    """The area of each row that names one, -1 where it is not known here, and the areas."""
    rows = np.flatnonzero(family == AREA)
    ground = np.full(table.num_rows, -1, dtype=np.int64)
    names = texts(table.select(["area"]).take(pa.array(rows)), "area") if len(rows) else pa.array([], pa.string())
    ground[rows], grounds = find_grounds(names, start_us[rows] / SECOND_US, regions, frame)
    return ground, grounds


def _origin(draft: Draft, sensing: Sensing, begin_s: F64, end_s: F64) -> tuple[F64, F64]:
    """Earliest and latest time of origin; an instant has the width of a box as high as its Gaussian."""
    speed = sensing.speed_m_s[draft.means]
    moving = (draft.family != FIX) & (draft.family != AREA) & (speed > 0.0)
    far = np.where(np.isposinf(draft.far_m), 2.0 * draft.scale_m, draft.far_m)
    soft = np.where(begin_s == end_s, SOFT * draft.sigma_s, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        late, soon = (np.where(moving, range_m / speed, 0.0) for range_m in (far, draft.near_m))
    return begin_s - soft - late, end_s + soft - soon


def _givens(arcs_deg: F64, grounds: Grounds, sensing: Sensing) -> Givens:
    return Givens(
        arcs_deg=arcs_deg,
        ring_first=grounds.first,
        ring_count=grounds.count,
        centre_m=grounds.centre_m,
        inverse_per_m2=grounds.inverse_per_m2,
        log_peak=grounds.log_peak,
        speed_m_s=sensing.speed_m_s.copy(),
        speed_sigma_share=sensing.speed_sigma_share.copy(),
        sector_sigma_deg=sensing.sector_sigma_deg.copy(),
        range_sigma_share=sensing.range_sigma_share.copy(),
    )
