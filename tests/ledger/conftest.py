"""A small real ledger on disk, and records to put into it."""

from pathlib import Path

import pytest
from ledger_place import MORNING, Place

from truceline.domain.ids import digest
from truceline.domain.inputs import Charter, ReportEntry, Submission


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(folder=tmp_path)


@pytest.fixture
def written(place: Place) -> Place:
    """Eight entries, one append and so one checkpoint each."""
    ledger = place.open()
    for number in range(8):
        ledger.append([place.submission(number)])
    return place


@pytest.fixture
def charter() -> Charter:
    return Charter(
        arrangement_id="minsk-2015",
        arrangement_version=3,
        bundle=digest(b"bundle"),
        content=digest(b"content"),
        adopted_at=MORNING,
    )


@pytest.fixture
def report() -> ReportEntry:
    return ReportEntry(
        day="2018-09-05",
        audience="mission",
        inputs=7,
        derived=digest(b"derived"),
        content=digest(b"says"),
        json=digest(b"json"),
        html=digest(b"html"),
        code_version="0.1.0",
        issued_at=MORNING,
    )


@pytest.fixture
def submission(place: Place) -> Submission:
    return place.submission(1)
