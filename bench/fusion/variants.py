"""Worlds that differ from the presets in one respect each: what was not looked at while anything was tuned."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from truceline.simulation.worlds import WORLDS, Land, Violence, Watch, World

MIX = WORLDS["mix"]
BLUNTER = 1.25
OTHER_UNITS = {"patrol": 250, "camera": 200, "array": 230, "station": 120}
OTHER_SHARES = {"uav": 0.45, "satellite": 0.05}


def _blunter(watch: Watch) -> Watch:
    return replace(
        watch,
        time_sigma_s=BLUNTER * watch.time_sigma_s,
        bearing_sigma_deg=BLUNTER * watch.bearing_sigma_deg,
        range_sigma_share=BLUNTER * watch.range_sigma_share,
        fix_sigma_m=BLUNTER * watch.fix_sigma_m,
        speed_sigma_share=BLUNTER * watch.speed_sigma_share,
    )


def _blended(watch: Watch) -> Watch:
    return replace(
        watch,
        units=OTHER_UNITS.get(watch.source, watch.units),
        p_beside=OTHER_SHARES.get(watch.source, watch.p_beside),
    )


ERRORS = replace(
    MIX,
    name="mix-errors",
    title="every error a quarter larger, those of sound speed and of ears unknown to the models",
    watches=tuple(_blunter(watch) for watch in MIX.watches),
)
BLEND = replace(
    MIX,
    name="mix-blend",
    title="half as many patrols, cameras and stations, more arrays, more from the air and less from orbit",
    watches=tuple(_blended(watch) for watch in MIX.watches),
)
TEMPO = replace(
    MIX,
    name="mix-tempo",
    title="12,000 events a day in shorter, wider bursts",
    violence=Violence(events_per_day=12_000.0, branching=0.6, mean_delay_s=300.0, spread_m=1_200.0),
)
LINE = replace(
    MIX,
    name="mix-line",
    title="another line: 700 km, bent, more crooked, at 38 degrees north",
    land=Land(
        length_m=7e5,
        wiggles_m=((6e3, 70e3), (2.5e3, 23e3), (0.8e3, 7e3)),
        bend_rad=0.5,
        centre_lon_deg=127.5,
        centre_lat_deg=38.0,
        azimuth_deg=80.0,
    ),
)
VARIANTS: Mapping[str, World] = MappingProxyType({w.name: w for w in (ERRORS, BLEND, TEMPO, LINE)})
