"""An array of microphones that measures a bearing to an arrival, or a single one that only times it."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import OVER_AT_ONCE, SOUND_M_S, SOUND_SIGMA_SHARE

_NO_FIGURE = "no published figure for artillery sound ranging found"


def _assumed(value: float, reference: str) -> Parameter:
    return Parameter(value=value, reference=reference, grade="assumed")


MODEL = SensorModel(
    name="array",
    family="bearing",
    sector_sigma_deg=_assumed(2.0, f"{_NO_FIGURE}; wind and gradients bend paths beyond the instrument's own error"),
    range_sigma_share=_assumed(0.1, f"{_NO_FIGURE}; one array alone hardly measures distance"),
    travel_speed_m_s=SOUND_M_S,
    travel_speed_sigma_share=SOUND_SIGMA_SHARE,
    range_max_m=MappingProxyType(
        {
            "": _assumed(15_000.0, f"{_NO_FIGURE}; about 15 km is held typical, up to 30 km in good air"),
        }
    ),
    lasts_s=OVER_AT_ONCE,
)
