"""How counts of several reports add up to an interval of distinct rounds or bursts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.fusion.intake.items import Item

EXACT = 24  # rows for which the lower bound is searched exactly; beyond, a greedy one that is still a bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Distinct rounds or bursts; `high` is None where a statement sets no upper bound."""

    low: int
    likely: float
    high: int | None


def tally(items: Sequence[Item], p_same: Mapping[tuple[str, str], float]) -> tuple[dict[str, Tally], Tally]:
    """Counts by phenomenon, and of the exchange as a whole.

    Parameters
    ----------
    items : the reports of one exchange
    p_same : for two reports (ids in order) the probability that they counted the same rounds; a pair that is not
        there cannot have

    Returns
    -------
    At least: the largest sum of reports of which no two can have counted the same rounds. At most: all of them
    different. Likely: in between, each report lessened by the probability that a larger one counted the same.
    """
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item.phenomenon, []).append(item)
    return {kind: _count(rows, p_same) for kind, rows in sorted(by_kind.items())}, _count(items, p_same)


def _count(rows: Sequence[Item], p_same: Mapping[tuple[str, str], float]) -> Tally:
    def p(a: Item, b: Item) -> float:
        return p_same.get((min(a.id, b.id), max(a.id, b.id)), 0.0)

    ordered = sorted(rows, key=lambda r: (-_middle(r), r.id))
    apart = [frozenset(j for j, b in enumerate(ordered) if j != i and p(a, b) == 0.0) for i, a in enumerate(ordered)]
    lows = [r.count_low for r in ordered]
    likely = sum(
        _middle(row) * (1.0 - max((p(row, earlier) for earlier in ordered[:n]), default=0.0))
        for n, row in enumerate(ordered)
    )
    highs = [r.count_high for r in ordered]
    low = _heaviest(lows, apart) if len(ordered) <= EXACT else _greedy(lows, apart)
    return Tally(low=low, likely=likely, high=None if None in highs else sum(h for h in highs if h is not None))


def _middle(row: Item) -> float:
    return row.count_low if row.count_high is None else 0.5 * (row.count_low + row.count_high)


def _heaviest(weights: Sequence[int], apart: Sequence[frozenset[int]]) -> int:
    """Weight of the heaviest set of which all are apart from each other (branch and bound)."""
    best = 0

    def grow(weight: int, candidates: list[int]) -> None:
        nonlocal best
        best = max(best, weight)
        for n, i in enumerate(candidates):
            if weight + sum(weights[j] for j in candidates[n:]) <= best:
                return
            grow(weight + weights[i], [j for j in candidates[n + 1 :] if j in apart[i]])

    grow(0, list(range(len(weights))))
    return best


def _greedy(weights: Sequence[int], apart: Sequence[frozenset[int]]) -> int:
    taken: list[int] = []
    for i in range(len(weights)):
        if all(i in apart[j] for j in taken):
            taken.append(i)
    return sum(weights[i] for i in taken)
