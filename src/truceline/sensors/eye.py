"""An observer who sees, with binoculars or without."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import AT_ONCE, NO_DELAY, OVER_AT_ONCE


def _assumed(value: float, reference: str) -> Parameter:
    return Parameter(value=value, reference=reference, grade="assumed")


MODEL = SensorModel(
    name="eye",
    family="sector",
    sector_sigma_deg=_assumed(5.0, "no figure found; a compass point named by eye, well below its 22.5 degrees"),
    range_sigma_share=_assumed(0.3, "no figure found; better than by ear (0.4-0.5), poor at night"),
    travel_speed_m_s=AT_ONCE,
    travel_speed_sigma_share=NO_DELAY,
    range_max_m=MappingProxyType(
        {
            "": _assumed(10_000.0, "no figure found; about as far as cameras log, in clear air and line of sight"),
            "burst": _assumed(5_000.0, "no figure found; as by ear"),
            "flare": _assumed(15_000.0, "no figure found; burns high, out of the ground's shadow"),
            "fire": _assumed(15_000.0, "no figure found; smoke or glow stands above the ground"),
            "muzzle_flash": _assumed(8_000.0, "flash seen to 5-8 km at night; working default, no address"),
            "shot": _assumed(3_000.0, "no figure found; as by ear"),
        }
    ),
    lasts_s=OVER_AT_ONCE,
)
