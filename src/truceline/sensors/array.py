"""An array of microphones, audible or infrasound, that measures a bearing to an arrival."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel

_NO_FIGURE = "no published figure for artillery sound ranging found"


def _assumed(value: float, reference: str) -> Parameter:
    return Parameter(value=value, reference=reference, grade="assumed")


MODEL = SensorModel(
    name="array",
    family="bearing",
    sector_sigma_deg=_assumed(2.0, f"{_NO_FIGURE}; wind and gradients bend paths beyond the instrument's own error"),
    range_sigma_share=_assumed(0.1, f"{_NO_FIGURE}; one array alone hardly measures distance"),
    travel_speed_m_s=Parameter(
        value=337.3,
        reference="ideal gas: dry air at 10 C, 331.3 m/s x sqrt(283.15 / 273.15)",
        grade="derived",
    ),
    range_max_m=MappingProxyType(
        {
            "": _assumed(15_000.0, f"{_NO_FIGURE}; about 15 km is held typical, up to 30 km in good air"),
            "burst": _assumed(5_000.0, f"{_NO_FIGURE}; as by ear"),
            "shot": _assumed(3_000.0, f"{_NO_FIGURE}; as by ear"),
        }
    ),
)
