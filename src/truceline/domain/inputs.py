"""What comes in: bytes as received, what a parser made of them, and the batch that the ledger keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from truceline.domain.ids import Digest, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPayload:
    """Bytes as received, before anybody interpreted them. `name` is the file or message it came as."""

    source: SourceId
    name: str
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that could not be taken, kept with its reason. `row` counts data rows from 1, as a reader would."""

    file: str
    row: int
    field: str
    reason: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a source made of a payload: column tables and the rows it had to refuse; nothing is dropped."""

    observations: pa.Table
    coverage: pa.Table
    published_counts: pa.Table
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place that sources name, as a mission's gazetteer has it. `sigma_m` is how well the name fixes a point."""

    name: str
    lon_deg: float
    lat_deg: float
    sigma_m: float
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a parser may know besides the bytes: how this mission tells time and names places.

    `places` and `day_parts` are keyed by casefolded name; a day part is (start, end) in minutes after local
    midnight, `end` above 1440 where it runs past midnight.
    """

    timezone: str
    places: Mapping[str, NamedPlace]
    day_parts: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One batch from one source: one ledger entry. Digests are of the stored (encrypted) blobs.

    `observations`, `coverage`, `published_counts` and `rejected` are None where the batch had none. An observation
    is known to the ledger as "<entry index>/<row>".
    """

    source: SourceId
    name: str
    parser: str
    received_at: datetime
    raw: Digest
    observations: Digest | None
    n_observations: int
    coverage: Digest | None
    n_coverage: int
    published_counts: Digest | None
    n_published_counts: int
    rejected: Digest | None
    n_rejected: int
    n_repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The arrangement, gazetteer and mission settings in force from this entry on.

    `bundle` is the digest of a stored blob holding every file of the arrangement and of the mission's own settings;
    `content` names what it says, so that two missions can compare without the blob.
    """

    arrangement_id: str
    arrangement_version: int
    bundle: Digest
    content: Digest
    adopted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """A report as published: what it rests on and the digests of its two forms. Not an input to anything derived.

    `inputs` is the number of ledger entries that the derived state was computed from; `derived` its digest;
    `content` the digest of what the report says of the day, by which an unchanged day is not issued again.
    """

    day: str
    audience: str  # "mission" or "public"
    inputs: int
    derived: Digest
    content: Digest
    json: Digest
    html: Digest
    code_version: str
    issued_at: datetime
