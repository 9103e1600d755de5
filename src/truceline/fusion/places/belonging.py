"""How probable each membership is, from what speaks for it and against it: odds as fitted on worlds of tuning seeds.

That a row adds g nats to an event would be its log odds if the event had been given. But events are found by looking
for what agrees best, and of many rows that could agree by chance the best pair is taken: two rows that agree are far
less sure than their own likelihood ratio says (the winner's curse), three a little less, and from four on the event
itself is sure and the row a little surer than its own g. So the log odds are lines in g, one for each size.
"""

import numpy as np
from scipy.special import expit, logit

from truceline.geo.arrays import F64, I64

# `python bench/fusion/calibration.py fit`: logistic regression over worlds mix, mixd, pts and arr, seeds 8001 and 8002,
# efforts fast and thorough. For events of two, of three and of more rows: log odds at g = 0, and a nat of g.
AT_ZERO = (-3.29, -0.16, 0.90)
PER_NAT = (0.83, 0.75, 0.69)
MOST_NATS = 12.0  # what more adds nothing: the errors left are not those of place and time
PER_RIVAL = 0.81  # a nat of the odds of all rivals (and of none)
ALONE_AT_ZERO = 2.99  # of a row that is alone: that nothing else was of its event
ALONE_PER_RIVAL = 7.34


def p_member(own_nats: F64, rivals: F64, size: I64) -> F64:
    """(m,) probability of each membership.

    Parameters
    ----------
    own_nats : (m,) nats that the event is worth more with the row than without it
    rivals : (m,) summed odds of the events that the row is not in
    size : (m,) rows of the event; of a row that is alone: how probable it is that it belongs with no other
    """
    which = np.clip(size, 2, 4) - 2
    against = np.log1p(rivals)
    line = np.array(AT_ZERO)[which] + np.array(PER_NAT)[which] * np.minimum(own_nats, MOST_NATS)
    alone = ALONE_AT_ZERO - ALONE_PER_RIVAL * against
    return np.asarray(expit(np.where(size > 1, line - PER_RIVAL * against, alone)))


def p_elsewhere(p_alone: F64) -> F64:
    """(k,) that a row which is alone is of another event, by the odds of its rivals that its probability tells of."""
    against = (ALONE_AT_ZERO - logit(np.clip(p_alone, 1e-12, 1.0 - 1e-12))) / ALONE_PER_RIVAL
    return np.asarray(-np.expm1(-np.maximum(against, 0.0)))
