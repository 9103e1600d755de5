from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from tests.fusion.rows import FRAME, at, base, batch, degrees, fix, items, sector, table, throughout

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions, Zone
from truceline.domain.dated import Dated, Since
from truceline.fusion.intake.batch import make_batch
from truceline.physics.columns import AREA, ARRIVAL, BEARING, FAMILIES, FIX, SECTOR
from truceline.physics.places import shape_density
from truceline.physics.weigh import weigh

MEANS = ("heard", "seen", "camera", "acoustic", "seismic", "infrasound", "uav", "reported")


def ring(x, y, side):
    corners = [degrees(x + dx * side, y + dy * side) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    return "POLYGON ((" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in corners) + "))"


def odd_row(rng, id):
    """A single observation of any family, some of its numbers beyond what a model can make sense of."""
    lon, lat = degrees(*rng.uniform(-30_000, 30_000, 2))
    row = base(id, f"s{rng.integers(6)}", phenomenon=str(rng.choice(["explosion", "shot", "fire", "other"])))
    when = float(np.round(rng.uniform(0, 3_000), -1))
    if rng.random() < 0.3:
        row |= {"time_start": at(when), "time_end": at(when + 60 * rng.integers(0, 9)), "time_kind": "unknown_within"}
    else:
        row |= {"time": at(when)}
    row |= {"time_sigma_s": rng.choice([None, 0.0, 0.2, 12.0])}
    kind = rng.integers(6)
    if kind == 0:
        major = float(rng.choice([0.2, 90.0, 4_000.0]))
        shape = {"sigma_major_m": major, "sigma_minor_m": rng.choice([None, 0.6 * major]), "sigma_azimuth_deg": 40.0}
        return row | {"means": "uav", "lon_deg": lon, "lat_deg": lat} | shape
    if kind == 1:
        return row | {"means": "reported", "area": ring(*rng.uniform(-9_000, 9_000, 2), rng.choice([0.0, 3_000.0]))}
    post = {"means": str(rng.choice(MEANS)), "sensor_lon_deg": lon, "sensor_lat_deg": lat}
    row |= post | {"sensor_sigma_m": rng.choice([None, 0.0, 40.0, 3e7], p=[0.2, 0.2, 0.55, 0.05])}
    if kind == 2:
        row |= {"bearing_deg": rng.uniform(0, 360), "bearing_sigma_deg": float(rng.choice([0.0, 1.5, 40.0]))}
    if kind == 3:
        arcs = [(a % 360, (a + w) % 360) for a, w in rng.uniform((0, 1), (360, 200), (rng.integers(0, 4), 2))]
        row |= {"sectors": [{"from_deg": a, "to_deg": b} for a, b in arcs]}
    if rng.random() < 0.5:
        row |= {"range_min_m": rng.choice([None, 0.0, 2_000.0, 9_000.0])}
        row |= {"range_max_m": rng.choice([None, 0.0, 2_000.0, 8_000.0, 3e7], p=[0.2, 0.1, 0.2, 0.4, 0.1])}
    return row


RNG = np.random.default_rng(17)
ODD = [odd_row(RNG, f"o{n:03d}") for n in range(400)]
ITEMS = {item.id: item for item in items(*ODD)}
BATCH = batch(*ODD)
IDS = BATCH.ids_of(np.arange(len(BATCH.rows)))


def test_rows_are_taken_and_ordered_as_items_are():
    assert list(ITEMS) == IDS
    assert 250 < len(IDS) < 400
    assert set(np.unique(BATCH.rows["family"])) == set(range(len(FAMILIES)))


def of_time(row, item, late, r_m):
    """Oracle: log density of the time, the delay of the signal and its error taken into account."""
    sigma2 = item.sigma_s**2
    if row["speed_m_s"] > 0:
        delay = r_m / row["speed_m_s"]
        late = late + delay
        sigma2 += (row["speed_sigma_share"] * delay) ** 2 + (row["position_sigma_m"] / row["speed_m_s"]) ** 2
    half = 0.5 * (item.end_s - item.start_s)
    if half == 0.0:
        return stats.norm(0, np.sqrt(sigma2)).logpdf(late)
    edge = stats.norm(0, np.sqrt(sigma2)).cdf
    return np.log(max(edge(late + half) - edge(late - half), 1e-300) / (2 * half))


def test_a_record_weighs_as_the_shape_of_its_item_does():
    compared = 0
    for i, id in enumerate(IDS):
        row, item = BATCH.rows[i], ITEMS[id]
        if getattr(item.shape, "blur_m", 0.0) > 0.0:
            continue  # the compiled form folds a large error of the observer's place into the edges
        xy = item.nodes[RNG.integers(0, len(item.nodes), 6)]
        middle = 0.5 * (item.start_s + item.end_s)
        r_m = np.hypot(*(xy - (row["x_m"], row["y_m"])).T)
        speed = row["speed_m_s"]
        times = middle - (r_m / speed if speed > 0 else 0.0) + RNG.normal(0, item.sigma_s, 6)
        states = np.column_stack([xy, times - BATCH.epoch_s])
        found = weigh(BATCH.rows, BATCH.arcs, BATCH.rings, np.full(6, i), states)
        place = np.log(np.maximum(shape_density(item.shape, xy), 1e-300))
        when = np.array([of_time(row, item, t - middle, r) for t, r in zip(times, r_m, strict=True)])
        fair = (place > np.log(1e-300)) & (r_m > 1.0)
        assert found[fair] == pytest.approx((place + when)[fair], abs=5e-3), id
        compared += int(fair.sum())
    assert compared > 1_000


def test_what_a_row_says_decides_its_family():
    lon, lat = degrees(0, 0)
    post = {"sensor_lon_deg": lon, "sensor_lat_deg": lat, "time": at(0)}
    rows = {
        FIX: fix("a", 0, 0, 0.0),
        SECTOR: base("b", "s", means="camera", **post),
        BEARING: base("c", "s", means="heard", bearing_deg=3.0, bearing_sigma_deg=1.0, range_max_m=5e3, **post),
        ARRIVAL: base("d", "s", means="heard", **post),
        AREA: base("e", "s", area=ring(0, 0, 500.0), time=at(0)),
    }
    for family, row in rows.items():
        assert batch(row).rows["family"].tolist() == [family]
    assert batch(rows[ARRIVAL] | {"range_max_m": 5e3}).rows["family"].tolist() == [SECTOR]
    assert batch(rows[ARRIVAL] | {"sectors": [{"from_deg": 0.0, "to_deg": 9.0}]}).rows["family"].tolist() == [SECTOR]


def test_what_lasts_began_before_it_was_noticed():
    lasts = sensor_models()["thermal"].lasts_s["fire"].value
    (row,) = batch(fix("a", 0, 0, 50.0, means="thermal", phenomenon="fire")).rows
    assert (row["half_window_s"], row["time_s"]) == (0.5 * lasts, at(50.0).timestamp() - 1536105600 - 0.5 * lasts)


def test_a_zone_is_as_it_was_on_the_local_day():
    rings = [tuple(degrees(x, y) for x, y in ((c, 0), (c + 900, 0), (c, 900))) for c in (0, 5_000)]
    since = [
        Since(day=date.fromisoformat(day), value=value, reference="t", grade="stated")
        for day, value in zip(("2018-01-01", "2018-09-06"), rings, strict=True)
    ]
    regions = Regions(zones=(Zone(id="z", name="zone", ring_deg=Dated(history=tuple(since))),), timezone="Europe/Kyiv")
    rows = [base(f"{h}", "s", area="z", time=at(h * 3_600.0)) for h in (12, 14)]  # 20:00 and 22:00 UTC: next day there
    given = {"frame": FRAME, "models": sensor_models(), "regions": regions, "prior": Prior()}
    found, _, left_out = make_batch(table([*rows, base("no", "s", area="elsewhere", time=at(0))]), **given)
    assert found.rows["x_m"].tolist() == pytest.approx([300.0, 5_300.0], abs=0.01)
    assert found.rows["log_peak"].tolist() == pytest.approx([-np.log(405_000.0)] * 2, abs=1e-6)
    assert left_out == ["t:no"]


def test_aggregated_claims_and_nothing_are_no_single_observations():
    many = sector("m", 0, 0, (0, 90), (1_000, 2_000), **throughout(0, 600))
    claim = fix("c", 0, 0, 0.0, record_kind="claim", author_party="x")
    none_seen = fix("n", 0, 0, 0.0, count_low=0, count_high=0)
    repeat = fix("r", 0, 0, 0.0, derived_from=["t:a"])
    given = {"frame": FRAME, "models": sensor_models(), "regions": Regions(), "prior": Prior()}
    found, reports, left_out = make_batch(table([fix("a", 0, 0, 0.0), many, claim, none_seen, repeat]), **given)
    assert found.ids_of(np.arange(len(found.rows))) == ["t:a"]
    assert found.ids.to_pylist() == ["t:a", "t:m", "t:n", "t:r"]
    assert ([i.id for i in reports], left_out) == (["t:m"], ["t:n", "t:r"])


def same(a, b):
    whole = ("rows", "arcs", "rings", "place", "source", "entry", "row", "p_real", "tlp")
    names = ("epoch_s", "sensors", "ids")
    return all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in whole) and all(
        getattr(a, n) == getattr(b, n) for n in names
    )


def test_any_order_of_rows_gives_the_same_batch():
    nameless = [row | {"id": f"n{n}", "sensor": None} for n, row in enumerate(ODD[:20])]
    twins = [ODD[3] | {"means": means} for means in ("heard", "seen", "heard")]
    rows = [*ODD, *nameless, *twins]
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(rows))
        assert same(batch(*rows), batch(*(rows[k] for k in order)))


def test_nothing_and_columns_that_are_absent():
    given = {"frame": FRAME, "models": sensor_models(), "regions": Regions(), "prior": Prior()}
    empty, reports, left_out = make_batch(table([]), **given)
    assert len(empty.rows) == len(reports) == len(left_out) == 0
    bare = table([fix("a", 0, 0, 0.0)]).select(
        ["id", "source", "means", "phenomenon", "time", "lon_deg", "lat_deg", "sigma_major_m"]
    )
    found, _, _ = make_batch(bare, **given)
    assert found.rows["time_sigma_s"].tolist() == [Prior().watch_sigma_s]
    assert (found.sensors, found.p_real.tolist()) == ((), [Prior().p_real["F"]])
    assert make_batch(pa.table({"id": ["x"], "source": ["t"]}), **given)[2] == ["t:x"]
