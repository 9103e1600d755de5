"""The scene that clauses are asked in: all that happened and was announced, and the ground of each day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from truceline.clock import Interval
from truceline.domain.arrangement import Arrangement
from truceline.domain.decided import Contact
from truceline.domain.origin import Origin
from truceline.domain.ports import AnySubject, ClauseContext, Notice, Terrain

TerrainOf = Callable[[date], Terrain]
ContextOf = Callable[[datetime], ClauseContext]


def make_scene(
    arrangement: Arrangement,
    subjects: Sequence[AnySubject],
    origins: Mapping[str, Origin],
    notices: Sequence[Notice],
    contacts: Sequence[Contact],
    terrain_of: TerrainOf,
) -> ContextOf:
    """What gives a clause its context at a moment: that of the moment's local day, made once a day."""
    local = ZoneInfo(arrangement.timezone)
    bare = ClauseContext(
        day=date.min,
        zone_names={zone.id: zone.name for zone in arrangement.zones},
        parties=tuple(party.id for party in arrangement.parties),
        party_names={party.id: party.name for party in arrangement.parties},
        sites=arrangement.sites,
        subjects=tuple(sorted(subjects, key=lambda s: (s.when.start, s.id))),
        notices=tuple(sorted(notices, key=lambda n: (n.when.start, n.id))),
        contacts=tuple(sorted(contacts, key=lambda c: (c.at, c.id))),
        origins=origins,
        timezone=arrangement.timezone,
    )
    made: dict[date, ClauseContext] = {}

    def at(moment: datetime) -> ClauseContext:
        day = moment.astimezone(local).date()
        if day not in made:
            made[day] = replace(bare, day=day, terrain=terrain_of(day))
        return made[day]

    return at


def span_of(subjects: Sequence[AnySubject], coverage: pa.Table) -> Interval | None:
    """From the first that happened or was watched to the last; None where there is neither.

    What was watched counts too: a week of quiet ends where the watch ends, not at the last breach.
    """
    starts = [s.when.start for s in subjects]
    ends = [s.when.end for s in subjects]
    if coverage.num_rows:
        starts.append(pc.min(coverage["time_start"]).as_py())
        ends.append(pc.max(coverage["time_end"]).as_py())
    return Interval(start=min(starts), end=max(ends)) if starts else None
