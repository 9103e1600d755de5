"""What an advice says besides its conditions: how quiet it has been, and on what a body could not agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from truceline.clock import Interval
from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.domain.ids import PartyId, ZoneId
from truceline.domain.indication import Element
from truceline.domain.ladder import Ladder, Rung
from truceline.domain.ports import Watched
from truceline.judgement.advice_words import lasting
from truceline.judgement.series import Said, Series
from truceline.judgement.trigger import element
from truceline.judgement.words import percent


def quiet(
    arrangement: Arrangement, ladder: Ladder, rung: Rung, since: datetime, now: datetime, watched: Watched | None
) -> tuple[Element, ...]:
    """How long it has been quiet `since` the last breach, of what the reset asks for, and what share was watched.

    Nothing where a series never ends.
    """
    if ladder.reset_after is None:
        return ()
    span = Interval(start=since, end=min(now, since + ladder.reset_after))
    because = (
        f"nothing that counts here was reported for {lasting(span.end - span.start)} of the "
        f"{lasting(ladder.reset_after)} after which a series ends; {_watched_words(arrangement, rung, span, watched)}"
    )
    return (element("quiet", now - since >= ladder.reset_after, because, ladder.reference),)


def _watched_words(arrangement: Arrangement, rung: Rung, span: Interval, watched: Watched | None) -> str:
    """What silence is worth. The least watched zone counts: quiet is only as good as its weakest part."""
    asked = rung.trigger.clauses
    zones = _zones([c for c in arrangement.clauses if not asked or c.id in asked])
    shares = [watched(zone, span) for zone in zones] if watched is not None and span.seconds else [None]
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return "how much of it was watched is unknown: this is silence, not watched quiet"
    share = min(known)
    return "all of it was watched" if share >= 1.0 else f"{percent(share)} of it was watched, the rest is only silence"


def _zones(clauses: Sequence[ClauseText]) -> Sequence[ZoneId | None]:
    """The zones that `clauses` speak of; None, everywhere, as soon as one of them names no zone."""
    if not clauses or any(not clause.zones for clause in clauses):
        return [None]
    return sorted({zone for clause in clauses for zone in clause.zones})


def on_deadlock(arrangement: Arrangement, rung: Rung) -> str:
    """What the rung says of a deadlock, else what the body that authorises it goes by."""
    body = next((one for one in arrangement.bodies if one.id == rung.authorised_by), None)
    return rung.on_deadlock or (body.on_deadlock if body is not None else "")


def deadlocks(
    rung: Rung,
    rule: str,
    said: Said,
    party: PartyId | None,
    series: Series | None,
    reset_after: timedelta | None,
    now: datetime,
) -> tuple[Element, ...]:
    """The rulings in force that a body could not agree, each with the `rule` that the text has for that.

    Those about what is in `series`; for a rung that rests on rulings, those about what happened in its time, or,
    where there is no series, so lately that one would not have ended yet.
    """
    found = []
    for (subject, clause), (ruling, finding) in sorted(said.rulings.items(), key=lambda one: one[0]):
        if ruling.verdict != "deadlock" or not _concerns(rung, clause, party, ruling.party):
            continue
        in_series = series is not None and subject in series.subjects
        if in_series or (rung.rests_on == "ruling" and _lately(said.when(finding), series, reset_after, now)):
            words = f"{ruling.body} could not agree on {ruling.finding} (ruling {ruling.id}); the rule is: {rule}"
            found.append(element("deadlock", True, words, rung.reference))
    return tuple(found)


def _concerns(rung: Rung, clause: str, party: PartyId | None, named: str) -> bool:
    asked = rung.trigger.clauses
    return (not asked or clause in asked) and (party is None or named in ("", party))


def _lately(when: Interval, series: Series | None, reset_after: timedelta | None, now: datetime) -> bool:
    if reset_after is None:
        return True
    if series is None:
        return now - when.end < reset_after
    return when.start - series.end < reset_after and series.start - when.end < reset_after
