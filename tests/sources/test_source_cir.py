from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from truceline.domain.inputs import Parsed
from truceline.errors import SourceError
from truceline.sources.bellingcat import DEGREE_M
from truceline.sources.cir import PLACE_SIGMA_M

REAL = "data/civilian_harm/cir_eyes_on_russia.csv.gz"
GOOD = {
    "entry": "EX1", "date": "2022-03-04", "event_group": "Civilian Infrastructure Damage March 2022",
    "title": "04/03/2022 Flats hit", "lat": "48.683123", "lon": "38.516001", "source_keys": "ab",
}  # fmt: skip


def in_csv(*rows: dict[str, str]) -> bytes:
    return "\n".join([",".join(GOOD), *(",".join(row[name] for name in GOOD) for row in rows)]).encode()


@pytest.fixture
def real(parse, shared: Path) -> Parsed:
    return parse("cir", "eyes.csv.gz", (shared / REAL).read_bytes())


def test_of_the_real_file_only_what_has_no_number_of_its_own_is_refused(real: Parsed) -> None:
    assert real.observations.num_rows == 4_435
    assert [(r.row, r.field) for r in real.rejected] == [
        (50, "entry"), (79, "entry"), (104, "entry"), (282, "id"), (338, "id"), (339, "id"), (753, "entry"),
        (2202, "id"),
    ]  # fmt: skip


def test_the_groups_of_the_real_file_make_the_kinds(real: Parsed) -> None:
    kinds = Counter(real.observations["phenomenon"].to_pylist())
    assert kinds["troops"] == 763  # presence: a holding, no event
    assert kinds["other"] == 136  # the group "Other", and arrests
    assert kinds["damage"] > kinds["explosion"] > kinds["casualty"] > kinds["mine_uxo"] > kinds["burst"] > 0


@pytest.mark.parametrize(
    ("group", "kind", "phase"),
    [
        ("Civilian Infrastructure Damage June 2022", "damage", None),
        ("Russian Military Losses July - Now", "damage", None),
        ("Russian Allies Presence/Losses", "damage", None),
        ("Bombing or Explosion Feb - June", "explosion", None),
        ("Civilian Casualty", "casualty", None),
        ("Mass grave or Burial", "casualty", None),
        ("Munitions", "mine_uxo", None),
        ("Russian Firing Positions", "muzzle_flash", "outgoing"),
        ("Russian Military Presence May 2022", "troops", None),
        ("Ground Battle", "burst", None),
        ("Detentions or Arrests", "other", None),
        ("", "other", None),
    ],
)
def test_the_group_makes_the_kind(parse, group: str, kind: str, phase: str | None) -> None:
    [row] = parse("cir", "eyes.csv", in_csv({**GOOD, "event_group": group})).observations.to_pylist()
    assert (row["phenomenon"], row["phase"]) == (kind, phase)
    assert row["sensor"] is None


@pytest.mark.parametrize(
    ("lat", "lon", "step_deg"), [("48.68", "38.5", 1e-2), ("48", "38.516", 1e-3), ("48", "38", 1.0)]
)
def test_coordinates_written_coarsely_are_as_wide_as_they_were_rounded(parse, lat, lon, step_deg) -> None:
    [row] = parse("cir", "eyes.csv", in_csv({**GOOD, "lat": lat, "lon": lon})).observations.to_pylist()
    rounded = step_deg * DEGREE_M / np.sqrt(12.0)
    assert row["sigma_major_m"] == row["sigma_minor_m"] == pytest.approx(np.hypot(PLACE_SIGMA_M, rounded), abs=0.01)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"entry": ""}, "entry", "missing"),
        ({"date": "04/03/2022"}, "date", "not a date"),
        ({"date": "0022-03-04"}, "date", "not a date between 1900"),
        ({"lat": "-91"}, "lat", "must lie between"),
        ({"lon": ""}, "lon", "missing"),
    ],
)
def test_a_broken_row_is_refused_by_its_field_and_the_others_stand(parse, change, field, reason) -> None:
    parsed = parse("cir", "eyes.csv", in_csv({**GOOD, **change}, {**GOOD, "entry": "EX2"}))
    [refused] = parsed.rejected
    assert (refused.row, refused.field) == (1, field)
    assert reason in refused.reason
    assert parsed.observations["id"].to_pylist() == ["EX2"]


def test_a_file_that_does_not_date_its_entries_is_refused_whole(parse) -> None:
    with pytest.raises(SourceError, match="no column date"):
        parse("cir", "eyes.csv", b"entry,lat,lon\n1,48,38\n")
