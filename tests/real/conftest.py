"""The benches on real data are scripts beside each other: how a test loads one."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = ("real", "real_firms_month", "dated_maps", "minsk_ucdp", "truces", "weapons")


@pytest.fixture(scope="module")
def bench(root: Path):
    """bench(name): a module of bench/real or bench/fusion."""
    with pytest.MonkeyPatch.context() as patch:
        for folder in ("fusion", "real"):
            patch.syspath_prepend(str(root / "bench" / folder))
        loaded: Callable[[str], Any] = importlib.import_module
        yield loaded
        for name in SCRIPTS:
            sys.modules.pop(name, None)
