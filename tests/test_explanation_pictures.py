"""The pictures of the mathematics are what the code draws, and their outlines hold the shares that they claim."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "explanation"
PICTURES = sorted(FOLDER.glob("likelihood-*.svg"))


@pytest.fixture(scope="module")
def contours() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contours", FOLDER / "contours.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_pictures_are_what_the_code_draws() -> None:
    done = subprocess.run(
        [sys.executable, str(FOLDER / "draw_likelihoods.py"), "--check"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", PICTURES, ids=lambda p: p.name)
def test_a_picture_is_small_says_what_it_shows_and_is_shown(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 60_000
    root = ElementTree.fromstring(text)
    assert root.get("aria-label", "").endswith(".")
    filled = [e for e in root.iter("{http://www.w3.org/2000/svg}path") if e.get("class") in ("s0", "s1", "s2")]
    assert len(filled) >= 6
    assert f"({path.name})" in (FOLDER / "fusion.md").read_text(encoding="utf-8")


def test_there_is_a_picture_of_every_family() -> None:
    names = {path.stem.removeprefix("likelihood-") for path in PICTURES}
    assert names == {"fix", "sector", "bearing", "arrival", "area", "event"}


def _gaussian(sigma: float, side: int = 200) -> np.ndarray:
    x = np.arange(side) - 0.5 * side + 0.5
    return -0.5 * (x[:, None] ** 2 + x**2) / sigma**2


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_an_outline_holds_its_share_of_a_gaussian(contours: ModuleType, share: float) -> None:
    level = contours.level_of(_gaussian(20.0), share)
    (ring,) = contours.rings(_gaussian(20.0), level)
    radius = np.hypot(*(ring - 99.5).T)
    assert radius == pytest.approx(20.0 * np.sqrt(-2.0 * np.log(1.0 - share)), abs=0.2)
    assert np.array_equal(ring[0], ring[-1])
    assert shapely.Polygon(contours.simple(ring, 0.1)).area == pytest.approx(shapely.Polygon(ring).area, rel=1e-2)


def test_what_lies_outside_the_grid_is_not_forgotten(contours: ModuleType) -> None:
    half = _gaussian(20.0)[:, 100:]
    whole = float(np.exp(_gaussian(20.0)).sum())
    assert contours.level_of(half, 0.4, whole=whole) < contours.level_of(half, 0.4)
    assert contours.level_of(half, 0.9, whole=whole) == -np.inf


def test_a_ring_of_mass_has_two_outlines_and_a_plateau_one(contours: ModuleType) -> None:
    x = np.arange(120) - 59.5
    ring = -0.5 * ((np.hypot(x[:, None], x) - 40.0) / 3.0) ** 2
    assert len(contours.rings(ring, contours.level_of(ring, 0.9))) == 2
    flat = np.where(np.hypot(x[:, None], x) < 30.0, 0.0, -1e30)
    (edge,) = contours.rings(flat, contours.level_of(flat, 0.5))
    assert np.hypot(*(edge - 59.5).T) == pytest.approx(30.0, abs=1.5)


def test_outlines_end_at_the_rim(contours: ModuleType) -> None:
    (ring,) = contours.rings(_gaussian(90.0), contours.level_of(_gaussian(90.0), 0.999))
    assert ring.min() >= 0.0 and ring.max() <= 199.0
