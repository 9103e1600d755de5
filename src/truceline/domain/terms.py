"""What a clause family asks an arrangement to state: a table of terms, read and checked with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

TermKind = Literal["number", "whole", "flag", "text", "texts", "choice", "zone", "line_by_party", "rows", "weapons"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term: what it means, how it is read, and whether it must be there.

    `number` and `whole` lie in [low, high]; `choice` is one of `choices`; `texts` a list of texts (of `choices` where
    given); `weapons` a list of weapon classes of the taxonomy; `line_by_party` a line for every party bound; `rows` a
    list of records with `columns`.
    """

    kind: TermKind
    meaning: str
    required: bool = False
    low: float = 0.0
    high: float = 1e9
    choices: tuple[str, ...] = ()
    columns: "Mapping[str, Term]" = field(default_factory=dict)


Terms = Mapping[
    str, Any
]  # name -> value as read: float, int, bool, str, tuple[str, ...], Mapping[str, str], tuple of Terms
NO_TERMS: Terms = {}
