"""Forces in depth of an arrangement file: actors, levels and who holds them, bodies that decide, pledged monitors."""

from collections.abc import Sequence
from typing import cast, get_args

from truceline.arrangement_file.known import Known, dated, grade, named, texts, zone_ids
from truceline.domain.ids import ActorId, BodyId
from truceline.domain.level import Actor, Body, Holder, HolderState, Level, Monitor
from truceline.domain.observation import MEANS, PHENOMENA
from truceline.strict_yaml import Value, flag, whole

STATES: tuple[HolderState, ...] = get_args(HolderState)
MOST_LEVELS = 99
MOST_MEMBERS = 1000


def actor(value: Value) -> Actor:
    """A state, force or organisation."""
    got = value.fields(("id", "name", "traits", "reference", "grade"))
    return Actor(
        id=ActorId(got["id"].text()),
        name=got["name"].text(),
        traits=texts(got["traits"]),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
    )


def body(value: Value) -> Body:
    """A body that decides."""
    got = value.fields(
        ("id", "name", "members", "decides", "on_deadlock", "reference", "grade"), optional=("quorum", "rules")
    )
    members = texts(got["members"])
    quorum = whole(got["quorum"], 1, MOST_MEMBERS) if got["quorum"].present else None
    if quorum is not None and members and quorum > len(members):
        got["quorum"].complain(
            f"quorum: {quorum} of {len(members)} members can never be present. Correct one of the two."
        )
    return Body(
        id=BodyId(got["id"].text()),
        name=got["name"].text(),
        members=members,
        decides=got["decides"].text(),
        quorum=quorum,
        on_deadlock=got["on_deadlock"].text(),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
        rules=flag(got["rules"]),
    )


def level(value: Value, known: Known) -> Level:
    """One of the forces in depth."""
    got = value.fields(
        ("number", "name", "place", "who", "tasks", "holders", "reference", "grade"), optional=("zones",)
    )
    from_the_start_unknown = known.in_force_on.max  # before the first entry nobody is known to hold it: no gap
    return Level(
        number=whole(got["number"], 1, MOST_LEVELS),
        name=got["name"].text(),
        place=got["place"].text(),
        zones=zone_ids(got["zones"], known),
        who=texts(got["who"]),
        tasks=texts(got["tasks"]),
        holders=dated(got["holders"], lambda v: _holders(v, known), known, since=from_the_start_unknown),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
    )


def _holders(value: Value, known: Known) -> tuple[Holder, ...]:
    holders: list[Holder] = []
    for one in value.items():
        got = one.fields(("actor", "state"), optional=("condition",))
        holder = Holder(
            actor=ActorId(named(got["actor"], known.actors, "actor", "actors")),
            state=cast(HolderState, got["state"].text(STATES)),
            condition=got["condition"].text(),
        )
        if holder.actor and holder.actor in [before.actor for before in holders]:
            got["actor"].complain(f"actor: '{holder.actor}' stands here twice. Keep one entry.")
        holders.append(holder)
    return tuple(holders)


def monitor(value: Value, known: Known) -> Monitor:
    """A pledged means of watching."""
    got = value.fields(("id", "name", "means", "phenomena", "reference", "grade"), optional=("level", "zones"))
    return Monitor(
        id=got["id"].text(),
        name=got["name"].text(),
        level=level_number(got["level"], known.levels) if got["level"].present else None,
        means=_some(got["means"], "means", MEANS),
        phenomena=_some(got["phenomena"], "phenomenon", PHENOMENA),
        zones=zone_ids(got["zones"], known),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
    )


def level_number(value: Value, levels: Sequence[int]) -> int:
    """The number of one of the arrangement's levels; 0 if it is none of them."""
    return int(named(value, [str(number) for number in levels], "level", "levels") or 0)


def _some(value: Value, what: str, choices: Sequence[str]) -> tuple[str, ...]:
    value.items(what)
    return texts(value, choices)
