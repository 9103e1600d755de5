"""Four short truces, replayed with what the shared data hold: what can be said of each, and what cannot.

python bench/real/truces.py

Nothing watched: no thermal file covers any of the four, and no observer stood on the line. So the clauses are asked
and stay undetermined. What can be seen is how one side's dated maps of held ground changed before, in and after each
truce; that is set out beside the clauses, never as evidence of a breach. What the parties said of each other goes in as
claims.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as pacsv

from truceline.app import clauses, sensor_models
from truceline.arrangement_file import load_arrangement
from truceline.clock import Interval
from truceline.domain import coverage, observation
from truceline.domain.arrangement import Arrangement, ClauseText, Line, Party
from truceline.domain.columns import empty, from_rows
from truceline.domain.dated import Dated
from truceline.domain.ids import ClauseId, PartyId
from truceline.domain.indication import Indication
from truceline.judgement.judge import judge
from truceline.judgement.scene import make_scene
from truceline.judgement.terrain import make_terrain
from truceline.judgement.watched import make_watched
from truceline.pipeline import step

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "fusion")]
from dated_maps import Change, changes  # noqa: E402
from real_firms_month import dated_line  # noqa: E402

from real import KYIV, ROOT, shared  # noqa: E402

TRUCES = HERE / "truces.json"
STARTER = ROOT / "src/truceline/arrangements/starter/arrangement"
THERMAL = {  # file: the column that holds its day
    "modis_viirs_dateonly_2022.csv.gz": "ACQ_DATE",
    "modis_viirs_dateonly_2023.csv.gz": "ACQ_DATE",
    "viirs_snpp_nrt_20230224_20231111.csv.gz": "acq_date",
    "viirs_multisat_202606.csv.gz": "acq_date",
}
MAP_KM = 1.0  # assumed: such a map is good for a kilometre; nothing in a polygon says so
AROUND = timedelta(days=35)  # maps this long before and after are shown beside the truce
FIRE = ("explosion", "projectile", "shot", "burst", "muzzle_flash", "tracer", "airburst")
LEFT, RIGHT = PartyId("left"), PartyId("right")


@dataclass(frozen=True, kw_only=True)
class Thermal:
    """One file of thermal detections: its first and last day, and how many detections fall on days of the truce."""

    file: str
    first: date
    last: date
    inside: int

    def gap_days(self, truce: "Truce") -> int:
        """Days between the file and the truce; 0 where they touch."""
        return max(0, (truce.first - self.last).days, (self.first - truce.last).days)


@dataclass(frozen=True, kw_only=True)
class Truce:
    """A truce as reported: whole local days from `first` to `last`; where not `asked`, no clause can hold its text."""

    id: str
    name: str
    first: date
    last: date
    text: str
    reference: str
    limits: str
    claims: tuple[dict[str, Any], ...]
    asked: bool

    @property
    def when(self) -> Interval:
        """From local midnight at its beginning to local midnight at its end."""
        zone = ZoneInfo(KYIV)
        start, end = (datetime.combine(d, time(), zone) for d in (self.first, self.last + timedelta(days=1)))
        return Interval(start=start.astimezone(UTC), end=end.astimezone(UTC))


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A truce with what the data say: thermal files, maps before, in and after it, and what the clauses come to."""

    truce: Truce
    thermal: tuple[Thermal, ...]
    before: tuple[Change, ...]
    during: tuple[Change, ...]
    after: tuple[Change, ...]
    observations: int
    claims: int
    incidents: int
    indications: tuple[Indication, ...]

    @property
    def inside(self) -> tuple[Change, ...]:
        """Steps between maps that lie wholly in the truce: only they can be told from the days around it."""
        end = self.truce.last + timedelta(days=1)
        return tuple(one for one in self.during if one.since >= self.truce.first and one.until <= end)

    @property
    def around(self) -> tuple[Change, ...]:
        """Steps before and after it."""
        return (*self.before, *self.after)


def truces() -> tuple[Truce, ...]:
    """The four, in order of time."""
    told = json.loads(TRUCES.read_text(encoding="utf-8"))
    days = ("first", "last")
    return tuple(
        Truce(**{k: date.fromisoformat(v) if k in days else tuple(v) if k == "claims" else v for k, v in one.items()})
        for one in told
    )


def arrangement_of(truce: Truce, line: Line) -> Arrangement:
    """A small arrangement for one truce: two parties that are only left and right of the moving line, a clause against
    fire, and one that asks for quiet from its first day to its last. Everything else is the starter's, all assumed."""
    starter = load_arrangement(STARTER)
    parties = tuple(
        Party(
            id=id, name=f"the side {id} of the line", side=f"ground {id} of the line", reference="the line's own sides"
        )
        for id in (LEFT, RIGHT)
    )
    fire = _clause(truce, starter, "1", "no_fire", {})
    quiet = _clause(truce, starter, "2", "quiet_period", {"days": (truce.last - truce.first).days + 1})
    return replace(
        starter,
        id=truce.id,
        title=truce.name,
        reference=truce.reference,
        in_force_from=truce.when.start,
        timezone=KYIV,
        parties=parties,
        lines=(replace(line, left=LEFT, right=RIGHT),),
        sectors=(),
        landmarks=(),
        zones=(),
        clauses=(fire, quiet) if truce.asked else (),
        control_maps=(),
        sites=(),
        actors=(),
        bodies=(),
        levels=(),
        monitors=(),
        ladder=None,
        fielded=None,
    )


def _clause(truce: Truce, starter: Arrangement, id: str, kind: str, terms: dict[str, Any]) -> ClauseText:
    said = replace(starter.clauses[0].acts.history[0], day=truce.first, reference=truce.reference, grade="assumed")
    return ClauseText(
        id=ClauseId(id),
        kind=kind,
        title=truce.name if kind == "no_fire" else f"{truce.name}: quiet throughout",
        text=truce.text,
        reference=truce.reference,
        since=truce.when.start,
        until=truce.when.end,
        zones=(),
        acts=Dated(history=(replace(said, value=FIRE),)),
        terms=Dated(history=(replace(said, value=terms),)) if terms else None,
    )


def thermal(folder: Path, truce: Truce) -> tuple[Thermal, ...]:
    """What each file of thermal detections covers."""
    found = []
    for name, column in THERMAL.items():
        read = pacsv.read_csv(
            folder / "data/firms" / name, convert_options=pacsv.ConvertOptions(include_columns=[column])
        )
        days = read[column].to_pylist()
        inside = sum(truce.first <= day <= truce.last for day in days)
        found.append(Thermal(file=name, first=min(days), last=max(days), inside=inside))
    return tuple(found)


def claims_table(truce: Truce) -> pa.Table:
    """What the parties said of each other, as claims: recorded, never evidence. Who said it stands in the text."""
    rows = [
        {
            "id": f"{truce.id}-{n}",
            "source": "claims",
            "record_kind": "claim",
            "means": "reported",
            "phenomenon": "other",
            "count_low": claim["count_low"],
            "count_stated": claim["stated"],
            "time_start": truce.when.start,
            "time_end": truce.when.end,
            "time_kind": "throughout",
            "area": "along the line",
            "reliability": "F",
            "credibility": 6,
            "text": f"{claim['stated']} ({claim['reference']})",
        }
        for n, claim in enumerate(truce.claims, start=1)
    ]
    return from_rows(observation.COLUMNS, rows)


def ask(truce: Truce, arrangement: Arrangement) -> tuple[int, tuple[Indication, ...]]:
    """Incidents that follow from all there is (the claims), and what the clauses come to."""
    rows, nobody = claims_table(truce), empty(coverage.COLUMNS)
    filled = clauses(arrangement)
    derived = step(arrangement, rows, nobody, models=sensor_models(), clauses=filled, previous={})
    watched = make_watched(nobody, arrangement)
    context = make_scene(arrangement, (), {}, (), (), lambda day: make_terrain(arrangement, day))(truce.when.start)
    undertaken = [
        undertaking
        for clause in filled
        if hasattr(clause, "undertakings")
        for undertaking in clause.undertakings(truce.when, context, watched)
    ]
    said = [one for subject in undertaken for one in judge(arrangement, filled, subject, context, {})]
    return len(derived.incidents), (*derived.indications, *said)


def replay(folder: Path, truce: Truce, line: Line) -> Replay:
    """One truce with everything the data hold of it."""
    end = truce.last + timedelta(days=1)
    steps = changes(folder / "data/deepstate", line, truce.first - AROUND, end + AROUND)
    incidents, indications = ask(truce, arrangement_of(truce, line))
    covers = thermal(folder, truce)
    return Replay(
        truce=truce,
        thermal=covers,
        before=tuple(c for c in steps if c.until <= truce.first),
        during=tuple(c for c in steps if c.until > truce.first and c.since < end),
        after=tuple(c for c in steps if c.since >= end),
        observations=sum(one.inside for one in covers),
        claims=len(truce.claims),
        incidents=incidents,
        indications=indications,
    )


def measure(folder: Path) -> tuple[Replay, ...]:
    """All four."""
    line = dated_line(folder)
    return tuple(replay(folder, truce, line) for truce in truces())


def a_day(steps: Sequence[Change]) -> float:
    """Ground that changed either way a day over `steps`, km2; 0 without any."""
    days = _days(steps)
    return sum(one.grown_km2 + one.shrunk_km2 for one in steps) / days if days else 0.0


def _days(steps: Sequence[Change]) -> int:
    return sum(one.days for one in steps)


def _print_change(label: str, one: Change) -> None:
    print(
        f"  {label:7} {one.since} to {one.until}  +{one.grown_km2:6.1f}  -{one.shrunk_km2:5.1f} km2,"
        f" {one.changed_km2_a_day:5.1f} a day; {one.undone_km2:4.1f} undone; {one.moved_km:6.1f} km of line moved;"
        f" {len(one.edits):2d} places"
    )
    for edit in one.edits[:3] if label == "in it" else ():
        way = "held ground grew" if edit.grown else "held ground shrank"
        print(
            f"            chainage {edit.from_km:6.1f} to {edit.to_km:6.1f} km: {way} by {edit.area_km2:.1f} km2,"
            f" at most {edit.depth_km:.1f} km deep"
        )


def _print_inside(found: Replay) -> None:
    """Ground a day, not places a day: in a long step what changed at one place on several days is one place."""
    if not found.inside:
        print("  no step between two maps lies wholly in it: nothing tells its days from those around it")
        return
    within, around = (
        ", ".join(f"{km2:.1f}" for km2 in sorted(one.changed_km2_a_day for one in steps))
        for steps in (found.inside, found.around)
    )
    edits = [edit for one in found.inside for edit in one.edits]
    deep = sum(edit.depth_km > MAP_KM for edit in edits)
    print(f"  km2 a day, step by step: wholly in it {within}; around it {around}")
    print(f"  places changed in the steps wholly in it: {len(edits)}, of which deeper than {MAP_KM:g} km: {deep}")


def main() -> None:
    """Print every figure."""
    for found in measure(shared()):
        truce = found.truce
        print(f"{truce.name}: {truce.first} to {truce.last}, whole local days")
        print(f"  {truce.limits}")
        for one in found.thermal:
            gap = one.gap_days(truce)
            print(f"  thermal {one.file}: {one.first} to {one.last}, {one.inside} detections in it, {gap} days apart")
        for label, steps in (("before", found.before), ("in it", found.during), ("after", found.after)):
            for change in steps:
                _print_change(label, change)
        print(
            f"  a day: {a_day(found.before):.1f} km2 before, {a_day(found.during):.1f} in it,"
            f" {a_day(found.after):.1f} after"
        )
        _print_inside(found)
        print(f"  claims recorded: {found.claims}; incidents that follow from them: {found.incidents}")
        if not truce.asked:
            print("  no clause is asked: nothing that the data hold is what was agreed")
        for indication in found.indications:
            p = indication.assessment
            print(f"  clause {indication.clause}: {indication.verdict} (p {p.p_breach_low:g} to {p.p_breach_high:g})")
        print()


if __name__ == "__main__":
    main()
