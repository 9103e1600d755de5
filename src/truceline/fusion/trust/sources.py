"""Which sources are not borne out: others, who see each other's events, hardly ever see theirs.

For each pair of sources it is counted how many events of the one, where and while the other was about, the other
reports too. What an honest source can expect is how often the other reports the events of all the rest. A source that
gets a small part of that, far beyond chance, is set apart: its reports are fused among themselves.
"""

from typing import NamedTuple

import numpy as np

from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.geo.arrays import F64, I64, Mask

AREA_M, SPELL_S = 25e3, 6 * 3600.0  # a source is about where and while it reports anything of a kind
LEAST_SHARE = 0.35  # of what it could expect: a source that gets less is not borne out
SURE = 4.0  # standard deviations by which it has to fall short
LEAST_DUE = 25.0  # events that others should have borne out, else nothing is said
LEAST_SENSORS = 20  # of a source alone with one other that can speak for itself: its sensors see each other's events
OWN_SHARE = 0.02  # of all rows: a sensor with more counts as a source of its own
MOST_SOURCES = 64  # that are looked at: those with the most rows
TIMES_LARGER = 2.0  # ... and so much larger it has to be


class Sources(NamedTuple):
    """For each source, or sensor that counts as one: `due` events that others should have borne out, `borne_out` those
    that they did, `any_other`: how often some other bears out an event at all; whether it is set `apart`. `unit` (n,)
    is the number of each row's."""

    unit: I64
    due: F64
    borne_out: F64
    any_other: float
    apart: Mask

    @property
    def share(self) -> F64:
        """What each source gets of what it could expect; NaN where nothing was due."""
        share = np.full(len(self.due), np.nan)
        np.divide(self.borne_out, self.due, out=share, where=self.due > 0.0)
        return share


class _Counts(NamedTuple):
    """`about[s, t]`: events of s while t was about, `both[s, t]` those that t reported too; `twice[t]`: events of t
    that two of its sensors reported, as often as each of them did, of all its `rows`; `several` and `events` how many
    of its events another source reported, and how many there are."""

    about: F64
    both: F64
    twice: F64
    rows: F64
    sensors: I64
    several: F64
    events: F64


def review_sources(batch: Batch, found: Found) -> Sources:
    """Which sources of a batch to set apart, the worst first; those no longer speak for or against others."""
    unit = _units(batch)
    n = int(unit.max(initial=-1)) + 1
    counts = _count(batch, found, unit, n)
    apart = np.zeros(n, dtype=np.bool_)
    while True:
        due, borne_out = _expected(counts, apart)
        short = due - borne_out > SURE * np.sqrt(np.maximum(due, 1.0))
        share = np.divide(borne_out + np.sqrt(borne_out), due, out=np.ones(n), where=due >= LEAST_DUE)
        guilty = short & (share < LEAST_SHARE) & ~apart
        if not guilty.any():
            kept = ~apart
            any_other = counts.several[kept].sum() / max(counts.events[kept].sum(), 1.0)
            return Sources(unit, due, borne_out, float(any_other), apart)
        apart[np.argmin(np.where(guilty, share, np.inf))] = True


def _expected(counts: _Counts, apart: Mask) -> tuple[F64, F64]:
    """For each source how many of its events others should have reported, and how many they did, pair by pair."""
    n, kept = len(apart), np.asarray(~apart)
    due, borne_out = np.zeros(n), np.zeros(n)
    for s in range(n):
        for t in np.flatnonzero(kept).tolist():
            rest = kept.copy()
            rest[s] = rest[t] = False
            asked, told = counts.about[rest, t].sum(), counts.both[rest, t].sum()
            if asked < LEAST_DUE:
                alone_with_s = counts.sensors[t] >= LEAST_SENSORS and counts.rows[t] >= TIMES_LARGER * counts.rows[s]
                asked, told = (counts.rows[t], counts.twice[t]) if alone_with_s else (0.0, 0.0)
            if s != t and asked > 0.0:
                due[s] += counts.about[s, t] * told / asked
                borne_out[s] += counts.both[s, t]
    return due, borne_out


def _units(batch: Batch) -> I64:
    """The source of each row as a number; a sensor with a large part of all rows counts as a source of its own, so that
    one that makes things up cannot hide behind the name of others."""
    sensor = batch.rows["sensor"]
    often = np.bincount(sensor)[sensor] > max(LEAST_DUE, OWN_SHARE * len(sensor)) if len(sensor) else sensor > 0
    code = np.where(often, len(batch.sources) + sensor, batch.source)
    return np.asarray(np.unique(code, return_inverse=True)[1])


def _count(batch: Batch, found: Found, unit: I64, n: int) -> _Counts:
    k = found.n_events
    event = np.repeat(np.arange(k), np.diff(found.first))
    source, sensor = unit[found.member], batch.rows["sensor"][found.member]
    rows = np.bincount(source, minlength=n).astype(np.float64)
    asked = np.argsort(-rows, kind="stable")[:MOST_SOURCES]
    pair, by_pair = np.unique(event * n + source, return_counts=True)  # each source once an event
    of_event, by = pair // n, pair % n
    several = np.bincount(of_event, minlength=k)[of_event] > 1
    where = _where(batch, found)
    present = np.zeros((n, int(where.max(initial=-1)) + 1), dtype=np.bool_)
    present[by, where[of_event]] = True
    about, both, reports = np.zeros((n, n)), np.zeros((n, n)), np.zeros((len(asked), k), dtype=np.bool_)
    for at, s in enumerate(asked):
        reports[at, of_event[by == s]] = True
    for at, s in enumerate(asked):
        own = np.flatnonzero(reports[at])
        about[s, asked] = present[asked][:, where[own]].sum(axis=1)
        both[s, asked] = reports[:, own].sum(axis=1)
    of_sensor = np.unique(source * (int(sensor.max(initial=0)) + 1) + sensor) // (int(sensor.max(initial=0)) + 1)
    return _Counts(
        about=about,
        both=both,
        twice=np.bincount(by, np.where(by_pair > 1, by_pair, 0), minlength=n).astype(np.float64),
        rows=rows,
        sensors=np.bincount(of_sensor, minlength=n),
        several=np.bincount(by, several, minlength=n).astype(np.float64),
        events=np.bincount(by, minlength=n).astype(np.float64),
    )


def _where(batch: Batch, found: Found) -> I64:
    """The area, spell and kind of each event, as numbers from 0."""
    kind = batch.rows["kind"][found.member[found.first[:-1]]]
    key = np.zeros(found.n_events, dtype=np.int64)
    for part in (found.x_m / AREA_M, found.y_m / AREA_M, found.time_s / SPELL_S, kind):
        whole = np.floor(part).astype(np.int64)
        key = key * (int(np.ptp(whole)) + 1 if len(whole) else 1) + whole - whole.min(initial=0)
    return np.unique(key, return_inverse=True)[1]
