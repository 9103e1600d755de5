"""An array of microphones for infrasound, which hears explosions hundreds of kilometres away."""

from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.sensors.signals import OVER_AT_ONCE

_BACKAZIMUTH = "https://ouci.dntb.gov.ua/en/works/7nDzpkyl (Nippress and Green 2023: 93 % of 296 within 5 degrees)"
_CELERITY = (
    "paths through the lower and middle atmosphere run at 0.28-0.34 km/s over ground; working default, no address"
)

MODEL = SensorModel(
    name="infrasound",
    family="bearing",
    sector_sigma_deg=Parameter(
        value=2.8,
        reference=f"winds across the path bend it; 5 degrees / 1.81, the normal deviation of 93 %: {_BACKAZIMUTH}",
        grade="derived",
    ),
    range_sigma_share=Parameter(
        value=0.2,
        reference="no figure found; one array alone hardly measures distance",
        grade="assumed",
    ),
    travel_speed_m_s=Parameter(value=300.0, reference=_CELERITY, grade="assumed"),
    travel_speed_sigma_share=Parameter(
        value=0.07,
        reference=f"one standard deviation reaches from 0.28 to 0.32 km/s, two to 0.34; {_CELERITY}",
        grade="assumed",
    ),
    range_max_m=MappingProxyType(
        {
            "": Parameter(
                value=1_000_000.0,
                reference=(
                    "no figure found for what a few tonnes reach; the public example HRR-5 was detected at 234-471 km: "
                    "https://github.com/LANL-Seismoacoustics/infrapy"
                ),
                grade="assumed",
            ),
        }
    ),
    lasts_s=OVER_AT_ONCE,
)
