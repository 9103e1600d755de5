"""`truceline check`: an arrangement to everything that is wrong with it, each with file, line and what to do."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten

import click

from truceline.arrangement_file import MAIN, check_arrangement, folder_files
from truceline.cli.common import json_option, print_json
from truceline.errors import UnreachableError
from truceline.mission_file import MISSION, load_mission, resolve, shipped, shipped_names
from truceline.strict_yaml import Problem, suggestion

REFERENCE_WIDTH = 80  # characters of an article's name that are shown; --json gives it whole


@click.command()
@click.argument("arrangement", metavar="FOLDER|NAME")
@json_option
def check(arrangement: str, as_json: bool) -> int:
    """Hold an arrangement against itself: a folder, a mission's folder, or the name of a shipped arrangement.

    Tells every problem at once, with file and line and what to do. An error stops a mission from using the arrangement:
    exit code 1. A warning is worth reading and stops nothing: exit code 0.
    """
    folder = _folder(arrangement)
    problems = check_arrangement(folder_files(folder))
    errors = [one for one in problems if one.severity == "error"]
    if as_json:
        print_json([_record(one) for one in problems])
        return 1 if errors else 0
    for one in problems:
        click.echo(f"{one.file}:{one.line}  {one.severity}: {one.text}{_from(one)}")
    click.echo(f"{folder.resolve().name}: {_summary(problems, len(errors))}")
    return 1 if errors else 0


def _folder(name: str) -> Path:
    """The arrangement's folder. Raises UnreachableError, saying what there is."""
    path = Path(name)
    if (path / MAIN).is_file():
        return path
    if (path / MISSION).is_file():
        return resolve(load_mission(path / MISSION).arrangement, path)
    if name in shipped_names():
        return shipped(name)
    raise UnreachableError(
        f"'{name}' cannot be checked: neither a folder with an {MAIN} or a {MISSION}, nor a shipped arrangement. "
        f"{suggestion(name, shipped_names())}"
    )


def _from(problem: Problem) -> str:
    """The article that it is about, in brackets, unless the words name it; the beginning of a long one."""
    known = not problem.reference or problem.reference in problem.text
    return "" if known else f" [{shorten(problem.reference, REFERENCE_WIDTH, placeholder=' …')}]"


def _record(problem: Problem) -> dict[str, str | int]:
    return {
        "severity": problem.severity,
        "file": problem.file,
        "line": problem.line,
        "problem": problem.text,
        "about": problem.about,
        "reference": problem.reference,
    }


def _summary(problems: Sequence[Problem], n_errors: int) -> str:
    counts = [(n_errors, "error"), (len(problems) - n_errors, "warning")]
    told = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in counts if n]
    return f"{', '.join(told) or 'no problems found'}."
