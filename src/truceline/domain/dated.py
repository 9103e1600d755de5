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
        """The version in force on `day`. Raises LookupError before the first."""
        for version in reversed(self.history):
            if version.day <= day:
                return version
        raise LookupError(f"nothing in force on {day}; the first version is of {self.history[0].day}")
