from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from truceline.domain.inputs import Parsed
from truceline.errors import SourceError
from truceline.sources.bellingcat import BLUR_DEG, DEGREE_M, PLACE_SIGMA_M

REAL = "data/civilian_harm/bellingcat_civilian_harm.csv.gz"
GOOD = {
    "id": "EX1", "date": "03/04/2022", "time": "00:00", "location": "Zolote", "lat": "48.68261", "lon": "38.51561",
    "description": "Block of flats hit", "tags": "asc1;asc14", "n_sources": "1", "source_keys": "ab;cd",
}  # fmt: skip


def in_csv(*rows: dict[str, str]) -> bytes:
    return "\n".join([",".join(GOOD), *(",".join(row[name] for name in GOOD) for row in rows)]).encode()


@pytest.fixture
def real(parse, shared: Path) -> Parsed:
    return parse("bellingcat", "harm.csv.gz", (shared / REAL).read_bytes())


def test_every_incident_of_the_real_file_is_taken(real: Parsed) -> None:
    assert real.rejected == ()
    assert Counter(real.observations["phenomenon"].to_pylist()) == {
        "damage": 588,
        "explosion": 164,
        "shot": 19,
        "mine_uxo": 3,
    }


def test_one_desk_sees_each_incident_once(real: Parsed) -> None:
    assert set(real.observations["sensor"].to_pylist()) == {"Bellingcat"}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("", "damage"),
        ("asc1;asc14", "damage"),
        ("asc1;asc23", "shot"),
        ("asc25", "mine_uxo"),
        ("asc8;asc19", "explosion"),
        ("asc14;asc17", "explosion"),
        ("asc99", "damage"),
    ],
)
def test_the_tagged_weapon_makes_the_kind(parse, tags: str, kind: str) -> None:
    [row] = parse("bellingcat", "harm.csv", in_csv({**GOOD, "tags": tags})).observations.to_pylist()
    assert row["phenomenon"] == kind
    assert row["alleged_party"] is row["author_party"] is None


def test_the_ellipse_covers_the_stretch_that_the_blur_may_have_moved_the_place_along(parse) -> None:
    """Ends of the stretch, seen from its middle: along the major axis, by the root of three of its deviations."""
    [row] = parse("bellingcat", "harm.csv", in_csv(GOOD)).observations.to_pylist()
    narrower = np.cos(np.radians(row["lat_deg"]))
    north, east = (row["lat_deg"] - 48.68261) * DEGREE_M, (row["lon_deg"] - 38.51561) * DEGREE_M * narrower
    half = np.hypot(north, east)
    assert half == pytest.approx(0.5 * BLUR_DEG * DEGREE_M * np.hypot(1.0, narrower), rel=1e-3)
    assert row["sigma_azimuth_deg"] == pytest.approx(np.degrees(np.arctan2(east, north)), abs=0.05)
    assert row["sigma_major_m"] ** 2 == pytest.approx(half**2 / 3.0 + PLACE_SIGMA_M**2, rel=1e-3)
    assert row["sigma_minor_m"] == PLACE_SIGMA_M


def test_a_day_is_local_and_its_posts_are_named_once(parse) -> None:
    [row] = parse("bellingcat", "harm.csv", in_csv({**GOOD, "source_keys": "ab;cd;ab"})).observations.to_pylist()
    assert (row["time_start"], row["time_end"]) == (
        datetime(2022, 3, 3, 22, tzinfo=UTC),
        datetime(2022, 3, 4, 22, tzinfo=UTC),
    )
    assert row["time_kind"] == "unknown_within"
    assert row["derived_from"] == ["post/ab", "post/cd"]
    assert "lat 48.68261; lon 38.51561" in row["text"]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"id": ""}, "id", "missing"),
        ({"date": ""}, "date", "missing"),
        ({"date": "13/01/2022"}, "date", "month first"),
        ({"date": "3/4/22"}, "date", "month first"),
        ({"lat": ""}, "lat", "missing"),
        ({"lon": "180"}, "lon", "must lie between"),
        ({"lat": "48,68".replace(",", ";")}, "lat", "not a number"),
    ],
)
def test_a_broken_row_is_refused_by_its_field_and_the_others_stand(parse, change, field, reason) -> None:
    parsed = parse("bellingcat", "harm.csv", in_csv({**GOOD, **change}, {**GOOD, "id": "EX2"}))
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason
    assert parsed.observations["id"].to_pylist() == ["EX2"]


def test_a_file_that_does_not_place_its_incidents_is_refused_whole(parse) -> None:
    with pytest.raises(SourceError, match="no column date, lat, lon"):
        parse("bellingcat", "harm.csv", b"id,description\n1,hit\n")
