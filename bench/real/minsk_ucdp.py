"""The Minsk ceasefire from UCDP, by year and clause: what the pipeline says of deadly events, and what it cannot.

python bench/real/minsk_ucdp.py

Every deadly event since the ceasefire goes through the real pieces: the source `ucdp`, fusion against the arrangement's
own line, and the clauses of `minsk-2015`. UCDP knows deaths, not shots, and the arrangement names shots, so the table
is made twice: as the clauses read, and with a death counted among the acts (an assumption, graded so).
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truceline.app import clauses, sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.domain.arrangement import Arrangement, ClauseText
from truceline.domain.columns import empty
from truceline.domain.coverage import COLUMNS as COVERAGE
from truceline.domain.dated import Dated
from truceline.domain.incident import Incident
from truceline.pipeline import Derived, step

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fusion"))
from real import KYIV, ROOT, distance_km, line_in, read, shared  # noqa: E402

EVENTS = "data/ucdp_ged_ukraine/ucdp_ged_ukraine_2014_2022.csv.gz"
DERIVED_LINE = "data/lines/minsk_contact_line_derived.geojson"
ARRANGEMENT = ROOT / "src/truceline/arrangements/minsk-2015"
NEAR_KM = 20.0
MEASURES = date(2020, 7, 27)  # 00:01 local time: the additional measures of the Trilateral Contact Group
DEATH = "casualty"
OF_FIRE = ("no_fire", "quiet_period")
WHY_A_DEATH = (
    "UCDP GED codebook: an event is the use of armed force by an organised actor that killed at least one person. That "
    "a death was fire is assumed here: a mine laid earlier kills too, and the file does not tell the two apart"
)
SPANS_DAYS = (90, 180, 365)  # and as many as the file has
PUBLISHED = {  # signatures that the OSCE SMM counted in a whole year, to compare trends with
    2017: (401_000, "ua.interfax.com.ua/news/general/485415.html (at least)"),
    2021: (
        93_902,
        "The Guardian, copied at salurankabar.com (ukraine-ceasefire-how-might-an-end-to-fighting-be-enforced)",
    ),
}
VERDICTS = ("indicated", "undetermined", "not_indicated")


@dataclass(frozen=True, kw_only=True)
class Year:
    """One year: how many events, of which so many totals of several that nothing judges, deaths between the
    smallest and the largest estimate, and how many lie within 20 km of the derived line."""

    events: int
    totals: int
    killed_low: int
    killed_high: int
    near: int


@dataclass(frozen=True, kw_only=True)
class Around:
    """Incidents in equal times before and since the measures of July 2020."""

    days: int
    before: int
    since: int

    @property
    def ratio(self) -> tuple[float, float, float]:
        """Since over before, with the 95 % interval of a Poisson ratio (log scale, normal).

        Too narrow where events come in clusters, as these do.
        """
        ratio, spread = self.since / self.before, 1.96 * float(np.sqrt(1 / self.before + 1 / self.since))
        return ratio, ratio * float(np.exp(-spread)), ratio * float(np.exp(spread))


@dataclass(frozen=True, kw_only=True)
class Minsk:
    """`as_written` and `with_deaths` count indications by (year, clause, verdict); `strongest` the standards met by
    those that are indicated with deaths among the acts; `mute` the clauses of which no act is a death, whatever one
    assumes: that they are not indicated says nothing."""

    years: dict[int, Year]
    clauses: tuple[ClauseText, ...]
    mute: tuple[str, ...]
    as_written: Counter[tuple[int, str, str]]
    with_deaths: Counter[tuple[int, str, str]]
    strongest: Counter[str]
    around: tuple[Around, ...]


def since(table: pa.Table, start: datetime) -> pa.Table:
    """Events of which at least one possible moment lies after `start`."""
    return table.filter(pc.greater(table["time_end"], pa.scalar(start, table.schema.field("time_end").type)))


def with_deaths(arrangement: Arrangement) -> Arrangement:
    """The same arrangement with a death among the acts of every clause that forbids fire or asks for quiet."""
    texts = tuple(_with_death(t) if t.kind in OF_FIRE else t for t in arrangement.clauses)
    return replace(arrangement, clauses=texts)


def _with_death(text: ClauseText) -> ClauseText:
    history = tuple(
        replace(said, value=(*said.value, DEATH), reference=WHY_A_DEATH, grade="assumed") for said in text.acts.history
    )
    return replace(text, acts=Dated(history=history))


def local_year(moment: datetime) -> int:
    """The local year of a moment."""
    return moment.astimezone(ZoneInfo(KYIV)).year


def derive(arrangement: Arrangement, events: pa.Table) -> Derived:
    """The whole platform on these events, without coverage: nobody says who watched."""
    models, filled = sensor_models(), clauses(arrangement)
    return step(arrangement, events, empty(COVERAGE), models=models, clauses=filled, previous={})


def verdicts(derived: Derived) -> Counter[tuple[int, str, str]]:
    """How many incidents, and attempts at a quiet period, by local year of their beginning, clause and verdict.

    An attempt is one clause's: what another clause says of it does not count.
    """
    year = {one.id: local_year(one.when.start) for one in (*derived.incidents, *derived.undertakings)}
    own = {one.id: one.clause for one in derived.undertakings}
    return Counter(
        (year[i.subject], i.clause, i.verdict)
        for i in derived.indications
        if i.subject in year and own.get(i.subject, i.clause) == i.clause
    )


def by_year(events: pa.Table, near: np.ndarray) -> dict[int, Year]:
    """The events themselves."""
    year = np.array([local_year(moment) for moment in events["time_start"].to_pylist()])
    totals = np.array(events["time_kind"].to_pylist()) == "throughout"
    low, high = (events[name].to_numpy() for name in ("killed_low", "killed_high"))
    return {
        int(y): Year(
            events=int((year == y).sum()),
            totals=int((totals & (year == y)).sum()),
            killed_low=int(low[year == y].sum()),
            killed_high=int(high[year == y].sum()),
            near=int((near & (year == y)).sum()),
        )
        for y in sorted(set(year.tolist()))
    }


def around_the_measures(incidents: Sequence[Incident]) -> tuple[Around, ...]:
    """Incidents before and since the measures, over equal times up to all that the file has."""
    zone = ZoneInfo(KYIV)
    off = np.array([(one.when.start.astimezone(zone).date() - MEASURES).days for one in incidents])
    return tuple(
        Around(days=days, before=int(((off < 0) & (off >= -days)).sum()), since=int(((off >= 0) & (off < days)).sum()))
        for days in (*SPANS_DAYS, int(off.max()) + 1)
    )


def measure(folder: Path) -> Minsk:
    """Read, fuse and judge, twice."""
    arrangement = load_arrangement(ARRANGEMENT)
    events = since(read("ucdp", folder / EVENTS, timezone=KYIV), arrangement.in_force_from.astimezone(UTC))
    near = distance_km(events, line_in(folder / DERIVED_LINE), arrangement.in_force_from.date()) <= NEAR_KM
    plain, counted = derive(arrangement, events), derive(with_deaths(arrangement), events)
    return Minsk(
        years=by_year(events, near),
        clauses=arrangement.clauses,
        mute=tuple(str(text.id) for text in arrangement.clauses if text.kind not in OF_FIRE),
        as_written=verdicts(plain),
        with_deaths=verdicts(counted),
        strongest=Counter(str(i.strongest) for i in counted.indications if i.verdict == "indicated"),
        around=around_the_measures(counted.incidents),
    )


def table(found: Minsk) -> list[str]:
    """Rows of clause x year with the three verdicts, of the clauses that a death can speak to."""
    rows = []
    for text in found.clauses:
        for year in found.years if text.id not in found.mute else ():
            numbers = [found.with_deaths[year, text.id, verdict] for verdict in VERDICTS]
            if sum(numbers):
                rows.append(f"  {text.id:24} {year}  " + "  ".join(f"{n:12d}" for n in numbers))
    return rows


def main() -> None:
    """Print every figure."""
    found = measure(shared())
    print("year  events  of which totals  killed (low-high)  within 20 km of the derived line of February 2022")
    for year, one in found.years.items():
        share = 100 * one.near / one.events
        print(
            f"{year}  {one.events:6d}  {one.totals:15d}  {one.killed_low:6d}-{one.killed_high:<6d}"
            f"      {one.near:5d}  {share:.0f} %"
        )
    events, near = (sum(getattr(one, name) for one in found.years.values()) for name in ("events", "near"))
    print(f"all   {events:6d}; within 20 km {near} ({100 * near / events:.1f} %)")
    print("as the clauses read, a death is no act:", dict(Counter(v for *_, v in found.as_written.elements())))
    print("with a death among the acts (assumed):")
    print(f"  {'clause':24} year  {'indicated':>12}  {'undetermined':>12}  {'not indicated':>12}")
    print("\n".join(table(found)))
    print("clauses that no death speaks to, so that nothing is said of them:", ", ".join(found.mute))
    print("strongest standard met:", dict(found.strongest))
    for one in found.around:
        ratio, low, high = one.ratio
        print(
            f"measures of {MEASURES}: {one.before:3d} incidents in the {one.days} days before,"
            f" {one.since:3d} in as many since: ratio {ratio:.2f} (95 %: {low:.2f} to {high:.2f})"
        )
    (first, last), (some, fewer) = sorted(PUBLISHED), (PUBLISHED[year][0] for year in sorted(PUBLISHED))
    events = [found.years[year].events for year in (first, last)]
    print(
        f"{first} to {last}: signatures published {some} to {fewer} ({100 * (fewer / some - 1):.0f} %),"
        f" deadly events {events[0]} to {events[1]} ({100 * (events[1] / events[0] - 1):.0f} %)"
    )


if __name__ == "__main__":
    main()
