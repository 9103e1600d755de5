"""The trace drawn: from observations through subject and clause elements to advice, and the evidence on the map."""

from importlib.resources import files

from truceline.judgement.origin_words import origin_words
from truceline.reports import svg
from truceline.reports.decisions import names_of
from truceline.reports.exercise import exercise_label
from truceline.reports.explained.boxes import GAP, LINE_PX, TEXT_PX, Placed, place_all, wrapped
from truceline.reports.explained.cards import columns_of
from truceline.reports.explained.chain import Chain
from truceline.reports.explained.evidence_map import evidence_map
from truceline.reports.labels import GLYPH_WIDTH
from truceline.reports.others import origins_of

MARGIN, TOP, HEAD_PX = 24.0, 100.0, 13.0
MAP_PX = 540.0
PANEL_CHARS = 110  # a line of words beside the map, about as long as is read with ease
LEAST_WIDTH = 1180.0


def picture(chain: Chain, id: str) -> str:
    """One SVG file about `id`: the chain it is part of from left to right, and the map of its evidence below.

    Text and data say the same (`truceline explain`); the picture carries a title and a description for readers who
    do not see it.
    """
    columns = columns_of(chain, id)
    placed = place_all(columns, MARGIN, TOP)
    width = max(LEAST_WIDTH, max(box.x + box.width for box in placed) + MARGIN)
    bottom = max(box.y + box.height for box in placed)
    below, height = _below(chain, id, bottom + 2 * GAP, width)
    held = chain.ready.held
    label = exercise_label(held.mission, held.arrangement.title)
    title = f"What {id} rests on, and what rests on it"
    about = " ".join(f"{column.title}: {', '.join(card.id for card in column.cards)}." for column in columns)
    parts = [
        svg.element("title", svg.escaped(f"{label}. {title}" if label else title), id="title"),
        svg.element("desc", svg.escaped(f"{held.mission}. {about}"), id="about"),
        svg.element("style", _style()),
        svg.box(0, 0, width, height, klass="page"),
        svg.words(MARGIN, 24, label, klass="exercise") if label else "",
        svg.words(MARGIN, 46, title, klass="heading"),
        svg.words(MARGIN, 66, _headed(f"{held.mission}; {held.arrangement.title}", width), klass="subheading"),
        *[svg.words(box.x, TOP - 12, box.title, klass="column") for box in _firsts(placed)],
        *[_edge(box, to) for box in placed for to in placed if to.card.id in box.card.leads_to],
        *[_card(box, focal=box.card.id == id) for box in placed],
        below,
    ]
    return svg.element(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {svg.number(width)} {svg.number(height)}",
        width=width, height=height, klass="trace-picture", role="img", aria_labelledby="title about",
    ) + "\n"  # fmt: skip


def _headed(text: str, width: float) -> str:
    """`text` on one line of the picture, cut where it is longer."""
    lines = wrapped(text, int((width - 2 * MARGIN) / (GLYPH_WIDTH * HEAD_PX)) - 2)
    return lines[0] if len(lines) == 1 else f"{lines[0]} …"


def _style() -> str:
    """The colours and classes of the report's figures, and those of this picture."""
    folder = files("truceline") / "reports" / "templates"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in ("colours.css", "figure.css", "trace.css"))


def _firsts(placed: list[Placed]) -> list[Placed]:
    """The top box of each column."""
    firsts: dict[float, Placed] = {}
    for box in placed:
        firsts.setdefault(box.x, box)
    return list(firsts.values())


def _edge(a: Placed, b: Placed) -> str:
    """A stroke from one record to what rests on it: the thicker, the likelier it belongs."""
    x0, y0, x1, y1 = a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2
    middle = (x0 + x1) / 2
    at = [svg.number(v) for v in (x0, y0, middle, y0, middle, y1, x1, y1)]
    share = a.card.leads_to[b.card.id]
    path = f"M{at[0]} {at[1]}C{at[2]} {at[3]} {at[4]} {at[5]} {at[6]} {at[7]}"
    said = f"{a.card.id} to {b.card.id}" + (f", belongs with {share:.0%}" if share is not None else "")
    return svg.path(
        path, svg.tooltip(said), klass="edge", stroke_width=1.0 + 2.5 * (share if share is not None else 0.4)
    )


def _card(box: Placed, *, focal: bool) -> str:
    """A box with its text, line by line."""
    frame = svg.box(box.x, box.y, box.width, box.height, klass="card focal" if focal else "card", rx=4.0)
    lines = [
        svg.words(box.x + 10, box.y + 19 + n * LINE_PX, text, klass="card-id" if n < box.heading else "card-text")
        for n, text in enumerate(box.lines)
    ]
    return svg.group(frame, *lines)


def _below(chain: Chain, id: str, top: float, width: float) -> tuple[str, float]:
    """The map and, where its origin was asked, what was found: side by side; and where the picture ends."""
    subject, sheet = evidence_map(chain, id)
    words = _words(chain, subject)
    if not sheet and not words:
        return "", top
    parts, x, bottom = [], MARGIN, top
    if sheet:
        drawn = svg.element("svg", sheet, x=x, y=top + 28, width=MAP_PX, height=MAP_PX)
        parts += [svg.words(x, top + 14, f"The evidence on {subject}, on the map", klass="column"), drawn]
        x, bottom = x + MAP_PX + GAP, top + 28 + MAP_PX
    if words:
        chars = min(PANEL_CHARS, int((width - MARGIN - x) / (GLYPH_WIDTH * TEXT_PX)))
        lines = [line for said in words for line in [*wrapped(said, chars), ""]]
        parts.append(svg.words(x, top + 14, f"Who fired, as far as anything says: {subject}", klass="column"))
        parts += [svg.words(x, top + 42 + n * LINE_PX, line, klass="card-text") for n, line in enumerate(lines) if line]
        bottom = max(bottom, top + 42 + len(lines) * LINE_PX)
    return svg.group(*parts), bottom + MARGIN


def _words(chain: Chain, subject: str) -> tuple[str, ...]:
    held = chain.ready.held
    origin = origins_of(held.derived, (subject,)).get(subject)
    return origin_words(origin, names_of(held.arrangement)) if origin is not None else ()
