"""Attribution: whose fire it was, by every control map of the day; the only module that speaks of origin."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from truceline.domain.arrangement import Arrangement, OriginPrior
from truceline.domain.ids import ObservationId, PartyId
from truceline.domain.incident import Engagement, Subject
from truceline.domain.origin import UNDETERMINED, Factor, MapResult, Origin
from truceline.domain.ports import Terrain
from truceline.geo.arrays import F64, I64
from truceline.judgement.answers import NOBODY, Fire, answering
from truceline.judgement.control import Control, controls, offsets, p_left, points, side_weights
from truceline.judgement.evidence import Evidence
from truceline.judgement.factors import Told, factors_of
from truceline.judgement.firer import Asked, weigh
from truceline.judgement.reach import among
from truceline.judgement.strands import Columns, Strand, columns, strands

AT_ONCE = 1024  # subjects whose arrays are in memory at a time
DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reading:
    """What one map makes of a batch: `held` (n,), `log_odds` (steps, n) without answers, (n, phases), (n, 2) metres."""

    held: F64
    log_odds: F64
    p_phase: F64
    xy_m: F64


def attribute(
    arrangement: Arrangement,
    subjects: Sequence[Subject],
    evidence: Mapping[ObservationId, Evidence],
    terrain_of: Callable[[date], Terrain],
) -> dict[str, Origin]:
    """Who fired, for each subject by its id: by each control map of its local day, and over all of them.

    Only members of a subject that are in `evidence` say anything; a claim is never there. Every party is treated
    alike: a world with the parties exchanged gives the exchanged result. `terrain_of` gives the ground of a day.
    """
    local = ZoneInfo(arrangement.timezone)
    batches: dict[tuple[object, ...], list[Subject]] = {}
    keys: dict[date, tuple[object, ...]] = {}
    days: dict[str, date] = {subject.id: subject.when.start.astimezone(local).date() for subject in subjects}
    for subject in sorted(subjects, key=lambda s: (s.when.start, s.id)):
        day = days[subject.id]
        if day not in keys:
            keys[day] = _versions(arrangement, day)
        batches.setdefault(keys[day], []).append(subject)
    found: dict[str, Origin] = {}
    for batch in batches.values():
        found |= _batch(arrangement, batch, days, evidence, terrain_of)
    return {subject.id: found[subject.id] for subject in subjects}


def prior_at(arrangement: Arrangement, day: date) -> tuple[OriginPrior, str]:
    """What is assumed on `day`, and where that stands."""
    if arrangement.origin is None:
        return OriginPrior(), "assumed, the same for every party"
    since = arrangement.origin.at(day)
    return since.value, f"{since.reference} ({since.grade})"


def _versions(arrangement: Arrangement, day: date) -> tuple[object, ...]:
    """What has to be the same for subjects of different days to be asked about together."""
    lines = tuple(arrangement.line(map.line).versions.at(day).day for map in arrangement.maps)
    dated = (arrangement.origin, arrangement.fielded)
    return lines + tuple(None if one is None else one.at(day).day for one in dated)


def _batch(
    arrangement: Arrangement,
    batch: Sequence[Subject],
    days: Mapping[str, date],
    evidence: Mapping[ObservationId, Evidence],
    terrain_of: Callable[[date], Terrain],
) -> dict[str, Origin]:
    """Origins of subjects under the same lines and assumptions, in order of time."""
    day = days[batch[0].id]
    prior, reference = prior_at(arrangement, day)
    maps = controls(arrangement, day)
    parts = [batch[start : start + AT_ONCE] for start in range(0, len(batch), AT_ONCE)]
    told = [strands(part, evidence) for part in parts]
    arrays = [columns(one, prior) for one in told]
    by_map: list[list[MapResult]] = []
    for control in maps:
        readings = [
            _read(arrangement, control, part, columns_, prior, days, terrain_of)
            for part, columns_ in zip(parts, arrays, strict=True)
        ]
        by_map.append(list(_results(arrangement, control, batch, told, readings, prior, reference)))
    return {s.id: over_maps(s.id, results) for s, results in zip(batch, zip(*by_map, strict=True), strict=True)}


def _read(
    arrangement: Arrangement,
    control: Control,
    part: Sequence[Subject],
    told: Columns,
    prior: OriginPrior,
    days: Mapping[str, date],
    terrain_of: Callable[[date], Terrain],
) -> _Reading:
    """Some subjects on one map."""
    first = control.line == arrangement.lines[0].id
    held = np.array(
        [
            s.p_side_left
            if first and s.p_side_left is not None
            else terrain_of(days[s.id]).p_left(s.where, control.line)
            for s in part
        ]
    )
    at = points(control, [s.where for s in part])
    weighed = weigh(
        Asked(
            control=control,
            points=at,
            side_weights=side_weights(p_left(control, offsets(control, at.xy_m)), held),
            columns=told,
            fielded=_fielded(arrangement, control, days[part[0].id]),
            exchange=np.array([isinstance(s, Engagement) for s in part]),
            prior=prior,
        )
    )
    return _Reading(held=held, log_odds=weighed.log_odds, p_phase=weighed.p_phase, xy_m=at.xy_m[:, 0])


def _fielded(arrangement: Arrangement, control: Control, day: date) -> F64:
    """(2, classes) what each party has; all of them where the arrangement does not say."""
    said = arrangement.fielded.at(day).value if arrangement.fielded is not None else {}
    nothing_said = among(()) + 1.0
    return np.array([among(said[p]) if p in said else nothing_said for p in (control.left, control.right)])


def _results(
    arrangement: Arrangement,
    control: Control,
    batch: Sequence[Subject],
    told: Sequence[Sequence[Strand]],
    readings: Sequence[_Reading],
    prior: OriginPrior,
    reference: str,
) -> Iterator[MapResult]:
    """One result a subject on one map, answering fire included."""
    held = np.concatenate([r.held for r in readings])
    log_odds = np.concatenate([r.log_odds for r in readings], axis=1)
    moved = np.diff(log_odds, axis=0, prepend=0.0)
    p_phase, xy_m = (np.concatenate([getattr(r, name) for r in readings]) for name in ("p_phase", "xy_m"))
    answer, partner = _answers(batch, held, log_odds[-1], p_phase, xy_m, prior)
    steps = np.round(np.vstack([moved, answer]), DIGITS) + 0.0
    names = {party.id: party.name for party in arrangement.parties}
    about = Told(
        control=control,
        names=(names.get(control.left, control.left), names.get(control.right, control.right)),
        reference=reference,
        prior=prior,
    )
    by_subject = _by_subject(told)
    for n in range(len(batch)):
        partners = tuple(batch[k].id for k in partner[n].tolist() if k != NOBODY)
        nats = steps[:, n].tolist()
        factors = factors_of(about, by_subject[n], nats, float(held[n]), partners)
        yield map_result(control, float(held[n]), math.fsum(nats), factors)


def _by_subject(told: Sequence[Sequence[Strand]]) -> list[list[Strand]]:
    found: list[list[Strand]] = []
    for part in told:
        first = len(found)
        for strand in part:
            if first + strand.subject == len(found):
                found.append([])
            found[-1].append(strand)
    return found


def _answers(
    batch: Sequence[Subject], held: F64, log_odds: F64, p_phase: F64, xy_m: F64, prior: OriginPrior
) -> tuple[F64, I64]:
    """Answering fire among the incidents of a batch; an exchange holds its own answers."""
    single = np.array([not isinstance(s, Engagement) for s in batch])
    rows = np.flatnonzero(single)
    moved, partner = np.zeros(len(batch)), np.full((len(batch), 2), NOBODY)
    when = [0.5 * (batch[n].when.start.timestamp() + batch[n].when.end.timestamp()) for n in rows.tolist()]
    fire = Fire(
        time_s=np.array(when),
        xy_m=xy_m[rows],
        kind=np.unique([getattr(batch[n], "phenomenon", "") for n in rows.tolist()], return_inverse=True)[1],
        p_side_left=held[rows],
        p_left_fired=1.0 / (1.0 + np.exp(-log_odds[rows])),
        p_phase=p_phase[rows],
    )
    moved[rows], local = answering(fire, prior)
    partner[rows] = np.where(local == NOBODY, NOBODY, rows[local]) if len(rows) else local
    return moved, partner


def map_result(control: Control, held: float, log_odds: float, factors: tuple[Factor, ...]) -> MapResult:
    """What one map says, from the log odds that the left fired.

    What speaks for both parties alike cancels: twice the smaller probability is undetermined, and the favoured party
    has the rest. A party's mass and half of what is undetermined make the plain probability that it fired.
    """
    left, right = sigmoid(log_odds), sigmoid(-log_odds)
    return MapResult(
        control_map=control.map.id,
        name=control.map.name,
        since=control.since.isoformat(),
        p_held=((control.left, round(held, DIGITS)), (control.right, round(1.0 - held, DIGITS))),
        p_party=(
            (control.left, round(max(0.0, left - right), DIGITS)),
            (control.right, round(max(0.0, right - left), DIGITS)),
            (UNDETERMINED, round(2.0 * min(left, right), DIGITS)),
        ),
        factors=factors,
    )


def sigmoid(log_odds: float) -> float:
    """Probability of what has these odds."""
    return 1.0 / (1.0 + math.exp(-log_odds))


def over_maps(subject: str, results: Sequence[MapResult]) -> Origin:
    """All maps together: a party's mass is the smallest that any map gives it, the rest is undetermined."""
    masses = [dict(result.p_party) for result in results]
    names = dict.fromkeys(name for mass in masses for name in mass if name != UNDETERMINED)
    parties = [PartyId(name) for name in names]
    least = {party: min(mass.get(party, 0.0) for mass in masses) for party in parties}
    rest = round(1.0 - math.fsum(least.values()), DIGITS)
    fired = {p: math.fsum(m[p] + 0.5 * m[UNDETERMINED] for m in masses if p in m) / len(masses) for p in parties}
    return Origin(
        subject=subject,
        p_party=(*least.items(), (UNDETERMINED, rest)),
        p_fired=tuple((party, round(p, DIGITS)) for party, p in fired.items()),
        maps=tuple(results),
    )
