"""ukraine-2025-03: what the report of 24 March 2025 states, what is assumed, and how good its own coarse line is."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.arrangements.own_lines import derived_front, distances_m, path_m, share_at_m

from truceline.arrangement_file import check_arrangement, folder_files, load_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.level import Actor, Level, standing
from truceline.mission_file import shipped

DAY = date(2025, 3, 24)


@pytest.fixture(scope="module")
def plan() -> Arrangement:
    return load_arrangement(shipped("ukraine-2025-03"))


def level(plan: Arrangement, number: int) -> Level:
    return next(one for one in plan.levels if one.number == number)


def actor(plan: Arrangement, id: str) -> Actor:
    return next(one for one in plan.actors if one.id == id)


def test_it_is_as_long_as_a_coarse_line_can_be(plan: Arrangement) -> None:
    assert path_m(plan.lines[0]).length / 1000 == pytest.approx(963, abs=10)
    assert "963 km" in plan.lines[0].versions.history[0].reference


def test_the_demilitarised_zone_is_15_km_wide_and_assumed(plan: Arrangement) -> None:
    (zone,) = plan.zones
    assert {since.grade for since in zone.ring_deg.history} == {"assumed"}
    assert share_at_m(zone.ring_deg.history[0].value, path_m(plan.lines[0]), 7_500.0) > 0.97


def test_four_levels_and_who_may_stand_there(plan: Arrangement) -> None:
    assert [one.number for one in plan.levels] == [1, 2, 3, 4]
    allowed = {one.number: {a.id for a in plan.actors if one.may_hold(a)} for one in plan.levels}
    assert allowed[1] == {"brazil", "china"}
    assert allowed[2] == {"ukrainian_army"}
    assert {"united_kingdom", "france"} <= allowed[3]
    assert allowed[4] == {"united_states"}
    assert level(plan, 1).zones == ("dmz",)


def test_italy_wants_a_un_flag_and_level_1_wants_no_europeans(plan: Arrangement) -> None:
    italy = actor(plan, "italy")
    assert "un_flag" in italy.traits and "european" in italy.traits
    assert not any(one.may_hold(italy) for one in plan.levels)
    (said,) = [h for h in level(plan, 3).holders.at(DAY).value if h.actor == "italy"]
    assert said.state == "refused" and "UN flag" in said.condition


def test_who_stands_where_on_that_day(plan: Arrangement) -> None:
    kinds = {one.number: standing(one, DAY).kind for one in plan.levels}
    assert kinds == {1: "on_paper", 2: "held", 3: "on_paper", 4: "empty"}
    assert {one.number: standing(one, date(2025, 3, 23)).kind for one in plan.levels} == dict.fromkeys(kinds, "empty")
    assert level(plan, 4).holders.at(DAY).value == ()  # Washington has never agreed
    march, april = (standing(level(plan, 3), day) for day in (DAY, date(2025, 4, 11)))
    assert "estonia" not in {h.actor for h in march.on_paper}
    assert {"estonia", "latvia", "lithuania"} <= {h.actor for h in april.on_paper}
    assert "ireland" not in {h.actor for h in april.on_paper}  # not ruled out is no offer


def test_one_rung_a_level_and_no_clock(plan: Arrangement) -> None:
    assert plan.ladder is not None
    rungs = plan.ladder.rungs
    assert [rung.level for rung in rungs] == [1, 2, 3, 4]
    assert {rung.within for rung in rungs} == {None}
    assert {rung.grade for rung in rungs} | {plan.ladder.grade} == {"assumed"}
    assert [rung.trigger.after for rung in rungs] == [None, *(rung.id for rung in rungs[:-1])]
    assert [rung.by_party for rung in rungs] == [False, True, True, True]  # to go and look asks for no culprit
    assert {rung.authorised_by for rung in rungs} == {body.id for body in plan.bodies}
    assert {body.grade for body in plan.bodies} == {"assumed"}


def test_every_clause_is_assumed_and_goes_unwatched_while_the_levels_are_empty(plan: Arrangement) -> None:
    for clause in plan.clauses:
        said = clause.terms if clause.terms is not None else clause.acts
        assert {since.grade for since in said.history} == {"assumed"}, clause.id
    warned = check_arrangement(folder_files(shipped("ukraine-2025-03")))
    assert {one.about for one in warned if "watched by nobody who is there" in one.text} == {c.id for c in plan.clauses}
    assert {one.about for one in warned if "nobody fills it" in one.text} == {"level 1", "level 3", "level 4"}
    flights = next(one for one in warned if one.about == "3")
    assert "willing_drones" not in flights.text  # what they bring does not see what flies


def test_no_monitor_belongs_to_a_party(plan: Arrangement) -> None:
    """Level 2 is a party's army: what it reports is a claim."""
    assert {one.level for one in plan.monitors} == {1, 3, 4}


def test_its_accuracy_is_what_was_measured(plan: Arrangement, shared: Path) -> None:
    off_m = distances_m(derived_front(shared / "data", "20250330"), path_m(plan.lines[0]))
    assert off_m.mean() == pytest.approx(3_450, rel=0.03)
    assert np.percentile(off_m, 90) == pytest.approx(6_800, rel=0.03)
    stated = plan.lines[0].versions.history[0].value.accuracy_m
    assert np.sqrt((off_m**2).mean()) == pytest.approx(stated, rel=0.03)
