"""splink: Fellegi-Sunter weights over distance, time and kind within time and chainage blocks, then clusters."""

import logging
from typing import Any

import common
import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

COLUMNS = ("row", "kind", "x_m", "y_m", "sigma_m", "origin_s", "time_error_s", "sensor")
DISTANCE = "sqrt((pow(x_m_l - x_m_r, 2) + pow(y_m_l - y_m_r, 2)) / (pow(sigma_m_l, 2) + pow(sigma_m_r, 2)))"
GAP = "abs(origin_s_l - origin_s_r) / sqrt(pow(time_error_s_l, 2) + pow(time_error_s_r, 2))"
LEVELS = {
    "distance": [f"{DISTANCE} < {bound}" for bound in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)],
    "gap": [f"{GAP} < {bound}" for bound in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)],
    "same_kind": ["kind_l = kind_r"],
    "same_sensor": ["sensor_l = sensor_r"],
}
# Buckets overlap by half, so that no near pair is missed at an edge.
BLOCKS = [block_on(f"bx{i}", f"bt{j}") for i in (0, 1) for j in (0, 1)]
BUCKETED = """
create table observations as
select row as unique_id, kind, x_m, y_m, sigma_m, origin_s, time_error_s, sensor {truth},
    floor(x_m / {x})::int as bx0, floor(x_m / {x} + 0.5)::int as bx1,
    floor(origin_s / {t})::int as bt0, floor(origin_s / {t} + 0.5)::int as bt1
from given
"""
SMALLEST = 1e-6


def associate(columns: common.Columns, settings: dict[str, Any]) -> common.Answer:
    """Labels of the clusters; `settings`: block_m, block_s, m, u, prior (from `fit`), weight."""
    db = bucketed(columns, settings)
    api = DuckDBAPI(connection=db)
    linker = Linker(api.register("observations"), model(settings), log_level=logging.ERROR)
    pairs = linker.inference.predict(threshold_match_weight=settings["weight"], warning_mode="never")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_weight=settings["weight"]
    )
    found = clusters.as_duckdbpyrelation().fetchnumpy()
    labels = np.empty(len(columns["row"]), dtype=np.int64)
    labels[np.asarray(found["unique_id"])] = np.unique(found["cluster_id"], return_inverse=True)[1]
    return labels, None


def bucketed(columns: common.Columns, settings: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The observations with their buckets, as a table of a database in memory."""
    db = duckdb.connect(config={"threads": 1})
    given = {name: columns[name] for name in (*COLUMNS, "event") if name in columns}
    db.register("given", pa.table(given))
    truth = ", event" if "event" in columns else ""
    db.execute(BUCKETED.format(x=settings["block_m"], t=settings["block_s"], truth=truth))
    return db


def model(settings: dict[str, Any]) -> SettingsCreator:
    """The linkage model with the probabilities that `fit` found."""
    comparisons = []
    for name, conditions in LEVELS.items():
        levels = [CustomLevel(sql) for sql in conditions] + [ElseLevel()]
        filled = [
            level.configure(m_probability=m, u_probability=u)
            for level, m, u in zip(levels, settings["m"][name], settings["u"][name], strict=True)
        ]
        comparisons.append(CustomComparison(filled, output_column_name=name))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=BLOCKS,
        probability_two_random_records_match=settings["prior"],
        retain_matching_columns=False,
    )


def fit(columns: common.Columns, settings: dict[str, Any]) -> dict[str, Any]:
    """m and u probabilities of each level and the share of true pairs, from the truth, over the blocked pairs."""
    db = bucketed(columns, settings)
    cases = [
        "case " + " ".join(f"when {sql} then {k}" for k, sql in enumerate(conditions)) + f" else {len(conditions)} end"
        for conditions in LEVELS.values()
    ]
    sided = ", ".join(f"{case} as {name}" for case, name in zip(cases, LEVELS, strict=True))
    for column in COLUMNS[1:]:
        sided = sided.replace(f"{column}_l", f"l.{column}").replace(f"{column}_r", f"r.{column}")
    blocks = " or ".join(f"(l.bx{i} = r.bx{i} and l.bt{j} = r.bt{j})" for i in (0, 1) for j in (0, 1))
    same = "l.event = r.event and l.event >= 0"
    found = db.execute(
        f"select {same} as same, {sided} from observations l join observations r "
        f"on l.bt0 between r.bt0 - 1 and r.bt0 + 1 and ({blocks}) where l.unique_id < r.unique_id"
    ).fetchnumpy()
    same = np.asarray(found["same"])
    shares: dict[str, Any] = {"m": {}, "u": {}, "prior": float(same.mean())}
    for name, conditions in LEVELS.items():
        level = np.asarray(found[name])
        for key, which in (("m", same), ("u", ~same)):
            counts = np.bincount(level[which], minlength=len(conditions) + 1)
            shares[key][name] = np.maximum(counts / counts.sum(), SMALLEST).round(6).tolist()
    return shares


if __name__ == "__main__":
    common.main(associate, fit)
