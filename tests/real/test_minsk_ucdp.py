"""The Minsk ceasefire from UCDP: each figure of docs/explanation/real-truces.md, held to."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def found(bench, shared: Path):
    return bench("minsk_ucdp").measure(shared)


def test_every_event_since_the_ceasefire_is_in_one_year(found) -> None:
    """SOURCES.md: 1,447 events wholly since the ceasefire, 83 % of them within 20 km; two more begin before it."""
    years = found.years.values()
    assert sum(one.events for one in years) == 1_449
    assert round(100 * sum(one.near for one in years) / 1_449) == 83
    assert sorted(found.years) == list(range(2015, 2023))
    for one in years:
        assert 0 <= one.killed_low <= one.killed_high
        assert one.totals < one.events


def test_as_the_clauses_read_a_death_is_no_act_and_nothing_is_indicated(found) -> None:
    assert "indicated" not in {verdict for *_, verdict in found.as_written}
    assert {verdict for _, clause, verdict in found.as_written if clause == "1"} == {"not_indicated"}


def test_a_death_speaks_to_fire_and_to_nothing_else(found) -> None:
    """Weapons kept away, flights, troops in a zone, access: the file holds nothing of them."""
    assert {"1"} <= {str(text.id) for text in found.clauses} - set(found.mute)
    assert {"2", "3", "memorandum-7"} <= set(found.mute)
    assert {verdict for _, clause, verdict in found.with_deaths if clause in found.mute} <= {"not_indicated"}


def test_each_incident_is_judged_once_under_the_ceasefire_clause(found) -> None:
    """Single events only: totals of several are no incident, and nothing judges them."""
    judged = sum(n for (_, clause, _), n in found.with_deaths.items() if clause == "1")
    assert judged == sum(one.events - one.totals for one in found.years.values()) == 1_242


def test_the_only_open_case_of_the_ceasefire_clause_straddles_its_hour(found) -> None:
    ceasefire = {(year, verdict): n for (year, clause, verdict), n in found.with_deaths.items() if clause == "1"}
    assert ceasefire[2015, "undetermined"] == 1
    assert sum(n for (_, verdict), n in ceasefire.items() if verdict == "indicated") == 1_241


def test_a_source_that_grades_nothing_never_reaches_the_balance(found) -> None:
    """UCDP rows are graded F: the arrangement's prior gives such a report an even chance."""
    assert set(found.strongest) <= {"suspicion", "reasonable_grounds"}


def test_deaths_fell_after_the_measures_of_2020_and_the_fall_faded(found) -> None:
    ratios = {one.days: one.ratio for one in found.around}
    assert list(ratios)[:3] == [90, 180, 365]
    assert ratios[90][2] < 0.7
    assert ratios[180][2] < 0.7
    assert ratios[365][0] > 1.5 * ratios[180][0]
    for ratio, low, high in ratios.values():
        assert low < ratio < high


def test_shots_and_deaths_do_not_move_together(bench, found) -> None:
    """77 % fewer signatures were published for 2021 than for 2017; deadly events fell by a seventh."""
    published = bench("minsk_ucdp").PUBLISHED
    assert published[2021][0] / published[2017][0] < 0.25
    assert found.years[2021].events / found.years[2017].events > 0.8
