"""Answering fire: what fire on the other side of the line, soon before or after and near, says about who fired here."""

from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import OriginPrior
from truceline.geo.arrays import F64, I64
from truceline.judgement.firer import IMPACT, OUTGOING

SHOT_S = 120.0  # assumed: no shell or rocket flies longer; within that, fire there may be the other end of fire here
WITHIN_M = 10e3  # assumed: fire farther apart is not taken for an answer
SURE = 0.9  # assumed: on which side of the line it is has to be as probable as this
LOOKED_AT = 4  # neighbours in time that are looked at before it, and as many after
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fire:
    """Incidents as answering fire sees them: (n,) seconds, (n, 2) metres, (n,) a number for each phenomenon, (n,)
    probability of the left side and that the left fired by its own evidence alone, (n, phases) of each phase."""

    time_s: F64
    xy_m: F64
    kind: I64
    p_side_left: F64
    p_left_fired: F64
    p_phase: F64


def answering(fire: Fire, prior: OriginPrior) -> tuple[F64, I64]:
    """(n,) nats by which the nearest fire before and after on the other side moves each, and (n, 2) which those are.

    Fire of the same kind on the other side is the other party's answer as often as the arrangement assumes. Within
    the flight of a shot, or with a weapon fired here and an impact there, it may as well be the other end of the same
    fire: that says nothing. Only a neighbour's own evidence is used: no belief comes back to where it came from.
    """
    moved, partner = np.zeros(len(fire.time_s)), np.full((len(fire.time_s), 2), NOBODY)
    left, right = fire.p_side_left >= SURE, fire.p_side_left <= 1.0 - SURE
    for mine, others in ((left, right), (right, left)):
        rows, theirs = np.flatnonzero(mine), np.flatnonzero(others)
        if len(rows) and len(theirs):
            partner[rows] = _nearest(fire, rows, theirs[np.argsort(fire.time_s[theirs], kind="stable")], prior)
    for which in partner.T:
        told = np.flatnonzero(which != NOBODY)
        moved[told] += _message(fire, told, which[told], prior)
    return moved, partner


def _nearest(fire: Fire, rows: I64, theirs: I64, prior: OriginPrior) -> I64:
    """(rows, 2) the last of `theirs` before each row and the first after that are near enough; `theirs` by time."""
    at = np.searchsorted(fire.time_s[theirs], fire.time_s[rows])
    out = np.full((len(rows), 2), NOBODY)
    for column, steps in enumerate((range(-LOOKED_AT, 0), range(LOOKED_AT - 1, -1, -1))):
        for step in steps:  # the nearest in time comes last and stays
            where = at + step
            other = theirs[np.clip(where, 0, len(theirs) - 1)]
            apart_s = np.abs(fire.time_s[other] - fire.time_s[rows])
            apart_m = np.linalg.norm(fire.xy_m[other] - fire.xy_m[rows], axis=1)
            there = (where >= 0) & (where < len(theirs))
            alike = fire.kind[other] == fire.kind[rows]
            good = there & alike & (apart_s >= SHOT_S) & (apart_s <= prior.answer_within_s) & (apart_m <= WITHIN_M)
            out[good, column] = other[good]
    return out


def _message(fire: Fire, rows: I64, other: I64, prior: OriginPrior) -> F64:
    """Nats towards the left that each row's neighbour is worth."""
    here, there = fire.p_phase[rows], fire.p_phase[other]
    ends = here[:, OUTGOING] * there[:, IMPACT] + here[:, IMPACT] * there[:, OUTGOING]
    answers = prior.p_answer * (1.0 - ends)
    p = fire.p_left_fired[other]
    unrelated = 0.5 * (1.0 - answers)
    return np.asarray(np.log(answers * (1.0 - p) + unrelated) - np.log(answers * p + unrelated))
