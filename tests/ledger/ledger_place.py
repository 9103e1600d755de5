"""A ledger on disk for tests, opened afresh every time one asks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from truceline.domain.ids import SourceId
from truceline.domain.inputs import Submission
from truceline.ledger.keys import Signer, load_signer
from truceline.ledger.ledger import Ledger
from truceline.ledger.verify import VerifyResult, verify_tree
from truceline.stores.blobs import FolderBlobs
from truceline.stores.sqlite import SqliteStore

ORIGIN = "example.org/minsk"
MORNING = datetime(2018, 9, 5, 6, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A mission folder as far as the ledger goes, opened afresh every time one asks."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def signer(self) -> Signer:
        return load_signer(self.folder / "keys", ORIGIN)

    @property
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(self.folder / "blobs")

    def open(self) -> Ledger:
        return Ledger(SqliteStore(self.path), self.checkpoints, self.signer, ORIGIN)

    def verify(self) -> VerifyResult:
        return verify_tree(
            SqliteStore(self.path),
            self.checkpoints,
            self.signer.verifier,
            origin=ORIGIN,
            blobs=self.blobs,
        )

    def submission(self, number: int) -> Submission:
        """A batch whose two blobs are really kept."""
        return Submission(
            source=SourceId("smm"),
            name=f"day-{number}.csv",
            parser="smm/1",
            received_at=MORNING + timedelta(minutes=number),
            raw=self.blobs.put(f"raw {number}".encode()),
            observations=self.blobs.put(f"rows {number}".encode()),
            n_observations=number,
            coverage=None,
            n_coverage=0,
            published_counts=None,
            n_published_counts=0,
            rejected=None,
            n_rejected=0,
            n_repeated=0,
        )
