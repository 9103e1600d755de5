"""Law is dated data: a value, since when, from which text, and how well that is known."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Grade = Literal["stated", "reported", "derived", "assumed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Since(Generic[T]):
    """`value` holds from `day` on. `grade` is "assumed" where no source states it, and shown so everywhere."""

    day: date
    value: T
    reference: str
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[T]):
    """A value with its history, oldest first."""

    history: tuple[Since[T], ...]

    def at(self, day: date) -> Since[T]:
        """The version in force on `day`; before the first, the first.

        A day before the arrangement is still told in its words; that nothing bound anybody then is for the clause
        to say, as an element of its own.
        """
        return next((version for version in reversed(self.history) if version.day <= day), self.history[0])
