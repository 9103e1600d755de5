"""Replay: everything derived is recomputed from the inputs and held, byte for byte, against what was published."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from truceline.domain.ids import digest
from truceline.domain.inputs import ReportEntry
from truceline.mission.folder import Mission
from truceline.mission.publish import Progress, derive, derived_files, report_paths
from truceline.reports.daily import Ready, Stamp, compile_report
from truceline.reports.html import render_html
from truceline.reports.json import report_json


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """What replay found; `problems` are sentences for people."""

    ok: bool
    n_reports: int
    n_states: int
    problems: tuple[str, ...]


def replay(mission: Mission, progress: Progress) -> ReplayResult:
    """Recompute the derived state behind every report of the ledger, and the report itself.

    A report made by other code than this cannot be compared: that is said, and counts as a problem, because the
    promise could not be kept here.
    """
    reports = mission.state().reports
    by_inputs: dict[int, list[tuple[int, ReportEntry]]] = {}
    for index, report in reports:
        by_inputs.setdefault(report.inputs, []).append((index, report))
    problems = _other_code(mission, reports)
    done = 0
    for inputs, group in sorted(by_inputs.items()):
        ready, derived = derive(mission, mission.state(inputs))
        for index, report in group:
            progress("replay", done, len(reports))
            done += 1
            if report.code_version == mission.code_version:
                problems += _compare(mission, index, report, ready, derived)
    progress("replay", done, len(reports))
    problems += [*_sealed(mission, problems), *_files(mission), *_derived(mission)]
    return ReplayResult(ok=not problems, n_reports=len(reports), n_states=len(by_inputs), problems=tuple(problems))


def _sealed(mission: Mission, problems: Sequence[str]) -> list[str]:
    """Sources whose rows can no longer be read: a reason, told where anything could not be reproduced."""
    if not problems:
        return []
    sealed: Counter[str] = Counter()
    for _, submission in mission.state().submissions:
        if mission.open_blob(submission.source, submission.raw) is None:
            sealed[submission.source] += submission.n_observations
    return [
        f"The key of source '{source}' was destroyed: {n} observations are sealed, and what rests on them cannot be "
        "recomputed. The reports above stand as they were issued."
        for source, n in sorted(sealed.items())
    ]


def _derived(mission: Mission) -> list[str]:
    """Files in `derived` that this code wrote and that are not what the ledger gives."""
    about = mission.derived / "derived.json"
    if not about.is_file() or mission.code_version not in about.read_text():
        return []
    said = re.search(r'"inputs": (\d+)', about.read_text())
    state = mission.state(int(said[1]) if said else None)  # what came in since waits for the next run
    if state.charter is None:
        return []
    ready, derived = derive(mission, state)
    found = []
    for name, data in derived_files(mission, ready, state, derived).items():
        path = mission.derived / name
        if not path.is_file() or path.read_bytes() != data:
            found.append(f"{path} is not what the ledger gives. `truceline run --once` writes it again.")
    return found


def _files(mission: Mission) -> list[str]:
    """Files of the latest reports that are not what the ledger says was issued."""
    state, found = mission.state(), []
    latest = {(report.day, report.audience): report for _, report in state.reports}
    for (day, audience), report in sorted(latest.items()):
        for path, issued in zip(report_paths(mission, day, audience), (report.html, report.json), strict=True):
            if not path.is_file():
                found.append(f"{path} is missing. `truceline run --once` writes it again.")
            elif digest(path.read_bytes()) != issued:
                found.append(f"{path} is not what was issued. Delete it: `truceline run --once` writes it again.")
    return found


def _other_code(mission: Mission, reports: Sequence[tuple[int, ReportEntry]]) -> list[str]:
    made_by = Counter(report.code_version for _, report in reports)
    return [
        f"{n} reports were made by truceline {version}; this is {mission.code_version}, which cannot vouch for them. "
        "Install that version to replay them."
        for version, n in sorted(made_by.items())
        if version != mission.code_version
    ]


def _compare(mission: Mission, index: int, report: ReportEntry, ready: Ready, derived: str) -> list[str]:
    name = f"Report {report.day} for {report.audience} (ledger entry {index})"
    if report.derived != derived:
        return [f"{name} rests on derived state {report.derived}; its inputs give {derived}."]
    stamp = Stamp(
        inputs=report.inputs,
        checkpoint=mission.ledger.checkpoint_at(report.inputs),
        derived=derived,
        code_version=report.code_version,
        issued_at=report.issued_at,
    )
    again = compile_report(ready, date.fromisoformat(report.day), report.audience, stamp)
    found = []
    if digest(report_json(again)) != report.json:
        found.append(f"{name}: its JSON cannot be reproduced from the ledger.")
    if digest(render_html(again).encode()) != report.html:
        found.append(f"{name}: its page cannot be reproduced from the ledger.")
    return found
