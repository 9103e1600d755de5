"""An observer who hears."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import OVER_AT_ONCE, SOUND_M_S, SOUND_SIGMA_SHARE

_LAB = "https://pmc.ncbi.nlm.nih.gov/articles/PMC3663857 (laboratory, front: RMS 6.2 degrees)"
_UNDER = "https://www.arl.army.mil/arlreports/2013/technical-report.cfm?id=6823 (by ear, distance is too short)"
_LOGGED = (
    "logged at 6-12 km: http://all-daily-news.com/category/business/page/2 and "
    "https://osce.org/special-monitoring-mission-to-ukraine/322356"
)
_HALF = "where half are taken to be noticed at night; working default, no address"


def _assumed(value: float, reference: str) -> Parameter:
    return Parameter(value=value, reference=reference, grade="assumed")


MODEL = SensorModel(
    name="ear",
    family="sector",
    sector_sigma_deg=_assumed(12.0, f"no field figure found, 10-15 taken; floor {_LAB}"),
    range_sigma_share=_assumed(0.45, f"0.4-0.5 taken; {_UNDER}"),
    travel_speed_m_s=SOUND_M_S,
    travel_speed_sigma_share=SOUND_SIGMA_SHARE,
    range_max_m=MappingProxyType(
        {
            "": _assumed(15_000.0, f"as for an explosion; {_LOGGED}"),
            "airburst": _assumed(15_000.0, f"as for an explosion; {_LOGGED}"),
            "burst": _assumed(5_000.0, f"heavy machine gun or grenade launcher, {_HALF}"),
            "explosion": _assumed(15_000.0, f"gun or howitzer, {_HALF}; {_LOGGED}"),
            "shot": _assumed(3_000.0, f"small arms, {_HALF}"),
        }
    ),
    lasts_s=OVER_AT_ONCE,
)
