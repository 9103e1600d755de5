"""State of a mission, folded from the records of its ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from truceline.domain.inputs import Charter, ReportEntry, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the ledger says so far. `inputs` counts the entries up to and with the last one that derivation uses."""

    inputs: int = 0
    charters: tuple[tuple[int, Charter], ...] = ()
    submissions: tuple[tuple[int, Submission], ...] = ()
    reports: tuple[tuple[int, ReportEntry], ...] = ()

    @property
    def charter(self) -> Charter | None:
        """The charter in force, if any was adopted."""
        return self.charters[-1][1] if self.charters else None

    def latest_report(self, day: str, audience: str) -> ReportEntry | None:
        """The last report issued of `day` for `audience`."""
        for _, report in reversed(self.reports):
            if (report.day, report.audience) == (day, audience):
                return report
        return None


def fold(records: Iterable[tuple[int, object]], state: State | None = None) -> State:
    """`state` after `records`, (index, record) in ledger order."""
    state = state or State()
    charters, submissions, reports = list(state.charters), list(state.submissions), list(state.reports)
    inputs = state.inputs
    for index, record in records:
        if isinstance(record, ReportEntry):
            reports.append((index, record))
            continue
        inputs = index + 1
        if isinstance(record, Charter):
            charters.append((index, record))
        elif isinstance(record, Submission):
            submissions.append((index, record))
        else:
            raise TypeError(f"no view knows the record {type(record).__name__}")
    return replace(
        state,
        inputs=inputs,
        charters=tuple(charters),
        submissions=tuple(submissions),
        reports=tuple(reports),
    )
