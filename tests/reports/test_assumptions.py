"""The list of assumed numbers is whole: whatever an arrangement or attribution assumes stands in it, once."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import pytest

from truceline.app import sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.domain.dated import Dated, Since
from truceline.domain.level import Holder
from truceline.judgement import answers, evidence, firer, reach, strands
from truceline.judgement.assumed import attribution_assumes
from truceline.judgement.words import duration, exact_percent, kilometres
from truceline.mission_file import shipped
from truceline.reports.assumptions import assumptions

SENSORS = sensor_models()
NONE_USED = frozenset()
DAY = date(2025, 5, 1)
PLAN = load_arrangement(shipped("ukraine-2025-03"))


def graded(one, at):
    """Everything in `one` graded assumed: of a dated value the version of the day `at`."""
    if isinstance(one, Dated):
        yield from graded(one.at(at), at)
    elif is_dataclass(one):
        if getattr(one, "grade", "") == "assumed":
            yield one
        for field in fields(one):
            yield from graded(getattr(one, field.name), at)
    elif isinstance(one, tuple):
        for part in one:
            yield from graded(part, at)


def listed(arrangement, day=DAY, **more):
    return assumptions(arrangement, SENSORS, day, NONE_USED, **more)


@pytest.mark.parametrize("name", ["ukraine-2025-03", "ukraine-2026-01", "minsk-2015"])
@pytest.mark.parametrize("day", [date(2015, 3, 10), date(2020, 8, 1), date(2026, 5, 1)])
def test_everything_graded_assumed_is_listed(name, day):
    arrangement = load_arrangement(shipped(name))
    expected = list(graded(arrangement, day))
    assert len(expected) > 10
    rows = listed(arrangement, day)
    assert {one.reference for one in expected} <= {row.reference for row in rows}
    assert len(rows) == len(set(rows)) == len({(row.what, row.reference) for row in rows})


def test_every_dated_value_of_the_plan_has_its_own_row():
    dated = [one for one in graded(PLAN, DAY) if isinstance(one, Since)]
    assert len(dated) >= 10
    rows = [row.reference for row in listed(PLAN)]
    assert all(rows.count(one.reference) == 1 for one in dated)


def test_values_are_words_with_figures():
    said = {row.what: row.value.replace("\u00a0", " ") for row in listed(PLAN)}
    assert all(value and "{" not in value and "timedelta" not in value for value in said.values())
    assert "acts that count" in " ".join(said) and said["clause 3: terms"] == "notified exempt"
    assert "tactical missiles, 150 km: weapons tactical missile; to 150 km" in said["clause 5: terms"]
    assert said["the ladder of steps: when a series of breaches ends"] == "after 7 days of quiet"
    assert said["step 'Final guarantee': when it is reached"].startswith(
        "at least 20 breaches over 3 days along 50 km, after 'The willing come to its aid'"
    )
    army = said["step 'Ukrainian army answers a breach that goes on': when it is reached"]
    assert "at least 2 breaches, one begun more than 24 h after the first" in army
    assert "to the standard of balance of probabilities or better; no deadline" in army
    assert "km²" in said["zone 'Demilitarised zone': border"]
    assert said["body Joint commission: how it decides"].startswith("by consensus, quorum 3")


def test_deadline_level_and_control_map():
    rung = replace(PLAN.ladder.rungs[0], within=timedelta(hours=72))
    holders = (Holder(actor=PLAN.actors[0].id, state="pledged", condition=""),)
    since = Since(day=date(2025, 3, 24), value=holders, reference="our guess", grade="assumed")
    level = replace(PLAN.levels[0], holders=Dated(history=(since,)), grade="assumed", reference="our level")
    changed = replace(
        PLAN,
        ladder=replace(PLAN.ladder, rungs=(rung,)),
        levels=(level,),
        control_maps=(replace(PLAN.control_maps[0], grade="assumed", reference="our map"),),
        actors=(replace(PLAN.actors[0], grade="assumed"),),
    )
    said = {row.what: row.value.replace("\u00a0", " ") for row in listed(changed)}
    assert "within 3 days of its registration" in said[f"step '{rung.title}': when it is reached"]
    assert said["level 1: who holds it"] == f"{PLAN.actors[0].name} pledged"
    assert "not european" in said["level 1: what it is"]
    assert "drawn to about 4.3 km" in said["control map Coarse line of our own"]
    assert said[f"actor {PLAN.actors[0].name}: what staffing rules ask of it"] == "state and un flag"


def test_origin_and_fielded_are_those_of_the_day():
    first = PLAN.origin.history[0]
    later = Since(
        day=date(2026, 1, 1), value=replace(first.value, p_answer=0.75), reference="a later guess", grade="assumed"
    )
    fielded = PLAN.fielded.history[0]
    fewer = replace(fielded, day=date(2026, 1, 1), value={"russia": ("tank",)}, reference="a later list")
    changed = replace(PLAN, origin=Dated(history=(first, later)), fielded=Dated(history=(fielded, fewer)))
    before = {row.reference: row.value for row in listed(changed, date(2025, 12, 31))}
    after = {row.reference: row.value for row in listed(changed, date(2026, 1, 1))}
    assert "a later guess" not in before and "a later list" not in before
    assert "answers it: 75" in after["a later guess"] and first.reference not in after
    assert after["a later list"] == "Russian Federation: tank"


def test_constants_of_attribution_are_listed_where_there_was_fire():
    rows = attribution_assumes()
    assert not set(rows) & set(listed(PLAN)) and set(rows) <= set(listed(PLAN, attributed=True))
    said = " ".join(row.value for row in rows)
    for p in (evidence.P_TOGETHER, evidence.P_MISNAMED, evidence.P_WRONG_UNKNOWN, strands.P_ASTRAY, firer.P_BOTH,
              reach.SOFT_SHARE, reach.NEAREST_SHARE, answers.SURE, *evidence.P_WRONG_PHASE.values()):  # fmt: skip
        assert exact_percent(p) in said
    assert duration(answers.SHOT_S) in said and kilometres(answers.WITHIN_M / 1e3) in said
    assert all(f"{weapon} {one.km:g}\u00a0km" in said for weapon, one in reach.REACH.items())


def test_what_is_not_stated_of_origin_is_assumed_all_the_same():
    silent = replace(PLAN, origin=None, fielded=None)
    what = {"what is assumed of who fires, the same for every party", "weapon classes that each party has"}
    assert not what & {row.what for row in listed(silent)}
    assert what <= {row.what for row in listed(silent, attributed=True)}
