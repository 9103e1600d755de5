"""The picture of the day: a handful of plain sentences put together from the report's own figures."""

from collections.abc import Iterable

from truceline.domain.incident import Engagement
from truceline.domain.report import DailyReport, SectorCount
from truceline.judgement.explain import stated_when
from truceline.judgement.words import (
    UNKNOWN,
    amount,
    chainage,
    counted,
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
    """Three to seven sentences: what was reported, what it amounts to, where, what is indicated, who fired as far as
    that is told, what the ladder asks, what was watched."""
    parts = [
        _reported(report),
        _amounts_to(report),
        _largest(report),
        _indicated(report),
        _fired(report),
        _asks(report),
        _not_seen(report),
    ]
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


def no_links(report: DailyReport) -> str:
    """What to say where no pair of reports is listed: reports joined in one incident were near, and are told there."""
    joined = sum(len(i.support) > 1 for i in report.incidents)
    if not joined:
        return "No two reports lie near enough in place and time to have counted the same fire."
    there = several(joined, "incident")
    return f"Reports were taken together in {there}, and are listed there; there are no other pairs to weigh."


def _reported(report: DailyReport) -> str:
    signatures = total((c.signatures_low, c.signatures_high) for c in report.counts)
    if signatures is None or signatures == (0, 0):
        return "no signature of fire was reported in this period; where nobody watched, that says nothing"
    busy = [c for c in report.counts if c.signatures_low or c.signatures_high is None or c.signatures_high]
    named = [f"{c.name} ({amount(c.signatures_low, c.signatures_high)})" for c in busy]
    where = f"in {listed(named)}" if len(busy) <= NAMED else f"in {several(len(busy), 'sector')}"
    before = total(previous_of(c) for c in report.counts)
    then = f"for the period before, the count is {amount(*before) if before is not None else UNKNOWN}"
    return f"observers reported {counted(amount(*signatures), 'signature')}{_of_which(report)}, {where}; {then}"


def _of_which(report: DailyReport) -> str:
    explosions = total((c.explosions_low, c.explosions_high) for c in report.counts)
    if explosions is None:
        return ""
    if explosions == (0, 0):
        return ", none of them explosions"
    return f", of which {counted(amount(*explosions), 'explosion')}"


def _amounts_to(report: DailyReport) -> str:
    if not report.engagements and not report.incidents:
        what = "nothing that may be shown here" if report.held_back else "no report"
        return f"{what} supports an engagement or an incident"
    counts = ((len(report.engagements), "engagement"), (len(report.incidents), "incident"))
    said = [f"the reports support {listed([several(n, what) for n, what in counts if n])}"]
    rounds = total((e.count_low, e.count_high) for e in report.engagements)
    if report.engagements and rounds:
        hold = "the engagement holds" if len(report.engagements) == 1 else "the engagements hold"
        said.append(f"{hold} {counted(amount(*rounds), 'distinct_signature')}")
    said += [_pairs(report)] if report.links else []
    return "; ".join(said)


def _pairs(report: DailyReport) -> str:
    shared = sum(link.verdict == "can_be_same_fire" for link in report.links)
    apart = len(report.links) - shared
    if not shared:
        return "no two reports near each other can have counted the same fire"
    can = f"of the reports near each other, {several(shared, 'pair')} can have counted the same fire"
    return f"{can} and {several(apart, 'pair')} cannot" if apart else can


def _largest(report: DailyReport) -> str:
    """One engagement, or the first two, told by name; "the largest" only where no other can be as large."""
    found = report.engagements
    if not found:
        return ""
    if len(found) == 1:
        return f"{found[0].id} lies {_where(report, found[0])}; {_times(report, found[0])}"
    for one in found:
        highest = [other.count_high for other in found if other.id != one.id]
        if all(high is not None and high < one.count_low for high in highest):
            return f"the largest, {one.id}, lies {_where(report, one)}; {_times(report, one)}"
    first, second = sorted(found, key=lambda e: (-len(e.support), found.index(e)))[:2]
    if len(first.support) > len(second.support):
        reports = several(len(first.support), "report")
        return f"{first.id}, which rests on {reports}, lies {_where(report, first)}; {_times(report, first)}"
    return "; ".join(f"{e.id} lies {_where(report, e)}" for e in found[:2])


def _times(report: DailyReport, engagement: Engagement) -> str:
    """When, in the times that the reports state; where no report is shown, as computed, to the minute."""
    observed = {one.id: one for one in report.observations}
    times = span(stated_when(engagement, observed), zone(report.timezone))
    if not any(s.observation in observed for s in engagement.support):
        return f"its fire falls within {times}"
    return f"its {'report speaks' if len(engagement.support) == 1 else 'reports speak'} of {times}"


def _where(report: DailyReport, engagement: Engagement) -> str:
    near = nearest_place(engagement.where.lon_deg, engagement.where.lat_deg, report.places)
    along = f"at {chainage(engagement.along)} of the line" if engagement.along is not None else ""
    return ", ".join(part for part in (f"near {near[0]}" if near else "", along) if part) or "off the line"


def _indicated(report: DailyReport) -> str:
    if not report.indications:
        held_back = "what is indicated under the clauses may not be shown here"
        return held_back if report.held_back else "nothing was there to hold against a clause"
    said = []
    for verdict in ("indicated", "not_indicated", "undetermined"):
        count = sum(i.verdict == verdict for i in report.indications)
        said += [f"{numeral(count)} {plain(verdict)}"] if count else []
    return f"held against the clauses in force: {listed(said)}"


def _fired(report: DailyReport) -> str:
    """For how many it is open who fired; nothing of it beyond the mission."""
    if report.audience != "mission":
        return "whose fire it was is not told in this edition"
    if not report.origins:
        return "nothing was examined for who fired; where something fell does not say it"
    undetermined = sum(origin.indicated is None for origin in report.origins)
    said = "is undetermined for" if undetermined else "is indicated for"
    count = undetermined or len(report.origins)
    return f"who fired {said} {numeral(count)} of {several(len(report.origins), 'subject')} examined for it"


def _asks(report: DailyReport) -> str:
    """The clocks of the ladder, and levels that nobody is on."""
    running = sum(advice.state == "running" for advice in report.advice)
    passed = sum(advice.state == "expired" for advice in report.advice)
    said = [f"{several(running, 'clock')} of the ladder {'is' if running == 1 else 'are'} running"] if running else []
    said += [f"{several(passed, 'deadline')} passed without an answer recorded"] if passed else []
    empty = [str(level.number) for level in report.levels if not level.standing.deployed]
    if empty:
        said.append(f"nobody is on level{'' if len(empty) == 1 else 's'} {listed(empty)} today")
    return "; ".join(said)


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
