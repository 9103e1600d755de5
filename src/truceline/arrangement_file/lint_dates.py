"""Lints of dates, references and release rules: what never applies, what nobody can look up, what hides nothing."""

import re
from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from truceline.arrangement_file.fault import Fault
from truceline.arrangement_file.known import local_day
from truceline.arrangement_file.located import mappings, place_of, words
from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.domain.dated import Dated
from truceline.strict_yaml import Value

NO_REFERENCE = ("?", "-", "n/a", "na", "none", "tbd", "tba", "tbc", "todo", "unknown", "xxx", "...", "…")
_ARTICLE = re.compile(
    r"\d|\b(article|point|paragraph|section|chapter|annex|appendix|preamble|map|protocol|clause|[ivxlc]+)\b",
    re.IGNORECASE,
)
T = TypeVar("T")
Days = tuple[tuple[date, str], ...]  # since when each value of a history holds, and its reference


def clause_before_the_arrangement(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A clause applies before the arrangement took effect, or was over by then."""
    starts = said.in_force_from
    for clause in said.clauses:
        if clause.since.year == MAXYEAR or starts.year == MAXYEAR:
            continue
        if clause.until is not None and clause.since < clause.until <= starts:
            _, began = _told(clause.until, starts, said.timezone)
            text = f"clause '{clause.id}' was over before the arrangement took effect, {began}. Correct the dates."
            yield Fault(place_of(root, "clauses", clause.id, "until"), text, "error", clause.id, clause.reference)
        elif clause.since < starts:
            applies, began = _told(clause.since, starts, said.timezone)
            text = (
                f"clause '{clause.id}' applies from {applies}, before the arrangement took effect "
                f"({began}, in_force_from). Correct one of the two."
            )
            yield Fault(place_of(root, "clauses", clause.id, "since"), text, "error", clause.id, clause.reference)


def _told(one: datetime, other: datetime, timezone: str) -> tuple[str, str]:
    """Two moments in the arrangement's own time: the days, with the hours where the days are the same."""
    local = [moment.astimezone(ZoneInfo(timezone or "UTC")) for moment in (one, other)]
    same = local[0].date() == local[1].date()
    first, second = (f"{moment:%Y-%m-%d %H:%M}" if same else f"{moment:%Y-%m-%d}" for moment in local)
    return first, second


def value_never_in_force(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A dated value is replaced before it is needed."""
    for path, days, needed in _stated(said):
        for n, ((day, reference), (later, _)) in enumerate(pairwise(days)):
            if day < later <= needed:
                text = (
                    f"{path[-1]}: the value of {day} is replaced on {later}, before one is needed ({needed}): "
                    "it never holds. Delete it, or correct the dates."
                )
                about = path[1] if len(path) > 1 else ""
                yield Fault(place_of(root, *path, n), text, "warning", about, reference)


def value_after_its_clause(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A dated value of a clause begins when the clause is over."""
    for clause in said.clauses:
        if clause.until is None or (ends := local_day(clause.until, said.timezone)) == date.max:
            continue
        for key, days in _of_clause(clause):
            for n, (day, reference) in enumerate(days):
                if n > 0 and ends < day < date.max:
                    text = f"{key}: a value from {day} on, but clause '{clause.id}' ends on {ends}. Correct the dates."
                    yield Fault(place_of(root, "clauses", clause.id, key, n), text, "error", clause.id, reference)


def _of_clause(clause: ClauseText) -> tuple[tuple[str, Days], ...]:
    terms = _days(clause.terms) if clause.terms is not None else ()
    return ("acts", _days(clause.acts)), ("terms", terms)


def _days(dated: Dated[T]) -> Days:
    return tuple((one.day, one.reference) for one in dated.history)


def _stated(said: Arrangement) -> Iterator[tuple[tuple[str, ...], Days, date]]:
    """Every dated value of the arrangement but those of its ground: where it stands, and from when one is needed.

    Holders are not among them: they pledge before there is an arrangement.
    """
    start = local_day(said.in_force_from, said.timezone)
    if start == date.max:
        return
    yield ("day_ends",), _days(said.day_ends), start
    yield ("standards",), _days(said.standards), start
    yield ("day_parts",), _days(said.day_parts), start
    yield ("prior",), _days(said.prior), start
    yield ("release",), _days(said.release), start
    if said.origin is not None:
        yield ("origin",), _days(said.origin), start
    if said.fielded is not None:
        yield ("fielded",), _days(said.fielded), start
    for clause in said.clauses:
        needed = local_day(clause.since, said.timezone)
        for key, days in _of_clause(clause) if needed < date.max else ():
            yield ("clauses", clause.id, key), days, needed


def number_without_reference(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A value names no text: nobody can look up where it comes from."""
    for one in mappings(root):
        reference = words(one, "reference")
        if reference.casefold().strip(" .") in NO_REFERENCE or reference in NO_REFERENCE:
            text = f"reference: '{reference}' names no text. Say where this comes from; if assumed, whose choice it is."
            yield Fault(place_of(one, "reference"), text, "error", words(one, "id"))


def stated_without_article(said: Arrangement, root: Value) -> Iterator[Fault]:
    """A value is graded as stated by the text, and its reference names no article of it."""
    for one in mappings(root):
        reference = words(one, "reference")
        if words(one, "grade") == "stated" and reference and not _ARTICLE.search(reference):
            if reference.casefold().strip(" .") in NO_REFERENCE:
                continue
            text = (
                f"reference: '{reference}' names no article, point or annex, though the grade is stated. "
                "Name it, or grade it reported, derived or assumed."
            )
            yield Fault(place_of(one, "reference"), text, "warning", words(one, "id"), reference)


def release_that_withholds_nothing(said: Arrangement, root: Value) -> Iterator[Fault]:
    """An audience is shown everything: positions of observers, gaps in the watch, and all."""
    for n, since in enumerate(said.release.history):
        at = place_of(root, "release", n, "value")
        for audience in dict.fromkeys(("public", *since.value)):
            if since.value.get(audience):
                continue
            text = f"release: nothing is withheld from '{audience}'. List what it must not see."
            yield Fault(place_of(at, audience), text, "warning", audience, since.reference)
