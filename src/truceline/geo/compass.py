"""Compass words as people write them: sixteen points, sectors, ranges of them and directions of flight."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

NAMES = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
STEP_DEG = 360.0 / len(NAMES)
HALF_DEG = STEP_DEG / 2.0
POINTS: Mapping[str, float] = MappingProxyType({name: i * STEP_DEG for i, name in enumerate(NAMES)})
FULL_CIRCLE = (0.0, 360.0)
_NUMBER = {name: i for i, name in enumerate(NAMES)}

Arc = tuple[float, float]


def _number(word: str) -> int:
    number = _NUMBER.get(word.strip().upper())
    if number is None:
        raise ValueError(f"'{word.strip()}' is no compass word; known: {', '.join(NAMES)}")
    return number


def parse_direction(word: str) -> float:
    """Degrees clockwise from north of a compass word, in any case. Raises ValueError naming the word."""
    return _number(word) * STEP_DEG


def arc(word: str) -> Arc:
    """What a compass word covers: (from_deg, to_deg), clockwise, 11.25 degrees to each side of its centre.

    "N" is (348.75, 11.25): an arc may pass through north. Raises ValueError naming the word.
    """
    return _arc_of(_number(word), 1)


def parse_sectors(text: str) -> tuple[Arc, ...]:
    """Sectors as a person names them: "SE|S|SSW", or "NE..SSE" for everything clockwise from NE to SSE.

    Words that touch become one arc; arcs come in the order of where they start, clockwise from north; all
    sixteen words are one full circle (0, 360); blank is none.

    Raises
    ------
    ValueError
        naming the word that is no compass word, or the range that has no two ends.
    """
    if not text.strip():
        return ()
    covered: set[int] = set()
    for part in text.split("|"):
        first, dots, last = part.partition("..")
        start = _number(first)
        end = _number(last) if dots else start
        covered.update((start + k) % len(NAMES) for k in range((end - start) % len(NAMES) + 1))
    if len(covered) == len(NAMES):
        return (FULL_CIRCLE,)
    starts = [i for i in covered if (i - 1) % len(NAMES) not in covered]
    return tuple(sorted(_arc_of(i, _run(i, covered)) for i in starts))


def parse_flight(text: str) -> float:
    """Direction of travel, degrees clockwise from north, of "W-E": seen flying from the west to the east.

    Where the two words are not opposite ("W-N") it is the straight way from the one side of the observer's
    horizon to the other (an assumption: no source states how such words were meant).

    Raises
    ------
    ValueError
        if the text is not two compass words with a hyphen between them, or both are the same.
    """
    words = text.split("-")
    if len(words) != 2:
        raise ValueError(f"'{text.strip()}' is no direction of flight; write it as FROM-TO, e.g. W-E")
    start, end = _number(words[0]), _number(words[1])
    if start == end:
        raise ValueError(f"'{text.strip()}' names one direction twice; it does not say which way the flight went")
    return ((start + end) / 2.0 * STEP_DEG + (90.0 if end > start else 270.0)) % 360.0


def arcs_words(arcs: Sequence[Arc]) -> tuple[str, ...]:
    """Arcs as people would name them, arcs that touch as one: "SE", "SE to SSE", "340 to 30 degrees".

    Arcs of whole compass words get the words. Others get degrees: what is narrower than one word was measured, and
    is named by its middle ("47 degrees").
    """
    whole = [(start % 360.0, 360.0 if width >= 360.0 else width) for start, width in _joined(arcs)]
    return tuple(_words_of(start, width) for start, width in whole)


def _joined(arcs: Sequence[Arc]) -> list[tuple[float, float]]:
    """Arcs as (start, width), those that touch or overlap as one, clockwise from north."""
    found: list[tuple[float, float]] = []
    for start, width in sorted((a % 360.0, _width(a, b)) for a, b in arcs):
        if found and start <= found[-1][0] + found[-1][1] + 1e-9:
            found[-1] = (found[-1][0], max(found[-1][1], start + width - found[-1][0]))
        else:
            found.append((start, width))
    while len(found) > 1 and sum(found[-1]) >= found[0][0] + 360.0 - 1e-9:  # the last one passes north
        start, width = found.pop(0)
        found[-1] = (found[-1][0], max(found[-1][1], start + 360.0 + width - found[-1][0]))
    return found


def _width(from_deg: float, to_deg: float) -> float:
    width = to_deg - from_deg
    return width if 0.0 <= width <= 360.0 else width % 360.0


def _words_of(start: float, width: float) -> str:
    if width >= 360.0:
        return "all directions"
    first, count = (start + HALF_DEG) / STEP_DEG, width / STEP_DEG
    if count > 0.5 and max(abs(first - round(first)), abs(count - round(count))) < 1e-6:
        names = NAMES[round(first) % len(NAMES)], NAMES[(round(first) + round(count) - 1) % len(NAMES)]
        return names[0] if names[0] == names[1] else f"{names[0]} to {names[1]}"
    if width < STEP_DEG:
        return f"{_degrees(start + width / 2.0)} degrees"
    return f"{_degrees(start)} to {_degrees(start + width)} degrees"


def _degrees(azimuth: float) -> str:
    return f"{round(azimuth % 360.0, 1) % 360.0:g}"


def _run(start: int, covered: set[int]) -> int:
    length = 1
    while (start + length) % len(NAMES) in covered:
        length += 1
    return length


def _arc_of(start: int, n_words: int) -> Arc:
    from_deg = (start * STEP_DEG - HALF_DEG) % 360.0
    return from_deg, (from_deg + n_words * STEP_DEG) % 360.0
