"""Editions: what leaves the mission, under the release rules and the handling that sources ask for."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pyarrow as pa
import pytest
from report_sample import SAMPLE
from tests.fusion.rows import START, at, fix, sector, table, throughout

from truceline import clock
from truceline.app import sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.clauses.no_fire import NoFire
from truceline.cli.common import day_of
from truceline.domain.arrangement import Arrangement, Zone
from truceline.domain.columns import from_rows
from truceline.domain.coverage import COLUMNS as COVERAGE
from truceline.domain.dated import Dated
from truceline.domain.ids import ZoneId
from truceline.domain.indication import Element
from truceline.domain.report import WITHHOLDABLE, DailyReport
from truceline.errors import UsageError
from truceline.mission_file import shipped
from truceline.pipeline import step
from truceline.reports.daily import Held, Ready, Stamp, compile_report, make_ready
from truceline.reports.html import render_html
from truceline.reports.json import report_json
from truceline.reports.release import relabelled, released, withhold

DAY = date(2018, 9, 5)
STAMP = Stamp(
    inputs=3, checkpoint="c", derived="sha256:0", code_version="0", issued_at=datetime(2026, 1, 1, tzinfo=UTC)
)
HASHED = re.compile(r"\b[EIN]-[0-9a-f]{8}\b")
REST = {"record_kind": "restriction", "time_start": at(0), "time_end": at(600)}
FEATURES = {"arc": (0.0, 45.0), "band_m": (1_000.0, 3_000.0)}


@cache
def minsk() -> Arrangement:
    return load_arrangement(shipped("minsk-2015"))


def ruled(**rules: tuple[str, ...]) -> Arrangement:
    """The shipped arrangement with other release rules."""
    release = minsk().release
    return replace(minsk(), release=replace(release, history=(replace(release.history[0], value=rules),)))


def exchange(id: str, x_m: float, start_s: float, **more: object) -> dict[str, object]:
    """Ten explosions heard from a post."""
    return sector(id, x_m, 0.0, **FEATURES, **throughout(start_s, start_s + 600.0)) | more


def ready(arrangement: Arrangement, *rows: dict[str, object], watched: tuple[dict[str, object], ...] = ()) -> Ready:
    observations, coverage = table(rows), from_rows(COVERAGE, watched)
    for name in ("entry", "row"):  # where each row stands in the ledger
        observations = observations.append_column(name, pa.array(range(len(rows)), pa.int64()))
    clauses = [NoFire(text) for text in arrangement.clauses if text.kind == "no_fire"]
    derived = step(arrangement, observations, coverage, models=sensor_models(), clauses=clauses, previous={})
    none = table(())
    held = Held(
        mission="M", arrangement=arrangement, models={}, derived=derived, observations=observations,
        coverage=coverage, published_counts=none, rejected=none,
    )  # fmt: skip
    return make_ready(held)


def edition(made: Ready, audience: str) -> DailyReport:
    return compile_report(made, DAY, audience, STAMP)


def rows() -> tuple[dict[str, object], ...]:
    """Two exchanges and a single event far apart, and two restrictions."""
    return (
        exchange("a1", 0.0, 0.0),
        exchange("a2", 500.0, 60.0),
        exchange("b1", 30_000.0, 9_000.0),
        fix("c1", -30_000.0, 0.0, 3_000.0),
        REST | {"id": "r1", "source": "t", "sensor": "post-a1", "restriction_kind": "denial", "imposed_by": "someone",
                "area": minsk().sectors[0].id, "text": "turned back at post-a1"},
        REST | {"id": "r2", "source": "t", "sensor": "post-a1", "restriction_kind": "delay", "imposed_by": "someone",
                "text": "waited at post-a1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def shipped_rules() -> Ready:
    return ready(minsk(), *rows())


@pytest.fixture(scope="module")
def all_shown() -> Ready:
    return ready(ruled(public=()), *rows())


def elements(found: tuple[Element, ...]) -> list[Element]:
    return [one for element in found for one in (element, *elements(element.children))]


def test_the_mission_sees_everything_as_it_is(shipped_rules: Ready) -> None:
    report = edition(shipped_rules, "mission")
    assert {e.id for e in report.engagements} == {e.id for e in shipped_rules.held.derived.engagements}
    assert len(report.engagements) == 2 and len(report.incidents) == 1
    assert all(HASHED.fullmatch(i.subject) for i in report.indications)
    assert {o.id for o in report.observations} == {"t:a1", "t:a2", "t:b1", "t:c1"}
    assert [(r.id, r.imposed_by, r.where) for r in report.restrictions] == [
        ("t:r1", "someone", minsk().sectors[0].id), ("t:r2", "someone", "post-a1"),
    ]  # fmt: skip
    assert (report.withheld, report.held_back) == ((), 0)
    assert released(report, minsk(), DAY) == report
    assert "someone" in render_html(report) and "t:r1" in render_html(report)


def test_the_public_edition_holds_no_id_no_observer_and_no_hash(shipped_rules: Ready) -> None:
    report = edition(shipped_rules, "public")
    for text in (report_json(report).decode(), render_html(report)):
        assert not HASHED.search(text)
        for id in shipped_rules.closed | set(shipped_rules.observed) | {"t:r1", "t:r2"}:
            assert id not in text
        assert "post-" not in text and "uav-c1" not in text and "someone" not in text
    mission = edition(shipped_rules, "mission")
    assert len(report.engagements) == len(mission.engagements) and report.counts[0].watched is None


def test_of_a_restriction_the_public_learns_kind_time_and_sector(shipped_rules: Ready) -> None:
    told = edition(shipped_rules, "public").restrictions
    assert [(r.kind, r.where) for r in told] == [("denial", minsk().sectors[0].id), ("delay", "")]
    assert all((r.id, r.imposed_by, r.text) == ("", "", "") for r in told)
    assert told[0].when.start == START
    page = render_html(edition(shipped_rules, "public"))
    assert "Imposed by" not in page[page.index('id="restrictions"') : page.index('id="watched"')]


def test_a_zone_is_told_by_id_or_name_and_nothing_else_is() -> None:
    zone = Zone(id=ZoneId("z"), name="Crossing", ring_deg=Dated(history=()))
    for where, told in ((zone.id, zone.id), (zone.name, zone.name), ("POINT (38.5 48.7)", "")):
        one = replace(SAMPLE.restrictions[0], where=where)
        cut = released(replace(SAMPLE, audience="public", restrictions=(one,)), replace(minsk(), zones=(zone,)), DAY)
        assert [r.where for r in cut.restrictions] == [told]


@pytest.mark.parametrize("mark", ["red", "amber_strict", "amber"])
def test_what_is_marked_for_the_mission_stays_there(mark: str) -> None:
    marked = tuple(r | {"tlp": mark} if r["id"] in ("a2", "c1", "r2") else r for r in rows())
    made = ready(ruled(public=()), *marked)
    report = edition(made, "public")
    assert [o.id for o in report.observations] == ["t:b1"]  # a1 is unmarked, but told together with a2
    assert [(e.id, [s.observation for s in e.support]) for e in report.engagements] == [("E-1", ["t:b1"])]
    assert report.incidents == () == report.links
    assert {i.subject for i in report.indications} == {"E-1"} == {id for id, _ in report.sentences}
    assert [r.kind for r in report.restrictions] == ["denial"]
    assert report.held_back == 3
    assert sum(c.engagements + c.incidents for c in report.counts) == 3
    for text in (report_json(report).decode(), render_html(report)):
        assert not re.search(r"\b(t:|post-)(a1|a2|c1|r2)\b", text)
    assert "three engagements, incidents, restrictions and other subjects, because" in render_html(report)
    whole = edition(made, "mission")
    assert (len(whole.engagements), len(whole.incidents), whole.held_back) == (2, 1, 0)
    assert "Held back" not in render_html(whole)


def test_a_page_of_which_all_is_held_back_does_not_say_that_nothing_happened() -> None:
    made = ready(minsk(), *(r | {"tlp": "red"} for r in rows()))
    report = edition(made, "public")
    assert (report.engagements, report.incidents, report.restrictions, report.held_back) == ((), (), (), 5)
    page = render_html(report)
    for false in (
        "supports an engagement.",
        "timed well enough",
        "was held against a clause",
        "was reported for this period",
    ):
        assert false not in page
    assert not HASHED.search(page)


@pytest.mark.parametrize("mark", [None, "green", "clear"])
def test_other_rows_are_for_the_release_rules_alone(mark: str | None) -> None:
    report = edition(ready(ruled(public=()), *(r | {"tlp": mark} for r in rows())), "public")
    assert (len(report.observations), len(report.engagements), report.held_back) == (4, 2, 0)


def test_a_marked_watch_is_not_shown_even_where_coverage_is() -> None:
    watch = {"source": "t", "sensor": "post-w", "area": minsk().sectors[0].id, "state": "working",
             "time_start": at(0), "time_end": at(3600)}  # fmt: skip
    for mark, shown in (("red", 0), (None, 1)):
        made = ready(ruled(public=()), *rows(), watched=(watch | {"tlp": mark},))
        assert len(edition(made, "public").watched) == shown
        assert (edition(made, "public").counts[0].watched is not None) == bool(shown)
        assert len(edition(made, "mission").watched) == 1


def test_an_audience_without_a_rule_is_shown_the_least() -> None:
    made = ready(ruled(public=("rejected",)), *rows())
    report = edition(made, "press")
    assert report.withheld == tuple(sorted(WITHHOLDABLE))
    assert not (report.observations or report.restrictions or report.watched or report.rejected or report.sentences)
    assert edition(made, "public").withheld == ("rejected",)


def test_every_part_that_a_rule_may_name_can_be_withheld() -> None:
    assert withhold(SAMPLE, WITHHOLDABLE).withheld == tuple(sorted(WITHHOLDABLE))
    with pytest.raises(KeyError):
        withhold(SAMPLE, ("everything",))


def test_labels_run_in_the_order_of_the_report_and_hold_throughout(all_shown: Ready) -> None:
    mission, report = edition(all_shown, "mission"), edition(all_shown, "public")
    assert [e.id for e in report.engagements] == ["E-1", "E-2"]
    assert [i.id for i in report.incidents] == ["I-1"]
    assert [i.id for i in report.indications] == [f"N-{n}" for n in range(1, len(report.indications) + 1)]
    assert report.indications and {i.supersedes for i in report.indications} == {None}
    new = {e.id: f"E-{n}" for n, e in enumerate(mission.engagements, 1)} | {mission.incidents[0].id: "I-1"}
    assert [i.subject for i in report.indications] == [new[i.subject] for i in mission.indications]
    assert [(o.id, o.subject) for o in report.observations] == [(o.id, new[o.subject]) for o in mission.observations]
    assert [id for id, _ in report.sentences] == [new[id] for id, _ in mission.sentences]
    assert "E-1" in " ".join(report.undetermined) and report.links == mission.links
    for text in (report_json(report).decode(), render_html(report)):
        assert not HASHED.search(text)


def test_an_incident_keeps_its_engagement_and_what_is_not_shown_has_no_label() -> None:
    inside = replace(SAMPLE.incidents[0], engagement=SAMPLE.engagements[0].id)
    elsewhere = replace(SAMPLE.observations[0], subject="E-00000000")
    old = replace(SAMPLE.indications[0], supersedes="N-ffffffff")
    new = relabelled(replace(SAMPLE, incidents=(inside,), observations=(elsewhere,), indications=(old,)))
    assert new.incidents[0].engagement == "E-1"
    assert new.observations[0].subject is None
    assert (new.indications[0].subject, new.indications[0].supersedes) == ("E-1", None)
    assert json.loads(report_json(new))["sentences"][0][0] == "E-1"


def test_no_element_of_a_clause_names_an_observation(all_shown: Ready) -> None:
    for indication in edition(all_shown, "mission").indications:
        for element in elements(indication.assessment.elements):
            said = f"{element.name} {element.because} {element.reference}"
            assert not any(id in said for id in all_shown.observed) and not HASHED.search(said)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31", "today"])
def test_a_day_that_cannot_be_reported_on_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a day"):
        day_of(text)


def test_the_first_and_last_day_have_a_report(shipped_rules: Ready) -> None:
    for day in (day_of("1900-01-01"), day_of("2200-12-31")):
        assert compile_report(shipped_rules, day, "mission", STAMP).day == day.isoformat()
    assert clock.reporting_period(day_of("2018-09-05"), "UTC", minsk().cut_off(DAY)).seconds == 86_400
