"""The daily report as data: everything a page or a machine is shown, already decided and in plain words' reach."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from truceline.clock import Interval
from truceline.domain.advice import Advice
from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.incident import Engagement, Incident, Link
from truceline.domain.indication import Indication
from truceline.domain.level import Standing
from truceline.domain.origin import Origin

Audience = str  # a name of the arrangement's release rules: "mission", "public"
WITHHOLDABLE = (  # what such a rule may name; origin and the parties' names never leave the mission unreleased
    "advice", "coverage", "decisions", "observations", "rejected", "restrictions", "sensor_positions",
)  # fmt: skip
DecisionKind = Literal["finding", "ruling", "statement", "contact", "reply", "release"]
DecisionState = Literal["awaiting", "in_force", "refused"]
Sentences = tuple[tuple[str, tuple[str, ...]], ...]  # id -> what is said of it


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorCount:
    """SMM-style counts for one stretch of the line; None is unknown and is printed as unknown.

    `signatures` and `explosions` add up what observers stated (one observed signature each); `at_least` says that
    some statement set no upper bound or a lower one. `previous` is the same count for the previous period, None
    where the ledger holds nothing for it. `watched` is the share of the period with known coverage.
    """

    sector: str
    name: str
    signatures_low: int
    signatures_high: int | None
    explosions_low: int
    explosions_high: int | None
    incidents: int
    engagements: int
    previous_low: int | None
    previous_high: int | None
    watched: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedObservation:
    """One observation as the report lists it; places in degrees for drawing, text for reading.

    `arcs_deg` with `range_m` is the sector as perceived from (`sensor_lon_deg`, `sensor_lat_deg`); `fix_deg` a fix.
    """

    id: str
    entry: str  # "<ledger index>/<row>"
    sensor: str
    means: str
    phenomenon: str
    phase: str
    weapon: str
    count: str
    when: Interval
    when_text: str
    sensor_deg: tuple[float, float] | None
    arcs_deg: tuple[tuple[float, float], ...]
    range_m: tuple[float | None, float | None]
    fix_deg: tuple[float, float] | None
    subject: str | None  # incident or engagement that it belongs to
    p_member: float
    grade: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """How monitors were hindered. Beyond the mission only kind, time, and a sector or zone are told; the rest is ""."""

    id: str
    kind: str
    when: Interval
    where: str
    imposed_by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A stretch of coverage as reported: who watched what, in which state."""

    sensor: str
    sector: str
    when: Interval
    chainage_km: tuple[float, float] | None
    p_detect: float | None
    state: str
    reason: str
    imposed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedInput:
    """Rows of one file that could not be taken, with (row, field, reason, value)."""

    file: str
    source: str
    n_rejected: int
    rows: tuple[tuple[int, str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver:
    """Another body's published count of a period, and what its next report repeats of it.

    Only pairs of which both figures are known are compared.
    """

    region: str
    earlier_report: str
    later_report: str
    published: int
    repeated: int
    agrees: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """A number that no source states and that this report rests on."""

    what: str
    value: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """The line as drawn: vertices in degrees, its length, its sides, and sector borders as chainages."""

    name: str
    since: str
    accuracy_m: float
    length_km: float
    vertices_deg: tuple[tuple[float, float], ...]
    left: str
    right: str
    sectors: tuple[tuple[str, float, float], ...]  # name, from_km, to_km


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDecision:
    """What people found, ruled, said or answered, as it is told: with who and when, and how far it stands.

    `about` is the id of what it is about; `party` a name, or "" for none (and beyond the mission, until released);
    what a kind does not have is "". `state` is "awaiting" until a second person confirmed or refused it;
    `released_to` are the audiences that a release in force names.
    """

    id: str
    kind: DecisionKind
    about: str
    verdict: str
    party: str
    standard: str
    body: str
    present: int | None
    reasons: str
    dissent: str
    by: str
    at: datetime
    state: DecisionState
    confirmed_by: str
    confirmed_at: datetime | None
    released_to: tuple[Audience, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLevel:
    """A level and who holds it at the end of the reporting period."""

    number: int
    name: str
    place: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """One reporting day for one audience."""

    schema: str
    mission: str
    arrangement: str
    arrangement_version: int
    title: str
    day: str
    period: Interval
    timezone: str
    audience: Audience
    line: DrawnLine
    places: tuple[tuple[str, float, float], ...]  # landmarks (name, lon_deg, lat_deg), for orientation on the map
    clauses: tuple[tuple[str, str, str], ...]  # id, title, reference of every clause that something was held against
    standards: tuple[tuple[str, float], ...]  # standards of proof in force, weakest first
    counts: tuple[SectorCount, ...]
    engagements: tuple[Engagement, ...]
    incidents: tuple[Incident, ...]
    links: tuple[Link, ...]
    indications: tuple[Indication, ...]
    sentences: tuple[tuple[str, tuple[str, ...]], ...]  # subject id -> what its reports support, in words
    undetermined: tuple[str, ...]  # what stays open, in words
    observations: tuple[ReportedObservation, ...]
    restrictions: tuple[Restriction, ...]
    watched: tuple[Watch, ...]
    rejected: tuple[RejectedInput, ...]
    carry_over: tuple[CarryOver, ...]
    carry_over_agree: int
    carry_over_total: int
    assumed: tuple[Assumed, ...]
    withheld: tuple[str, ...]  # what this audience is not shown, by the arrangement's release rules
    held_back: int  # engagements, incidents and restrictions that the handling of their inputs keeps from this audience
    inputs: int
    checkpoint: str
    derived: str
    code_version: str
    issued_at: datetime
    exercise: str = ""  # what every page of a simulated mission says, "" where things happened
    names: tuple[tuple[str, str], ...] = ()  # parties, actors and bodies by id; parties for the mission only
    holdings: tuple[Holding, ...] = ()
    obstructions: tuple[Obstruction, ...] = ()
    undertakings: tuple[Undertaking, ...] = ()
    origins: tuple[Origin, ...] = ()  # for the mission only
    decisions: tuple[ToldDecision, ...] = ()
    advice: tuple[Advice, ...] = ()  # as of the end of the reporting period
    levels: tuple[ToldLevel, ...] = ()
    told: Sentences = ()  # id of a holding, obstruction, undertaking, decision, advice or level -> in words
    told_origins: Sentences = ()  # id of a subject -> whose it was, in words
