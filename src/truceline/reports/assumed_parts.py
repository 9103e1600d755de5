"""What the parts of an arrangement assume: zones, clauses, control maps, the ladder, levels, bodies and monitors."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from truceline.domain.arrangement import Arrangement
from truceline.domain.dated import Since
from truceline.domain.ladder import Extended, Rung, Trigger
from truceline.domain.level import Body, Holder, Level, Monitor
from truceline.domain.report import Assumed
from truceline.judgement.advice_words import lasting
from truceline.judgement.words import NBSP, grouped, kilometres, listed, plain, standard

EARTH_RADIUS_KM = 6371.0088  # mean radius of WGS 84 (IUGG)
RESTS_ON = {"indication": "indications", "finding": "findings", "ruling": "rulings"}
ZERO = {"event": "the breach", "registered": "its registration", "ruling": "the ruling"}
UNITS = {"m": "m", "km": "km", "mm": "mm", "h": "h", "min": "min", "deg": "degrees", "s": "s"}  # as names of terms end
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What is assumed of one named part; parts of which the same is assumed for the same reason share a line."""

    one: str
    many: str
    name: str
    about: str
    value: str
    reference: str


def of_parts(arrangement: Arrangement, day: date) -> tuple[Assumed, ...]:
    """Assumed values of the parts in force on `day`, in the order in which an arrangement states them."""
    together: dict[tuple[str, ...], list[str]] = {}
    for row in _rows(arrangement, day):
        key = (row.one, row.many, row.about, row.value, row.reference)
        together.setdefault(key, []).append(row.name)
    return tuple(
        Assumed(
            what=f"{one if len(names) == 1 else many} {listed(list(dict.fromkeys(names)))}{about and f': {about}'}",
            value=value,
            reference=reference,
        )
        for (one, many, about, value, reference), names in together.items()
    )


def _rows(arrangement: Arrangement, day: date) -> Iterator[Row]:
    yield from _of_ground(arrangement, day)
    yield from _of_clauses(arrangement, day)
    yield from _of_ladder(arrangement)
    names = {actor.id: actor.name for actor in arrangement.actors}
    for actor in arrangement.actors:
        if actor.grade == "assumed":
            traits = listed([plain(trait) for trait in actor.traits])
            yield Row("actor", "actors", actor.name, "what staffing rules ask of it", traits or "none", actor.reference)
    for body in arrangement.bodies:
        if body.grade == "assumed":
            yield Row("body", "bodies", body.name, "how it decides", _body(body), body.reference)
    for level in sorted(arrangement.levels, key=lambda one: one.number):
        yield from _of_level(level, day, names)
    for monitor in arrangement.monitors:
        if monitor.grade == "assumed":
            yield Row("monitor", "monitors", monitor.name, "", _monitor(monitor, arrangement), monitor.reference)


def _of_ground(arrangement: Arrangement, day: date) -> Iterator[Row]:
    for zone in arrangement.zones:
        version = zone.ring_deg.at(day)
        if version.grade == "assumed":
            yield Row("zone", "zones", f"'{zone.name}'", "border", _area(version.value), version.reference)
    for control in arrangement.control_maps:
        if control.grade == "assumed":
            line = arrangement.line(control.line)
            accuracy = kilometres(line.versions.at(day).value.accuracy_m / 1000.0)
            value = f"who holds which side is as {line.name} has it, drawn to about {accuracy}"
            yield Row("control map", "control maps", control.name, "", value, control.reference)


def _area(ring_deg: Ring) -> str:
    """How large a ring is, to three figures; on the sphere, in an equal-area plane."""
    plane = [(math.radians(lon), math.sin(math.radians(lat))) for lon, lat in ring_deg]
    twice = sum(x * v - u * y for (x, y), (u, v) in zip(plane, [*plane[1:], *plane[:1]], strict=True))
    km2 = 0.5 * abs(twice) * EARTH_RADIUS_KM**2
    figure = grouped(round(float(f"{km2:.3g}"))) if km2 >= 100.0 else f"{km2:.2g}"
    return f"{len(ring_deg)} corners round about {figure}{NBSP}km²"


def _of_clauses(arrangement: Arrangement, day: date) -> Iterator[Row]:
    for clause in arrangement.clauses:
        acts: Since[tuple[str, ...]] = clause.acts.at(day)
        if acts.grade == "assumed":
            value = listed([plain(act) for act in acts.value]) or "none named"
            yield Row("clause", "clauses", clause.id, "acts that count", value, acts.reference)
        terms = clause.terms.at(day) if clause.terms is not None else None
        if terms is not None and terms.grade == "assumed":
            yield Row("clause", "clauses", clause.id, "terms", _terms(terms.value) or "none", terms.reference)


def _terms(value: Mapping[str, Any]) -> str:
    """Terms as phrases: "days 7; order notified"; a name of what they are about comes first."""
    said = "; ".join(_term(name, one) for name, one in value.items() if name != "name")
    return f"{value['name']}: {said}" if "name" in value else said


def _term(name: str, value: Any) -> str:
    word, _, unit = name.rpartition("_")
    if isinstance(value, bool):
        return plain(name) if value else f"not {plain(name)}"
    if isinstance(value, float | int) and unit == "m" and value >= 1000.0:
        return f"{plain(word)} {value / 1000.0:g}{NBSP}km"
    if isinstance(value, float | int):
        return f"{plain(word)} {value:,g}{NBSP}{UNITS[unit]}" if unit in UNITS else f"{plain(name)} {value:,g}"
    if isinstance(value, Mapping):
        return f"{plain(name)}: {', '.join(f'{key} {plain(str(one))}' for key, one in value.items())}"
    if isinstance(value, tuple) and any(isinstance(one, Mapping) for one in value):
        return f"{plain(name)}: " + ", ".join(f"({_terms(one)})" for one in value)
    said = listed([plain(str(one)) for one in value]) if isinstance(value, tuple) else str(value)
    return f"{plain(name)} {said}"


def _of_ladder(arrangement: Arrangement) -> Iterator[Row]:
    ladder = arrangement.ladder
    if ladder is None:
        return
    if ladder.grade == "assumed":
        reset = f"after {lasting(ladder.reset_after)} of quiet" if ladder.reset_after is not None else "never"
        yield Row("the ladder", "the ladder", "of steps", "when a series of breaches ends", reset, ladder.reference)
    titles: dict[str, str] = {rung.id: rung.title for rung in ladder.rungs}
    names = {party.id: party.name for party in arrangement.parties}
    for rung in ladder.rungs:
        if rung.grade == "assumed":
            yield Row("step", "steps", f"'{rung.title}'", "when it is reached", _rung(rung, titles, names),
                      rung.reference)  # fmt: skip


def _rung(rung: Rung, titles: Mapping[str, str], names: Mapping[Any, str]) -> str:
    only = f" that name {listed([names.get(p, p) for p in rung.parties])}" if rung.parties else ""
    apart = ", each party's apart" if rung.by_party and len(rung.parties) != 1 else ""
    rests = f"{RESTS_ON[rung.rests_on]}{only}{apart}, to the standard of {standard(rung.standard)} or better"
    due = f"within {lasting(rung.within)} of {ZERO[rung.zero]}" if rung.within is not None else "no deadline"
    return f"{_trigger(rung.trigger, titles)}; by {rests}; {due}; level {rung.level}"


def _trigger(trigger: Trigger, titles: Mapping[str, str]) -> str:
    of = f" of clause {listed(trigger.clauses, 'or')}" if trigger.clauses else ""
    within = f" within {lasting(trigger.window)}" if trigger.window is not None else ""
    first = [f"at least {trigger.at_least} {'breach' if trigger.at_least == 1 else 'breaches'}{of}{within}"]
    said = [] if trigger.extended is not None and trigger.at_least == 1 and not of + within else first
    if trigger.continuing is not None:
        said.append(f"one begun more than {lasting(trigger.continuing)} after the first")
    if trigger.extended is not None:
        said.append(_extended(trigger.extended))
    if trigger.after is not None:
        said.append(f"after '{titles.get(trigger.after, trigger.after)}'")
    return ", ".join(said)


def _extended(asked: Extended) -> str:
    return f"at least {asked.at_least} breaches over {lasting(asked.lasting)} along {kilometres(asked.along_km)}"


def _body(body: Body) -> str:
    quorum = f", quorum {body.quorum}" if body.quorum is not None else ""
    members = f"; members: {listed(body.members)}" if body.members else ""
    rules = "; rules on breaches" if body.rules else ""
    cannot = body.on_deadlock or "not stated"
    return f"{body.decides or 'not stated'}{quorum}{members}{rules}; where it cannot agree: {cannot}"


def _of_level(level: Level, day: date, names: Mapping[Any, str]) -> Iterator[Row]:
    number = str(level.number)
    if level.grade == "assumed":
        who = f"for {listed([plain(rule) for rule in level.who])}" if level.who else "for anyone"
        value = "; ".join(part for part in (level.name, level.place, who, ", ".join(level.tasks)) if part)
        yield Row("level", "levels", number, "what it is", value, level.reference)
    holders = level.holders.at(day)
    if holders.grade == "assumed":
        yield Row("level", "levels", number, "who holds it", _holders(holders.value, names), holders.reference)


def _holders(holders: tuple[Holder, ...], names: Mapping[Any, str]) -> str:
    return ", ".join(f"{names.get(h.actor, h.actor)} {plain(h.state)}" for h in holders) or "nobody"


def _monitor(monitor: Monitor, arrangement: Arrangement) -> str:
    zones = {zone.id: zone.name for zone in arrangement.zones}
    where = f"in {listed([zones.get(z, z) for z in monitor.zones])}" if monitor.zones else "everywhere"
    level = f", of level {monitor.level}" if monitor.level is not None else ""
    means, noticed = ([plain(one) for one in some] for some in (monitor.means, monitor.phenomena))
    return f"by {listed(means)}: {listed(noticed) or 'anything'}; {where}{level}"
