"""CSV files that other houses publish for everybody, brought column by column to observations."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truceline.domain.columns import empty
from truceline.domain.inputs import RawPayload
from truceline.domain.observation import COLUMNS
from truceline.errors import SourceError
from truceline.sources.reading import Sheet, csv_sheet, decode, unpack

NO_ALIASES: Mapping[str, str] = MappingProxyType({})


def read_foreign(payload: RawPayload, needed: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES) -> Sheet:
    """The columns of a CSV file as written, their names in lower case and by one name each; more columns may come.

    Raises
    ------
    SourceError
        if the file is not UTF-8 CSV, or one of `needed` is missing, or a column comes twice.
    """
    _, body = unpack(payload, (".csv",))
    sheet = csv_sheet(payload.name, decode(payload.name, body), None)
    names = [aliases.get(name.casefold(), name.casefold()) for name in sheet.table.column_names]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"{payload.name}: column '{twice[0]}' comes twice. Keep one.")
    if absent := [name for name in needed if name not in names]:
        raise SourceError(f"{payload.name}: no column {', '.join(absent)}. Needed: {', '.join(needed)}.")
    return Sheet(table=sheet.table.rename_columns(names), n_rows=sheet.n_rows, problems=sheet.problems)


def looked_up(given: pa.Array, words: Mapping[Any, Any]) -> pa.Array:
    """What `words` has for each value; null for what is not in it."""
    values: pa.Array = pa.array(words.values()).take(pc.index_in(given, pa.array(words, given.type)))
    return values


def everywhere(value: Any, n_rows: int) -> pa.Array:
    """A column that says the same in every row."""
    return pa.repeat(pa.scalar(value), n_rows)


def told_as_text(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Cells as they were written, "name value" by "; "; a blank cell says nothing, a row of them is null."""
    parts = []
    for name in names:
        given = pc.utf8_trim_whitespace(table[name].combine_chunks())
        parts.append(pc.if_else(pc.not_equal(given, ""), pc.binary_join_element_wise(name, given, " "), None))
    # The empty text closes every row: Arrow leaves a row out of a join in which all else is null.
    closing = pa.array([""] * table.num_rows, pa.string())
    joined = pc.binary_join_element_wise(*parts, closing, "; ", null_handling="skip")
    text = pc.replace_substring_regex(joined, "; $", "")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def as_observations(n_rows: int, columns: Mapping[str, Any]) -> pa.Table:
    """The observation table with these columns filled and all others null."""
    table = empty(COLUMNS, n_rows)
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, values.cast(table.schema.field(name).type))
    return table
