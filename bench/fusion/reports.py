"""Level two on a world as people report it: association, intervals of counts, who fired first, and what is left open.

python bench/fusion/reports.py [observations] [seed ...]
python bench/fusion/reports.py speed [observations ...]
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from ours import line_along
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from worlds import SEEDS, table

from truceline.app import sensor_models
from truceline.domain.arrangement import Prior, Regions
from truceline.domain.fused import Fused
from truceline.fusion.exchanges.counts import rounds_of
from truceline.fusion.exchanges.engagements import pairs_that_meet
from truceline.fusion.fuse import fuse
from truceline.fusion.intake.items import Item, make_items
from truceline.geo.line import locate
from truceline.simulation.campaign import Simulated, simulate
from truceline.simulation.score import ALONE, Pairs, labels, pair_scores
from truceline.simulation.worlds import WORLDS

N_OBSERVATIONS = 10_000
WORLD = "reports"
DECIDED = 0.8  # a side is named as the first if it is at least as probable as this
NEAR_M = (0.0, 1_000.0, 2_000.0, 4_000.0)  # the naive baseline is given the best of these, on the truth
CORE = (1, 3, 6)
SINGLE = ("uav",)
SIZES = (300, 1_000, 2_000, 4_000)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A world, what was found in it, and for every aggregated row its item, true event and found engagement."""

    made: Simulated
    fused: Fused
    items: list[Item]
    event: np.ndarray
    found: np.ndarray
    cpu_s: float


def case_of(n: int, seed: int) -> Case:
    """Simulate and fuse."""
    made = simulate(WORLDS[WORLD], seed=seed, n_observations=n)
    line = line_along(made.line_deg)
    start = time.process_time()
    fused = fuse(made.observations, None, models=sensor_models(), line=line, regions=Regions(), prior=Prior())
    cpu_s = time.process_time() - start
    told = made.truth["observation_id"]
    event = labels(told, told, made.truth["event_id"])
    found = labels(told, fused.membership["observation_id"], fused.membership["engagement_id"])
    # a row that is in no engagement stands for itself
    flying = np.isin(made.observations["phenomenon"].to_numpy(zero_copy_only=False), SINGLE)
    event = np.where(flying, ALONE, event)
    return Case(made=made, fused=fused, items=items_of(made), event=event, found=found, cpu_s=cpu_s)


def items_of(made: Simulated) -> list[Item]:
    """Every row as level two sees it."""
    given = {"models": sensor_models(), "regions": Regions(), "prior": Prior()}
    made_items = make_items(
        made.observations, made.truth["observation_id"].to_pylist(), frame=made.ground.frame, **given
    )
    assert all(item is not None for item in made_items)
    return [item for item in made_items if item is not None]


def aggregated(case: Case) -> np.ndarray:
    """Which rows count over an interval."""
    throughout = case.made.observations["time_kind"].to_numpy(zero_copy_only=False) == "throughout"
    return np.asarray(throughout)


def naive(case: Case, near_m: float, core: int) -> Pairs:
    """Rows whose times overlap and whose places (90 % boxes, widened) overlap are one exchange: single link, or
    DBSCAN where a row needs `core` such neighbours to link."""
    n = len(case.items)
    window = np.array([item.origin_s for item in case.items])
    centre = np.array([item.weights @ item.nodes for item in case.items])
    spread = np.array(
        [np.sqrt(item.weights @ (item.nodes - c) ** 2) for item, c in zip(case.items, centre, strict=True)]
    )
    box = np.hstack([centre - spread - 0.5 * near_m, centre + spread + 0.5 * near_m])
    a, b = pairs_that_meet(window, box, np.zeros(n, dtype=np.bool_))
    degree = np.bincount(np.concatenate([a, b]), minlength=n)
    linked = (degree[a] >= core) & (degree[b] >= core)
    graph = coo_matrix((np.ones(linked.sum()), (a[linked], b[linked])), shape=(n, n))
    return pair_scores(case.event, connected_components(graph, directed=False)[1])


def nearest(case: Case, hours: float, km: float) -> Pairs:
    """DBSCAN on the middles of time and place, scaled by a reach of each (min_samples 1: single link)."""
    n = len(case.items)
    middle = np.array([0.5 * (item.origin_s[0] + item.origin_s[1]) for item in case.items])
    centre = np.array([item.weights @ item.nodes for item in case.items])
    window = np.column_stack([middle - 1_800.0 * hours, middle + 1_800.0 * hours])
    half = 500.0 * km
    a, b = pairs_that_meet(window, np.hstack([centre - half, centre + half]), np.zeros(n, dtype=np.bool_))
    graph = coo_matrix((np.ones(len(a)), (a, b)), shape=(n, n))
    return pair_scores(case.event, connected_components(graph, directed=False)[1])


def best(pairs: Sequence[Pairs]) -> Pairs:
    """The best by F1: chosen on the truth, in the baseline's favour."""
    return max(pairs, key=lambda p: p.f1)


def matched(case: Case) -> dict[int, int]:
    """The true event that most rows of each found engagement are of; none for one of false rows."""
    out = {}
    for group in np.unique(case.found[case.found != ALONE]).tolist():
        events, count = np.unique(case.event[(case.found == group) & (case.event != ALONE)], return_counts=True)
        if len(events):
            out[group] = int(events[np.argmax(count)])
    return out


def names_of(column: pa.ChunkedArray) -> dict[int, str]:
    """The id behind each label, numbered as `labels` does."""
    values = column.combine_chunks().dictionary_encode().dictionary.to_pylist()
    return dict(enumerate(values))


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How often the truth lay in the interval, below it and above it, and how wide the interval is (median ratio)."""

    n: int
    inside: float
    below: float
    above: float
    ratio: float


def counted(rows: Sequence[tuple[float, float, float]]) -> Counted:
    """Of (low, high, true)."""
    low, high, true = np.array(rows, dtype=np.float64).T
    return Counted(
        n=len(rows),
        inside=float(((low <= true) & (true <= high)).mean()),
        below=float((true < low).mean()),
        above=float((true > high).mean()),
        ratio=float(np.median((high + 1.0) / (low + 1.0))),
    )


def truth_by_event(case: Case) -> dict[int, dict[str, object]]:
    """The row of the truth for each event label."""
    names = names_of(case.made.truth["event_id"])
    rows = {row["event_id"]: row for row in case.made.events.to_pylist()}
    return {number: rows[name] for number, name in names.items() if name in rows}


def counts(case: Case, bounds: tuple[str, str]) -> Counted:
    """Intervals of the engagements found, against the true exchange that most of their rows are of."""
    truth, names = truth_by_event(case), names_of(case.fused.membership["engagement_id"])
    told = {row["id"]: row for row in case.fused.engagements.to_pylist()}
    rows = []
    for group, event in matched(case).items():
        row = told[names[group]]
        high = row[bounds[1]] if row[bounds[1]] is not None else np.inf
        rows.append((row[bounds[0]], high, truth[event]["n_rounds"]))
    return counted(rows)


def counts_given_members(case: Case) -> Counted:
    """Intervals when the true members are given: what the counting alone is worth."""
    truth, many = truth_by_event(case), aggregated(case)
    rows = []
    for event, row in truth.items():
        mine = np.flatnonzero(case.event == event)
        reports = [case.items[k] for k in mine if many[k] or case.items[k].count_high != 1]
        if not reports:
            continue
        found = rounds_of(reports, [case.items[k] for k in mine if case.items[k] not in reports])
        rows.append((found.low, found.high, row["n_rounds"]))
    return counted(rows)


@dataclass(frozen=True, kw_only=True)
class Firsts:
    """Of engagements found: how many could be known, how many were decided, and how often rightly."""

    n: int
    knowable: int
    decided: int
    right: float
    knowable_decided: float
    open_left_open: float
    calibration: Mapping[str, tuple[int, float, float]]


def knowable(case: Case, members: np.ndarray) -> bool:
    """Whether the true rows settle who fired first: both sides are stated to fire, rightly, and one of them before
    the other can have begun."""
    made = case.made
    sides: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    phase = made.observations["phase"].to_pylist()
    for k in members.tolist():
        if phase[k] == "outgoing":
            xy = np.array([[made.seen.x_m[k]], [made.seen.y_m[k]]])
            sides[bool(offset(made, xy) > 0.0)].append(case.items[k].origin_s)
    if not sides[True] or not sides[False]:
        return False
    ends = {side: min(end for _, end in told) for side, told in sides.items()}
    starts = {side: min(start for start, _ in told) for side, told in sides.items()}
    return ends[True] < starts[False] or ends[False] < starts[True]


def offset(made: Simulated, xy: np.ndarray) -> float:
    """How far left of the line a place (2, 1) lies."""
    return float(locate(made.ground.line, xy[0], xy[1])[1][0])


def firsts(case: Case) -> Firsts:
    """Who fired first, of the engagements found."""
    truth, names = truth_by_event(case), names_of(case.fused.membership["engagement_id"])
    told = {row["id"]: row for row in case.fused.engagements.to_pylist()}
    rows = []
    for group, event in matched(case).items():
        row = told[names[group]]
        left = truth[event]["first_side"] == "left"
        known = knowable(case, np.flatnonzero(case.event == event))
        rows.append((row["p_first_left"], row["p_first_right"], left, known))
    p_left, p_right, left, known = (np.array(v) for v in zip(*rows, strict=True))
    decided = np.maximum(p_left, p_right) >= DECIDED
    right = np.where(p_left > p_right, left, ~left)
    named = np.maximum(p_left, p_right)
    bins = {
        f"{a:.1f}-{b:.1f}": (named >= a) & (named < b) for a, b in ((0.2, 0.5), (0.5, 0.65), (0.65, 0.8), (0.8, 1.01))
    }
    return Firsts(
        n=len(rows),
        knowable=int(known.sum()),
        decided=int(decided.sum()),
        right=float(right[decided].mean()) if decided.any() else float("nan"),
        knowable_decided=float(decided[known].mean()) if known.any() else float("nan"),
        open_left_open=float((~decided[~known]).mean()),
        calibration={
            k: (int(w.sum()), float(named[w].mean()), float(right[w].mean())) for k, w in bins.items() if w.any()
        },
    )


def report(n: int, seeds: Sequence[int]) -> None:
    """Print all tables."""
    cases = [case_of(n, seed) for seed in seeds]
    print(association(cases, seeds), "\n")
    print(intervals(cases, seeds), "\n")
    print(*first_tables(cases, seeds), sep="\n\n")


def association(cases: Sequence[Case], seeds: Sequence[int]) -> str:
    """Pairs of rows, beside two baselines."""
    rows = []
    for case, seed in zip(cases, seeds, strict=True):
        link = best([naive(case, near, 0) for near in NEAR_M])
        dense = best([naive(case, near, core) for near in NEAR_M for core in CORE])
        middle = best([nearest(case, h, km) for h in (1.0, 3.0, 6.0) for km in (2.0, 4.0, 8.0)])
        flying = case.made.observations["track_id"].is_valid().to_numpy()
        for name, pairs in (
            ("**ours**", pair_scores(case.event, case.found)),
            ("overlap in time and place, single link", link),
            ("the same, rows with few neighbours left out", dense),
            ("middles within a reach (DBSCAN)", middle),
        ):
            rows.append((str(seed), name, *(f"{v:.3f}" for v in (pairs.f1, pairs.precision, pairs.recall))))
        pulled = f"{int((case.found[flying] != ALONE).sum())} of {int(flying.sum())} rows of tracks in an exchange"
        rows.append((str(seed), pulled, "", "", ""))
    return table(("seed", "rule", "F1", "precision", "recall"), rows)


def intervals(cases: Sequence[Case], seeds: Sequence[int]) -> str:
    """Intervals of counts."""
    rows = []
    for case, seed in zip(cases, seeds, strict=True):
        for name, found in (
            ("**count_low to count_high**", counts(case, ("count_low", "count_high"))),
            ("true members given", counts_given_members(case)),
            ("stated_low to stated_high (not a 90 % interval)", counts(case, ("stated_low", "stated_high"))),
        ):
            shares = (found.inside, found.below, found.above)
            rows.append((str(seed), name, str(found.n), *(f"{v:.3f}" for v in shares), f"{found.ratio:.1f}"))
    return table(("seed", "interval", "engagements", "truth inside", "truth below", "above", "high over low"), rows)


def first_tables(cases: Sequence[Case], seeds: Sequence[int]) -> tuple[str, str]:
    """Who fired first, and whether its probabilities are what they say."""
    rows, bins = [], []
    for case, seed in zip(cases, seeds, strict=True):
        found = firsts(case)
        shares = (found.right, found.knowable_decided, found.open_left_open)
        rows.append((str(seed), str(found.n), str(found.knowable), str(found.decided), *(f"{v:.3f}" for v in shares)))
        bins += [(str(seed), k, str(n), f"{p:.3f}", f"{share:.3f}") for k, (n, p, share) in found.calibration.items()]
    heads = (
        "seed",
        "engagements",
        "knowable",
        "decided",
        "right where decided",
        "decided where knowable",
        "open where not",
    )
    return table(heads, rows), table(("seed", "p of the likelier side", "engagements", "mean p", "share right"), bins)


def speed(sizes: Sequence[int]) -> None:
    """CPU seconds of `fuse` by number of observations."""
    case_of(200, 8000)
    rows = []
    for n in sizes:
        case = case_of(n, SEEDS[0])
        rows.append(
            (
                f"{n:,}",
                f"{aggregated(case).sum():,}",
                f"{case.fused.links.num_rows:,}",
                f"{case.cpu_s:.1f}",
                f"{1e3 * case.cpu_s / n:.1f}",
            )
        )
    print(table(("observations", "aggregated", "links", "CPU s", "ms an observation"), rows))


def main() -> None:
    """Print the tables asked for."""
    if sys.argv[1:2] == ["speed"]:
        speed([int(n) for n in sys.argv[2:]] or SIZES)
        return
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_OBSERVATIONS
    report(n, [int(seed) for seed in sys.argv[2:]] or SEEDS)


if __name__ == "__main__":
    main()
