"""The loop of one mission: take in, derive, write, report; killed anywhere, the next run finishes the work."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from truceline.domain.ids import Digest
from truceline.errors import MenuError, SealedError, UnreachableError
from truceline.mission.folder import Mission
from truceline.mission.intake import Intake, adopt_charter, inbox_files, ingest
from truceline.mission.publish import Issued, Progress, derive, issue_reports, write_derived
from truceline.reports.daily import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one pass did and where the mission stands after it."""

    intakes: tuple[Intake, ...]
    skipped: tuple[str, ...]  # files that could not be taken in, and why
    issued: tuple[Issued, ...]
    ready: Ready
    inputs: int
    size: int
    derived: Digest


def run_once(mission: Mission, progress: Progress) -> Run:
    """One pass over the inbox. Nothing is done twice: what the ledger already holds is known by its content.

    Raises MissionError if another process is at work in the folder.
    """
    with mission.at_work():
        return _pass(mission, progress)


def _pass(mission: Mission, progress: Progress) -> Run:
    adopt_charter(mission)
    files = list(inbox_files(mission))
    intakes, skipped = [], []
    for n, (source, path) in enumerate(files):
        progress("inbox", n, len(files))
        try:
            intakes.append(ingest(mission, source, path))
        except (SealedError, MenuError, UnreachableError) as error:
            skipped.append(f"{path}: not taken in. {error}")
    progress("inbox", len(files), len(files))
    state = mission.state()
    progress("fuse and judge", 0, 1)
    ready, derived = derive(mission, state)
    write_derived(mission, ready, state, derived)
    progress("fuse and judge", 1, 1)
    issued = issue_reports(mission, state, ready, derived, progress)
    return Run(
        intakes=tuple(intakes),
        skipped=tuple(skipped),
        issued=tuple(issued),
        ready=ready,
        inputs=state.inputs,
        size=mission.ledger.size,
        derived=derived,
    )


def watch(mission: Callable[[], Mission], progress: Progress, *, every_s: float, on_run: Callable[[Run], None]) -> None:
    """Run whenever the folder changed, until interrupted; opened anew each time, as its settings may change."""
    seen: frozenset[tuple[str, int]] | None = None
    while True:
        opened = mission()
        now = _fingerprint(opened)
        if now != seen:
            on_run(run_once(opened, progress))
            seen = now
        time.sleep(every_s)


def _fingerprint(mission: Mission) -> frozenset[tuple[str, int]]:
    files = [path for _, path in inbox_files(mission)]
    found = {(str(path), path.stat().st_mtime_ns) for path in files}
    return frozenset(found | {(name, hash(text)) for name, text in mission.files.items()})
