"""What the association found: every single observation in exactly one event, as columns."""

from dataclasses import dataclass

import numpy as np

from truceline.physics.columns import F64, I64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Events in order of their time; event k has the members `member[first[k]:first[k + 1]]`, rows of the batch.

    `llr_nats`, `p_member` (n,) say for each entry of `member` how far place and time moved the belief that it belongs,
    and how probable that is; `x_m`, `y_m`, `time_s` (k,) are means (seconds since the batch's epoch), `cov` (k, 3, 3)
    the covariance of (x, y, t) and `gain_nats` (k,) the log odds of one event against its members each alone.
    """

    first: I64
    member: I64
    llr_nats: F64
    p_member: F64
    x_m: F64
    y_m: F64
    time_s: F64
    cov: F64
    gain_nats: F64

    @property
    def n_events(self) -> int:
        """How many events there are."""
        return len(self.first) - 1


def no_events() -> Found:
    """What is found among no rows."""
    none, nowhere = np.empty(0, dtype=np.int64), np.empty(0)
    return Found(
        first=np.zeros(1, dtype=np.int64),
        member=none,
        llr_nats=nowhere,
        p_member=nowhere,
        x_m=nowhere,
        y_m=nowhere,
        time_s=nowhere,
        cov=np.empty((0, 3, 3)),
        gain_nats=nowhere,
    )
