"""ukraine-2026-01: the ladder of 24 and 72 hours as reported, who stands where, and what an old line costs."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.arrangements.own_lines import derived_front, path_m, rms_m

from truceline.arrangement_file import check_arrangement, folder_files, load_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.level import standing
from truceline.mission_file import shipped


@pytest.fixture(scope="module")
def plan() -> Arrangement:
    return load_arrangement(shipped("ukraine-2026-01"))


def test_24_hours_then_the_coalition_then_72_hours(plan: Arrangement) -> None:
    assert plan.ladder is not None
    *rungs, _ = plan.ladder.rungs
    warning, coalition, response = rungs
    assert [rung.within for rung in rungs] == [timedelta(hours=24), None, timedelta(hours=72)]
    assert [rung.level for rung in rungs] == [2, 3, 4]
    assert {rung.zero for rung in rungs} == {"event"}  # 72 hours after the first breach, not after a ruling
    assert warning.rests_on == "indication"  # 24 hours leave no time for a ruling
    assert coalition.trigger.after == warning.id and coalition.trigger.continuing == timedelta(hours=24)
    assert response.trigger.after == coalition.id and response.trigger.extended is not None
    assert response.authorised_by == "us_president"
    assert {rung.grade for rung in plan.ladder.rungs} == {"assumed"}  # a rung is graded by its weakest part
    assert all("Reported" in rung.reference and "Ours:" in rung.reference for rung in plan.ladder.rungs)


def test_something_answers_the_breaches_of_either_party(plan: Arrangement) -> None:
    assert plan.ladder is not None
    assert all(rung.by_party for rung in plan.ladder.rungs)
    assert {party for rung in plan.ladder.rungs for party in rung.parties} == {party.id for party in plan.parties}
    response, void = plan.ladder.rungs[-2:]
    assert (void.parties, void.rests_on) == (("ukraine",), "ruling")  # a machine's word ends no guarantee
    assert void.trigger.extended == response.trigger.extended  # what an attack is, is read alike
    assert (void.standard, void.trigger.clauses) == (response.standard, response.trigger.clauses)


def test_check_has_nothing_against_its_ladder() -> None:
    warned = check_arrangement(folder_files(shipped("ukraine-2026-01")))
    assert not [one for one in warned if one.about in ("warning", "coalition", "response", "void")]


def test_who_stands_where_in_january_and_february(plan: Arrangement) -> None:
    def kinds(day: date) -> dict[int, str]:
        return {one.number: standing(one, day).kind for one in plan.levels}

    assert kinds(date(2026, 1, 6)) == {1: "on_paper", 2: "held", 3: "on_paper", 4: "empty"}
    assert kinds(date(2026, 2, 3)) == {1: "on_paper", 2: "held", 3: "on_paper", 4: "on_paper"}
    force = standing(plan.levels[2], date(2026, 1, 6))
    assert {h.actor for h in force.on_paper if h.state == "committed"} == {"united_kingdom", "france"}
    assert not {"poland", "italy", "norway", "iceland"} & {h.actor for h in force.on_paper}


def test_it_has_no_more_clauses_than_were_agreed(plan: Arrangement) -> None:
    assert [one.kind for one in plan.clauses] == ["no_fire", "access"]
    assert plan.zones == ()


def test_its_line_is_that_of_march_2025_with_a_larger_error(plan: Arrangement) -> None:
    now = plan.lines[0].versions.history[0].value
    before = load_arrangement(shipped("ukraine-2025-03")).lines[0].versions.history[0].value
    assert now.vertices_deg == before.vertices_deg
    assert now.accuracy_m > 2 * before.accuracy_m


@pytest.mark.parametrize(("day", "measured_m"), [("20260101", 8_500), ("20260215", 8_900)])
def test_the_error_covers_what_was_measured(plan: Arrangement, shared: Path, day: str, measured_m: float) -> None:
    rms = rms_m(derived_front(shared / "data", day), path_m(plan.lines[0]))
    assert rms == pytest.approx(measured_m, rel=0.03)
    assert rms <= plan.lines[0].versions.history[0].value.accuracy_m
