"""Dated lines and shapes from GeoJSON, as `truceline fuse --line` and `truceline line` read them."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from truceline.errors import ArrangementError, UnreachableError
from truceline.geojson_file import load_areas, load_line, load_outlines

WEST, EAST = [[38.0, 48.0], [38.1, 48.5]], [[38.2, 48.0], [38.3, 48.5], [38.3, 48.9]]
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]


def line(coordinates: Any, **said: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": said, "geometry": {"type": "LineString", "coordinates": coordinates}}


def area(coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture
def write(tmp_path: Path):
    def to_file(content: Any, name: str = "x.geojson") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return to_file


def test_a_line_that_moves_is_read_oldest_first(write) -> None:
    later, sooner = line(EAST, since="2025-06-01", accuracy_m=300), line(WEST, since="2025-05-01", reference="map 7")
    first, second = load_line(write(collection(later, sooner))).history
    assert (first.day, first.value.vertices_deg, first.value.accuracy_m) == (
        date(2025, 5, 1),
        ((38, 48), (38.1, 48.5)),
        0,
    )
    assert (second.day, len(second.value.vertices_deg), second.value.accuracy_m) == (date(2025, 6, 1), 3, 300.0)
    assert (first.reference, second.reference) == ("map 7", "x.geojson")


@pytest.mark.parametrize(
    "content", [line(WEST), line(WEST)["geometry"], collection(line(WEST)), {**line(WEST), "properties": None}]
)
def test_a_line_alone_needs_no_date_and_holds_always(write, content) -> None:
    [only] = load_line(write(content)).history
    assert (only.day, len(only.value.vertices_deg)) == (date.min, 2)


def test_a_line_alone_may_say_since_when(write) -> None:
    assert load_line(write(line(WEST, since="2025-05-01"))).history[0].day == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("features", "complaint"),
    [
        ((line(WEST), line(EAST, since="2025-06-01")), "feature 1: no property 'since'"),
        ((line(WEST, since="May"), line(EAST, since="2025-06-01")), "feature 1: since is 'May'"),
        ((line(WEST, since=20250501),), "since is 20250501"),
        (
            (line(WEST, since="2025-06-01"), line(EAST, since="2025-06-01")),
            "feature 2: since 2025-06-01 is said of another",
        ),
        ((line(WEST, since="2025-05-01"), area(SQUARE)), "feature 2: a LineString is needed, this is Polygon"),
        ((line(WEST, since="2025-05-01"), line(WEST[:1], since="2025-06-01")), "feature 2: a line needs at least 2"),
        ((line(WEST, accuracy_m="good"),), "accuracy_m is 'good'"),
        ((line(WEST, accuracy_m=-1),), "accuracy_m is -1"),
        ((line([[0, 0], [2, 2], [2, 0], [0, 2]]),), "the line crosses itself"),
        ((), "no feature in it"),
    ],
)
def test_a_bad_version_is_told_by_its_number(write, features, complaint) -> None:
    with pytest.raises(ArrangementError) as caught:
        load_line(write(collection(*features)))
    assert complaint in str(caught.value)
    assert "x.geojson:1" in str(caught.value)


def test_areas_come_as_one_also_packed_and_also_where_they_cross_themselves(write, tmp_path: Path) -> None:
    bow = [[[3, 0], [4, 1], [4, 0], [3, 1], [3, 0]]]
    content = collection(area(SQUARE), area([[[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]], "MultiPolygon"), area(bow))
    packed = tmp_path / "x.geojson.gz"
    packed.write_bytes(gzip.compress(json.dumps(content).encode()))
    for path in (write(content), packed):
        found = load_areas(path)
        assert found.area == pytest.approx(2.5)
        assert found.is_valid


def test_the_outline_of_neighbours_leaves_out_the_border_between_them(write) -> None:
    content = collection(area(SQUARE), area([[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]), line([[5, 5], [6, 5]]))
    found = load_outlines(write(content))
    assert found.length == pytest.approx(6 + 1)
    assert shapely.distance(found, shapely.Point(1, 0.5)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("read", "content", "complaint"),
    [
        (load_areas, collection(line(WEST)), "no area in it"),
        (load_areas, {"type": "Point", "coordinates": [0, 0]}, "no area in it"),
        (load_outlines, {"type": "Point", "coordinates": [0, 0]}, "neither a line nor an area"),
        (load_areas, collection(area([[["a", 0], [1, 0], [1, 1], ["a", 0]]])), "cannot be read"),
        (load_areas, collection({"type": "Feature", "geometry": None}), "cannot be read"),
        (load_areas, "{", "not GeoJSON"),
        (load_areas, "[]", "no feature in it"),
    ],
)
def test_a_bad_file_of_shapes_is_refused_in_words(write, read, content, complaint) -> None:
    with pytest.raises(ArrangementError, match=complaint):
        read(write(content))


def test_a_file_that_is_not_there_or_not_packed_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="cannot be read"):
        load_areas(tmp_path / "absent.geojson")
    bad = tmp_path / "bad.geojson.gz"
    bad.write_bytes(b"{}")
    with pytest.raises(ArrangementError, match="not a gzip file"):
        load_areas(bad)
    bad.write_bytes(gzip.compress(b"{}" * 50)[:-9])
    with pytest.raises(ArrangementError, match="not a gzip file"):
        load_areas(bad)
