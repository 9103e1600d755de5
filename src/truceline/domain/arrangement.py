"""The arrangement: what was agreed, as dated data with references."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from truceline.domain.dated import Dated
from truceline.domain.ids import ClauseId, LineId, PartyId, SectorId, ZoneId
from truceline.domain.ladder import Ladder
from truceline.domain.level import Actor, Body, Level, Monitor
from truceline.domain.terms import NO_TERMS, Terms

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
    """One clause: its family, where it stands, where and since when it applies. No zones means everywhere.

    `binds` are the parties it binds, none for all of them; `terms` what its family asks to be stated.
    """

    id: ClauseId
    kind: str
    title: str
    text: str
    reference: str
    since: datetime
    until: datetime | None
    zones: tuple[ZoneId, ...]
    acts: Dated[tuple[str, ...]]  # the phenomena that count as the prohibited act
    binds: tuple[PartyId, ...] = ()
    terms: Dated[Terms] | None = None

    def terms_at(self, day: date) -> Terms:
        """The terms in force on `day`; none where the clause states none."""
        return self.terms.at(day).value if self.terms is not None else NO_TERMS


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
class OriginPrior:
    """What attribution assumes before it has seen anything; the same for every party.

    `p_self_inflicted`: that a round which fell on ground a party holds was that party's own; `p_outgoing`: that an
    explosion of which nothing else is known was a weapon firing; `p_infiltrated`: that fire from ground a party holds
    was the other's; `p_answer`: that fire on the other side within `answer_within_s` answers it; `p_weapon_wrong`:
    that a stated weapon is misnamed; `bearing_sigma_deg`: error of a stated direction of flight.
    """

    p_self_inflicted: float = 0.1
    p_outgoing: float = 0.5
    p_infiltrated: float = 0.02
    p_answer: float = 0.25
    answer_within_s: float = 900.0
    p_weapon_wrong: float = 0.1
    bearing_sigma_deg: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlMap:
    """Who holds which side, as one author drew it: a line of the arrangement. Authors disagree; each is asked."""

    id: str
    name: str
    line: LineId
    reference: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A notified storage site or other named place of one party, as notified: within `radius_m` of its position."""

    id: str
    name: str
    party: PartyId
    lon_deg: float
    lat_deg: float
    radius_m: float
    reference: str


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
    control_maps: tuple[ControlMap, ...] = ()
    origin: Dated[OriginPrior] | None = None
    fielded: Dated[Mapping[PartyId, tuple[str, ...]]] | None = None  # weapon classes that each party has
    sites: tuple[Site, ...] = ()
    actors: tuple[Actor, ...] = ()
    bodies: tuple[Body, ...] = ()
    levels: tuple[Level, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    ladder: Ladder | None = None

    def party(self, id: PartyId) -> Party:
        """The party called `id`. Raises KeyError if the arrangement has none."""
        return next(p for p in self.parties if p.id == id)

    def cut_off(self, day: date) -> time:
        """Local time at which the reporting day `day` ends."""
        return self.day_ends.at(day).value

    def line(self, id: LineId) -> Line:
        """The line called `id`. Raises KeyError if the arrangement has none."""
        found = next((line for line in self.lines if line.id == id), None)
        if found is None:
            raise KeyError(id)
        return found

    @property
    def maps(self) -> tuple[ControlMap, ...]:
        """Every control map listed; without any, the first line is the only one."""
        first = self.lines[0]
        said = first.versions.history[0]
        alone = ControlMap(id=first.id, name=first.name, line=first.id, reference=said.reference, grade=said.grade)
        return self.control_maps or (alone,)

    @property
    def regions(self) -> Regions:
        """What fusion is told of the ground."""
        return Regions(zones=self.zones, sectors=self.sectors, timezone=self.timezone)
