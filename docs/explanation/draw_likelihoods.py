"""Draws the pictures of fusion.md from the compiled likelihoods; with --check only says whether they are current.

python docs/explanation/draw_likelihoods.py [--check]
"""

import math
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
from likelihood_panels import HIGH, WIDE, Panel, observer, outlines, picture, when, where
from likelihood_rows import (
    F64,
    FRAME,
    START,
    arc,
    batch_of,
    found_at,
    log_at,
    row,
    seen_from,
    start_s,
)

from truceline.domain.arrangement import Prior
from truceline.fusion.associate import associate
from truceline.fusion.intake.batch import Batch
from truceline.fusion.places.clouds import clouds
from truceline.physics.columns import ARRIVAL
from truceline.reports import svg

HERE = Path(__file__).resolve().parent

OBSERVERS = ((-3000.0, -1500.0), (6000.0, -500.0), (5000.0, 5500.0), (-2000.0, 5500.0))


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
