"""DuckDB: a self-join over buckets of chainage and time, then connected components of the pairs."""

from typing import Any

import common
import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# Each row stands in its own bucket on the left and in it and its eight neighbours on the right.
PAIRS = """
with own as (
    select row, kind, x_m / $eps_m as x, y_m / $eps_m as y, origin_s / $eps_s as t,
        floor(x_m / $eps_m)::int as bx, floor(origin_s / $eps_s)::int as bt
    from observations
), beside as (
    select row, kind, x, y, t, bx + dx as bx, bt + dt as bt
    from own, (values (-1), (0), (1)) as i(dx), (values (-1), (0), (1)) as j(dt)
)
select a.row as a, b.row as b
from own a join beside b using (bx, bt)
where a.row < b.row and (a.kind = b.kind or not $by_kind)
    and (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.t - b.t) * (a.t - b.t) <= 1
"""


def associate(columns: common.Columns, settings: dict[str, Any]) -> common.Answer:
    """Labels of the components; `settings`: eps_m, eps_s, by_kind."""
    with duckdb.connect(config={"threads": 1}) as db:
        names = ("row", "kind", "x_m", "y_m", "origin_s")
        db.register("observations", pa.table({name: columns[name] for name in names}))
        pairs = db.execute(PAIRS, settings).fetchnumpy()
    n = len(columns["row"])
    a, b = (np.asarray(pairs[side]) for side in "ab")
    graph = coo_array((np.ones(len(a), dtype=bool), (a, b)), shape=(n, n))
    return connected_components(graph, directed=False)[1], None


if __name__ == "__main__":
    common.main(associate)
