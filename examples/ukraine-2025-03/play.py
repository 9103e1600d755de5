"""Plays the exercise: findings on what the software indicates, each by two people, up the ladder of March 2025.

python examples/ukraine-2025-03/play.py FOLDER TRUCELINE INSTANT

EXERCISE: nothing of it happened. FOLDER is a mission that `truceline simulate ukraine-2025-03` made and `truceline run
--at INSTANT` took in; TRUCELINE the command. The people who find here believe the software; real ones go and look.
"""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

OFFICER, SECOND = "Exercise officer", "Exercise second officer"
BAR = "clear_and_convincing"
APART = (timedelta(0), timedelta(hours=26), timedelta(hours=50))  # of the first finding's breach: as the rungs ask
PARTY = "russia"  # whose breaches the ladder of that plan is about


def main() -> int:
    """Record three findings on breaches one and two days apart and have each confirmed, then print the advice."""
    folder, truceline, hour = Path(sys.argv[1]), sys.argv[2], timedelta(hours=1)
    now = datetime.fromisoformat(sys.argv[3])
    for indication, _ in chosen(folder):
        told = ["--party", PARTY, "--standard", BAR, "--reasons", "EXERCISE: the crater was looked at", "--json"]
        now += hour
        found = record(truceline, "finding", indication, "--verdict", "substantiated", *told, *by(OFFICER, folder, now))
        id = json.loads(found)["record"]["id"]
        now += hour
        record(truceline, "confirm", id, "--reasons", "EXERCISE: seen too", *by(SECOND, folder, now))
    now += hour
    sys.stdout.write(call(truceline, "run", "--once", str(folder), "--at", now.isoformat()))
    sys.stdout.write(call(truceline, "advice", *at(folder, now)))
    return 0


def record(truceline: str, kind: str, *options: str) -> str:
    """Enter one decision."""
    return call(truceline, "record", kind, *options)


def by(name: str, folder: Path, now: datetime) -> tuple[str, ...]:
    """Options for who enters it, and when."""
    return ("--by", name, *at(folder, now))


def at(folder: Path, now: datetime) -> tuple[str, ...]:
    """Options for the mission and the time of day."""
    return ("--mission", str(folder), "--at", now.isoformat())


def chosen(folder: Path) -> list[tuple[str, datetime]]:
    """Indications of one clause that name the party to the bar: the first, and the first so long after it."""
    found: list[tuple[str, datetime]] = []
    named = sorted(begun(folder), key=lambda one: (one[1], one[0]))
    for apart in APART:
        if named:
            after = named[0][1] + apart
            found += [one for one in named if one[1] >= after and one not in found][:1]
    return found


def begun(folder: Path) -> list[tuple[str, datetime]]:
    """Id and beginning of what is indicated under clause 1 and names the party."""
    lines = (folder / "derived" / "indications.ndjson").read_text().splitlines()
    times = begin_by_incident(folder)
    told: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [
        (one["id"], times[one["subject"]])
        for one in told
        if one["clause"] == "1"
        and one["verdict"] == "indicated"
        and one["subject"] in times
        and (one["origin"] or {}).get("indicated") == PARTY
        and one["attributed"] == BAR
    ]


def begin_by_incident(folder: Path) -> dict[str, datetime]:
    """When each incident began, from the newest report of each day."""
    times: dict[str, datetime] = {}
    for path in sorted((folder / "reports" / "mission").glob("*.json")):
        for incident in json.loads(path.read_text())["incidents"]:
            times[incident["id"]] = datetime.fromisoformat(incident["when"]["start"])
    return times


def call(*command: str) -> str:
    """What a command prints; its message and exit code, if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
