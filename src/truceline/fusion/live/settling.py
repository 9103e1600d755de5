"""What stands of all that is claimed, settled anew only among the claims that hang together with what has changed."""

from typing import NamedTuple

import numpy as np

from truceline.fusion.association.borders import all_claims, settle
from truceline.fusion.association.claims import Claims
from truceline.fusion.live.blocks import NONE, Block
from truceline.fusion.live.events import ALONE, BELOW, PlaceOf
from truceline.fusion.live.stage import Stage
from truceline.fusion.live.standing import Standing, stand
from truceline.physics.columns import I64


class _Group(NamedTuple):
    """Claims that share rows with nothing else: parts of blocks, events of finer levels, and all rows concerned."""

    parts: list[tuple[Block, I64]]
    before: Standing | None
    rows: I64


def settle_again(stage: Stage, seeds: I64) -> I64:
    """Settle what hangs together with the rows `seeds`; all rows whose event may be another now."""
    concerned = seeds
    if stage.below is not None:
        seeds = _claimed_here(stage, seeds)
        if not len(seeds):
            return concerned
    group = _hanging_together(stage, seeds)
    rows = stage.rows.in_order(group.rows)
    place_of = PlaceOf(rows)
    parts = [block.part(which) for block, which in group.parts]
    parts = [part._replace(member=place_of(part.member)) for part in parts] or [_nothing()]
    n_older, nobody = 0, ALONE
    if group.before is not None and group.parts:
        parts.append(group.before.claims(stage.rows, place_of, 0))
        n_older = len(parts[-1].score)
    elif group.before is not None:
        nobody = BELOW
    every = all_claims(parts, NONE, np.empty(0))
    settled = settle(stage.rows.table(rows), every, n_older)
    older = (np.arange(len(every.score)) >= len(every.score) - n_older).astype(np.int64)
    stage.events.replace(rows, nobody, settled, every, older)
    return np.union1d(concerned, rows)


def _nothing() -> Claims:
    return Claims(
        np.zeros(1, dtype=np.int64), NONE, np.empty(0), np.empty((0, 3)), np.empty((0, 6)), np.empty(0), NONE,
        np.empty(0),
    )  # fmt: skip


def _claimed_here(stage: Stage, seeds: I64) -> I64:
    """Of the rows `seeds`, and of those of their finer events, those that this level has or had a say in.

    The others are left to the finer levels.
    """
    near = np.union1d(seeds, stand(stage.chain[1:], seeds).rows)
    home = stage.events.home.values
    here = home[near] != BELOW
    for _, block in stage.blocks_of(stage.rows.pages.circles_of(near)):
        here |= block.holds(near)
    found: I64 = near[here]
    return found


def _hanging_together(stage: Stage, seeds: I64) -> _Group:
    """Whatever shares rows with `seeds`, or with what shares rows with them, and so on."""
    picked: dict[int, tuple[Block, I64]] = {}
    rows, frontier = NONE, np.unique(seeds)
    while len(frontier):
        rows = np.union1d(rows, frontier)
        members = [NONE]
        for number, block in stage.blocks_of(stage.rows.pages.circles_of(frontier)):
            which = block.claims_with(frontier)
            if number in picked:
                which = np.setdiff1d(which, picked[number][1], assume_unique=True)
            if len(which):
                members.append(block.part(which).member)
                picked[number] = (block, np.union1d(picked[number][1], which) if number in picked else which)
        if stage.below is not None:
            members.append(stand(stage.chain[1:], frontier).rows)
        frontier = np.setdiff1d(np.concatenate(members), rows)
    before = stand(stage.chain[1:], rows) if stage.below is not None else None
    return _Group(list(picked.values()), before, rows)
