"""PyOcto: arrival times at stations, one phase at the speed of sound."""

from typing import Any

import common
import numpy as np
import pandas as pd
import pyocto

KM = 1000.0
SLICE_S = 1200.0
MARGIN_KM = 2.0
FLAT_KM = (0.0, 0.02)  # sources and stations are on the ground


def associate(columns: common.Columns, settings: dict[str, Any]) -> common.Answer:
    """Labels of the events and where PyOcto put them.

    `settings`: tolerance_s, match_s, node_km, location_km, n_picks, reach_km, fraction, and `again_picks` (0: no
    second pass).
    """
    x_km, y_km = columns["sensor_x_m"] / KM, columns["sensor_y_m"] / KM
    name = columns["sensor"].astype(str)
    stations = pd.DataFrame({"id": name, "x": x_km, "y": y_km, "z": 0.0}).drop_duplicates("id", ignore_index=True)
    picks = pd.DataFrame({"station": name, "time": columns["time_s"], "phase": "P"})
    speed_km_s = float(np.median(columns["speed_m_s"])) / KM
    again = settings["again_picks"]
    found = pyocto.OctoAssociator(
        xlim=(float(x_km.min()) - MARGIN_KM, float(x_km.max()) + MARGIN_KM),
        ylim=(float(y_km.min()) - MARGIN_KM, float(y_km.max()) + MARGIN_KM),
        zlim=FLAT_KM,
        velocity_model=pyocto.VelocityModel0D(
            p_velocity=speed_km_s,
            s_velocity=speed_km_s / 1.75,  # PyOcto wants one; no pick is of that phase
            tolerance=settings["tolerance_s"],
            association_cutoff_distance=settings["reach_km"],
        ),
        time_before=settings["reach_km"] / speed_km_s,
        time_slicing=SLICE_S,
        min_node_size=settings["node_km"],
        min_node_size_location=settings["location_km"],
        pick_match_tolerance=settings["match_s"],
        min_interevent_time=settings["apart_s"],
        n_picks=settings["n_picks"],
        n_p_picks=settings["n_picks"],
        n_s_picks=0,
        n_p_and_s_picks=0,
        min_pick_fraction=settings["fraction"],
        second_pass_overwrites={"n_picks": again, "n_p_picks": again} if again else None,
        n_threads=1,
    )
    events, assigned = found.associate(picks, stations)
    labels = np.full(len(x_km), common.ALONE)
    if not len(events):
        return labels, None
    labels[assigned["pick_idx"].to_numpy()] = assigned["event_idx"].to_numpy()
    places = {
        "label": events["idx"].to_numpy(),
        "x_m": events["x"].to_numpy() * KM,
        "y_m": events["y"].to_numpy() * KM,
    }
    return labels, places


if __name__ == "__main__":
    common.main(associate)
