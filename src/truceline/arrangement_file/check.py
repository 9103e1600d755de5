"""An arrangement read and held against itself: what it says, or everything that is wrong with it."""

from collections.abc import Mapping
from pathlib import Path

from truceline.arrangement_file.folder import MAIN, folder_files
from truceline.arrangement_file.lint import lint
from truceline.arrangement_file.read import read_root
from truceline.domain.arrangement import Arrangement
from truceline.errors import ArrangementError
from truceline.strict_yaml import Problem, Problems, read_yaml


def load_arrangement(folder: Path) -> Arrangement:
    """The arrangement in `folder`. Raises ArrangementError with every error: file, line, what to do."""
    if not (folder / MAIN).is_file():
        raise ArrangementError(f"{folder} holds no {MAIN}. Point at the folder that does, or start one: truceline new.")
    return read_arrangement(folder_files(folder))


def read_arrangement(files: Mapping[str, str], *, linted: bool = True) -> Arrangement:
    """The arrangement in `files` (name in the folder -> text). Raises ArrangementError with every error.

    Warnings stop nothing; `check_arrangement` tells them. One that a mission adopted before a lint was written has to
    stay readable, or its ledger could not be replayed: it is read without (`linted` False).
    """
    arrangement, problems = _read(files, linted=linted)
    problems.refuse(ArrangementError, "The arrangement")
    return arrangement


def check_arrangement(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Every error and warning of the arrangement in `files`, in the order of file and line.

    Raises ArrangementError if the main file is not among them.
    """
    _, problems = _read(files, linted=True)
    return tuple(sorted(problems.found))


def _read(files: Mapping[str, str], *, linted: bool) -> tuple[Arrangement, Problems]:
    problems = Problems()
    if MAIN not in files:
        raise ArrangementError(f"No {MAIN} among {', '.join(sorted(files)) or 'no files at all'}. Add it.")
    root = read_yaml(files[MAIN], MAIN, problems)
    arrangement = read_root(root, files)
    if linted:
        lint(arrangement, root)
    return arrangement, problems
