"""Every number that no source states and that a report rests on, gathered from where it is declared."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any

from truceline.domain.arrangement import Arrangement
from truceline.domain.dated import Since
from truceline.domain.ports import Parameter, SensorModel
from truceline.domain.report import Assumed


def assumptions(arrangement: Arrangement, models: Mapping[str, SensorModel], day: date) -> tuple[Assumed, ...]:
    """Assumed values in force on `day`: of the arrangement first, then of the sensor models."""
    found = []
    for name in ("day_ends", "standards", "release"):
        found += _of_dated(name, getattr(arrangement, name).at(day))
    for name in ("day_parts", "prior"):  # how words and reports are read: the newest version serves for all days
        found += _of_dated(name, getattr(arrangement, name).history[-1])
    for line in arrangement.lines:
        version = line.versions.at(day)
        if version.grade in ("assumed", "derived"):
            accuracy = f"drawn to about {version.value.accuracy_m:g} m ({version.grade})"
            found.append(Assumed(what=line.name, value=accuracy, reference=version.reference))
    for sector in arrangement.sectors:
        if sector.grade == "assumed":
            found.append(Assumed(what=f"sector {sector.name}", value="its border", reference=sector.reference))
    for model in {m.name: m for m in models.values()}.values():
        found += _of_model(model)
    return tuple(found)


def _of_dated(name: str, since: Since[Any]) -> list[Assumed]:
    if since.grade != "assumed":
        return []
    return [Assumed(what=name.replace("_", " "), value=_shown(since.value), reference=since.reference)]


def _of_model(model: SensorModel) -> list[Assumed]:
    found = []
    for field in fields(model):
        value = getattr(model, field.name)
        named = {field.name: value} if isinstance(value, Parameter) else {}
        if isinstance(value, Mapping):
            named = {f"{field.name} {key}".strip(): parameter for key, parameter in value.items()}
        for name, parameter in named.items():
            if parameter.grade == "assumed":
                found.append(
                    Assumed(what=f"{model.name}: {name}", value=f"{parameter.value:g}", reference=parameter.reference)
                )
    return found


def _shown(value: Any) -> str:
    if is_dataclass(value):
        return "; ".join(f"{f.name} {_shown(getattr(value, f.name))}" for f in fields(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(v)}" for key, v in value.items())
    if isinstance(value, tuple):
        if len(value) == 2 and all(isinstance(v, int) for v in value):
            return "-".join(f"{v // 60 % 24:02d}:{v % 60:02d}" for v in value)
        return ", ".join(str(v) for v in value)
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)
