"""What the benches on real data share: where the data is, a source's rows, a line, and what fusing them took."""

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from truceline import menu
from truceline.app import sensor_models
from truceline.domain.arrangement import Line, LineVersion, Prior, Regions
from truceline.domain.dated import Dated
from truceline.domain.fused import Fused
from truceline.domain.ids import LineId, PartyId, SourceId
from truceline.domain.inputs import RawPayload, Setting
from truceline.fusion.fuse import fuse
from truceline.geo.frame import Frame, fit_frame
from truceline.geo.line import build_axis, locate
from truceline.geojson_file import load_line

ROOT = Path(__file__).resolve().parent.parent.parent
RSS_BYTES = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss
WARM_UP = 300  # rows that are fused first, so that no compiling is measured
KYIV = "Europe/Kyiv"
KM = 1000.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one fusion of `n` rows found and took; the peak is the whole process's, reading included."""

    n: int
    fused: Fused
    wall_s: float
    cpu_s: float
    peak_mib: float

    def __str__(self) -> str:
        rate = self.n / self.cpu_s if self.cpu_s else 0.0
        return (
            f"{self.n} rows fused in {self.wall_s:.2f} s ({self.cpu_s:.2f} s CPU, {rate:.0f} rows per CPU second),"
            f" peak resident memory {self.peak_mib:.0f} MiB"
        )


def shared() -> Path:
    """The folder `shared` beside the checkout, or TRUCELINE_SHARED. Raises SystemExit where there is none."""
    folder = Path(os.environ.get("TRUCELINE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        raise SystemExit(f"No real data at {folder}/data: put `shared` beside the checkout or set TRUCELINE_SHARED.")
    return folder


def read(source: str, path: Path, *, timezone: str = "UTC") -> pa.Table:
    """The observations in a file as the source of that name takes them. Raises SystemExit if it refuses any."""
    received = datetime(2026, 7, 3, tzinfo=UTC)
    payload = RawPayload(source=SourceId(source), name=path.name, received_at=received, body=path.read_bytes())
    parsed = menu.choose("source", source).parse(payload, Setting(timezone=timezone, places={}, day_parts={}))
    if parsed.rejected:
        raise SystemExit(f"{path.name}: {len(parsed.rejected)} rows refused, first {parsed.rejected[0]}")
    return parsed.observations


def line_of(versions: Dated[LineVersion]) -> Line:
    """A line without an arrangement."""
    return Line(id=LineId("line"), name="line", left=PartyId("left"), right=PartyId("right"), versions=versions)


def line_in(path: Path) -> Line:
    """The line in a GeoJSON file."""
    return line_of(load_line(path))


def fused(table: pa.Table, line: Line | None, *, timezone: str = "UTC", prior: Prior | None = None) -> Run:
    """Fuse `table` and measure it, after a warm-up on its first rows."""

    def work(rows: pa.Table) -> Fused:
        given = {"models": sensor_models(), "line": line, "regions": Regions(timezone=timezone)}
        return fuse(rows, None, **given, prior=prior or Prior())

    work(table.slice(0, WARM_UP))
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    found = work(table)
    return Run(
        n=table.num_rows,
        fused=found,
        wall_s=time.perf_counter() - wall_s,
        cpu_s=time.process_time() - cpu_s,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_BYTES / 2**20,
    )


def plane(table: pa.Table, frame: Frame) -> np.ndarray:
    """Stated places (n, 2) in metres."""
    return np.column_stack(frame.to_plane(table["lon_deg"].to_numpy(), table["lat_deg"].to_numpy()))


def distance_km(table: pa.Table, line: Line, day: date) -> np.ndarray:
    """How far stated places lie from the line as it ran on `day`, km."""
    vertices = line.versions.at(day).value.vertices_deg
    frame = fit_frame(vertices)
    axis = build_axis(np.column_stack(frame.to_plane(*np.array(vertices).T)))
    return np.abs(locate(axis, *plane(table, frame).T)[1]) / KM


def shares(values: np.ndarray, tests: dict[str, Callable[[np.ndarray], np.ndarray]]) -> str:
    """Share of `values` that pass each test, in words."""
    return ", ".join(f"{name} {100 * float(np.mean(test(values))):.0f} %" for name, test in tests.items())
