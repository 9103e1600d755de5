"""Every lint alone: a good arrangement with one change has that problem, at its line, and no other."""

import pytest
from tests.arrangement_file import lint_cases_clauses, lint_cases_dates, lint_cases_forces, lint_cases_ground
from tests.arrangement_file.lint_case import GOOD, Case

from truceline.arrangement_file import MAIN, check_arrangement, read_arrangement
from truceline.arrangement_file.lint import LINTS
from truceline.errors import ArrangementError

CASES = [*lint_cases_ground.CASES, *lint_cases_clauses.CASES, *lint_cases_forces.CASES, *lint_cases_dates.CASES]


def line_of(text: str, mark: str) -> int:
    """Number of the one line of `text` that holds `mark`, or of the n-th of several: mark#n."""
    needle, _, nth = mark.partition("#")
    found = [n for n, line in enumerate(text.splitlines(), start=1) if needle in line]
    assert len(found) == 1 or (nth and len(found) >= int(nth)), (mark, found)
    return found[int(nth) - 1] if nth else found[0]


def changed(case: Case) -> dict[str, str]:
    """The good arrangement with the case's changes."""
    text = GOOD[case.file]
    for before, after in case.changes:
        assert text.count(before) == 1, (before, text.count(before))
        text = text.replace(before, after)
    return {**GOOD, case.file: text}


def test_the_good_arrangement_has_no_problem() -> None:
    assert check_arrangement(GOOD) == ()
    assert read_arrangement(GOOD).id == "every-section"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.lint}-{case.told[0][3][:40]}")
def test_one_change_makes_that_problem_and_no_other(case: Case) -> None:
    files = changed(case)
    problems = check_arrangement(files)
    told = [(one.file, one.line, one.severity, one.about) for one in problems]
    wanted = sorted((line_of(files[MAIN], mark), *rest) for mark, *rest in case.told)
    assert told == [(MAIN, line, severity, about) for line, severity, about, _ in wanted], problems
    for one, (_, _, _, text) in zip(problems, wanted, strict=True):
        assert one.text.startswith(text), one.text
        assert one.text.endswith(".")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.lint}-{case.told[0][3][:40]}")
def test_a_run_refuses_errors_and_ignores_warnings(case: Case) -> None:
    errors = [text for _, severity, _, text in case.told if severity == "error"]
    if not errors:
        assert read_arrangement(changed(case)).id == "every-section"
        return
    with pytest.raises(ArrangementError) as caught:
        read_arrangement(changed(case))
    assert all(text in str(caught.value) for text in errors)
    assert len(str(caught.value).splitlines()) == 1 + len(errors)


def test_every_lint_of_the_table_has_a_case() -> None:
    assert {case.lint for case in CASES} == {lint.__name__ for lint in LINTS}
