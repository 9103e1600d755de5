"""Which events are no longer as they were told, and where these are now."""

from typing import NamedTuple

import numpy as np

from truceline.fusion.association.found import Found, no_events
from truceline.fusion.live.events import Events, PlaceOf
from truceline.fusion.live.rows import Rows
from truceline.fusion.live.standing import Standing
from truceline.fusion.live.told import Told
from truceline.fusion.places.clouds import locate
from truceline.geo.arrays import Mask
from truceline.physics.columns import F64, I64, Reports


class Renewed(NamedTuple):
    """Events that may not be as they were told: `found` names the rows `numbers` by place, `fit` (k, 3) is what each
    was located from."""

    found: Found
    numbers: I64
    fit: F64


def renew(told: Told, rows: Rows, standing: Standing, concerned: I64) -> Renewed:
    """Locate the events among `concerned`, of which `standing` are those of several rows, that are not as told."""
    parts = [(events, which[_differ(told, rows, events, which)]) for events, which in standing.parts]
    alone = np.setdiff1d(concerned, standing.rows)
    as_told = (rows.incident.values[alone] == alone) & (told.size.values[alone] == 1)
    changed = Standing(tuple(parts))
    numbers = rows.in_order(np.concatenate([changed.rows, alone[~as_told]]))
    if not len(numbers):
        return Renewed(no_events(), numbers, np.empty((0, 3)))
    claims = changed.claims(rows, PlaceOf(numbers), len(numbers))
    table = rows.table(numbers)
    found = locate(Reports(table.rows, table.arcs, table.rings), claims)
    claim_of = np.full(len(numbers), -1, dtype=np.int64)
    claim_of[claims.member] = np.repeat(np.arange(len(claims.score)), np.diff(claims.first))
    claim = claim_of[found.member[found.first[:-1]]]
    fit = np.full((len(claim), 3), np.nan)
    fit[claim >= 0] = claims.state[claim[claim >= 0]]
    return Renewed(found, numbers, fit)


def _differ(told: Told, rows: Rows, events: Events, which: I64) -> Mask:
    """(k,) bool: which events have other members, or another place or time, than was told."""
    if not len(which):
        return np.zeros(0, dtype=np.bool_)
    size = events.size.values[which]
    incident = rows.incident.values[events.flat_members(which)]
    first = np.cumsum(size) - size
    founder = incident[first]
    one = np.minimum.reduceat(incident, first) == np.maximum.reduceat(incident, first)
    same = one & (founder >= 0) & (told.size.values[founder] == size)
    same &= (told.fit.values[founder] == events.state.values[which]).all(axis=1)
    differ: Mask = ~same
    return differ
