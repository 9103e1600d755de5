"""What the association found: every single observation in exactly one event, as columns."""

from dataclasses import dataclass

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
