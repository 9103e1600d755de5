"""Lints of the ladder: rungs that can never fire, clocks that never start, deadlines that run backwards."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import shapely

from truceline import menu
from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.located import place_of
from truceline.arrangement_file.overlap import in_km
from truceline.domain.arrangement import Arrangement
from truceline.domain.ids import RungId
from truceline.domain.ladder import Rung
from truceline.strict_yaml import Severity, Value

ZEROS = ("event", "registered", "ruling")  # in the order in which they come
ROUNDING = 1.02  # lengths are measured in a rough plane


def rung_after_a_later_one(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A rung comes after itself or after one below it: a circle, or an order that nobody can follow."""
    ids = [rung.id for rung in _rungs(said)]
    for n, rung in enumerate(_rungs(said)):
        after = rung.trigger.after
        if after is not None and after not in ids[:n]:
            what = "itself" if after == rung.id else f"'{after}', which stands below it"
            text = f"rung '{rung.id}' can never fire: it comes after {what}. Name a rung above, or reorder."
            yield _fault(root, rung, text, "error", "trigger", "after")


def rung_never_reached(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A rung comes after one that can never fire."""
    never: set[RungId] = {rung.id for rung in _rungs(said) if _impossible(said, rung)}
    never |= {rung.id for n, rung in enumerate(_rungs(said)) if _backwards(said, n, rung)}
    for rung in _rungs(said):
        after = rung.trigger.after
        if after in never and after != rung.id and rung.id not in never:
            never.add(rung.id)
            text = f"rung '{rung.id}' can never fire: it comes after '{after}', which cannot. Correct that one first."
            yield _fault(root, rung, text, "error", "trigger", "after")


def _backwards(said: Arrangement, n: int, rung: Rung) -> bool:
    return rung.trigger.after is not None and rung.trigger.after not in [one.id for one in _rungs(said)[:n]]


def rung_that_cannot_be_met(said: Arrangement, root: Value) -> Iterator[Fault]:
    """The conditions of a trigger exclude each other, or no clause of it can meet them."""
    for rung in _rungs(said):
        for key, why in _impossible(said, rung):
            yield _fault(root, rung, f"rung '{rung.id}' can never fire: {why}.", "error", *key)


def _impossible(said: Arrangement, rung: Rung) -> list[tuple[tuple[str, ...], str]]:
    """Where a rung asks for what cannot be, and why."""
    trigger, found = rung.trigger, list[tuple[tuple[str, ...], str]]()
    window, extended, longest = trigger.window, trigger.extended, _longest_km(said)
    if window is not None and extended is not None and extended.lasting > window:
        why = f"breaches within {_h(window)} cannot last {_h(extended.lasting)}. Widen window_h or shorten lasting_h"
        found.append((("trigger", "window_h"), why))
    if window is not None and trigger.continuing is not None and trigger.continuing >= window:
        why = f"no breach within {_h(window)} comes {_h(trigger.continuing)} after the first. Widen window_h"
        found.append((("trigger", "window_h"), why))
    if extended is not None and longest is not None and extended.along_km > longest * ROUNDING:
        why = f"breaches along {extended.along_km:g} km, and the line is {longest:.0f} km long. Lower along_km"
        found.append((("trigger", "extended", "along_km"), why))
    clauses = [clause for clause in said.clauses if not trigger.clauses or clause.id in trigger.clauses]
    families = sorted({clause.kind for clause in clauses if clause.kind})
    if rung.by_party and rung.rests_on == "indication" and families and not any(map(_asks_origin, families)):
        kinds = ", ".join(families)
        why = (
            f"it asks whose the breaches are, and an indication of kind {kinds} never says. "
            "Let it rest on a finding, or set by_party to false"
        )
        found.append((("trigger",), why))
    return found


def rung_that_needs_breaches_to_go_on(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A series is reset by less quiet than the rung waits: two breaches that far apart never count together."""
    ladder = said.ladder
    for rung in _rungs(said):
        waits = rung.trigger.continuing
        if ladder is not None and ladder.reset_after is not None and waits is not None and waits >= ladder.reset_after:
            text = (
                f"rung '{rung.id}' waits {_h(waits)} for a further breach, but {_h(ladder.reset_after)} of quiet end "
                "the series: it fires only if breaches go on in between. Check reset_after_h and continuing_h."
            )
            yield _fault(root, rung, text, "warning", "trigger", "continuing_h")


def clock_that_never_starts(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A clock starts with a ruling that the rung does not wait for, and may never come."""
    for rung in _rungs(said):
        if rung.zero == "ruling" and rung.rests_on in ("indication", "finding"):
            text = (
                f"rung '{rung.id}' rests on {_a(rung.rests_on)}, but its clock starts with a ruling: "
                "nothing says that there is one. Let it rest on a ruling, or start the clock earlier."
            )
            yield _fault(root, rung, text, "error", "zero")


def clock_before_the_ruling(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A deadline runs from the event, though only a ruling makes it due: it may be over before anybody ruled."""
    for rung in _rungs(said):
        if rung.rests_on == "ruling" and rung.zero in ("event", "registered") and rung.within is not None:
            text = (
                f"rung '{rung.id}' falls due {_h(rung.within)} after the {_zero(rung.zero)}, but rests on a ruling: "
                "where the ruling takes longer, it is late before it is reached. Check 'zero'."
            )
            yield _fault(root, rung, text, "warning", "zero")


def deadline_before_the_one_it_follows(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A rung falls due before the one that it comes after."""
    rungs = {rung.id: rung for rung in _rungs(said)}
    for rung in _rungs(said):
        before = rungs.get(rung.trigger.after) if rung.trigger.after is not None else None
        if before is None or before is rung or rung.within is None or before.within is None:
            continue
        if rung.zero not in ZEROS or before.zero not in ZEROS or ZEROS.index(rung.zero) > ZEROS.index(before.zero):
            continue
        if rung.within + (rung.trigger.continuing or timedelta(0)) < before.within:
            text = (
                f"rung '{rung.id}' falls due {_h(rung.within)} after the {_zero(rung.zero)}, before '{before.id}', "
                f"which it comes after ({_h(before.within)} after the {_zero(before.zero)}). Correct one of the two."
            )
            yield _fault(root, rung, text, "error", "within_h")


def _rungs(said: Arrangement) -> tuple[Rung, ...]:
    return said.ladder.rungs if said.ladder is not None else ()


def _asks_origin(kind: str) -> bool:
    return bool(getattr(menu.choose("clause", kind), "asks_origin", False))


def _longest_km(said: Arrangement) -> float | None:
    """The length of the longest line, over all of its versions; None if none could be read."""
    shapes = [v.value.vertices_deg for line in said.lines for v in line.versions.history]
    lengths = [shapely.LineString(in_km(np.asarray(one))).length for one in shapes if len(one) > 1]
    return float(max(lengths)) if lengths else None


def breaches_that_nothing_answers(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Every rung that asks whose a breach was leaves one party out: nothing on the ladder answers that party's."""
    asking = [rung for rung in _rungs(said) if rung.by_party]
    if any(not rung.parties for rung in asking):
        return
    for party in said.parties if asking else ():
        if not any(party.id in rung.parties for rung in asking):
            text = f"no rung counts breaches of {party.name}. Name what answers them, or know that nothing does."
            yield _fault(root, asking[0], text, "warning", "parties")


def _fault(root: Value, rung: Rung, text: str, severity: Severity, *path: str) -> Fault:
    return Fault(place_of(root, "ladder", "rungs", rung.id, *path), text, severity, rung.id, rung.reference)


def _h(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:g} h"


def _a(word: str) -> str:
    return f"an {word}" if word.startswith("i") else f"a {word}"


def _zero(zero: str) -> str:
    return {"event": "event", "registered": "registration", "ruling": "ruling"}[zero]
