"""Which side fired, as arrays: a joint likelihood over place, phase and firer, to which evidence is added in order."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from truceline.domain.arrangement import OriginPrior
from truceline.domain.weapons import WEAPONS
from truceline.geo.arrays import F64, I64
from truceline.judgement.control import BEARINGS, Control, Points, looks, offsets
from truceline.judgement.reach import reaches
from truceline.judgement.strands import Columns

OUTGOING, IN_FLIGHT, IMPACT = range(3)
LEFT, RIGHT = range(2)
STEPS = ("place", "phenomenon", "phase", "weapon", "direction", "both_fired")  # the order in which evidence is added
P_BOTH = 0.5  # assumed: that in an exchange both parties fired, before anything is known
P_OVER_OWN = 0.5  # assumed: that a round in flight is over the ground of who fired it
LEAST = 1e-12  # no likelihood is less: nothing is impossible
MOST_NATS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Some subjects on one control map: `side_weights` (n, 7, 2), their strands, what each party fields (2, classes),
    and which of them are exchanges (n,)."""

    control: Control
    points: Points
    side_weights: F64
    columns: Columns
    fielded: F64
    exchange: F64
    prior: OriginPrior


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """`log_odds` (steps, n) that the left fired, after each step; `p_phase` (n, phases) after all of them."""

    log_odds: F64
    p_phase: F64


def weigh(asked: Asked) -> Weighed:
    """The log odds after each step, all subjects at once."""
    start = np.concatenate([[0], 1 + np.flatnonzero(np.diff(asked.columns.subject))])
    odds = []
    joint = np.empty(0)
    for joint in _joints(asked):
        odds.append(_log_odds(joint.sum(axis=3), asked, start, 0.0))
    odds.append(_log_odds(joint.sum(axis=3), asked, start, P_BOTH))
    weighted = np.einsum("skhpf,skh->sp", joint, asked.side_weights[asked.columns.subject]) + LEAST
    p_phase = weighted / weighted.sum(axis=1, keepdims=True)
    return Weighed(log_odds=np.array(odds), p_phase=p_phase[start])


def _joints(asked: Asked) -> Iterator[F64]:
    """(strands, 7, sides, phases, firers) likelihood of the evidence of each step but the last."""
    columns, prior = asked.columns, asked.prior
    ground = p_side(prior)[None, None]
    plain = np.array([prior.p_outgoing, 0.0, 1.0 - prior.p_outgoing])
    shape = (len(columns.subject), asked.side_weights.shape[1], 2, 3, 2)
    yield np.broadcast_to(ground * plain[:, None], shape)
    yield np.broadcast_to(ground * columns.kind[:, None, None, :, None], shape)
    joint = np.broadcast_to(ground * (columns.kind * columns.phase)[:, None, None, :, None], shape)
    yield joint
    joint = joint * _weapon(asked)
    yield joint
    if len(columns.flying):
        joint[columns.flying] *= _direction(asked)[:, :, None]
    yield joint


def p_side(prior: OriginPrior) -> F64:
    """(sides, phases, firers) probability that a round is perceived on that side.

    A weapon stands on its own ground but for infiltration, a round falls on the other's but for self-inflicted fire,
    and one in flight is over either. The same for both parties.
    """
    own = np.array([1.0 - prior.p_infiltrated, P_OVER_OWN, prior.p_self_inflicted])
    return np.stack([np.stack([own, 1.0 - own], axis=-1), np.stack([1.0 - own, own], axis=-1)])


def _log_odds(likelihood: F64, asked: Asked, start: I64, p_both: float) -> F64:
    """(n,) from the likelihood (strands, 7, sides, firers) of each strand: one party fired all of a subject, or, in
    an exchange with `p_both`, each strand is of either."""
    safe = np.maximum(likelihood, LEAST)
    weights = np.log(np.maximum(asked.side_weights, LEAST))[..., None]
    alone = logsumexp(np.add.reduceat(np.log(safe), start, axis=0) + weights, axis=(1, 2))
    if p_both > 0.0:
        mixed = np.add.reduceat(np.log(safe.mean(axis=-1, keepdims=True)), start, axis=0)
        both = logsumexp(mixed + weights, axis=(1, 2))
        share = np.where(asked.exchange, p_both, 0.0)[:, None]
        with np.errstate(divide="ignore"):  # no exchange: its logarithm is minus infinity, as it should be
            alone = np.logaddexp(alone + np.log(1.0 - share), both + np.log(share))
    return np.asarray(np.clip(alone[:, LEFT] - alone[:, RIGHT], -MOST_NATS, MOST_NATS))


def _weapon(asked: Asked) -> F64:
    """(strands, 7, sides, phases, firers): the stated weapon, if any, given how far the round had to go.

    Fire across needs a weapon that the firer has and that reaches the other's ground from there; of several that do,
    each is alike likely. Where none does, nothing came from across, and what left fell on the firer's own ground.
    """
    columns, prior = asked.columns, asked.prior
    offset = offsets(asked.control, asked.points.xy_m)[columns.subject]  # (s, 7)
    mine = columns.allowed[:, None] * asked.fielded  # (s, firers, classes)
    bare = mine.sum(axis=-1, keepdims=True) == 0.0
    mine = np.where(bare, columns.allowed[:, None], mine)  # who fields nothing of the kind used something unlisted
    near = _stated(np.ones(len(WEAPONS))[None, None], mine[:, None], columns.weapon)  # (s, 1, firers)
    # Over the line, to the ground of the left and to that of the right: the stated weapon, and any at all.
    reach = [reaches(np.maximum(sign * offset, 0.0))[:, :, None] for sign in (-1.0, 1.0)]
    over = [_stated(one, mine[:, None], columns.weapon) for one in reach]
    could = [_stated(one, mine[:, None], np.ones_like(columns.weapon)) for one in reach]
    p_across = 1.0 - prior.p_self_inflicted
    out = np.empty((*offset.shape, 2, 3, 2))
    for side in (LEFT, RIGHT):
        for firer in (LEFT, RIGHT):
            beside = near[:, 0, firer, None]
            across, able = over[1 - side][:, :, firer], could[1 - side][:, :, firer]
            aimed = p_across * across + (1.0 - p_across * able) * beside
            out[:, :, side, OUTGOING, firer] = aimed if side == firer else beside
            out[:, :, side, IN_FLIGHT, firer] = aimed if side == firer else across
            out[:, :, side, IMPACT, firer] = beside if side == firer else across
    return out


def _stated(reach: F64, mine: F64, weapon: F64) -> F64:
    """(s, k, firers) P(the stated weapon | it reaches); less than one weapon that reaches is as much less likely."""
    able = reach * mine
    return np.asarray((able * weapon[:, None, None]).sum(axis=-1) / np.maximum(able.sum(axis=-1), 1.0))


def _direction(asked: Asked) -> F64:
    """(flying, 7, phases, firers) likelihood of the stated directions, one where they say nothing.

    Every direction in which the ground fits is alike likely before; nearly all of a ray may belong to one party and
    the other still have fired, as far as infiltration and self-inflicted fire allow.
    """
    columns, prior = asked.columns, asked.prior
    left = looks(asked.control, asked.points, columns.subject[columns.flying], columns.ranges_m)
    ahead = np.stack([left, 1.0 - left])  # (grounds, f, 7, bearings)
    behind = np.roll(ahead, BEARINGS // 2, axis=-1)
    out = np.empty((*left.shape[:2], 3, 2))
    own_source, own_target = 1.0 - prior.p_infiltrated, prior.p_self_inflicted
    at, to = _among(ahead), _among(behind)
    for firer, other in ((LEFT, RIGHT), (RIGHT, LEFT)):
        towards = own_target * at[firer] + (1.0 - own_target) * at[other]
        away = own_source * to[firer] + (1.0 - own_source) * to[other]
        through = sum(
            (own_source if source == firer else 1.0 - own_source)
            * (own_target if target == firer else 1.0 - own_target)
            * _among(behind[source] * ahead[target])
            for source in (LEFT, RIGHT)
            for target in (LEFT, RIGHT)
        )
        for phase, density in ((OUTGOING, towards), (IN_FLIGHT, through), (IMPACT, away)):
            out[:, :, phase, firer] = np.einsum("fkb,fb->fk", density, columns.flight)
    return out


def _among(fits: F64) -> F64:
    """Share of each direction among all in which the ground fits; all alike where it fits in none."""
    floored = fits + 1e-6
    return np.asarray(floored / floored.sum(axis=-1, keepdims=True))
