"""The exception "ordered return fire": the other side fired first, an order was announced, coordination was tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from truceline.clauses.elements import (
    NEVER,
    OPEN,
    Bounds,
    acts_at,
    all_of,
    any_of,
    bounded,
    bounds_of,
    kinds_of,
    likeliest,
    not_so,
    terms_reference,
)
from truceline.clauses.nearby import between, p_later_by, p_near
from truceline.clauses.origins import p_of, party_name
from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText
from truceline.domain.ids import PartyId
from truceline.domain.incident import Engagement, Incident, Subject
from truceline.domain.indication import Element
from truceline.domain.ports import AnySubject, ClauseContext, Notice
from truceline.domain.terms import Terms

UNNAMED = ("", "other")  # what an announcement says that does not say what it announces


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """Fire that may have been answered: that it was, soon and near enough before, and in words how near."""

    subject: Subject
    bounds: Bounds
    how_near: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One subject asked whether it was return fire under one clause."""

    text: ClauseText
    terms: Terms
    acts: tuple[str, ...]
    subject: AnySubject
    context: ClauseContext

    @property
    def within(self) -> timedelta:
        """How long after the fire that it answers."""
        return timedelta(minutes=float(self.terms["return_fire_within_min"]))

    @property
    def reference(self) -> str:
        """Where the exception stands."""
        return terms_reference(self.text, self.context.day)


def no_return_fire(text: ClauseText, subject: AnySubject, context: ClauseContext) -> Element:
    """That the exception does not apply.

    Whose fire it was decides whose order and whose call is asked for. Where that is undetermined, the exception may
    be made out for either party or for none, so the bounds reach from the worst case to the best.
    """
    acts, _ = acts_at(text, context.day, ())
    asked = _Asked(text=text, terms=text.terms_at(context.day), acts=acts, subject=subject, context=context)
    parties = text.binds or context.parties
    earlier = _earlier(asked)
    children = tuple(_if_fired_by(asked, party, earlier) for party in parties)
    excepted = _over_origin(asked, parties, children)
    minutes = f"{asked.within.total_seconds() / 60:g} min"
    because = (
        f"ordered return fire within {minutes} is excepted; asked of each party that may have fired"
        if earlier
        else f"nothing that could have been answered is known within {minutes} before"
    )
    return bounded("no exception applies", not_so(excepted), because, asked.reference, children)


def _over_origin(asked: _Asked, parties: Sequence[PartyId], each: Sequence[Element]) -> Bounds:
    """The exception, over whose fire it was: what is undetermined takes the least and the most of any party."""
    if not each:
        return OPEN
    shares = [p_of(asked.subject.id, (party,), asked.context) for party in parties]
    settled = sum(low for low, _, _ in shares)
    rest = max(0.0, 1.0 - settled)
    least, most = min(e.p_low for e in each), max(e.p_high for e in each)
    if asked.subject.id in asked.context.origins and set(parties) != set(asked.context.parties):
        least = 0.0  # it may have been somebody whom the clause does not bind
    low = sum(s[0] * e.p_low for s, e in zip(shares, each, strict=True)) + rest * least
    high = sum(s[0] * e.p_high for s, e in zip(shares, each, strict=True)) + rest * most
    total = sum(p for _, p, _ in shares) or 1.0
    plain = sum(s[1] * e.p for s, e in zip(shares, each, strict=True)) / max(total, 1.0)
    low, high = min(low, 1.0), min(high, 1.0)
    return low, min(max(plain, low), high), high


def _if_fired_by(asked: _Asked, party: PartyId, earlier: Sequence[_Earlier]) -> Element:
    conditions = [_others_first(asked, party, earlier)]
    if asked.terms.get("order_notified"):
        conditions.append(_order(asked, party))
    if asked.terms.get("coordination_tried"):
        conditions.append(_contact(asked, party, earlier))
    name = f"if it was fire by {party_name(party, asked.context)}: ordered return fire"
    because = "all that the exception asks for, together"
    return bounded(name, all_of([bounds_of(c) for c in conditions]), because, asked.reference, tuple(conditions))


def _earlier(asked: _Asked) -> list[_Earlier]:
    """Fire that may have been answered: its time touches the time before, and it is not a part of the same exchange."""
    subject, found = asked.subject, []
    for one in between(asked.context.subjects, subject.when.start - asked.within, subject.when.end):
        if not isinstance(one, Incident | Engagement) or one.id == subject.id or _same_exchange(one, subject):
            continue
        if not any(kind in asked.acts for kind in kinds_of(one)):
            continue
        near, how_near = _near(asked, one)
        when = p_later_by(one.when, subject.when, asked.within.total_seconds()) if near[2] > 0.0 else NEVER
        bounds = all_of([(one.p_exists,) * 3, when, near])
        if bounds[2] > 0.0:
            found.append(_Earlier(subject=one, bounds=bounds, how_near=how_near))
    return found


def _same_exchange(one: AnySubject, other: AnySubject) -> bool:
    ofs = [s.engagement for s in (one, other) if isinstance(s, Incident) and s.engagement]
    return one.id in ofs or other.id in ofs


def _others_first(asked: _Asked, party: PartyId, earlier: Sequence[_Earlier]) -> Element:
    """That somebody else fired before, soon enough and near enough."""
    others = [p for p in asked.context.parties if p != party]
    children = []
    for one in earlier:
        bounds = all_of([one.bounds, p_of(one.subject.id, others, asked.context)])
        began = f"began {one.subject.when.start:%Y-%m-%d %H:%M %Z}"
        because = f"{began}; {one.how_near}; by the other side as far as that is determined"
        children.append(bounded(one.subject.id, bounds, because, asked.reference))
    some = "1 earlier event or exchange" if len(children) == 1 else f"{len(children)} earlier events or exchanges"
    because = f"{some} that it may have answered" if children else "no fire before it that it may have answered"
    together = any_of([bounds_of(c) for c in children])
    return bounded("the other side fired first", together, because, asked.reference, likeliest(children, bounds_of))


def _near(asked: _Asked, one: Subject) -> tuple[Bounds, str]:
    here = getattr(asked.subject, "where", None)
    if "return_fire_within_km" not in asked.terms or here is None:
        return OPEN, "how near it has to be is not stated"
    km = float(asked.terms["return_fire_within_km"])
    p = p_near(here, one.where, 1000.0 * km)
    return (p, p, p), f"probability {p:.2f} that it was within {km:g} km"


def _order(asked: _Asked, party: PartyId) -> Element:
    """That the party announced its order: an announcement of fire whose time covers the subject."""
    parts = [_covers(asked, notice) for notice in asked.context.notices if notice.party == party]
    bounds = any_of([p for p in parts if p[2] > 0.0])
    because = "an announcement covers the time" if bounds[2] > 0.0 else "no announcement of such an order is on record"
    return bounded("an order was notified", bounds, because, asked.reference)


def _covers(asked: _Asked, notice: Notice) -> Bounds:
    if notice.phenomenon not in asked.acts and notice.phenomenon not in UNNAMED:
        return NEVER
    # an announcement that only has a moment holds for as long as an answer may take
    until = max(notice.when.end, notice.when.start + asked.within)
    covered = Interval(start=notice.when.start, end=until)
    when = asked.subject.when
    if when.end < covered.start or when.start > covered.end:
        return NEVER
    wholly = covered.start <= when.start and when.end <= covered.end
    return (1.0, 1.0, 1.0) if wholly and notice.phenomenon in asked.acts else OPEN


def _contact(asked: _Asked, party: PartyId, earlier: Sequence[_Earlier]) -> Element:
    """That the coordination mechanism was tried with this party, before it fired and about this fire."""
    about = {"", asked.subject.id, *(one.subject.id for one in earlier)}
    when, parts = asked.subject.when, []
    for contact in asked.context.contacts:
        if party not in contact.parties or contact.on not in about:
            continue
        if when.start - asked.within <= contact.at <= when.end:
            parts.append((1.0, 1.0, 1.0) if contact.at <= when.start else OPEN)
    because = "a call with this party is on record" if parts else "no call with this party before it is on record"
    return bounded("coordination was tried", any_of(parts), because, asked.reference)
