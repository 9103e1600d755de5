import numpy as np
import pytest
from tests.fusion.rows import at, base, batch, degrees, fix, items, sector
from tests.fusion.test_batch import ring

from truceline.fusion.places.lone import spread
from truceline.fusion.places.twin import TWIN

LON, LAT = degrees(0, 0)
POST = {"sensor_lon_deg": LON, "sensor_lat_deg": LAT, "sensor_sigma_m": 30.0, "time": at(0), "time_sigma_s": 1.0}
NARROW, WIDE = {"bearing_deg": 50.0, "bearing_sigma_deg": 1.5}, {"bearing_deg": 200.0, "bearing_sigma_deg": 25.0}
ARCS = [{"from_deg": 350.0, "to_deg": 20.0}, {"from_deg": 60.0, "to_deg": 90.0}]
ROWS = [
    base("bearing", "s", means="camera", **POST, **NARROW),
    base("wide", "s", means="camera", **POST, **WIDE),
    base("bounded", "s", means="camera", range_min_m=2_000.0, range_max_m=4_000.0, **POST, **NARROW),
    base("beyond", "s", means="camera", range_min_m=3_000.0, **POST, **NARROW),
    base("arrival", "s", means="seismic", **POST),
    base("sector", "s", means="heard", range_min_m=1_000.0, range_max_m=6_000.0, sectors=ARCS, **POST),
    base("round", "s", means="heard", range_max_m=6_000.0, **POST),
    base("area", "s", area=ring(100, 200, 3_000.0), time=at(0)),
]


def unnoticed_by_a_twin(row, nodes):
    if not 0.0 < row["scale_m"] < np.inf:
        return np.ones(len(nodes))
    r_m = np.hypot(nodes[:, 0] - row["x_m"], nodes[:, 1] - row["y_m"])
    return 1.0 - TWIN * np.exp(-((r_m / row["scale_m"]) ** 2))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_points_of_a_lone_report_are_spread_as_its_shape(row):
    some, (item,) = batch(row), items(row)
    xy, weights, told = spread(some.reports, np.zeros(1, dtype=np.int64), 987)
    assert told.tolist() == [True]
    assert weights.sum() == pytest.approx(1.0)
    shares = item.weights * unnoticed_by_a_twin(some.reports.rows[0], item.nodes)
    shares /= shares.sum()
    mean, expected = weights[0] @ xy[0], shares @ item.nodes
    spread_m = np.sqrt(np.trace(np.cov(item.nodes.T, aweights=shares)))
    assert mean == pytest.approx(expected, abs=0.03 * spread_m)
    for power in (xy[0] - mean) ** 2, np.prod(xy[0] - mean, axis=1, keepdims=True):
        off = item.nodes - expected
        other = off**2 if power.shape[1] == 2 else np.prod(off, axis=1, keepdims=True)
        assert weights[0] @ power == pytest.approx(shares @ other, abs=0.06 * spread_m**2)


def test_a_fix_is_left_to_its_ellipse():
    assert spread(batch(fix("a", 0, 0, 0.0)).reports, np.zeros(1, dtype=np.int64), 50)[2].tolist() == [False]


def test_aggregated_rows_are_not_asked():
    assert len(batch(sector("s", 0, 0, (0, 9), (1, 2), time=at(0), count_low=2, count_high=4)).rows) == 0
