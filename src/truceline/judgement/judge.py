"""Assessments held against the arrangement's standards of proof: the only place where a bar is compared with."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from truceline.domain.arrangement import STANDARDS, Arrangement, Standards
from truceline.domain.ids import IndicationId, derived_id
from truceline.domain.incident import Subject
from truceline.domain.indication import Assessment, Indication, Verdict
from truceline.domain.ports import Clause, ClauseContext


def judge(arrangement: Arrangement, clauses: Sequence[Clause], subject: Subject) -> Iterator[Indication]:
    """What each clause indicates about `subject`, under the standards in force when it began."""
    day = subject.when.start.astimezone(ZoneInfo(arrangement.timezone)).date()
    context = ClauseContext(day=day, zone_names={zone.id: zone.name for zone in arrangement.zones})
    standards = arrangement.standards.at(day).value
    for clause in clauses:
        assessment = clause.assess(subject, context)
        verdict, strongest = hold(assessment, standards)
        yield Indication(
            id=indication_id(subject, clause.id, subject.version),
            subject=subject.id,
            subject_version=subject.version,
            clause=clause.id,
            verdict=verdict,
            strongest=strongest,
            assessment=assessment,
            supersedes=indication_id(subject, clause.id, subject.version - 1) if subject.version > 1 else None,
            tlp=subject.tlp,
        )


def hold(assessment: Assessment, standards: Standards) -> tuple[Verdict, str | None]:
    """The verdict, and the strongest standard that even the lower bound meets.

    Indicated if the lower bound meets the weakest standard; not indicated if even the upper bound falls short of
    it; undetermined in between.
    """
    met = [name for name in STANDARDS if assessment.p_breach_low >= getattr(standards, name)]
    if met:
        return "indicated", met[-1]
    if assessment.p_breach_high < standards.suspicion:
        return "not_indicated", None
    return "undetermined", None


def indication_id(subject: Subject, clause: str, version: int) -> IndicationId:
    """The id of the indication about one version of a subject under one clause."""
    return IndicationId(derived_id("N", subject.id, clause, str(version)))
