"""The numbers that attribution itself assumes, as rows for people, made from the very constants it calculates by."""

from collections.abc import Iterator

from truceline.domain.observation import PHENOMENA
from truceline.domain.report import Assumed
from truceline.domain.weapons import WEAPONS
from truceline.judgement.answers import LOOKED_AT, SHOT_S, SURE, WITHIN_M
from truceline.judgement.evidence import (
    P_MISNAMED,
    P_PHASE,
    P_TOGETHER,
    P_WRONG_PHASE,
    P_WRONG_UNKNOWN,
    PHASE_REFERENCE,
    PHASES,
)
from truceline.judgement.firer import LEAST, MOST_NATS, P_BOTH, P_OVER_OWN
from truceline.judgement.origin_words import AGREE_WITHIN
from truceline.judgement.reach import NEAREST_SHARE, REACH, SOFT_SHARE, classes_of
from truceline.judgement.strands import P_ASTRAY
from truceline.judgement.words import NBSP, duration, exact_percent, kilometres, listed, plain

ALIKE = "assumed, the same for every party"
NATURE = "assumed, of the evidence and not of a party (docs/explanation/origin.md)"


def attribution_assumes() -> tuple[Assumed, ...]:
    """Every constant of attribution that no source states, whatever the arrangement."""
    return tuple(
        Assumed(what=f"who fired: {what}", value=value, reference=reference)
        for rows in (_phases(), _weapons(), _fire(), _answers())
        for what, value, reference in rows
    )


def _phases() -> Iterator[tuple[str, str, str]]:
    wrong = [f"{plain(means)} {exact_percent(p)}" for means, p in P_WRONG_PHASE.items()]
    wrong.append(f"means not stated {exact_percent(P_WRONG_UNKNOWN)}")
    yield "a stated phase is wrong, either other one alike", ", ".join(wrong), PHASE_REFERENCE
    yield "posts that perceive by the same means err, or are right, together", exact_percent(P_TOGETHER), NATURE
    named = [f"{plain(name)} {' / '.join(map(exact_percent, shares))}" for name, shares in P_PHASE.items()]
    order = " / ".join(plain(phase) for phase in PHASES)
    yield f"phase of what was named ({order})", "; ".join(named), ALIKE
    yield "what was perceived is another than was named", exact_percent(P_MISNAMED), NATURE


def _weapons() -> Iterator[tuple[str, str, str]]:
    for reference in dict.fromkeys(reach.reference for reach in REACH.values() if reach.grade == "assumed"):
        told = [f"{w} {r.km:g}{NBSP}km" for w, r in REACH.items() if r.grade == "assumed" and r.reference == reference]
        yield "how far a class of weapon reaches", ", ".join(told), reference
    soft = f"models of one class differ by {exact_percent(SOFT_SHARE)} (one standard deviation)"
    near = f"any distance from {exact_percent(NEAREST_SHARE)} of it on is alike likely"
    yield "how reaches and ranges of one class differ", f"{soft}; {near}", NATURE
    together: dict[tuple[str, ...], list[str]] = {}
    for name in PHENOMENA:
        if classes_of(name) != WEAPONS:
            together.setdefault(classes_of(name), []).append(plain(name))
    only = [f"{listed(names)}: {_classes(classes)}" for classes, names in together.items()]
    yield "classes of weapon that cause only this", "; ".join(only), NATURE


def _classes(classes: tuple[str, ...]) -> str:
    """The classes by name, or by those that are left out where that is shorter."""
    rest = [weapon for weapon in WEAPONS if weapon not in classes]
    return f"all but {listed(rest)}" if len(rest) < len(classes) else listed(classes)


def _fire() -> Iterator[tuple[str, str, str]]:
    yield "a stated direction has nothing to do with the flight", exact_percent(P_ASTRAY), NATURE
    yield "a round in flight is over the firer's own ground", exact_percent(P_OVER_OWN), ALIKE
    yield "in an exchange both parties fired", exact_percent(P_BOTH), ALIKE
    limits = f"no likelihood is below {LEAST:g}, no belief beyond {MOST_NATS:g} nats"
    yield "nothing is impossible and nothing certain", limits, ALIKE
    yield "control maps agree while shares differ by less than", exact_percent(AGREE_WITHIN), NATURE


def _answers() -> Iterator[tuple[str, str, str]]:
    apart = f"from {duration(SHOT_S)} on, within {kilometres(WITHIN_M / 1e3)}"
    sure = f"which side each lies on being at least {exact_percent(SURE)} probable"
    looked = f"the nearest of {LOOKED_AT} before and {LOOKED_AT} after"
    yield "fire that may answer fire", f"{apart}, {sure}, {looked}", ALIKE
