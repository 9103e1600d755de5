"""The four truces: what the data hold of each, and that nothing is made of what they do not hold."""

from datetime import date
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def found(bench, shared: Path):
    return {one.truce.id: one for one in bench("truces").measure(shared)}


def test_no_thermal_file_covers_any_truce(found) -> None:
    for one in found.values():
        assert one.observations == 0
        assert all(file.inside == 0 and file.gap_days(one.truce) > 0 for file in one.thermal)
    gaps = {id: min(file.gap_days(one.truce) for file in one.thermal) for id, one in found.items()}
    assert gaps["may-2026-05"] == (date(2026, 6, 24) - date(2026, 5, 11)).days == 44
    # 2025 lies between the end of the 2023 files and June 2026
    assert all(gap > 365 for id, gap in gaps.items() if "2025" in id)


def test_the_line_moved_on_the_maps_before_in_and_after_easter_2025(found) -> None:
    easter = found["easter-2025-04"]
    assert [(c.since, c.until) for c in easter.during] == [
        (date(2025, 4, 19), date(2025, 4, 20)),
        (date(2025, 4, 20), date(2025, 4, 21)),
    ]
    for change in easter.during:
        assert change.grown_km2 > 5
        assert len(change.edits) == 3
        assert all(edit.depth_km < 2 for edit in change.edits)
    assert easter.before
    assert easter.after


def test_the_maps_of_8_and_9_may_2025_are_one(found) -> None:
    same = next(c for c in found["may-2025-05"].during if c.since == date(2025, 5, 8))
    assert (same.grown_km2, same.shrunk_km2, same.edits) == (0.0, 0.0, ())


def test_two_maps_47_days_apart_say_nothing_of_three_days_between_them(found) -> None:
    [only] = found["may-2026-05"].during
    assert (only.since, only.until, only.days) == (date(2026, 4, 15), date(2026, 6, 1), 47)


def test_claims_are_recorded_and_make_no_incident(found) -> None:
    assert found["easter-2025-04"].claims == 2
    assert {one.incidents for one in found.values()} == {0}


def test_where_nothing_watched_the_clause_is_undetermined(found) -> None:
    for one in found.values():
        if not one.truce.asked:
            continue
        said = {i.clause: i.verdict for i in one.indications}
        assert said == {"2": "undetermined"}, one.truce.id
        [indication] = one.indications
        assert indication.strongest is None
        assert indication.assessment.p_breach_low == 0.0


def test_where_the_objects_are_in_dispute_no_clause_is_asked(found) -> None:
    energy = found["energy-2025-03"]
    assert not energy.truce.asked
    assert energy.indications == ()


def test_the_days_of_a_truce_cannot_be_told_from_the_weeks_around_it(found) -> None:
    """Ground changed a day: every step in the two truces lies in the range of the steps around it, or is nothing."""
    for id in ("easter-2025-04", "may-2025-05"):
        around = [step.changed_km2_a_day for step in found[id].around]
        for step in found[id].inside:
            assert step.days == 1
            assert step.changed_km2_a_day == 0.0 or min(around) <= step.changed_km2_a_day <= max(around)
