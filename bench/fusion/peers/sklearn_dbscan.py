"""scikit-learn DBSCAN over centres and origin times, each scaled by its own tuned reach."""

from typing import Any

import common
import numpy as np
from sklearn.cluster import DBSCAN

FAR = 1e3  # keeps kinds apart, in units of the reach


def associate(columns: common.Columns, settings: dict[str, Any]) -> common.Answer:
    """Labels of the clusters; `settings`: eps_m, eps_s, min_samples, by_kind."""
    features = [
        columns["x_m"] / settings["eps_m"],
        columns["y_m"] / settings["eps_m"],
        columns["origin_s"] / settings["eps_s"],
    ]
    if settings["by_kind"]:
        features.append(columns["kind"] * FAR)
    found = DBSCAN(eps=1.0, min_samples=settings["min_samples"], algorithm="kd_tree", n_jobs=1)
    return found.fit_predict(np.column_stack(features)), None


if __name__ == "__main__":
    common.main(associate)
