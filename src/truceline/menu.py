"""The menu: door -> name -> "module:attribute". Adding a source, sensor, clause family or store is one line here."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from truceline.errors import MenuError

BUILTIN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "source": {
            "bellingcat": "truceline.sources.bellingcat:SOURCE",
            "cir": "truceline.sources.cir:SOURCE",
            "coverage": "truceline.sources.coverage:SOURCE",
            "firms": "truceline.sources.firms:SOURCE",
            "smm": "truceline.sources.smm:SOURCE",
            "smm_counts": "truceline.sources.smm_counts:SOURCE",
            "smm_weapons": "truceline.sources.smm_weapons:SOURCE",
            "table": "truceline.sources.table:SOURCE",
            "ucdp": "truceline.sources.ucdp:SOURCE",
        },
        "sensor": {
            "array": "truceline.sensors.array:MODEL",
            "camera": "truceline.sensors.camera:MODEL",
            "ear": "truceline.sensors.ear:MODEL",
            "eye": "truceline.sensors.eye:MODEL",
            "imagery": "truceline.sensors.imagery:MODEL",
            "infrasound": "truceline.sensors.infrasound:MODEL",
            "reported": "truceline.sensors.reported:MODEL",
            "station": "truceline.sensors.station:MODEL",
            "thermal": "truceline.sensors.thermal:MODEL",
            "uav": "truceline.sensors.uav:MODEL",
        },
        "clause": {
            "access": "truceline.clauses.access:Access",
            "exclusion": "truceline.clauses.exclusion:Exclusion",
            "no_fire": "truceline.clauses.no_fire:NoFire",
            "overflight": "truceline.clauses.overflight:Overflight",
            "presence": "truceline.clauses.presence:Presence",
            "quiet_period": "truceline.clauses.quiet_period:QuietPeriod",
        },
        "store": {
            "memory": "truceline.stores.memory:MemoryStore",
            "sqlite": "truceline.stores.sqlite:SqliteStore",
        },
    }
)

SENSOR_OF_MEANS: Mapping[str, str] = MappingProxyType(
    {
        "heard": "ear",
        "seen": "eye",
        "camera": "camera",
        "uav": "uav",
        "acoustic": "array",
        "infrasound": "infrasound",
        "seismic": "station",
        "radar": "uav",
        "thermal": "thermal",
        "imagery": "imagery",
        "reported": "reported",
    }
)


def names(door: str) -> tuple[str, ...]:
    """Names behind `door`, sorted. Raises MenuError for an unknown door."""
    if door not in BUILTIN:
        raise MenuError(f"No door called '{door}'. Known: {', '.join(sorted(BUILTIN))}.")
    return tuple(sorted(BUILTIN[door]))


def choose(door: str, name: str) -> Any:
    """Load what stands behind `name`. Raises MenuError, listing what there is."""
    known = names(door)
    if name not in known:
        raise MenuError(f"No {door} called '{name}'. Known: {', '.join(known)}.")
    module, _, attribute = BUILTIN[door][name].partition(":")
    return getattr(import_module(module), attribute)
