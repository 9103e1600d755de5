"""Strict reading of YAML: unknown keys and wrong types refused, all problems told at once, with lines."""

import difflib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from truceline.clock import parse_utc
from truceline.errors import TrucelineError

Severity = Literal["error", "warning"]
DEEPEST = 100  # no arrangement or mission nests deeper than ten


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong at a line of a file (from 1) and what to do; `about` is the id of what it concerns, `reference`
    the text that this stands in, both "" where there is none. A warning is worth reading and stops nothing."""

    file: str
    line: int
    text: str
    severity: Severity = "error"
    about: str = ""
    reference: str = ""


@dataclass(slots=True)
class Problems:
    """What is wrong with a set of files, gathered so that a person corrects them in one go."""

    found: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, text: str) -> None:
        """Note an error in `file` at `line` (from 1): what is wrong and what to do."""
        self.note(Problem(file, line, text))

    def note(self, problem: Problem) -> None:
        """Note a problem, once."""
        if problem not in self.found:
            self.found.append(problem)

    def refuse(self, error: type[TrucelineError], what: str) -> None:
        """Raise `error` with one line an error, in the order of the files; do nothing if there is none."""
        errors = sorted(problem for problem in self.found if problem.severity == "error")
        if not errors:
            return
        lines = [f"{one.file}:{one.line}  {one.text}" for one in errors]
        n = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        raise error("\n".join([f"{what} cannot be used: {n}.", *lines]))


@dataclass(frozen=True, slots=True)
class Value:
    """A value at its place in a file. Reading it as what it is not notes a problem and gives a stand-in.

    `node` is None where the key is absent; that was noted once, so reading it says nothing more.
    """

    file: str
    name: str
    node: Node | None
    problems: Problems

    @property
    def line(self) -> int:
        """Line in the file, from 1."""
        return 1 if self.node is None else int(self.node.start_mark.line) + 1

    @property
    def present(self) -> bool:
        """Whether the file has this key with a value at all."""
        return self.node is not None

    def complain(self, text: str) -> None:
        """Note a problem at this value."""
        self.problems.add(self.file, self.line, text)

    def text(self, choices: Iterable[str] = ()) -> str:
        """The value as text, one of `choices` if any are given; "" if it is not."""
        if self.node is None:
            return ""
        if not isinstance(self.node, ScalarNode) or not self.node.value.strip():
            self.complain(f"{self.name}: give text, not {_what(self.node)}.")
            return ""
        value = " ".join(str(self.node.value).split())
        known = tuple(choices)
        if known and value not in known:
            self.complain(f"{self.name}: '{value}' is not known here. {suggestion(value, known)}")
            return ""
        return value

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """The value as a finite number from `low` to `high`; NaN if it is not."""
        if self.node is None:
            return math.nan
        raw = self.node.value if isinstance(self.node, ScalarNode) and self.node.style is None else None
        try:
            value = float(raw) if raw is not None else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.complain(f"{self.name}: give a number, not {_what(self.node)}.")
            return math.nan
        if not low <= value <= high:
            self.complain(f"{self.name}: {value:g} is outside {low:g} to {high:g}.")
            return math.nan
        return value

    def instant(self) -> datetime:
        """The value as an instant with an offset, in UTC."""
        value = self.text()
        if not value:
            return datetime.max.replace(tzinfo=UTC)
        try:
            return parse_utc(value)
        except ValueError as error:
            naive = str(error).startswith("naive")
            what = error if naive else f"'{value}' is not a date and time. Write e.g. 2015-02-15T00:00:00+02:00"
            self.complain(f"{self.name}: {what}.")
            return datetime.max.replace(tzinfo=UTC)

    def day(self) -> date:
        """The value as a calendar day."""
        value = self.text()
        try:
            return date.fromisoformat(value) if value else date.max
        except ValueError:
            self.complain(f"{self.name}: '{value}' is not a day. Write e.g. 2015-02-15.")
            return date.max

    def time_of_day(self) -> time:
        """The value as a local time of day."""
        value = self.text()
        try:
            return time(*_hour_minute(value)) if value else time(0)
        except ValueError:
            self.complain(f"{self.name}: '{value}' is not a time of day. Write e.g. \"19:30\".")
            return time(0)

    def span(self) -> tuple[int, int]:
        """The value as "HH:MM-HH:MM": minutes after midnight, the end above 1440 if it runs past midnight."""
        value = self.text()
        if not value:
            return 0, 1
        try:
            first, _, last = value.partition("-")
            (h0, m0), (h1, m1) = _hour_minute(first), _hour_minute(last, latest=24)
        except ValueError:
            self.complain(f"{self.name}: '{value}' is not a span of hours. Write e.g. \"17:00-23:00\".")
            return 0, 1
        start, end = 60 * h0 + m0, 60 * h1 + m1
        return start, end if end > start else end + 1440

    def items(self, needed: str = "") -> tuple["Value", ...]:
        """The entries of a list; an empty one is a problem if at least one `needed` must be there."""
        if self.node is None:
            return ()
        if not isinstance(self.node, SequenceNode):
            self.complain(f"{self.name}: give a list (each entry after a dash), not {_what(self.node)}.")
            return ()
        if needed and not self.node.value:
            self.complain(f"{self.name}: the list is empty. Give at least one {needed}.")
        return tuple(
            Value(self.file, f"{self.name}[{i}]", node, self.problems) for i, node in enumerate(self.node.value, 1)
        )

    def pairs(self) -> Iterator[tuple[str, "Value", int]]:
        """Key, value and the key's line of a mapping with free keys; a key that stands twice is a problem."""
        if self.node is None:
            return
        if not isinstance(self.node, MappingNode):
            self.complain(f"{self.name}: give keys with values, not {_what(self.node)}.")
            return
        seen: set[str] = set()
        for key_node, node in self.node.value:
            key, line = str(key_node.value), int(key_node.start_mark.line) + 1
            if key in seen:
                self.problems.add(self.file, line, f"key '{key}' stands twice. Keep one.")
                continue
            seen.add(key)
            yield key, Value(self.file, key, None if is_null(node) else node, self.problems), line

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, "Value"]:
        """The values of a mapping with fixed keys: unknown keys and missing ones are problems.

        Every key of `required` and `optional` is in the result; the absent ones read as stand-ins.
        """
        known = (*required, *optional)
        result = {key: Value(self.file, key, None, self.problems) for key in known}
        if self.node is None or not isinstance(self.node, MappingNode):
            list(self.pairs())
            return result
        for key, value, line in self.pairs():
            if key not in known:
                self.problems.add(self.file, line, f"unknown key '{key}'. {suggestion(key, known)}")
            elif value.present:
                result[key] = value
            elif key in required:
                self.problems.add(self.file, line, f"key '{key}' has no value. Give one.")
        written = {str(key.value) for key, _ in self.node.value}
        for key in required:
            if key not in written:
                self.complain(f"{self.name}: key '{key}' is missing. Add it.")
        return result


def whole(value: Value, low: int, high: int) -> int:
    """`value` as a whole number from `low` to `high`; `low` if it is not."""
    number = value.number(low, high)
    if math.isnan(number):
        return low
    if number != int(number):
        value.complain(f"{value.name}: {number:g} is not a whole number. Count 1, 2, 3.")
    return int(number)


def flag(value: Value) -> bool:
    """`value` as true or false; False if it is neither."""
    return value.text(("true", "false")) == "true"


def read_yaml(text: str, file: str, problems: Problems) -> Value:
    """The document in `text`; what is not YAML at all is noted with its line."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else int(mark.line) + 1
        problems.add(file, line, f"not YAML: {error.problem or error.context}. Check indentation, colons and quotes.")
        return Value(file, file, None, problems)
    except RecursionError:
        line = _deep_line(text)
        problems.add(
            file, line, f"nested more than {DEEPEST} deep: brackets or dashes too many. Close them or delete some."
        )
        return Value(file, file, None, problems)
    except YAMLError as error:
        problems.add(file, 1, f"not YAML: {' '.join(str(error).split())}. Save the file as plain UTF-8 text.")
        return Value(file, file, None, problems)
    if node is None:
        problems.add(file, 1, "the file is empty.")
    return Value(file, file, node, problems)


def _deep_line(text: str) -> int:
    """The line on which `text` nests deeper than anybody means to."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            return int(event.start_mark.line) + 1
    return 1


def suggestion(word: str, known: Iterable[str]) -> str:
    """What may have been meant by `word`."""
    names = list(known)
    close = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(names) or 'none'}."


def is_null(node: Node) -> bool:
    """Whether a key has no value."""
    return isinstance(node, ScalarNode) and node.style is None and node.value in ("", "~", "null")


def _hour_minute(text: str, latest: int = 23) -> tuple[int, int]:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and len(minute) == 2):
        raise ValueError(text)
    if int(hour) > latest or int(minute) > 59 or (int(hour) == 24 and int(minute) > 0):
        raise ValueError(text)
    return int(hour), int(minute)


def _what(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return "a list"
    if isinstance(node, MappingNode):
        return "keys with values"
    return f"'{node.value}'" if str(node.value).strip() else "nothing"
