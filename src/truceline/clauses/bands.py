"""How far from a line, on whose ground: a party's weapons are told by the side of its own reference line."""

from collections.abc import Sequence
from dataclasses import dataclass

from truceline.clauses.elements import NEVER, OPEN, Bounds, any_of
from truceline.clauses.origins import party_name
from truceline.domain.holding import Holding
from truceline.domain.ids import LineId, PartyId
from truceline.domain.ports import ClauseContext, Terrain

ANYWHERE_M = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Band:
    """From so far to so far from a line, metres."""

    from_m: float
    to_m: float

    @property
    def words(self) -> str:
        """The band as people write it."""
        return f"{self.from_m / 1000:g} to {self.to_m / 1000:g} km"


def close(
    bands: Sequence[Band], holding: Holding, parties: Sequence[tuple[PartyId, str]], context: ClauseContext
) -> Bounds:
    """That it lies in one of `bands` of whoever holds the ground.

    The sides of one line are apart, so their probabilities add up; those of different lines may overlap (`any_of`).
    """
    by_line: dict[str, list[Bounds]] = {}
    for party, line in parties:
        for band in _merged(bands):
            by_line.setdefault(line, []).append(ground(band, holding, party, line, context)[1])
    if holding.where is None or context.terrain is None:
        return OPEN if by_line else NEVER
    return any_of([_sum(parts) for parts in by_line.values()])


def ground(band: Band, holding: Holding, party: PartyId, line: str, context: ClauseContext) -> tuple[str, Bounds, str]:
    """Name, bounds and reason of: it lies in `band` of `line`, on ground of `party`.

    Where the source itself says whose ground it is, that decides the side; the coordinates decide the distance.
    """
    name = f"on ground of {party_name(party, context)}"
    if holding.held_by is not None and holding.held_by != party:
        return name, NEVER, "its source names it as the other side's ground"
    if holding.where is None or context.terrain is None:
        return name, OPEN, "no position is stated, so that the distance is left open"
    p = context.terrain.p_within(holding.where, LineId(line), party, band.from_m, band.to_m)
    if holding.held_by is None:
        return name, (p, p, p), f"share of the place {band.words} from its reference line '{line}', on its side"
    because = f"its source names the ground; share of the place {band.words} from the reference line '{line}'"
    return name, _held(context.terrain, holding, LineId(line), party, band, p), because


def _held(terrain: Terrain, holding: Holding, line: LineId, party: PartyId, band: Band, p: float) -> Bounds:
    """The distance given the side. Where the line as drawn says the other side, the plain distance is all there is."""
    if holding.where is None:
        return OPEN
    side = terrain.p_within(holding.where, line, party, 0.0, ANYWHERE_M)
    either = terrain.p_within(holding.where, line, None, band.from_m, band.to_m)
    given = min(1.0, p / side) if side > 0.0 else either
    plain = min(1.0, side * given + (1.0 - side) * either)
    low, high = min(given, either), max(given, either)
    return low, min(max(plain, low), high), high


def _merged(bands: Sequence[Band]) -> list[Band]:
    """The same ground as bands that do not touch."""
    apart: list[Band] = []
    for band in sorted(set(bands)):
        if apart and band.from_m <= apart[-1].to_m:
            apart[-1] = Band(from_m=apart[-1].from_m, to_m=max(apart[-1].to_m, band.to_m))
        else:
            apart.append(band)
    return apart


def _sum(parts: Sequence[Bounds]) -> Bounds:
    low, p, high = (min(1.0, sum(values)) for values in zip(*parts, strict=True))
    return low, p, high
