"""Every number that no source states and that a report rests on, gathered from where it is declared."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, time
from typing import Any

from truceline.domain.arrangement import STANDARDS, Arrangement, OriginPrior, Prior, Standards
from truceline.domain.dated import Since
from truceline.domain.ports import Parameter, SensorModel
from truceline.domain.report import Assumed
from truceline.domain.weapons import WEAPONS
from truceline.judgement.assumed import ALIKE, attribution_assumes
from truceline.judgement.words import NBSP, exact_percent, listed, plain, plural, standard
from truceline.reports.assumed_parts import of_parts

PRIOR_WORDS = {  # what each figure of the prior says
    "exchange_rate_per_km2_h": "exchanges of fire, where there is fire at all: {:g} per km² and hour",
    "exchange_spread_m": "signatures of one exchange scatter by {:g} m (one standard deviation)",
    "incident_rate_per_km2_h": "single physical events: {:g} per km² and hour",
    "watch_sigma_s": "a time that an observer writes down is off by {:g} s (one standard deviation)",
    "p_shared": "two sensors that noticed one exchange counted the same rounds: {}",
    "p_told_together": "rows that a source reported together are of one exchange: {}",
    "p_real": "a report is of something that happened, by reliability grade of its source: {}",
}
ORIGIN_WORDS = {  # what each figure of the origin prior says
    "p_self_inflicted": "a round that fell on a party's ground was its own: {}",
    "p_outgoing": "an explosion of which nothing else is known was a weapon firing: {}",
    "p_infiltrated": "fire from ground that a party holds was another's: {}",
    "p_answer": "fire from the other side soon after answers it: {}",
    "answer_within_s": "soon after is within {:g} s",
    "p_weapon_wrong": "a stated weapon is misnamed: {}",
    "bearing_sigma_deg": "a stated direction of flight is off by {:g} degrees (one standard deviation)",
}
PARTS = {  # what a release rule may withhold
    "advice": "advice and levels",
    "coverage": "what was watched",
    "decisions": "findings and rulings",
    "observations": "single observations",
    "rejected": "rejected input",
    "restrictions": "restrictions of monitors",
    "sensor_positions": "where observers stood",
}
MODEL_WORDS = {  # a parameter of a sensor model: what it is, and how its figure is said
    "sector_sigma_deg": ("error of a direction (one standard deviation)", "{:g} degrees"),
    "range_sigma_share": ("error of a distance (one standard deviation)", "{:g} % of it"),
    "travel_speed_m_s": ("speed of the signal", "{:g} m/s"),
    "travel_speed_sigma_share": ("error of that speed (one standard deviation)", "{:g} % of it"),
    "range_max_m": ("farthest that {} noticed", "{:g} km"),
    "lasts_s": ("longest that {} going on before being noticed", "{:g} h"),
}
EVERY_CLASS = "every class of the glossary"
SCALE = {"range_sigma_share": 100.0, "travel_speed_sigma_share": 100.0, "range_max_m": 0.001, "lasts_s": 1.0 / 3600.0}


def assumptions(
    arrangement: Arrangement,
    models: Mapping[str, SensorModel],
    day: date,
    used: frozenset[str] | None = None,
    *,
    attributed: bool = False,
) -> tuple[Assumed, ...]:
    """Assumed values in force on `day`: of the arrangement first, then of attribution and of the sensor models.

    `used` names the means that the observations were perceived by; models of other means matter to no number here.
    `attributed` says that there was fire, of which it was asked whose it is.
    """
    found = []
    for name in ("day_ends", "standards", "release"):
        found += _of_dated(name, getattr(arrangement, name).at(day))
    for name in ("day_parts", "prior"):  # how words and reports are read: the newest version serves for all days
        found += _of_dated(name, getattr(arrangement, name).history[-1])
    found += _of_origin(arrangement, day, attributed=attributed)
    for line in arrangement.lines:
        version = line.versions.at(day)
        if version.grade in ("assumed", "derived"):
            accuracy = f"drawn to about {version.value.accuracy_m:g} m ({version.grade})"
            found.append(Assumed(what=line.name, value=accuracy, reference=version.reference))
    for sector in arrangement.sectors:
        if sector.grade == "assumed":
            found.append(Assumed(what=f"sector {sector.name}", value="its border", reference=sector.reference))
    found += of_parts(arrangement, day)
    if attributed:
        found += attribution_assumes()
    for model in {m.name: m for means, m in models.items() if used is None or means in used}.values():
        found += _of_model(model)
    return tuple(dict.fromkeys(found))


def _of_origin(arrangement: Arrangement, day: date, *, attributed: bool) -> list[Assumed]:
    """What the arrangement assumes of who fires, as attribution reads it; where it is silent, what stands for that."""
    found: list[Assumed] = []
    if arrangement.origin is not None:
        found += _of_dated("origin", arrangement.origin.at(day))
    elif attributed:
        found.append(Assumed(what=DATED["origin"][0], value=_origin(OriginPrior()), reference=ALIKE))
    if arrangement.fielded is not None:
        fielded = arrangement.fielded.at(day)
        names: dict[str, str] = {party.id: party.name for party in arrangement.parties}
        named: Mapping[Any, tuple[str, ...]] = {
            names.get(party, party): classes for party, classes in fielded.value.items()
        }
        found += _of_dated("fielded", replace(fielded, value=named))
    elif attributed:
        found.append(Assumed(what=DATED["fielded"][0], value=f"each party: {EVERY_CLASS}", reference=ALIKE))
    return found


def _of_dated(name: str, since: Since[Any]) -> list[Assumed]:
    if since.grade != "assumed":
        return []
    what, said = DATED[name]
    return [Assumed(what=what, value=said(since.value), reference=since.reference)]


def _of_model(model: SensorModel) -> list[Assumed]:
    found = []
    for field in fields(model):
        value = getattr(model, field.name)
        named = {"": value} if isinstance(value, Parameter) else value if isinstance(value, Mapping) else {}
        for key, parameter in named.items():
            if parameter.grade == "assumed":
                what, said = _of_parameter(field.name, key, parameter.value, alone=len(named) == 1)
                found.append(Assumed(what=f"{model.name}: {what}", value=said, reference=parameter.reference))
    return found


def _of_parameter(name: str, key: str, value: float, *, alone: bool) -> tuple[str, str]:
    """What a parameter is, and its figure; one that has no words yet is still shown."""
    what, figure = MODEL_WORDS.get(name, (plain(f"{name} {key}".strip()), "{:g}"))
    if name == "travel_speed_m_s" and value == 0.0:
        return what, "arrives at once"
    noticed = f"{plural(key)} are" if key else "anything is" if alone else "anything else is"
    return what.format(noticed), figure.format(value * SCALE.get(name, 1.0)).replace(" ", NBSP, 1)


def _day_ends(value: time) -> str:
    return f"{value:%H:%M} local time"


def _standards(value: Standards) -> str:
    return "; ".join(f"{standard(name)} from {exact_percent(getattr(value, name))}" for name in STANDARDS)


def _release(value: Mapping[str, tuple[str, ...]]) -> str:
    withheld = {audience: [PARTS.get(part, plain(part)) for part in parts] for audience, parts in value.items()}
    return "; ".join(f"{plain(a)} edition: {listed(parts) or 'nothing'} not shown" for a, parts in withheld.items())


def _day_parts(value: Mapping[str, tuple[int, int]]) -> str:
    hours = {name: "–".join(f"{m // 60 % 24:02d}:{m % 60:02d}" for m in ends) for name, ends in value.items()}
    return ", ".join(f"{plain(name)} {span}" for name, span in hours.items())


def _prior(value: Prior) -> str:
    said = []
    for field in fields(value):
        figure = getattr(value, field.name)
        words = PRIOR_WORDS.get(field.name, f"{plain(field.name)}: {{}}")
        said.append(words.format(_figure(field.name, figure)))
    return "; ".join(said)


def _origin(value: OriginPrior) -> str:
    said = []
    for field in fields(value):
        figure = getattr(value, field.name)
        said.append(ORIGIN_WORDS.get(field.name, f"{plain(field.name)}: {{}}").format(_figure(field.name, figure)))
    return "; ".join(said)


def _fielded(value: Mapping[str, tuple[str, ...]]) -> str:
    classes = {
        party: EVERY_CLASS if set(has) >= set(WEAPONS) else listed(has) or "none" for party, has in value.items()
    }
    return "; ".join(f"{party}: {has}" for party, has in classes.items())


def _figure(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_figure(name, one)}" for key, one in value.items())
    return exact_percent(value) if name.startswith("p_") else value


DATED: Mapping[str, tuple[str, Callable[[Any], str]]] = {  # what is dated in an arrangement, and how it is said
    "day_ends": ("end of the reporting day", _day_ends),
    "standards": ("standards of proof", _standards),
    "release": ("what editions leave out", _release),
    "day_parts": ("hours meant by words for parts of the day", _day_parts),
    "prior": ("what is assumed before any report", _prior),
    "origin": ("what is assumed of who fires, the same for every party", _origin),
    "fielded": ("weapon classes that each party has", _fielded),
}
