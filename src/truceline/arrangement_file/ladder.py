"""The ladder of an arrangement file: what falls due after what, by when, and who authorises it."""

from datetime import timedelta
from typing import cast, get_args

from truceline.arrangement_file.forces import level_number
from truceline.arrangement_file.known import LONGEST_H, Known, grade, hours, named, unique
from truceline.arrangement_file.located import words
from truceline.domain.arrangement import STANDARDS
from truceline.domain.ids import BodyId, ClauseId, PartyId, RungId
from truceline.domain.ladder import Extended, Ladder, RestsOn, Rung, Trigger, Zero
from truceline.strict_yaml import Value, flag, whole

_RUNG = (
    *("id", "title", "trigger", "rests_on", "standard", "zero", "level", "action"),
    *("authorised_by", "on_deadlock", "reference", "grade"),
)
_TRIGGER = ("clauses", "at_least", "window_h", "after", "continuing_h", "extended")
MOST_BREACHES = 1_000_000
LONGEST_KM = 1e5


def ladder(value: Value, known: Known) -> Ladder | None:
    """The rungs in their order; None where the arrangement has no ladder."""
    if not value.present:
        return None
    got = value.fields(("rungs", "reference", "grade"), optional=("reset_after_h",))
    items = got["rungs"].items("rung")
    ids = tuple(id for id in (words(item, "id") for item in items) if id)
    rungs = tuple(_rung(item, ids, known) for item in items)
    unique(got["rungs"], [rung.id for rung in rungs])
    return Ladder(
        rungs=rungs,
        reset_after=hours(got["reset_after_h"]),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
    )


def _rung(value: Value, ids: tuple[str, ...], known: Known) -> Rung:
    got = value.fields(_RUNG, optional=("by_party", "parties", "within_h"))
    return Rung(
        id=RungId(got["id"].text()),
        title=got["title"].text(),
        trigger=_trigger(got["trigger"], ids, known),
        rests_on=cast(RestsOn, got["rests_on"].text(get_args(RestsOn))),
        standard=got["standard"].text(STANDARDS),
        by_party=flag(got["by_party"]),
        zero=cast(Zero, got["zero"].text(get_args(Zero))),
        within=hours(got["within_h"]),
        level=level_number(got["level"], known.levels),
        action=got["action"].text(),
        authorised_by=BodyId(named(got["authorised_by"], known.bodies, "body", "bodies")),
        on_deadlock=got["on_deadlock"].text(),
        reference=got["reference"].text(),
        grade=grade(got["grade"]),
        parties=tuple(PartyId(id) for id in (one.text(known.parties) for one in got["parties"].items()) if id),
    )


def _trigger(value: Value, ids: tuple[str, ...], known: Known) -> Trigger:
    got = value.fields((), optional=_TRIGGER)
    after = got["after"].text(ids)
    return Trigger(
        clauses=tuple(ClauseId(id) for id in (one.text(known.clauses) for one in got["clauses"].items()) if id),
        at_least=whole(got["at_least"], 1, MOST_BREACHES) if got["at_least"].present else 1,
        window=hours(got["window_h"]),
        after=RungId(after) if after else None,
        continuing=hours(got["continuing_h"]),
        extended=_extended(got["extended"]),
    )


def _extended(value: Value) -> Extended | None:
    if not value.present:
        return None
    got = value.fields(("at_least", "lasting_h", "along_km"))
    lasting_h, along_km = got["lasting_h"].number(0, LONGEST_H), got["along_km"].number(0, LONGEST_KM)
    return Extended(
        at_least=whole(got["at_least"], 1, MOST_BREACHES),
        lasting=timedelta(hours=lasting_h if lasting_h >= 0 else 0.0),
        along_km=along_km,
    )
