"""The daily report for people: one self-contained page, without scripts, fonts or addresses to load from."""

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from truceline.domain.holding import Other
from truceline.domain.incident import Engagement, Incident
from truceline.domain.report import DailyReport
from truceline.judgement import words
from truceline.judgement.decision_words import KINDS
from truceline.judgement.explain import stated_when
from truceline.reports import picture
from truceline.reports.map_figure import map_svg, marks_left_out
from truceline.reports.scene import subject_tones
from truceline.reports.strip_figure import strip_svg
from truceline.reports.svg import printable

AUDIENCES = {"mission": "For the mission only", "public": "Public edition"}
WITHHELD = {
    "advice": "advice, and who holds each level",
    "coverage": "what was watched",
    "decisions": "findings and rulings, save those released to it",
    "observations": "single observations, and the sentences and links that quote them",
    "rejected": "rejected input",
    "restrictions": "restrictions of monitors",
    "sensor_positions": "where observers stood",
}
VERDICTS = {"indicated": "indicated", "not_indicated": "not indicated", "undetermined": "undetermined"}
DECISION_STATES = {"awaiting": "awaiting a second person", "in_force": "in force", "refused": "refused"}
ADVICE_STATES = {
    "not_reached": "not reached",
    "running": "clock running",
    "expired": "time passed",
    "no_deadline": "no deadline set",
    "answered": "answered",
    "reset": "series ended",
}
STANDINGS = {"held": "held", "on_paper": "on paper", "empty": "empty"}
LINKS = {"can_be_same_fire": "can be the same fire", "cannot_be_same_fire": "cannot be the same fire"}


def render_html(report: DailyReport) -> str:
    """`report` as one HTML file. Everything that comes from outside is escaped; same report, same bytes."""
    local = words.zone(report.timezone)
    names = report.line.left, report.line.right
    return _environment().get_template("daily.html.j2").render(
        r=report,
        audience=AUDIENCES.get(report.audience, f"Edition for: {report.audience}"),
        marked=AUDIENCES.get(report.audience, ""),
        picture=picture.picture(report),
        when=lambda subject: stated_when(subject, {o.id: o for o in report.observations}),
        no_links=picture.no_links(report),
        map=Markup(map_svg(report)),
        strip=Markup(strip_svg(report)),
        left_out=marks_left_out(report),
        anchors=_anchors(report),
        tones=subject_tones(report),
        sentences=dict(report.sentences),
        told=dict(report.told),
        told_origins=dict(report.told_origins),
        totals=_totals(report),
        unwatched=[c.name for c in report.counts if c.watched is None],
        hidden=set(report.withheld),
        clause_titles={id: title for id, title, _ in report.clauses},
        sector_names={c.sector: c.name for c in report.counts},
        span=lambda when: words.span(when, local),
        moment=lambda at: words.moment_of(at, local),
        near=lambda subject: _near(report, subject),
        side=lambda p: words.side(p, *names),
        offset=lambda along: words.offset(along, *names),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("truceline", "reports/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.filters.update(
        amount=lambda bounds: words.amount(*bounds),
        area=words.area_90,
        chainage=words.chainage,
        chance=words.chance,
        plural=words.plural,
        date=words.date_of,
        duration=words.duration,
        exact=words.exact_percent,
        km=words.kilometres,
        likelihood=words.likelihood,
        listed=words.listed,
        percent=words.percent,
        plain=words.plain,
        standard=words.standard,
        sentence=words.sentence,
        share=lambda p: f"{100 * min(1.0, max(0.0, p)):.1f}%",
    )
    environment.globals.update(
        between=words.between,
        scale=_scale(),
        scale_reference=words.PROBABILITY_REFERENCE,
        counted=words.counted,
        several=words.several,
        unknown=words.UNKNOWN,
        verdicts=VERDICTS,
        weapons=words.weapons,
        withheld_words=WITHHELD,
        link_verdicts=LINKS,
        decision_kinds=KINDS,
        decision_states=DECISION_STATES,
        advice_states=ADVICE_STATES,
        standings=STANDINGS,
    )
    return environment


def _finalize(value: object) -> object:
    """Characters that no page may hold are replaced wherever text comes out; markup is our own and stays."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _scale() -> Sequence[tuple[str, str]]:
    floors = [floor for floor, _ in words.PROBABILITY_WORDS] + [1.0]
    bands = zip(words.PROBABILITY_WORDS, floors[1:], strict=True)
    return [(word, f"{100 * floor:.0f} to {100 * ceiling:.0f} %") for (floor, word), ceiling in bands]


def _anchors(report: DailyReport) -> dict[str, str]:
    """Fragment names by id: our own, because an id from outside may hold anything."""
    anchors = {seen.id: f"report-{place}" for place, seen in enumerate(report.observations, 1)}
    anchors.update({e.id: f"engagement-{place}" for place, e in enumerate(report.engagements, 1)})
    anchors.update({i.id: f"incident-{place}" for place, i in enumerate(report.incidents, 1)})
    others: list[Other] = [*report.holdings, *report.obstructions, *report.undertakings]
    anchors.update({one.id: f"other-{place}" for place, one in enumerate(others, 1)})
    anchors.update({d.id: f"decision-{place}" for place, d in enumerate(report.decisions, 1)})
    anchors.update({a.id: f"advice-{place}" for place, a in enumerate(report.advice, 1)})
    return anchors


def _near(report: DailyReport, subject: Engagement | Incident) -> str:
    near = words.nearest_place(subject.where.lon_deg, subject.where.lat_deg, report.places)
    return "" if near is None else f"near {near[0]}" if near[1] < 1.0 else f"{near[1]:.0f} km from {near[0]}"


def _totals(report: DailyReport) -> dict[str, tuple[int, int | None] | None]:
    counts = report.counts
    return {
        "signatures": picture.total((c.signatures_low, c.signatures_high) for c in counts),
        "explosions": picture.total((c.explosions_low, c.explosions_high) for c in counts),
        "previous": picture.total(picture.previous_of(c) for c in counts),
    }
