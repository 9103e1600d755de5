"""A bearing: a measured direction with Gaussian error and a distance band; a sector without width."""

from truceline.physics import sector
from truceline.physics.checks import require

ARC_DEG = 1e-3  # the arc that stands for none


def build(
    x_m: float,
    y_m: float,
    sigma_m: float,
    azimuth_deg: float,
    sigma_deg: float,
    range_min_m: float,
    range_max_m: float,
    *,
    range_sigma_share: float,
) -> sector.SectorShape:
    """The likelihood of a measured bearing, as a density over the plane, uniform per area along it.

    Parameters are those of `sector.build`, with `azimuth_deg` clockwise from the plane's +y and one standard
    deviation `sigma_deg` (below 0.05 it is taken as 0.05). The error wraps round the circle.

    Raises
    ------
    ValueError
        naming the field that is not finite or out of range.
    """
    azimuth = require("azimuth_deg", azimuth_deg)
    require("sigma_deg", sigma_deg, low=0.0)
    return sector.build(
        x_m,
        y_m,
        sigma_m,
        ((azimuth - 0.5 * ARC_DEG, azimuth + 0.5 * ARC_DEG),),
        range_min_m,
        range_max_m,
        sector_sigma_deg=sigma_deg,
        range_sigma_share=range_sigma_share,
    )
