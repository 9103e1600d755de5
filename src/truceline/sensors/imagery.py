"""A satellite, in heat or in pictures: the place of a pixel."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel

_PIXEL = "https://developers.google.com/earth-engine/datasets/catalog/FIRMS (MODIS pixel, 1 km)"

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
    travel_speed_m_s=Parameter(value=0.0, reference="light arrives at once", grade="derived"),
    range_max_m=MappingProxyType({"": Parameter(value=1_000.0, reference=_PIXEL, grade="reported")}),
)
