"""Something told to the mission: the area that the teller names."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import NO_DELAY, OVER_AT_ONCE

MODEL = SensorModel(
    name="reported",
    family="area",
    sector_sigma_deg=Parameter(
        value=15.0,
        reference="no figure found; the wide end of what is taken for an observer's ear",
        grade="assumed",
    ),
    range_sigma_share=Parameter(
        value=0.5,
        reference="no figure found; the wide end of what is taken for an observer's ear",
        grade="assumed",
    ),
    travel_speed_m_s=Parameter(
        value=0.0,
        reference="the teller's time is taken as it is: how it was perceived is not known",
        grade="assumed",
    ),
    travel_speed_sigma_share=NO_DELAY,
    range_max_m=MappingProxyType(
        {
            "": Parameter(
                value=15_000.0,
                reference="no figure found; as far as an explosion is taken to be heard",
                grade="assumed",
            ),
        }
    ),
    lasts_s=OVER_AT_ONCE,
)
