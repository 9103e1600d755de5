"""Fixtures shared by all tests: where the real data is, and an honest refusal where it must be there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout (or TRUCELINE_SHARED): real data, read in place."""
    folder = Path(os.environ.get("TRUCELINE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        reason = f"no real data at {folder}/data: put `shared` beside the checkout or set TRUCELINE_SHARED"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT
