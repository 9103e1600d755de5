"""Panels of the pictures of fusion.md: one log density each, drawn as outlines that hold a share of its mass."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from contours import level_of, rings, simple
from likelihood_rows import F64, log_at, log_over_time, start_s

from truceline.fusion.intake.batch import Batch
from truceline.reports import svg

SHARES = (0.99, 0.9, 0.5)
WIDE, HIGH = 288, 240  # pixels of a panel, and points of its grid
LEFT, TOP, GAP, FOOT = 38.0, 26.0, 40.0, 54.0
STYLE = (
    ".paper{fill:#fff}.frame{fill:none;stroke:#8a8a85}.s0{fill:#c9dcee}.s1{fill:#8db5da}.s2{fill:#3f7fb8}"
    ".one{fill:none;stroke:#8a5a00;stroke-width:1.2}.who{fill:#111}.true{stroke:#b3261e;stroke-width:1.6;fill:none}"
    ".node{fill:#111}.ell{fill:none;stroke:#111;stroke-width:1.2;stroke-dasharray:4 3}.tick{stroke:#8a8a85}"
    "text{font:11px sans-serif;fill:#333}.head{font-weight:600;fill:#111}"
    "@media(prefers-color-scheme:dark){.paper{fill:#16181a}.s0{fill:#1d3347}.s1{fill:#2f608c}.s2{fill:#6fb1e8}"
    ".who,.node{fill:#eee}.ell{stroke:#eee}.one{stroke:#e0a93b}.true{stroke:#ff8a80}text{fill:#bbb}.head{fill:#eee}}"
)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A picture of one log density: `log_density` of (n, 2) in the units of the axes, x0, y0, x1, y1 of `window`."""

    head: str
    window: tuple[float, float, float, float]
    log_density: Callable[[F64], F64]
    axes: tuple[str, str]
    whole: bool = True  # whether all of its mass may be taken to lie in the window
    marks: Callable[["Panel"], str] = lambda panel: ""
    rough_px: float = 0.12  # corners closer than this to a straight line are left out

    def px(self, xy: F64) -> F64:
        """Points (n, 2) in the units of the axes as pixels of the panel."""
        x0, y0, x1, y1 = self.window
        return np.column_stack([(xy[:, 0] - x0) / (x1 - x0) * WIDE, (y1 - xy[:, 1]) / (y1 - y0) * HIGH])

    def grid(self) -> F64:
        """The log density on the pixels, first row on top."""
        x0, y0, x1, y1 = self.window
        x, y = x0 + (np.arange(WIDE) + 0.5) * (x1 - x0) / WIDE, y1 - (np.arange(HIGH) + 0.5) * (y1 - y0) / HIGH
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        return self.log_density(points).reshape(HIGH, WIDE)

    def cell(self) -> float:
        """Size of a pixel in the units of the axes."""
        x0, y0, x1, y1 = self.window
        return (x1 - x0) * (y1 - y0) / (WIDE * HIGH)


def outlines(panel: Panel, grid: F64, share: float) -> str:
    """Path data around the smallest region with `share` of the mass."""
    level = level_of(grid, share, whole=None if panel.whole else 1.0 / panel.cell())
    around = [simple(ring, panel.rough_px) + 0.5 for ring in rings(grid, level)]
    return "".join(svg.outline(map(tuple, ring.tolist()), closed=True) for ring in around)


def step(span: float) -> float:
    """A round step that gives four to eight ticks."""
    size = 10.0 ** math.floor(math.log10(span / 4.0))
    return max(n * size for n in (1, 2, 5) if span / (n * size) >= 4.0)


def ticks(panel: Panel) -> str:
    """Ticks and their figures, with the unit at the end of each axis."""
    x0, y0, x1, y1 = panel.window
    drawn = []
    for low, high, upright in ((x0, x1, False), (y0, y1, True)):
        by = step(high - low)
        for n in range(math.ceil(low / by - 1e-9), math.floor(high / by + 1e-9) + 1):
            value, label = n * by, f"{n * by:g}".replace("-", "\u2212")
            if upright:
                at = panel.px(np.array([[x0, value]]))[0, 1]
                drawn += [svg.line(-4, at, 0, at, klass="tick"), svg.words(-6, at + 4, label, klass="n", anchor="end")]
            else:
                at = panel.px(np.array([[value, y0]]))[0, 0]
                drawn += [svg.line(at, HIGH, at, HIGH + 4, klass="tick")]
                drawn += [svg.words(at, HIGH + 16, label, klass="n", anchor="middle")]
    drawn += [svg.words(WIDE, HIGH + 31, panel.axes[0], klass="n", anchor="end")]
    return "".join([*drawn, svg.words(0, -6, panel.axes[1], klass="n")])


def drawn(panel: Panel, x: float) -> str:
    """One panel, its upper left corner at (x, TOP)."""
    grid = panel.grid()
    fills = [
        svg.path(outlines(panel, grid, share), klass=f"s{n}", fill_rule="evenodd") for n, share in enumerate(SHARES)
    ]
    frame = svg.box(0, 0, WIDE, HIGH, klass="frame")
    head = svg.words(WIDE, -6, panel.head, klass="head", anchor="end")
    inner = svg.element("svg", *fills, panel.marks(panel), width=WIDE, height=HIGH, viewBox=f"0 0 {WIDE} {HIGH}")
    return svg.group(inner, frame, head, ticks(panel), transform=f"translate({svg.number(x)} {svg.number(TOP)})")


def picture(panels: Sequence[Panel], *, title: str, about: str) -> str:
    """Panels side by side."""
    width = LEFT + len(panels) * (WIDE + GAP) - GAP + 12.0
    parts = [svg.element("style", STYLE), svg.box(0, 0, width, TOP + HIGH + FOOT - 12, klass="paper")]
    parts += [drawn(panel, LEFT + n * (WIDE + GAP)) for n, panel in enumerate(panels)]
    return svg.figure(width, TOP + HIGH + FOOT - 12, parts, title=title, about=about, klass="likelihood") + "\n"


def observer(*places: tuple[float, float]) -> Callable[[Panel], str]:
    """Marks where observers stood, in the units of the axes."""

    def marks(panel: Panel) -> str:
        found = panel.px(np.array(places))
        return "".join(svg.path(f"M{svg.number(x)} {svg.number(y - 5)}l5 9h-10z", klass="who") for x, y in found)

    return marks


def where(
    head: str, batch: Batch, which: Sequence[int], window: tuple[float, float, float, float], **more: Any
) -> Panel:
    """The plane, kilometres east and north: the product of rows, time of origin integrated out."""

    def density(km: F64) -> F64:
        return log_over_time(batch, which, km * 1000.0) + 2.0 * math.log(1000.0)

    own = len(which) == 1  # one row is a density over the plane; a product of several has to be made one
    return Panel(head=head, window=window, log_density=density, axes=("km east", "km north"), whole=not own, **more)


def when(
    head: str, batch: Batch, which: int, azimuth_deg: float, window: tuple[float, float, float, float], unit: str = "s"
) -> Panel:
    """A slice: kilometres from the observer towards an azimuth, and time of origin after the start."""
    unit_s = {"s": 1.0, "min": 60.0, "h": 3600.0}[unit]
    one = batch.rows[which]
    toward = np.array([math.sin(math.radians(azimuth_deg)), math.cos(math.radians(azimuth_deg))])

    def density(points: F64) -> F64:
        xy = np.array([one["x_m"], one["y_m"]]) + 1000.0 * points[:, :1] * toward
        return log_at(batch, which, np.column_stack([xy, start_s(batch) + unit_s * points[:, 1]]))

    return Panel(head=head, window=window, log_density=density, axes=("km away", f"{unit} of origin"))
