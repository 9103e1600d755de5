"""`truceline explain`: what an id rests on."""

from pathlib import Path

import click

from truceline.cli.common import json_option, mission_option, opened, print_json
from truceline.errors import MissionError
from truceline.mission.publish import derive
from truceline.reports.explained import explain as explain_id


@click.command()
@click.argument("id")
@mission_option
@json_option
def explain(id: str, folder: Path, as_json: bool) -> None:
    """Say what ID is and what it rests on, down to each observation's share.

    ID is an engagement (E-...), an incident (I-...), an indication (N-...) or an observation (<source>:<id>).
    """
    mission = opened(folder, None)
    state = mission.state()
    if state.charter is None:
        raise MissionError(f"Nothing has been taken in yet. Run `truceline run --once {folder}` first.")
    explained = explain_id(derive(mission, state)[0], id)
    if as_json:
        print_json({"id": explained.id, "kind": explained.kind, "record": explained.data})
        return
    for indent, text in explained.lines:
        click.echo("  " * indent + text)
