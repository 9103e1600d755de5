"""`truceline ingest`: take files of one source into the ledger."""

from dataclasses import asdict
from pathlib import Path

import click

from truceline.cli.common import at_option, json_option, mission_option, opened, print_json
from truceline.mission.intake import Intake, adopt_charter
from truceline.mission.intake import ingest as take_in


@click.command()
@click.argument("source")
@click.argument("files", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, required=True)
@mission_option
@at_option
@json_option
def ingest(source: str, files: tuple[Path, ...], folder: Path, at: str | None, as_json: bool) -> None:
    """Take FILES of SOURCE into the ledger of a mission. The same file twice changes nothing."""
    mission = opened(folder, at)
    mission.source(source)
    taken = []
    with mission.at_work():
        adopt_charter(mission)
        for path in files:
            taken.append(take_in(mission, source, path))
            if not as_json:
                click.echo(in_words(taken[-1]))
    if as_json:
        print_json([asdict(one) for one in taken])


def in_words(one: Intake) -> str:
    """What became of a file, in one line."""
    if not one.is_new:
        return f"{one.name}: known already (entry {one.entry}); nothing changed."
    brought = [
        f"{n} {what}"
        for n, what in (
            (one.n_observations, "observations"),
            (one.n_coverage, "coverage rows"),
            (one.n_published_counts, "published counts"),
            (one.n_repeated, "repeated"),
            (one.n_rejected, "rejected"),
        )
        if n
    ]
    told = "".join(f"\n  {reason}" for reason in one.reasons)
    return f"{one.name}: entry {one.entry}, {', '.join(brought) or 'nothing in it'}.{told}"
