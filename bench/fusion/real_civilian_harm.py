"""Bellingcat's and CIR's rows of harm to civilians: which are the same incident, beside a naive rule and splink.

python bench/fusion/real_civilian_harm.py            # installs splink under .bench/ when it first runs
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from civilian_harm import (
    MOVES_DAYS,
    UNKNOWN,
    Answer,
    Pairs,
    Score,
    Two,
    answer,
    moved,
    read_two,
    resampled_f1,
    score,
    unlabelled,
)
from peers import HOME, Peer, call, install
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from real import KYIV, Run, fused, plane, shared
from truceline.domain.observation import PHENOMENA
from truceline.fusion.intake.plane import frame_for
from truceline.sources.bellingcat import BLUR_DEG

OURS = "**ours**"
NAIVE_M = 200.0
REACHES_M = (50.0, 75.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 750.0, 1000.0)
WEIGHTS = tuple(np.arange(-10.0, 25.0, 0.5).tolist())
SIGMAS_M = (20.0, 40.0, 60.0, 80.0, 100.0, 120.0)  # of a CIR place, tried
DRAWS, SEED = 10_000, 9001
SPLINK = Peer(
    name="splink",
    script="splink_two_sets.py",
    environment="splink",
    n_tuning=0,
    n_most={},
    choices={},
    fixed={"words": False},
    fits=True,
)


def as_written(two: Two) -> Two:
    """The same with Bellingcat's places as they stand in its file."""
    table = two.bellingcat
    for name in ("lon_deg", "lat_deg"):
        back = pc.subtract(table[name], 0.5 * BLUR_DEG)
        table = table.set_column(table.schema.get_field_index(name), name, back)
    return replace(two, bellingcat=table)


def with_sigma(two: Two, sigma_m: float) -> Two:
    """The same with another error of CIR's places."""
    table = two.cir
    for name in ("sigma_major_m", "sigma_minor_m"):
        column = pa.repeat(pa.scalar(sigma_m), table.num_rows)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return replace(two, cir=table)


def pairs_of(two: Two) -> Pairs:
    """Pairs of rows in one incident."""
    return ours(two)[0]


def ours(two: Two) -> tuple[Pairs, Run]:
    """Pairs of rows in one incident, and what fusing took."""
    run = fused(unlabelled(two), None, timezone=KYIV)
    membership = run.fused.membership
    of = dict(zip(membership["observation_id"].to_pylist(), membership["incident_id"].to_pylist(), strict=True))
    incident = {}
    for row, id in enumerate(two.bellingcat["id"].to_pylist()):
        incident.setdefault(of[f"bellingcat:{id}"], []).append(row)
    pairs = [
        (one, row)
        for row, id in enumerate(two.cir["id"].to_pylist())
        if (found := of[f"cir:{id}"]) is not None
        for one in incident.get(found, ())
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), run


def places(two: Two) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Places of both sets (n, 2), metres in one plane, and their local days."""
    frame = frame_for(unlabelled(two), None)
    xy = [plane(table, frame) for table in (two.bellingcat, two.cir)]
    days = [local_day(table) for table in (two.bellingcat, two.cir)]
    return xy[0], xy[1], days[0], days[1]


def local_day(table: pa.Table) -> np.ndarray:
    """Days since 1970; midnight in Kyiv is two or three hours before it is midnight UTC."""
    moved = pc.add(table["time_start"], pa.scalar(timedelta(hours=3)))
    return np.asarray(pc.floor_temporal(moved, unit="day").cast(pa.int64())) // 86_400_000_000


def near(two: Two, reach_m: float, nearest: bool = False) -> Pairs:
    """Pairs of one day within a distance; of each CIR row only the nearest, if that is asked."""
    xy_a, xy_b, day_a, day_b = places(two)
    found = KDTree(xy_b).query_ball_tree(KDTree(xy_a), reach_m)
    pairs = np.array([(a, b) for b, of in enumerate(found) for a in of], dtype=np.int64).reshape(-1, 2)
    pairs = pairs[day_a[pairs[:, 0]] == day_b[pairs[:, 1]]]
    apart = np.hypot(*(xy_a[pairs[:, 0]] - xy_b[pairs[:, 1]]).T)
    return best(pairs, -apart) if nearest else pairs


def best(pairs: Pairs, worth: np.ndarray) -> Pairs:
    """Of each CIR row the pair that is worth most."""
    order = np.lexsort((pairs[:, 0], -worth, pairs[:, 1]))
    pairs = pairs[order]
    first = np.r_[True, pairs[1:, 1] != pairs[:-1, 1]] if len(pairs) else np.zeros(0, dtype=bool)
    return pairs[first]


def linked(two: Two, reach_m: float) -> Pairs:
    """Pairs of one group, rows of either set being linked within a distance on one day (DBSCAN, two to a group)."""
    xy_a, xy_b, day_a, day_b = places(two)
    xy, day = np.concatenate([xy_a, xy_b]), np.concatenate([day_a, day_b])
    ends = KDTree(xy).query_pairs(reach_m, output_type="ndarray")
    ends = ends[day[ends[:, 0]] == day[ends[:, 1]]].T
    links = csr_array((np.ones(ends.shape[1]), tuple(ends)), shape=(len(xy), len(xy)))
    group = connected_components(links, directed=False)[1]
    members = {}
    for row, of in enumerate(group[: len(xy_a)].tolist()):
        members.setdefault(of, []).append(row)
    pairs = [(a, b) for b, of in enumerate(group[len(xy_a) :].tolist()) for a in members.get(of, ())]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def plain(two: Two, with_key: bool) -> dict[str, np.ndarray]:
    """What splink is given: places, days, kinds and words; the key only of what is there to learn from."""
    xy_a, xy_b, day_a, day_b = places(two)
    tables, xy = (two.bellingcat, two.cir), np.concatenate([xy_a, xy_b])
    kinds = np.concatenate([[PHENOMENA.index(kind) for kind in table["phenomenon"].to_pylist()] for table in tables])
    none = np.full(len(xy_a), UNKNOWN)
    learnt = np.where(two.held_out | (not with_key), UNKNOWN, two.partner)
    side = np.repeat([0, 1], [len(xy_a), len(xy_b)])
    row = np.concatenate([np.arange(len(xy_a)), len(xy_a) + np.arange(len(xy_b))])
    words = [said(text, "description", "tags") for text in two.bellingcat["text"].to_pylist()]
    words += [said(text, "title", "brief description") for text in two.cir["text"].to_pylist()]
    return {
        "row": row,
        "side": side,
        "x_m": xy[:, 0],
        "y_m": xy[:, 1],
        "day": np.concatenate([day_a, day_b]),
        "kind": kinds,
        "words": np.array(words),
        "partner": np.concatenate([none, learnt]),
    }


def said(text: str | None, name: str, until: str) -> str:
    """The words of one field of a text, without a date in front."""
    _, _, rest = f"; {text}".partition(f"; {name} ")
    words, _, _ = rest.partition(f"; {until} ")
    head, _, tail = words.partition(" ")
    return (tail if head.count("/") == 2 else words).casefold()


def splink(two: Two, words: bool) -> dict[str, Answer]:
    """Pairs by the weight that is asked for at least; what it knows it learned from what is not held out."""
    (HOME / "out").mkdir(parents=True, exist_ok=True)
    key, out = HOME / "out" / "two_sets.parquet", HOME / "out" / "two_sets_pairs.parquet"
    pq.write_table(pa.table(plain(two, with_key=True)), key)
    settings = {"words": words} | (call(SPLINK, key, out, {"words": words}, "fit") or {})

    def weighed(one: Two) -> tuple[Pairs, np.ndarray]:
        pq.write_table(pa.table(plain(one, with_key=False)), key)
        if call(SPLINK, key, out, settings) is None:
            raise SystemExit("splink did not finish")
        table = pq.read_table(out)
        return np.column_stack([table["a"], np.asarray(table["b"]) - one.bellingcat.num_rows]), np.asarray(
            table["weight"]
        )

    runs = [weighed(one) for one in (two, *(moved(two, days) for days in MOVES_DAYS))]
    found = {}
    for least in WEIGHTS:
        kept = [(pairs[weight >= least], weight[weight >= least]) for pairs, weight in runs]
        every, each = [pairs for pairs, _ in kept], [best(*one) for one in kept]
        found[f"weight {least:g}"] = Answer(pairs=every[0], moved=tuple(every[1:]))
        found[f"weight {least:g}, best of each"] = Answer(pairs=each[0], moved=tuple(each[1:]))
    return found


def tuned(two: Two, answers: dict[str, Answer]) -> tuple[str, Answer]:
    """The answer that is best on what is there to tune on, and its name."""
    name = max(answers, key=lambda one: score(two, answers[one], held_out=False).f1)
    return name, answers[name]


def by_reach(two: Two, rule: Callable[[Two, float], Pairs]) -> tuple[str, Answer]:
    """A rule with a reach, tuned; places as written or as our source takes them, whichever suits it."""
    tried = {f"{m:g} m, as written": answer(two, lambda one, m=m: rule(as_written(one), m)) for m in REACHES_M}
    tried |= {f"{m:g} m, middle of the stretch": answer(two, lambda one, m=m: rule(one, m)) for m in REACHES_M}
    return tuned(two, tried)


def beside(two: Two) -> dict[str, tuple[str, Answer]]:
    """Every rule beside ours, tuned in its favour; of each what it was tuned to."""
    answers = {
        "naive: 200 m, same day": ("as written", answer(two, lambda one: near(as_written(one), NAIVE_M))),
        "within a reach, same day": by_reach(two, near),
        "the nearest within it": by_reach(two, lambda one, m: near(one, m, nearest=True)),
        "linked within it (DBSCAN)": by_reach(two, linked),
    }
    for label, words in (("splink", False), ("splink, words too", True)):
        tried = {f"{key}, as written": found for key, found in splink(as_written(two), words).items()}
        tried |= {f"{key}, middle of the stretch": found for key, found in splink(two, words).items()}
        answers[label] = tuned(two, tried)
    return answers


def estimates(two: Two) -> str:
    """The numbers of the sources, from what is not held out: the stretch of the blur, and how many lie on it."""
    rows = np.flatnonzero(~two.held_out & (two.partner != UNKNOWN))
    raw = as_written(two)
    moved = [
        two.cir[name].to_numpy()[rows] - raw.bellingcat[name].to_numpy()[two.partner[rows]]
        for name in ("lat_deg", "lon_deg")
    ]
    on = np.abs(moved[0] - moved[1]) < 2.5e-5
    ends = np.quantile(moved[0][on], (0.01, 0.99))
    return (
        f"{len(rows)} pairs, {100 * on.mean():.0f} % of them exactly as far north as east, in degrees,"
        f" by {1e5 * ends[0]:.0f}e-5 to {1e5 * ends[1]:.0f}e-5 (1 % and 99 %)"
    )


def row_of(name: str, settings: str, one: Score) -> str:
    """One line of the table."""
    figures = (one.precision, one.recall, one.f1, one.f1_loose, one.floor)
    counts = f" | {one.found_all} | {one.chance:.1f} |"
    return f"| {name} | {settings} | " + " | ".join(f"{value:.3f}" for value in figures) + counts


def widths(two: Two) -> None:
    """What other errors of CIR's places find on the part that is there to estimate from."""
    for sigma_m in SIGMAS_M:
        found = answer(with_sigma(two, sigma_m), pairs_of)
        print(f"  CIR places {sigma_m:g} m: F1 {score(two, found, held_out=False).f1:.3f}")


def main() -> None:
    """Print every figure."""
    install()
    two = read_two(shared())
    known = two.partner != UNKNOWN
    print(f"{two.bellingcat.num_rows} rows of Bellingcat's, {two.cir.num_rows} of CIR's, {two.refused} refused")
    print(f"key: {known.sum()} pairs of {len(two.known)} incidents; {(known & two.held_out).sum()} held out")
    print("to estimate from:", estimates(two))
    widths(two)
    answers = {OURS: ("", answer(two, pairs_of))} | beside(two)
    head = "| | tuned to | precision | recall | F1 | F1, both in the key | precision, floor | pairs | by chance |"
    for held_out in (False, True):
        print("\nheld out" if held_out else "\nestimated and tuned on", head, sep="\n")
        print("\n".join(row_of(name, how, score(two, found, held_out)) for name, (how, found) in answers.items()))
    rng = np.random.default_rng(SEED)
    drawn = resampled_f1(two, {name: found for name, (_, found) in answers.items()}, DRAWS, rng)
    for name, f1 in drawn.items():
        low, high = np.quantile(f1, (0.025, 0.975))
        less = np.quantile(drawn[OURS] - f1, (0.025, 0.975))
        print(f"{name}: F1 {low:.3f} to {high:.3f}, ours more by {less[0]:+.3f} to {less[1]:+.3f} (95 %)")
    print(ours(two)[1])


if __name__ == "__main__":
    main()
