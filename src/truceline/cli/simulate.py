"""`truceline simulate`: an exercise mission in a simulated world, with its truth beside it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import click

from truceline.arrangement_file import MAIN, folder_files, load_arrangement
from truceline.cli.common import json_option, print_json
from truceline.domain.arrangement import Arrangement
from truceline.errors import UnreachableError, UsageError
from truceline.geo.frame import fit_frame
from truceline.geo.line import build_axis
from truceline.mission_file import resolve, shipped_names
from truceline.simulation.campaign import Simulated
from truceline.simulation.campaign import simulate as simulate_world
from truceline.simulation.folder import write_mission
from truceline.simulation.incidental import sightings
from truceline.simulation.worlds import WORLDS, World, at_tempo, scaled

DEFAULT_DAYS = 1.0
LIKE = "exercise"
Vertices = tuple[tuple[float, float], ...]


@click.command()
@click.argument("world", metavar="WORLD|ARRANGEMENT")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the mission.")
@click.option("--observations", type=click.IntRange(min=1), help="How many observations to make.")
@click.option("--days", type=click.FloatRange(min=0.0, min_open=True), help="How long the world lasts; 1 by default.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed, another world.")
@click.option("--like", metavar="WORLD", help=f"Whose sensors and violence an ARRANGEMENT gets; {LIKE} by default.")
@click.option("--tempo", type=click.FloatRange(min=0.0, min_open=True), default=1.0, show_default=True,
              help="How many times as much violence as in the world.")  # fmt: skip
@json_option
def simulate(
    world: str,
    out: Path,
    observations: int | None,
    days: float | None,
    seed: int,
    like: str | None,
    tempo: float,
    as_json: bool,
) -> None:
    """Simulate a WORLD, or an exercise along the line of an ARRANGEMENT, as a mission folder.

    WORLD is a name (mix, mixd, pts, arr, coarse, sparse, fast, bent, exercise, origin, reports); ARRANGEMENT a folder
    with an arrangement.yaml or the name of a shipped one. What really happened is written to truth/ in the folder.
    """
    if observations is not None and days is not None:
        raise UsageError("Give --observations or --days, not both: one follows from the other.")
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UsageError(f"{out} is there already and not an empty folder. Name a new one.")
    except OSError as error:
        raise UnreachableError(f"Cannot read {out}: {error.strerror}.") from error
    lasts = None if observations is not None else days or DEFAULT_DAYS
    if world in WORLDS:
        if like is not None:
            raise UsageError("--like goes with an arrangement: a world has its own sensors and violence.")
        made = simulate_world(at_tempo(WORLDS[world], tempo), seed=seed, n_observations=observations, days=lasts)
        write_mission(out, made)
    else:
        agreed, files, start, line = _agreed(world)
        like_it = at_tempo(_fitted(like or LIKE, line), tempo)
        made = simulate_world(like_it, seed=seed, n_observations=observations, days=lasts, start=start, line_deg=line)
        write_mission(out, made, files, sightings(made, agreed))
    _tell(made, out, as_json)


def _agreed(arrangement: str) -> tuple[Arrangement, Mapping[str, str], datetime, Vertices]:
    """An arrangement, its files, the first whole day under it, and its line."""
    if not (Path(arrangement) / MAIN).is_file() and arrangement not in shipped_names():
        raise UsageError(
            f"'{arrangement}' is neither a world nor an arrangement. Worlds: {', '.join(WORLDS)}. "
            f"Arrangements: a folder with an {MAIN}, or {', '.join(shipped_names())}."
        )
    folder = resolve(arrangement, Path())
    agreed = load_arrangement(folder)
    newest = agreed.lines[0].versions.history[-1]
    since = max(agreed.in_force_from, datetime.combine(newest.day, time(), tzinfo=UTC)).astimezone(UTC)
    start = datetime.combine(since.date() + timedelta(days=1), time(), tzinfo=UTC)
    return agreed, folder_files(folder), start, newest.value.vertices_deg


def _fitted(like: str, line: Vertices) -> World:
    """The world called `like`, as long as the line."""
    if like not in WORLDS:
        raise UsageError(f"No world called '{like}'. Known: {', '.join(WORLDS)}.")
    lon, lat = zip(*line, strict=True)
    x_m, y_m = fit_frame(line).to_plane(lon, lat)
    return scaled(WORLDS[like], build_axis(list(zip(x_m, y_m, strict=True))).length_m)


def _tell(made: Simulated, out: Path, as_json: bool) -> None:
    told = {
        "world": made.world.name,
        "seed": made.seed,
        "days": round(made.days, 3),
        "observations": made.observations.num_rows,
        "events": made.events.num_rows,
        "out": str(out),
    }
    if as_json:
        print_json(told)
        return
    click.echo("EXERCISE: nothing of this happened.")
    for name, value in told.items():
        click.echo(f"{name:13} {value}")
    click.echo(f"Next: truceline run --once {out}; the truth is in {out / 'truth'}")
