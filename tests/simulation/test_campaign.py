"""What the sensors of a world report of it: shares, clocks, geometry, and the same bytes for the same seed."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyproj import Geod
from scipy import stats

from truceline.app import sensor_models
from truceline.domain.columns import to_ipc
from truceline.domain.ids import SourceId
from truceline.domain.inputs import RawPayload, Setting
from truceline.physics.notice import p_noticed
from truceline.simulation.campaign import START, simulate
from truceline.simulation.models import models_of
from truceline.simulation.rows import CLUTTER
from truceline.simulation.worlds import WORLDS, scaled
from truceline.sources.table import SOURCE

RARE = 1e-4
N = 30_000
GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def mix():
    return simulate(WORLDS["mix"], n_observations=N, seed=77)


def column(made, name):
    return made.observations[name].to_numpy(zero_copy_only=False)


def of_source(made, source):
    return np.asarray(pc.equal(made.observations["source"], source)) & (made.seen.event != CLUTTER)


@pytest.mark.parametrize("name", [name for name, world in WORLDS.items() if world.telling is None])
def test_a_world_comes_to_what_it_says(name):
    world = WORLDS[name]
    assert world.name == name
    made = simulate(world, n_observations=20_000, seed=5)
    assert made.observations.num_rows == made.truth.num_rows == 20_000
    times = column(made, "time")
    assert (np.diff(times) >= np.timedelta64(0)).all()
    assert len(pc.unique(made.observations["id"])) == 20_000
    reported = np.asarray(made.events["n_observations"])
    assert reported[reported > 0].mean() == pytest.approx(world.reports_per_event, rel=0.2)
    clutter = made.seen.event == CLUTTER
    assert abs(clutter.mean() - 0.13) < 0.01
    kind = made.happened.kind[made.seen.event[~clutter]]
    assert abs((made.seen.kind[~clutter] != kind).mean() - 0.04) < 0.006


def test_the_truth_belongs_to_the_observations(mix):
    told = mix.observations
    ids = pc.binary_join_element_wise(told["source"], told["id"], ":")
    assert mix.truth["observation_id"].combine_chunks() == ids.combine_chunks()
    clutter = np.asarray(pc.is_null(mix.truth["event_id"]))
    assert np.array_equal(clutter, mix.seen.event == CLUTTER)
    count = dict(
        zip(
            *np.unique(mix.truth["event_id"].drop_null().to_numpy(zero_copy_only=False), return_counts=True),
            strict=True,
        )
    )
    stated = dict(zip(mix.events["event_id"].to_pylist(), mix.events["n_observations"].to_pylist(), strict=True))
    assert {id: n for id, n in stated.items() if n} == count
    assert 0 in stated.values(), "what nobody reported happened all the same"


def test_a_sensor_reports_an_event_once(mix):
    real = mix.seen.event != CLUTTER
    unit = mix.seen.watch * 10_000 + mix.seen.unit
    pairs = np.unique(np.column_stack([unit[real], mix.seen.event[real]]), axis=0)
    assert len(pairs) == np.count_nonzero(real)


def test_cameras_notice_by_the_curve_of_their_distance(mix):
    number = [watch.source for watch in mix.world.watches].index("camera")
    watch, posts = mix.world.watches[number], mix.posts[number].true_xy
    n = mix.events.num_rows - 200  # the last may have been cut off
    xy = np.column_stack([mix.happened.x_m, mix.happened.y_m])[:n]
    bins = np.linspace(0, 13_500, 10)
    possible, meant = np.zeros(9), np.zeros(9)
    for post in posts:
        r = np.linalg.norm(xy - post, axis=1)
        possible += np.histogram(r, bins)[0]
        meant += np.histogram(r, bins, weights=p_noticed(r, watch.scale_m, watch.p_beside))[0]
    mine = (mix.seen.watch == number) & (mix.seen.event >= 0) & (mix.seen.event < n)
    r = np.linalg.norm(xy[mix.seen.event[mine]] - posts[mix.seen.unit[mine]], axis=1)
    seen = np.histogram(r, bins)[0]
    assert (np.abs(seen - meant) < 4.5 * np.sqrt(meant) + 1).all()
    assert possible[-1] > 10 * meant[-1]


def geodesic(made, source):
    """Rows of a source that speak of events: true azimuth (deg) and distance (m) from where the sensor says it is."""
    mine = of_source(made, source)
    event = made.seen.event[mine]
    lon, lat = (np.asarray(made.events[name])[event] for name in ("lon_deg", "lat_deg"))
    azimuth, _, r_m = GEOD.inv(column(made, "sensor_lon_deg")[mine], column(made, "sensor_lat_deg")[mine], lon, lat)
    late = (column(made, "time")[mine] - np.asarray(made.events["time"])[event]) / np.timedelta64(1, "s")
    return mine, np.mod(azimuth, 360.0), r_m, late


@pytest.mark.parametrize(("source", "sigma_deg"), [("camera", 0.7), ("array", 2.0)])
def test_bearings_are_from_true_north_on_the_ellipsoid(mix, source, sigma_deg):
    mine, azimuth, r_m, _ = geodesic(mix, source)
    off = np.mod(column(mix, "bearing_deg")[mine] - azimuth + 180.0, 360.0) - 180.0
    sigma = np.hypot(sigma_deg, np.degrees(5.0 / r_m))
    clear = r_m > 200.0
    assert clear.sum() > 2_000
    assert stats.kstest((off / sigma)[clear], "norm").pvalue > RARE


def test_light_comes_at_once_and_sound_late(mix):
    _, _, _, late = geodesic(mix, "camera")
    assert stats.kstest(late, "norm").pvalue > RARE
    for source in ("array", "station"):
        _, _, r_m, late = geodesic(mix, source)
        delay = r_m / 337.3
        sigma = np.sqrt(0.15**2 + (0.025 * delay) ** 2 + (5.0 / 337.3) ** 2)
        assert stats.kstest((late - delay) / sigma, "norm").pvalue > RARE


def test_patrols_name_a_compass_point_a_band_and_a_rounded_time(mix):
    mine, azimuth, r_m, late = geodesic(mix, "patrol")
    told = mix.observations.filter(pa.array(mine))
    assert (np.asarray(told["time"].cast(pa.int64())) % 10_000_000 == 0).all()
    arcs = pc.list_flatten(told["sectors"]).combine_chunks()
    start, end = np.asarray(arcs.field("from_deg")), np.asarray(arcs.field("to_deg"))
    assert len(start) == told.num_rows
    assert np.allclose(np.mod(end - start, 360.0), 22.5)
    off = np.mod(start + 11.25 - azimuth + 180.0, 360.0) - 180.0
    assert off.std() == pytest.approx(np.hypot(8.0, 22.5 / np.sqrt(12)), rel=0.05)
    near, far = np.asarray(told["range_min_m"]), np.asarray(told["range_max_m"])
    assert set(zip(near, far, strict=True)) <= {(0, 1e3), (1e3, 3e3), (3e3, 5e3), (5e3, 8e3), (8e3, 12e3), (12e3, 20e3)}
    assert 0.5 < np.mean((near <= r_m) & (r_m < far)) < 0.9
    sigma = np.sqrt(np.asarray(told["time_sigma_s"]) ** 2 + (0.025 * r_m / 337.3) ** 2)
    assert ((late - r_m / 337.3) / sigma).std() == pytest.approx(1.0, abs=0.05)


def test_fixes_scatter_by_their_stated_error(mix):
    for source, sigma_s in (("uav", 5.0), ("satellite", 120.0)):
        mine = of_source(mix, source)
        event = mix.seen.event[mine]
        lon, lat = (np.asarray(mix.events[name])[event] for name in ("lon_deg", "lat_deg"))
        _, _, r_m = GEOD.inv(column(mix, "lon_deg")[mine], column(mix, "lat_deg")[mine], lon, lat)
        assert stats.kstest(r_m / column(mix, "sigma_major_m")[mine], "rayleigh").pvalue > RARE
        late = (column(mix, "time")[mine] - np.asarray(mix.events["time"])[event]) / np.timedelta64(1, "s")
        assert stats.kstest(late / sigma_s, "norm").pvalue > RARE


def test_the_table_is_taken_in_without_a_word(mix, tmp_path):
    pq.write_table(mix.observations.slice(0, 2_000), tmp_path / "all.parquet")
    payload = RawPayload(
        source=SourceId("table"), name="all.parquet", received_at=START, body=(tmp_path / "all.parquet").read_bytes()
    )
    parsed = SOURCE.parse(payload, Setting(timezone="UTC", places={}, day_parts={}))
    assert parsed.rejected == ()
    assert parsed.observations.num_rows == 2_000


def test_the_same_seed_gives_the_same_bytes_and_another_another_world():
    made = [simulate(WORLDS["mix"], n_observations=2_000, seed=seed) for seed in (3, 3, 4)]
    for name in ("observations", "events", "truth"):
        one, same, other = (to_ipc(getattr(m, name)) for m in made)
        assert one == same
        assert one != other
    assert made[0].line_deg == made[1].line_deg != made[2].line_deg


def test_a_longer_world_has_the_same_land_and_posts():
    short, long = (simulate(WORLDS["pts"], days=days, seed=3) for days in (0.1, 0.2))
    assert short.line_deg == long.line_deg
    assert np.array_equal(short.ground.hot_xy, long.ground.hot_xy)
    assert short.days == 0.1
    one, two = (simulate(WORLDS["arr"], n_observations=n, seed=3) for n in (100, 1_000))
    assert np.array_equal(one.posts[0].true_xy, two.posts[0].true_xy)


def test_kinds_with_a_scale_of_their_own_are_noticed_from_less_far():
    world = WORLDS["exercise"]
    made = simulate(world, n_observations=20_000, seed=2)
    mine, _, r_m, _ = geodesic(made, "patrol")
    kind = made.happened.kind[made.seen.event[mine]]
    far = [r_m[kind == k].max() for k in range(3)]
    assert far[0] > 12e3
    assert far[1] < 3 * 2.5e3 + 50
    assert far[2] < 3 * 1.5e3 + 50


def test_along_a_given_line_everything_is_there():
    line = ((38.0, 48.9), (38.5, 48.7), (39.0, 48.75), (39.5, 48.6))
    world = scaled(WORLDS["mix"], 120e3)
    assert [w.units for w in world.watches] == [54, 42, 16, 26, 1, 1]
    assert world.violence.events_per_day == pytest.approx(720.0)
    made = simulate(world, days=0.5, seed=1, line_deg=line)
    assert made.line_deg == line
    lon, lat = np.asarray(made.events["lon_deg"]), np.asarray(made.events["lat_deg"])
    assert ((lon > 37.4) & (lon < 40.1) & (lat > 48.2) & (lat < 49.3)).all()


def test_a_world_without_sensors_that_notice_is_an_empty_table():
    blind = replace(WORLDS["mix"], watches=tuple(replace(w, p_beside=0.0) for w in WORLDS["mix"].watches))
    made = simulate(blind, days=0.05, seed=1)
    assert made.observations.num_rows == 0
    assert made.truth.num_rows == 0
    assert made.events.num_rows > 100
    with pytest.raises(ValueError, match="notices"):
        simulate(blind, n_observations=10, seed=1)


@pytest.mark.parametrize("size", [{}, {"n_observations": 5, "days": 1.0}, {"n_observations": 0}, {"days": -1.0}])
def test_what_makes_no_sense_is_refused(size):
    with pytest.raises(ValueError, match="give"):
        simulate(WORLDS["mix"], seed=1, **size)


def test_models_of_a_world_say_what_was_drawn():
    shipped = sensor_models()
    models = models_of(WORLDS["arr"], shipped)
    assert models["acoustic"].travel_speed_sigma_share.value == 0.01
    assert models["acoustic"].range_max_m[""].value == 10e3
    assert models["heard"] == shipped["heard"]
    odd = replace(WORLDS["mix"], watches=(WORLDS["mix"].watches[2], WORLDS["arr"].watches[0]))
    with pytest.raises(ValueError, match="acoustic"):
        models_of(odd, shipped)


def test_the_exercise_draws_by_the_shipped_models():
    shipped = sensor_models()
    for means, model in models_of(WORLDS["exercise"], shipped).items():
        meant = shipped[means]
        assert model.travel_speed_m_s.value == meant.travel_speed_m_s.value, means
        assert model.travel_speed_sigma_share.value == meant.travel_speed_sigma_share.value, means
        assert model.sector_sigma_deg.value == meant.sector_sigma_deg.value, means
        assert model.range_sigma_share.value == meant.range_sigma_share.value, means
        assert {k: v.value for k, v in model.range_max_m.items()}.items() <= {
            k: v.value for k, v in meant.range_max_m.items()
        }.items(), means
