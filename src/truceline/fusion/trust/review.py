"""Association under review: whose rows stand apart, which sensors err, and what is then believed of each event."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from truceline.fusion.association.found import Found
from truceline.fusion.intake.batch import Batch
from truceline.fusion.trust.belief import believe
from truceline.fusion.trust.mend import Associate, Mended, mend
from truceline.fusion.trust.sources import Sources, review_sources
from truceline.geo.arrays import F64, I64


class Reviewed(NamedTuple):
    """The batch as it was fused (its sensors' faults taken out), what was found, that each event happened (k,), and
    what is held of its sources and sensors."""

    batch: Batch
    found: Found
    p_exists: F64
    sources: Sources
    mended: Mended | None


def review(batch: Batch, found: Found, associate: Associate, told_elsewhere: frozenset[str] = frozenset()) -> Reviewed:
    """What was found in a batch, associated again where a source is not borne out or sensors err.

    A source that is not borne out is fused apart: what it says neither raises nor moves anything that others report,
    which comes out as if it had not reported. Sensors (or sources) `told_elsewhere` have their silence told by a
    coverage table.
    """
    sources = review_sources(batch, found)
    if not found.n_events:
        return Reviewed(batch, found, np.empty(0), sources, None)
    if not sources.apart.any():
        mended = mend(batch, found, associate, told_elsewhere)
        p_exists = believe(mended.batch, mended.found, mended.noticed).p_exists
        return Reviewed(mended.batch, mended.found, p_exists, sources, mended)
    kept = np.flatnonzero(~sources.apart[sources.unit])
    honest = only(batch, kept)
    mended = mend(honest, associate(honest), associate, told_elsewhere)
    parts = [_renumbered(mended.found, kept)]
    p_parts = [believe(mended.batch, mended.found, mended.noticed).p_exists]
    for s in np.flatnonzero(sources.apart):
        rows = np.flatnonzero(sources.unit == s)
        part = associate(only(batch, rows))
        parts.append(_renumbered(part, rows))
        p_parts.append(np.full(part.n_events, _p_apart(sources, int(s))))
    found, order = together(parts)
    whole = replace(batch, rows=batch.rows.copy(), arcs=mended.batch.arcs)
    whole.rows[kept] = mended.batch.rows
    return Reviewed(whole, found, np.concatenate(p_parts)[order], sources, mended)


def _p_apart(sources: Sources, s: int) -> float:
    """That a report of a source apart, which others did not bear out, is of something: by the share that they do."""
    share = min(1.0, float(sources.share[s]))
    silent = share * (1.0 - sources.any_other)
    return silent / (silent + 1.0 - share) if share < 1.0 else 1.0


def only(batch: Batch, rows: I64) -> Batch:
    """Some rows of a batch, in order."""
    return replace(
        batch,
        rows=batch.rows[rows],
        place=batch.place[rows],
        source=batch.source[rows],
        entry=batch.entry[rows],
        row=batch.row[rows],
        p_real=batch.p_real[rows],
        tlp=batch.tlp[rows],
        table_row=batch.table_row[rows],
    )


def _renumbered(found: Found, rows: I64) -> Found:
    return replace(found, member=rows[found.member])


def together(parts: list[Found]) -> tuple[Found, I64]:
    """Events of several parts in order of time, and the place that each had in the parts, one after the other."""
    first = np.concatenate([part.first[:-1] + at for part, at in zip(parts, _starts(parts), strict=True)])
    size = np.concatenate([np.diff(part.first) for part in parts])
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("member", "llr_nats", "p_member", "x_m", "y_m", "time_s", "cov", "gain_nats")
    }
    order = np.lexsort((joined["member"][first], joined["time_s"]))
    at = np.concatenate([[0], np.cumsum(size[order])]).astype(np.int64)
    pick = np.repeat(first[order] - at[:-1], size[order]) + np.arange(len(joined["member"]))
    of_row = ("member", "llr_nats", "p_member")
    columns = {name: values[pick] if name in of_row else values[order] for name, values in joined.items()}
    return Found(first=at, **columns), order


def _starts(parts: list[Found]) -> I64:
    return np.concatenate([[0], np.cumsum([len(part.member) for part in parts])[:-1]]).astype(np.int64)
