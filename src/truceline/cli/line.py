"""`truceline line`: dated maps of held ground to the dated line between the sides."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely

from truceline.cli.common import json_option, print_json
from truceline.errors import ArrangementError, UnreachableError, UsageError
from truceline.geo.frame import Frame, local_frame
from truceline.geo.front import fronts
from truceline.geojson_file import load_areas, load_line, load_outlines

_DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
KM = 1000.0
MARGIN_DEG = 2.0  # more than --within-km can be at any latitude where there is a front


@click.command()
@click.argument("territories", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="GeoJSON file to write.")
@click.option(
    "--not-front", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="Coasts, borders; repeatable."
)
@click.option("--within-km", type=click.FloatRange(0, 100), default=3.0, show_default=True, help="How near is on it.")
@click.option(
    "--bridge-km", type=click.FloatRange(0, 1000), default=10.0, show_default=True, help="Touches to pass over."
)
@click.option(
    "--accuracy-m", type=click.FloatRange(0, 1e6), default=0.0, show_default=True, help="Error of the maps, 1 sigma."
)
@json_option
def line(
    territories: tuple[Path, ...],
    out: Path,
    not_front: tuple[Path, ...],
    within_km: float,
    bridge_km: float,
    accuracy_m: float,
    as_json: bool,
) -> None:
    """Derive the line, one version a date, from TERRITORIES: polygons of held ground (GeoJSON, also .gz).

    A file's name tells its date: territory_20250501.geojson, held-2025-05-01.geojson. The line is the longest stretch
    of a territory's boundary that keeps --within-km away from what is no front; the territory lies to its right.
    `truceline fuse --line` reads the result.
    """
    days = _days(territories)
    held = {day: load_areas(path) for day, path in days.items()}
    frame, around = _surroundings(list(held.values()))
    edges = _in_plane(frame, shapely.union_all([shapely.clip_by_rect(load_outlines(p), *around) for p in not_front]))
    features = []
    for day, territory in held.items():
        chains = fronts(_in_plane(frame, territory), edges, within_m=within_km * KM, bridge_m=bridge_km * KM)
        if not chains:
            raise ArrangementError(f"{days[day]}: all of its boundary is within {within_km:g} km of what is no front.")
        features.append(_feature(frame, day, chains, accuracy_m, days[day].name))
    _write(out, features)
    found = [one["properties"] for one in features]
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(f"{one['since']}  {one['length_km']:8.1f} km, next longest {one['next_longest_km']:.1f} km")


def _days(paths: tuple[Path, ...]) -> dict[date, Path]:
    """File by date, oldest first. Raises UsageError for a name without a date, or a date that comes twice."""
    found: dict[date, Path] = {}
    for path in paths:
        try:
            day = date(*(int(part) for part in _DAY.findall(path.name)[-1]))
        except (IndexError, ValueError):
            raise UsageError(f"{path.name} names no date. Call it e.g. territory_20250501.geojson.") from None
        if day in found:
            raise UsageError(f"{path.name} and {found[day].name} are of one date, {day}. Give one of them.")
        found[day] = path
    return dict(sorted(found.items()))


def _surroundings(territories: list[shapely.Geometry]) -> tuple[Frame, tuple[float, float, float, float]]:
    """A plane round the territories, and their box (west, south, east, north) with a margin: a map of the world's
    coasts reaches where no plane does."""
    west, south, east, north = shapely.total_bounds(territories).tolist()
    frame = local_frame(round((west + east) / 2, 1), round((south + north) / 2, 1))
    return frame, (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)


def _in_plane(frame: Frame, shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda degrees: np.column_stack(frame.to_plane(degrees[:, 0], degrees[:, 1])))


def _feature(frame: Frame, day: date, chains: tuple[Any, ...], accuracy_m: float, name: str) -> dict[str, Any]:
    """The longest stretch as a dated LineString; 0.1 m is finer than any such map."""
    degrees = np.column_stack(frame.to_degrees(chains[0][:, 0], chains[0][:, 1])).round(6)
    new = np.append(True, np.any(np.diff(degrees, axis=0) != 0.0, axis=1))
    lengths_km = [float(np.hypot(*np.diff(chain, axis=0).T).sum()) / KM for chain in chains]
    properties = {
        "since": day.isoformat(),
        "accuracy_m": accuracy_m,
        "reference": f"derived from {name}: the territory lies to the right",
        "length_km": round(lengths_km[0], 1),
        "next_longest_km": round(lengths_km[1], 1) if len(chains) > 1 else 0.0,
    }
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": degrees[new].tolist()},
    }


def _write(out: Path, features: list[dict[str, Any]]) -> None:
    try:
        out.write_text(json.dumps({"type": "FeatureCollection", "features": features}) + "\n", encoding="utf-8")
    except OSError as error:
        raise UnreachableError(f"{out} cannot be written: {error.strerror}. Check folder and permissions.") from error
    load_line(out)  # what was derived can be used, or says why not
