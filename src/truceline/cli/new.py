"""`truceline new`: start a mission."""

import shutil
from pathlib import Path

import click

from truceline.errors import UnreachableError, UsageError
from truceline.mission_file import load_mission, starter


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Start a mission in FOLDER: commented settings, and a line to replace with your own.

    The line is one GeoJSON LineString, arrangement/line.geojson.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is there already and not an empty folder. Name a new one.")
        shutil.copytree(starter(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise UnreachableError(f"Cannot write {folder}: {error.strerror}.") from error
    name = load_mission(folder / "mission.yaml").name
    click.echo(f"Mission '{name}' started in {folder}.")
    click.echo("Next: put your line into arrangement/line.geojson, read arrangement/arrangement.yaml,")
    click.echo(f"put files into inbox/<source>/, then: truceline run --once {folder}")
