"""`truceline fuse`: a table of observations to incidents and engagements, without a mission."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from truceline import menu
from truceline.app import sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.cli.common import json_option, print_json, shows_progress
from truceline.domain.arrangement import Line, Prior, Regions
from truceline.domain.ids import LineId, PartyId, SourceId
from truceline.domain.inputs import Parsed, RawPayload, Rejected, Setting
from truceline.durable import write_durably
from truceline.errors import UnreachableError, UsageError
from truceline.fusion.fuse import fuse as fuse_tables
from truceline.fusion.streamed.given import NotInPiecesError
from truceline.geojson_file import load_line
from truceline.mission.publish import write_fused
from truceline.streaming.reading import rows_in
from truceline.streaming.stream import Asked, Streamed, stream

IN_MEMORY_ROWS = 1_000_000  # of a smaller table all is in memory at once
IN_MEMORY_BYTES = 1_300  # a row, about, where all of them are (measured: bench/fusion/memory.md)
SHOWN = 5  # rejected rows shown; all are written
REJECTED = "rejected.ndjson"


@click.command()
@click.argument("observations", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the results.")
@click.option("--coverage", type=click.Path(path_type=Path, dir_okay=False), help="Coverage table: who was watching.")
@click.option("--line", type=click.Path(path_type=Path, dir_okay=False), help="A GeoJSON line, or dated ones.")
@click.option("--arrangement", type=click.Path(path_type=Path, file_okay=False), help="An arrangement folder.")
@click.option("--effort", type=click.Choice(["fast", "thorough"]), default="thorough", help="How long to search.")
@click.option("--threads", type=click.IntRange(1, 256), help="How many at a time; all processors by default.")
@json_option
def fuse(
    observations: Path,
    out: Path,
    coverage: Path | None,
    line: Path | None,
    arrangement: Path | None,
    effort: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Fuse OBSERVATIONS (.parquet, .ndjson, .csv) into incidents, engagements and membership.

    Writes incidents.parquet, engagements.parquet, membership.parquet and sensors.parquet (which sensors err, what was
    taken out of their rows, whose source others do not bear out); rows that could not be taken go to rejected.ndjson,
    each with its reason. Chainage, offset and side are given where
    there is a line: a LineString, or for a line that moves a FeatureCollection of them, each with the property "since"
    (a date). Silence counts only where a coverage table says who was watching.
    """
    if line is not None and arrangement is not None:
        raise UsageError("Give --line or --arrangement, not both: an arrangement brings its own line.")
    axis, regions, prior = _ground(line, arrangement)
    _progress(f"Reading {observations} ...")
    asked = Asked(
        coverage=_read("coverage", coverage).coverage if coverage else None,
        models=sensor_models(),
        line=axis,
        regions=regions,
        prior=prior,
        threads=threads or os.cpu_count() or 1,
        effort=effort,
    )
    done = _in_pieces(observations, out, asked) or _in_memory(observations, out, asked)
    _write_rejected(done.rejected, out / REJECTED)
    _tell(done, out, as_json)


def _in_pieces(path: Path, out: Path, asked: Asked) -> Streamed | None:
    """Fuse a large Parquet file a stretch of time at a time; None where it is small or cannot be cut so."""
    if path.suffix.casefold() != ".parquet" or not path.is_file() or rows_in(path) < IN_MEMORY_ROWS:
        return None
    try:
        done = stream(path, out, asked, progress=_progress)
    except NotInPiecesError as error:
        need_gib = rows_in(path) * IN_MEMORY_BYTES / 2**30
        _progress(
            f"The table holds {error}: it is fused in memory, all at once; that takes about {need_gib:.1f} GiB ..."
        )
        return None
    _tell_rejected(done.rejected)
    return done


def _in_memory(path: Path, out: Path, asked: Asked) -> Streamed:
    rows = _read("table", path)
    _progress(f"Fusing {rows.observations.num_rows:,} observations ...")
    fused = fuse_tables(
        rows.observations,
        asked.coverage,
        models=asked.models,
        line=asked.line,
        regions=asked.regions,
        prior=asked.prior,
        threads=asked.threads,
        effort=asked.effort,
    )
    _progress(f"Writing {fused.incidents.num_rows:,} incidents ...")
    write_fused(fused, out)
    return Streamed(
        observations=rows.observations.num_rows,
        incidents=fused.incidents.num_rows,
        engagements=fused.engagements.num_rows,
        rejected=rows.rejected,
    )


def _write_rejected(rejected: Sequence[Rejected], path: Path) -> None:
    """Every refused row with file, row, field, reason and value; no file where none was refused."""
    if rejected:
        write_durably(path, "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in rejected).encode())
    else:
        path.unlink(missing_ok=True)


def _tell(done: Streamed, out: Path, as_json: bool) -> None:
    found = {
        "observations": done.observations,
        "rejected": len(done.rejected),
        "incidents": done.incidents,
        "engagements": done.engagements,
        "out": str(out),
    }
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:13} {value}")


def _progress(text: str) -> None:
    if shows_progress():
        click.echo(text, err=True)


def _ground(line: Path | None, arrangement: Path | None) -> tuple[Line | None, Regions, Prior]:
    if arrangement is not None:
        agreed = load_arrangement(arrangement)
        return agreed.lines[0], agreed.regions, agreed.prior.history[-1].value
    return (_bare_line(line) if line else None), Regions(), Prior()


def _bare_line(path: Path) -> Line:
    """A line without an arrangement: its sides unnamed, in force always or as its dates say."""
    return Line(
        id=LineId("line"),
        name=path.stem,
        left=PartyId("left"),
        right=PartyId("right"),
        versions=load_line(path),
    )


def _read(source: str, path: Path) -> Parsed:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
    payload = RawPayload(source=SourceId(path.stem), name=path.name, received_at=datetime.now(UTC), body=body)
    parsed: Parsed = menu.choose("source", source).parse(payload, Setting(timezone="UTC", places={}, day_parts={}))
    _tell_rejected(parsed.rejected)
    return parsed


def _tell_rejected(rejected: Sequence[Rejected]) -> None:
    for one in rejected[:SHOWN]:
        click.echo(f"{one.file} row {one.row}, {one.field}: {one.reason}", err=True)
    if len(rejected) > SHOWN:
        more = len(rejected) - SHOWN
        click.echo(f"... and {more} more rejected rows: all of them are in {REJECTED}.", err=True)
