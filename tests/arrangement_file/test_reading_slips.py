"""Slips that once led to more than their own error: a time zone, too many brackets, dates told in another zone."""

from pathlib import Path

import pytest

from truceline.arrangement_file import MAIN, check_arrangement, folder_files
from truceline.strict_yaml import DEEPEST, Problems, read_yaml

GOOD = folder_files(Path(__file__).parent / "good")
NIGHT = GOOD[MAIN].replace("00:00+00:00", "00:00+02:00").replace("timezone: UTC", "timezone: Europe/Kyiv")


def told(text: str) -> list[str]:
    return [one.text for one in check_arrangement({**GOOD, MAIN: text})]


def test_a_time_zone_misspelt_is_the_only_problem() -> None:
    assert told(NIGHT) == []
    (only,) = told(NIGHT.replace("Europe/Kyiv", "Europe/Kiyv"))
    assert only.startswith("timezone: 'Europe/Kiyv' is unknown. Did you mean 'Europe/Kyiv'?")


@pytest.mark.parametrize("deep", ["[" * 5000, "[" * 5000 + "]" * 5000, "{" * 5000, "- " * 5000])
def test_too_many_brackets_are_told_with_their_line(deep: str) -> None:
    problems = Problems()
    assert not read_yaml(f"id: a\ntitle:\n  {deep}", MAIN, problems).present
    (only,) = problems.found
    assert only.line == 3
    assert only.text.startswith(f"nested more than {DEEPEST} deep")


def test_dates_are_told_in_the_time_zone_of_the_arrangement() -> None:
    early = NIGHT.replace("since: 2026-01-15T", "since: 2025-12-15T").replace(
        "- since: 2026-01-15", "- since: 2025-12-15"
    )
    (only,) = told(early)
    assert only.startswith("clause '3' applies from 2025-12-15, before the arrangement took effect (2026-01-01, ")
    hours = NIGHT.replace("in_force_from: 2026-01-01T00:00", "in_force_from: 2026-01-01T06:00")
    assert any(
        "applies from 2026-01-01 00:00, before the arrangement took effect (2026-01-01 06:00, " in one
        for one in told(hours)
    )
