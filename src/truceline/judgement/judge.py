"""Assessments held against the arrangement's standards of proof: the only place where a bar is compared with."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from truceline.domain.arrangement import STANDARDS, Arrangement, Standards
from truceline.domain.ids import IndicationId, derived_id
from truceline.domain.incident import Subject
from truceline.domain.indication import Assessment, Indication, Verdict
from truceline.domain.ports import Clause, ClauseContext

Previous = Mapping[tuple[str, str], IndicationId]  # (subject, clause) -> the indication held before


def judge(
    arrangement: Arrangement, clauses: Sequence[Clause], subject: Subject, previous: Previous
) -> Iterator[Indication]:
    """What each clause indicates about `subject`, under the standards in force when it began.

    An indication is named by what it says, so that one name never stands for two contents; it supersedes the one
    that was held before it, where that said something else.
    """
    day = subject.when.start.astimezone(ZoneInfo(arrangement.timezone)).date()
    context = ClauseContext(day=day, zone_names={zone.id: zone.name for zone in arrangement.zones})
    standards = arrangement.standards.at(day).value
    for clause in clauses:
        assessment = clause.assess(subject, context)
        verdict, strongest = hold(assessment, standards)
        id = indication_id(subject, assessment, standards)
        before = previous.get((subject.id, clause.id))
        yield Indication(
            id=id,
            subject=subject.id,
            subject_version=subject.version,
            clause=clause.id,
            verdict=verdict,
            strongest=strongest,
            assessment=assessment,
            supersedes=before if before != id else None,
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


def indication_id(subject: Subject, assessment: Assessment, standards: Standards) -> IndicationId:
    """The id of what is said of one version of a subject: the same words, the same name."""
    said = repr((subject.id, subject.version, assessment, standards))
    return IndicationId(derived_id("N", said))
