"""What has been found so far: events of several rows, and what speaks for and against each membership."""

from typing import NamedTuple

import numpy as np

from truceline.physics.columns import F64, I64


class Claims(NamedTuple):
    """Events of at least two rows: `first` (k + 1,), `member` (m,) rows, `own_nats` (m,) what each brings, `state`
    (k, 3), `cov` (k, 6), `score` (k,). `inside` are the rows looked at, `rivals` the summed odds of events they are not
    in."""

    first: I64
    member: I64
    own_nats: F64
    state: F64
    cov: F64
    score: F64
    inside: I64
    rivals: F64


def no_claims(n: int) -> Claims:
    """Nothing found yet among `n` rows."""
    none = np.zeros(0)
    return Claims(
        np.zeros(1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        none,
        np.zeros((0, 3)),
        np.zeros((0, 6)),
        none,
        np.arange(n),
        np.zeros(n),
    )
