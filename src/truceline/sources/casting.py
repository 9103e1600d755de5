"""Columns as received to columns of the published type; a value that does not fit becomes null with a Problem."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.clock import parse_utc
from truceline.domain.columns import ARC_LIST, TIMESTAMP, Column
from truceline.sources.checks import Flags, Problem, clip, flags, listed, problem

DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
INSTANT = rf"^{DATE}[Tt ]{CLOCK}([Zz]|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
NAIVE = rf"^{DATE}([Tt ]{CLOCK})?$"
# Exponents of two digits and mantissas of thirty keep every match inside the range of a float.
NUMBER = r"^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?$"
WHOLE = r"^[+-]?\d{1,18}(\.0+)?$"
ARC = r"\s*\d{1,3}(\.\d{1,15})?\s*-\s*\d{1,3}(\.\d{1,15})?\s*"
ARCS = rf"^{ARC}(;{ARC})*$"

FIRST_YEAR_S, LAST_YEAR_S = -2_208_988_800, 7_258_118_400  # 1900 and 2200: outside, a unit was mistaken
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
EXACT = 2**53  # whole numbers beyond are not exact in a float

NOT_A_NUMBER = "not a number: write digits with a decimal point, no unit, or leave it empty"
NOT_WHOLE = "not a whole number: write digits only, or leave it empty"
NOT_TEXT = "not text"
NO_OFFSET = "a time without offset: give an offset, e.g. 2018-09-05T10:10:00+03:00"
DATE_ONLY = (
    "a date is no instant: give the time of day with its offset, or the day as time_start and time_end with "
    "time_kind unknown_within"
)
NO_INSTANT = "not an instant: write e.g. 2018-09-05T10:10:00+03:00"
NO_YEAR = "not between the years 1900 and 2200: check the unit"
NO_LIST = "not a list of texts; in CSV separate them by ;"
NO_ARCS = "not sectors: write from-to in degrees, several separated by ;, e.g. 112.5-157.5;157.5-202.5"


def cast_table(columns: Sequence[Column], table: pa.Table, n_rows: int) -> tuple[pa.Table, list[Problem]]:
    """`table` with every column of `columns` in its published type and order, and what did not fit."""
    arrays, found = {}, []
    for column in columns:
        if column.name not in table.column_names:
            arrays[column.name] = pa.nulls(n_rows, column.type)
            continue
        given = _plain(table.column(column.name).combine_chunks())
        arrays[column.name], problems = _cast(column, given)
        found += problems
    return pa.table(arrays), found


def _plain(given: pa.Array) -> pa.Array:
    """Dictionaries and text with long offsets as ordinary arrays; blank text as null."""
    if pa.types.is_dictionary(given.type):
        given = given.dictionary_decode()
    if pa.types.is_large_string(given.type) or pa.types.is_string_view(given.type):
        given = given.cast(pa.string())
    if pa.types.is_string(given.type):
        given = pc.utf8_trim_whitespace(given)
        given = pc.if_else(pc.equal(given, ""), pa.scalar(None, pa.string()), given)
    return given


def _cast(column: Column, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    if pa.types.is_null(given.type):
        return pa.nulls(len(given), column.type), []
    if column.type == TIMESTAMP:
        return _to_instants(column.name, given)
    if column.type == ARC_LIST:
        return _to_arcs(column.name, given)
    if pa.types.is_list(column.type):
        return _to_list(column.name, given)
    if pa.types.is_string(column.type):
        return _to_text(column.name, given)
    if pa.types.is_integer(column.type):
        return _to_whole(column.name, given)
    return _to_number(column.name, given)


def _none_fits(field: str, type_: pa.DataType, reason: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    return pa.nulls(len(given), type_), problem(field, reason, flags(pc.is_valid(given)), given)


def _only(given: pa.Array, fits: Any) -> tuple[pa.Array, Flags]:
    """Values that fit, others null, and flags of those that do not."""
    kept = pc.if_else(pc.fill_null(fits, False), given, pa.scalar(None, given.type))
    return kept, flags(pc.is_null(kept)) & flags(pc.is_valid(given))


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))


def _to_number(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    if pa.types.is_string(given.type):
        kept, bad = _only(given, pc.match_substring_regex(given, NUMBER))
        return kept.cast(pa.float64()), problem(field, NOT_A_NUMBER, bad, given)
    if not _is_number(given.type):
        return _none_fits(field, pa.float64(), f"{NOT_A_NUMBER} (it is {given.type})", given)
    return given.cast(pa.float64(), safe=False), []


def _to_whole(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    if pa.types.is_string(given.type):
        kept, bad = _only(given, pc.match_substring_regex(given, WHOLE))
        digits = pc.replace_substring_regex(kept, r"^\+|\.0+$", "")
        return digits.cast(pa.int64()), problem(field, NOT_WHOLE, bad, given)
    if not _is_number(given.type):
        return _none_fits(field, pa.int64(), f"{NOT_WHOLE} (it is {given.type})", given)
    if pa.types.is_uint64(given.type):
        kept, bad = _only(given, pc.less_equal(given, pa.scalar(2**63 - 1, pa.uint64())))
        return kept.cast(pa.int64()), problem(field, NOT_WHOLE, bad, given)
    if not pa.types.is_integer(given.type):
        number = given.cast(pa.float64(), safe=False)
        exact = pc.and_(pc.equal(pc.floor(number), number), pc.less_equal(pc.abs(number), float(EXACT)))
        kept, bad = _only(number, exact)
        return kept.cast(pa.int64()), problem(field, NOT_WHOLE, bad, given)
    return given.cast(pa.int64()), []


def _to_text(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    if pa.types.is_string(given.type):
        return given, []
    if pa.types.is_integer(given.type):  # ids and numbers of things are often written as numbers
        return given.cast(pa.string()), []
    return _none_fits(field, pa.string(), f"{NOT_TEXT} (it is {given.type})", given)


def _to_list(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    type_ = pa.list_(pa.string())
    if pa.types.is_string(given.type):
        items = pc.split_pattern_regex(given, r"\s*;\s*")
        return items.cast(type_), []
    if not (pa.types.is_list(given.type) or pa.types.is_large_list(given.type)):
        return _none_fits(field, type_, NO_LIST, given)
    try:
        items = given.cast(type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _none_fits(field, type_, NO_LIST, given)
    return _nothing_as_null(items), []


def _nothing_as_null(lists: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.list_value_length(lists), 0), pa.scalar(None, lists.type), lists)


def _to_arcs(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    if pa.types.is_string(given.type):
        kept, bad = _only(given, pc.match_substring_regex(given, ARCS))
        return _arcs_of_text(kept), problem(field, NO_ARCS, bad, given)
    try:
        return _nothing_as_null(given.cast(ARC_LIST)), []
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return _none_fits(field, ARC_LIST, NO_ARCS, given)


def _arcs_of_text(given: pa.Array) -> pa.Array:
    pairs = pc.split_pattern(given, ";")
    flat = pc.extract_regex(pc.list_flatten(pairs), r"^\s*(?P<from_deg>[\d.]+)\s*-\s*(?P<to_deg>[\d.]+)\s*$")
    return listed(flat.cast(ARC_LIST.value_type), pairs)


def _to_instants(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    if pa.types.is_string(given.type):
        return _instants_of_text(field, given)
    if pa.types.is_date(given.type):
        return _none_fits(field, TIMESTAMP, DATE_ONLY, given)
    if pa.types.is_timestamp(given.type) and given.type.tz is None:
        return _none_fits(field, TIMESTAMP, NO_OFFSET, given)
    if not pa.types.is_timestamp(given.type):
        return _none_fits(field, TIMESTAMP, f"{NO_INSTANT} (it is {given.type})", given)
    kept, bad = _only(given, _plausible(given))
    # finer than a microsecond is cut off: no observer here measures it
    return kept.cast(TIMESTAMP, safe=given.type.unit != "ns"), problem(field, NO_YEAR, bad, given)


def _plausible(instants: pa.Array) -> pa.Array:
    scale = PER_SECOND[instants.type.unit]
    count = instants.cast(pa.int64())
    return pc.and_(pc.greater_equal(count, FIRST_YEAR_S * scale), pc.less(count, LAST_YEAR_S * scale))


def _instants_of_text(field: str, given: pa.Array) -> tuple[pa.Array, list[Problem]]:
    dated = flags(pc.match_substring_regex(given, rf"^{DATE}$"))
    naive = flags(pc.match_substring_regex(given, NAIVE)) & ~dated
    kept, bad = _only(given, pc.match_substring_regex(given, INSTANT))
    text = pc.utf8_upper(pc.replace_substring_regex(kept, r"(\.\d{6})\d+", r"\1"))
    try:
        instants = text.cast(TIMESTAMP)
    except pa.ArrowInvalid:  # one day that no calendar has, somewhere: find it
        instants, impossible = _one_by_one(text)
        bad |= impossible
    within, out = _only(instants, _plausible(instants))
    problems = problem(field, DATE_ONLY, dated, given) + problem(field, NO_OFFSET, naive, given)
    problems += problem(field, NO_INSTANT, bad & ~naive & ~dated, given)
    return within, problems + problem(field, NO_YEAR, out, given)


def _one_by_one(text: pa.Array) -> tuple[pa.Array, Flags]:
    moments, impossible = [], np.zeros(len(text), dtype=bool)
    for n, value in enumerate(text.to_pylist()):
        try:
            moments.append(None if value is None else parse_utc(value))
        except (ValueError, OverflowError):
            moments.append(None)
            impossible[n] = True
    return pa.array(moments, TIMESTAMP), impossible


def json_column(column: Column, values: Sequence[Any]) -> tuple[pa.Array, list[Problem]]:
    """JSON values of one column as an Arrow array that `cast_table` understands; others are null with a Problem."""
    type_, fits, reason = _json_form(column)
    if set(map(type, values)) <= {type(None), _PLAIN_JSON.get(type_)}:
        try:
            return pa.array(values, type_), []
        except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):  # one of them is out of range: find it
            pass
    misfits = [n for n, value in enumerate(values) if value is not None and not fits(value)]
    kept = list(values)
    for n in misfits:
        kept[n] = None
    shown = tuple(clip(json.dumps(values[n])) for n in misfits)
    found = Problem(field=column.name, reason=reason, at=np.array(misfits, dtype=np.int64), values=shown)
    return _from_json(type_, kept), [found] if misfits else []


_PLAIN_JSON = {pa.string(): str, pa.float64(): float, pa.int64(): int}


def _json_form(column: Column) -> tuple[pa.DataType, Callable[[Any], bool], str]:
    """The Arrow type that a column's JSON values are read as, what fits it, and what to say of the rest."""
    if column.type == ARC_LIST:
        return ARC_LIST, _is_arcs, 'not sectors: write [{"from_deg": 112.5, "to_deg": 157.5}]'
    if column.type == TIMESTAMP:
        return pa.string(), _is_text, NO_INSTANT
    if pa.types.is_list(column.type):
        return column.type, _is_texts, NO_LIST
    if pa.types.is_string(column.type):
        return pa.string(), _is_text_or_whole, NOT_TEXT
    if pa.types.is_integer(column.type):
        return column.type, _is_whole, NOT_WHOLE
    return column.type, _is_number_value, NOT_A_NUMBER


def _from_json(type_: pa.DataType, values: Sequence[Any]) -> pa.Array:
    if pa.types.is_string(type_):
        return pa.array([str(v) if isinstance(v, int) else v for v in values], type_)
    if pa.types.is_floating(type_):
        return pa.array([v if v is None else float(v) for v in values], type_)
    if pa.types.is_integer(type_):
        return pa.array([v if v is None else int(v) for v in values], type_)
    if type_ == ARC_LIST:
        return pa.array([v if v is None else [{k: float(d) for k, d in a.items()} for a in v] for v in values], type_)
    return pa.array(values, type_)


def _is_text(value: Any) -> bool:
    """Text that has a UTF-8 form: JSON can also spell half a character."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_number_value(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**300)


def _is_whole(value: Any) -> bool:
    return _is_number_value(value) and abs(value) <= EXACT and value == int(value)


def _is_text_or_whole(value: Any) -> bool:
    """Ids are often written as numbers."""
    return _is_text(value) or (isinstance(value, int) and _is_whole(value))


def _is_arcs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(arc, dict) and arc.keys() == {"from_deg", "to_deg"} and all(map(_is_number_value, arc.values()))
        for arc in value
    )
