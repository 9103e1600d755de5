"""The made-up mission that source tests parse for, and how they hand a file to a source."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from truceline import menu
from truceline.domain.ids import SourceId
from truceline.domain.inputs import NamedPlace, Parsed, RawPayload, Setting

Parse = Callable[..., Parsed]


@pytest.fixture
def setting(root: Path) -> Setting:
    told = json.loads((root / "tests/fixtures/sources/setting.json").read_text())
    places = {}
    for one in told["places"]:
        aliases = one.pop("aliases")
        place = NamedPlace(reference="made for these tests", **one)
        places |= {called.casefold(): place for called in (place.name, *aliases)}
    parts = {part: (start, end) for part, (start, end) in told["day_parts"].items()}
    return Setting(timezone=told["timezone"], places=places, day_parts=parts)


@pytest.fixture
def parse(setting: Setting) -> Parse:
    """parse(name, file, body): what the source `name` makes of a file received on 5 March 2026."""

    def parse_as(name: str, file: str, body: bytes, setting: Setting = setting) -> Parsed:
        payload = RawPayload(
            source=SourceId("north-office"), name=file, received_at=datetime(2026, 3, 5, 8, tzinfo=UTC), body=body
        )
        return menu.choose("source", name).parse(payload, setting)

    return parse_as
