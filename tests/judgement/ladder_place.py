"""A ladder to test with: two parties, four levels, 24 h, coalition and 72 h, told in hours after the first breach."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from truceline.clock import Interval
from truceline.domain.advice import Advice
from truceline.domain.arrangement import Arrangement, ClauseText, Party, Prior, Standards
from truceline.domain.dated import Dated, Since
from truceline.domain.decided import Finding, Held, Reply, Ruling
from truceline.domain.indication import Assessment, Indication
from truceline.domain.ladder import Extended, Ladder, Rung, Trigger
from truceline.domain.level import Body, Holder, Level, Monitor
from truceline.domain.origin import Origin
from truceline.judgement.ladder import Known

FIRST = datetime(2026, 2, 1, 6, tzinfo=UTC)
PARTIES = ("north", "south")


def moment(hour: float) -> datetime:
    """`hour` hours after the first breach."""
    return FIRST + timedelta(hours=hour)


def hours(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(hours=value)


def dated(value: Any, grade: str = "assumed") -> Any:
    return Dated(history=(Since(day=date(2026, 1, 1), value=value, reference="the text", grade=grade),))


def rung(id: str, **given: Any) -> Rung:
    """A rung from the short form of the YAML cases; what is not given is as in a warning."""
    extended = given.get("extended")
    return Rung(
        id=id,
        title=given.get("title", id),
        trigger=Trigger(
            clauses=tuple(given.get("clauses", ())),
            at_least=given.get("at_least", 1),
            window=hours(given.get("window_h")),
            after=given.get("after"),
            continuing=hours(given.get("continuing_h")),
            extended=extended
            and Extended(
                at_least=extended["at_least"],
                lasting=timedelta(hours=extended["lasting_h"]),
                along_km=extended["along_km"],
            ),
        ),
        rests_on=given.get("rests_on", "indication"),
        standard=given.get("standard", "reasonable_grounds"),
        by_party=given.get("by_party", True),
        zero=given.get("zero", "event"),
        within=hours(given.get("within_h")),
        level=given.get("level", 1),
        action=given.get("action", "a warning"),
        authorised_by=given.get("authorised_by", "commission"),
        on_deadlock=given.get("on_deadlock", "each member may act alone"),
        reference="the text, section 4",
        grade="reported",
    )


def level(number: int, state: str = "", **given: Any) -> Level:
    """A level with one holder in `state`, none where it is ""."""
    holders = (Holder(actor="neighbour", state=state, condition=""),) if state else ()
    return Level(
        number=number, name=f"level {number}", place="", zones=(), who=(), tasks=(), holders=dated(holders),
        reference="the text", grade="reported", **given,
    )  # fmt: skip


def clause(id: str, zones: tuple[str, ...] = (), acts: tuple[str, ...] = ("explosion",)) -> ClauseText:
    return ClauseText(
        id=id, kind="no_fire", title="", text="", reference="", since=FIRST - timedelta(days=9), until=None,
        zones=zones, acts=dated(acts),
    )  # fmt: skip


def monitor(id: str, level: int | None, zones: tuple[str, ...] = ()) -> Monitor:
    return Monitor(
        id=id, name=id, level=level, means=("uav",), phenomena=("explosion",), zones=zones, reference="", grade="stated"
    )


def arrangement(
    rungs: tuple[Rung, ...],
    reset_after_h: float | None = 72.0,
    *,
    levels: tuple[Level, ...] = (),
    clauses: tuple[ClauseText, ...] = (),
    monitors: tuple[Monitor, ...] = (),
) -> Arrangement:
    """An arrangement with what a ladder reads, in universal time."""
    commission = Body(
        id="commission", name="Joint Commission", members=("a", "b", "c"), decides="by consensus", quorum=2,
        on_deadlock="the guarantors are told", reference="", grade="assumed",
    )  # fmt: skip
    bars = Standards(suspicion=0.25, reasonable_grounds=0.45, balance=0.51, clear_and_convincing=0.75)
    return Arrangement(
        id="test", version=1, title="Test", reference="", in_force_from=FIRST, timezone="UTC", languages=("en",),
        day_ends=dated(time(19, 30)),
        parties=tuple(Party(id=p, name=p.title(), side="", reference="") for p in PARTIES),
        lines=(), sectors=(), landmarks=(), zones=(), clauses=clauses, standards=dated(bars), day_parts=dated({}),
        prior=dated(Prior()), release=dated({}), bodies=(commission,), levels=levels, monitors=monitors,
        ladder=Ladder(rungs=rungs, reset_after=hours(reset_after_h), reference="the text, section 5", grade="assumed"),
    )  # fmt: skip


def known(id: str, hour: float, **given: Any) -> Known:
    """An indicated breach: when, how long, since when known, by whom, how sure, where along the line."""
    party, standard = given.get("party"), given.get("standard", "clear_and_convincing")
    origin = Origin(subject=f"E-{id}", p_party=(), p_fired=(), maps=(), indicated=party,
                    standard=given.get("origin_standard", standard))  # fmt: skip
    attributed = given.get("origin_standard", standard) if party else None
    assessment = Assessment(clause=given.get("clause", "1"), elements=(), p_breach=1, p_breach_low=1, p_breach_high=1)
    km = given.get("km")
    return Known(
        indication=Indication(
            id=f"N-{id}", subject=given.get("subject", f"E-{id}"), subject_version=1, clause=given.get("clause", "1"),
            verdict=given.get("verdict", "indicated"), strongest=standard, assessment=assessment, supersedes=None,
            tlp="amber", origin=origin if party else None, attributed=attributed,
        ),
        when=Interval(start=moment(hour), end=moment(hour + given.get("lasting_h", 0.0))),
        registered_at=moment(given.get("registered_hour", hour)),
        chainage_km=None if km is None else (km, km),
        line_since=given.get("line_since", "2026-01-01"),
    )  # fmt: skip


def finding(id: str, about: str, hour: float, **given: Any) -> Finding:
    return Finding(
        id=id, indication=about, verdict=given.get("verdict", "substantiated"), party=given.get("party", ""),
        standard=given.get("standard", "clear_and_convincing"), reasons="seen", by="First", at=moment(hour),
    )  # fmt: skip


def ruling(id: str, about: str, hour: float, **given: Any) -> Ruling:
    return Ruling(
        id=id, finding=about, verdict=given.get("verdict", "violation"), party=given.get("party", ""),
        standard=given.get("standard", "clear_and_convincing"), body="commission", present=2, reasons="", dissent="",
        by="First", at=moment(hour),
    )  # fmt: skip


def reply(id: str, about: str, hour: float, verdict: str = "taken") -> Reply:
    return Reply(id=id, advice=about, verdict=verdict, body="commission", reasons="", by="First", at=moment(hour))


def held(record: Finding | Ruling | Reply, entry: int = 1, confirmed_hour: float | None = None, refused: bool = False):
    """`record` as the ledger holds it; confirmed at once unless an hour is given."""
    at = record.at if confirmed_hour is None else moment(confirmed_hour)
    return Held(entry=entry, record=record, confirmed_by="Second", confirmed_at=at, refused=refused)


def unconfirmed(record: Finding | Ruling | Reply, entry: int = 1) -> Held:
    return Held(entry=entry, record=record, confirmed_by=None, confirmed_at=None, refused=False)


def by_rung(advised: tuple[Advice, ...], party: str | None = None) -> dict[str, Advice]:
    """The newest advice of every rung, of one party (or of rungs that ask for none)."""
    return {one.rung: one for one in advised if one.party in (party, None)}
