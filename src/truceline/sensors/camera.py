"""A fixed camera whose pictures an analyst reads: a bearing where one is measured, else the sector that is named."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import AT_ONCE, NO_DELAY, OVER_AT_ONCE

_LOGGED = "http://osce.org/special-monitoring-mission-to-ukraine/336636 (mission cameras log events at 1-9 km)"

MODEL = SensorModel(
    name="camera",
    family="bearing",
    sector_sigma_deg=Parameter(
        value=3.0,
        reference=(
            "no figure found; an analyst places an event within a known field of view of 30-60 degrees; "
            "used where a direction is named: a measured bearing brings its own error"
        ),
        grade="assumed",
    ),
    range_sigma_share=Parameter(
        value=0.3,
        reference="no figure found; one camera gives direction well and distance poorly",
        grade="assumed",
    ),
    travel_speed_m_s=AT_ONCE,
    travel_speed_sigma_share=NO_DELAY,
    range_max_m=MappingProxyType({"": Parameter(value=9_000.0, reference=_LOGGED, grade="reported")}),
    lasts_s=OVER_AT_ONCE,
)
