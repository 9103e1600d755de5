"""Elements that every clause family asks for, and how they combine whatever their dependence."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText
from truceline.domain.holding import Undertaking
from truceline.domain.ids import ClauseId, ZoneId
from truceline.domain.incident import Engagement, Incident
from truceline.domain.indication import Assessment, Element
from truceline.domain.observation import TLP
from truceline.domain.ports import AnySubject, ClauseContext

T = TypeVar("T")
Bounds = tuple[float, float, float]  # at least, plainly, at most
OPEN: Bounds = (0.0, 0.5, 1.0)  # nothing is known either way
NEVER: Bounds = (0.0, 0.0, 0.0)
SURE: Bounds = (1.0, 1.0, 1.0)
MOST_CHILDREN = 5  # of many alike, so many are told one by one; the sums count all


def certain(name: str, p: float, because: str, reference: str, children: tuple[Element, ...] = ()) -> Element:
    """An element whose probability is not in doubt itself."""
    return bounded(name, (p, p, p), because, reference, children)


def bounded(name: str, bounds: Bounds, because: str, reference: str, children: tuple[Element, ...] = ()) -> Element:
    """An element with its bounds."""
    low, p, high = bounds
    return Element(name=name, p=p, p_low=low, p_high=high, because=because, reference=reference, children=children)


def bounds_of(element: Element) -> Bounds:
    """The bounds of an element."""
    return element.p_low, element.p, element.p_high


def all_of(parts: Sequence[Bounds]) -> Bounds:
    """That all are made out together.

    They are not independent, so the bounds are those that hold whatever the dependence (Frechet): at least 1 minus
    the sum of what each lacks, at most the weakest. The plain figure is the product.
    """
    p = high = 1.0
    lacking = 0.0
    for one_low, one_p, one_high in parts:
        p *= one_p
        high = min(high, one_high)
        lacking += 1.0 - one_low
    return max(0.0, 1.0 - lacking), p, high


def any_of(parts: Sequence[Bounds]) -> Bounds:
    """That at least one is made out: at least the likeliest, at most all of them together (Frechet again).

    The plain figure lies halfway between the two, as nothing is said of what they share.
    """
    if not parts:
        return NEVER
    likeliest, together = max(p for _, p, _ in parts), min(1.0, sum(p for _, p, _ in parts))
    return max(low for low, _, _ in parts), 0.5 * (likeliest + together), min(1.0, sum(high for _, _, high in parts))


def not_so(bounds: Bounds) -> Bounds:
    """That it is not so."""
    low, p, high = bounds
    return 1.0 - high, 1.0 - p, 1.0 - low


def assessment(clause: ClauseId, elements: Sequence[Element]) -> Assessment:
    """All elements have to be made out together (`all_of`)."""
    low, p, high = all_of([bounds_of(element) for element in elements])
    return Assessment(
        clause=clause,
        elements=tuple(elements),
        p_breach=round(p, 4),
        p_breach_low=round(low, 4),
        p_breach_high=round(high, 4),
    )


def happened(subject: AnySubject, name: str = "it happened") -> Element:
    """That there was anything at all."""
    n = len(subject.support)
    reports = "1 observation" if n == 1 else f"{n} observations"
    because = f"{reports}, weighed by the grade of each source"
    return certain(name, subject.p_exists, because, "arrangement: prior p_real")


def acts_at(text: ClauseText, day: date, usual: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The acts that the clause names on `day` with their reference; `usual` where it names none."""
    stated = text.acts.at(day) if text.acts.history else None
    if stated is None or not stated.value:
        return usual, text.reference
    return stated.value, stated.reference


def kinds_of(subject: AnySubject) -> list[str]:
    """The phenomena that a subject shows."""
    if isinstance(subject, Engagement):
        return [kind for kind, _, _ in subject.counts]
    return [] if isinstance(subject, Undertaking) else [getattr(subject, "phenomenon", "")]


def prohibited(
    text: ClauseText,
    subject: AnySubject,
    context: ClauseContext,
    usual: tuple[str, ...] = (),
    permitted: Sequence[str] = (),
) -> Element:
    """That it is of a kind that the clause names and does not permit."""
    acts, reference = acts_at(text, context.day, usual)
    kinds = kinds_of(subject)
    named = [k for k in kinds if k in acts and k not in permitted]
    words = ", ".join(k.replace("_", " ") for k in (named or kinds))
    among = "among" if named else "permitted, so not among" if set(kinds) & set(permitted) else "not among"
    return certain(
        "prohibited act", 1.0 if named else 0.0, f"{words}: {among} the acts that the clause names", reference
    )


def in_zone(subject: AnySubject, zone: ZoneId, context: ClauseContext) -> tuple[Bounds, str]:
    """How likely a subject lies in `zone`, and why: by its place, else by the area that its source names."""
    if isinstance(subject, Incident | Engagement):
        p = dict(subject.p_region).get(zone, 0.0)
        return (p, p, p), "share of the place in it"
    if isinstance(subject, Undertaking):
        return (SURE, "it is asked of this zone") if subject.zone in (zone, None) else (NEVER, "asked of another zone")
    if subject.where is not None and context.terrain is not None:
        p = context.terrain.p_in_zone(subject.where, zone)
        return (p, p, p), "share of the place in it"
    if subject.area and subject.area in (zone, context.zone_names.get(zone)):
        return SURE, "its source names this zone"
    return OPEN, "no position is stated, so that it is left open"


def where(text: ClauseText, subject: AnySubject, context: ClauseContext) -> Element:
    """That it lies where the clause applies. Zones may overlap: see `any_of`."""
    name = "where the clause applies"
    if not text.zones:
        return certain(name, 1.0, "the clause applies everywhere", text.reference)
    children = []
    for zone in text.zones:
        bounds, because = in_zone(subject, zone, context)
        children.append(bounded(context.zone_names.get(zone, zone), bounds, because, text.reference))
    because = "in at least one of the clause's zones"
    return bounded(name, any_of([bounds_of(c) for c in children]), because, text.reference, tuple(children))


def during(when: Interval, since: datetime, until: datetime | None) -> Bounds:
    """That it fell between two moments: a window that straddles one leaves open on which side of it the act fell."""
    start, end = when.start, when.end
    inside = (min(end, until or end) - max(start, since)).total_seconds()
    length = when.seconds
    share = max(0.0, inside) / length if length > 0 else float(start >= since and (until is None or end <= until))
    return (share, share, share) if share in (0.0, 1.0) else (0.0, share, 1.0)


def in_force(text: ClauseText, when: Interval) -> Element:
    """That the clause was in force."""
    since, until = text.since, text.until
    because = f"in force since {since:%Y-%m-%d %H:%M %Z}" + (f" until {until:%Y-%m-%d %H:%M %Z}" if until else "")
    return bounded("clause in force", during(when, since, until), because, text.reference)


def terms_reference(text: ClauseText, day: date) -> str:
    """Where the terms of the clause stand; where they state none, the clause itself."""
    return text.terms.at(day).reference if text.terms is not None else text.reference


def of_another(text: ClauseText, subject: AnySubject) -> Assessment | None:
    """What a clause says of an undertaking that another clause asked: nothing is made out. None where it is its own."""
    if not isinstance(subject, Undertaking) or subject.clause == text.id:
        return None
    return assessment(text.id, [certain("asked by this clause", 0.0, "another clause asked it", text.reference)])


def ruled(text: ClauseText, span: Interval) -> Interval | None:
    """The part of `span` in which the clause was in force, or None."""
    start, end = max(span.start, text.since), min(span.end, text.until or span.end)
    return Interval(start=start, end=end) if start < end else None


def local_day(moment: datetime, context: ClauseContext) -> date:
    """The local day in which `moment` lies."""
    return moment.astimezone(ZoneInfo(context.timezone)).date()


def strictest(subjects: Sequence[AnySubject]) -> str:
    """Handling of what is put together of `subjects`: the strictest of theirs, never beyond the mission by itself."""
    return min(("amber", *(s.tlp for s in subjects)), key=TLP.index)


def likeliest(parts: Sequence[T], of: Callable[[T], Bounds]) -> tuple[T, ...]:
    """Those that matter most, in their order, where there are too many to tell one by one."""
    kept = sorted(range(len(parts)), key=lambda n: (-of(parts[n])[2], n))[:MOST_CHILDREN]
    return tuple(parts[n] for n in sorted(kept))
