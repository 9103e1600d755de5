"""The figures: true geometry, labels that do not collide, and any number of subjects."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from report_sample import EMPTY, ENGAGEMENT, OBSERVATIONS, PERIOD, SAMPLE

from truceline.clock import Interval
from truceline.domain.report import DailyReport
from truceline.geo.line import locate
from truceline.judgement.words import ellipse_90
from truceline.reports.labels import Box, fit
from truceline.reports.map_figure import map_svg, marks_left_out
from truceline.reports.scene import build_scene, ellipse_outline, sector_outlines, to_plane
from truceline.reports.sheet import Sheet, sides, whole_sheet, windows
from truceline.reports.strip_figure import strip_svg

SVG = "{http://www.w3.org/2000/svg}"


def crowd(n: int) -> DailyReport:
    """The sample with `n` engagements spread along the line and over the day."""
    rng = np.random.default_rng(5)
    made = []
    for k in range(n):
        lon, start = float(rng.uniform(29.6, 31.6)), float(rng.uniform(-1.0, 23.0))
        when = Interval(
            start=PERIOD.start + (PERIOD.end - PERIOD.start) * (start / 24),
            end=PERIOD.start + (PERIOD.end - PERIOD.start) * ((start + 1.5) / 24),
        )
        km = (lon - 29.5) * 99.0
        along = replace(ENGAGEMENT.along, chainage_km=km, chainage_low_km=km - 1, chainage_high_km=km + 1)
        where = replace(ENGAGEMENT.where, lon_deg=lon, lat_deg=44.0)
        made.append(replace(ENGAGEMENT, id=f"E-{k:08x}", when=when, where=where, along=along))
    return replace(EMPTY, engagements=tuple(made))


def drawings(report: DailyReport) -> list[ET.Element]:
    return list(ET.fromstring(f"<all>{map_svg(report)}</all>"))


@pytest.mark.parametrize("report", [EMPTY, SAMPLE, crowd(1), crowd(60)])
def test_any_number_is_well_formed_and_finite(report: DailyReport) -> None:
    for text in (map_svg(report), strip_svg(report)):
        for node in ET.fromstring(f"<all>{text}</all>").iter():
            assert not re.search(
                r"nan|inf|e[-+]\d", " ".join(v for k, v in node.attrib.items() if k in ("d", "x", "y"))
            )
    assert 1 <= len(drawings(report)) <= 5


def test_every_subject_is_on_the_overview_and_on_a_sheet_or_counted() -> None:
    report = crowd(60)
    overview = drawings(report)[0]
    dots = [n for n in overview.iter(f"{SVG}circle") if n.get("class", "").startswith("dot")]
    assert len(dots) == 60
    scene = build_scene(report)
    assert sum(len(w.marks) for w in windows(scene)) + marks_left_out(report) == 60


def test_north_is_up_and_the_scale_is_true() -> None:
    scene = build_scene(SAMPLE)
    sheet = whole_sheet(scene)
    south, north = sheet.draw(to_plane(scene.frame, [(30.6, 43.9), (30.6, 44.1)]))
    assert abs(north[0] - south[0]) < 1.0 and north[1] < south[1]
    metres = (south[1] - north[1]) / sheet.px_per_m
    assert metres == pytest.approx(0.2 * 111_120, rel=0.002)


def test_left_is_left() -> None:
    """The sample's line runs east, so the ground left of it is the northern one: smaller y on the sheet."""
    sheet = Sheet(centre_xy=(0.0, 0.0), north_deg=0.0, px_per_m=1.0, width=100.0, height=100.0)
    left, right = sides(sheet, np.array([[10.0, 50.0], [50.0, 55.0], [90.0, 50.0]]))
    above = [float(y) for y in re.findall(r"[ML][-\d.]+ ([-\d.]+)", left)]
    below = [float(y) for y in re.findall(r"[ML][-\d.]+ ([-\d.]+)", right)]
    assert min(above) == -40 and max(above) < 60 and min(below) > 40 and max(below) == 140


def test_a_closed_line_has_an_inside() -> None:
    sheet = Sheet(centre_xy=(0.0, 0.0), north_deg=0.0, px_per_m=1.0, width=100.0, height=100.0)
    ring = np.array([[20.0, 20.0], [80.0, 20.0], [80.0, 80.0], [20.0, 80.0], [20.0, 21.0]])
    left, right = sides(sheet, ring)
    assert left and right


def test_ellipse_holds_ninety_per_cent() -> None:
    where = ENGAGEMENT.where
    rng = np.random.default_rng(1)
    cov = [[where.var_e_m2, where.cov_en_m2], [where.cov_en_m2, where.var_n_m2]]
    drawn = rng.multivariate_normal([0, 0], cov, size=20_000)
    major, minor, azimuth = ellipse_90(where)
    turn = np.radians(azimuth)
    along = drawn @ [np.sin(turn), np.cos(turn)]
    across = drawn @ [np.cos(turn), -np.sin(turn)]
    assert np.mean((along / major) ** 2 + (across / minor) ** 2 <= 1) == pytest.approx(0.9, abs=0.01)
    scene = build_scene(SAMPLE)
    ring = ellipse_outline(scene.frame, where)
    reach = np.hypot(*(ring - ring.mean(axis=0)).T)
    assert reach.max() == pytest.approx(major, rel=0.01) and reach.min() == pytest.approx(minor, rel=0.01)


def test_sectors_look_where_they_say() -> None:
    """South of the post by 3 to 5 km; two arcs that meet at north are one outline."""
    scene = build_scene(SAMPLE)
    (heard,) = sector_outlines(scene.frame, OBSERVATIONS[0])
    post = to_plane(scene.frame, [(30.52, 44.075)])[0]
    away = np.hypot(*(heard - post).T)
    assert away.min() == pytest.approx(3000, rel=1e-6) and away.max() == pytest.approx(5000, rel=1e-6)
    assert (heard[:, 1] < post[1]).all()
    assert len(sector_outlines(scene.frame, OBSERVATIONS[1])) == 1
    assert sector_outlines(scene.frame, OBSERVATIONS[3]) == ()


def test_where_observers_stood_is_drawn_only_if_given() -> None:
    hidden = tuple(replace(o, sensor_deg=None) for o in OBSERVATIONS)
    shown = map_svg(replace(SAMPLE, observations=hidden))
    assert 'class="observer"' in map_svg(SAMPLE) and "sector-seen" in map_svg(SAMPLE)
    assert 'class="observer"' not in shown and "sector-seen" not in shown
    assert "post Alder" not in shown and "post Alder" not in strip_svg(replace(SAMPLE, observations=()))


@pytest.mark.parametrize("report", [SAMPLE, crowd(60)])
def test_names_on_the_strip_do_not_collide(report: DailyReport) -> None:
    rooms = []
    for node in ET.fromstring(strip_svg(report)).iter(f"{SVG}text"):
        if not node.get("class", "").startswith("name"):
            continue
        x, y, width = float(node.get("x", "")), float(node.get("y", "")), 7.0 * len(node.text or "")
        left = x - {"middle": width / 2, "end": width}.get(node.get("text-anchor", ""), 0.0)
        rooms.append(Box(x0=left, y0=y - 9, x1=left + width, y1=y + 2))
    assert len(rooms) >= 2
    assert not [1 for i, a in enumerate(rooms) for b in rooms[:i] if a.meets(b)]


def test_what_began_before_the_period_is_cut_with_an_arrow() -> None:
    early = replace(ENGAGEMENT, when=Interval(start=PERIOD.start.replace(hour=10), end=PERIOD.start.replace(hour=18)))
    assert strip_svg(replace(SAMPLE, engagements=(early,))).count('class="cut"') == 1
    assert 'class="cut"' not in strip_svg(SAMPLE)


def test_watch_is_drawn_on_top_of_unknown() -> None:
    text = strip_svg(SAMPLE)
    assert text.index("url(#unwatched)") < text.index('class="hindered"') < text.index('class="watched"')
    bare = strip_svg(replace(SAMPLE, watched=()))
    assert "url(#unwatched)" in bare and 'class="watched"' not in bare


def test_figures_and_numbers_speak_of_one_line() -> None:
    """The chainage that a subject carries is the one that its mark has in the plane of the figures."""
    scene = build_scene(SAMPLE)
    for mark in scene.marks:
        chainage_m, offset_m = locate(scene.axis, [mark.xy_m[0]], [mark.xy_m[1]])
        assert chainage_m[0] / 1000 == pytest.approx(mark.subject.along.chainage_km, abs=0.1)
        assert offset_m[0] / 1000 == pytest.approx(mark.subject.along.offset_km, abs=0.1)


def test_no_room_means_no_label() -> None:
    page = Box(x0=0, y0=0, x1=100, y1=100)
    assert fit("a name", 50, 50, size=10, taken=[page], bounds=page, distances=(8.0,)) is None
    assert fit("a name far too long to fit", 50, 50, size=10, taken=[], bounds=page, distances=(8.0,)) is None
    found = fit("name", 50, 50, size=10, taken=[], bounds=page, distances=(8.0,))
    assert found is not None and found.box.within(page)
