"""A hand-built report on an invented line; `python tests/reports/report_sample.py --write` renews golden/."""

import json
import math
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from beyond_sample import ARRANGEMENT, BEYOND

from truceline.clock import Interval
from truceline.domain.ids import ClauseId, EngagementId, IncidentId, IndicationId, ObservationId
from truceline.domain.incident import AlongLine, Engagement, Incident, Link, Support
from truceline.domain.indication import Assessment, Element, Indication
from truceline.domain.place import Fix
from truceline.domain.report import (
    Assumed,
    CarryOver,
    DailyReport,
    DrawnLine,
    RejectedInput,
    ReportedObservation,
    Restriction,
    SectorCount,
    Watch,
)
from truceline.reports.html import render_html
from truceline.reports.json import report_json
from truceline.reports.release import released
from truceline.reports.told import in_words

GOLDEN = Path(__file__).resolve().parent / "golden"
PERIOD = Interval(start=datetime(2031, 5, 3, 16, 30, tzinfo=UTC), end=datetime(2031, 5, 4, 16, 30, tzinfo=UTC))
POST, CAMERA = (30.52, 44.075), (30.49, 44.035)


def at(hour: float) -> datetime:
    """`hour` hours of local time (three hours ahead of UTC) into 4 May 2031."""
    return datetime(2031, 5, 3, 21, 0, tzinfo=UTC) + timedelta(hours=hour)


def _vertices() -> tuple[tuple[float, float], ...]:
    """A line from west to east, 200 km long and jagged, the same on every machine."""
    wiggles = ((0.05, 3.1), (0.02, 11.7), (0.006, 41.0))
    return tuple(
        (
            round(29.5 + 2.2 * step / 90, 4),
            round(44.0 + sum(a * math.sin(f * step / 15) for a, f in wiggles), 4),
        )
        for step in range(91)
    )


def _fix(lon: float, lat: float, east_m: float, north_m: float) -> Fix:
    return Fix(lon_deg=lon, lat_deg=lat, var_e_m2=east_m**2, var_n_m2=north_m**2, cov_en_m2=0.4 * east_m * north_m)


def _along(km: float, half_km: float, offset_km: float) -> AlongLine:
    return AlongLine(
        chainage_km=km,
        chainage_low_km=km - half_km,
        chainage_high_km=km + half_km,
        offset_km=offset_km,
        line_since="2031-02-01",
    )


def _seen(own: str, count: str, means: str, hours: tuple[float, float], **more: object) -> ReportedObservation:
    plain = ReportedObservation(
        id=f"posts:{own}",
        entry=f"4/{own}",
        sensor="post Alder",
        means=means,
        phenomenon="explosion",
        phase="undetermined",
        weapon="",
        count=count,
        when=Interval(start=at(hours[0]), end=at(hours[1])),
        when_text="4 May 2031, morning",
        sensor_deg=POST,
        arcs_deg=((157.5, 202.5),),
        range_m=(3000.0, 5000.0),
        fix_deg=None,
        subject="E-5aa0c3d1",
        p_member=0.93,
        grade="B2",
        text=f"{count} explosions",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


OBSERVATIONS = (
    _seen("1", "7", "heard", (8.5, 9.0), weapon="mortar", phase="outgoing"),
    _seen("2", "9", "camera", (8.6, 9.4), sensor="camera Birch", sensor_deg=CAMERA,
          arcs_deg=((340.0, 360.0), (0.0, 30.0))),
    _seen("3", "at least 4", "heard", (8.0, 9.2), sensor="patrol", range_m=(None, None), p_member=0.71),
    _seen("4", "1", "uav", (13.2, 13.2), sensor="UAV", sensor_deg=None, arcs_deg=(), fix_deg=(31.1, 44.041),
          subject="I-0b77e2f4", phase="impact", text="one impact beside the road"),
)  # fmt: skip


def _supports(*own: str) -> tuple[Support, ...]:
    return tuple(Support(observation=ObservationId(f"posts:{o}"), p_member=0.93, llr_nats=2.4) for o in own)


ENGAGEMENT = Engagement(
    id=EngagementId("E-5aa0c3d1"),
    version=2,
    when=Interval(start=at(8.0), end=at(9.4)),
    where=_fix(30.51, 44.045, 900.0, 600.0),
    along=_along(103.5, 1.6, -0.5),
    count_low=9,
    count_likely=12,
    count_high=16,
    counts=(("explosion", 9, 16),),
    n_incidents=0,
    p_exists=0.991,
    p_side_left=0.31,
    p_region=(("crossing area", 0.4),),
    p_sector=(("west", 0.97), ("east", 0.03)),
    support=_supports("1", "2", "3"),
    tlp="green",
)
INCIDENT = Incident(
    id=IncidentId("I-0b77e2f4"),
    version=1,
    when=Interval(start=at(13.18), end=at(13.22)),
    time_sigma_s=20.0,
    where=_fix(31.1, 44.04, 120.0, 80.0),
    along=_along(164.8, 0.2, -1.4),
    phenomenon="explosion",
    p_exists=0.94,
    p_side_left=0.02,
    p_region=(),
    p_sector=(("east", 1.0),),
    support=_supports("4"),
    engagement=None,
    tlp="green",
)
LINKS = (
    Link(
        a=ObservationId("posts:1"),
        b=ObservationId("posts:2"),
        verdict="can_be_same_fire",
        p_same_fire=0.62,
        p_same_engagement=0.95,
        overlap_s=1440.0,
        distance_m=820.0,
        because=("their times share 24 minutes", "their places overlap"),
    ),
    Link(
        a=ObservationId("posts:2"),
        b=ObservationId("posts:4"),
        verdict="cannot_be_same_fire",
        p_same_fire=0.0,
        p_same_engagement=0.004,
        overlap_s=-13_680.0,
        distance_m=47_600.0,
        because=("their times do not meet",),
    ),
)


def _element(name: str, p: float, *children: Element) -> Element:
    return Element(
        name=name,
        p=p,
        p_low=max(0.0, p - 0.1),
        p_high=min(1.0, p + 0.1),
        because=f"what was observed speaks for it: {name}",
        reference="Article 2(1)",
        children=children,
    )


def _indication(
    number: int, subject: str, verdict: str, p: float, strongest: str | None, clause: str = "2(1)"
) -> Indication:
    act = _element("an act that the clause names", 0.9, _element("not a notified exercise", 0.92))
    return Indication(
        id=IndicationId(f"N-{number:08x}"),
        subject=subject,
        subject_version=1,
        clause=ClauseId(clause),
        verdict=verdict,  # type: ignore[arg-type]
        strongest=strongest,
        assessment=Assessment(
            clause=ClauseId(clause),
            elements=(_element("it was so", 0.99), act),
            p_breach=p,
            p_breach_low=p - 0.02,
            p_breach_high=p + 0.05,
        ),
        supersedes=None,
        tlp="green",
    )


WATCHED = (
    Watch(sensor="camera Birch", sector="west", when=PERIOD, chainage_km=(92.0, 115.0), p_detect=0.8, state="working",
          reason="", imposed_by=""),
    Watch(sensor="UAV", sector="west", when=Interval(start=at(2), end=at(6)), chainage_km=None, p_detect=None,
          state="jammed", reason="no link", imposed_by=""),
)  # fmt: skip
COUNTS = (
    SectorCount(sector="west", name="Sector West", signatures_low=20, signatures_high=None, explosions_low=20,
                explosions_high=None, incidents=0, engagements=1, previous_low=None, previous_high=None, watched=0.25),
    SectorCount(sector="east", name="Sector East", signatures_low=1, signatures_high=1, explosions_low=1,
                explosions_high=1, incidents=1, engagements=0, previous_low=3, previous_high=3, watched=None),
)  # fmt: skip
LINE = DrawnLine(
    name="Line of contact",
    since="2031-02-01",
    accuracy_m=400.0,
    length_km=229.6,
    vertices_deg=_vertices(),
    left="northern areas",
    right="southern areas",
    sectors=(("Sector West", 0.0, 130.0), ("Sector East", 130.0, 229.6)),
)

RAW = DailyReport(
    schema="daily_report/2",
    mission="Example mission",
    arrangement="example-2031",
    arrangement_version=2,
    title="Arrangement on the cessation of fire along the line",
    day="2031-05-04",
    period=PERIOD,
    timezone="Europe/Kyiv",
    audience="mission",
    line=LINE,
    clauses=(("2(1)", "Cease fire", "Article 1"), ("4", "Withdrawal", "Article 1")),
    standards=(("suspicion", 0.25), ("reasonable_grounds", 0.45), ("balance", 0.51), ("clear_and_convincing", 0.75)),
    places=(("Alder", 30.53, 44.08), ("Birch", 30.47, 44.03), ("Cedar", 31.12, 43.95), ("Elm", 29.8, 44.1)),
    counts=COUNTS,
    engagements=(ENGAGEMENT,),
    incidents=(INCIDENT,),
    links=LINKS,
    indications=(
        _indication(1, "E-5aa0c3d1", "indicated", 0.88, "balance"),
        _indication(2, "I-0b77e2f4", "undetermined", 0.5, None),
        _indication(3, "H-77aa00b1", "indicated", 0.7, "balance", "4"),
        _indication(4, "O-88bb11c2", "not_indicated", 0.04, None, "4"),
        _indication(5, "U-99cc22d3", "undetermined", 0.4, None, "4"),
    ),
    sentences=(
        ("E-5aa0c3d1", ("Three reports of fire in the morning, taken together as one exchange.",)),
        ("I-0b77e2f4", ("One impact, seen from the air.",)),
    ),
    undetermined=("where the seven outgoing rounds fell",),
    observations=OBSERVATIONS,
    restrictions=(
        Restriction(
            id="posts:r1",
            kind="denial",
            when=Interval(start=at(10), end=at(10.5)),
            where="crossing",
            imposed_by="",
            text="turned back",
        ),
    ),
    watched=WATCHED,
    rejected=(
        RejectedInput(
            file="posts.csv", source="posts", n_rejected=2, rows=((7, "time", "no offset", "2031-05-04 09:00"),)
        ),
    ),
    carry_over=(
        CarryOver(
            region="West", earlier_report="12", later_report="13", published=14, repeated=15, agrees=False, note=""
        ),
    ),
    carry_over_agree=1,
    carry_over_total=2,
    assumed=(Assumed(what="spread of an exchange", value="800 m", reference="assumed"),),
    withheld=(),
    held_back=0,
    inputs=5,
    checkpoint="example.mission/2031\n5\nqJ1f0p3mB4vY7gTz0bq7m0mQ3mN8y8tTt2kYJmY1n6E=\n\n— mission Az3grlgt\n",
    derived="sha256:" + "0f" * 32,
    code_version="0.1.0",
    issued_at=datetime(2031, 5, 5, 6, 0, tzinfo=UTC),
    **BEYOND,  # type: ignore[arg-type]
)
SAMPLE = in_words(RAW, ())
PUBLIC = in_words(released(replace(RAW, audience="public"), ARRANGEMENT, date(2031, 5, 4)), ())

EMPTY = replace(
    SAMPLE, places=(), counts=(), engagements=(), incidents=(), links=(), indications=(), sentences=(), undetermined=(),
    observations=(), restrictions=(), watched=(), rejected=(), carry_over=(), carry_over_agree=0, carry_over_total=0,
    assumed=(), inputs=0, holdings=(), obstructions=(), undertakings=(), origins=(), decisions=(), advice=(), levels=(),
    told=(), told_origins=(),
)  # fmt: skip


def shape(value: object) -> object:
    """The names in a JSON document without its values: of lists what their members have, told once."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        told = [shape(one) for one in value]
        return sorted({json.dumps(one, sort_keys=True) for one in told if isinstance(one, dict)})
    return "value"


def report_shape() -> str:
    """The shape of the sample's JSON: as long as it is the same, so is the name of the schema."""
    return json.dumps({SAMPLE.schema: shape(json.loads(report_json(SAMPLE)))}, indent=1, sort_keys=True) + "\n"


def write() -> None:
    """Write what the code makes of the sample today as the new golden files."""
    GOLDEN.mkdir(exist_ok=True)
    (GOLDEN / "daily.html").write_text(render_html(SAMPLE), encoding="utf-8")
    (GOLDEN / "daily.json").write_bytes(report_json(SAMPLE))
    (GOLDEN / "shape.json").write_text(report_shape(), encoding="utf-8")
    (GOLDEN / "public.html").write_text(render_html(PUBLIC), encoding="utf-8")
    (GOLDEN / "public.json").write_bytes(report_json(PUBLIC))


if __name__ == "__main__" and "--write" in sys.argv:
    write()
