"""A satellite or aircraft whose pictures are read later: the place of what they show."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import AT_ONCE, FIRE_LASTS, NO_DELAY

MODEL = SensorModel(
    name="imagery",
    family="fix",
    sector_sigma_deg=Parameter(
        value=5.0,
        reference="no figure found; used only where a direction from a place is written",
        grade="assumed",
    ),
    range_sigma_share=Parameter(
        value=0.1,
        reference="no figure found; used only where a distance from a place is written",
        grade="assumed",
    ),
    travel_speed_m_s=AT_ONCE,
    travel_speed_sigma_share=NO_DELAY,
    range_max_m=MappingProxyType(
        {
            "": Parameter(
                value=1_000.0,
                reference="no figure found; used only where a direction from a place is written without a distance",
                grade="assumed",
            ),
        }
    ),
    lasts_s=FIRE_LASTS,
)
