"""Offsets that sensors were found to have, taken out of their rows before these are associated again, and told."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.trust.belief import Noticed, notice
from truceline.fusion.trust.faults import Faults, find_faults
from truceline.geo.arrays import F64
from truceline.physics.columns import BEARING, SECTOR, derive

Associate = Callable[[Batch], Found]
ROUNDS = 4  # what the first left unclear may stand out once the rest is mended


class Mended(NamedTuple):
    """A batch without the offsets of its sensors: `angle_rad` and `late_s` (s,) were taken out; what was found then,
    and the faults as they showed before, in the last round that named any."""

    batch: Batch
    found: Found
    noticed: Noticed
    faults: Faults
    angle_rad: F64
    late_s: F64


def mend(batch: Batch, found: Found, associate: Associate, told_elsewhere: frozenset[str]) -> Mended:
    """Find the sensors that err, take out by how much, and associate again; the same batch where none does."""
    s = len(batch.sensors)
    angle, late = np.zeros(s), np.zeros(s)
    noticed = notice(batch, found, told_elsewhere)
    faults = find_faults(batch, found, noticed)
    for _ in range(ROUNDS):
        named = faults.angle_named | faults.late_named
        if not named.any():
            break
        angle += np.where(faults.angle_named, faults.angle_rad, 0.0)
        late += np.where(faults.late_named, faults.late_s, 0.0)
        mended = without(batch, angle, late)
        found = associate(mended)
        noticed = notice(mended, found, told_elsewhere)
        faults = find_faults(mended, found, noticed)
    return Mended(without(batch, angle, late), found, noticed, faults, angle, late)


def without(batch: Batch, angle_rad: F64, late_s: F64) -> Batch:
    """The batch with the directions and times of each sensor's rows turned and moved back by what it errs."""
    if not (angle_rad.any() or late_s.any()):
        return batch
    rows, arcs = batch.rows.copy(), batch.arcs.copy()
    own = np.flatnonzero(rows["sensor"] < len(angle_rad))
    of_row = rows["sensor"][own]
    rows["time_s"][own] -= late_s[of_row]
    aimed = own[np.isin(rows["family"][own], (BEARING, SECTOR))]
    rows["bearing_rad"][aimed] -= angle_rad[rows["sensor"][aimed]]
    for i in aimed[(rows["family"][aimed] == SECTOR) & (angle_rad[rows["sensor"][aimed]] != 0.0)].tolist():
        arcs[rows["arc_first"][i] : rows["arc_first"][i] + rows["arc_count"][i]] -= angle_rad[rows["sensor"][i]]
    derive(rows)
    return replace(batch, rows=rows, arcs=arcs)
