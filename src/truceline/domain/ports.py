"""The doors: what a source, a sensor model, a clause family and a store have to be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from truceline.domain.arrangement import ClauseText
from truceline.domain.ids import ClauseId, Digest
from truceline.domain.incident import Subject
from truceline.domain.indication import Assessment
from truceline.domain.inputs import Parsed, RawPayload, Setting


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseContext:
    """What a clause may know besides its subject: the subject's local day, by which dated text is chosen, and names
    for people to read; never a threshold or a clock."""

    day: date
    zone_names: Mapping[str, str]


class Clause(Protocol):
    """A clause family filled with one clause's text."""

    id: ClauseId

    def assess(self, subject: Subject, context: ClauseContext) -> Assessment:
        """How likely each element is, with its reason and reference."""


class ClauseFamily(Protocol):
    """What the menu holds for a clause kind."""

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
