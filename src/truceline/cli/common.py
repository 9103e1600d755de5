"""What several verbs share: the mission option, the clock option, progress to stderr, data to stdout."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from truceline import clock as clocks
from truceline.app import open_mission
from truceline.errors import UsageError
from truceline.mission.folder import Mission
from truceline.plain import plain

F = TypeVar("F", bound=Callable[..., Any])

at_option = click.option("--at", "at", metavar="INSTANT", help="Set the clock, e.g. 2018-09-06T08:00+03:00.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
mission_option = click.option(
    "--mission",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The mission folder; the current one by default.",
)


def opened(folder: Path, at: str | None) -> Mission:
    """The mission in `folder`, its clock set by `--at` where given."""
    return open_mission(folder, clock_of(at))


def clock_of(at: str | None) -> clocks.Clock:
    """The wall clock, or the instant of `--at`. Raises UsageError for an instant without offset."""
    if at is None:
        return clocks.now
    try:
        return clocks.fixed(clocks.parse_utc(at))
    except ValueError as error:
        raise UsageError(f"--at {at}: {error}") from error


def day_of(text: str) -> date:
    """A reporting day from the command line. Raises UsageError if it is none, or lies outside 1900 to 2200."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is not a day. Write it as 2018-09-05.") from error
    if not 1900 <= day.year <= 2200:
        raise UsageError(f"'{text}' is not a day that can be reported on: give a year from 1900 to 2200.")
    return day


def print_json(data: Any) -> None:
    """Data to stdout as JSON."""
    click.echo(json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, default=plain))


def quiet(what: str, done: int, total: int) -> None:
    """Progress that shows nothing: for pipes and machines."""


def shows_progress() -> bool:
    """Whether a person is watching stderr."""
    return sys.stderr.isatty()
