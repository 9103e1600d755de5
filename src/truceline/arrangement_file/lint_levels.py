"""Lints of the forces in depth: levels that nobody may fill or nobody does, and holders that the rule keeps out."""

from collections.abc import Iterator
from datetime import date

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.located import place_of, stands
from truceline.domain.arrangement import Arrangement
from truceline.domain.level import Level, standing
from truceline.strict_yaml import Value


def level_that_nobody_may_fill(said: Arrangement, root: Value) -> Iterator[Fault]:
    """No actor of the arrangement has the traits that a level asks for."""
    for level in said.levels:
        if any(map(level.may_hold, said.actors)):
            continue
        opposed = [rule for rule in level.who if f"not {rule}" in level.who]
        if not said.actors:
            why = "no actor is listed. Add 'actors'"
        elif opposed:
            why = f"it asks for '{opposed[0]}' and for 'not {opposed[0]}'. Delete one of the two"
        else:
            why = f"no actor is all of: {', '.join(level.who)}. Correct 'who', or the traits of an actor"
        text = f"{_called(level)}: nobody may fill it, for {why}."
        yield Fault(
            place_of(root, "levels", str(level.number), "who"), text, "error", f"level {level.number}", level.reference
        )


def level_that_nobody_fills(said: Arrangement, root: Value) -> Iterator[Fault]:
    """Nobody stands on a level as of its last entry: it is empty, or what was said is on paper."""
    for level in said.levels:
        if not level.holders.history:
            continue
        now = standing(level, date.max)
        if now.kind == "held":
            continue
        said_so = ", ".join(f"{one.actor} ({one.state.replace('_', ' ')})" for one in now.on_paper)
        how = f"it stands on paper: {said_so}" if now.on_paper else "it is empty"
        text = (
            f"{_called(level)}: nobody fills it. As of {now.as_of} {how}. "
            "Advice that needs it will say so; when somebody is there, add an entry with state deployed."
        )
        at = place_of(root, "levels", str(level.number), "holders", len(level.holders.history) - 1)
        yield Fault(at, text, "warning", f"level {level.number}", now.reference)


def holder_not_allowed(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A holder has not the traits that its level asks for."""
    actors = {actor.id: actor for actor in said.actors}
    for level in said.levels:
        if not any(map(level.may_hold, said.actors)):
            continue  # told of the level as a whole
        for n, since in enumerate(level.holders.history):
            for i, holder in enumerate(since.value):
                actor = actors.get(holder.actor)
                if actor is None or level.may_hold(actor) or holder.state in ("refused", "withdrawn"):
                    continue
                traits = ", ".join(actor.traits) or "none"
                text = (
                    f"{_called(level)} is not open to '{actor.id}': it asks for {', '.join(level.who)}, and the traits "
                    f"are {traits}. Correct the holder, its traits, or 'who'."
                )
                at = place_of(root, "levels", str(level.number), "holders", n, "value", i)
                yield Fault(at, text, "error", f"level {level.number}", level.reference)


def rule_about_an_unknown_trait(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A rule keeps out whoever has a trait that nobody has: a slip of the pen lets everybody in."""
    known = {trait for actor in said.actors for trait in actor.traits}
    for level in said.levels:
        for n, rule in enumerate(level.who):
            trait = rule.removeprefix("not ")
            if trait == rule or trait in known or not stands(root, "actors"):
                continue
            text = (
                f"{_called(level)}: no actor has the trait '{trait}', so '{rule}' keeps nobody out. "
                f"Traits: {', '.join(sorted(known)) or 'none'}."
            )
            at = place_of(root, "levels", str(level.number), "who", n)
            yield Fault(at, text, "warning", f"level {level.number}", level.reference)


def _called(level: Level) -> str:
    return f"level {level.number}, {level.name}"
