"""The picture of the day: a handful of plain sentences put together from the report's own figures."""

from collections.abc import Iterable

from truceline.domain.incident import Engagement
from truceline.domain.report import DailyReport, SectorCount
from truceline.judgement.words import (
    UNKNOWN,
    amount,
    chainage,
    listed,
    nearest_place,
    numeral,
    plain,
    sentence,
    several,
    span,
    zone,
)

NAMED = 4  # more sectors than this are counted, not named


def picture(report: DailyReport) -> tuple[str, ...]:
    """Three to five sentences: what was reported, what it amounts to, where, what is indicated, what was watched."""
    parts = [_reported(report), _amounts_to(report), _largest(report), _indicated(report), _not_seen(report)]
    return tuple(sentence(part) for part in parts if part)


def total(counts: Iterable[tuple[int | None, int | None]]) -> tuple[int, int | None] | None:
    """Counts added up: no upper bound as soon as one has none, None as soon as one is unknown."""
    low, high = 0, 0
    open_ended = False
    for one_low, one_high in counts:
        if one_low is None:
            return None
        low += one_low
        high += one_high or 0
        open_ended = open_ended or one_high is None
    return low, None if open_ended else high


def previous_of(count: SectorCount) -> tuple[int | None, int | None]:
    """The previous period's count of a sector, or (None, None)."""
    return count.previous_low, count.previous_high


def _reported(report: DailyReport) -> str:
    signatures = total((c.signatures_low, c.signatures_high) for c in report.counts)
    if signatures is None or signatures == (0, 0):
        return "no signature of fire was reported in this period; where nobody watched, that says nothing"
    explosions = total((c.explosions_low, c.explosions_high) for c in report.counts)
    of_them = f", of which {amount(*explosions)} explosions" if explosions is not None else ""
    busy = [c for c in report.counts if c.signatures_low or c.signatures_high is None or c.signatures_high]
    named = [f"{c.name} ({amount(c.signatures_low, c.signatures_high)})" for c in busy]
    where = f"in {listed(named)}" if len(busy) <= NAMED else f"in {several(len(busy), 'sector')}"
    before = total(previous_of(c) for c in report.counts)
    then = f"for the period before, the count is {amount(*before) if before is not None else UNKNOWN}"
    return f"observers reported {amount(*signatures)} signatures{of_them}, {where}; {then}"


def _amounts_to(report: DailyReport) -> str:
    if not report.engagements and not report.incidents:
        return "no report supports an engagement or an incident"
    supported = f"{several(len(report.engagements), 'engagement')} and {several(len(report.incidents), 'incident')}"
    rounds = total((e.count_low, e.count_high) for e in report.engagements)
    distinct = f"; the engagements hold {amount(*rounds)} distinct signatures" if report.engagements and rounds else ""
    shared = sum(link.verdict == "can_be_same_fire" for link in report.links)
    apart = len(report.links) - shared
    if not report.links:
        return f"the reports support {supported}{distinct}"
    pairs = (
        f"of the reports near each other, {several(shared, 'pair')} can have counted the same fire "
        f"and {several(apart, 'pair')} cannot"
    )
    return f"the reports support {supported}{distinct}; {pairs}"


def _largest(report: DailyReport) -> str:
    if not report.engagements:
        return ""
    largest = max(report.engagements, key=lambda e: (e.count_likely, e.id))
    times = span(largest.when, zone(report.timezone))
    return f"the largest, {largest.id}, lies {_where(report, largest)}; its reports speak of {times}"


def _where(report: DailyReport, engagement: Engagement) -> str:
    near = nearest_place(engagement.where.lon_deg, engagement.where.lat_deg, report.places)
    along = f"at {chainage(engagement.along)} of the line" if engagement.along is not None else ""
    return ", ".join(part for part in (f"near {near[0]}" if near else "", along) if part) or "off the line"


def _indicated(report: DailyReport) -> str:
    if not report.indications:
        return "nothing was there to hold against a clause"
    said = []
    for verdict in ("indicated", "not_indicated", "undetermined"):
        count = sum(i.verdict == verdict for i in report.indications)
        said += [f"{numeral(count)} {plain(verdict)}"] if count else []
    return f"held against the clauses in force: {listed(said)}; whose fire it was is not answered here"


def _not_seen(report: DailyReport) -> str:
    known = [c for c in report.counts if c.watched is not None]
    hindered = f"; {several(len(report.restrictions), 'restriction')} of monitors" if report.restrictions else ""
    rows = sum(r.n_rejected for r in report.rejected)
    refused = f"; {several(rows, 'row')} of input could not be read" if rows else ""
    if "coverage" in report.withheld:
        return f"what was watched is not shown in this edition{hindered}{refused}"
    if not known:
        return f"what was watched is unknown on the whole line, so silence says nothing{hindered}{refused}"
    where = f"what was watched is known in part for {numeral(len(known))} of {several(len(report.counts), 'sector')}"
    return f"{where}; elsewhere silence says nothing{hindered}{refused}"
