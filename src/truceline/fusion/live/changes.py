"""What has become of incidents since it was last told: each change is a version that names what it supersedes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from truceline.fusion.association.found import Found
from truceline.fusion.live.rows import NEVER, Rows
from truceline.fusion.live.telling import Renewed
from truceline.fusion.live.told import Told
from truceline.physics.columns import I64

KINDS = ("appeared", "revised", "split", "merged", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One version of an incident.

    `kind` is one of `KINDS`: it appeared, of observations not told of before; it is revised; it split off from others;
    it is gone, its observations having gone to others (`into`), or to none (withdrawn). `version` counts from 1;
    `supersedes` are incidents with the versions of them that are no longer true: its own, and those that it took in or
    came out of. `observations` are the ids of its members, the founding one first; time and place are means.
    """

    kind: str
    id: str
    version: int
    supersedes: tuple[tuple[str, int], ...]
    into: tuple[str, ...]
    observations: tuple[str, ...]
    time_s: float
    lon_deg: float
    lat_deg: float


def founders(rows: Rows, first: I64, member: I64) -> I64:
    """For each group of rows `member[first[k]:first[k + 1]]` the one that stands first in the ledger."""
    group = np.repeat(np.arange(len(first) - 1), np.diff(first))
    entry, row = rows.entry.values[member], rows.row.values[member]
    order = np.lexsort((row, entry, group))
    at = first[:-1]
    found: I64 = member[order[at]]
    several = np.flatnonzero(np.diff(first) > 1)
    a, b = order[at[several]], order[at[several] + 1]
    for k in several[(entry[a] == entry[b]) & (row[a] == row[b])].tolist():
        found[k] = rows.founder(member[first[k] : first[k + 1]])
    return found


def tell(told: Told, rows: Rows, renewed: Renewed, epoch_s: float, removed: I64) -> list[Change]:
    """Bring what was told up to date; what that changes, in order of time and id.

    Parameters
    ----------
    renewed : events that may have changed, all of them that hold a row of one of the incidents concerned
    epoch_s : what times count from
    removed : rows that belong to no event any more
    """
    found, numbers, fit = renewed
    member = numbers[found.member]
    own = founders(rows, found.first, member)
    before = rows.incident.values[member]
    earlier = np.unique(np.concatenate([before, rows.incident.values[removed]]))
    last = {one: int(told.version.values[one]) for one in earlier[earlier != NEVER].tolist()}
    gone = sorted(set(last) - set(own.tolist()))
    went = _went(told, rows, before, np.repeat(own, np.diff(found.first)), gone)
    rows.incident.values[member] = np.repeat(own, np.diff(found.first))
    rows.incident.values[removed] = NEVER
    past = _Past(last=last, went=went, stood=(told.size.values[own] > 0).tolist())
    changes = [_ended(told, rows, one, last[one], went[one]) for one in gone]
    told.fit.values[own] = fit
    for group in _groups(told, found, member, before, own, epoch_s):
        change = _version(told, rows, group, past)
        if change is not None:
            changes.append(change)
    return sorted(changes, key=lambda c: (c.time_s, c.id))


class _Past(NamedTuple):
    """The last version of each incident concerned, those that are gone and where to, and which of the groups stood."""

    last: dict[int, int]
    went: dict[int, tuple[str, ...]]
    stood: list[bool]


class _Group(NamedTuple):
    """An event: its place among those found, the row that founds it, its rows, their incidents so far, and where."""

    place: int
    founder: int
    member: list[int]
    before: list[int]
    where: tuple[float, float, float]


def _groups(told: Told, found: Found, member: I64, before: I64, own: I64, epoch_s: float) -> Iterator[_Group]:
    lon, lat = told.frame.to_degrees(found.x_m, found.y_m)
    time_s = np.round(found.time_s + epoch_s, 1).tolist()
    where = zip(np.round(lon, 6).tolist(), np.round(lat, 6).tolist(), time_s, strict=True)
    members, earlier, edges = member.tolist(), before.tolist(), found.first.tolist()
    for k, (founder, here) in enumerate(zip(own.tolist(), where, strict=True)):
        span = slice(edges[k], edges[k + 1])
        yield _Group(k, founder, members[span], earlier[span], here)


def _went(told: Told, rows: Rows, before: I64, after: I64, gone: list[int]) -> dict[int, tuple[str, ...]]:
    """The incidents that the observations of each one that is gone went to."""
    moved = np.isin(before, gone)
    pairs = {(a, b) for a, b in zip(before[moved].tolist(), after[moved].tolist(), strict=True)}
    into: dict[int, list[str]] = {one: [] for one in gone}
    for one, other in sorted(pairs):
        into[one].append(told.id_of(rows, other))
    return {one: tuple(ids) for one, ids in into.items()}


def _ended(told: Told, rows: Rows, founder: int, last: int, into: tuple[str, ...]) -> Change:
    """The last version of an incident that is gone."""
    told.size.values[founder] = 0
    told.version.values[founder] = last + 1
    lon, lat, time_s = told.shown.values[founder].tolist()
    id = told.id_of(rows, founder)
    return Change(
        kind="merged" if into else "withdrawn",
        id=id,
        version=last + 1,
        supersedes=((id, last),),
        into=into,
        observations=(),
        time_s=time_s,
        lon_deg=lon,
        lat_deg=lat,
    )


def _version(told: Told, rows: Rows, group: _Group, past: _Past) -> Change | None:
    """The next version of the incident that a row founded; None where nothing is new that is published."""
    _, founder, member, before, where = group
    stood, others = past.stood[group.place], sorted(set(before) - {founder, NEVER})
    same = stood and int(told.size.values[founder]) == len(member) and all(one == founder for one in before)
    if same and tuple(told.shown.values[founder].tolist()) == where:
        return None
    version = int(told.version.values[founder]) + 1
    told.size.values[founder], told.shown.values[founder], told.version.values[founder] = len(member), where, version
    came = [one for one in others if one in past.went or not stood]
    supersedes = [(told.id_of(rows, one), past.last[one]) for one in ([founder] if stood else []) + came]
    return Change(
        kind="revised" if stood else "split" if others else "appeared",
        id=told.id_of(rows, founder),
        version=version,
        supersedes=tuple(supersedes),
        into=(),
        observations=(rows.ids[founder], *sorted(rows.ids[one] for one in member if one != founder)),
        time_s=where[2],
        lon_deg=where[0],
        lat_deg=where[1],
    )
