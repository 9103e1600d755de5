"""A small real mission with people, a body and a ladder: the one of docs/how-to/record-decisions.md."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from tests.test_docs import DOCS, steps

from truceline import clock
from truceline.app import open_mission
from truceline.cli.common import quiet
from truceline.mission.folder import Mission
from truceline.mission.loop import run_once
from truceline.mission_file import starter

PAGE = DOCS / "how-to/record-decisions.md"
ENGAGEMENT = "E-da02b5f2"


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def opened(folder: Path, moment: datetime) -> Mission:
    return open_mission(folder, clock.fixed(moment))


def make_mission(folder: Path) -> Path:
    """The mission as the page has the reader make it, run once at noon of 4 March 2026."""
    shutil.copytree(starter(), folder)
    files = {step.path: step.content for step in steps(PAGE.read_text(encoding="utf-8")) if step.path}
    for name, text in (("mission.yaml", files["people.yaml"]), ("arrangement/arrangement.yaml", files["ladder.yaml"])):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)
    (folder / "inbox/table/posts.csv").write_text(files["posts.csv"], encoding="utf-8")
    run_once(opened(folder, at(4)), quiet)
    return folder
