import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fusion.rows import at, base, fix, table

from truceline.fusion.intake.plane import frame_for


def post(lon, lat, id="a"):
    return base(id, "s", means="heard", time=at(0), sensor_lon_deg=lon, sensor_lat_deg=lat)


def test_lengths_hold_over_a_thousand_kilometres_without_a_line():
    rows = [post(28.0 + k * 1.3, 46.0 + 0.4 * k + 0.02 * (k % 3), f"{k}") for k in range(11)]
    frame = frame_for(table(rows), None)
    scale = frame.scale([r["sensor_lon_deg"] for r in rows], [r["sensor_lat_deg"] for r in rows])
    assert np.abs(np.asarray(scale) - 1.0).max() < 1e-4


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(-1_800, 1_800), st.integers(-900, 900)), min_size=1, max_size=8), st.randoms())
def test_any_places_in_any_order_give_one_plane_that_holds_them(places, random):
    rows = [post(lon / 10, lat / 10, f"{n}") for n, (lon, lat) in enumerate(places)]
    frame = frame_for(table(rows), None)
    random.shuffle(rows)
    assert frame_for(table(rows), None) == frame
    assert np.isfinite(frame.lon_0_deg)


def test_fixes_areas_and_nothing():
    north = frame_for(table([fix("a", 0, 0, 0.0)]), None)
    assert north.kind == "tmerc"
    area = base("x", "s", area="POLYGON ((30 50, 31 50, 31 51, 30 50))", time=at(0))
    assert 30.0 <= frame_for(table([area]), None).lon_0_deg <= 31.0
    assert frame_for(table([]), None) == frame_for(pa.table({"id": ["x"]}), None)


def test_across_the_date_line_the_plane_lies_where_the_places_do():
    frame = frame_for(table([post(179.5, 10.0), post(-179.0, 11.0, "b")]), None)
    assert abs(abs(frame.lon_0_deg) - 179.75) < 1.0
