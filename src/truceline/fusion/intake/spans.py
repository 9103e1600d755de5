"""Spans of time, sorted so that those that meet a given one are found without looking at all."""

from typing import NamedTuple

import numpy as np

from truceline.geo.arrays import F64, I64


class Spans(NamedTuple):
    """`order` (k,) sorts the spans by their start, `start_s` and `end_s` are in that order; `reach_s` is the latest
    end up to there."""

    order: I64
    start_s: F64
    end_s: F64
    reach_s: F64


def make_spans(start_s: F64, end_s: F64) -> Spans:
    """Spans (k,) in seconds."""
    order = np.argsort(start_s, kind="stable")
    ends = end_s[order]
    return Spans(order, start_s[order], ends, np.maximum.accumulate(ends))


def meeting(spans: Spans, start_s: float, end_s: float) -> I64:
    """Which spans have an instant in common with [start_s, end_s], in ascending order."""
    first = int(np.searchsorted(spans.reach_s, start_s, side="left"))
    last = int(np.searchsorted(spans.start_s, end_s, side="right"))
    near = spans.order[first:last][spans.end_s[first:last] >= start_s]
    return np.sort(near)
