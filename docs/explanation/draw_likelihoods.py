"""Draws the pictures of fusion.md from the compiled likelihoods; with --check only says whether they are current.

python docs/explanation/draw_likelihoods.py [--check]
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from contours import level_of, rings, simple

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.columns import from_rows
from truceline.domain.observation import COLUMNS
from truceline.fusion.associate import associate
from truceline.fusion.intake.batch import Batch, make_batch
from truceline.fusion.places.clouds import clouds
from truceline.geo.frame import local_frame
from truceline.physics.columns import ARRIVAL
from truceline.physics.weigh import NOTHING, weigh
from truceline.reports import svg

HERE = Path(__file__).resolve().parent
F64 = np.ndarray[Any, np.dtype[np.float64]]
Row = dict[str, Any]

START = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
FRAME = local_frame(38.5, 48.7)
SHARES = (0.99, 0.9, 0.5)
OBSERVERS = ((-3000.0, -1500.0), (6000.0, -500.0), (5000.0, 5500.0), (-2000.0, 5500.0))
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


# -- rows of the interchange, and what the kernels make of them ------------------------------------------------------


def row(id: str, means: str, seconds: float, **more: Any) -> Row:
    """An explosion that one sensor noticed so many seconds after the start."""
    when = {"time": START + timedelta(seconds=seconds)} if "time_start" not in more else {}
    given = {"id": id, "source": "s", "sensor": id, "means": means, "phenomenon": "explosion", "reliability": "B"}
    return given | when | more


def seen_from(x_m: float, y_m: float, sigma_m: float = 10.0) -> Row:
    """Columns that say where the observer was."""
    lon, lat = FRAME.to_degrees(np.array([x_m]), np.array([y_m]))
    return {"sensor_lon_deg": float(lon[0]), "sensor_lat_deg": float(lat[0]), "sensor_sigma_m": sigma_m}


def found_at(x_m: float, y_m: float, major_m: float, minor_m: float, azimuth_deg: float) -> Row:
    """Columns of a fix with its ellipse."""
    lon, lat = FRAME.to_degrees(np.array([x_m]), np.array([y_m]))
    place = {"lon_deg": float(lon[0]), "lat_deg": float(lat[0])}
    return place | {"sigma_major_m": major_m, "sigma_minor_m": minor_m, "sigma_azimuth_deg": azimuth_deg}


def arc(start_deg: float, end_deg: float) -> list[dict[str, float]]:
    """One compass sector."""
    return [{"from_deg": start_deg, "to_deg": end_deg}]


def batch_of(*rows: Row) -> Batch:
    """The rows as fusion weighs them; times are seconds since the day began."""
    table = from_rows(COLUMNS, rows)
    batch, items, left_out = make_batch(table, frame=FRAME, models=sensor_models(), regions=Regions(), prior=Prior())
    if items or left_out or len(batch.rows) != len(rows):
        raise SystemExit(f"rows are missing from the batch: {left_out}, {len(items)} aggregated")
    return batch


def log_at(batch: Batch, which: int, states: F64) -> F64:
    """Log likelihood of one row at states (n, 3), in the time of the batch."""
    rows, arcs, corners = batch.reports
    return weigh(rows, arcs, corners, np.full(len(states), which, dtype=np.int64), states)


def start_s(batch: Batch) -> float:
    """`START` in the time of the batch."""
    return START.timestamp() - batch.epoch_s


def log_over_time(batch: Batch, which: Sequence[int], xy: F64) -> F64:
    """Log of the integral over time of the product of several rows, at places (n, 2): where, whenever it was."""
    lead = min(which, key=lambda i: (batch.rows[i]["half_window_s"], batch.rows[i]["time_sigma_s"]))
    one = batch.rows[lead]
    r_m = np.hypot(xy[:, 0] - one["x_m"], xy[:, 1] - one["y_m"])
    delay = r_m / one["speed_m_s"] if one["speed_m_s"] > 0.0 else np.zeros(len(xy))
    sigma = np.sqrt(one["time_sigma_s"] ** 2 + (one["speed_sigma_share"] * delay) ** 2)
    reach = one["half_window_s"] + 5.0 * sigma
    total = np.full(len(xy), -np.inf)
    for share in (np.arange(81) + 0.5) / 40.5 - 1.0:
        states = np.column_stack([xy, one["time_s"] - delay + share * reach])
        total = np.logaddexp(total, sum(log_at(batch, i, states) for i in which) + np.log(reach / 40.5))
    return np.maximum(total, NOTHING)


# -- panels ----------------------------------------------------------------------------------------------------------


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


# -- the pictures ----------------------------------------------------------------------------------------------------


def fix_picture() -> str:
    """A UAV and a satellite."""
    uav = batch_of(row("uav", "uav", 0.0, time_sigma_s=5.0, **found_at(0.0, 0.0, 150.0, 60.0, 60.0)))
    fire = batch_of(
        row("sat", "thermal", 0.0, time_sigma_s=120.0, **found_at(0.0, 0.0, 375.0, 375.0, 0.0)) | {"phenomenon": "fire"}
    )
    panels = [
        where("UAV, 150 m by 60 m", uav, [0], (-0.72, -0.6, 0.72, 0.6)),
        when("the same, 5 s", uav, 0, 60.0, (-0.72, -20.0, 0.72, 20.0)),
        when("fire seen by satellite", fire, 0, 90.0, (-1.5, -3.5, 1.5, 0.5), "h"),
    ]
    return picture(
        panels, title="Fix", about="A Gaussian ellipse; a fire seen in passing began up to three hours before."
    )


def sector_picture() -> str:
    """By ear, with a distance and without."""
    ear = {"time_sigma_s": 10.0, "sectors": arc(123.75, 146.25)}
    said = batch_of(
        row("post", "heard", 0.0, **seen_from(0.0, 0.0, 50.0), **ear, range_min_m=3000.0, range_max_m=6000.0)
    )
    bare = batch_of(row("post", "heard", 0.0, **seen_from(0.0, 0.0, 50.0), **ear))
    window = (-2.0, -14.0, 16.4, 1.333)
    panels = [
        where("heard, SE, 3\u20136 km", said, [0], window, marks=observer((0.0, 0.0))),
        where("heard, SE, no distance", bare, [0], window, marks=observer((0.0, 0.0))),
        when("SE, no distance: sound is late", bare, 0, 135.0, (0.0, -70.0, 18.0, 30.0)),
    ]
    return picture(
        panels, title="Sector", about="Compass arc and distance band with soft edges; sound delays the report."
    )


def bearing_picture() -> str:
    """A camera and an array of microphones."""
    camera = batch_of(
        row("cam", "camera", 0.0, **seen_from(0.0, 0.0), time_sigma_s=1.0, bearing_deg=60.0, bearing_sigma_deg=0.7)
    )
    array = batch_of(
        row("mic", "acoustic", 0.0, **seen_from(0.0, 0.0), time_sigma_s=0.2, bearing_deg=60.0, bearing_sigma_deg=2.0)
    )
    window = (-0.5, -3.0, 11.5, 7.0)
    panels = [
        where("camera, 0.7\u00b0", camera, [0], window, marks=observer((0.0, 0.0))),
        where("microphones, 2\u00b0", array, [0], window, marks=observer((0.0, 0.0))),
        when("microphones: time tells distance", array, 0, 60.0, (0.0, -45.0, 15.0, 5.0)),
    ]
    return picture(panels, title="Bearing", about="A ray with Gaussian error across and none stated along.")


def arrival_picture() -> str:
    """A station that only times what arrives, and two of them."""
    stated = {"time_sigma_s": 0.15}
    one = batch_of(row("a", "acoustic", 0.0, **seen_from(0.0, 0.0), **stated))
    both = batch_of(
        row("a", "acoustic", 0.0, **seen_from(-2000.0, 0.0), **stated),
        row("b", "acoustic", 4.0, **seen_from(2000.0, 1000.0), **stated),
    )
    t = start_s(one) - 12.0

    def ring(km: F64) -> F64:
        return log_at(one, 0, np.column_stack([km * 1000.0, np.full(len(km), t)]))

    window = (-6.0, -5.0, 6.0, 5.0)
    panels = [
        when("one station", one, 0, 90.0, (0.0, -45.0, 15.0, 5.0)),
        Panel(head="if it was 12 s before", window=window, log_density=ring, axes=("km east", "km north"),
              marks=observer((0.0, 0.0))),
        where("two stations, 4 s apart", both, [0, 1], window, marks=observer((-2.0, 0.0), (2.0, 1.0))),
    ]  # fmt: skip
    return picture(panels, title="Arrival", about="One time is a cone of place and time; two are a hyperbola.")


def area_picture() -> str:
    """Somewhere in a village, some time in half an hour."""
    corners = [(-900.0, -700.0), (700.0, -900.0), (1000.0, 200.0), (150.0, 250.0), (-100.0, 900.0), (-800.0, 600.0)]
    lon, lat = FRAME.to_degrees(*np.array(corners + corners[:1]).T)
    wkt = "POLYGON((" + ", ".join(f"{x:.7f} {y:.7f}" for x, y in zip(lon, lat, strict=True)) + "))"
    told = {"time_start": START, "time_end": START + timedelta(minutes=30), "time_kind": "unknown_within"}
    batch = batch_of(row("told", "reported", 0.0, **told, time_sigma_s=120.0, area=wkt))
    panels = [
        where("told: in the village", batch, [0], (-1.44, -1.2, 1.44, 1.2), rough_px=0.75),
        when("the same, in half an hour", batch, 0, 90.0, (-1.44, -15.0, 1.44, 45.0), "min"),
    ]
    return picture(
        panels, title="Area", about="Every square metre alike, every moment of a window with soft ends alike."
    )


def event_rows() -> Batch:
    """One explosion at (2.0, 3.0) km, as four sensors noticed it, each a little off."""
    true = np.array([2000.0, 3000.0])

    def sight(x_m: float, y_m: float) -> tuple[float, float]:
        east, north = true - np.array([x_m, y_m])
        return math.degrees(math.atan2(east, north)) % 360.0, math.hypot(east, north) / 337.3

    (camera, _), (array, late), (_, later) = (sight(*at) for at in OBSERVERS[:3])
    azimuth, last = sight(*OBSERVERS[3])
    first = math.floor(azimuth / 22.5) * 22.5
    places = [seen_from(*at) for at in OBSERVERS]
    return batch_of(
        row("camera", "camera", 0.4, **places[0], time_sigma_s=1.0, bearing_deg=camera + 0.4, bearing_sigma_deg=0.7),
        row(
            "array",
            "acoustic",
            late + 0.1,
            **places[1],
            time_sigma_s=0.2,
            bearing_deg=array - 1.5,
            bearing_sigma_deg=2.0,
        ),
        row("station", "acoustic", later - 0.05, **places[2], time_sigma_s=0.15),
        row("ear", "heard", last + 6.0, **places[3], time_sigma_s=10.0, sectors=arc(first, first + 22.5)),
    )


def around_each(batch: Batch) -> Callable[[Panel], str]:
    """Outlines of what each row says by itself, 90 % of it, with observers and the true place."""

    def marks(panel: Panel) -> str:
        drawn_ = [observer(*[(x / 1000.0, y / 1000.0) for x, y in OBSERVERS])(panel)]
        for i in np.flatnonzero(batch.rows["family"] != ARRIVAL).tolist():  # an arrival alone fills the picture
            x0, y0, x1, y1 = panel.window
            dx, dy = 0.05 * (x1 - x0), 0.05 * (y1 - y0)  # a wider window: what runs along its rim is out of sight
            alone = where("", batch, [i], (x0 - dx, y0 - dy, x1 + dx, y1 + dy))
            outline = svg.path(outlines(alone, alone.grid(), 0.9), klass="one")
            shift = f"translate({svg.number(-0.05 * WIDE)} {svg.number(-0.05 * HIGH)}) scale(1.1)"
            drawn_.append(svg.group(outline, transform=shift))
        return "".join([*drawn_, cross(panel)])

    return marks


def cross(panel: Panel) -> str:
    """The true place."""
    ((x, y),) = panel.px(np.array([[2.0, 3.0]])).tolist()
    return svg.path(svg.outline([(x - 5, y), (x + 5, y)]) + svg.outline([(x, y - 5), (x, y + 5)]), klass="true")


def cloud_of(batch: Batch, expected: int) -> Callable[[Panel], str]:
    """The points by which fusion stands for where the event was; those that weigh anything."""
    found = associate(batch.reports, epoch_s=batch.epoch_s, prior=Prior())
    if np.diff(found.first).tolist() != [expected]:
        raise SystemExit(f"expected one event of {expected}, found {np.diff(found.first).tolist()}")
    (xy,), (weights,) = clouds(batch.reports, found, [0])

    def marks(panel: Panel) -> str:
        heavy = weights > 0.02 * weights.max()
        points = panel.px(xy[heavy] / 1000.0)
        radii = 2.2 * np.sqrt(weights[heavy] / weights.max())
        dots = [svg.circle(x, y, r, klass="node") for (x, y), r in zip(points.tolist(), radii.tolist(), strict=True)]
        return "".join([*dots, cross(panel)])

    return marks


def event_picture() -> str:
    """What four reports say together, near and far, and what two cameras side by side leave open."""
    batch = event_rows()
    side = batch_of(
        row("one", "camera", 0.0, **seen_from(-800.0, 0.0), time_sigma_s=1.0, bearing_deg=43.2, bearing_sigma_deg=0.7),
        row(
            "two", "camera", 0.5, **seen_from(-950.0, 300.0), time_sigma_s=1.0, bearing_deg=47.3, bearing_sigma_deg=0.7
        ),
    )
    every = list(range(len(batch.rows)))
    panels = [
        where("four reports, 90 % of each", batch, every, (-4.0, -3.0, 8.0, 7.0), marks=around_each(batch)),
        where("what they say together", batch, every, (1.7, 2.75, 2.3, 3.25), marks=cloud_of(batch, 4)),
        where("two cameras side by side", side, [0, 1], (-0.5, 0.6, 5.5, 5.6), marks=cloud_of(side, 2)),
    ]
    about = "Shares of 50, 90 and 99 % of the posterior, the points that stand for it, and the true place as a cross."
    return picture(panels, title="One event", about=about)


PICTURES: dict[str, Callable[[], str]] = {
    "likelihood-fix.svg": fix_picture,
    "likelihood-sector.svg": sector_picture,
    "likelihood-bearing.svg": bearing_picture,
    "likelihood-arrival.svg": arrival_picture,
    "likelihood-area.svg": area_picture,
    "likelihood-event.svg": event_picture,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pictures, or with --check compare them; 0 if all is as it should be."""
    stale = []
    for name, draw in PICTURES.items():
        text, path = draw(), HERE / name
        if arguments == ["--check"]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"{', '.join(stale)}: not current. Run python docs/explanation/draw_likelihoods.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
