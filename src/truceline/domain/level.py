"""Who stands where in depth: actors, levels, bodies that decide, and who is pledged to watch what."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from truceline.domain.dated import Dated
from truceline.domain.ids import ActorId, BodyId, ZoneId

HolderState = Literal[
    "refused", "not_ruled_out", "floated", "announced", "pledged", "committed", "deployed", "withdrawn"
]
ON_PAPER = ("floated", "announced", "pledged", "committed")  # said, and not there; before that nothing was offered
StandingKind = Literal["held", "on_paper", "empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A state, force or organisation that may stand on a level. `traits` are what staffing rules ask for."""

    id: ActorId
    name: str
    traits: tuple[str, ...]
    reference: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An actor on a level and how far that has come; `condition` is what it makes it depend on, "" for nothing."""

    actor: ActorId
    state: HolderState
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One of the forces in depth. `who` are the traits its holders need, each a trait or "not " and a trait.

    `zones` are where it stands, none where the text does not say; `tasks` what it is there for, in words.
    """

    number: int
    name: str
    place: str
    zones: tuple[ZoneId, ...]
    who: tuple[str, ...]
    tasks: tuple[str, ...]
    holders: Dated[tuple[Holder, ...]]
    reference: str
    grade: str

    def may_hold(self, actor: Actor) -> bool:
        """Whether the staffing rule lets `actor` stand here."""
        return all(
            rule.removeprefix("not ") not in actor.traits if rule.startswith("not ") else rule in actor.traits
            for rule in self.who
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a level comes to on a day: who is there, who only said so, and since when and from where that is known."""

    kind: StandingKind
    deployed: tuple[ActorId, ...]
    on_paper: tuple[Holder, ...]
    as_of: date
    reference: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Who decides: its members, how it decides, and what the text says where it cannot agree.

    `rules` says that it is a body that rules on breaches; where no body of the arrangement does, any may.
    """

    id: BodyId
    name: str
    members: tuple[str, ...]
    decides: str
    quorum: int | None
    on_deadlock: str
    reference: str
    grade: str
    rules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A pledged means of watching: which level brings it, what it can notice, and where (no zones: everywhere)."""

    id: str
    name: str
    level: int | None
    means: tuple[str, ...]
    phenomena: tuple[str, ...]
    zones: tuple[ZoneId, ...]
    reference: str
    grade: str


def standing(level: Level, day: date) -> Standing:
    """Who holds `level` on `day`; before its first dated entry nobody is known to."""
    said = level.holders.at(day)
    known = said.value if said.day <= day else ()
    deployed = tuple(h.actor for h in known if h.state == "deployed")
    on_paper = tuple(h for h in known if h.state in ON_PAPER)
    kind: StandingKind = "held" if deployed else "on_paper" if on_paper else "empty"
    return Standing(
        kind=kind, deployed=deployed, on_paper=on_paper, as_of=said.day, reference=said.reference, grade=said.grade
    )
