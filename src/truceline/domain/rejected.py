"""The table of rows that could not be taken: kept beside the rows that could, with file, row, field and reason."""

from collections.abc import Sequence

import pyarrow as pa

from truceline.domain.columns import Column, from_rows
from truceline.domain.inputs import Rejected

_S = pa.string()

COLUMNS: tuple[Column, ...] = (
    Column(name="file", type=_S, meaning="file or message it came in", required=True),
    Column(name="row", type=pa.int64(), meaning="data row, counted from 1", low=0, required=True),
    Column(name="field", type=_S, meaning="field that is wrong", required=True),
    Column(name="reason", type=_S, meaning="what is wrong and what to do", required=True),
    Column(name="value", type=_S, meaning="what stood there", required=True),
)


def to_table(rejected: Sequence[Rejected]) -> pa.Table:
    """Rejected rows as a table."""
    fields = [c.name for c in COLUMNS]
    return from_rows(COLUMNS, [{name: getattr(one, name) for name in fields} for one in rejected])
