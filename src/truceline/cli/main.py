"""The table of verbs; a verb's module is loaded only when it is called, so that --help loads nothing heavy."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

import click

from truceline import __version__
from truceline.errors import TrucelineError

VERBS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "new": ("truceline.cli.new:new", "Start a mission: a folder with commented settings and a line to replace."),
        "check": ("truceline.cli.check:check", "Check an arrangement: every problem with file, line and what to do."),
        "schema": ("truceline.cli.schema:schema", "Print the schema of an interchange table."),
        "ingest": ("truceline.cli.ingest:ingest", "Take files of one source into the ledger."),
        "fuse": ("truceline.cli.fuse:fuse", "Fuse a table of observations into incidents and engagements."),
        "line": ("truceline.cli.line:line", "Derive a dated line from dated maps of held ground."),
        "run": ("truceline.cli.run:run", "Take in the inbox, fuse, indicate and report."),
        "explain": ("truceline.cli.explain:explain", "Say what an id rests on, down to each observation."),
        "report": ("truceline.cli.report:report", "Print the report of one reporting day."),
        "advice": (
            "truceline.cli.advice:advice",
            "Say how far breaches have come on the ladder, and what falls due when.",
        ),
        "record": ("truceline.cli.record:record", "Enter a finding, ruling or other decision, or confirm one."),
        "seal": ("truceline.cli.seal:seal", "Destroy the key of a source, so that nothing it told can be read again."),
        "simulate": ("truceline.cli.simulate:simulate", "Simulate a world as an exercise mission, truth beside it."),
        "verify": ("truceline.cli.verify:verify", "Verify the ledger; with --replay everything derived as well."),
    }
)


class _Verbs(click.Group):
    """A click group that knows its verbs by name and loads them when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, from the table alone."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, words) for name, (_, words) in VERBS.items()])


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="truceline")
def cli() -> None:
    """Truceline watches over a ceasefire: observations in, a signed and reproducible daily report out.

    Exit codes: 0 fine, 1 the thing looked at is not fine, 2 wrong usage, 3 something cannot be reached.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run a verb; an error that a user can act on is one message and an exit code, never a traceback."""
    try:
        code = cli.main(args=argv, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except TrucelineError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
