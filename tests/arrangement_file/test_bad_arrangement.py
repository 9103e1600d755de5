"""A deliberately bad arrangement: one of each error, all told at once, each with its line."""

from pathlib import Path

import pytest

from truceline.arrangement_file import folder_files, load_arrangement, read_arrangement
from truceline.errors import ArrangementError, TrucelineError
from truceline.geojson_file import load_line
from truceline.mission_file import starter

GOOD = folder_files(starter() / "arrangement")
MAIN = "arrangement.yaml"
LINE = "line.geojson"
# The starter's sectors stand there as an example, commented out: here they are in use.
_before, _, _rest = GOOD[MAIN].partition("# sectors:\n")
_block, _, _after = ("# sectors:\n" + _rest).partition("\n\n")
GOOD[MAIN] = _before + "\n".join(line.removeprefix("# ") for line in _block.split("\n")) + "\n\n" + _after


def line_of(text: str, needle: str) -> int:
    """Number of the one line of `text` that holds `needle`."""
    found = [n for n, line in enumerate(text.splitlines(), start=1) if needle in line]
    assert len(found) == 1, (needle, found)
    return found[0]


def polygon(ring: str) -> str:
    """A GeoJSON Polygon with one ring."""
    return f'{{"type": "Polygon", "coordinates": [[{ring}]]}}'


def complaints(files: dict[str, str]) -> list[str]:
    """The problems of a bad arrangement, one a line, without the heading."""
    with pytest.raises(ArrangementError) as caught:
        read_arrangement(files)
    heading, *lines = str(caught.value).splitlines()
    n = len(lines)
    assert heading == f"The arrangement cannot be used: {n} problem{'s' if n > 1 else ''}."
    return lines


# what stood there, what stands there now, a mark of the line complained of, the complaint
CHANGES = [
    (
        "\nstandards:",
        "\nstandrads: 1\nstandards:",
        "standrads: 1",
        "unknown key 'standrads'. Did you mean 'standards'?",
    ),
    ("version: 1", "version: one", "version: one", "version: give a number, not 'one'."),
    ("title: Example ceasefire\n", "", "format: arr", "arrangement.yaml: key 'title' is missing. Add it."),
    ("00:00+00:00\n\n# The time", "00:00\n\n# The time", "in_force_from:", "in_force_from: naive time 2026"),
    ("zone: UTC", "zone: Europe/Kiyv", "Kiyv", "'Europe/Kiyv' is unknown. Did you mean 'Europe/Kyiv'?"),
    ("languages: [en]", "languages: en", "languages: en", "give a list (each entry after a dash), not 'en'"),
    (
        "    right: south",
        "    right: sooth",
        "sooth",
        "right: 'sooth' is not known here. Did you mean 'south'?",
    ),
    ("[0.30, 0.08]", "[9.30, 0.08]", "[9.30", "until_deg: 9.3000 E 0.0800 N is 967 km from the line."),
    ("kind: no_fire", "kind: no_fly", "kind: no_fly", "'no_fly' is not known here. Did you mean 'no_fire'?"),
    (
        "    acts:",
        "    zones: [bufzone]\n    acts:",
        "[bufzone]",
        "'bufzone' is no zone: the arrangement has none.",
    ),
    (
        "[explosion,",
        "[explosoin,",
        "explosoin",
        "value[1]: 'explosoin' is not known here. Did you mean 'explosion'",
    ),
    (
        "balance: 0.51",
        "balance: 0.39",
        "balance: 0.39",
        "0.39 does not ask for more than reasonable_grounds (0.4)",
    ),
    ('morning: "05:00', 'morning: "05.00', "05.00", "morning: '05.00-12:00' is not a span of hours."),
    ("p_shared: 0.5 ", "p_shared: 1.5 ", "p_shared: 1.5", "p_shared: 1.5 is outside 0 to 1."),
    (
        "starting values\n    grade: assumed",
        "starting values\n    grade: sure",
        "sure",
        "grade: 'sure' is not known",
    ),
    ("rejected]\n", "rejekted]\n", "rejekted", "public[4]: 'rejekted' is not known here. Did you mean 'rejected'?"),
    ("  - id: south\n", "  - id: south\n    id: twice\n", "id: twice", "key 'id' stands twice. Keep one."),
]


def test_all_problems_are_told_at_once_each_with_its_line() -> None:
    text = GOOD[MAIN]
    for before, after, _, _ in CHANGES:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    lines = complaints({**GOOD, MAIN: text})
    expected = [(line_of(text, mark), complaint) for _, _, mark, complaint in CHANGES]
    for line, complaint in expected:
        assert any(one.startswith(f"{MAIN}:{line}  ") and complaint in one for one in lines), (
            line,
            complaint,
        )
    # nothing that a person did not get wrong
    assert len(lines) == len(expected), "\n".join(lines)


@pytest.mark.parametrize(("before", "after", "complaint"), [(b, a, c) for b, a, _, c in CHANGES])
def test_each_problem_alone_is_the_only_one_told(before: str, after: str, complaint: str) -> None:
    lines = complaints({**GOOD, MAIN: GOOD[MAIN].replace(before, after)})
    assert len(lines) == 1
    assert complaint in lines[0]


@pytest.mark.parametrize(
    ("geojson", "complaint"),
    [
        (None, "file: no 'line.geojson' beside arrangement.yaml."),
        ('{"type": "LineString",\n "coordinates": [[0, 0], [1}', "line.geojson:2  not GeoJSON"),
        ('{"type": "Point", "coordinates": [0, 0]}', "a LineString is needed, this is Point."),
        ('{"type": "FeatureCollection", "features": []}', "no feature in it"),
        ('{"type": "LineString", "coordinates": [[0, 0]]}', "at least 2 vertices, this one has 1."),
        (
            '{"type": "LineString", "coordinates": [[0, 0], [0, 0], [0.6, 0.1]]}',
            "vertex 2 repeats the one before",
        ),
        ('{"type": "LineString", "coordinates": [[0, 0.1], [0.6, 98.1]]}', "vertex 2 is [0.6, 98.1]."),
        (
            '{"type": "LineString", "coordinates": [[0, 0], [0.4, 0.4], [0.4, 0], [0, 0.4], [0.3, 0.6]]}',
            "the line crosses itself near 0.2000 E 0.2000 N.",
        ),
    ],
)
def test_a_bad_line_file_says_where(geojson: str | None, complaint: str) -> None:
    files = {name: text for name, text in GOOD.items() if name != LINE}
    if geojson is not None:
        files[LINE] = geojson
    text = files[MAIN].replace("    until_deg: [0.30, 0.08]\n", "").replace(WEST, "")
    lines = complaints({**files, MAIN: text})
    assert len(lines) == 1
    assert complaint in lines[0]
    assert lines[0].startswith((f"{LINE}:", f"{MAIN}:"))


WEST = """  - id: west
    name: Western sector
    region: west
    reference: our choice
    grade: assumed
"""

ZONE = """
zones:
  - id: buffer
    name: Buffer zone
    versions:
      - {since: 2026-01-01, value: {file: buffer.geojson}, reference: annex, grade: stated}
"""


@pytest.mark.parametrize(
    ("geojson", "complaint"),
    [
        (polygon("[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]"), "the zone crosses itself near 0.5000 E 0.5000 N"),
        (polygon("[0, 0], [1, 1], [0, 0]"), "at least 3 corners, this one has 2."),
        ('{"type": "Polygon", "coordinates": []}', "exactly one ring"),
        ('{"type": "LineString", "coordinates": []}', "a Polygon is needed, this is LineString."),
    ],
)
def test_a_bad_zone_file_says_where(geojson: str, complaint: str) -> None:
    lines = complaints({**GOOD, MAIN: GOOD[MAIN] + ZONE, "buffer.geojson": geojson})
    assert len(lines) == 1
    assert complaint in lines[0]
    assert lines[0].startswith("buffer.geojson:1  ")


def test_a_zone_is_read_and_clauses_may_name_it() -> None:
    ring = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
    text = GOOD[MAIN].replace("    acts:", "    zones: [buffer]\n    acts:") + ZONE
    arrangement = read_arrangement({**GOOD, MAIN: text, "buffer.geojson": ring})
    assert arrangement.zones[0].ring_deg.history[0].value == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    assert arrangement.clauses[0].zones == ("buffer",)


def test_dated_values_come_oldest_first_and_reach_back_to_the_start() -> None:
    entry = '{since: 2025-06-01, value: "20:00", reference: r, grade: assumed}'
    second = f"    grade: assumed\n  - {entry}\n\n# Who agreed"
    text = GOOD[MAIN].replace("    grade: assumed\n\n# Who agreed", second)
    (only,) = complaints({**GOOD, MAIN: text})
    assert "day_ends: 2025-06-01 does not come after 2026-01-01. Put the oldest first." in only
    late = GOOD[MAIN].replace("day_ends:\n  - since: 2026-01-01", "day_ends:\n  - since: 2026-02-01")
    (only,) = complaints({**GOOD, MAIN: late})
    assert "day_ends: the first value is of 2026-02-01, but one is needed from 2026-01-01 on." in only


def test_sectors_follow_the_line() -> None:
    middle = WEST.replace("west", "mid").replace("    region", "    until_deg: [0.15, 0.12]\n    region")
    text = GOOD[MAIN].replace("  - id: east", middle + "  - id: east")
    (only,) = complaints({**GOOD, MAIN: text})
    assert "is not farther along the line than the border before" in only
    text = GOOD[MAIN].replace("    region: east", "    until_deg: [0.45, 0.1]\n    region: east")
    (only,) = complaints({**GOOD, MAIN: text})
    assert "the last sector runs to the end of the line" in only


def test_what_is_not_yaml_or_empty_is_told_with_its_line() -> None:
    (only,) = complaints({MAIN: "format: arrangement/1\nid: [a\n"})
    assert only.startswith(f"{MAIN}:") and "not YAML" in only
    (only,) = complaints({MAIN: ""})
    assert only == f"{MAIN}:1  the file is empty."


def test_a_folder_without_an_arrangement_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArrangementError, match=r"holds no arrangement\.yaml"):
        load_arrangement(tmp_path)
    (tmp_path / MAIN).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ArrangementError, match="not UTF-8"):
        load_arrangement(tmp_path)


def test_a_bare_line_file_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / LINE
    path.write_text(GOOD[LINE], encoding="utf-8")
    assert len(load_line(path).history[0].value.vertices_deg) == 5
    path.write_text('{"type": "Point", "coordinates": [0, 0]}', encoding="utf-8")
    with pytest.raises(ArrangementError, match="a LineString is needed"):
        load_line(path)
    with pytest.raises(TrucelineError, match="cannot be read"):
        load_line(tmp_path / "absent.geojson")
