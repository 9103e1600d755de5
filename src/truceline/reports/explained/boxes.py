"""Where the boxes of a trace stand: columns from left to right, text wrapped to fit, nothing over anything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from truceline.reports.labels import GLYPH_WIDTH

TEXT_PX, LINE_PX, GAP = 12.0, 16.0, 34.0
BOX_PX, PAD_PX, BETWEEN_PX = 236.0, 10.0, 12.0
CHARS = int((BOX_PX - 2 * PAD_PX) / (GLYPH_WIDTH * TEXT_PX))
LINES = 9  # of one box; what is longer is cut and says so, since text and data hold all


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A record as drawn: its id as heading, a few words, and to which cards it leads with which share (None: whole)."""

    id: str
    heading: str
    text: str
    leads_to: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Cards of one kind."""

    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A card with its place; the first `heading` of `lines` are its heading."""

    card: Card
    title: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    heading: int


def wrapped(text: str, chars: int) -> list[str]:
    """`text` in lines of at most `chars`; a word that is longer is broken."""
    return wrap(text, max(8, chars), break_long_words=True, break_on_hyphens=False) or [""]


def place_all(columns: Sequence[Column], x: float, y: float) -> list[Placed]:
    """Every card in its column, columns centred on the tallest."""
    stacks = [[_measured(card, column.title) for card in column.cards] for column in columns]
    heights = [sum(box.height for box in stack) + BETWEEN_PX * (len(stack) - 1) for stack in stacks]
    tallest = max(heights)
    placed = []
    for n, (stack, height) in enumerate(zip(stacks, heights, strict=True)):
        at = y + (tallest - height) / 2
        for box in stack:
            placed.append(_moved(box, x + n * (BOX_PX + 2 * GAP), at))
            at += box.height + BETWEEN_PX
    return placed


def _measured(card: Card, title: str) -> Placed:
    heading = wrapped(card.heading, CHARS)
    lines = [*heading, *(wrapped(card.text, CHARS) if card.text else [])]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1][: CHARS - 2]} …"]
    height = len(lines) * LINE_PX + 14.0
    return Placed(
        card=card, title=title, x=0.0, y=0.0, width=BOX_PX, height=height, lines=tuple(lines), heading=len(heading)
    )


def _moved(box: Placed, x: float, y: float) -> Placed:
    return Placed(
        card=box.card, title=box.title, x=x, y=y, width=box.width, height=box.height, lines=box.lines,
        heading=box.heading,
    )  # fmt: skip
