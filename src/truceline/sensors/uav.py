"""An aircraft without a crew, or a radar, that gives the place of what it sees."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import AT_ONCE, NO_DELAY, OVER_AT_ONCE

_SEEN = "https://spacenews.com/us-begins-uav-surveillance-flights-along-texas-mexico-border/ (infrared, 13 km)"

MODEL = SensorModel(
    name="uav",
    family="fix",
    sector_sigma_deg=Parameter(
        value=2.0,
        reference="no figure found; used only where a direction is given instead of a place",
        grade="assumed",
    ),
    range_sigma_share=Parameter(
        value=0.05,
        reference="no figure found; used only where a distance is given instead of a place",
        grade="assumed",
    ),
    travel_speed_m_s=AT_ONCE,
    travel_speed_sigma_share=NO_DELAY,
    range_max_m=MappingProxyType({"": Parameter(value=13_000.0, reference=_SEEN, grade="reported")}),
    lasts_s=OVER_AT_ONCE,
)
