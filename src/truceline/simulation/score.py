"""How well what was found agrees with the truth: pairs, places, and what a perfect view of the events would reach."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

ALONE = -1  # the label of a row that belongs with no other: clutter, or what was not associated


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Of all pairs of observations: those of one event that were found to be (`recall`), those found to be that
    are (`precision`), their harmonic mean, and the Rand index adjusted for chance."""

    precision: float
    recall: float
    f1: float
    adjusted_rand: float


def pair_scores(truth: I64, found: I64) -> Pairs:
    """Compare two groupings of the same rows; (n,) labels each, ALONE for a row that belongs with no other.

    Precision of a grouping without a pair is 1, and so is recall where the truth has none.

    Source
    ------
    Hubert and Arabie 1985, Comparing partitions, Journal of Classification 2, 193-218, equation 5.
    """
    if truth.shape != found.shape:
        raise ValueError(f"{len(truth)} true labels and {len(found)} found ones: give one of each for every row")
    a, b = _compact(truth), _compact(found)
    of_truth, of_found = _pairs(np.bincount(a)), _pairs(np.bincount(b))
    both = _pairs(np.unique(a * (b.max(initial=0) + 1) + b, return_counts=True)[1])
    precision = both / of_found if of_found else 1.0
    recall = both / of_truth if of_truth else 1.0
    by_chance = of_truth * of_found / max(_pairs(np.array([len(truth)])), 1)
    spread = 0.5 * (of_truth + of_found) - by_chance
    return Pairs(
        precision=precision,
        recall=recall,
        f1=2.0 * precision * recall / (precision + recall) if both else float(of_truth == of_found == 0),
        adjusted_rand=(both - by_chance) / spread if spread else 1.0,
    )


def labels(observation_ids: pa.Array, ids: pa.Array, groups: pa.Array) -> I64:
    """A label for each of `observation_ids` (n,): the number of its group where `ids` says one, else ALONE.

    `ids` and `groups` are two columns of one length, of a truth table (observation_id, event_id) or of a membership
    table (observation_id, incident_id).
    """
    at = pc.index_in(_flat(observation_ids), value_set=_flat(ids))
    number = _flat(groups).dictionary_encode().indices.take(at)
    return np.asarray(pc.fill_null(number, ALONE).cast(pa.int64()))


def matches(truth: I64, found: I64, n_true: int) -> I64:
    """The found group that holds most members of each true one; (n_true,), ALONE where it has no member.

    `truth` has labels below `n_true`; every row needs a group in `found`. Of two that hold equally many, the one
    with the lower label.
    """
    real = truth != ALONE
    width = int(found.max(initial=0)) + 1
    cell, count = np.unique(truth[real] * width + found[real], return_counts=True)
    event, group = cell // width, cell % width
    order = np.lexsort((-group, count, event))  # the best of an event comes last
    out = np.full(n_true, ALONE)
    out[event[order]] = group[order]
    return out


def location_errors(true_xy: F64, truth: I64, found: I64, found_xy: F64, least: int = 1) -> F64:
    """Distance (m) from each true event with at least `least` observations to the found group matched to it.

    `true_xy` (k, 2) and `found_xy` (m, 2) in metres in one plane, indexed by the labels.
    """
    match = matches(truth, found, len(true_xy))
    enough = np.bincount(truth[truth != ALONE], minlength=len(true_xy)) >= max(least, 1)
    return np.asarray(np.linalg.norm(true_xy[enough] - found_xy[match[enough]], axis=1))


def _compact(given: I64) -> I64:
    """Labels from 0 on without gaps; every ALONE gets one of its own."""
    out = np.array(given, dtype=np.int64)
    alone = out == ALONE
    out[alone] = out.max(initial=-1) + 1 + np.arange(np.count_nonzero(alone))
    return np.asarray(np.unique(out, return_inverse=True)[1])


def _pairs(counts: I64) -> int:
    return int(np.sum(counts.astype(np.int64) * (counts - 1)) // 2)


def _flat(column: pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
