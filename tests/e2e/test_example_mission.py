"""The shipped example, whole: what the report says must be what the OSCE rows support, by reasoning written here."""

import csv
import json
import shutil
from html.parser import HTMLParser

import pytest
from tests.mission.small_mission import AT, EXAMPLE

from truceline.app import open_mission
from truceline.cli.common import quiet
from truceline.mission.loop import run_once
from truceline.mission.replay import replay

ZOLOTE = "2018-09-05"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "m")


@pytest.fixture(scope="module")
def done(folder):
    return run_once(open_mission(folder, AT), quiet)


@pytest.fixture(scope="module")
def report(folder, done):
    return json.loads((folder / f"reports/mission/{ZOLOTE}.json").read_text())


@pytest.fixture(scope="module")
def zolote(report):
    """Links of the episode by their pair of row numbers, and the engagement of each row."""
    links = {frozenset(k[end].partition(":")[2] for end in "ab"): k for k in report["links"]}
    home = {s["observation"].partition(":")[2]: e["id"] for e in report["engagements"] for s in e["support"]}
    return links, home


def test_all_74_rows_are_taken_and_none_is_rejected(done):
    assert done.ready.held.observations.num_rows == 74
    assert done.ready.held.rejected.num_rows == 0


def test_every_row_belongs_to_an_engagement_or_is_a_single_incident(done):
    assert set(done.ready.home) == {f"smm:{n}" for n in range(1, 59)}
    singles = {s.observation for i in done.ready.held.derived.incidents for s in i.support}
    # the only rows that count exactly one signature
    assert singles == {"smm:35", "smm:36", "smm:57"}


def test_row_28_overlaps_no_other_in_time_and_stands_alone(zolote):
    """28 spans 10:25-11:00; 26 and 27 are of 10:10, 29 ends at 10:13: at least 12 minutes lie between."""
    links, home = zolote
    assert [row for row, engagement in home.items() if engagement == home["28"]] == ["28"]
    for other in ("26", "27", "29"):
        link = links[frozenset(("28", other))]
        assert link["verdict"] == "cannot_be_same_fire"
        assert -1_000 < link["overlap_s"] < -600


def test_the_two_mortar_rows_of_one_post_were_counted_apart(zolote):
    links, home = zolote
    assert links[frozenset(("26", "27"))]["verdict"] == "cannot_be_same_fire"
    assert home["26"] == home["27"]


def test_mortar_rounds_are_no_grenades_but_rounds_of_no_stated_weapon_may_be(zolote):
    """26 says mortar, 29 says automatic grenade launcher; 27 states no weapon, was outgoing while 29 saw impacts."""
    links, _ = zolote
    assert links[frozenset(("26", "29"))]["verdict"] == "cannot_be_same_fire"
    open_one = links[frozenset(("27", "29"))]
    assert open_one["verdict"] == "can_be_same_fire"
    assert 0.05 < open_one["p_same_fire"] < 0.95


def test_counts_are_what_the_rows_allow_and_no_more(report, zolote):
    """At least 4 + 9 (mortar rounds are no grenades; the 3 may be among the 9), at most 4 + 3 + 9; and 15 apart."""
    _, home = zolote
    by_id = {e["id"]: e for e in report["engagements"]}
    together = by_id[home["29"]]
    if home["29"] == home["26"]:
        assert (together["count_low"], together["count_high"]) == (13, 16)
    alone = by_id[home["28"]]
    assert (alone["count_low"], alone["count_likely"], alone["count_high"]) == (15, 15, 15)


def test_what_stays_open_is_said(report):
    said = " ".join(report["undetermined"])
    assert "smm:28" in said
    assert "continued" in said
    assert "who fired" in said and "Where something fell is not who fired it." in said


def test_the_report_accuses_nobody(folder, report):
    assert {i["verdict"] for i in report["indications"]} <= {"indicated", "not_indicated", "undetermined"}
    for path in (folder / "reports").rglob("*.json"):
        text = path.read_text().casefold()
        for word in ("fired by", "violated", "responsible", "perpetrator", "guilty"):
            assert word not in text, f"{path.name}: {word}"


def test_signatures_are_counted_once_in_the_period_in_which_they_ended(folder, done):
    low = sum(
        c["signatures_low"]
        for p in (folder / "reports/mission").glob("*.json")
        for c in json.loads(p.read_text())["counts"]
    )
    with (EXAMPLE / "inbox/smm/osce_observations.csv").open(newline="") as file:
        exact = sum(int(r["count"]) for r in csv.DictReader(file) if r["count_quality"] == "exact")
    inexact = sum(r["count_low"] for r in done.ready.rows if r["count_low"] != r["count_high"])
    assert low == exact + inexact


def test_the_counts_that_the_osce_repeated_agree_in_24_of_26(report):
    assert (report["carry_over_agree"], report["carry_over_total"]) == (24, 26)
    misses = report["carry_over"]
    assert len(misses) == 2
    assert {m["note"] for m in misses} == {"the earlier report covered 2 days"}


def test_no_coverage_is_known_and_that_is_said(report):
    assert {c["watched"] for c in report["counts"]} == {None}
    assert report["watched"] == []


def test_the_public_edition_holds_no_observer_and_no_observation(folder, done):
    places = {one.sensor for one in done.ready.observed.values()}
    for path in (folder / "reports/public").iterdir():
        text = path.read_text()
        assert "smm:" not in text, path.name
        for place in places:
            assert place not in text, f"{path.name} names {place}"
    public = json.loads((folder / f"reports/public/{ZOLOTE}.json").read_text())
    assert public["observations"] == [] == public["watched"]
    assert public["withheld"]


def test_both_editions_say_the_same_of_what_happened(folder, done, report):
    public = json.loads((folder / f"reports/public/{ZOLOTE}.json").read_text())
    for mission, shown in zip(report["engagements"], public["engagements"], strict=True):
        assert mission | {"support": [], "id": shown["id"]} == shown  # the public edition has labels of its own


def test_every_page_is_one_file_that_loads_nothing(folder, done):
    class Loads(HTMLParser):
        def handle_starttag(self, tag, attrs):
            for name, value in attrs:
                assert not (name in ("src", "href") and (value or "").startswith(("http", "//"))), (tag, value)
            assert tag not in ("script", "link", "iframe"), tag

    pages = list((folder / "reports").rglob("*.html"))
    assert len(pages) == 2 * len({p.stem for p in pages})
    for page in pages:
        Loads().feed(page.read_text())


def test_the_whole_example_replays_byte_for_byte(folder, done):
    result = replay(open_mission(folder, AT), quiet)
    assert result.ok, result.problems
    assert result.n_reports == len(list((folder / "reports").rglob("*.html")))
