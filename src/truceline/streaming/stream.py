"""A file of observations to the files of fusion, a stretch of time after another, to the same tables as in memory."""

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from truceline.domain.arrangement import Line, Prior, Regions
from truceline.domain.columns import arrow_schema
from truceline.domain.fused import VERSION
from truceline.domain.inputs import Rejected
from truceline.domain.ports import SensorModel
from truceline.durable import make_folder
from truceline.fusion.intake.batch import make_batch
from truceline.fusion.intake.plane import frame_for, outline
from truceline.fusion.places.along import make_ground
from truceline.fusion.streamed.given import Given
from truceline.fusion.streamed.tables import tell
from truceline.fusion.streamed.window import LATE_S, advance, nothing_held
from truceline.fusion.watching.silence import watchers
from truceline.geo.frame import Frame
from truceline.mission.publish import PUBLISHED
from truceline.streaming.reading import FILE_ROW, U64, Sheets, checked, open_sheets, times_us, used_twice
from truceline.streaming.results import Results, add, put, write_incidents, write_membership
from truceline.streaming.spill import ROWS, Stretches, cut, spill

NAMES = ("incidents", "engagements", "membership")
I64 = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What to fuse with, as `fusion.fuse.fuse` takes it."""

    coverage: pa.Table | None
    models: Mapping[str, SensorModel]
    line: Line | None
    regions: Regions
    prior: Prior
    threads: int = 1
    effort: str = "thorough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """How many rows were fused and incidents found, and which rows were refused."""

    observations: int
    incidents: int
    engagements: int
    rejected: tuple[Rejected, ...]


def stream(
    path: Path, out: Path, asked: Asked, *, progress: Callable[[str], None] = lambda _: None, rows: int = ROWS
) -> Streamed:
    """Fuse the Parquet file at `path` into files in `out`, with about `rows` rows in memory at a time.

    Raises
    ------
    NotInPiecesError
        if it holds rows that reach over stretches of time; nothing is then written.
    """
    sheets = open_sheets(path)
    make_folder(out)
    with tempfile.TemporaryDirectory(prefix=".fusing-", dir=out) as name:
        folder = Path(name)
        ends_us = cut(times_us(sheets), rows)
        stretches, rejected, without = _spilled(sheets, folder, ends_us)
        given = _given(stretches, without, asked)
        results = _fused(given, stretches, without, folder, progress)
        progress("Putting the results in order ...")
        n_incidents, long_numbers = write_incidents(results, folder / "incidents.parquet")
        n_rows = sheets.n_rows - len(rejected)
        write_membership(results, long_numbers, folder / "membership.parquet")
        nothing = arrow_schema(PUBLISHED["engagements"], version=VERSION, published_only=True)
        pq.write_table(nothing.empty_table(), folder / "engagements.parquet")
        for table in NAMES:
            put(folder / f"{table}.parquet", out)
    return Streamed(observations=n_rows, incidents=n_incidents, engagements=0, rejected=rejected)


def _spilled(sheets: Sheets, folder: Path, ends_us: I64) -> tuple[Stretches, tuple[Rejected, ...], I64]:
    """The rows on disk, the refused ones, and the places of those among the former that are refused after all."""
    keys: list[U64] = []
    places: list[I64] = []
    rejected: list[Rejected] = []
    schema: pa.Schema | None = None
    for batch in spill(folder, ends_us, checked(sheets)):
        keys.append(batch.keys)
        places.append(batch.table.column(FILE_ROW).to_numpy())
        rejected += list(batch.rejected)
        schema = batch.table.schema
    if schema is None:
        schema = next(iter(checked(sheets))).table.schema if sheets.n_rows else pa.schema([])
    twice = used_twice(sheets, np.concatenate(keys), np.concatenate(places)) if keys else ()
    without = np.array([one.row - 1 for one in twice], dtype=np.int64)
    every = tuple(sorted([*rejected, *twice], key=lambda one: one.row))
    return Stretches(folder=folder, ends_us=ends_us, schema=schema), every, without


def _given(stretches: Stretches, without: I64, asked: Asked) -> Given:
    frame = _frame(stretches, without, asked)
    ground = make_ground(frame, asked.line, asked.regions)
    return Given(
        models=asked.models,
        regions=asked.regions,
        prior=asked.prior,
        ground=ground,
        watching=watchers(asked.coverage, ground, asked.regions),
        epoch_s=_epoch_s(stretches, without, asked, frame),
        threads=asked.threads,
        effort=asked.effort,
    )


def _frame(stretches: Stretches, without: I64, asked: Asked) -> Frame:
    """The plane of all rows, told by the few places of each stretch that lie farthest out."""
    if asked.line is not None:
        return frame_for(pa.table({}), asked.line, asked.regions)
    outlines = [outline(stretches.read(k, without)) for k in range(len(stretches))]
    return frame_for(pa.concat_tables(outlines), None, asked.regions)


def _epoch_s(stretches: Stretches, without: I64, asked: Asked, frame: Frame) -> float:
    """The whole day of the first row that fusion takes: no row is of an earlier time than LATE_S before it states."""
    epochs: list[float] = []
    for k in range(len(stretches)):
        table = stretches.read(k, without)
        batch, _, _ = make_batch(table, frame=frame, models=asked.models, regions=asked.regions, prior=asked.prior)
        if len(batch.rows):
            begin_s = batch.epoch_s + float(batch.rows["time_s"].min())
            epochs.append(batch.epoch_s)
            if k < len(stretches.ends_us) and stretches.ends_us[k] / 1e6 - begin_s > 2.0 * LATE_S:
                break
    return min(epochs, default=0.0)


def _fused(given: Given, stretches: Stretches, without: I64, folder: Path, progress: Callable[[str], None]) -> Results:
    results, held = Results(folder=folder), nothing_held(stretches.schema.empty_table())
    for k in range(len(stretches)):
        progress(f"Fusing part {k + 1} of {len(stretches)} ...")
        until_s = stretches.ends_us[k] / 1e6 if k < len(stretches.ends_us) else math.inf
        piece, held = advance(given, held, stretches.read(k, without), until_s)
        add(results, tell(given, piece))
        pa.default_memory_pool().release_unused()
    return results
