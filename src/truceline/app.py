"""The composition root: a mission folder and a clock in, a working mission out; the only place that chooses parts."""

import hashlib
import re
from functools import partial
from importlib import resources
from pathlib import Path

from truceline import __version__, menu
from truceline.clock import Clock
from truceline.domain.arrangement import Arrangement
from truceline.domain.ids import SourceId
from truceline.domain.ports import Blobs, Clause, SensorModel
from truceline.errors import MissionError
from truceline.ledger.keys import load_signer, load_verifier
from truceline.ledger.ledger import Ledger
from truceline.ledger.verify import VerifyResult, verify_tree
from truceline.mission.folder import Mission
from truceline.mission_file import bundle, read_bundle
from truceline.stores.blobs import FolderBlobs
from truceline.stores.seal import SealedBlobs

LEDGER, CHECKPOINTS, BLOBS = "ledger.sqlite", "checkpoints", "blobs"


def open_mission(folder: Path, clock: Clock) -> Mission:
    """Open the mission in `folder`, making its keys and its ledger if it has none yet.

    Raises
    ------
    MissionError, ArrangementError
        if the folder is no mission or its settings do not hold together.
    LedgerError
        if the ledger does not agree with its newest checkpoint.
    """
    if not (folder / "mission.yaml").is_file():
        raise MissionError(
            f"{folder} is not a mission: it has no mission.yaml. Start one with `truceline new {folder}`."
        )
    files = bundle(folder)
    settings = read_bundle(files)
    origin = "truceline/" + re.sub(r"[^a-z0-9.-]+", "-", settings.mission.name.casefold()).strip("-")
    keys, blobs = folder / "keys", FolderBlobs(folder / BLOBS)
    signer = load_signer(keys, origin)
    store = menu.choose("store", "sqlite")(folder / LEDGER)

    def sealed(source: SourceId) -> Blobs:
        return SealedBlobs(blobs, keys, source)

    return Mission(
        folder=folder,
        files=files,
        bundle=settings,
        read_files=partial(read_bundle, linted=False),
        ledger=Ledger(store, folder / CHECKPOINTS, signer, origin),
        sealed=sealed,
        source=lambda name: menu.choose("source", name),
        models=sensor_models(),
        clauses=clauses,
        clock=clock,
        code_version=code_version(),
    )


def verify_ledger(folder: Path) -> VerifyResult:
    """Verify the ledger in `folder` with nothing but its public key: what a party does on its own machine.

    Raises MissionError if there is no ledger yet.
    """
    if not (folder / LEDGER).is_file():
        raise MissionError(f"{folder} has no ledger yet: {LEDGER} is not there. `truceline run --once` makes it.")
    verifier = load_verifier(folder / "keys")
    return verify_tree(
        menu.choose("store", "sqlite")(folder / LEDGER, read_only=True),
        folder / CHECKPOINTS,
        verifier,
        origin=verifier.name,
        blobs=FolderBlobs(folder / BLOBS),
    )


def sensor_models() -> dict[str, SensorModel]:
    """The sensor model of each means of perception."""
    return {means: menu.choose("sensor", name) for means, name in menu.SENSOR_OF_MEANS.items()}


def clauses(arrangement: Arrangement) -> tuple[Clause, ...]:
    """The clauses of an arrangement, each filled into its family."""
    return tuple(menu.choose("clause", text.kind)(text) for text in arrangement.clauses)


def code_version() -> str:
    """The version and a digest of the package's own files: what derived records were computed by."""
    running = hashlib.sha256()
    package = Path(str(resources.files("truceline")))
    for path in sorted(p for p in package.rglob("*") if p.suffix in {".py", ".j2", ".css"}):
        running.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}+{running.hexdigest()[:12]}"
