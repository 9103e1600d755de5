"""The sensor models that a world's sensors follow: the shipped ones with the world's own numbers put in."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from truceline.domain.ports import Parameter, SensorModel
from truceline.physics.notice import SCALES_TO_RANGE
from truceline.simulation.worlds import Watch, World


def models_of(world: World, shipped: Mapping[str, SensorModel]) -> dict[str, SensorModel]:
    """A model for each means, `shipped` ones for means that the world does not use: what weighs is what drew.

    Raises
    ------
    ValueError
        if two watches of one means differ in what a model says of both.
    """
    models = dict(shipped)
    used: set[str] = set()
    for watch in world.watches:
        model = _filled(models[watch.means], watch, world.name)
        if watch.means in used and model != models[watch.means]:
            raise ValueError(f"world {world.name}: two watches of means '{watch.means}' follow different models")
        models[watch.means] = model
        used.add(watch.means)
    return models


def _filled(model: SensorModel, watch: Watch, world: str) -> SensorModel:
    def as_drawn(value: float) -> Parameter:
        return Parameter(value=value, reference=f"drawn so in the simulated world {world}", grade="stated")

    model = replace(
        model,
        travel_speed_m_s=as_drawn(watch.speed_m_s),
        travel_speed_sigma_share=as_drawn(watch.speed_sigma_share),
    )
    if watch.family == "sector":
        model = replace(
            model,
            sector_sigma_deg=as_drawn(watch.bearing_sigma_deg),
            range_sigma_share=as_drawn(watch.range_sigma_share),
        )
    if watch.is_feed:
        return model
    scales = {"": watch.scale_m, **dict(watch.scales_m)}
    ranges = {kind: as_drawn(SCALES_TO_RANGE * scale) for kind, scale in scales.items()}
    return replace(model, range_max_m=MappingProxyType(ranges))
