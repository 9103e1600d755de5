"""Subjects as strands of evidence: what speaks of one shot, or of one kind of fire in an exchange, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.domain.arrangement import OriginPrior
from truceline.domain.ids import ObservationId
from truceline.domain.incident import Engagement, Subject
from truceline.domain.observation import PHENOMENA
from truceline.domain.weapons import WEAPONS
from truceline.geo.arrays import F64, I64
from truceline.judgement.control import BEARINGS
from truceline.judgement.evidence import (
    P_TOGETHER,
    PHASES,
    Evidence,
    Stated,
    members,
    phase_likelihood,
    phase_prior,
)
from truceline.judgement.reach import among, classes_of, p_class, ray_points, stated_classes

P_ASTRAY = 0.02  # assumed: a stated direction that has nothing to do with the flight
SPACING_DEG = 360.0 / BEARINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """Rows that are taken to speak of one shot, of subject number `subject`."""

    subject: int
    phenomenon: str
    rows: tuple[Stated, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The strands as arrays; every likelihood up to a factor that is the same for both parties.

    `subject` (s,) ascends and leaves no subject out; `kind` (s, phases) is P(phase | phenomenon), `phase` (s, phases)
    that of what was stated, `weapon` (s, classes) that of the stated weapon, `allowed` (s, classes) what the phenomenon
    can be of; `flying` are the strands with a direction, `flight` (f, bearings) its likelihood for each true direction
    and `ranges_m` (f, r) how far to look.
    """

    subject: I64
    kind: F64
    phase: F64
    weapon: F64
    allowed: F64
    flying: I64
    flight: F64
    ranges_m: F64


def strands(subjects: Sequence[Subject], known: Mapping[ObservationId, Evidence]) -> list[Strand]:
    """An incident is one strand. An exchange is many shots: one strand for each different thing that was stated."""
    found = []
    for number, subject in enumerate(subjects):
        rows = tuple(members(subject.support, known))
        if not isinstance(subject, Engagement):
            found.append(Strand(subject=number, phenomenon=subject.phenomenon, rows=rows))
            continue
        by_said: dict[tuple[str, str, str, int | None], list[Stated]] = {}
        for row in rows:
            by_said.setdefault(row.evidence.said, []).append(row)
        for said, same in by_said.items() or [(("", "", "", None), [])]:
            found.append(Strand(subject=number, phenomenon=said[0], rows=tuple(same)))
    return found


def columns(told: Sequence[Strand], prior: OriginPrior) -> Columns:
    """The strands as arrays."""
    flying = [n for n, s in enumerate(told) if any(r.evidence.flight_bearing_deg is not None for r in s.rows)]
    return Columns(
        subject=np.array([s.subject for s in told], dtype=np.int64),
        kind=np.array([phase_prior(s.phenomenon, prior.p_outgoing) for s in told]),
        phase=np.array([_phase(s) for s in told]),
        weapon=np.array([_weapon(s, prior.p_weapon_wrong) for s in told]),
        allowed=np.array([_ALLOWED.get(s.phenomenon, _ANY) for s in told]),
        flying=np.array(flying, dtype=np.int64),
        flight=np.array([_flight(told[n], prior.bearing_sigma_deg) for n in flying]).reshape(-1, BEARINGS),
        ranges_m=np.array([ray_points(_classes(told[n])) for n in flying]),
    )


_ANY = among(WEAPONS)
_ALLOWED = {phenomenon: p_class(phenomenon) for phenomenon in PHENOMENA}


def _phase(strand: Strand) -> F64:
    """(phases,) likelihood of the stated phases. Posts with the same means may all have been misled by one thing:
    where they agree, they may be worth no more than one."""
    by_means: dict[str, list[F64]] = {}
    for row in strand.rows:
        likelihood = phase_likelihood(row.evidence)
        if likelihood is not None:
            told = row.p_member * np.array(likelihood) + (1.0 - row.p_member) / len(PHASES)
            by_means.setdefault(row.evidence.means, []).append(told)
    out = np.ones(len(PHASES))
    for same in by_means.values():
        apart = np.prod(same, axis=0)
        agree = len({int(np.argmax(one)) for one in same}) == 1
        together = max(same, key=np.ptp) if agree else np.zeros(len(PHASES))
        out = out * (P_TOGETHER * together + (1.0 - P_TOGETHER) * apart)
    return out


def _weapon(strand: Strand, p_wrong: float) -> F64:
    out = _ANY
    for row in strand.rows:
        named = stated_classes(row.evidence.weapon)
        if named and len(named) < len(WEAPONS):
            hit = among(named)
            wrong = p_wrong * len(named) / len(WEAPONS)  # what is misnamed may be any other class
            likelihood = np.where(hit > 0.0, 1.0 - p_wrong + wrong, wrong)
            out = out * (row.p_member * likelihood + (1.0 - row.p_member) * likelihood.mean())
    return out


def _classes(strand: Strand) -> frozenset[str]:
    """The classes that the strand's weapon may be of: those named, else those that its phenomenon allows."""
    named = [stated_classes(row.evidence.weapon) for row in strand.rows]
    return frozenset().union(*named) or frozenset(classes_of(strand.phenomenon))


def _flight(strand: Strand, sigma_deg: float) -> F64:
    """(bearings,) likelihood of the stated directions, given each true one; 1 where they say nothing."""
    true_deg = SPACING_DEG * np.arange(BEARINGS)
    out = np.ones(BEARINGS)
    sigma = max(sigma_deg, 0.6 * SPACING_DEG)  # no finer than the directions are apart
    for row in strand.rows:
        stated = row.evidence.flight_bearing_deg
        if stated is not None:
            off = np.mod(stated - true_deg + 180.0, 360.0) - 180.0
            near = np.exp(-0.5 * (off / sigma) ** 2)
            p_speaks = row.p_member * (1.0 - P_ASTRAY)
            out = out * (p_speaks * near * BEARINGS / near.sum() + 1.0 - p_speaks)
    return out
