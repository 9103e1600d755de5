"""Exclusion: weapons or troops nearer to a reference line than allowed, by class, calibre, model and count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from truceline.clauses.bands import Band, close, ground
from truceline.clauses.counting import Sighting, by_day, day_of, members, more_than, share, undertaking, undertaking_id
from truceline.clauses.elements import (
    NEVER,
    OPEN,
    SURE,
    Bounds,
    all_of,
    any_of,
    assessment,
    bounded,
    bounds_of,
    certain,
    happened,
    in_force,
    local_day,
    not_so,
    of_another,
    ruled,
    terms_reference,
    where,
)
from truceline.clauses.nearby import p_near
from truceline.clauses.weapons import alternatives, falls_under
from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText, Site
from truceline.domain.holding import Holding, Undertaking
from truceline.domain.ids import ClauseId, PartyId
from truceline.domain.indication import Assessment, Element
from truceline.domain.place import Fix
from truceline.domain.ports import AnySubject, ClauseContext, Watched
from truceline.domain.terms import Term, Terms

TERMS: Mapping[str, Term] = {
    "limits": Term(
        kind="rows",
        meaning="what has to stay how far away",
        required=True,
        columns={
            "name": Term(kind="text", meaning="what people call the limit", required=True),
            "weapons": Term(kind="weapons", meaning="weapon classes it is about; all if absent"),
            "calibre_from_mm": Term(kind="number", meaning="only calibres from this on, mm", high=1000.0),
            "calibre_below_mm": Term(kind="number", meaning="only calibres below this, mm", high=1000.0),
            "models": Term(kind="texts", meaning="models it is about; all if absent"),
            "phenomenon": Term(
                kind="choice", meaning="what it is about; weapons if absent", choices=("troops", "weapon", "vehicle")
            ),
            "from_m": Term(kind="number", meaning="nearest distance from the reference line, m; 0 if absent"),
            "to_m": Term(
                kind="number", meaning="distance from the reference line up to which it holds, m", required=True
            ),
            "max_count": Term(kind="whole", meaning="how many of them a party may have there; 0 if absent"),
        },
    ),
    "reference_lines": Term(
        kind="line_by_party", meaning="the line from which each party's distance is measured", required=True
    ),
    "storage": Term(kind="flag", meaning="weapons inside a notified site are excepted"),
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The family, filled with one clause's text.

    A limit without a count is asked of every sighting by itself; a count of each party's over each local day.
    """

    about: ClassVar[tuple[str, ...]] = ("holding", "undertaking")
    terms: ClassVar[Mapping[str, Term]] = TERMS
    asks_origin: ClassVar[bool] = False

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: AnySubject, context: ClauseContext) -> Assessment:
        """Elements: it was there; nearer than a limit that is about it allows; not in notified storage; in force."""
        if isinstance(subject, Undertaking):
            return of_another(self.text, subject) or self._counted(subject, context)
        elements = [happened(subject, "it was there")]
        if isinstance(subject, Holding):
            elements.append(self._too_close(subject, context))
            if self._terms(context).get("storage"):
                elements.append(self._not_stored(subject, context))
        else:
            elements.append(certain("too close", 0.0, "neither weapons nor troops", self.text.reference))
        return assessment(self.id, [*elements, where(self.text, subject, context), in_force(self.text, subject.when)])

    def undertakings(self, span: Interval, context: ClauseContext, watched: Watched) -> tuple[Undertaking, ...]:
        """One for every party, limit with a count, and local day on which something that it is about was seen."""
        asked = ruled(self.text, span)
        if asked is None or not self._counts_ever():
            return ()
        found = []
        for day, seen in by_day(asked, context).items():
            when, that_day = day_of(day, asked, context), replace(context, day=day)
            for limit in self._limits(that_day):
                about = [one for one in seen if isinstance(one, Holding) and falls_under(one, limit)[0][2] > 0.0]
                for pair in self._parties(that_day) if limit.get("max_count", 0) > 0 else ():
                    here = [one for one in about if self._within(one, limit, pair, that_day)[2] > 0.0]
                    if here:
                        founding, part = _founding(limit, pair, day.isoformat()), share(watched, None, when)
                        found.append(undertaking(self.id, founding, when, here, share_watched=part, party=pair[0]))
        return tuple(found)

    def _too_close(self, holding: Holding, context: ClauseContext) -> Element:
        """Over everything that it may be: at least the least, at most the most that any answer gives."""
        every = self._limits(context)
        limits = [limit for limit in every if limit.get("max_count", 0) == 0]
        reference = self._reference(context)
        if not limits:
            return certain("too close", 0.0, "the clause limits numbers only; see the count of the day", reference)
        parties = self._parties(context)
        each = [
            close([_band(limits[n]) for n in which], holding, parties, context) if which else NEVER
            for which in alternatives(holding, limits)
        ]
        together = (
            min(low for low, _, _ in each),
            0.5 * (min(p for _, p, _ in each) + max(p for _, p, _ in each)),
            max(high for _, _, high in each),
        )
        children = [self._one_limit(holding, limit, context) for limit in limits]
        about = [child for child in children if child.children[0].p_high > 0.0]
        because = "nearer than a limit about it allows" if about else "no limit of the clause is about it"
        return bounded("too close", together, because, reference, tuple(about))

    def _one_limit(self, holding: Holding, limit: Terms, context: ClauseContext) -> Element:
        matched, why = falls_under(holding, limit)
        reference, band = self._reference(context), _band(limit)
        kind = bounded("what it is", matched, why, reference)
        if matched[2] == 0.0:
            return bounded(str(limit["name"]), NEVER, why, reference, (kind,))
        grounds = [
            bounded(name, bounds, because, reference)
            for name, bounds, because in (
                ground(band, holding, party, line, context) for party, line in self._parties(context)
            )
        ]
        distance = close([band], holding, self._parties(context), context)
        because = f"{why}; {band.words} from the reference line of whoever holds the ground"
        return bounded(str(limit["name"]), all_of([matched, distance]), because, reference, (kind, *grounds))

    def _not_stored(self, holding: Holding, context: ClauseContext) -> Element:
        """That it was not inside a notified storage site, the exception; open where no list of them is known."""
        name = "not in notified storage"
        if not context.sites:
            return bounded(name, OPEN, "no list of notified sites is known", self._reference(context))
        children = []
        for site in context.sites:
            bounds, because = _in_site(holding, site)
            if bounds[2] > 0.0:
                children.append(bounded(site.name, bounds, because, site.reference))
        stored = any_of([bounds_of(child) for child in children])
        because = "it may lie in a notified site" if children else "no notified site is near"
        return bounded(name, not_so(stored), because, self._reference(context), tuple(children))

    def _counted(self, asked: Undertaking, context: ClauseContext) -> Assessment:
        day = local_day(asked.when.start, context).isoformat()
        found = [
            (limit, pair)
            for limit in self._limits(context)
            for pair in self._parties(context)
            if undertaking_id(self.id, _founding(limit, pair, day)) == asked.id
        ]
        if not found:
            none = certain("too many", 0.0, "the clause sets no such limit on this day", self.text.reference)
            return assessment(self.id, [none, in_force(self.text, asked.when)])
        limit, pair = found[0]
        sightings = [
            Sighting(subject=one, bounds=self._within(one, limit, pair, context))
            for one in members(asked, context)
            if isinstance(one, Holding)
        ]
        name = f"too many within {_band(limit).words}: {limit['name']}"
        counted = more_than(int(limit["max_count"]), sightings, name, self._reference(context))
        return assessment(self.id, [counted, in_force(self.text, asked.when)])

    def _within(self, holding: Holding, limit: Terms, pair: tuple[PartyId, str], context: ClauseContext) -> Bounds:
        """That it was there, is what `limit` is about, lies in its band on this party's ground and is not stored."""
        matched, _ = falls_under(holding, limit)
        _, place, _ = ground(_band(limit), holding, pair[0], pair[1], context)
        parts = [(holding.p_exists,) * 3, matched, place, bounds_of(where(self.text, holding, context))]
        if self._terms(context).get("storage"):
            parts.append(bounds_of(self._not_stored(holding, context)))
        return all_of(parts)

    def _terms(self, context: ClauseContext) -> Terms:
        return self.text.terms_at(context.day)

    def _limits(self, context: ClauseContext) -> Sequence[Terms]:
        return tuple(self._terms(context).get("limits", ()))

    def _counts_ever(self) -> bool:
        history = self.text.terms.history if self.text.terms is not None else ()
        return any(limit.get("max_count", 0) > 0 for version in history for limit in version.value.get("limits", ()))

    def _parties(self, context: ClauseContext) -> list[tuple[PartyId, str]]:
        lines: Mapping[str, str] = self._terms(context).get("reference_lines", {})
        return [(PartyId(p), line) for p, line in lines.items() if not self.text.binds or p in self.text.binds]

    def _reference(self, context: ClauseContext) -> str:
        return terms_reference(self.text, context.day)


def _band(limit: Terms) -> Band:
    return Band(from_m=float(limit.get("from_m", 0.0)), to_m=float(limit["to_m"]))


def _founding(limit: Terms, pair: tuple[PartyId, str], day: str) -> tuple[str, ...]:
    return str(limit["name"]), pair[0], day


def _in_site(holding: Holding, site: Site) -> tuple[Bounds, str]:
    if holding.site:
        named = holding.site in (site.id, site.name)
        return (SURE, "its source names this site") if named else (NEVER, "its source names another site")
    if holding.where is None:
        return (0.0, 0.5, 1.0), "no position is stated, so that it may lie there"
    at = Fix(lon_deg=site.lon_deg, lat_deg=site.lat_deg, var_e_m2=0.0, var_n_m2=0.0, cov_en_m2=0.0)
    p = p_near(holding.where, at, site.radius_m)
    return (p, p, p), f"share of the place within {site.radius_m:g} m of it"
