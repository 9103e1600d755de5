"""docs/explanation/arrangements.md says of each shipped arrangement what its files and `check` say."""

from pathlib import Path

import pytest
from tests.arrangements.test_minsk_withdrawal import STATED_POINTS

from truceline.arrangement_file import check_arrangement, folder_files, load_arrangement
from truceline.domain.ladder import Rung
from truceline.mission_file import shipped, shipped_names

NAMES = shipped_names()
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
REST = {"indication": "an indication", "finding": "a finding", "ruling": "a ruling"}
WHICH = {True: "its own line", False: "the contact line, both"}
Rows = dict[str, list[str]]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/explanation/arrangements.md").read_text(encoding="utf-8")


def cells(text: str) -> list[list[str]]:
    """Every row of every table."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


def overview(page: str, name: str) -> dict[str, str]:
    """The column of one arrangement in the first table."""
    rows = cells(page)
    column = rows[0].index(name)
    return {row[0]: row[column] for row in rows[: rows.index(next(r for r in rows if r[0] == "check")) + 1]}


def counted(n: int, word: str) -> str:
    return f"{WORDS[n]} {word}" if n == 1 else f"{WORDS[n]} {word}s"


def ladder(name: str) -> tuple[Rung, ...]:
    said = load_arrangement(shipped(name)).ladder
    return said.rungs if said is not None else ()


@pytest.mark.parametrize("name", NAMES)
def test_the_counts_of_check(page: str, name: str) -> None:
    problems = check_arrangement(folder_files(shipped(name)))
    warned = [one.text for one in problems if one.severity == "warning"]
    assert len(warned) == len(problems)
    said = overview(page, name)["check"]
    assert said.split(":")[0] == f"no error, {len(warned)} warning{'s' * (len(warned) != 1)}"
    kinds = {"level": "nobody fills it", "clause": "watched by nobody"}
    found = {word: sum(part in text for text in warned) for word, part in kinds.items()}
    assert all(counted(n, word) in said for word, n in found.items() if n)
    assert ("no rung counts breaches of Ukraine" in said) == any("no rung counts breaches" in one for one in warned)


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_clauses_levels_and_rungs(page: str, name: str) -> None:
    text, rungs, said = load_arrangement(shipped(name)), ladder(name), overview(page, name)
    assert said["clauses"].split(",")[0] == str(len(text.clauses))
    if not rungs:
        assert said["levels, ladder"] == "none: it had none"
        return
    assert said["levels, ladder"].startswith(f"{counted(len(text.levels), 'level')}, {counted(len(rungs), 'rung')}")
    clocks = [f"{rung.within.total_seconds() / 3600:g} h" if rung.within else "open" for rung in rungs]
    ending = "no clock" if set(clocks) == {"open"} else ", ".join(clocks)
    assert said["levels, ladder"].endswith(ending)


@pytest.mark.parametrize("name", [name for name in NAMES if ladder(name)])
def test_what_each_rung_rests_on_and_whose_breaches_it_counts(page: str, name: str) -> None:
    text = load_arrangement(shipped(name))
    names = {party.id: party.name for party in text.parties}
    rows = {row[0].strip("`"): row for row in cells(page.split(f"\n## {name}\n")[1].split("\n## ")[0])}
    for n, rung in enumerate(ladder(name), start=1):
        by_number = rows.get(f"rung {n}")
        row = by_number or rows[rung.id]
        said = " | ".join(row)
        assert [word for word in REST.values() if f"; {word}" in said] == [REST[rung.rests_on]], rung.id
        counts = [names[party] for party in rung.parties]
        assert all(party in said for party in counts), rung.id
        if by_number is None:
            assert row[1] == ", ".join(counts) and row[-1] == rung.grade


def test_the_counts_of_half_and_whole_widths_on_both_pages(page: str, root: Path) -> None:
    """The counts by stated points here; those judged with errors are held to in tests/real."""
    widths = {1.0: "half the width", 2.0: "the whole width"}
    said = {(row[0], row[1]): (row[2], row[3]) for row in cells(page) if row[0] in widths.values()}
    rows = cells((root / "docs/explanation/real-truces.md").read_text(encoding="utf-8"))
    readings = {row[0]: (row[3], row[1]) for row in rows if row[0].startswith(("half of each", "whole widths"))}
    assert len(said) == len(readings) == len(STATED_POINTS)
    for times, own_line, expected in STATED_POINTS:
        here = said[widths[times], WHICH[own_line]]
        line = "own lines" if own_line else "the contact line"
        (there,) = [
            n for title, n in readings.items() if title.startswith(("half", "whole")[times > 1]) and line in title
        ]
        assert here == there
        assert here[0] == str(expected)
