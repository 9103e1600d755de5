"""What people found, ruled, said and decided: each one ledger entry, in force once a second person confirmed it."""

from dataclasses import dataclass
from datetime import datetime

FINDING_VERDICTS = ("substantiated", "not_substantiated", "undetermined")
RULING_VERDICTS = ("violation", "no_violation", "undetermined", "deadlock")
ADVICE_REPLIES = ("taken", "declined", "deferred")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A person's conclusion about an indication after verification. `party` is "" where none was found.

    It says what it is about (`subject`, `clause`, from when to when) as that was when it was made: an indication is
    superseded by the next late report, a finding stands.
    """

    id: str
    indication: str
    verdict: str
    party: str
    standard: str
    reasons: str
    by: str
    at: datetime
    subject: str = ""
    clause: str = ""
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the body that the arrangement names decided about a finding, with its dissent ("" for none)."""

    id: str
    finding: str
    verdict: str
    party: str
    standard: str
    body: str
    present: int
    reasons: str
    dissent: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a party has to say about a subject, indication, finding or ruling: recorded, never evidence."""

    id: str
    party: str
    on: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A call over the hotline: which parties were reached, about what, and what came of it."""

    id: str
    parties: tuple[str, ...]
    on: str
    outcome: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the authorising body did with an advice: taken, declined or deferred. The software only records it."""

    id: str
    advice: str
    verdict: str
    body: str
    reasons: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """That a finding or ruling may be shown to an audience, party's name included."""

    id: str
    what: str
    to: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """The second pair of eyes: `by` confirms, or refuses, what somebody else recorded as `what`."""

    what: str
    accepts: bool
    reasons: str
    by: str
    at: datetime


Decided = Finding | Ruling | Statement | Contact | Reply | Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A decision with its place in the ledger. It is in force once somebody else than its author confirmed it."""

    entry: int
    record: Decided
    confirmed_by: str | None
    confirmed_at: datetime | None
    refused: bool

    @property
    def in_force(self) -> bool:
        """Whether a second person stands behind it."""
        return self.confirmed_by is not None and not self.refused
