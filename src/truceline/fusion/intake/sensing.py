"""What sensor models say, as arrays that are looked up by means and phenomenon."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from truceline.domain.observation import MEANS, PHENOMENA
from truceline.domain.ports import SensorModel, of_phenomenon
from truceline.geo.arrays import F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensing:
    """Numbers of the models, (means,) or (means, phenomena); NaN for means that have no model.

    Metres, seconds, metres a second and degrees; see `SensorModel` for what each says.
    """

    speed_m_s: F64
    speed_sigma_share: F64
    sector_sigma_deg: F64
    range_sigma_share: F64
    notice_m: F64
    lasts_s: F64


def make_sensing(models: Mapping[str, SensorModel]) -> Sensing:
    """The models of all means of the interchange."""
    numbers = np.full((4, len(MEANS)), np.nan)
    by_kind = np.full((2, len(MEANS), len(PHENOMENA)), np.nan)
    for m, means in enumerate(MEANS):
        if means not in models:
            continue
        model = models[means]
        numbers[:, m] = (
            model.travel_speed_m_s.value,
            model.travel_speed_sigma_share.value,
            model.sector_sigma_deg.value,
            model.range_sigma_share.value,
        )
        by_kind[0, m] = [of_phenomenon(model.range_max_m, kind) for kind in PHENOMENA]
        by_kind[1, m] = [of_phenomenon(model.lasts_s, kind) for kind in PHENOMENA]
    return Sensing(
        speed_m_s=numbers[0],
        speed_sigma_share=numbers[1],
        sector_sigma_deg=numbers[2],
        range_sigma_share=numbers[3],
        notice_m=by_kind[0],
        lasts_s=by_kind[1],
    )
