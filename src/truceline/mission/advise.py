"""What a mission's ladder asks as of a moment: indications with their times, decisions, and who watched."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from truceline.clock import Interval
from truceline.domain.advice import Advice
from truceline.domain.arrangement import Arrangement
from truceline.domain.decided import Held
from truceline.domain.holding import Undertaking
from truceline.domain.incident import Engagement, Incident
from truceline.domain.ports import AnySubject
from truceline.judgement.ladder import Known, advise
from truceline.judgement.watched import make_watched
from truceline.pipeline import Derived


def adviser(
    arrangement: Arrangement, derived: Derived, observations: pa.Table, coverage: pa.Table, decisions: Sequence[Held]
) -> Callable[[datetime], tuple[Advice, ...]]:
    """What the ladder says at a moment, given all that is known. Empty where the arrangement has no ladder."""
    if arrangement.ladder is None:
        return lambda now: ()
    known = known_of(derived, received_at(observations))
    watched = make_watched(coverage, arrangement)
    return lambda now: advise(arrangement, known, decisions, watched, now)


def received_at(observations: pa.Table) -> dict[str, datetime]:
    """When the mission got each row, by observation id."""
    source, own = observations.column("source"), observations.column("id")
    ids = pc.binary_join_element_wise(source, own, ":").to_pylist()
    times = observations.column("received_at").to_pylist()
    return {id: time for id, time in zip(ids, times, strict=True) if time is not None}


def subjects_of(derived: Derived) -> dict[str, AnySubject]:
    """Everything that clauses were asked about, by id."""
    groups: tuple[Iterable[AnySubject], ...] = (
        derived.incidents,
        derived.engagements,
        derived.holdings,
        derived.obstructions,
        derived.undertakings,
    )
    return {subject.id: subject for group in groups for subject in group}


def known_of(derived: Derived, received: Mapping[str, datetime]) -> tuple[Known, ...]:
    """The indications as the ladder asks for them.

    An indication counts as registered when the first row that it rests on came in: what comes later says more, and
    must not start a clock anew. An undertaking was breached when what is held against it happened, not over its whole
    period.
    """
    subjects = subjects_of(derived)
    found = []
    for indication in derived.indications:
        subject = subjects[indication.subject]
        parts = list(_parts(subject, subjects))
        rows = {support.observation for part in parts for support in part.support}
        times = [received[row] for row in rows if row in received]
        when = Interval(start=min(p.when.start for p in parts), end=max(p.when.end for p in parts))
        along = subject.along if isinstance(subject, Incident | Engagement) else None
        found.append(
            Known(
                indication=indication,
                when=when,
                registered_at=min(times, default=when.end),
                chainage_km=(along.chainage_low_km, along.chainage_high_km) if along is not None else None,
                line_since=along.line_since if along is not None else "",
            )
        )
    return tuple(found)


def _parts(subject: AnySubject, subjects: Mapping[str, AnySubject]) -> Iterator[AnySubject]:
    """What happened: the subject itself, or what is held against an undertaking, if anything is."""
    inside = [subjects[id] for id in subject.subjects if id in subjects] if isinstance(subject, Undertaking) else []
    yield from inside or [subject]
