"""A single seismic station: it times an arrival through the ground and says nothing of direction."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import OVER_AT_ONCE

MODEL = SensorModel(
    name="station",
    family="arrival",
    sector_sigma_deg=Parameter(
        value=180.0,
        reference="one station measures no direction: any error up to the whole circle",
        grade="derived",
    ),
    range_sigma_share=Parameter(
        value=0.3,
        reference="no figure found; distance from the delay between P and S at best",
        grade="assumed",
    ),
    travel_speed_m_s=Parameter(
        value=4_500.0,
        reference="middle of 3-6 km/s through the ground; working default, no address",
        grade="assumed",
    ),
    travel_speed_sigma_share=Parameter(
        value=0.19,
        reference="that of an even spread over 3-6 km/s: 3 / sqrt(12) / 4.5; working default, no address",
        grade="assumed",
    ),
    range_max_m=MappingProxyType(
        {
            "": Parameter(
                value=20_000.0,
                reference="shells noticed only within 5-20 km of a local sensor; working default, no address",
                grade="assumed",
            ),
        }
    ),
    lasts_s=OVER_AT_ONCE,
)
