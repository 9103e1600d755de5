"""`truceline advice`: what the ladder says as of a moment."""

from pathlib import Path

import click

from truceline.cli.common import at_option, json_option, mission_option, opened, print_json
from truceline.errors import MissionError
from truceline.judgement.advice_words import advice_words
from truceline.judgement.words import moment_of, zone
from truceline.mission.publish import derive
from truceline.reports.decisions import names_of
from truceline.reports.exercise import exercise_label


@click.command()
@mission_option
@at_option
@json_option
def advice(folder: Path, at: str | None, as_json: bool) -> None:
    """Say for every rung of the ladder whether breaches reached it, and how its clock stands.

    As of now, or of --at: what it rests on, what is still lacking, the time left or passed, who authorises it, who
    holds its level today, and which clauses nobody deployed can watch. It triggers nothing: people decide and sign.
    """
    mission = opened(folder, at)
    state = mission.state()
    if state.charter is None:
        raise MissionError(f"Nothing has been taken in yet. Run `truceline run --once {folder}` first.")
    now, ready = mission.clock(), derive(mission, state)[0]
    found = ready.held.advice_at(now)
    arrangement = ready.held.arrangement
    exercise = exercise_label(ready.held.mission, arrangement.title)
    if as_json:
        print_json({"at": now, "exercise": exercise, "advice": found})
        return
    if exercise:
        click.echo(exercise)
    local = zone(arrangement.timezone)
    names = names_of(arrangement)
    if arrangement.ladder is None:
        click.echo(f"{arrangement.title} has no ladder: nothing falls due.")
        return
    click.echo(f"As of {moment_of(now, local)}. The text foresees these steps; people decide on each.")
    for one in found:
        head, *rest = advice_words(one, names, local)
        click.echo(f"\n{one.id}  {head}")
        for sentence in rest:
            click.echo(f"  {sentence}")
