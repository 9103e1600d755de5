"""Indication: what the software computes about a subject under a clause; never a finding, never a violation."""

from dataclasses import dataclass
from typing import Literal

from truceline.domain.ids import ClauseId, IndicationId
from truceline.domain.origin import Origin

Verdict = Literal["indicated", "not_indicated", "undetermined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a clause: how likely it is made out, between which bounds, why, and by which text."""

    name: str
    p: float
    p_low: float
    p_high: float
    because: str
    reference: str
    children: "tuple[Element, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A clause's view of a subject: its elements and the probability that all of them are made out."""

    clause: ClauseId
    elements: tuple[Element, ...]
    p_breach: float
    p_breach_low: float
    p_breach_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """An assessment held against the arrangement's standards of proof; `origin` says whose it was, where asked.

    `attributed` is the strongest standard to which both are made out together, that it was a breach and whose.
    """

    id: IndicationId
    subject: str
    subject_version: int
    clause: ClauseId
    verdict: Verdict
    strongest: str | None
    assessment: Assessment
    supersedes: IndicationId | None
    tlp: str
    origin: Origin | None = None
    attributed: str | None = None
