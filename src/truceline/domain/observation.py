"""The observation table: one schema for every machine and every bulk file that talks to Truceline."""

import pyarrow as pa

from truceline.domain.columns import ARC_LIST, TIMESTAMP, Column, arrow_schema

VERSION = "observations/1"

RECORD_KINDS = ("observation", "claim", "notification", "state", "restriction")
MEANS = (
    "heard", "seen", "camera", "uav", "acoustic", "seismic", "infrasound", "radar", "thermal", "imagery", "reported",
)  # fmt: skip
PHENOMENA = (
    "explosion", "projectile", "shot", "burst", "muzzle_flash", "tracer", "flare", "airburst", "fire", "aircraft",
    "uav", "vehicle", "weapon", "troops", "works", "mine_uxo", "damage", "casualty", "jamming", "other",
)  # fmt: skip
PHASES = ("outgoing", "in_flight", "impact", "undetermined")
COUNT_UNITS = ("signatures", "persons", "weapons", "vehicles")
TIME_KINDS = ("unknown_within", "throughout")
RESTRICTION_KINDS = ("denial", "delay", "condition", "jamming", "interference")
METHODS = ("counted", "estimated", "declared")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")
TLP = ("red", "amber_strict", "amber", "green", "clear")

_S, _F, _I = pa.string(), pa.float64(), pa.int64()

COLUMNS: tuple[Column, ...] = (
    Column(name="id", type=_S, meaning="the source's own id, else derived from the content", required=True),
    Column(name="source", type=_S, meaning="who reports", required=True),
    Column(name="sensor", type=_S, meaning="which post, instrument or platform"),
    Column(name="record_kind", type=_S, meaning="what the row is; observation if null", enum=RECORD_KINDS),
    Column(name="means", type=_S, meaning="how it was perceived", enum=MEANS),
    Column(name="phenomenon", type=_S, meaning="what was perceived", enum=PHENOMENA),
    Column(name="phase", type=_S, meaning="leaving the weapon, in flight, or arriving", enum=PHASES),
    Column(name="flight_bearing_deg", type=_F, meaning="direction of travel, true north, clockwise", low=0, high=360),
    Column(name="weapon", type=_S, meaning="weapon as in the glossary's taxonomy"),
    Column(name="weapon_model", type=_S, meaning="model as stated"),
    Column(name="calibre_mm", type=_F, meaning="calibre", low=0, high=1000),
    Column(name="count_low", type=_I, meaning="smallest count that the statement allows", low=0, high=1e9),
    Column(
        name="count_high", type=_I, meaning="largest count; null if the statement sets no upper bound", low=0, high=1e9
    ),
    Column(name="count_stated", type=_S, meaning='the count in the words of the source, e.g. "at least 98"'),
    Column(name="count_unit", type=_S, meaning="what is counted; signatures if null", enum=COUNT_UNITS),
    Column(name="time", type=TIMESTAMP, meaning="when it was perceived (sound arrives late: fusion corrects)"),
    Column(name="time_sigma_s", type=_F, meaning="one standard deviation of time", low=0, high=1e8),
    Column(name="time_start", type=TIMESTAMP, meaning="instead of time: start of the interval"),
    Column(name="time_end", type=TIMESTAMP, meaning="instead of time: end of the interval"),
    Column(
        name="time_kind",
        type=_S,
        meaning="one instant unknown_within the interval, or several signatures throughout it",
        enum=TIME_KINDS,
    ),
    Column(name="received_at", type=TIMESTAMP, meaning="when the mission got it"),
    Column(name="sensor_lon_deg", type=_F, meaning="longitude of the observer, WGS 84", low=-180, high=180),
    Column(name="sensor_lat_deg", type=_F, meaning="latitude of the observer, WGS 84", low=-90, high=90),
    Column(
        name="sensor_sigma_m", type=_F, meaning="one standard deviation of the observer's position", low=0, high=1e6
    ),
    Column(name="lon_deg", type=_F, meaning="longitude of a fix, WGS 84", low=-180, high=180),
    Column(name="lat_deg", type=_F, meaning="latitude of a fix, WGS 84", low=-90, high=90),
    Column(name="sigma_major_m", type=_F, meaning="error ellipse of a fix: major standard deviation", low=0, high=1e6),
    Column(name="sigma_minor_m", type=_F, meaning="error ellipse of a fix: minor standard deviation", low=0, high=1e6),
    Column(name="sigma_azimuth_deg", type=_F, meaning="azimuth of the major axis, true north", low=-360, high=360),
    Column(name="altitude_m", type=_F, meaning="height above ground"),
    Column(name="altitude_sigma_m", type=_F, meaning="one standard deviation of height", low=0),
    Column(name="speed_m_s", type=_F, meaning="speed over ground", low=0),
    Column(name="bearing_deg", type=_F, meaning="measured bearing from the sensor, true north", low=0, high=360),
    Column(name="bearing_sigma_deg", type=_F, meaning="one standard deviation of the bearing", low=0, high=180),
    Column(name="sectors", type=ARC_LIST, meaning="compass sectors named by a person, clockwise; not a bearing"),
    Column(name="range_min_m", type=_F, meaning="nearest distance from the sensor", low=0, high=2e7),
    Column(name="range_max_m", type=_F, meaning="farthest distance from the sensor", low=0, high=2e7),
    Column(name="area", type=_S, meaning="place or zone of the arrangement, or WKT, where that is all that is known"),
    Column(name="track_id", type=_S, meaning="rows with one track_id are the same moving thing"),
    Column(name="group_id", type=_S, meaning="rows with one group_id were reported together"),
    Column(name="sequence", type=_I, meaning="order within the group", low=0),
    Column(name="author_party", type=_S, meaning="for claims: the party that makes it"),
    Column(name="alleged_party", type=_S, meaning="for claims: the party that it accuses"),
    Column(name="restriction_kind", type=_S, meaning="how monitors were hindered", enum=RESTRICTION_KINDS),
    Column(name="imposed_by", type=_S, meaning="by whom, if known"),
    Column(name="site_id", type=_S, meaning="storage site"),
    Column(name="count_declared", type=_I, meaning="count that the party declared", low=0),
    Column(name="inspection_id", type=_S, meaning="inspection in which it was counted"),
    Column(name="method", type=_S, meaning="how it was counted", enum=METHODS),
    Column(name="killed_low", type=_I, meaning="killed, at least", low=0),
    Column(name="killed_high", type=_I, meaning="killed, at most", low=0),
    Column(name="injured_low", type=_I, meaning="injured, at least", low=0),
    Column(name="injured_high", type=_I, meaning="injured, at most", low=0),
    Column(name="object_id", type=_S, meaning="protected object"),
    Column(name="derived_from", type=pa.list_(_S), meaning="sources that this row repeats: never counted twice"),
    Column(name="operator_nation", type=_S, meaning="who operates the instrument"),
    Column(
        name="collection_basis", type=_S, meaning="the modality under which it may be used here, else not probative"
    ),
    Column(name="reliability", type=_S, meaning="grade of the source, A best", enum=RELIABILITIES),
    Column(name="credibility", type=_I, meaning="grade of the item, 1 best", low=1, high=6),
    Column(name="tlp", type=_S, meaning="traffic light protocol", enum=TLP),
    Column(name="releasable_to", type=pa.list_(_S), meaning="who may see the row beyond the mission"),
    Column(name="text", type=_S, meaning="as received"),
    Column(name="attachments", type=pa.list_(_S), meaning="digests of what came with it"),
)

SCHEMA = arrow_schema(COLUMNS, version=VERSION)


def stated_count(low: int | None, high: int | None) -> tuple[int, int | None]:
    """The count that a row states, as (at least, at most or None): a row without a count is one signature.

    "At most five" of something that was noticed is at least one of it.
    """
    if low is None:
        return (1, 1) if high is None else (min(1, high), high)
    return low, high
