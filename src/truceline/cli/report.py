"""`truceline report`: the report of one reporting day."""

from pathlib import Path

import click

from truceline.cli.common import at_option, day_of, mission_option, opened
from truceline.domain.report import Audience
from truceline.errors import MissionError
from truceline.mission.publish import derive
from truceline.reports.daily import Stamp, compile_report
from truceline.reports.html import render_html
from truceline.reports.json import report_json


@click.command()
@click.argument("day")
@click.option("--format", "form", type=click.Choice(["html", "json"]), default="html", show_default=True)
@click.option("--for", "audience", type=click.Choice(["mission", "public"]), default="mission", show_default=True,
              help="Who will read it: the public edition leaves out what the arrangement withholds.")  # fmt: skip
@mission_option
@at_option
def report(day: str, form: str, audience: Audience, folder: Path, at: str | None) -> None:
    """Print the report of the reporting DAY (2018-09-05) to stdout.

    Computed from the ledger as it stands; `truceline run` is what issues reports and enters them.
    """
    mission = opened(folder, at)
    state = mission.state()
    if state.charter is None:
        raise MissionError(f"Nothing has been taken in yet. Run `truceline run --once {folder}` first.")
    ready, derived = derive(mission, state)
    stamp = Stamp(
        inputs=state.inputs,
        checkpoint=mission.ledger.checkpoint_at(state.inputs),
        derived=derived,
        code_version=mission.code_version,
        issued_at=mission.clock(),
    )
    compiled = compile_report(ready, day_of(day), audience, stamp)
    click.echo(render_html(compiled) if form == "html" else report_json(compiled).decode(), nl=False)
