"""Whatever is done to an arrangement, a check ends in problems with their lines or in none, never in a crash."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.arrangement_file import MAIN, check_arrangement, folder_files, load_arrangement, read_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.errors import ArrangementError
from truceline.mission_file import shipped, shipped_names

GOOD = folder_files(Path(__file__).parent / "good")
LINES = GOOD[MAIN].splitlines()
WRONG = ("", "~", "[]", "{}", "-1", "0", "1e99", ".nan", "x", "2026-13-45", "[1, 2, 3]", "*a", "true")


def held_to_its_promise(text: str) -> None:
    """Every problem has a line of its file, and a run refuses exactly what has an error."""
    files = {**GOOD, MAIN: text}
    problems = check_arrangement(files)
    for one in problems:
        assert one.text and 1 <= one.line <= max(1, len(files.get(one.file, "").splitlines()) + 1), one
    if any(one.severity == "error" for one in problems):
        with pytest.raises(ArrangementError):
            read_arrangement(files)
    else:
        assert isinstance(read_arrangement(files), Arrangement)


@settings(max_examples=25, deadline=None)
@given(first=st.integers(0, len(LINES) - 1), n=st.integers(1, 12))
def test_with_lines_left_out(first: int, n: int) -> None:
    held_to_its_promise("\n".join(LINES[:first] + LINES[first + n :]))


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, len(LINES) - 1), wrong=st.sampled_from(WRONG))
def test_with_one_value_replaced(at: int, wrong: str) -> None:
    key, colon, _ = LINES[at].partition(": ")
    held_to_its_promise("\n".join([*LINES[:at], f"{key}{colon}{wrong}", *LINES[at + 1 :]]))


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, len(LINES) - 1), wrong=st.sampled_from(WRONG), nth=st.integers(1, 5))
def test_with_one_inner_value_replaced(at: int, wrong: str, nth: int) -> None:
    parts = LINES[at].split(": ")
    if nth < len(parts):
        rest = parts[nth].partition(",")[2]
        parts[nth] = f"{wrong},{rest}" if rest else f"{wrong}}}"
    held_to_its_promise("\n".join([*LINES[:at], ": ".join(parts), *LINES[at + 1 :]]))


def test_an_entry_that_repeats_itself_by_alias_is_read_once() -> None:
    text = GOOD[MAIN].replace("tasks: [observe]", "tasks: &t [observe, *t]")
    assert check_arrangement({**GOOD, MAIN: text})


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_shipped_has_no_error(name: str) -> None:
    errors = [one for one in check_arrangement(folder_files(shipped(name))) if one.severity == "error"]
    assert errors == []
    assert load_arrangement(shipped(name)).id == name
