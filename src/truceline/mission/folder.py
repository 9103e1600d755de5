"""A mission folder opened: its settings as read, its ledger, and what it seals its blobs with."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from truceline.clock import Clock
from truceline.domain.arrangement import Arrangement
from truceline.domain.ids import Digest, SourceId
from truceline.domain.ports import Blobs, Clause, SensorModel, Source
from truceline.errors import MissionError, SealedError
from truceline.ledger.ledger import Ledger
from truceline.mission_file import Bundle
from truceline.views.fold import State, fold

CHARTER = SourceId("charter")  # the name under which the mission's own settings are sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """Everything that the loop works with; built in `app.py`, so that nothing here chooses a concrete part.

    `files` are the settings as they stand in the folder now; `read_files` turns such files, also those of an
    earlier charter, into a Bundle.
    """

    folder: Path
    files: Mapping[str, str]
    bundle: Bundle
    read_files: Callable[[Mapping[str, str]], Bundle]
    ledger: Ledger
    sealed: Callable[[SourceId], Blobs]
    source: Callable[[str], Source]
    models: Mapping[str, SensorModel]
    clauses: Callable[[Arrangement], tuple[Clause, ...]]
    clock: Clock
    code_version: str

    @property
    def inbox(self) -> Path:
        """Where files to ingest are put, one folder a source."""
        return self.folder / "inbox"

    @property
    def reports(self) -> Path:
        """Where reports are written, one folder an audience."""
        return self.folder / "reports"

    @property
    def derived(self) -> Path:
        """Where derived tables are written; they can be recomputed at any time."""
        return self.folder / "derived"

    def state(self, stop: int | None = None) -> State:
        """The state after the first `stop` entries of the ledger (all of them by default)."""
        return fold(self.ledger.records(0, stop))

    def open_blob(self, source: SourceId, name: Digest) -> bytes | None:
        """The content of a blob; None where the source's key was destroyed, which is that source's right."""
        try:
            return self.sealed(source).get(name)
        except SealedError:
            return None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Hold the folder for one process at a time; the lock goes with the process, however it ends.

        Raises MissionError if another process holds it.
        """
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MissionError(
                    f"Another truceline is at work in {self.folder}. Wait for it, or stop it, and call again."
                ) from None
            yield
