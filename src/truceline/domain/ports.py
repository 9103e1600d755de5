"""The doors: what a source, a sensor model, a clause family and a store have to be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText, Site
from truceline.domain.decided import Contact
from truceline.domain.holding import Holding, Obstruction, Other, Undertaking
from truceline.domain.ids import ClauseId, Digest, LineId, PartyId, ZoneId
from truceline.domain.incident import Engagement, Incident, Subject
from truceline.domain.indication import Assessment
from truceline.domain.inputs import Parsed, RawPayload, Setting
from truceline.domain.origin import Origin
from truceline.domain.place import Fix
from truceline.domain.terms import Term


class Source(Protocol):
    """Bytes to columns. Pure and total: a row that cannot be taken comes back as `Rejected`."""

    version: str

    def parse(self, payload: RawPayload, setting: Setting) -> Parsed:
        """Parse one payload. Raises SourceError only if no row can be told from another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number of a sensor model, with where it comes from; `grade` is assumed where nothing was found."""

    value: float
    reference: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorModel:
    """A named parameter row of a physics family. Kernels see the numbers, never this object.

    Two numbers go by phenomenon, with "" for all that are not named (`of_phenomenon`). `range_max_m`: how far such a
    thing is noticed at all; the chance falls off as exp(-(2 r / range_max_m)^2), so that a fiftieth is left there, and
    a statement that gives no distance is read by that. `lasts_s`: what is noticed may have begun this long before, any
    moment alike. `travel_speed_m_s` is 0 where the signal arrives at once, and `travel_speed_sigma_share` its error.
    """

    name: str
    family: str
    sector_sigma_deg: Parameter
    range_sigma_share: Parameter
    travel_speed_m_s: Parameter
    travel_speed_sigma_share: Parameter
    range_max_m: Mapping[str, Parameter]
    lasts_s: Mapping[str, Parameter]


def of_phenomenon(values: Mapping[str, Parameter], phenomenon: str | None) -> float:
    """The number for `phenomenon`, or the one for all that are not named."""
    return values.get(phenomenon or "", values[""]).value


class Terrain(Protocol):
    """The lines and zones in force on one day, asked where an uncertain place lies. Every answer is a probability."""

    def p_in_zone(self, where: Fix, zone: ZoneId) -> float:
        """That it lies in `zone`."""

    def p_left(self, where: Fix, line: LineId) -> float:
        """That it lies left of `line`, the accuracy of the drawn line included."""

    def p_within(self, where: Fix, line: LineId, party: PartyId | None, from_m: float, to_m: float) -> float:
        """That it lies `from_m` to `to_m` from `line`, on the side of `party` (None: on either)."""

    def side_of(self, line: LineId, party: PartyId) -> str:
        """ "left", "right", or "" if the party holds neither side of `line`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a party announced, works, flights or an order to return fire; that it was announced, not that it is so."""

    id: str
    party: str
    phenomenon: str
    when: Interval
    where: Fix | None
    area: str
    text: str


AnySubject = Subject | Other
KINDS: Mapping[type, str] = MappingProxyType(
    {
        Incident: "incident",
        Engagement: "engagement",
        Holding: "holding",
        Obstruction: "obstruction",
        Undertaking: "undertaking",
    }
)  # what a clause family calls each in `about`


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseContext:
    """What a clause may know besides its subject: the subject's local day, by which dated text is chosen, the ground,
    what else happened and was announced, and names for people to read; never a threshold or a clock.

    `subjects` are all subjects in order of their beginning; `origins` whose fire each was, as far as it was asked;
    `timezone` tells where a local day begins.
    """

    day: date
    zone_names: Mapping[str, str]
    terrain: Terrain | None = None
    parties: tuple[PartyId, ...] = ()
    party_names: Mapping[str, str] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()
    subjects: tuple[AnySubject, ...] = ()
    notices: tuple[Notice, ...] = ()
    contacts: tuple[Contact, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    timezone: str = "UTC"


class Clause(Protocol):
    """A clause family filled with one clause's text; `about` and `asks_origin` are its family's."""

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""

    @property
    def about(self) -> tuple[str, ...]:
        """The kinds of subject that it is asked about."""

    @property
    def asks_origin(self) -> bool:
        """Whether whose it was matters."""

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """How likely each element is, with its reason and reference."""


@runtime_checkable
class Undertakes(Protocol):
    """A clause that asks something over a period besides: it says which undertakings there are to be held against."""

    def undertakings(self, span: Interval, context: ClauseContext, watched: "Watched") -> tuple[Undertaking, ...]:
        """What it asked over `span`, given what happened; `watched` says how much of a zone and time was watched."""


class Watched(Protocol):
    """How much of a period was watched in a zone (None: everywhere), from 0 to 1; None where no coverage is known."""

    def __call__(self, zone: ZoneId | None, when: Interval) -> float | None:
        """The share of `when`."""


class ClauseFamily(Protocol):
    """What the menu holds for a clause kind.

    `about` are the subjects it is asked about: "incident", "engagement", "holding", "obstruction", "undertaking";
    `terms` what an arrangement has to state for it; `asks_origin` whether whose it was matters.
    """

    about: tuple[str, ...]
    terms: Mapping[str, Term]
    asks_origin: bool

    def __call__(self, text: ClauseText) -> Clause:
        """Fill the family with one clause of an arrangement."""


class Store(Protocol):
    """Append-only bytes by contiguous index from 0; `append` is atomic and durable when it returns."""

    def append(self, bodies: Sequence[bytes]) -> range:
        """Append all of `bodies` or none; the range of their indices."""

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bodies from `start` up to, not including, `stop`."""

    def size(self) -> int:
        """How many entries there are."""


class Blobs(Protocol):
    """Bytes by their digest."""

    def put(self, data: bytes) -> Digest:
        """Keep `data` durably; the same data twice is kept once."""

    def get(self, digest: Digest) -> bytes:
        """The bytes called `digest`. Raises LedgerError if they are not here."""
