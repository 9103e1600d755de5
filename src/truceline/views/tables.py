"""The row tables of all submissions put together, each row with its place in the ledger."""

from collections.abc import Callable, Sequence

import pyarrow as pa

from truceline.domain import coverage, observation, published_count, rejected
from truceline.domain.columns import Column, empty, from_ipc
from truceline.domain.ids import Digest, SourceId
from truceline.views.fold import State

OpenBlob = Callable[[SourceId, Digest], bytes | None]  # None: the source's key was destroyed

TABLES: dict[str, Sequence[Column]] = {
    "observations": observation.COLUMNS,
    "coverage": coverage.COLUMNS,
    "published_counts": published_count.COLUMNS,
    "rejected": rejected.COLUMNS,
}


def rows(state: State, name: str, open_blob: OpenBlob) -> pa.Table:
    """All rows of the table `name`, in ledger order, with `entry` and `row` (their ledger place) and `batch_source`.

    Batches of a source whose key was destroyed are not among them; the ledger still says how many rows they had.
    """
    found = [_with_place(empty(TABLES[name]), 0, SourceId(""))]
    for index, submission in state.submissions:
        blob: Digest | None = getattr(submission, name)
        data = open_blob(submission.source, blob) if blob is not None else None
        if data is not None:
            found.append(_with_place(from_ipc(data), index, submission.source))
    return pa.concat_tables(found).combine_chunks()


def _with_place(table: pa.Table, index: int, source: SourceId) -> pa.Table:
    n = table.num_rows
    place = {"entry": pa.array([index] * n, pa.int64()), "batch_source": pa.array([source] * n, pa.string())}
    if "row" not in table.column_names:  # a rejected row has the number of the row in its file
        place["row"] = pa.array(range(n), pa.int64())
    for name, values in place.items():
        table = table.append_column(name, values)
    return table
