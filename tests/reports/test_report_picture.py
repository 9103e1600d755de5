"""The picture of the day and the assumed numbers: nothing claimed that overlaps, plurals right, no dictionaries."""

from dataclasses import replace
from datetime import date

import pytest
from report_sample import EMPTY, ENGAGEMENT, INCIDENT, LINKS, SAMPLE

from truceline.app import sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.mission_file import shipped
from truceline.reports import picture
from truceline.reports.assumptions import assumptions


def said(**changes):
    return " ".join(picture.picture(replace(SAMPLE, **changes)))


def another(id, low, high, reports=1):
    return replace(ENGAGEMENT, id=id, count_low=low, count_high=high, support=ENGAGEMENT.support[:reports])


def test_one_of_each_is_singular():
    one = replace(SAMPLE.counts[1], explosions_low=1)
    words = said(counts=(one,), links=LINKS[:1])
    assert "Observers reported 1 signature, of which 1 explosion, in Sector East (1)" in words
    assert "The reports support one engagement and one incident; the engagement holds 9–16 distinct signatures" in words
    assert "one pair can have counted the same fire." in words and "no pair" not in words
    assert "no two reports near each other can have counted the same fire" in said(links=LINKS[1:])
    assert "none of them explosions" in said(counts=(replace(one, explosions_low=0, explosions_high=0),))
    assert "no incident" not in said(incidents=())


def test_largest_is_said_only_where_no_other_can_be():
    small, overlapping = another("E-2", 1, 8), another("E-2", 12, 20)
    assert "The largest, E-5aa0c3d1, lies" in said(engagements=(small, ENGAGEMENT))
    words = said(engagements=(overlapping, ENGAGEMENT))
    assert "largest" not in words and "E-5aa0c3d1, which rests on three reports, lies" in words
    words = said(engagements=(another("E-3", 9, None, 3), ENGAGEMENT))
    assert "largest" not in words and "E-3 lies" in words and "; E-5aa0c3d1 lies" in words
    assert "E-5aa0c3d1 lies" in said()


def test_times_are_those_of_the_reports_or_whole_minutes():
    shifted = replace(ENGAGEMENT, when=replace(ENGAGEMENT.when, start=ENGAGEMENT.when.start.replace(second=42)))
    assert "its reports speak of 4 May 2031, 08:00–09:24" in said(engagements=(shifted,))
    assert "its fire falls within 4 May 2031, 08:00–09:24" in said(engagements=(shifted,), observations=())


def test_joined_reports_are_not_called_far_apart():
    joined = replace(INCIDENT, support=ENGAGEMENT.support[:2])
    assert "taken together in one incident" in picture.no_links(replace(SAMPLE, incidents=(joined,), links=()))
    assert "No two reports lie near enough" in picture.no_links(EMPTY)


ARRANGEMENT = load_arrangement(shipped("minsk-2015"))
SENSORS = sensor_models()


@pytest.mark.parametrize("what", ["standards of proof", "what editions leave out", "what is assumed before any report"])
def test_assumed_values_read_as_phrases(what):
    value = next(a.value for a in assumptions(ARRANGEMENT, SENSORS, date(2018, 9, 5)) if a.what == what)
    assert "_" not in value and "{" not in value


def test_standards_are_exact():
    values = {a.what: a.value for a in assumptions(ARRANGEMENT, SENSORS, date(2018, 9, 5))}
    assert "balance of probabilities from 51\u00a0%" in values["standards of proof"]
    assert "single observations" in values["what editions leave out"]
    assert values["ear: farthest that bursts are noticed"] == "5\u00a0km"
    assert values["reported: farthest that anything is noticed"] == "15\u00a0km"


def test_only_models_that_were_used_are_listed():
    every = assumptions(ARRANGEMENT, SENSORS, date(2018, 9, 5))
    some = assumptions(ARRANGEMENT, SENSORS, date(2018, 9, 5), frozenset({"camera"}))
    assert {a.what.split(":")[0] for a in every} - {a.what.split(":")[0] for a in some} >= {"ear", "eye", "reported"}
    assert any(a.what.startswith("camera:") for a in some)


def test_what_is_held_back_is_not_told_as_nothing():
    quiet = " ".join(picture.picture(EMPTY))
    closed = " ".join(picture.picture(replace(EMPTY, held_back=2)))
    assert "o report supports an engagement or an incident" in quiet
    assert "o report supports" not in closed
    assert "othing that may be shown here supports an engagement or an incident" in closed
    assert "othing was there to hold against a clause" in quiet
    assert "hat is indicated under the clauses may not be shown here" in closed
