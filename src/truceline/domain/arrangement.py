"""The arrangement: what was agreed, as dated data with references."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from truceline.domain.dated import Dated
from truceline.domain.ids import ClauseId, LineId, PartyId, SectorId, ZoneId

STANDARDS = ("suspicion", "reasonable_grounds", "balance", "clear_and_convincing")  # weakest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party to the arrangement, named as the text names it."""

    id: PartyId
    name: str
    side: str  # how reports speak of the ground it holds, e.g. "government-controlled areas"
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVersion:
    """The line as it ran from a date on: (lon_deg, lat_deg) vertices and how far the drawn line may be off."""

    vertices_deg: tuple[tuple[float, float], ...]
    accuracy_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Contact or separation line. Left and right are as one walks its vertices in order."""

    id: LineId
    name: str
    left: PartyId
    right: PartyId
    versions: Dated[LineVersion]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSector:
    """A stretch of the line that counts are given for. It ends at the line's nearest point to `until_deg`;
    the last sector has None and runs to the end. `region` is the name other bodies publish counts under."""

    id: SectorId
    name: str
    until_deg: tuple[float, float] | None
    region: str
    reference: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A town or village that everybody knows, for orientation on the map; never where an observer stands."""

    name: str
    lon_deg: float
    lat_deg: float
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area that clauses speak of; the ring is (lon_deg, lat_deg), not closed, and may change with its date."""

    id: ZoneId
    name: str
    ring_deg: Dated[tuple[tuple[float, float], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """What fusion is told of the ground besides the line: zones, sectors of the line, and the local time zone."""

    zones: tuple[Zone, ...] = ()
    sectors: tuple[LineSector, ...] = ()
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseText:
    """One clause: its family, where it stands, where and since when it applies. No zones means everywhere."""

    id: ClauseId
    kind: str
    title: str
    text: str
    reference: str
    since: datetime
    until: datetime | None
    zones: tuple[ZoneId, ...]
    acts: Dated[tuple[str, ...]]  # the phenomena that count as the prohibited act


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """Probability that each standard of proof asks for."""

    suspicion: float
    reasonable_grounds: float
    balance: float
    clear_and_convincing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What fusion assumes before it has seen anything.

    `exchange_rate_per_km2_h`: exchanges of fire per square kilometre and hour where there is fire at all;
    `exchange_spread_m`: how far the signatures of one exchange scatter around its centre, one standard deviation;
    `incident_rate_per_km2_h`: single physical events; `watch_sigma_s`: error of a time an observer writes down;
    `p_shared`: probability, before looking at place, that two sensors that noticed one exchange counted the same
    rounds; `p_told_together`: that rows which a source reported together are of one exchange; `p_real`: that a
    report of a given reliability grade is of something that happened.
    """

    exchange_rate_per_km2_h: float = 0.002
    exchange_spread_m: float = 800.0
    incident_rate_per_km2_h: float = 0.002
    watch_sigma_s: float = 60.0
    p_shared: float = 0.5
    p_told_together: float = 0.95
    p_real: Mapping[str, float] = field(
        default_factory=lambda: {"A": 0.99, "B": 0.95, "C": 0.85, "D": 0.6, "E": 0.3, "F": 0.5}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Everything that was agreed, as of its version."""

    id: str
    version: int
    title: str
    reference: str
    in_force_from: datetime
    timezone: str
    languages: tuple[str, ...]
    day_ends: Dated[time]
    parties: tuple[Party, ...]
    lines: tuple[Line, ...]
    sectors: tuple[LineSector, ...]
    landmarks: tuple[Landmark, ...]
    zones: tuple[Zone, ...]
    clauses: tuple[ClauseText, ...]
    standards: Dated[Standards]
    day_parts: Dated[Mapping[str, tuple[int, int]]]
    prior: Dated[Prior]
    release: Dated[Mapping[str, tuple[str, ...]]]  # audience -> what is withheld from it

    def party(self, id: PartyId) -> Party:
        """The party called `id`. Raises KeyError if the arrangement has none."""
        return next(p for p in self.parties if p.id == id)

    def cut_off(self, day: date) -> time:
        """Local time at which the reporting day `day` ends."""
        return self.day_ends.at(day).value

    @property
    def regions(self) -> Regions:
        """What fusion is told of the ground."""
        return Regions(zones=self.zones, sectors=self.sectors, timezone=self.timezone)
