"""The peers: their own environments, their settings tuned on the truth in their favour, and one bounded run of one.

python bench/fusion/peers.py install          environments under .bench/, pinned versions
python bench/fusion/peers.py tune [peer ...]  settings chosen by pairwise F1 on a seed of their own, to settings.json
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from plain import Prepared, prepared

from truceline.simulation.score import pair_scores
from truceline.simulation.worlds import WORLDS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
HOME = ROOT / ".bench"
SCRIPTS = HERE / "peers"
SETTINGS = SCRIPTS / "settings.json"
LIMIT_S = 60.0
SLACK_S = 45.0  # for start and reading, which are not counted
TUNING_SEED = 8001
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Settings = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One engine: its script, its environment, the worlds it can read, and what may be tuned.

    `choices` are tried one parameter after another, twice round, starting from their first values; `n_tuning` is the
    number of observations of the world it is tuned on and `n_most` how many it bears within a minute, by world.
    """

    name: str
    script: str
    environment: str
    n_tuning: int
    n_most: Mapping[str, int]
    choices: Mapping[str, tuple[Any, ...]]
    fixed: Settings
    fits: bool = False


EVERY = 100_000
REACHES_M = (4000, 300, 600, 1000, 1500, 2500, 6000, 8000, 10_000, 13_000)
REACHES_S = (20, 5, 10, 15, 30, 45, 60)
PEERS = (
    Peer(
        name="scikit-learn DBSCAN",
        script="sklearn_dbscan.py",
        environment="scikit_learn",
        n_tuning=10_000,
        n_most={"mix": EVERY, "mixd": EVERY, "pts": EVERY, "arr": EVERY},
        choices={
            "eps_m": REACHES_M,
            "eps_s": REACHES_S,
            "min_samples": (2, 3, 4),
            "by_kind": (True, False),
        },
        fixed={},
    ),
    Peer(
        name="DuckDB self-join",
        script="duckdb_join.py",
        environment="duckdb",
        n_tuning=10_000,
        n_most={"mix": EVERY, "mixd": EVERY, "pts": EVERY, "arr": EVERY},
        choices={
            "eps_m": REACHES_M,
            "eps_s": REACHES_S,
            "by_kind": (True, False),
        },
        fixed={},
    ),
    Peer(
        name="splink",
        script="splink_link.py",
        environment="splink",
        n_tuning=10_000,
        n_most={"mix": EVERY, "mixd": EVERY, "pts": EVERY, "arr": EVERY},
        choices={"weight": (2.0, 0.0, 1.0, 2.5, 3.0, 3.5, 4.0, 5.0)},
        fixed={"block_m": 12_000, "block_s": 90},
        fits=True,
    ),
    Peer(
        name="Stone Soup GNN",
        script="stonesoup_gnn.py",
        environment="stonesoup",
        n_tuning=3_000,
        n_most={"mix": 10_000, "mixd": 3_000, "pts": 10_000},
        choices={
            "updater": ("iterated", "extended", "unscented"),
            "chance": (1.0, 0.1, 0.3, 3.0, 10.0, 30.0),
            "p_detect": (0.5, 0.2, 0.8),
            "p_gate": (0.997, 0.98, 0.9999),
            "window_s": (30.0, 5.0, 15.0, 60.0, 120.0),
            "start": ([0, 1, 2], [0, 1], [0, 2], [0, 1, 2, 3]),
            "by_kind": (False, True),
        },
        fixed={"keep_s": 240.0, "reach_m": 20_000.0},
    ),
    Peer(
        name="PyOcto",
        script="pyocto_arrivals.py",
        environment="pyocto",
        n_tuning=1_500,
        n_most={"arr": 3_000},
        choices={
            "tolerance_s": (0.8, 0.4, 0.6, 1.2, 1.6),
            "match_s": (0.9, 0.5, 0.7, 1.2, 1.5),
            "n_picks": (3, 4, 5),
            "again_picks": (0, 3),
            "node_km": (2.0, 1.0, 3.0, 4.0),
            "reach_km": (10.0, 8.0, 12.0),
            "fraction": (0.1, 0.0, 0.2, 0.3),
            "apart_s": (1.0, 0.3, 3.0),
        },
        fixed={"location_km": 0.1},
    ),
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a peer made of a world: a label for each row (-1: with nothing), and where it put them, if it says."""

    label: np.ndarray
    places: Mapping[str, np.ndarray] | None
    cpu_s: float
    wall_s: float
    peak_mib: float


def run(peer: Peer, data: Prepared, settings: Settings) -> Answer | None:
    """One bounded run in the peer's own process; None if it took longer than a minute or failed."""
    out = HOME / "out" / f"{peer.environment}.parquet"
    out.parent.mkdir(parents=True, exist_ok=True)
    places = out.with_suffix(".places")
    places.unlink(missing_ok=True)
    spent = call(peer, data.plain, out, settings)
    if spent is None or spent["wall_s"] > LIMIT_S:
        return None
    table = pq.read_table(places) if places.exists() else None
    return Answer(
        label=pq.read_table(out)["label"].to_numpy(),
        places=None if table is None else {name: table[name].to_numpy() for name in table.column_names},
        cpu_s=spent["cpu_s"],
        wall_s=spent["wall_s"],
        peak_mib=spent["peak_mib"],
    )


def call(peer: Peer, observations: Path, out: Path, settings: Settings, *more: str) -> dict[str, Any] | None:
    """The last line that the script prints, read as JSON."""
    command = [python_of(peer), "-W", "ignore", SCRIPTS / peer.script, observations, out, json.dumps(settings), *more]
    try:
        done = subprocess.run(
            command,
            env=os.environ | ONE_THREAD,
            capture_output=True,
            text=True,
            timeout=LIMIT_S + SLACK_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        print(f"{peer.name} failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def python_of(peer: Peer) -> Path:
    """The interpreter of its environment."""
    return HOME / peer.environment / "bin" / "python"


def install() -> None:
    """Make the environments that are not there yet. Raises CalledProcessError if one cannot be made."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        raise SystemExit("The peers' environments are made with uv, which is not here: run `make bench` first.")
    for peer in PEERS:
        wanted, made = SCRIPTS / f"requirements-{peer.environment}.txt", HOME / peer.environment / "requirements.txt"
        if made.exists() and made.read_text() == wanted.read_text():
            continue
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME / peer.environment], check=True
        )
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python_of(peer), "-r", wanted], check=True)
        shutil.copy(wanted, made)


def settings_of(peer: Peer, world: str) -> Settings:
    """What was tuned for it on this world."""
    tuned: Settings = json.loads(SETTINGS.read_text())[peer.name][world]
    return tuned


def tune(peer: Peer, world: str) -> Settings:
    """The best settings found by going through the parameters one after another, twice."""
    data = prepared(WORLDS[world], peer.n_tuning, TUNING_SEED)
    learned = {}
    if peer.fits:
        learned = call(peer, data.with_truth, HOME / "out" / "fit", peer.fixed, "fit") or {}
    best = peer.fixed | learned | {name: values[0] for name, values in peer.choices.items()}
    best_f1, seen = f1_of(peer, data, best), {}
    for _ in range(2):
        for name, values in peer.choices.items():
            for value in values:
                tried = best | {name: value}
                key = json.dumps(tried, sort_keys=True)
                if key not in seen:
                    seen[key] = f1_of(peer, data, tried)
                if seen[key] > best_f1:
                    best, best_f1 = tried, seen[key]
    shown = {name: best[name] for name in peer.choices}
    print(f"{peer.name}, {world}, {peer.n_tuning}: F1 {best_f1:.3f} with {shown}", flush=True)
    return best


def f1_of(peer: Peer, data: Prepared, settings: Settings) -> float:
    """Pairwise F1, 0 if it did not finish."""
    answer = run(peer, data, settings)
    return 0.0 if answer is None else pair_scores(data.event, answer.label).f1


def main() -> None:
    """Install, and tune if told to."""
    install()
    if sys.argv[1:2] != ["tune"]:
        return
    tuned = json.loads(SETTINGS.read_text()) if SETTINGS.exists() else {}
    for peer in PEERS:
        if sys.argv[2:] and peer.environment not in sys.argv[2:]:
            continue
        for world in peer.n_most:
            tuned.setdefault(peer.name, {})[world] = tune(peer, world)
            SETTINGS.write_text(json.dumps(tuned, indent=1) + "\n")


if __name__ == "__main__":
    main()
