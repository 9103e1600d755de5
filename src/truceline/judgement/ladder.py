"""The ladder: which rung breaches have reached, how its clock stands, who holds its level. It triggers nothing.

A series of breaches ends after so much quiet as the text asks for. The reset runs on quiet as *reported*, since no
mission ever watches everything: what share of it was watched is said beside it, and unknown coverage is called unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from truceline.clock import Interval
from truceline.domain.advice import Advice, AdviceState
from truceline.domain.arrangement import Arrangement
from truceline.domain.decided import Held, Reply
from truceline.domain.ids import PartyId, RungId, derived_id
from truceline.domain.indication import Element
from truceline.domain.ladder import Ladder, Rung
from truceline.domain.level import standing
from truceline.domain.ports import Watched
from truceline.judgement.circumstances import deadlocks, on_deadlock, quiet
from truceline.judgement.series import (
    Known,
    Row,
    Said,
    Series,
    breaches_of,
    row_of,
    said_by,
    series_of,
    touching,
)
from truceline.judgement.trigger import became_known, conditions, fulfilled_at
from truceline.judgement.unmonitored import unmonitored

__all__ = ["Known", "advise"]
NONE_YET = ""  # stands for the founding subject where there is no series to name the advice by


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One series as one rung sees it; `known_at` is since when the rung is known to be reached, None if it is not."""

    series: Series
    tests: tuple[Element, ...]
    known_at: datetime | None
    is_over: bool

    @property
    def is_reached(self) -> bool:
        """Whether every condition is met."""
        return all(test.p for test in self.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """Everything that an advice is made from, as of one moment."""

    arrangement: Arrangement
    ladder: Ladder
    known: Sequence[Known]
    said: Said
    watched: Watched | None
    now: datetime
    unmonitored: tuple[str, ...]


def advise(
    arrangement: Arrangement,
    known: Sequence[Known],
    decisions: Sequence[Held],
    watched: Watched | None,
    now: datetime,
) -> tuple[Advice, ...]:
    """Every rung of the ladder against every series of breaches that reached it or has not ended, as of `now`.

    Rungs in their order, then parties in theirs, then time; a rung without any series is told once as not reached.
    Nothing registered, begun or confirmed after `now` is used. Empty where the arrangement has no ladder.
    """
    if arrangement.ladder is None:
        return ()
    by_now = [_by(one, now) for one in known if one.registered_at <= now and one.when.start <= now]
    view = _View(
        arrangement=arrangement,
        ladder=arrangement.ladder,
        known=by_now,
        said=said_by(by_now, decisions, now),
        watched=watched,
        now=now,
        unmonitored=unmonitored(arrangement, now),
    )
    runs = _all_runs(view)
    return tuple(one for rung in view.ladder.rungs for one in _advices(view, rung, runs))


def _by(one: Known, now: datetime) -> Known:
    return one if one.when.end <= now else replace(one, when=Interval(start=one.when.start, end=now))


def _all_runs(view: _View) -> dict[RungId, list[_Run]]:
    """The series of every rung; a rung that comes after another is looked at once that one is known."""
    found: dict[RungId, list[_Run]] = {}
    ahead = list(view.ladder.rungs)
    while ahead:
        names = {rung.id for rung in ahead}
        ready = [rung for rung in ahead if rung.trigger.after not in names] or ahead  # in a circle none comes first
        for rung in ready:
            earlier = found.get(rung.trigger.after, []) if rung.trigger.after is not None else []
            found[rung.id] = list(_runs(view, rung, earlier))
        ahead = [rung for rung in ahead if rung.id not in found]
    return found


def _runs(view: _View, rung: Rung, earlier: Sequence[_Run]) -> Iterator[_Run]:
    reset_after = view.ladder.reset_after
    breaches = [b for b in breaches_of(rung, view.known, view.said) if b.when.start <= view.now]
    rows = _rows(earlier)
    for party in _parties(view, rung):
        mine = [b for b in breaches if b.party == party]
        every = series_of(mine, party, reset_after)
        for series in every:
            is_last = series is every[-1]
            is_over = reset_after is not None and (not is_last or view.now - series.end >= reset_after)
            before = [reached[n] for row, reached in rows for n in touching(series, row, reset_after)]
            tests = conditions(rung, series.breaches, _title(view, rung) if before else None)
            run = _Run(series=series, tests=tests, known_at=None, is_over=is_over)
            yield replace(run, known_at=_known_at(rung, series, before)) if run.is_reached else run


def _rows(runs: Sequence[_Run]) -> list[tuple[Row, list[_Run]]]:
    """The series in which a rung was reached, party by party, to be looked up by time."""
    by_party: dict[PartyId | None, list[_Run]] = {}
    for run in runs:
        if run.known_at is not None:
            by_party.setdefault(run.series.party, []).append(run)
    return [(row_of([run.series for run in reached]), reached) for reached in by_party.values()]


def _parties(view: _View, rung: Rung) -> tuple[PartyId | None, ...]:
    if not rung.by_party:
        return (None,)
    return tuple(p.id for p in view.arrangement.parties if not rung.parties or p.id in rung.parties)


def _title(view: _View, rung: Rung) -> str:
    return next((one.title for one in view.ladder.rungs if one.id == rung.trigger.after), "")


def _known_at(rung: Rung, series: Series, before: Sequence[_Run]) -> datetime | None:
    """Since when it is known that the rung is reached: both its own conditions and the rung before it."""
    own = fulfilled_at(rung.trigger, series.breaches, lambda b: became_known(rung, b))
    first = min((e.known_at for e in before if e.known_at is not None), default=None)
    return max(own, first) if own is not None and first is not None else own


def _zero_at(rung: Rung, run: _Run) -> datetime | None:
    """When the rung's clock began; None where it begins with a ruling and there is none."""
    if rung.zero == "event":
        return run.series.start
    if rung.zero == "registered" or rung.rests_on == "ruling":
        return run.known_at
    return min((b.ruled_at for b in run.series.breaches if b.ruled_at is not None), default=None)


def _advices(view: _View, rung: Rung, runs: Mapping[RungId, Sequence[_Run]]) -> Iterator[Advice]:
    earlier = runs.get(rung.trigger.after, ()) if rung.trigger.after is not None else ()
    for party in _parties(view, rung):
        told = [r for r in runs[rung.id] if r.series.party == party and (r.is_reached or not r.is_over)]
        if not told:
            live = [e.series.party for e in earlier if e.is_reached and not e.is_over]
            before = any(party is None or of in (None, party) for of in live)
            tests = conditions(rung, (), _title(view, rung) if before else None)
            yield replace(_blank(view, rung, party), tests=(*tests, *_deadlocks(view, rung, party, None)))
        for run in told:
            yield _advice(view, rung, run)


def _advice(view: _View, rung: Rung, run: _Run) -> Advice:
    series = run.series
    zero_at = _zero_at(rung, run) if run.is_reached else None
    due_at = zero_at + rung.within if zero_at is not None and rung.within is not None else None
    reply = _reply(view, rung, series) if run.is_reached else None
    calm = quiet(view.arrangement, view.ladder, rung, series.end, view.now, view.watched) if run.is_reached else ()
    return replace(
        _blank(view, rung, series.party),
        id=_id(rung, series.party, series.founding),
        state=_state(run, due_at, reply, view.now),
        subjects=tuple(dict.fromkeys(b.subject for b in series.breaches)),
        rests_on=tuple(b.id for b in series.breaches),
        tests=(*run.tests, *calm, *_deadlocks(view, rung, series.party, series)),
        zero_at=zero_at,
        due_at=due_at,
        reply=reply.verdict if reply is not None else "",
    )


def _state(run: _Run, due_at: datetime | None, reply: Reply | None, now: datetime) -> AdviceState:
    """A deadline has passed only after its last moment; who answered in time or late has answered."""
    if not run.is_reached:
        return "not_reached"
    if run.is_over:
        return "reset"
    if reply is not None:
        return "answered"
    if due_at is None:
        return "no_deadline"
    return "expired" if now > due_at else "running"


def _id(rung: Rung, party: PartyId | None, founding: str) -> str:
    return derived_id("A", rung.id, party or "", founding)


def _blank(view: _View, rung: Rung, party: PartyId | None) -> Advice:
    """The advice that a rung is not reached, with everything that does not depend on breaches."""
    arrangement = view.arrangement
    level = next((one for one in arrangement.levels if one.number == rung.level), None)
    today = view.now.astimezone(ZoneInfo(arrangement.timezone)).date()
    return Advice(
        id=_id(rung, party, NONE_YET),
        rung=rung.id,
        title=rung.title,
        state="not_reached",
        party=party,
        subjects=(),
        rests_on=(),
        tests=(),
        zero_at=None,
        due_at=None,
        at=view.now,
        level=rung.level,
        level_name=level.name if level is not None else "",
        standing=standing(level, today) if level is not None else None,
        action=rung.action,
        authorised_by=rung.authorised_by,
        on_deadlock=on_deadlock(view.arrangement, rung),
        reply="",
        unmonitored=view.unmonitored,
        reference=rung.reference,
        grade=rung.grade,
    )


def _reply(view: _View, rung: Rung, series: Series) -> Reply | None:
    """The last reply to this advice, under whichever of its subjects the advice was named when it was given."""
    names = {_id(rung, series.party, subject) for subject in series.subjects} if view.said.replies else set()
    return next((one for one in reversed(view.said.replies) if one.advice in names), None)


def _deadlocks(view: _View, rung: Rung, party: PartyId | None, series: Series | None) -> tuple[Element, ...]:
    rule = on_deadlock(view.arrangement, rung) or "none; the text says nothing of it"
    return deadlocks(rung, rule, view.said, party, series, view.ladder.reset_after, view.now)
