"""Every shipped arrangement: it loads without an error, names a text for all it says, and treats the parties alike."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args

import numpy as np
import pytest
from tests.arrangements.own_lines import offset_m, pairs, path_m

from truceline.arrangement_file import check_arrangement, folder_files, load_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.dated import Dated, Grade
from truceline.mission_file import shipped, shipped_names

NAMES = shipped_names()
LINES = (
    ("minsk-2015", "contact-line", "contact-line-points.csv"),
    ("minsk-2015", "line-of-2014", "line-of-2014-points.csv"),
    ("ukraine-2025-03", "contact-line", "contact-line-points.csv"),
)
POSITION = re.compile(r"GeoNames \d+ \(.+\)|UCDP GED event \d+ \(.+\)|general knowledge: .+ to about \d km")
GRADES: tuple[Grade, ...] = get_args(Grade)


@pytest.fixture(scope="module", params=NAMES)
def arrangement(request: pytest.FixtureRequest) -> Arrangement:
    return load_arrangement(shipped(request.param))


def statements(thing: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Everything in an arrangement that carries a reference, with the way to it."""
    if is_dataclass(thing) and not isinstance(thing, type):
        if any(field.name == "reference" for field in fields(thing)):
            yield path, thing
        for field in fields(thing):
            yield from statements(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, tuple):
        for n, one in enumerate(thing):
            yield from statements(one, f"{path}[{n}]")


def test_the_three_are_shipped() -> None:
    assert NAMES == ("minsk-2015", "ukraine-2025-03", "ukraine-2026-01")


@pytest.mark.parametrize("name", NAMES)
def test_check_finds_no_error(name: str) -> None:
    problems = check_arrangement(folder_files(shipped(name)))
    assert [one.text for one in problems if one.severity == "error"] == []


def test_everything_said_names_where_it_comes_from(arrangement: Arrangement) -> None:
    found = list(statements(arrangement))
    assert len(found) > 30
    for path, one in found:
        reference = one.reference  # type: ignore[attr-defined]
        assert len(reference) >= 10, f"{path}: '{reference}'"
        assert getattr(one, "grade", "assumed") in GRADES, path


def test_what_nobody_can_know_is_graded_assumed(arrangement: Arrangement) -> None:
    chosen: list[Dated[object]] = [arrangement.standards, arrangement.day_parts, arrangement.prior, arrangement.release]  # type: ignore[list-item]
    assert arrangement.origin is not None and arrangement.fielded is not None
    chosen += [arrangement.origin, arrangement.fielded]  # type: ignore[list-item]
    assert {since.grade for dated in chosen for since in dated.history} == {"assumed"}


def test_the_parties_are_treated_alike(arrangement: Arrangement) -> None:
    one, other = (party.id for party in arrangement.parties)
    assert arrangement.fielded is not None
    for fielded in arrangement.fielded.history:
        assert set(fielded.value[one]) == set(fielded.value[other])
    for release in arrangement.release.history:
        assert release.value.get(one) == release.value.get(other)
    for clause in arrangement.clauses:
        bound = set(clause.binds) or {one, other}
        assert bound == {one, other} or clause.id == "2-salient"  # one party's line of withdrawal is not the actual one
        for terms in clause.terms.history if clause.terms else ():
            assert set(terms.value.get("reference_lines", bound)) == bound
    assert {line.left for line in arrangement.lines} | {line.right for line in arrangement.lines} == {one, other}


@pytest.mark.parametrize(("name", "line", "points"), LINES)
def test_each_vertex_is_the_midpoint_of_its_pair(name: str, line: str, points: str) -> None:
    said = next(one for one in load_arrangement(shipped(name)).lines if one.id == line)
    vertices = said.versions.history[0].value.vertices_deg
    found = pairs(shipped(name) / points)
    assert len(found) == len(vertices)
    for n, (vertex, (one, other)) in enumerate(zip(vertices, found, strict=True), start=1):
        assert one["pair"] == other["pair"] == str(n)
        assert (one["side"], other["side"]) == (said.right, said.left)
        ends = np.array([[float(row["lon_deg"]), float(row["lat_deg"])] for row in (one, other)])
        assert vertex == pytest.approx(ends.mean(axis=0), abs=1e-5)
        assert all(POSITION.fullmatch(row["reference"]) for row in (one, other)), (one, other)


@pytest.mark.parametrize(("name", "line", "points"), LINES)
def test_every_settlement_lies_on_its_own_side(name: str, line: str, points: str) -> None:
    said = next(one for one in load_arrangement(shipped(name)).lines if one.id == line)
    path = path_m(said)
    for row in (one for pair in pairs(shipped(name) / points) for one in pair):
        offset = offset_m(path, float(row["lon_deg"]), float(row["lat_deg"]))
        assert row["side"] == (said.left if offset > 0 else said.right), row["name"]
