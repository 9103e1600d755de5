"""A small SVG writer: text in, the same bytes out; colours are left to CSS classes so that pages can be themed."""

import re
from collections.abc import Iterable, Sequence
from html import escape

Point = tuple[float, float]

# What XML forbids, what cannot be encoded, and what would reorder the text around it (Unicode TR 36, section 2.11).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_REORDERING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """`text` with every character that no page may hold replaced by the replacement character."""
    return _UNPRINTABLE.sub("\ufffd", text)


def escaped(text: str) -> str:
    """`text` as SVG character data or attribute value; controls that reorder text are dropped."""
    return escape(_REORDERING.sub("", printable(text)), quote=True)


def number(value: float) -> str:
    """`value` with at most one decimal, never "-0" or an exponent. Raises ValueError if it is not finite."""
    if not -1e9 < value < 1e9:
        raise ValueError(f"a figure cannot hold {value}: it is not finite or far outside any page")
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def element(name: str, *content: str, **attributes: str | float | None) -> str:
    """One element. `klass` is written `class`, `_` in a name as `-`; an attribute that is None is left out."""
    written = []
    for key, value in attributes.items():
        if value is None:
            continue
        shown = escaped(value) if isinstance(value, str) else number(value)
        written.append(f' {"class" if key == "klass" else key.replace("_", "-")}="{shown}"')
    inner = "".join(content)
    return f"<{name}{''.join(written)}>{inner}</{name}>" if inner else f"<{name}{''.join(written)}/>"


def tooltip(text: str) -> str:
    """The text that a pointer or a screen reader gets for the element around it."""
    return element("title", escaped(text))


def words(x: float, y: float, text: str, *, klass: str, anchor: str = "start") -> str:
    """Text with its baseline at (x, y); `anchor` is start, middle or end."""
    return element("text", escaped(text), x=x, y=y, klass=klass, text_anchor=None if anchor == "start" else anchor)


def line(x1: float, y1: float, x2: float, y2: float, *, klass: str) -> str:
    """A straight stroke."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, klass=klass)


def box(x: float, y: float, width: float, height: float, *content: str, **attributes: str | float | None) -> str:
    """A rectangle."""
    return element("rect", *content, x=x, y=y, width=width, height=height, **attributes)


def circle(x: float, y: float, radius: float, *content: str, klass: str) -> str:
    """A circle."""
    return element("circle", *content, cx=x, cy=y, r=radius, klass=klass)


def outline(points: Iterable[Point], *, closed: bool = False) -> str:
    """Path data through `points`."""
    steps = [f"{number(x)} {number(y)}" for x, y in points]
    return "M" + "L".join(steps) + ("Z" if closed else "") if steps else ""


def path(data: str, *content: str, **attributes: str | float | None) -> str:
    """A path; nothing where there is no data."""
    return element("path", *content, d=data, **attributes) if data else ""


def group(*content: str, **attributes: str | float | None) -> str:
    """A group; nothing where there is no content."""
    return element("g", *content, **attributes) if any(content) else ""


def hatch(name: str, *, angle_deg: float, gap: float, klass: str) -> str:
    """A pattern of parallel strokes, to be used as `fill="url(#name)"`."""
    stroke = line(0, 0, 0, gap, klass=klass)
    turned = f"rotate({number(angle_deg)})"
    units = "userSpaceOnUse"
    return element("pattern", stroke, id=name, width=gap, height=gap, patternUnits=units, patternTransform=turned)


def figure(width: float, height: float, parts: Sequence[str], *, title: str, about: str, klass: str) -> str:
    """The outermost element, scaled to its container; `title` and `about` are what a screen reader reads out."""
    label = f"{title}. {about}"
    return element(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(width)} {number(height)}",
        klass=klass, role="img", aria_label=label,
    )  # fmt: skip
