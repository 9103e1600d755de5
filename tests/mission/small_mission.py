"""A small real mission for tests: nine SMM rows of two files, a gazetteer, the shipped arrangement."""

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

from truceline import clock, menu
from truceline.app import LEDGER, open_mission
from truceline.cli.common import quiet
from truceline.mission.folder import Mission
from truceline.mission.loop import Run, run_once

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/minsk-2018"
AT = clock.fixed(datetime(2026, 3, 4, 19, 30, tzinfo=UTC))
SMM = EXAMPLE / "inbox/smm/osce_observations.csv"
FIRST, SECOND = ("26", "27", "28", "29"), ("35", "36", "57", "5", "6")


def rows_of(wanted: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of the shipped SMM file by their number."""
    with SMM.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["obs"] in wanted]


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    """SMM rows as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def make_mission(folder: Path) -> Path:
    """The mission folder, with its files in the inbox and nothing taken in yet."""
    folder.mkdir(parents=True)
    for name in ("mission.yaml", "places.csv"):
        shutil.copy(EXAMPLE / name, folder / name)
    write_rows(folder / "inbox/smm/first.csv", rows_of(FIRST))
    write_rows(folder / "inbox/smm/second.csv", rows_of(SECOND))
    return folder


def opened(folder: Path) -> Mission:
    """The mission with its clock stopped, so that a run can be repeated byte for byte."""
    return open_mission(folder, AT)


def run(folder: Path) -> Run:
    """One pass."""
    return run_once(opened(folder), quiet)


def ledger_bodies(folder: Path) -> list[bytes]:
    """Every entry of the ledger as stored; looking changes nothing, not even an unsigned tail."""
    if not (folder / LEDGER).exists():
        return []
    store = menu.choose("store", "sqlite")(folder / LEDGER)
    bodies = list(store.read(0, store.size()))
    store.close()
    return bodies


def with_keys_of(folder: Path, other: Path) -> Path:
    """Give `folder` the keys of `other`: same keys, clock and input must give the same ledger."""
    shutil.copytree(other / "keys", folder / "keys")
    return folder
