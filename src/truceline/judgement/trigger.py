"""The conditions of a rung, held against a series of breaches: met or not, with figures and the reason."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from truceline.domain.indication import Element
from truceline.domain.ladder import Extended, Rung, Trigger
from truceline.judgement.advice_words import lasting
from truceline.judgement.series import Breach
from truceline.judgement.words import kilometres, several, standard

NOUNS = {
    "indication": ("breach indicated", "breaches indicated"),
    "finding": ("breach found to be substantiated", "breaches found to be substantiated"),
    "ruling": ("breach ruled to be a violation", "breaches ruled to be violations"),
}
NOTHING = timedelta(0)
Condition = Literal["breaches", "continuing", "number", "duration", "length"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the conditions ask of breaches: how many subjects, the most of them within the window, how long after the
    first the last began, how long from the first beginning to the last end, and along how much of the line at least."""

    number: int
    most: int
    spread: timedelta
    lasting: timedelta
    along_km: float


def figures(breaches: Sequence[Breach], window: timedelta | None) -> Figures:
    """The figures of `breaches`, in any order. A subject that breaches two clauses counts once."""
    if not breaches:
        return Figures(number=0, most=0, spread=NOTHING, lasting=NOTHING, along_km=0.0)
    began: dict[str, datetime] = {}
    for breach in breaches:
        began[breach.subject] = min(breach.when.start, began.get(breach.subject, breach.when.start))
    starts = sorted(began.values())
    return Figures(
        number=len(starts),
        most=_most_within(starts, window),
        spread=starts[-1] - starts[0],
        lasting=max(b.when.end for b in breaches) - starts[0],
        along_km=_along_km(breaches),
    )


def _most_within(starts: Sequence[datetime], window: timedelta | None) -> int:
    """The most that began within `window` of each other, its ends included."""
    if window is None:
        return len(starts)
    first = most = 0
    for n, start in enumerate(starts):
        while start - starts[first] > window:
            first += 1
        most = max(most, n - first + 1)
    return most


def _along_km(breaches: Sequence[Breach]) -> float:
    """How far apart along the line they lie at the least; chainages of different versions of it are never compared."""
    lows: dict[str, float] = {}
    highs: dict[str, float] = {}
    for breach in breaches:
        if breach.chainage_km is not None:
            low, high = breach.chainage_km
            lows[breach.line_since] = max(low, lows.get(breach.line_since, low))
            highs[breach.line_since] = min(high, highs.get(breach.line_since, high))
    return max([0.0, *(lows[since] - highs[since] for since in lows)])


def fulfilled(trigger: Trigger, of: Figures) -> dict[Condition, bool]:
    """Which conditions of `trigger` are met; the earlier rung is not asked about here."""
    met: dict[Condition, bool] = {"breaches": of.most >= trigger.at_least}
    if trigger.continuing is not None:
        met["continuing"] = of.spread > trigger.continuing
    if trigger.extended is not None:
        met["number"] = of.number >= trigger.extended.at_least
        met["duration"] = of.lasting >= trigger.extended.lasting
        met["length"] = of.along_km >= trigger.extended.along_km
    return met


def fulfilled_at(
    trigger: Trigger, breaches: Sequence[Breach], known: Callable[[Breach], datetime | None]
) -> datetime | None:
    """The first moment at which what was `known` by then fulfilled `trigger`; None if it is not fulfilled.

    More breaches never undo a condition, so the moment is found by bisection.
    """
    dated = [(at, n, breach) for n, breach in enumerate(breaches) if (at := known(breach)) is not None]
    dated.sort(key=lambda one: one[:2])
    in_order = [breach for _, _, breach in dated]

    def enough(n: int) -> bool:
        return all(fulfilled(trigger, figures(in_order[:n], trigger.window)).values())

    n = bisect_left(range(len(in_order) + 1), True, key=enough)
    return dated[n - 1][0] if 0 < n <= len(in_order) else None


def became_known(rung: Rung, breach: Breach) -> datetime | None:
    """When `breach` became known in the sense of the rung's clock: when it was ruled on, or else when registered."""
    return breach.ruled_at if rung.rests_on == "ruling" and rung.zero == "ruling" else breach.registered_at


def conditions(rung: Rung, breaches: Sequence[Breach], earlier: str | None) -> tuple[Element, ...]:
    """Every condition of `rung` as an element, p 1 where it is met and 0 where it is not, because in words.

    `earlier` is the title of the rung that has to come first where it was reached, else None.
    """
    trigger, of = rung.trigger, figures(breaches, rung.trigger.window)
    met = fulfilled(trigger, of)
    found = [element("breaches", met["breaches"], _breaches_words(rung, of), rung.reference)]
    if trigger.continuing is not None:
        asks = f"the text asks for one that begins more than {lasting(trigger.continuing)} after it"
        because = (
            f"the last began {lasting(of.spread)} after the first; {asks}" if of.number else f"none so far; {asks}"
        )
        found.append(element("continuing", met["continuing"], because, rung.reference))
    if trigger.extended is not None:
        found.append(_extended(trigger.extended, of, met, rung.reference))
    if trigger.after is not None:
        because = f"'{earlier}' was reached" if earlier is not None else f"rung '{trigger.after}' was not reached"
        found.append(
            element("earlier rung", earlier is not None, f"{because} in this series of breaches", rung.reference)
        )
    return tuple(found)


def element(name: str, met: bool, because: str, reference: str, children: tuple[Element, ...] = ()) -> Element:
    """A condition that is met or is not: nothing in between."""
    p = 1.0 if met else 0.0
    return Element(name=name, p=p, p_low=p, p_high=p, because=because, reference=reference, children=children)


def _breaches_words(rung: Rung, of: Figures) -> str:
    window = rung.trigger.window
    within = f" within {lasting(window)}" if window is not None else ""
    to = f" to the standard of {standard(rung.standard)} or better"
    count = several(of.most, *NOUNS[rung.rests_on])
    return f"{count}{to}{within if of.most > 1 else ''}; the text asks for {rung.trigger.at_least}{within}"


def _extended(asked: Extended, of: Figures, met: dict[Condition, bool], reference: str) -> Element:
    parts = (
        element("number", met["number"], f"{of.number} of at least {asked.at_least}", reference),
        element("duration", met["duration"], f"{lasting(of.lasting)} of at least {lasting(asked.lasting)}", reference),
        element(
            "length of line",
            met["length"],
            f"{_km(of.along_km)} apart along the line at the least, of at least {_km(asked.along_km)}",
            reference,
        ),
    )
    together = "; ".join(f"{part.name}: {part.because}" for part in parts)
    return element("extended attack", all(part.p for part in parts), together, reference, parts)


def _km(km: float) -> str:
    return kilometres(km) if km > 0 else "0 km"
