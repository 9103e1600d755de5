"""The tables that fusion makes: incidents, engagements, membership, links between reports, and sensors."""

from dataclasses import dataclass

import pyarrow as pa

from truceline.domain.columns import TIMESTAMP, Column

VERSION = "fused/1"
_S, _F, _I = pa.string(), pa.float64(), pa.int64()
P_BY_NAME = pa.list_(pa.struct([("name", _S), ("p", _F)]))
COUNT_BY_NAME = pa.list_(pa.struct([("name", _S), ("low", _I), ("high", _I)]))
PLACES = pa.list_(
    pa.struct(
        [
            *((name, _F) for name in ("lon_deg", "lat_deg", "sigma_major_m", "sigma_minor_m", "sigma_azimuth_deg")),
            ("n_rows", _I),
        ]
    )
)

_WHERE = (
    Column(name="lon_deg", type=_F, meaning="longitude of the mean place"),
    Column(name="lat_deg", type=_F, meaning="latitude of the mean place"),
    Column(name="sigma_major_m", type=_F, meaning="major standard deviation of the place"),
    Column(name="sigma_minor_m", type=_F, meaning="minor standard deviation of the place"),
    Column(name="sigma_azimuth_deg", type=_F, meaning="azimuth of the major axis, true north, 0 to 180"),
)


def _along(published: bool) -> tuple[Column, ...]:
    return (
        Column(name="chainage_km", type=_F, meaning="distance along the line, of the mean", published=published),
        Column(name="offset_km", type=_F, meaning="distance from the line, left positive", published=published),
        Column(name="p_side_left", type=_F, meaning="probability of lying left of the line", published=published),
        Column(name="chainage_low_km", type=_F, meaning="5 % quantile of chainage", published=False),
        Column(name="chainage_high_km", type=_F, meaning="95 % quantile of chainage", published=False),
        Column(name="line_since", type=_S, meaning="date of the line version used", published=False),
        Column(name="p_region", type=P_BY_NAME, meaning="probability of lying in each zone", published=False),
        Column(name="p_sector", type=P_BY_NAME, meaning="probability of each line sector", published=False),
    )


_HOUSE = (
    Column(name="founding", type=_S, meaning="observation that founded it", published=False),
    Column(name="version", type=_I, meaning="submissions that contributed to it", published=False),
    Column(name="tlp", type=_S, meaning="strictest handling of its observations", published=False),
)

INCIDENT_COLUMNS: tuple[Column, ...] = (
    Column(name="id", type=_S, meaning="incident id"),
    Column(name="time", type=TIMESTAMP, meaning="mean time of origin"),
    Column(name="time_sigma_s", type=_F, meaning="standard deviation of the time of origin"),
    *_WHERE,
    Column(name="phenomenon", type=_S, meaning="most probable phenomenon"),
    Column(name="p_exists", type=_F, meaning="probability that it happened"),
    Column(name="n_observations", type=_I, meaning="observations in it"),
    *_along(published=True),
    Column(name="time_start", type=TIMESTAMP, meaning="start of the 90 % interval of the time", published=False),
    Column(name="time_end", type=TIMESTAMP, meaning="end of the 90 % interval of the time", published=False),
    Column(name="engagement_id", type=_S, meaning="engagement that it belongs to", published=False),
    *_HOUSE,
)

ENGAGEMENT_COLUMNS: tuple[Column, ...] = (
    Column(name="id", type=_S, meaning="engagement id"),
    Column(name="time_start", type=TIMESTAMP, meaning="earliest time its reports allow"),
    Column(name="time_end", type=TIMESTAMP, meaning="latest time its reports allow"),
    *_WHERE,
    Column(name="count_low", type=_I, meaning="rounds or bursts that there were: 5 % quantile"),
    Column(name="count_likely", type=_I, meaning="rounds or bursts that there were: median"),
    Column(name="count_high", type=_I, meaning="rounds or bursts that there were: 95 % quantile"),
    Column(name="n_incidents", type=_I, meaning="incidents in it"),
    Column(name="p_exists", type=_F, meaning="probability that there was fire", published=False),
    Column(name="stated_low", type=_I, meaning="distinct signatures stated, at least", published=False),
    Column(name="stated_likely", type=_I, meaning="distinct signatures stated, expected", published=False),
    Column(
        name="stated_high", type=_I, meaning="distinct signatures stated, at most; null if unbounded", published=False
    ),
    Column(name="fired_from", type=PLACES, meaning="places of firing, where stated", published=False),
    Column(name="fell_at", type=PLACES, meaning="places of impact, where stated", published=False),
    Column(name="p_first_left", type=_F, meaning="probability that the first firing place lay left", published=False),
    Column(
        name="p_first_right",
        type=_F,
        meaning="that it lay right; what is missing to 1 is undetermined",
        published=False,
    ),
    Column(name="counts", type=COUNT_BY_NAME, meaning="signatures stated, by phenomenon", published=False),
    Column(name="n_reports", type=_I, meaning="aggregated reports in it", published=False),
    *_along(published=False),
    *_HOUSE,
)

MEMBERSHIP_COLUMNS: tuple[Column, ...] = (
    Column(name="observation_id", type=_S, meaning="observation, as <source>:<id>"),
    Column(name="incident_id", type=_S, meaning="incident that it belongs to"),
    Column(name="engagement_id", type=_S, meaning="engagement that it belongs to"),
    Column(name="probability", type=_F, meaning="probability of belonging"),
    Column(name="llr_nats", type=_F, meaning="how far place and time moved that belief", published=False),
)

LINK_VERDICTS = ("can_be_same_fire", "cannot_be_same_fire")
LINK_COLUMNS: tuple[Column, ...] = (
    Column(name="a", type=_S, meaning="one report"),
    Column(name="b", type=_S, meaning="another report, near it in time and place"),
    Column(name="verdict", type=_S, meaning="whether both can have counted the same rounds", enum=LINK_VERDICTS),
    Column(name="p_same_fire", type=_F, meaning="probability that both counted the same rounds"),
    Column(name="p_same_engagement", type=_F, meaning="probability that both are of one exchange"),
    Column(name="overlap_s", type=_F, meaning="overlap of the two times; negative: the gap between them"),
    Column(name="distance_m", type=_F, meaning="distance between the two mean places"),
    Column(name="because", type=pa.list_(_S), meaning="reasons, as codes with figures"),
)

SENSOR_COLUMNS: tuple[Column, ...] = (
    Column(name="sensor", type=_S, meaning="sensor, as <source>/<sensor>"),
    Column(name="source", type=_S, meaning="its source"),
    Column(name="n", type=_I, meaning="single observations of it"),
    Column(name="n_joined", type=_I, meaning="of them in incidents that others report too; 0 where set apart"),
    Column(name="notices_share", type=_F, meaning="what it reports of what others confirm, beside what its like do"),
    Column(name="bearing_bias_deg", type=_F, meaning="what its directions are off by, clockwise"),
    Column(name="bearing_z", type=_F, meaning="standard score of what is left of that"),
    Column(
        name="bearing_corrected_deg", type=_F, meaning="what was taken out of its directions before they were fused"
    ),
    Column(name="clock_bias_s", type=_F, meaning="what its times are off by, late positive"),
    Column(name="clock_z", type=_F, meaning="standard score of what is left of that"),
    Column(name="clock_corrected_s", type=_F, meaning="what was taken out of its times before they were fused"),
    Column(name="range_scale", type=_F, meaning="how far it notices, beside what its model assumes"),
    Column(name="range_z", type=_F, meaning="standard score of that among its like"),
    Column(
        name="speed_scale", type=_F, meaning="speed of its signals beside the modelled one, of its source and family"
    ),
    Column(name="source_borne_out", type=_F, meaning="how often others bear its source out, beside what it can expect"),
    Column(name="suspected", type=pa.list_(_S), meaning="bearing_off, clock_off, range_off, source_not_borne_out"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """What fusion found, as columns."""

    incidents: pa.Table
    engagements: pa.Table
    membership: pa.Table
    links: pa.Table
    sensors: pa.Table
