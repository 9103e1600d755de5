"""splink between two sets: Fellegi-Sunter weights over distance, days, kind and (if told) words; pairs, no clusters."""

import json
import logging
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

import common
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

DISTANCE = "sqrt(pow(x_m_l - x_m_r, 2) + pow(y_m_l - y_m_r, 2))"
ALIKE = "jaro_winkler_similarity(words_l, words_r)"
LEVELS = {
    "distance": [f"{DISTANCE} < {m}" for m in (10, 25, 50, 75, 100, 150, 200, 300, 500, 1000, 2000)],
    "days": ["day_l = day_r", "abs(day_l - day_r) = 1"],
    "same_kind": ["kind_l = kind_r"],
}
WORDS = {"words": [f"{ALIKE} > {share}" for share in (0.95, 0.85, 0.75, 0.65)]}
# Buckets overlap by half, so that no near pair is missed at an edge.
BLOCKS = [block_on(f"bx{i}", f"by{j}", f"bt{k}") for i in (0, 1) for j in (0, 1) for k in (0, 1)]
BUCKETED = """
create table side{side} as
select row as unique_id, x_m, y_m, day, kind, words, partner,
    floor(x_m / {m})::int as bx0, floor(x_m / {m} + 0.5)::int as bx1,
    floor(y_m / {m})::int as by0, floor(y_m / {m} + 0.5)::int as by1,
    floor(day / {d})::int as bt0, floor(day / {d} + 0.5)::int as bt1
from given where side = {side} order by row
"""
BUCKET_M, BUCKET_DAYS = 6_000.0, 4.0
SMALLEST = 1e-6
FITTING = 4  # arguments, when told to learn


def levels(settings: dict[str, Any]) -> dict[str, list[str]]:
    """What is compared: words only where the settings say so."""
    return LEVELS | (WORDS if settings["words"] else {})


def sides(columns: common.Columns) -> duckdb.DuckDBPyConnection:
    """The rows of either set with their buckets, as tables of a database in memory."""
    db = duckdb.connect(config={"threads": 1})
    db.register("given", pa.table(columns))
    for side in (0, 1):
        db.execute(BUCKETED.format(side=side, m=BUCKET_M, d=BUCKET_DAYS))
    return db


def model(settings: dict[str, Any]) -> SettingsCreator:
    """The linkage model with the probabilities that `fit` found."""
    comparisons = []
    for name, conditions in levels(settings).items():
        made = [CustomLevel(sql) for sql in conditions] + [ElseLevel()]
        filled = [
            level.configure(m_probability=m, u_probability=u)
            for level, m, u in zip(made, settings["m"][name], settings["u"][name], strict=True)
        ]
        comparisons.append(CustomComparison(filled, output_column_name=name))
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=BLOCKS,
        probability_two_random_records_match=settings["prior"],
        retain_matching_columns=False,
    )


def link(columns: common.Columns, settings: dict[str, Any]) -> pa.Table:
    """Every pair of blocked rows, one of each set, with its match weight."""
    db = sides(columns)
    api = DuckDBAPI(connection=db)
    linker = Linker([api.register("side0"), api.register("side1")], model(settings), log_level=logging.ERROR)
    pairs = linker.inference.predict(warning_mode="never").as_duckdbpyrelation().fetchnumpy()
    left, right = (np.asarray(pairs[f"unique_id_{side}"], dtype=np.int64) for side in ("l", "r"))
    weight = np.asarray(pairs["match_weight"], dtype=np.float64)
    return pa.table({"a": np.minimum(left, right), "b": np.maximum(left, right), "weight": weight})


def fit(columns: common.Columns, settings: dict[str, Any]) -> dict[str, Any]:
    """m and u probabilities of each level and the share of true pairs, from the rows that have a partner."""
    db = sides(columns)
    of = levels(settings)
    cases = [
        "case " + " ".join(f"when {sql} then {k}" for k, sql in enumerate(conditions)) + f" else {len(conditions)} end"
        for conditions in of.values()
    ]
    sided = ", ".join(re.sub(r"\b(\w+)_(l|r)\b", r"\2.\1", case) for case in cases)  # x_m_l -> l.x_m
    blocks = " or ".join(
        f"(l.bx{i} = r.bx{i} and l.by{j} = r.by{j} and l.bt{k} = r.bt{k})"
        for i in (0, 1)
        for j in (0, 1)
        for k in (0, 1)
    )
    found = db.execute(
        f"select l.unique_id = r.partner as same, {sided} from side0 l join side1 r on ({blocks}) where r.partner >= 0"
    ).fetchnumpy()
    arrays = [np.asarray(values) for values in found.values()]
    same = arrays[0].astype(bool)
    shares: dict[str, Any] = {"m": {}, "u": {}, "prior": float(same.mean())}
    for (name, conditions), level in zip(of.items(), arrays[1:], strict=True):
        for key, which in (("m", same), ("u", ~same)):
            counts = np.bincount(level[which], minlength=len(conditions) + 1)
            shares[key][name] = np.maximum(counts / counts.sum(), SMALLEST).round(6).tolist()
    return shares


def main() -> None:
    """Like `common.main`, but what is written are pairs."""
    columns, out, settings = common.read(Path(sys.argv[1])), Path(sys.argv[2]), json.loads(sys.argv[3])
    if len(sys.argv) > FITTING:
        print(json.dumps(fit(columns, settings)))
        return
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = link(columns, settings)
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    pq.write_table(pairs, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * common.RSS_BYTES / 2**20
    print(json.dumps(spent | {"peak_mib": peak}))


if __name__ == "__main__":
    main()
