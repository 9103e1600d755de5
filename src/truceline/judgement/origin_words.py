"""Origin in words: whose fire is indicated or undetermined, what each control map gives, how far each factor moved."""

from collections.abc import Mapping, Sequence

from truceline.domain.origin import UNDETERMINED, Factor, MapResult, Origin
from truceline.judgement.words import date_of, listed, numeral, percent, plain, sentence, standard

Names = Mapping[str, str]  # party id -> its name

# Grades of evidence by Kass and Raftery, "Bayes Factors", J. Am. Stat. Assoc. 90 (1995) 773-795, section 3.2: there in
# twice the natural logarithm (2, 6, 10), here in nats. Below ROUND the figure shown is 0.0, and nothing is said.
MOVED: tuple[tuple[float, str], ...] = ((5.0, "very strongly"), (3.0, "strongly"), (1.0, "somewhat"), (0.05, "barely"))
AGREE_WITHIN = 0.1  # assumed: maps whose masses differ by less tell the same; more is said to be a disagreement
NOT_SIDE = "Where something fell is not who fired it"


def origin_words(origin: Origin, names: Names) -> tuple[str, ...]:
    """Whose it was, in sentences: the outcome, every control map apart, and every factor once."""
    said = [outcome(origin, names), *_averaged(origin, names), *_maps(origin.maps, names)]
    everywhere, apart = _factors(origin.maps)
    said += [factor_words(factor, names) for factor in everywhere]
    said += [f"by {map.name} only: {factor_words(factor, names)}" for map, factor in apart]
    return tuple(sentence(s) for s in [*said, NOT_SIDE])


def outcome(origin: Origin, names: Names) -> str:
    """One sentence: who is indicated to which standard, or that it is undetermined, with every mass."""
    masses = dict(origin.p_party)
    shares = listed([f"{name_of(p, names)} {percent(mass)}" for p, mass in origin.p_party if p != UNDETERMINED])
    least = f"at the least over {_how_many(origin.maps)}: {shares}" if shares else "no party can be told apart"
    rest = masses.get(UNDETERMINED, 0.0)
    if origin.indicated is None:
        return f"who fired is undetermined; {least}; undetermined {percent(rest)}"
    who = name_of(origin.indicated, names)
    only = "" if origin.standard == "clear_and_convincing" else "only "
    held = f"indicated {only}to the standard of {standard(origin.standard or '')}"
    return f"fire by {who} is {held}; {least}; undetermined {percent(rest)}"


def name_of(party: str, names: Names) -> str:
    """A party's name; "undetermined" stands for itself."""
    return names.get(party, plain(party))


def _how_many(maps: Sequence[MapResult]) -> str:
    return f"the one control map asked, {maps[0].name}" if len(maps) == 1 else f"{numeral(len(maps))} control maps"


def _averaged(origin: Origin, names: Names) -> list[str]:
    if not origin.p_fired:
        return []
    shares = listed([f"{name_of(p, names)} {percent(mass)}" for p, mass in origin.p_fired])
    over = "by that map" if len(origin.maps) == 1 else "averaged over the maps"
    return [f"had it to be one of them, {over}: {shares}"]


def _maps(maps: Sequence[MapResult], names: Names) -> list[str]:
    """Each map's own result; with more than one, first whether they disagree."""
    said = []
    if len(maps) > 1:
        word = "disagree; each result stands by itself" if disagree(maps) else "agree"
        said.append(f"the {numeral(len(maps))} control maps {word}")
    for map in maps:
        held = listed([f"{name_of(p, names)} {percent(share)}" for p, share in map.p_held]) or "not known"
        fired = listed([f"{name_of(p, names)} {percent(share)}" for p, share in map.p_party]) or "not known"
        said.append(f"by {map.name}, as of {date_of(map.since)}: who holds the place, {held}; who fired, {fired}")
    return said


def disagree(maps: Sequence[MapResult]) -> bool:
    """Whether the maps name different parties first, or give one of them clearly different masses."""
    if len(maps) < 2:
        return False
    masses = [dict(map.p_party) for map in maps]
    first = {max(one, key=lambda name: one[name]) for one in masses if one}
    spread = [[one.get(name, 0.0) for one in masses] for name in {name for one in masses for name in one}]
    return len(first) > 1 or any(max(shares) - min(shares) >= AGREE_WITHIN for shares in spread)


def _factors(maps: Sequence[MapResult]) -> tuple[list[Factor], list[tuple[MapResult, Factor]]]:
    """The factors that every map has alike, once each; and those that differ, with their map."""
    if not maps:
        return [], []
    everywhere = [factor for factor in maps[0].factors if all(factor in map.factors for map in maps)]
    return everywhere, [(map, factor) for map in maps for factor in map.factors if factor not in everywhere]


def factor_words(factor: Factor, names: Names) -> str:
    """One factor: what it is, why, how much better it fits one party than another, and how far it moved the belief."""
    head = f"{plain(factor.name)}: {factor.because} [{factor.reference}]"
    if abs(factor.moved_nats) < MOVED[-1][0] and _even(factor.ratio):
        return f"{head}: fits all alike and moved nothing (0.0 nats)"
    fit = _fit(factor.ratio, names)
    towards = _towards(factor, names)
    strength = next((word for least, word in MOVED if abs(factor.moved_nats) >= least), "not")
    moved = f"moved the belief {strength} {towards} ({_nats(factor.moved_nats)})" if towards else "moved nothing"
    rests = f"; rests on {listed(list(factor.observations))}" if factor.observations else ""
    return f"{head}: {fit}, and {moved}{rests}"


def _even(ratio: Sequence[tuple[str, float]]) -> bool:
    values = [value for _, value in ratio]
    return not values or max(values) - min(values) < 0.05 * max(values)


def _fit(ratio: Sequence[tuple[str, float]], names: Names) -> str:
    """How well each party explains it, beside the one that does so best."""
    if not ratio or _even(ratio):
        return "fits all alike"
    best, most = max(ratio, key=lambda one: one[1])
    said = []
    for party, value in ratio:
        if party == best:
            continue
        times = f"{most / value:.1f} times as well with" if value > 0.0 else "not at all with any but"
        said.append(
            f"fits {times} {name_of(best, names)}" + (f" as with {name_of(party, names)}" if value > 0.0 else "")
        )
    return listed(said)


def _towards(factor: Factor, names: Names) -> str:
    """To whom a factor moved the belief. With a negative figure that is away from the first, towards the other."""
    parties = [party for party, _ in factor.ratio]
    if not parties or abs(factor.moved_nats) < MOVED[-1][0]:
        return ""
    if factor.moved_nats > 0.0:
        return f"towards {name_of(parties[0], names)}"
    if len(parties) == 2:
        return f"towards {name_of(parties[1], names)}"
    return f"away from {name_of(parties[0], names)}"


def _nats(moved: float) -> str:
    return f"{abs(moved):.1f} nats"
