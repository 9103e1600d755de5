"""The table of sensors: what each misses others by, what was taken out of its rows, and what is suspected of it."""

import numpy as np
import pyarrow as pa

from truceline.domain.fused import SENSOR_COLUMNS
from truceline.fusion.intake.batch import Batch
from truceline.fusion.trust.review import Reviewed
from truceline.geo.arrays import F64, Mask

SUSPICIONS = ("bearing_off", "clock_off", "range_off", "source_not_borne_out")


def sensor_table(batch: Batch, reviewed: Reviewed) -> pa.Table:
    """One row a sensor that has a name, in order of it."""
    names, mended = list(batch.sensors), reviewed.mended
    if mended is None or not names:
        return pa.table({c.name: pa.array([], c.type) for c in SENSOR_COLUMNS})
    faults, n = mended.faults, len(names)
    source, unit = np.zeros((2, n), dtype=np.int64)
    own = batch.rows["sensor"] < n
    source[batch.rows["sensor"][own]] = batch.source[own]
    unit[batch.rows["sensor"][own]] = reviewed.sources.unit[own]
    bearing = np.nan_to_num(faults.angle_rad) * ~faults.angle_named + mended.angle_rad
    known = ~np.isnan(faults.angle_rad) | (mended.angle_rad != 0.0)
    late = np.where(mended.late_s != 0.0, mended.late_s, faults.late_s)
    apart = reviewed.sources.apart[unit]
    marks = (mended.angle_rad != 0.0, mended.late_s != 0.0, faults.range_named, apart)
    columns = {
        "sensor": pa.array(names, pa.string()),
        "source": pa.array(list(batch.sources)).take(pa.array(source)),
        "n": np.bincount(batch.rows["sensor"][own], minlength=n),
        "n_joined": faults.n_joined,
        "notices_share": _told(_share(mended.noticed.of_sensor, mended.noticed.due_of_sensor), 3),
        "bearing_bias_deg": _told(np.where(known, np.degrees(bearing), np.nan), 2),
        "bearing_z": _told(faults.angle_z, 1),
        "bearing_corrected_deg": _told(np.degrees(mended.angle_rad), 2),
        "clock_bias_s": _told(late, 2),
        "clock_z": _told(faults.late_z, 1),
        "clock_corrected_s": _told(mended.late_s, 2),
        "range_scale": _told(faults.range_scale, 2),
        "range_z": _told(faults.range_z, 1),
        "speed_scale": _told(1.0 / faults.delay_scale, 3),
        "source_borne_out": _told(reviewed.sources.share[unit], 2),
        "suspected": _words(marks),
    }
    return pa.table({c.name: pa.array(columns[c.name], c.type) for c in SENSOR_COLUMNS})


def _share(have: F64, due: F64) -> F64:
    """What a sensor notices of what its like would; NaN where little was due."""
    return np.asarray(np.where(due >= 1.0, have / np.maximum(due, 1e-9), np.nan))


def _told(values: F64, digits: int) -> pa.Array:
    return pa.array(np.round(values, digits) + 0.0, pa.float64(), mask=~np.isfinite(values))


def _words(marks: tuple[Mask, ...]) -> list[list[str]]:
    table = np.column_stack(marks)
    return [[word for word, on in zip(SUSPICIONS, row, strict=True) if on] for row in table.tolist()]
