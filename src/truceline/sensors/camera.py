"""A fixed camera whose pictures an analyst reads."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel

_LOGGED = "http://osce.org/special-monitoring-mission-to-ukraine/336636 (mission cameras log events at 1-9 km)"

MODEL = SensorModel(
    name="camera",
    family="sector",
    sector_sigma_deg=Parameter(
        value=3.0,
        reference="no figure found; an analyst places an event within a known field of view of 30-60 degrees",
        grade="assumed",
    ),
    range_sigma_share=Parameter(
        value=0.3,
        reference="no figure found; one camera gives direction well and distance poorly",
        grade="assumed",
    ),
    travel_speed_m_s=Parameter(value=0.0, reference="light arrives at once", grade="derived"),
    range_max_m=MappingProxyType({"": Parameter(value=9_000.0, reference=_LOGGED, grade="reported")}),
)
