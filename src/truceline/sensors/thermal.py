"""A satellite that sees heat (VIIRS, MODIS): the place of the pixel that burns, at the moment of the pass."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import AT_ONCE, FIRE_LASTS, NO_DELAY

_PIXEL = "https://developers.google.com/earth-engine/datasets/catalog/FIRMS (MODIS pixel, 1 km; that of VIIRS is 375 m)"

MODEL = SensorModel(
    name="thermal",
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
    range_max_m=MappingProxyType({"": Parameter(value=1_000.0, reference=_PIXEL, grade="reported")}),
    lasts_s=FIRE_LASTS,
)
