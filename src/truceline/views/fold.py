"""State of a mission, folded from the records of its ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from truceline.domain.decided import Confirmation, Contact, Decided, Held
from truceline.domain.inputs import Charter, ReportEntry, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the ledger says so far. `inputs` counts the entries up to and with the last one that derivation uses.

    `ignored` are entries that count for nothing and why: no command writes such, so somebody has to look into them.
    """

    inputs: int = 0
    charters: tuple[tuple[int, Charter], ...] = ()
    submissions: tuple[tuple[int, Submission], ...] = ()
    reports: tuple[tuple[int, ReportEntry], ...] = ()
    decisions: tuple[Held, ...] = ()
    ignored: tuple[tuple[int, str], ...] = ()

    @property
    def charter(self) -> Charter | None:
        """The charter in force, if any was adopted."""
        return self.charters[-1][1] if self.charters else None

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The calls over the hotline that are in force."""
        return tuple(h.record for h in self.decisions if h.in_force and isinstance(h.record, Contact))

    def decision(self, id: str) -> Held | None:
        """The decision called `id`, whether in force or not."""
        return next((held for held in self.decisions if held.record.id == id), None)

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
    decisions = {held.record.id: held for held in state.decisions}
    ignored, inputs = list(state.ignored), state.inputs
    for index, record in records:
        if isinstance(record, ReportEntry):
            reports.append((index, record))
            continue
        inputs = index + 1
        if isinstance(record, Charter):
            charters.append((index, record))
        elif isinstance(record, Submission):
            submissions.append((index, record))
        elif isinstance(record, Confirmation | Decided):
            if why := _decide(decisions, index, record):
                ignored.append((index, why))
        else:
            raise TypeError(f"no view knows the record {type(record).__name__}")
    return replace(
        state,
        inputs=inputs,
        charters=tuple(charters),
        submissions=tuple(submissions),
        reports=tuple(reports),
        decisions=tuple(decisions.values()),
        ignored=tuple(ignored),
    )


def _decide(decisions: dict[str, Held], index: int, record: Confirmation | Decided) -> str:
    """Take a decision, or a confirmation of one, into `decisions`; why it counts for nothing, "" if it does."""
    if not isinstance(record, Confirmation):
        if record.id in decisions:
            return f"{record.id} is recorded for a second time; the first stands"
        decisions[record.id] = Held(entry=index, record=record, confirmed_by=None, confirmed_at=None, refused=False)
        return ""
    held = decisions.get(record.what)
    if held is None:
        return f"it confirms or refuses {record.what}, which nobody had recorded"
    if same_person(held.record.by, record.by):
        return f"{record.by} recorded {record.what} and cannot be the second person to look at it"
    if held.confirmed_by is not None:
        return f"{record.what} was confirmed or refused before, by {held.confirmed_by}; that stands"
    decisions[record.what] = replace(held, confirmed_by=record.by, confirmed_at=record.at, refused=not record.accepts)
    return ""


def same_person(a: str, b: str) -> bool:
    """Whether two names are one person's: capitals and spaces make no second pair of eyes."""
    return "".join(a.split()).casefold() == "".join(b.split()).casefold()
