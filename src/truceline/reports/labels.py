"""Where text fits on a figure: labels beside their points that cover neither each other nor what matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GLYPH_WIDTH = 0.64  # of the font size: a wide sans face (DejaVu), so that narrower faces fit too


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in figure units, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: "Box") -> bool:
        """Whether the two overlap; touching is allowed."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def within(self, other: "Box") -> bool:
        """Whether this lies wholly inside `other`."""
        return other.x0 <= self.x0 and other.y0 <= self.y0 and self.x1 <= other.x1 and self.y1 <= other.y1


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Text with the place found for it; `away` is how far it was moved from its point."""

    text: str
    x: float
    y: float
    anchor: str
    away: float
    box: Box


def text_width(text: str, size: float) -> float:
    """Room that `text` may need at font size `size`."""
    return GLYPH_WIDTH * size * len(text)


def text_box(x: float, y: float, text: str, size: float, anchor: str) -> Box:
    """The room taken by `text` with its baseline at (x, y)."""
    width = text_width(text, size)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return Box(x0=left - 1.5, y0=y - 0.85 * size, x1=left + width + 1.5, y1=y + 0.3 * size)


def dot_box(x: float, y: float, radius: float) -> Box:
    """The room taken by a mark."""
    return Box(x0=x - radius, y0=y - radius, x1=x + radius, y1=y + radius)


def _spots(x: float, y: float, size: float, away: float) -> Iterable[tuple[float, float, str]]:
    slant = 0.75 * away
    yield x + away, y + 0.35 * size, "start"
    yield x - away, y + 0.35 * size, "end"
    yield x, y - away, "middle"
    yield x, y + away + 0.8 * size, "middle"
    yield x + slant, y - slant, "start"
    yield x + slant, y + slant + 0.7 * size, "start"
    yield x - slant, y - slant, "end"
    yield x - slant, y + slant + 0.7 * size, "end"


def fit(
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    taken: Sequence[Box],
    bounds: Box,
    distances: Sequence[float],
) -> Label | None:
    """The nearest free place for `text` around (x, y), tried at each of `distances`; None where there is none."""
    for away in distances:
        for at_x, at_y, anchor in _spots(x, y, size, away):
            room = text_box(at_x, at_y, text, size, anchor)
            if room.within(bounds) and not any(room.meets(other) for other in taken):
                return Label(text=text, x=at_x, y=at_y, anchor=anchor, away=away, box=room)
    return None
