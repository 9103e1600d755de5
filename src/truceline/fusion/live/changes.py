"""What has become of incidents since it was last told: each change is a version that names what it supersedes."""

from dataclasses import dataclass

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
    where = _where(told, found, epoch_s)
    changes = [_ended(told, rows, one, last[one], went[one]) for one in gone]
    for k, founder in enumerate(own.tolist()):
        span = slice(found.first[k], found.first[k + 1])
        change = _version(told, rows, founder, member[span], before[span], where[k], (last, went))
        told.fit.values[founder] = fit[k]
        if change is not None:
            changes.append(change)
    return sorted(changes, key=lambda c: (c.time_s, c.id))


def _where(told: Told, found: Found, epoch_s: float) -> list[tuple[float, float, float]]:
    """Longitude, latitude and time of each event, as published."""
    lon, lat = told.frame.to_degrees(found.x_m, found.y_m)
    time_s = np.round(found.time_s + epoch_s, 1)
    return list(zip(np.round(lon, 6).tolist(), np.round(lat, 6).tolist(), time_s.tolist(), strict=True))


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


def _version(
    told: Told,
    rows: Rows,
    founder: int,
    member: I64,
    before: I64,
    where: tuple[float, float, float],
    past: tuple[dict[int, int], dict[int, tuple[str, ...]]],
) -> Change | None:
    """The next version of the incident that a row founded; None where nothing is new that is published.

    `past` are the last version of each incident concerned, and those of them that are gone.
    """
    last, gone = past
    stood = told.size.values[founder] > 0
    others = sorted(set(before.tolist()) - {founder, NEVER})
    same = told.size.values[founder] == len(member) and bool((before == founder).all())
    if same and tuple(told.shown.values[founder].tolist()) == where:
        return None
    told.size.values[founder], told.shown.values[founder] = len(member), where
    told.version.values[founder] += 1
    came = [one for one in others if one in gone or not stood]
    supersedes = [(told.id_of(rows, one), last[one]) for one in ([founder] if stood else []) + came]
    mates = sorted(rows.ids[one] for one in member.tolist() if one != founder)
    return Change(
        kind="revised" if stood else "split" if others else "appeared",
        id=told.id_of(rows, founder),
        version=int(told.version.values[founder]),
        supersedes=tuple(supersedes),
        into=(),
        observations=(rows.ids[founder], *mates),
        time_s=where[2],
        lon_deg=where[0],
        lat_deg=where[1],
    )
