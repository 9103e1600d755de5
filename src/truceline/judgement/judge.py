"""Assessments held against the arrangement's standards of proof: the only place where a bar is compared with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from truceline.domain.arrangement import STANDARDS, Arrangement, Standards
from truceline.domain.holding import Undertaking
from truceline.domain.ids import IndicationId, PartyId, derived_id
from truceline.domain.indication import Assessment, Indication, Verdict
from truceline.domain.origin import UNDETERMINED, Origin
from truceline.domain.ports import KINDS, AnySubject, Clause, ClauseContext

Previous = Mapping[tuple[str, str], IndicationId]  # (subject, clause) -> the indication held before


def judge(
    arrangement: Arrangement,
    clauses: Sequence[Clause],
    subject: AnySubject,
    context: ClauseContext,
    previous: Previous,
) -> Iterator[Indication]:
    """What each clause that is about such a subject indicates, under the standards of the day in `context`.

    An indication is named by what it says, so that one name never stands for two contents; it supersedes the one
    that was held before it, where that said something else.
    """
    standards = arrangement.standards.at(context.day).value
    origin = context.origins.get(subject.id)
    for clause in clauses:
        if not _is_asked(clause, subject):
            continue
        assessment = clause.assess(subject, context)
        verdict, strongest = hold(assessment, standards)
        whose = hold_origin(origin, standards) if origin is not None and clause.asks_origin else None
        id = indication_id(subject, assessment, standards, whose)
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
            origin=whose,
            attributed=together(assessment, whose, standards),
        )


def _is_asked(clause: Clause, subject: AnySubject) -> bool:
    """Whether `clause` is about such a subject; an undertaking is held against the clause that asked it alone."""
    if isinstance(subject, Undertaking) and subject.clause != clause.id:
        return False
    return KINDS[type(subject)] in clause.about


def hold(assessment: Assessment, standards: Standards) -> tuple[Verdict, str | None]:
    """The verdict, and the strongest standard that even the lower bound meets.

    Indicated if the lower bound meets the weakest standard; not indicated if even the upper bound falls short of
    it; undetermined in between.
    """
    met = strongest_met(assessment.p_breach_low, standards)
    if met is not None:
        return "indicated", met
    if assessment.p_breach_high < standards.suspicion:
        return "not_indicated", None
    return "undetermined", None


def hold_origin(origin: Origin, standards: Standards) -> Origin:
    """`origin` with the party whose mass meets a standard and the strongest that it meets; nobody where none does."""
    mass, name = _likeliest(origin)
    met = strongest_met(mass, standards)
    return replace(origin, indicated=PartyId(name), standard=met) if met is not None else origin


def together(assessment: Assessment, origin: Origin | None, standards: Standards) -> str | None:
    """The strongest standard that breach and party meet together, whatever hangs on what (Frechet's lower bound)."""
    if origin is None or origin.indicated is None:
        return None
    return strongest_met(round(assessment.p_breach_low + _likeliest(origin)[0] - 1.0, 4), standards)


def strongest_met(p: float, standards: Standards) -> str | None:
    """The strongest standard that `p` meets, if any."""
    return next((name for name in reversed(STANDARDS) if p >= getattr(standards, name)), None)


def _likeliest(origin: Origin) -> tuple[float, str]:
    return max((mass, name) for name, mass in origin.p_party if name != UNDETERMINED)


def indication_id(
    subject: AnySubject, assessment: Assessment, standards: Standards, origin: Origin | None
) -> IndicationId:
    """The id of what is said of one version of a subject: the same words, the same name."""
    said = repr((subject.id, subject.version, assessment, standards, origin))
    return IndicationId(derived_id("N", said))
