"""Two maps of harm to civilians: the key of posts that both cite, and how well pairs of rows are found against it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from real import KYIV
from truceline import menu
from truceline.domain.ids import SourceId
from truceline.domain.inputs import Parsed, RawPayload, Setting

FILES = {"bellingcat": "bellingcat_civilian_harm.csv.gz", "cir": "cir_eyes_on_russia.csv.gz"}
FOLDER = "data/civilian_harm"
RECEIVED = datetime(2026, 7, 3, tzinfo=UTC)
HELD_OUT_FROM = datetime(2022, 3, 31, 21, tzinfo=UTC)  # 1 April in Kyiv: what lies before is for estimating and tuning
MOVES_DAYS = (7, 14, 21, 28)
UNKNOWN = -1
Pairs = np.ndarray  # (n, 2) int64: a row of Bellingcat's, a row of CIR's


@dataclass(frozen=True, kw_only=True)
class Two:
    """Both sets as their sources take them, and for each CIR row what the key says.

    `partner` (n,): the row of Bellingcat's that cites a post which this one cites too, UNKNOWN where there is none;
    `held_out` (n,) bool. `refused` rows are in neither set.
    """

    bellingcat: pa.Table
    cir: pa.Table
    partner: np.ndarray
    held_out: np.ndarray
    refused: int

    @property
    def known(self) -> np.ndarray:
        """Rows (k,) of Bellingcat's that have a partner."""
        return np.unique(self.partner[self.partner != UNKNOWN])


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Pairs that a rule finds, and those it finds when CIR's rows are moved by each of MOVES_DAYS, all by chance."""

    pairs: Pairs
    moved: tuple[Pairs, ...]


@dataclass(frozen=True, kw_only=True)
class Score:
    """How many of the key's `true` pairs were found `right`, and how many wrong.

    A pair is wrong if the key has its CIR row with another incident: Bellingcat maps each once. `found` are all pairs
    of CIR rows that the key has, `found_loose` those of which it has both rows, `found_all` all there are. Of a CIR row
    in no key nothing is known; `chance` is how many such pairs come about by chance.
    """

    right: int
    true: int
    found: int
    found_loose: int
    found_all: int
    chance: float

    @property
    def recall(self) -> float:
        """Share of the key's pairs that were found."""
        return self.right / self.true

    @property
    def precision(self) -> float:
        """Share right among the pairs that the key decides and those that chance brings."""
        return self.right / max(1.0, self.found + self.chance)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2.0 * self.right / (self.true + self.found + self.chance)

    @property
    def f1_loose(self) -> float:
        """The same where only pairs count of which the key has both rows."""
        return 2.0 * self.right / (self.true + self.found_loose)

    @property
    def floor(self) -> float:
        """Share right if every pair that the key does not have were wrong."""
        return self.right / max(1, self.found_all)


def parse(source: str, body: bytes) -> Parsed:
    """One of the files as its source takes it."""
    payload = RawPayload(source=SourceId(source), name=FILES[source], received_at=RECEIVED, body=body)
    parsed: Parsed = menu.choose("source", source).parse(payload, Setting(timezone=KYIV, places={}, day_parts={}))
    return parsed


def read_two(shared: Path) -> Two:
    """Both files, and the key."""
    first, second = (parse(source, (shared / FOLDER / name).read_bytes()) for source, name in FILES.items())
    cir = second.observations
    return Two(
        bellingcat=first.observations,
        cir=cir,
        partner=partners(first.observations, cir),
        held_out=np.asarray(pc.greater_equal(cir["time_start"], pa.scalar(HELD_OUT_FROM)).to_numpy()),
        refused=len(first.rejected) + len(second.rejected),
    )


def partners(bellingcat: pa.Table, cir: pa.Table) -> np.ndarray:
    """For each CIR row the row of Bellingcat's with a post in common. Raises SystemExit if one has two of them."""
    citing = defaultdict(set)
    for row, posts in enumerate(bellingcat["derived_from"].to_pylist()):
        for post in posts or ():
            citing[post].add(row)
    partner = np.full(cir.num_rows, UNKNOWN)
    for row, posts in enumerate(cir["derived_from"].to_pylist()):
        found = set().union(*(citing[post] for post in posts or ()))
        if len(found) > 1:
            raise SystemExit(f"{cir['id'][row]}: posts of {len(found)} incidents; the scores take each row for one's")
        partner[row] = found.pop() if found else UNKNOWN
    return partner


def unlabelled(two: Two) -> pa.Table:
    """All rows without the posts that the key is made of, and without words: what is associated sees neither."""
    return pa.concat_tables([two.bellingcat, two.cir]).drop_columns(["derived_from", "text"])


def moved(two: Two, days: int) -> Two:
    """The same with every CIR row this much later: no row can then be of an incident that it is paired with."""
    table = two.cir
    for name in ("time_start", "time_end"):
        later = pc.add(table[name], pa.scalar(timedelta(days=days)))
        table = table.set_column(table.schema.get_field_index(name), name, later)
    return replace(two, cir=table)


def answer(two: Two, rule: Callable[[Two], Pairs]) -> Answer:
    """What a rule finds, and what it finds by chance."""
    return Answer(pairs=rule(two), moved=tuple(rule(moved(two, days)) for days in MOVES_DAYS))


def score(two: Two, found: Answer, held_out: bool) -> Score:
    """How good the pairs are on one part of the CIR rows."""
    here = (two.held_out == held_out) & (two.partner != UNKNOWN)
    true, given, right, loose = of_each(two, found.pairs)
    return Score(
        right=int(right[here].sum()),
        true=int(true[here].sum()),
        found=int(given[here].sum()),
        found_loose=int(loose[here].sum()),
        found_all=int(given[two.held_out == held_out].sum()),
        chance=chance(two, found, held_out),
    )


def chance(two: Two, found: Answer, held_out: bool) -> float:
    """Pairs of CIR rows in no key that chance brings, on the average over MOVES_DAYS."""
    nameless = (two.held_out == held_out) & (two.partner == UNKNOWN)
    return float(np.mean([nameless[pairs[:, 1]].sum() for pairs in found.moved]))


def of_each(two: Two, pairs: Pairs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each CIR row: pairs in the key, pairs found, those right, those whose other row the key has too."""
    n = len(two.partner)
    is_right = two.partner[pairs[:, 1]] == pairs[:, 0]
    in_key = np.isin(pairs[:, 0], two.known)
    return (
        (two.partner != UNKNOWN).astype(np.int64),
        np.bincount(pairs[:, 1], minlength=n),
        np.bincount(pairs[is_right, 1], minlength=n),
        np.bincount(pairs[in_key, 1], minlength=n),
    )


def resampled_f1(
    two: Two, answers: Mapping[str, Answer], draws: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """F1 (draws,) of each answer on held-out incidents drawn with replacement, the same ones for all answers."""
    here = np.flatnonzero(two.held_out & (two.partner != UNKNOWN))
    incident = np.unique(two.partner[here], return_inverse=True)[1]
    n = int(incident.max()) + 1
    times = rng.multinomial(n, np.full(n, 1.0 / n), size=draws)
    f1 = {}
    for name, found in answers.items():
        counts = [times @ np.bincount(incident, weights=of[here]) for of in of_each(two, found.pairs)]
        true, given, right, _ = counts
        f1[name] = 2.0 * right / (true + given + chance(two, found, True))
    return f1
