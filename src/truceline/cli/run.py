"""`truceline run`: take in the inbox, fuse, indicate and report."""

from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from truceline.app import open_mission
from truceline.cli.common import at_option, clock_of, json_option, opened, print_json, quiet
from truceline.cli.ingest import in_words
from truceline.judgement.words import counted
from truceline.mission.loop import Run, run_once, watch
from truceline.pipeline import Derived


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--once", is_flag=True, help="One pass, then stop; otherwise keep watching the inbox.")
@click.option("--every", "every_s", type=click.FloatRange(min=0.1), default=5.0, show_default=True, metavar="SECONDS",
              help="How often to look at the inbox.")  # fmt: skip
@at_option
@json_option
def run(folder: Path, once: bool, every_s: float, at: str | None, as_json: bool) -> None:
    """Take in the inbox of the mission in FOLDER, fuse, indicate and report.

    Stopped at any moment, the next run finishes the work; what was taken in once is not taken in again.
    """
    console = Console(stderr=True)
    with _bars(console) as (_, progress):
        if once:
            started = perf_counter()
            done = run_once(opened(folder, at), quiet if as_json else progress)
            _show(done, folder, as_json, perf_counter() - started)
            return
        clock = clock_of(at)
        watch(
            lambda: open_mission(folder, clock),
            quiet if as_json else progress,
            every_s=every_s,
            on_run=lambda done: _show(done, folder, as_json, None),
        )


class _bars:
    """Progress bars on stderr, one a stage; a pipe sees none."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "tuple[_bars, _bars]":
        self._bars.start()
        return self, self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)


def _show(done: Run, folder: Path, as_json: bool, seconds: float | None) -> None:
    derived = done.ready.held.derived
    if as_json:
        print_json(
            {
                "inputs": done.inputs,
                "ledger_size": done.size,
                "derived": done.derived,
                "skipped": done.skipped,
                "intakes": [asdict(one) for one in done.intakes],
                "observations": done.ready.held.observations.num_rows,
                "rejected": done.ready.held.rejected.num_rows,
                "engagements": len(derived.engagements),
                "incidents": len(derived.incidents),
                "indications": len(derived.indications),
                "reports_issued": [f"{r.audience}/{r.day}" for r in done.issued],
            }
        )
        return
    out = Console()
    for one in done.intakes:
        out.print(in_words(one), highlight=False)
    for words in done.skipped:
        out.print(words, highlight=False)
    out.print(_days_table(done), highlight=False)
    verdicts = [i.verdict for i in derived.indications]
    out.print(
        f"{_sum(done.ready.held.observations.num_rows, 'observation')}, "
        f"{_sum(done.ready.held.rejected.num_rows, 'rejected_row')}; "
        f"{_sum(len(derived.engagements), 'engagement')}, {_sum(len(derived.incidents), 'incident')}; "
        f"{verdicts.count('indicated')} indicated, {verdicts.count('undetermined')} undetermined, "
        f"{verdicts.count('not_indicated')} not indicated. {_whose(derived)}",
        highlight=False,
    )
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    issued = f"{_sum(len(done.issued), 'report')} issued{took}"
    out.print(f"{issued}; ledger of {_sum(done.size, 'entry')}.", highlight=False)
    out.print(f"Reports:  {folder / 'reports'}", highlight=False, soft_wrap=True)
    out.print(f"Tables:   {folder / 'derived'}", highlight=False, soft_wrap=True)
    out.print(f"Ledger:   {folder / 'ledger.sqlite'}  (truceline verify --replay)", highlight=False, soft_wrap=True)


def _whose(derived: Derived) -> str:
    """For how many of what was indicated the evidence names a party, and how much stays undetermined."""
    asked = {i.subject: i.origin for i in derived.indications if i.verdict == "indicated" and i.origin is not None}
    named = sum(origin.indicated is not None for origin in asked.values())
    return f"Whose fire: indicated for {named}, undetermined for {len(asked) - named}."


def _sum(count: int, noun: str) -> str:
    return counted(str(count), noun)


def _days_table(done: Run) -> Table:
    """One line a reporting day: what was observed and what it came to."""
    ready = done.ready
    table = Table(title=f"{ready.held.mission}: reporting days", title_justify="left")
    for name in ("day", "observations", "engagements", "incidents", "indicated"):
        table.add_column(name, justify="left" if name == "day" else "right")
    indicated = {i.subject for i in ready.held.derived.indications if i.verdict == "indicated"}
    for day in sorted(set(ready.days.values())):
        members = [id for id, on in ready.days.items() if on == day]
        subjects = {ready.home[id][0].id for id in members if id in ready.home}
        counts = (
            len(members),
            sum(id.startswith("E-") for id in subjects),
            sum(id.startswith("I-") for id in subjects),
            len(subjects & indicated),
        )
        table.add_row(day.isoformat(), *map(str, counts))
    return table
