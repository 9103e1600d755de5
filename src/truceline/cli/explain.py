"""`truceline explain`: what an id rests on, and what rests on it."""

from pathlib import Path

import click

from truceline.cli.common import at_option, json_option, mission_option, opened, print_json
from truceline.durable import write_durably
from truceline.errors import MissionError, UsageError
from truceline.mission.publish import derive
from truceline.reports.explained import explain as explain_id
from truceline.reports.explained import picture as picture_of


@click.command()
@click.argument("id")
@mission_option
@click.option("--picture", "drawn", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.svg",
              help="Draw it, too: the chain from observations to advice, and the evidence on the map.")  # fmt: skip
@at_option
@json_option
def explain(id: str, folder: Path, drawn: Path | None, at: str | None, as_json: bool) -> None:
    """Say what ID is, what it rests on down to each observation's share, and what rests on it up to the advice.

    ID is an engagement (E-...), incident (I-...), holding (H-...), obstruction (O-...), undertaking (U-...), indication
    (N-...), finding, ruling or other decision, an advice, or an observation (<source>:<id>). Advice is as of now, or of
    the instant of --at.
    """
    if drawn is not None and drawn.suffix.lower() != ".svg":
        raise UsageError(f"--picture {drawn}: the picture is drawn as SVG; give a name that ends in .svg.")
    mission = opened(folder, at)
    state = mission.state()
    if state.charter is None:
        raise MissionError(f"Nothing has been taken in yet. Run `truceline run --once {folder}` first.")
    explained = explain_id(derive(mission, state)[0], id, mission.clock())
    if drawn is not None:
        write_durably(drawn, picture_of(explained.chain, explained.id).encode())
    if as_json:
        print_json(explained.data)
        return
    for indent, text in explained.lines:
        click.echo("  " * indent + text)
