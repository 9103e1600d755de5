"""Origin: who fired. Never the same question as where it fell; only `judgement/attribution.py` makes one."""

from dataclasses import dataclass

from truceline.domain.ids import PartyId

UNDETERMINED = "undetermined"  # stands beside the parties in `p_party`


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One piece of evidence: how well each party explains it (relative to the better one), and why.

    `moved_nats` is how far it moved the log odds towards the first party named in `ratio`; 0 says nothing.
    `observations` are what it rests on.
    """

    name: str
    because: str
    reference: str
    ratio: tuple[tuple[PartyId, float], ...]
    moved_nats: float
    observations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapResult:
    """Origin as one control map has it. `p_held` is who holds the place on that map."""

    control_map: str
    name: str
    since: str
    p_held: tuple[tuple[PartyId, float], ...]
    p_party: tuple[tuple[str, float], ...]
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who fired, over every control map listed for the day.

    `p_party` holds one mass a party and the rest, `undetermined`: what is not decided either way. A party's mass is
    the smallest that any map gives it. `p_fired` is the plain probability for each party, averaged over the maps.
    `indicated` and `standard` are set by `judgement/judge.py` alone, which holds the masses against the bars.
    """

    subject: str
    p_party: tuple[tuple[str, float], ...]
    p_fired: tuple[tuple[PartyId, float], ...]
    maps: tuple[MapResult, ...]
    indicated: PartyId | None = None
    standard: str | None = None
