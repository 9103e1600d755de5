"""One thing that a lint found: where it stands, how bad it is, what it concerns."""

from dataclasses import dataclass

from truceline.strict_yaml import Problem, Severity, Value


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at `at` and what to do; `about` is the id of what it concerns, `reference` its text."""

    at: Value
    text: str
    severity: Severity = "error"
    about: str = ""
    reference: str = ""

    @property
    def problem(self) -> Problem:
        """The same, as it is told."""
        return Problem(self.at.file, self.at.line, self.text, self.severity, self.about, self.reference)
