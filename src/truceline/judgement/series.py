"""Series of breaches: what a rung counts, in order of event time, parted where it was quiet for long enough."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from truceline.clock import Interval
from truceline.domain.arrangement import STANDARDS
from truceline.domain.decided import Finding, Held, Reply, Ruling
from truceline.domain.ids import PartyId
from truceline.domain.indication import Indication
from truceline.domain.ladder import Rung

About = tuple[str, str]  # subject, clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An indication with what the ladder asks of it besides: when it happened, since when the mission has known it,
    and between which chainages it lies on the line that ran since `line_since` (None: off the line)."""

    indication: Indication
    when: Interval
    registered_at: datetime
    chainage_km: tuple[float, float] | None
    line_since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What a rung counts: an indication, a finding or a ruling (`id`) about one subject under one clause.

    `registered_at` is when the indication became known or the finding was made; `ruled_at` when it was ruled on, None
    if it was not.
    """

    id: str
    subject: str
    clause: str
    party: PartyId | None
    when: Interval
    registered_at: datetime
    ruled_at: datetime | None
    chainage_km: tuple[float, float] | None
    line_since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Breaches without a long enough quiet between them, in order of their beginning; at least one."""

    party: PartyId | None
    breaches: tuple[Breach, ...]

    @property
    def start(self) -> datetime:
        """When its first breach began."""
        return self.breaches[0].when.start

    @property
    def end(self) -> datetime:
        """When the last of it was over."""
        return max(b.when.end for b in self.breaches)

    @property
    def subjects(self) -> frozenset[str]:
        """What happened; a subject that breaches two clauses is one."""
        return frozenset(b.subject for b in self.breaches)

    @property
    def founding(self) -> str:
        """The subject by which it is named: the one known first, so that what comes to light late renames nothing."""
        return min(self.breaches, key=lambda b: (b.registered_at, b.when.start, b.subject)).subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What people decided that was in force at one moment: by subject and clause the last finding, and the last ruling
    with the finding that it is about; and all replies, in order."""

    known: Mapping[str, Known]  # by indication, for findings that say no more than its id
    findings: Mapping[About, Finding] = field(default_factory=dict)
    rulings: Mapping[About, tuple[Ruling, Finding]] = field(default_factory=dict)
    replies: tuple[Reply, ...] = ()

    def when(self, finding: Finding) -> Interval:
        """When it happened: as the finding has it, else as its indication; else the moment of the finding."""
        if finding.began is not None:
            return Interval(start=finding.began, end=max(finding.began, finding.ended or finding.began))
        held = self.known.get(finding.indication)
        return held.when if held is not None else Interval(start=finding.at, end=finding.at)

    def fallen(self, about: About) -> bool:
        """Whether people decided that there was nothing: no rung rests on it any more. A ruling outranks a finding."""
        verdict = self.rulings[about][0].verdict if about in self.rulings else ""
        if verdict in ("violation", "no_violation"):
            return verdict == "no_violation"
        return about in self.findings and self.findings[about].verdict == "not_substantiated"

    def ruled_at(self, about: About) -> datetime | None:
        """When it was ruled to be a violation, None if it was not."""
        ruling = self.rulings[about][0] if about in self.rulings else None
        return ruling.at if ruling is not None and ruling.verdict == "violation" else None


def said_by(known: Sequence[Known], decisions: Iterable[Held], now: datetime) -> Said:
    """What people had decided, and a second person confirmed, by `now`; in the order of the ledger."""
    records = [h.record for h in sorted(decisions, key=lambda h: h.entry) if _stood(h, now)]
    held = {str(one.indication.id): one for one in known}
    findings = {one.id: one for one in records if isinstance(one, Finding)}
    return Said(
        known=held,
        findings={_about(one, held): one for one in findings.values()},
        rulings={
            _about(findings[one.finding], held): (one, findings[one.finding])
            for one in records
            if isinstance(one, Ruling) and one.finding in findings
        },
        replies=tuple(one for one in records if isinstance(one, Reply)),
    )


def _about(finding: Finding, known: Mapping[str, Known]) -> About:
    """What `finding` speaks of; that it says itself, since its indication may have been superseded."""
    held = known.get(finding.indication)
    if held is None or finding.subject:
        return finding.subject or finding.indication, finding.clause
    return held.indication.subject, held.indication.clause


def _stood(held: Held, now: datetime) -> bool:
    confirmed = held.confirmed_at
    return held.in_force and held.record.at <= now and confirmed is not None and confirmed <= now


def meets(standard: str | None, bar: str) -> bool:
    """Whether `standard` is at least as strong as `bar`."""
    return standard in STANDARDS and STANDARDS.index(standard) >= STANDARDS.index(bar)


def breaches_of(rung: Rung, known: Iterable[Known], said: Said) -> list[Breach]:
    """What `rung` counts: of its clauses, to its standard, and not fallen since. The party only where it asks."""
    found = _indicated(rung, known, said) if rung.rests_on == "indication" else _decided(rung, said)
    clauses = rung.trigger.clauses
    return [b for b in found if (not clauses or b.clause in clauses) and (b.party is not None or not rung.by_party)]


def _indicated(rung: Rung, known: Iterable[Known], said: Said) -> list[Breach]:
    found = []
    for one in known:
        indication, about = one.indication, (one.indication.subject, str(one.indication.clause))
        if indication.verdict != "indicated" or not meets(indication.strongest, rung.standard) or said.fallen(about):
            continue
        origin = indication.origin
        names = origin is not None and rung.by_party and meets(indication.attributed, rung.standard)
        found.append(
            Breach(
                id=indication.id,
                subject=indication.subject,
                clause=indication.clause,
                party=origin.indicated if names and origin is not None else None,
                when=one.when,
                registered_at=one.registered_at,
                ruled_at=said.ruled_at(about),
                chainage_km=one.chainage_km,
                line_since=one.line_since,
            )
        )
    return found


def _decided(rung: Rung, said: Said) -> list[Breach]:
    """Findings or rulings; where along the line it was is known as long as the subject is still held."""
    along = {(k.indication.subject, str(k.indication.clause)): k for k in said.known.values()}
    ruled = rung.rests_on == "ruling"
    records = said.rulings.items() if ruled else ((about, (one, one)) for about, one in said.findings.items())
    wanted = "violation" if ruled else "substantiated"
    found = []
    for about, (record, finding) in records:
        if record.verdict != wanted or not meets(record.standard, rung.standard) or said.fallen(about):
            continue
        held = along.get(about)
        found.append(
            Breach(
                id=record.id,
                subject=about[0],
                clause=about[1],
                party=PartyId(record.party) if rung.by_party and record.party else None,
                when=said.when(finding),
                registered_at=finding.at,
                ruled_at=said.ruled_at(about),
                chainage_km=held.chainage_km if held is not None else None,
                line_since=held.line_since if held is not None else "",
            )
        )
    return found


def series_of(breaches: Iterable[Breach], party: PartyId | None, reset_after: timedelta | None) -> list[Series]:
    """The series of one party (None: of everybody), oldest first; a quiet of exactly `reset_after` parts two."""
    groups: list[list[Breach]] = []
    end: datetime | None = None
    for breach in sorted(breaches, key=lambda b: (b.when.start, b.when.end, b.id)):
        if end is None or (reset_after is not None and breach.when.start - end >= reset_after):
            groups.append([])
        groups[-1].append(breach)
        end = breach.when.end if end is None else max(end, breach.when.end)
    return [Series(party=party, breaches=tuple(group)) for group in groups]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The series of one party in their order, with what they are looked up by."""

    party: PartyId | None
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]


def row_of(series: Sequence[Series]) -> Row:
    """A row of `series`, which are of one party, at least one, in order and apart."""
    return Row(party=series[0].party, starts=tuple(s.start for s in series), ends=tuple(s.end for s in series))


def touching(series: Series, row: Row, reset_after: timedelta | None) -> range:
    """Which of `row` are of the same run of breaches as `series`, as two rungs count them: neither was reset before the
    other began, and they name no different parties."""
    if series.party is not None and row.party is not None and series.party != row.party:
        return range(0)
    if reset_after is None:
        return range(len(row.starts))
    return range(bisect_right(row.ends, series.start - reset_after), bisect_left(row.starts, series.end + reset_after))
