"""Reliability diagrams as SVG: what was said against how often it was so, and how often each was said."""

from collections.abc import Sequence

from truceline.reports import svg

SIDE, LEFT, TOP, FOOT, BARS = 260.0, 46.0, 30.0, 40.0, 60.0
STYLE = (
    ".paper{fill:#fff}.frame{fill:none;stroke:#8a8a85}.even{stroke:#8a8a85;stroke-dasharray:4 3}.said{fill:#3f7fb8}"
    ".bar{fill:#c9dcee}text{font:11px sans-serif;fill:#333}.head{font-weight:600;fill:#111}"
    "@media(prefers-color-scheme:dark){.paper{fill:#16181a}.said{fill:#6fb1e8}.bar{fill:#1d3347}text{fill:#bbb}"
    ".head{fill:#eee}}"
)


def diagram(what: str, drawn: Sequence[tuple[float, float, int]]) -> str:
    """One diagram of bins (mean p, share true, how many); the bars below are on a scale of powers of ten."""
    wide, high = LEFT + SIDE + 20.0, TOP + SIDE + BARS + FOOT
    parts = [
        svg.element("style", STYLE),
        svg.box(0.0, 0.0, wide, high, klass="paper"),
        svg.words(LEFT, 18.0, f"p of {what}", klass="head"),
        svg.box(LEFT, TOP, SIDE, SIDE, klass="frame"),
        svg.line(LEFT, TOP + SIDE, LEFT + SIDE, TOP, klass="even"),
    ]
    for k in range(6):
        share = k / 5.0
        parts.append(
            svg.words(LEFT - 6.0, TOP + SIDE * (1.0 - share) + 4.0, f"{share:.1f}", klass="tick", anchor="end")
        )
        parts.append(
            svg.words(LEFT + SIDE * share, TOP + SIDE + BARS + 16.0, f"{share:.1f}", klass="tick", anchor="middle")
        )
    most = max(len(str(n)) for _, _, n in drawn)
    for p, true, n in drawn:
        x, tall = LEFT + SIDE * p, (BARS - 10.0) * len(str(n)) / most
        parts.append(svg.box(x - 5.0, TOP + SIDE + BARS - tall, 10.0, tall, klass="bar"))
        about = svg.tooltip(f"said {p:.3f}, true {true:.3f}, of {n:,}")
        parts.append(svg.element("circle", about, cx=x, cy=TOP + SIDE * (1.0 - true), r=4.0, klass="said"))
    parts.append(
        svg.words(LEFT + SIDE / 2.0, high - 6.0, "said; true upwards; bars: digits of n", klass="tick", anchor="middle")
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {svg.number(wide)} {svg.number(high)}">'
    return "\n".join([head, *parts, "</svg>", ""])
