"""What is wrong with which rows of a column table: checks over whole columns, and the rows they refuse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from truceline.domain import coverage, observation, published_count
from truceline.domain.columns import ARC_LIST, TIMESTAMP, Column, empty
from truceline.domain.inputs import Parsed, Rejected

WHOLE_ROW = "(row)"  # the field of a row that could not be told apart into fields
LONGEST_VALUE = 200

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why some rows cannot be taken: their positions, and the value of each as received."""

    field: str
    reason: str
    at: Rows
    values: tuple[str, ...]

    @staticmethod
    def of_row(reason: str, value: str, *, name: str = WHOLE_ROW) -> "Problem":
        """What is wrong with the first row, by default as a whole; `moved` gives it its place."""
        return Problem(field=name, reason=reason, at=np.zeros(1, dtype=np.int64), values=(clip(value),))

    def moved(self, by: int) -> "Problem":
        """The same problem `by` rows further down."""
        return Problem(field=self.field, reason=self.reason, at=self.at + by, values=self.values)

    def placed(self, rows: Rows) -> "Problem":
        """The same problem where position k is row `rows[k]`."""
        return Problem(field=self.field, reason=self.reason, at=rows[self.at], values=self.values)


def clip(text: str) -> str:
    """`text`, cut where a reader has seen enough."""
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "..."


def written(value: Any) -> str:
    """A value in words, as a person would write it; nothing for what is not stated."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "-".join(written(part) for part in value.values())
    if isinstance(value, list):
        return clip(";".join(written(part) for part in value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return clip(str(value))


def flags(mask: Any) -> Flags:
    """A boolean Arrow array as NumPy flags; null is False."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)


def problem(field: str, reason: str, bad: Flags, given: pa.Array | None = None) -> list[Problem]:
    """A list of one Problem if any row is `bad`, else an empty one; `given` is the column as received."""
    if not bad.any():
        return []
    at = np.flatnonzero(bad).astype(np.int64)
    values = ("",) * len(at) if given is None else tuple(_written_at(given, at))
    return [Problem(field=field, reason=reason, at=at, values=values)]


def _written_at(given: pa.Array, at: Rows) -> list[str]:
    taken = given.take(pa.array(at))
    if pa.types.is_timestamp(taken.type):  # text straight from Arrow: Python's calendar is narrower
        taken = taken.cast(pa.string())
    return [written(value) for value in taken.to_pylist()]


def standing(n_rows: int, problems: Iterable[Problem]) -> Flags:
    """Which rows no problem speaks of."""
    stands = np.ones(n_rows, dtype=bool)
    for found in problems:
        stands[found.at] = False
    return stands


def refuse(file: str, n_rows: int, problems: Iterable[Problem]) -> tuple[Flags, tuple[Rejected, ...]]:
    """Which rows stand, and one Rejected for each that does not, with the first problem found in it."""
    stands = np.ones(n_rows, dtype=bool)
    refused: list[Rejected] = []
    for found in problems:
        for row, value in zip(found.at.tolist(), found.values, strict=True):
            if stands[row]:
                stands[row] = False
                reason = found.reason.replace("{value}", value)
                refused.append(Rejected(file=file, row=row + 1, field=found.field, reason=reason, value=value))
    return stands, tuple(sorted(refused, key=lambda r: r.row))


def column_problems(columns: Sequence[Column], table: pa.Table) -> list[Problem]:
    """Values out of the published bounds and words out of the published lists."""
    found: list[Problem] = []
    for column in columns:
        given = table.column(column.name)
        if given.null_count == len(given):
            continue
        if pa.types.is_floating(column.type):
            not_finite = ~flags(pc.is_finite(given)) & flags(pc.is_valid(given))
            found += problem(column.name, "not a finite number: leave it empty if it is not known", not_finite, given)
        if column.enum:
            unknown = ~flags(pc.is_in(given, pa.array(column.enum))) & flags(pc.is_valid(given))
            known = f"no known {column.name}: use one of {', '.join(column.enum)}"
            found += problem(column.name, known, unknown, given)
        if column.low is not None:
            found += problem(column.name, _bounds(column), flags(pc.less(given, column.low)), given)
        if column.high is not None:
            found += problem(column.name, _bounds(column), flags(pc.greater(given, column.high)), given)
        if column.type == ARC_LIST:
            found += _arc_problems(column.name, given)
    return found


def _bounds(column: Column) -> str:
    if column.high is None:
        return f"must not be below {column.low:g}"
    return f"must lie between {column.low:g} and {column.high:g}: check unit and sign"


def _arc_problems(field: str, given: pa.ChunkedArray) -> list[Problem]:
    arcs = given.combine_chunks()
    flat, parent = pc.list_flatten(arcs), pc.list_parent_indices(arcs)
    start, end = pc.struct_field(flat, "from_deg"), pc.struct_field(flat, "to_deg")
    fine = np.ones(len(flat), dtype=bool)
    for angle in (start, end):
        fine &= flags(pc.and_(pc.greater_equal(angle, 0.0), pc.less_equal(angle, 360.0)))
    width = pc.subtract(end, start)
    fine &= flags(pc.not_equal(width, 0.0)) & flags(pc.not_equal(width, -360.0))
    bad = np.zeros(len(arcs), dtype=bool)
    bad[np.asarray(parent)[~fine]] = True
    reason = "each sector needs two different bearings between 0 and 360, clockwise; 0-360 is all round"
    return problem(field, reason, bad, arcs)


def missing_problems(columns: Sequence[Column], table: pa.Table) -> list[Problem]:
    """Rows without a value that every row must have."""
    found: list[Problem] = []
    for column in columns:
        if column.required:
            lacking = flags(pc.is_null(table.column(column.name)))
            found += problem(column.name, f"missing: {column.meaning}", lacking)
    return found


def order_problems(table: pa.Table, low: str, high: str, reason: str) -> list[Problem]:
    """Rows whose `high` is below their `low`; the reason may say {value}, the value of `high`."""
    bad = flags(pc.less(table.column(high), table.column(low)))
    return problem(high, reason, bad, table.column(high))


def area_problems(table: pa.Table) -> list[Problem]:
    """Areas that are neither a bare name nor one simple polygon in degrees; each distinct area is read once."""
    given = table.column("area").combine_chunks()
    encoded = given.dictionary_encode()
    codes_of: dict[str, list[int]] = {}
    for code, area in enumerate(encoded.dictionary.to_pylist()):
        if "(" in area and (reason := _unusable(area)):
            codes_of.setdefault(reason, []).append(code)
    found: list[Problem] = []
    for reason, codes in codes_of.items():
        found += problem("area", reason, flags(pc.is_in(encoded.indices, pa.array(codes, pa.int32()))), given)
    return found


def _unusable(wkt: str) -> str:
    shape = shapely.from_wkt(wkt, on_invalid="ignore")
    if shape is None:
        return "neither a name nor WKT: write POLYGON ((lon lat, lon lat, ..., first again)) or a name without brackets"
    if shape.geom_type != "Polygon" or shape.is_empty:
        return f"a {shape.geom_type} is no area: give one POLYGON, or a fix with its error, or one row a polygon"
    if len(shape.interiors):
        return "a polygon with holes: give its outer ring, or several rows without holes"
    west, south, east, north = shape.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return "corners outside -180..180, -90..90: write longitude first, in degrees"
    return "" if shape.is_valid else "a polygon that crosses itself: order its corners round the edge"


def in_words(table: pa.Table, skip: Sequence[str] = ()) -> pa.Array:
    """Each row as one text that two rows share exactly if they say the same; null values do not count.

    Column names are in it, so that a later schema with more columns gives the same text for the same row.
    """
    parts = []
    for name in sorted(set(table.column_names) - set(skip)):
        given = table.column(name).combine_chunks()
        if given.null_count < len(given):
            parts.append(pc.binary_join_element_wise(name, _as_text(given), "="))
    # The empty text closes every row: Arrow leaves a row out of a join in which all else is null.
    nothing = pa.array([""] * table.num_rows, pa.string())
    return pc.binary_join_element_wise(*parts, nothing, "\x1f", null_handling="skip")


def _as_text(given: pa.Array) -> pa.Array:
    if given.type == TIMESTAMP:
        return given.cast(pa.int64()).cast(pa.string())
    if given.type == ARC_LIST:
        flat = pc.list_flatten(given)
        ends = (pc.struct_field(flat, name).cast(pa.string()) for name in ("from_deg", "to_deg"))
        given = listed(pc.binary_join_element_wise(*ends, "-"), given)
    if pa.types.is_list(given.type):
        return pc.binary_join(given, "\x1e")
    return given.cast(pa.string())


def listed(flat: pa.Array, like: pa.Array) -> pa.Array:
    """The items `flat` as lists of the lengths, and with the nulls, of the lists `like`."""
    lengths = np.asarray(pc.fill_null(pc.list_value_length(like), 0), dtype=np.int64)
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
    return pa.ListArray.from_arrays(offsets, flat, type=pa.list_(flat.type), mask=pc.is_null(like))


def repeat_problems(
    table: pa.Table, keys: pa.Array, stands: Flags, field: str, clash: str, number: Rows | None = None
) -> list[Problem]:
    """Later rows with the key of an earlier row that stands: repeats if they say the same, else a clash.

    `clash` may say {value}, the value of `field`; rows that do not stand neither repeat nor are repeated. `number` is
    the place of each row in the file where these are not all of it.
    """
    rows = np.flatnonzero(stands)
    codes = np.asarray(keys.take(pa.array(rows)).dictionary_encode().indices)
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    later = rows[first[which] != np.arange(len(rows))]
    if not len(later):
        return []
    earlier = rows[first[which]][first[which] != np.arange(len(rows))]
    same = _same(table, earlier, later)
    values = _written_at(table.column(field).combine_chunks(), later)
    named = np.arange(len(stands)) if number is None else number
    found = []
    for a, b, equal, value in zip(earlier.tolist(), later.tolist(), same.tolist(), values, strict=True):
        reason = f"repeats row {named[a] + 1}" if equal else f"{clash} (row {named[a] + 1})"
        found.append(Problem(field=field, reason=reason, at=np.array([b]), values=(value,)))
    return found


def _same(table: pa.Table, earlier: Rows, later: Rows) -> Flags:
    a, b = (in_words(table.take(pa.array(rows))) for rows in (earlier, later))
    return flags(pc.equal(a, b))


def parsed(
    rejected: Sequence[Rejected],
    *,
    observations: pa.Table | None = None,
    coverage_rows: pa.Table | None = None,
    published_counts: pa.Table | None = None,
) -> Parsed:
    """What a source hands on; tables that it does not make are empty, never absent."""
    return Parsed(
        observations=empty(observation.COLUMNS) if observations is None else observations,
        coverage=empty(coverage.COLUMNS) if coverage_rows is None else coverage_rows,
        published_counts=empty(published_count.COLUMNS) if published_counts is None else published_counts,
        rejected=tuple(rejected),
    )
